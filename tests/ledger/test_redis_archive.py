"""Old rows leave Redis for a folder, and the ledger tells the same as before."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.ledger.conftest import Clock
from tests.ledger.facts import exported, fill, positions, report, reports, take
from tests.redis_server import ALWAYS, SHARED, RedisServer
from trafficlight.ledger.base import LedgerUnavailable
from trafficlight.ledger.redis import RedisLedger
from trafficlight.ledger.redis.address import parse


@pytest.fixture
def place(tmp_path: Path) -> tuple[str, Path]:
    """A URL without, and the folder of an archive."""
    (tmp_path / "archive").mkdir()
    return SHARED.url(), tmp_path / "archive"


async def opened(url: str, clock: Clock) -> RedisLedger:
    return await RedisLedger.open(parse(url), clock)


@pytest.fixture
async def kept(place: tuple[str, Path], clock: Clock) -> AsyncIterator[RedisLedger]:
    """A board of 5,000 events and one of three."""
    ledger = await opened(f"{place[0]}&archive={place[1]}", clock)
    for _ in range(5):
        await ledger.append("longkou", reports(1_000))
        clock.turn(minutes=1)
    await fill(ledger, {"penglai": 3})
    yield ledger
    await ledger.close()


async def test_what_was_moved_is_told_as_before(kept: RedisLedger, clock: Clock, tmp_path: Path) -> None:
    before = await exported(kept)
    assert await kept.archive(clock.at) == 4_000
    assert await kept.archive(clock.at) == 0
    assert await exported(kept) == before
    assert await kept.heads() == {"longkou": 5_000, "penglai": 3}
    assert [record.position for record in await kept.read("longkou", after=3_998)][:3] == [
        3_999,
        4_000,
        4_001,
    ]
    assert not await kept.check()
    for after in (0, 1_999, 2_000, 3_999, 4_500):
        found = await take(kept, 5_000 - after, {"longkou": after, "penglai": 3})
        assert positions(found) == {"longkou": list(range(after + 1, 5_001))}
    assert (await kept.append("longkou", [report(1)])).positions == (5_001,)
    await kept.backup(tmp_path / "copy.sqlite")
    assert (tmp_path / "copy.sqlite").stat().st_size > len(before)


async def test_what_is_young_stays(kept: RedisLedger, clock: Clock) -> None:
    assert await kept.archive(clock.at - timedelta(minutes=2, seconds=30)) == 2_000
    assert await kept.archive(clock.at - timedelta(days=1)) == 0


async def test_who_does_not_know_the_archive_is_told_rather_than_shown_less(
    kept: RedisLedger, place: tuple[str, Path], clock: Clock
) -> None:
    await kept.archive(clock.at)
    other = await opened(place[0], clock)
    with pytest.raises(LedgerUnavailable, match="in an archive"):
        await other.read("longkou")
    assert len(await other.read("longkou", after=4_000)) == 1_000
    with pytest.raises(ValueError, match="no archive"):
        await other.archive(clock.at)
    await other.close()


async def test_an_archive_that_lacks_something_is_told(
    kept: RedisLedger, place: tuple[str, Path], clock: Clock
) -> None:
    await kept.archive(clock.at)
    max((place[1] / "board-longkou").iterdir()).unlink()
    assert len(await kept.read("longkou", after=4_000)) == 1_000
    with pytest.raises(LedgerUnavailable, match="cannot be read"):
        await kept.read("longkou", after=2_500)


async def test_a_changed_byte_in_the_archive_is_found(
    kept: RedisLedger, place: tuple[str, Path], clock: Clock
) -> None:
    await kept.archive(clock.at)
    first = min((place[1] / "board-longkou").iterdir())
    changed = gzip.decompress(first.read_bytes()).replace(b'"patients":7,', b'"patients":9,', 1)
    first.write_bytes(gzip.compress(changed))
    assert [(finding.kind, finding.position) for finding in await kept.check()] == [("changed", 8)]


async def test_nothing_leaves_redis_before_the_archive_has_it(
    kept: RedisLedger, place: tuple[str, Path], clock: Clock
) -> None:
    before = await exported(kept)
    place[1].rmdir()
    place[1].write_text("no folder", encoding="utf-8")
    with pytest.raises(LedgerUnavailable, match="cannot be written"):
        await kept.archive(clock.at)
    assert await exported(kept) == before


async def test_a_folder_that_is_not_there_is_no_archive(
    kept: RedisLedger, place: tuple[str, Path], clock: Clock
) -> None:
    place[1].rmdir()
    with pytest.raises(LedgerUnavailable, match=r"cannot be written: .*No such file"):
        await kept.archive(clock.at)
    assert not place[1].exists()
    assert await kept.heads() == {"longkou": 5_000, "penglai": 3}


async def test_two_at_once_move_everything_once(
    kept: RedisLedger, place: tuple[str, Path], clock: Clock
) -> None:
    before = await exported(kept)
    other = await opened(f"{place[0]}&archive={place[1]}", clock)
    answers = await asyncio.gather(kept.archive(clock.at), other.archive(clock.at), return_exceptions=True)
    assert {type(answer) for answer in answers} <= {int, LedgerUnavailable}
    await kept.archive(clock.at)
    assert await exported(other) == before
    await other.close()


async def test_a_full_redis_can_let_go_of_old_rows(clock: Clock, tmp_path: Path) -> None:
    server = await asyncio.to_thread(RedisServer(*ALWAYS, "--maxmemory-policy", "noeviction").start)
    try:
        ledger = await opened(f"redis://127.0.0.1:{server.port}/0?archive={tmp_path}", clock)
        await ledger.append("longkou", reports(5_000))
        clock.turn(minutes=1)
        await asyncio.to_thread(server.ask, "CONFIG", "SET", "maxmemory", "1mb")  # less than it has
        with pytest.raises(LedgerUnavailable):
            await ledger.append("longkou", [report(1)])
        assert await ledger.archive(clock.at) == 4_000
        await ledger.close()
    finally:
        await asyncio.to_thread(server.stop)
