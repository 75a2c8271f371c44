"""A program that fills the disk under a ledger, makes room again, and says what happened, in JSON.

Arguments: an empty folder, and `limit` (no file of this process may grow beyond a size) or `disk` (the folder
is a disk of 2 MB).
"""

import asyncio
import resource
import sys
from pathlib import Path

import msgspec

from tests.ledger.facts import key, report
from tests.patience import Stopwatch
from trafficlight.ledger.base import Appended, Ledger, LedgerUnavailable
from trafficlight.ledger.opening import open_ledger

ROOM = 600_000
"""Bytes that the ledger has at first."""


def fill(folder: Path, how: str) -> None:
    if how == "limit":
        resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, resource.RLIM_INFINITY))
    else:
        (folder / "ballast").write_bytes(bytes(2_000_000 - ROOM))


def make_room(folder: Path, how: str) -> None:
    if how == "limit":
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    else:
        (folder / "ballast").unlink()


async def append(ledger: Ledger, n: int) -> Appended:
    return await ledger.append("longkou", [report(n)] * 3, key(str(n)))


async def until_full(ledger: Ledger) -> tuple[int, float]:
    """How many were kept before five refusals in a row, and how long the slowest of those took, in s.

    One refusal alone may be followed by room: what the log holds is written back, and the log begins anew.
    """
    n, refused, longest = 0, 0, 0.0
    while refused < 5:
        watch = Stopwatch()
        try:
            await append(ledger, n)
        except LedgerUnavailable:
            refused += 1
            longest = max(longest, watch.seconds)
        else:
            n, refused = n + 1, 0
    return n, longest


async def main(folder: Path, how: str) -> None:
    ledger = await open_ledger(f"sqlite:{folder}/ledger.sqlite")
    await asyncio.to_thread(fill, folder, how)
    kept, took = await until_full(ledger)
    together = await asyncio.gather(*(append(ledger, kept + n) for n in range(5)), return_exceptions=True)
    read = len(await ledger.read("longkou"))
    await asyncio.to_thread(make_room, folder, how)
    again = [await append(ledger, n) for n in range(kept + 20)]
    records = await ledger.read("longkou")
    said = {
        "kept": kept,
        "took": took,
        "together": [type(answer).__name__ for answer in together],
        "read": read,
        "replayed": sum(answer.replayed for answer in again),
        "right": all(
            [records[position - 1].event for position in answer.positions] == [report(n)] * 3
            for n, answer in enumerate(again)
        ),
        "records": len(records),
        "found": await ledger.check(),
    }
    await ledger.close()
    sys.stdout.buffer.write(msgspec.json.encode(said))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
