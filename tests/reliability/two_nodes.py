"""Two nodes on one Redis for a minute: 32 clients post, 20 listen, and both show the same in the end.

A stream tells what stands at most once a second, so that under load it is late by as much; then single
reports are posted, one each second and a half, and what a listener at the other node hears of them is
measured.
"""

import asyncio
import json
import random
import time
from pathlib import Path

import aiohttp

from tests.reliability.posters import CLIENTS
from tests.reliability.proof import Findings, span
from tests.reliability.redis_faults import finish, one_redis, town_at, two_nodes
from tests.reliability.town import BOARDS, Town
from tests.running import Server, get

MINUTE = 60.0
LISTENERS = 20
SINGLE = 20
HEARD_WITHIN = 0.2
"""Seconds, from the answer to a report at one node to the stream of the other."""
GATHERED_WITHIN = 1.5
"""Seconds under load: what comes within one second is told as one."""
PATHS = tuple(
    f"{folder}{board}/{page}"
    for folder in ("/", "/en/")
    for board in BOARDS
    for page in (
        "",
        "board.json",
        "notice.txt",
        "print.html",
        f"sites/{board}-000.html",
    )
)


class Listener:
    """Keeps a board's live stream open, and notes when each position came."""

    def __init__(self, session: aiohttp.ClientSession, port: int, board: str) -> None:
        self.board = board
        self.told: list[tuple[int, float]] = []
        self._url = f"http://127.0.0.1:{port}/api/v1/boards/{board}/live"
        self._session = session

    async def listen(self) -> None:
        async with self._session.get(self._url, timeout=aiohttp.ClientTimeout(total=None)) as stream:
            async for line in stream.content:
                if line.startswith(b"data:"):
                    position = json.loads(line.removeprefix(b"data:")).get("position")
                    if position is not None:
                        self.told.append((position, time.monotonic()))

    def heard(self, position: int) -> float | None:
        """When that position or a later one came."""
        return next((at for told, at in self.told if told >= position), None)


async def prove(folder: Path, _rounds: int, found: Findings) -> None:
    with one_redis() as redis:
        town = await town_at(folder, f"redis://127.0.0.1:{redis.port}/0")
        async with two_nodes(folder, town) as (servers, groups), aiohttp.ClientSession() as session:
            listeners = [
                Listener(session, servers[number % 2].port, BOARDS[number % len(BOARDS)])
                for number in range(LISTENERS)
            ]
            tasks = [asyncio.create_task(one.listen()) for one in listeners]
            await asyncio.sleep(MINUTE)
            await finish(town, groups, found)
            await asyncio.sleep(GATHERED_WITHIN)
            last = {board: await _position(servers[0], board) for board in BOARDS}
            deaf = [one.board for one in listeners if one.heard(last[one.board]) is None]
            found.expect(not deaf, f"{len(deaf)} listeners never heard of the last report")
            late = await _single(servers, listeners, town, session)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await _agree(servers, found)
            found.figures |= {
                "seconds, clients, listeners": f"{MINUTE:.0f}, {CLIENTS}, {LISTENERS}",
                "messages heard": f"{sum(len(one.told) for one in listeners):,}",
                "a single report, from its answer to the other node's stream": span(late),
            }
            found.expect(max(late) < HEARD_WITHIN, f"heard of a report only after {max(late):.2f} s")


async def _position(server: Server, board: str) -> int:
    told = await asyncio.to_thread(get, server.port, f"/{board}/board.json")
    position: int = json.loads(told[1])["position"]
    return position


async def _single(
    servers: list[Server], listeners: list[Listener], town: Town, session: aiohttp.ClientSession
) -> list[float]:
    """Seconds until listeners at the second node have heard of reports at the first."""
    chance, late = random.Random(3), list[float]()
    there = {one.board: one for number, one in enumerate(listeners) if number % 2}
    for _ in range(SINGLE):
        await asyncio.sleep(GATHERED_WITHIN / 2)
        site = chance.choice(town.sites)
        url = f"http://127.0.0.1:{servers[0].port}/api/v1/sites/{site}/reports"
        headers = {"Authorization": f"Bearer {town.token}"}
        async with session.post(url, json={"patients": chance.randrange(60)}, headers=headers) as answer:
            position = (await answer.json())["position"]
        answered = time.monotonic()
        listener = there[site.rpartition("-")[0]]
        await asyncio.sleep(GATHERED_WITHIN / 2)
        at = listener.heard(position)
        late.append(GATHERED_WITHIN if at is None else max(at - answered, 0.0))
    return late


async def _agree(servers: list[Server], found: Findings) -> None:
    """Both show the same bytes under the same tags; a boundary of time may pass between two looks."""
    differing: list[str] = []
    async with aiohttp.ClientSession(auto_decompress=False) as session:
        for _ in range(3):
            differing = []
            for path in PATHS:
                shown = []
                for server in servers:
                    async with session.get(f"http://127.0.0.1:{server.port}{path}") as answer:
                        shown.append((answer.status, answer.headers.get("ETag"), await answer.read()))
                if shown[0] != shown[1] or shown[0][0] != 200:
                    differing.append(path)
            if not differing:
                break
    found.expect(not differing, f"the nodes differ in {differing[:5]}")
    found.figures["pages and files equal, with equal ETags"] = str(len(PATHS) - len(differing))
