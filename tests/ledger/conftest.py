"""Every ledger there is, for the suite that each must pass."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from blockbuster import BlockBuster

from tests.blocking import nothing_of_ours_blocks
from tests.redis_server import SHARED
from trafficlight.ledger.opening import open_ledger
from trafficlight.ledger.redis.connection import RedisConnection, Server
from trafficlight.ledger.store import LedgerStore

pytest.register_assert_rewrite(
    "tests.ledger.conformance",
    "tests.ledger.following",
    "tests.ledger.moving",
    "tests.ledger.facts",
    "tests.ledger.leasing",
)


@asynccontextmanager
async def _sqlite(folder: Path) -> AsyncIterator[str]:
    yield f"sqlite:{folder / 'ledger.sqlite'}"


@asynccontextmanager
async def _redis(_folder: Path) -> AsyncIterator[str]:
    yield await asyncio.to_thread(SHARED.url)


@asynccontextmanager
async def _watched(_folder: Path) -> AsyncIterator[str]:
    yield await asyncio.to_thread(SHARED.watched_url)


LEDGERS: Mapping[str, Callable[[Path], AbstractAsyncContextManager[str]]] = {
    "sqlite": _sqlite,
    "redis": _redis,
    "redis+sentinel": _watched,
}
"""By name: given an empty folder, the URL of an empty ledger that lasts as long as the context."""


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.at = datetime(2022, 12, 24, 0, 10, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def turn(self, **by: float) -> None:
        self.at += timedelta(**by)


@pytest.fixture(autouse=True)
def nothing_blocks_the_loop() -> Iterator[BlockBuster]:
    with nothing_of_ours_blocks() as blockbuster:
        yield blockbuster


@pytest.fixture(scope="session", autouse=True)
def servers_end() -> Iterator[None]:
    yield
    SHARED.stop()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A ledger is waited for as long as a busy machine needs: how long at most, the tests of trouble show."""
    for name in (
        "redis.connection.CONNECT_WITHIN",
        "redis.connection.SENTINEL_WITHIN",
        "redis.writer._ANSWER_WITHIN",
        "redis.writer._PATIENCE",
        "redis.lease._ANSWER_WITHIN",
        "group_commit._ANSWER_WITHIN",
        "sqlite.writer._PATIENCE",
    ):
        monkeypatch.setattr(f"trafficlight.ledger.{name}", 60.0)
    for module in ("writer", "reader"):
        monkeypatch.setattr(f"trafficlight.ledger.redis.{module}.REPLICA_WAIT_MS", 60_000)
    for asked in (RedisConnection.ask, Server.ask):
        assert asked.__kwdefaults__ is not None
        monkeypatch.setitem(asked.__kwdefaults__, "within", 60.0)


@pytest.fixture(params=sorted(LEDGERS))
async def url(request: pytest.FixtureRequest, tmp_path: Path, patient: None) -> AsyncIterator[str]:
    """Where an empty ledger is."""
    async with LEDGERS[request.param](tmp_path) as found:
        yield found


@pytest.fixture
async def ledger(url: str, clock: Clock) -> AsyncIterator[LedgerStore]:
    """An empty ledger on the test's clock."""
    opened = await open_ledger(url, clock)
    yield opened
    await opened.close()
