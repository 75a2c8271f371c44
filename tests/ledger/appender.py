"""A program that appends to a ledger and says what was acknowledged, a line each.

Arguments: URL, board, the number of tasks, then the number of appends of each and the first one's number.
Each append has a key of its own, the same in every run: a run after a kill begins by asking again.
"""

import asyncio
import sys

from tests.ledger.facts import key, report
from trafficlight.ledger.base import Ledger
from trafficlight.ledger.opening import open_ledger


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def append(ledger: Ledger, board: str, task: int, count: int, first: int) -> None:
    for n in range(first, first + count):
        number = task * 1_000_000 + n
        appended = await ledger.append(board, [report(number)], key(f"{board}/{number}"))
        say(f"{number} {appended.positions[0]}")


async def main(url: str, board: str, tasks: int, count: int, first: int) -> None:
    ledger = await open_ledger(url)
    say("ready")
    await asyncio.gather(*(append(ledger, board, task, count, first) for task in range(tasks)))
    await ledger.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6])))
