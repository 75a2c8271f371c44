"""SIGTERM under load: exit 0 within 10 s, and nothing acknowledged is lost.

As `killing`, but asked to stop. Reports on their way at that moment are answered, or sent again to the
next start.
"""

import asyncio
import random
import time
from pathlib import Path

from tests.reliability.judging import judge_folder, judge_ledger
from tests.reliability.killing import told
from tests.reliability.posters import Posters
from tests.reliability.proof import Findings, span
from tests.reliability.town import import_town
from tests.running import NotRunning, Server

WITHIN = 10.0
MOST_ROUNDS = 20


async def prove(folder: Path, rounds: int, found: Findings) -> None:
    town = await asyncio.to_thread(import_town, folder, folder / "data")
    server = Server(town.data, folder / "target")
    chance = random.Random(4)
    stops: list[float] = []
    try:
        async with Posters(server.port, town) as posters:
            for _ in range(min(rounds, MOST_ROUNDS)):
                await asyncio.to_thread(server.begin)
                await asyncio.sleep(chance.uniform(0.1, 0.6))
                began = time.monotonic()
                try:
                    code = await asyncio.to_thread(server.stop, WITHIN)
                except NotRunning:
                    found.expect(False, f"not stopped within {WITHIN:.0f} s of SIGTERM")
                    server.kill()
                else:
                    found.expect(code == 0, f"stopped with {code}")
                stops.append(time.monotonic() - began)
            await asyncio.to_thread(server.begin)
            await posters.finish()
            await asyncio.to_thread(server.stop, WITHIN)
        found.figures |= {
            "stops": str(len(stops)),
            "acknowledged": f"{len(posters.acknowledged):,}",
            "answers": told(posters),
            "from SIGTERM to exit 0": span(stops),
        }
        found.expect(not posters.unanswered, f"never acknowledged: {sorted(posters.unanswered)[:3]}")
        found.expect("Traceback" not in server.log.read_text(), "a traceback is in the log")
        await judge_ledger(town, found, posters)
        await judge_folder(server, folder / "target", found)
    finally:
        server.kill()
