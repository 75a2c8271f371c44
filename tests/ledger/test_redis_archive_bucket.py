"""Old rows leave Redis for a bucket: what a folder promises, and what only a store can do to a reader."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.ledger.conftest import Clock
from tests.ledger.facts import exported, report, reports
from tests.publish.buckets import Bucket, Gate, refusing_strangers, store
from tests.redis_server import SHARED
from trafficlight.bucket import store as store_module
from trafficlight.ledger.base import LedgerUnavailable
from trafficlight.ledger.redis import RedisLedger
from trafficlight.ledger.redis.address import parse
from trafficlight.ledger.store import Finding

FIRST = "board-longkou/000000000001-000000002000.gz"


@pytest.fixture(scope="module")
def store_port() -> Iterator[int]:
    with store() as port:
        yield port


@pytest.fixture
def bucket(store_port: int, tmp_path: Path) -> Bucket:
    return Bucket(store_port, tmp_path)


@pytest.fixture
def gate(store_port: int) -> Iterator[Gate]:
    standing = Gate(store_port)
    yield standing
    standing.close()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "RETRIES", 0)
    monkeypatch.setattr(store_module, "LONGEST", "1s")


@pytest.fixture
async def kept(bucket: Bucket, gate: Gate, clock: Clock) -> AsyncIterator[RedisLedger]:
    """A board of 3,000 events, with its archive behind the gate."""
    url = f"{SHARED.url()}&archive={quote(bucket.address(gate.port), safe='')}"
    ledger = await RedisLedger.open(await asyncio.to_thread(parse, url), clock)
    for _ in range(3):
        await ledger.append("longkou", reports(1_000))
    clock.turn(days=1)
    yield ledger
    await ledger.close()


async def test_what_was_moved_is_told_as_before_and_one_object_holds_it(
    kept: RedisLedger, clock: Clock, bucket: Bucket
) -> None:
    before = await exported(kept)
    assert await kept.archive(clock.at) == 2_000
    assert set(await asyncio.to_thread(bucket.objects)) == {FIRST}
    assert await exported(kept) == before
    assert [record.position for record in await kept.read("longkou", after=1_998)][:3] == [
        1_999,
        2_000,
        2_001,
    ]
    assert not await kept.check()


async def test_an_object_that_is_gone_or_changed_is_told(
    kept: RedisLedger, clock: Clock, bucket: Bucket
) -> None:
    await kept.archive(clock.at)
    first = gzip.decompress((await asyncio.to_thread(bucket.get, f"tree/{FIRST}")).body)
    changed = gzip.compress(first.replace(b'"patients":7,', b'"patients":9,', 1))
    await asyncio.to_thread(bucket.put, FIRST, changed)
    assert await kept.check() == [Finding("changed", "longkou", 8, "the row is not as it was written")]
    await asyncio.to_thread(bucket.put, FIRST, changed[:-100])
    with pytest.raises(LedgerUnavailable, match="is damaged"):
        await kept.read("longkou")
    await asyncio.to_thread(bucket.delete, FIRST)
    with pytest.raises(LedgerUnavailable, match=f"cannot be read: {FIRST} is not there"):
        await kept.read("longkou")
    assert len(await kept.read("longkou", after=2_000)) == 1_000


async def test_nothing_leaves_redis_while_the_store_does_not_take_it(
    kept: RedisLedger, clock: Clock, gate: Gate
) -> None:
    before = await exported(kept)
    gate.status = 503
    with pytest.raises(LedgerUnavailable, match=r"cannot be written: .* the store answers 503"):
        await kept.archive(clock.at)
    assert await exported(kept) == before
    gate.status = 0
    assert await kept.archive(clock.at) == 2_000
    gate.status = 503
    with pytest.raises(LedgerUnavailable, match=r"cannot be read: .* the store answers 503"):
        await kept.read("longkou")
    gate.status = 0
    assert await exported(kept) == before


async def test_credentials_that_are_refused_are_told_and_new_ones_need_no_restart(
    kept: RedisLedger, clock: Clock, bucket: Bucket
) -> None:
    with refusing_strangers(bucket.port), pytest.raises(LedgerUnavailable, match="credentials are refused"):
        await kept.archive(clock.at)
    assert await kept.archive(clock.at) == 2_000


@pytest.fixture
def long_waited_for(impatient: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody gives up on the store while a busy machine comes to everything else."""
    monkeypatch.setattr(store_module, "LONGEST", "60s")


async def test_a_store_that_hangs_holds_up_nobody_who_asks_for_something_else(
    long_waited_for: None, kept: RedisLedger, clock: Clock, gate: Gate
) -> None:
    await kept.archive(clock.at)
    gate.opened.clear()
    old = [asyncio.create_task(kept.read("longkou")) for _ in range(40)]
    await asyncio.sleep(0.1)
    assert (await kept.append("longkou", [report(1)])).positions == (3_001,)
    assert len(await kept.read("longkou", after=2_000)) == 1_001
    await asyncio.to_thread(gate.opened.is_set)  # the threads that all share are free
    assert not any(task.done() for task in old)
    gate.opened.set()
    answers = await asyncio.gather(*old, return_exceptions=True)
    assert {type(answer) for answer in answers} <= {list, LedgerUnavailable}


@pytest.mark.parametrize(
    "archive", ["s3://x", "s3%3A%2F%2Ffever%2Fa%3Fendpoint%3Dnowhere", "oss://fever", "s3://u:p@fever"]
)
def test_an_address_that_is_none_is_refused_before_anything_is_opened(archive: str) -> None:
    with pytest.raises(ValueError, match=r"^archive: ") as refused:
        parse(f"redis://h?archive={archive}")
    assert "u:p" not in str(refused.value)


async def test_who_is_young_stays_in_redis(kept: RedisLedger, clock: Clock, bucket: Bucket) -> None:
    assert await kept.archive(clock.at - timedelta(days=2)) == 0
    assert await asyncio.to_thread(bucket.objects) == {}
