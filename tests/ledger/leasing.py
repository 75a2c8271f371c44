"""What any lease promises. `test_conformance.py` holds that of every ledger in `conftest.LEDGERS` to it."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from trafficlight.ledger.lease import Leases
from trafficlight.ledger.opening import open_leases

SHORT = 0.4
"""Seconds."""


@pytest.fixture
async def lease(url: str) -> AsyncIterator[Leases]:
    opened = await open_leases(url)
    yield opened
    await opened.close()


@pytest.fixture
async def other(url: str) -> AsyncIterator[Leases]:
    """The same, opened by another node."""
    opened = await open_leases(url)
    yield opened
    await opened.close()


async def test_one_holds_a_lease_at_a_time(lease: Leases, other: Leases) -> None:
    assert await lease.acquire("bucket", "a", 60)
    assert not await other.acquire("bucket", "b", 60)
    assert await lease.acquire("bucket", "a", 60)
    assert await other.acquire("another", "b", 60)
    assert not await lease.acquire("another", "a", 60)


async def test_of_many_who_come_at_once_one_gets_it(lease: Leases, other: Leases) -> None:
    names = [f"node-{number}" for number in range(20)]
    took = await asyncio.gather(
        *((lease, other)[n % 2].acquire("bucket", name, 60) for n, name in enumerate(names))
    )
    assert sum(took) == 1
    holder = names[took.index(True)]
    again = await asyncio.gather(*(other.acquire("bucket", name, 60) for name in names))
    assert [name for name, has in zip(names, again, strict=True) if has] == [holder]


async def test_a_lease_that_is_not_renewed_is_anybodys(lease: Leases, other: Leases) -> None:
    began = time.monotonic()
    assert await lease.acquire("bucket", "a", SHORT)
    while not await other.acquire("bucket", "b", 60):  # noqa: ASYNC110 - a lease announces nothing
        await asyncio.sleep(0.01)
    assert time.monotonic() - began >= SHORT - 0.05
    assert not await lease.acquire("bucket", "a", 60)


async def test_a_lease_that_is_renewed_stays(lease: Leases, other: Leases) -> None:
    assert await lease.acquire("bucket", "a", SHORT)
    until = time.monotonic() + 2 * SHORT
    while time.monotonic() < until:
        assert await lease.acquire("bucket", "a", 60)
        assert not await other.acquire("bucket", "b", SHORT)
        await asyncio.sleep(0.02)


async def test_who_leaves_is_followed_at_once(lease: Leases, other: Leases) -> None:
    assert await lease.acquire("bucket", "a", 60)
    await other.release("bucket", "b")
    assert not await other.acquire("bucket", "b", 60)
    await lease.release("bucket", "a")
    await lease.release("bucket", "a")
    assert await other.acquire("bucket", "b", 60)


async def test_a_lease_outlives_whoever_opened_it(url: str, lease: Leases) -> None:
    first = await open_leases(url)
    assert await first.acquire("bucket", "a", 60)
    await first.close()
    assert not await lease.acquire("bucket", "b", 60)


async def test_everybody_counts_the_same(lease: Leases, other: Leases) -> None:
    told = await asyncio.gather(*((lease, other)[n % 2].count("who", 60) for n in range(20)))
    assert sorted(one.times for one in told) == list(range(1, 21))
    assert all(59 < one.ends_in <= 60 for one in told)
    assert (await other.count("somebody else", 60)).times == 1


async def test_a_window_ends_and_the_next_begins(lease: Leases) -> None:
    first = await lease.count("who", SHORT)
    second = await lease.count("who", SHORT)
    assert second.ends_in <= first.ends_in
    await asyncio.sleep(SHORT + 0.05)
    assert (await lease.count("who", SHORT)).times == 1


async def test_what_is_forgiven_counts_no_more(lease: Leases, other: Leases) -> None:
    for _ in range(3):
        await lease.count("who", 60)
    await other.uncount("who")
    assert (await lease.count("who", 60)).times == 3
    await other.uncount("who", all_of_them=True)
    await other.uncount("who")
    counted = await lease.count("who", 60)
    assert counted.times == 1
    assert counted.ends_in <= 60
    await lease.uncount("nobody")
    assert (await lease.count("nobody", 60)).times == 1


async def test_names_may_be_anything(lease: Leases) -> None:
    for name in ("s3:deng/tree@store.example:9000", "", "镇 '\"\0;", "x" * 5000):
        assert await lease.acquire(name, "a", 60)
        assert not await lease.acquire(name, "b", 60)
        assert (await lease.count(name, 60)).times == 1
