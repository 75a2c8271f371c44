"""`kill -9` under 32 clients that post, at any moment, again and again.

The real server, with a data folder and a folder as target, gets SIGKILL between 50 and 600 ms after it
was ready, every tenth time while it is starting, and is started again. 32 clients post reports, each with
a key of its own, and send a key again after every broken connection, missing answer or 5xx until it is
answered with 2xx. Now and then they send an acknowledged key once more, which must get the first answer,
and look at the board, which must show what was acknowledged. At the end the ledger's export is held
against all that they were told, and the folder against a fresh publish. A kill does not take the disk's
cache with it: power loss is SQLite's `synchronous=FULL`, and not proved here.
"""

import asyncio
import random
import time
from pathlib import Path

from tests.reliability.judging import judge_folder, judge_ledger
from tests.reliability.posters import CLIENTS, Posters
from tests.reliability.proof import Findings, say, span
from tests.reliability.town import import_town
from tests.running import Server

KILL_AFTER = (0.05, 0.6)
IN_START = 10
"""Every so manieth kill strikes before the server is ready."""
REPEATED = 500


async def prove(folder: Path, rounds: int, found: Findings) -> None:
    town = await asyncio.to_thread(import_town, folder, folder / "data")
    server = Server(town.data, folder / "target")
    chance = random.Random(9)
    starts: list[float] = []
    began = time.monotonic()
    try:
        async with Posters(server.port, town) as posters:
            for number in range(1, rounds + 1):
                if number % IN_START == 0:
                    server.start()
                    await asyncio.sleep(chance.uniform(0.0, starts[-1]))
                else:
                    starts.append(await asyncio.to_thread(server.begin))
                    await asyncio.sleep(chance.uniform(*KILL_AFTER))
                server.kill()
                if number % 20 == 0:
                    acknowledged = f"{len(posters.acknowledged):,} acknowledged"
                    say(f"  {number} kills, {acknowledged}, start {starts[-1]:.2f} s")
            starts.append(await asyncio.to_thread(server.begin))
            await posters.finish()
            repeated = await posters.repeat(REPEATED)
            code = await asyncio.to_thread(server.stop, 10.0)
            found.expect(code == 0, "SIGTERM was not followed by exit 0")
        found.figures |= {
            "kills": f"{rounds}, in {time.monotonic() - began:.0f} s",
            "clients": str(CLIENTS),
            "acknowledged": f"{len(posters.acknowledged):,}",
            "of them after trying again": f"{posters.counts['acknowledged after trying again']:,}",
            "of them on disk though unanswered": f"{posters.counts['were on disk though unanswered']:,}",
            "answers": told(posters),
            "keys sent again after they were acknowledged": f"{posters.counts['replays']:,}",
            "looks at the board after a 2xx": f"{posters.counts['looks']:,}",
            "never acknowledged": f"{len(posters.unanswered)}",
            "start": span(starts),
        }
        found.expect(
            repeated == min(REPEATED, len(posters.acknowledged)), "not every key could be sent again"
        )
        found.expect(not posters.unanswered, f"never acknowledged: {sorted(posters.unanswered)[:3]}")
        await judge_ledger(town, found, posters)
        await judge_folder(server, folder / "target", found)
    finally:
        server.kill()


def told(posters: Posters) -> str:
    """How the tries ended."""
    kinds = ("answers 201", "answers 200", "answers 503", "connection broken or refused", "no answer in time")
    return ", ".join(f"{kind} {posters.counts[kind]:,}" for kind in kinds if posters.counts[kind])
