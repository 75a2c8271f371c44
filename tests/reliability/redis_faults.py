"""Nodes on one Redis, which syncs every write: nodes killed, and Redis cut off, full, hanging or killed.

32 clients post, as in `killing`, half of them at each of two nodes where there are two; at the end the
ledger's export is held against all that they were told.

- `nodes`: now the one, now the other gets SIGKILL and is started again.
- `cut`: the network between node and Redis is gone, and comes back.
- `full`: Redis has no more memory than it has used (`noeviction`), and then some.
- `hanging`: the Redis gets SIGSTOP, as if its disk did not answer.
- `slow`: it stands still for half of each second, as on a slow disk.
- `primary`: the primary of a pair that a Sentinel watches gets SIGKILL and comes back as the replica; a
  report is acknowledged once the replica has it too (`WAIT`).
"""

import asyncio
import random
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

from tests.proxy import Proxy
from tests.redis_server import ALWAYS, RedisServer, Watched
from tests.reliability.judging import judge_ledger
from tests.reliability.killing import told
from tests.reliability.posters import CLIENTS, Posters
from tests.reliability.proof import Findings, say, span
from tests.reliability.town import Town, import_town
from tests.reliability.trouble import through
from tests.running import NotRunning, Server

UP = (0.3, 1.5)
"""Seconds for which both nodes run between two kills."""
SLOW_FOR = 20.0
STANDS = 0.5
FAILOVERS = 3
FAILED_OVER_WITHIN = 30.0


@contextmanager
def one_redis() -> Iterator[RedisServer]:
    redis = RedisServer(*ALWAYS).start()
    try:
        yield redis
    finally:
        redis.signal(signal.SIGCONT)
        redis.stop()


async def town_at(folder: Path, url: str) -> Town:
    """The installation, in the ledger at the URL."""
    return await asyncio.to_thread(import_town, folder, folder / "data", url)


@asynccontextmanager
async def two_nodes(folder: Path, town: Town) -> AsyncIterator[tuple[list[Server], list[Posters]]]:
    """Both run, and half of the clients post at each."""
    servers = [Server(folder / f"node-{name}", ledger=town.ledger) for name in "ab"]
    half = CLIENTS // 2
    first = Posters(servers[0].port, town, clients=half, letter="k")
    second = Posters(servers[1].port, town, clients=half, letter="m")
    try:
        for server in servers:
            await asyncio.to_thread(server.begin)
        async with first, second:
            yield servers, [first, second]
    finally:
        for server in servers:
            server.kill()


async def finish(town: Town, groups: list[Posters], found: Findings) -> None:
    """Let every report be acknowledged, and judge."""
    await asyncio.gather(*(posters.finish(60.0) for posters in groups))
    open_still = sorted(key for posters in groups for key in posters.unanswered)
    found.expect(not open_still, f"never acknowledged: {open_still[:3]}")
    found.figures["acknowledged"] = f"{sum(len(posters.acknowledged) for posters in groups):,}"
    for name, posters in zip(("at the one", "at the other"), groups, strict=True):
        found.figures[f"answers {name}"] = told(posters)
    found.figures["slowest answer"] = f"{max(posters.slowest for posters in groups):.2f} s"
    await judge_ledger(town, found, *groups)


async def prove_nodes(folder: Path, rounds: int, found: Findings) -> None:
    times, chance = max(1, rounds // 5), random.Random(6)
    starts: list[float] = []
    with one_redis() as redis:
        town = await town_at(folder, f"redis://127.0.0.1:{redis.port}/0")
        async with two_nodes(folder, town) as (servers, groups):
            for number in range(times):
                await asyncio.sleep(chance.uniform(*UP))
                server = servers[number % 2]
                server.kill()
                starts.append(await asyncio.to_thread(server.begin))
                if (number + 1) % 10 == 0:
                    say(f"  {number + 1} kills, started again in {span(starts)}")
            found.figures |= {"nodes killed": str(times), "started again": span(starts)}
            await finish(town, groups, found)


async def prove_cut(folder: Path, _rounds: int, found: Findings) -> None:
    with one_redis() as redis:
        straight = await town_at(folder, f"redis://127.0.0.1:{redis.port}/0")
        async with Proxy(redis.port) as proxy:
            loop, work = asyncio.get_running_loop(), list[asyncio.Task[None]]()

            @contextmanager
            def cut() -> Iterator[None]:
                work.append(loop.create_task(proxy.cut()))
                yield
                work.append(loop.create_task(proxy.mend()))

            server = Server(folder / "node", ledger=f"redis://127.0.0.1:{proxy.port}/0")
            await through(straight, server, cut, found)
            await asyncio.gather(*work)


async def prove_full(folder: Path, _rounds: int, found: Findings) -> None:
    with one_redis() as redis:
        town = await town_at(folder, f"redis://127.0.0.1:{redis.port}/0")

        @contextmanager
        def full() -> Iterator[None]:
            redis.ask("CONFIG", "SET", "maxmemory", "1mb")  # less than it has
            yield
            redis.ask("CONFIG", "SET", "maxmemory", "0")

        await through(town, Server(folder / "node", ledger=town.ledger), full, found)


async def prove_hanging(folder: Path, _rounds: int, found: Findings) -> None:
    with one_redis() as redis:
        town = await town_at(folder, f"redis://127.0.0.1:{redis.port}/0")

        @contextmanager
        def hanging() -> Iterator[None]:
            redis.signal(signal.SIGSTOP)
            yield
            redis.signal(signal.SIGCONT)

        await through(town, Server(folder / "node", ledger=town.ledger), hanging, found)


async def prove_slow(folder: Path, _rounds: int, found: Findings) -> None:
    with one_redis() as redis:
        town = await town_at(folder, f"redis://127.0.0.1:{redis.port}/0")
        async with two_nodes(folder, town) as (_, groups):
            until = time.monotonic() + SLOW_FOR
            while time.monotonic() < until:
                redis.signal(signal.SIGSTOP)
                await asyncio.sleep(STANDS)
                redis.signal(signal.SIGCONT)
                await asyncio.sleep(1.0 - STANDS)
            refused = sum(posters.counts["answers 503"] for posters in groups)
            found.expect(refused == 0, f"{refused} reports were refused by a Redis that was only slow")
            await finish(town, groups, found)


async def prove_primary(folder: Path, _rounds: int, found: Findings) -> None:
    watched = await asyncio.to_thread(Watched, 1, *ALWAYS)
    again: list[float] = []
    try:
        town = await town_at(folder, watched.url())
        async with two_nodes(folder, town) as (servers, groups):
            pair = [watched.primary, *watched.replicas]
            for number in range(FAILOVERS):
                await asyncio.sleep(2.0)
                primary = pair[number % 2]
                before = sum(len(posters.acknowledged) for posters in groups)
                primary.kill()
                killed = time.monotonic()
                port = str(pair[(number + 1) % 2].port).encode()
                await asyncio.to_thread(
                    watched.sentinel.wait_for, port, "SENTINEL", "get-master-addr-by-name", "county"
                )
                await asyncio.to_thread(primary.start)
                await _taken_again(servers, groups, before, found)
                again.append(time.monotonic() - killed)
                say(f"  failover {number + 1}: taken again after {again[-1]:.1f} s")
            found.figures |= {
                "primaries killed": str(FAILOVERS),
                "from the kill until reports are taken again, the killed one back as the replica": span(
                    again
                ),
            }
            await finish(town, groups, found)
    finally:
        await asyncio.to_thread(watched.stop)


async def _taken_again(servers: list[Server], groups: list[Posters], before: int, found: Findings) -> None:
    """Return once reports are acknowledged. A node that has shown what is lost since has ended."""
    until = time.monotonic() + FAILED_OVER_WITHIN
    while sum(len(posters.acknowledged) for posters in groups) <= before + CLIENTS:
        for server in servers:
            if server.ended() is not None:
                with suppress(NotRunning):  # it is tried again
                    await asyncio.to_thread(server.begin)
        if time.monotonic() > until:
            found.expect(False, f"no report is taken {FAILED_OVER_WITHIN:.0f} s after a failover")
            return
        await asyncio.sleep(0.05)
