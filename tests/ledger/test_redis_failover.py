"""The primary dies, a Sentinel makes a replica the primary: nothing acknowledged is lost or counts twice."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.ledger.facts import fill, key, positions, report, take
from tests.patience import Stopwatch
from tests.redis_server import ALWAYS, RedisServer, Watched
from trafficlight.domain.record import Record
from trafficlight.ledger.base import HistoryChanged, Ledger, LedgerUnavailable
from trafficlight.ledger.opening import open_ledger

POSTERS = 8
EACH = 25


@pytest.fixture
def watched() -> Iterator[Watched]:
    watched = Watched(2, *ALWAYS)
    yield watched
    watched.stop()


async def insist(ledger: Ledger, n: int) -> int:
    """Append until it is acknowledged, as a phone does; where it stands."""
    while True:
        try:
            return (await ledger.append("longkou", [report(n)], key(str(n)))).positions[0]
        except LedgerUnavailable:
            await asyncio.sleep(0.05)


async def follow(ledger: Ledger, n: int) -> list[Record]:
    """The first so many records, following again after each interruption."""
    found: list[Record] = []
    while len(found) < n:
        try:
            async for batch in ledger.follow({"longkou": len(found)}):
                found += batch
                if len(found) >= n:
                    break
        except LedgerUnavailable:
            await asyncio.sleep(0.05)
    return found


async def test_a_failover_loses_nothing_acknowledged_and_counts_nothing_twice(watched: Watched) -> None:
    ledger, reader = await open_ledger(watched.url()), await open_ledger(watched.url())
    kept: dict[int, int] = {}
    some = asyncio.Event()

    async def post(poster: int) -> None:
        for n in range(poster * EACH, (poster + 1) * EACH):
            kept[n] = await insist(ledger, n)
            if len(kept) > POSTERS * EACH // 3:
                some.set()

    async with asyncio.timeout(60):
        following = asyncio.create_task(follow(reader, POSTERS * EACH))
        posting = [asyncio.create_task(post(poster)) for poster in range(POSTERS)]
        await some.wait()
        watched.primary.kill()
        await asyncio.gather(*posting)
        records = list(await ledger.read("longkou"))
        assert await following == records
    assert positions(records) == {"longkou": list(range(1, POSTERS * EACH + 1))}
    assert all(records[position - 1].event == report(n) for n, position in kept.items())
    assert len(kept) == POSTERS * EACH
    assert not await ledger.check()
    await ledger.close()
    await reader.close()


async def test_without_a_primary_it_is_told_in_time(watched: Watched) -> None:
    ledger = await open_ledger(watched.url())
    watched.sentinel.kill()
    watched.primary.kill()
    watch = Stopwatch()
    with pytest.raises(LedgerUnavailable):
        await ledger.append("longkou", [report(1)])
    assert watch.seconds < 3
    with pytest.raises(LedgerUnavailable):
        await ledger.heads()
    await ledger.close()


@pytest.mark.parametrize("later", [0, 4], ids=["shorter", "gone on differently"])
async def test_who_was_given_what_is_lost_since_is_told_to_begin_anew(later: int) -> None:
    server = await asyncio.to_thread(RedisServer(*ALWAYS).start)
    try:
        url = f"redis://127.0.0.1:{server.port}/0"
        ledger, other = await open_ledger(url), await open_ledger(url)
        await fill(ledger, {"longkou": 1})
        first = server.ask("HGET", "{trafficlight}:heads", "longkou").split(b"\r\n")[1].decode()
        await fill(ledger, {"longkou": 2})
        assert positions(await take(ledger, 3, {})) == {"longkou": [1, 2, 3]}
        server.ask("XTRIM", "{trafficlight}:board:longkou", "MAXLEN", "0")
        server.ask("DEL", "{trafficlight}:board:longkou")
        server.ask("HSET", "{trafficlight}:heads", "longkou", first)
        await fill(other, {"longkou": later})
        with pytest.raises(HistoryChanged, match="longkou"):
            await take(ledger, 1, {"longkou": 3})
        await ledger.close()
        await other.close()
    finally:
        server.stop()
