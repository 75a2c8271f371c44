"""Nothing blocks the event loop, and folders are compared whole."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from blockbuster import BlockBuster

from tests.blocking import nothing_of_ours_blocks
from tests.publish.buckets import Bucket, Gate, store
from tests.publish.worlds import everything, lively
from trafficlight.publish import finding, sync, templating
from trafficlight.text.languages import LANGUAGES


@pytest.fixture(scope="session", autouse=True)
def everything_was_read_once() -> None:
    """Templates, as at the start of the program; zones and what else is read at its first use."""
    templating.preload()
    finding.preload()
    world = lively()
    world.tongues = LANGUAGES
    everything(world.publisher(), world.at)


@pytest.fixture(autouse=True)
def nothing_blocks_the_loop() -> Iterator[BlockBuster]:
    with nothing_of_ours_blocks() as blockbuster:
        yield blockbuster


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """No rests between passes, so that many fit into a test."""
    monkeypatch.setattr(sync, "BOARD_PAUSE", 0.001)
    monkeypatch.setattr(sync, "REST_PAUSE", 0.001)
    monkeypatch.setattr(sync, "RETRY_SECONDS", 0.02)


@pytest.fixture(scope="session")
def store_port() -> Iterator[int]:
    """A store of buckets, one for all tests: each makes a bucket of its own."""
    with store() as port:
        yield port


@pytest.fixture
def bucket(store_port: int, tmp_path: Path) -> Bucket:
    """An empty bucket."""
    return Bucket(store_port, tmp_path)


@pytest.fixture
def gate(store_port: int) -> Iterator[Gate]:
    """What stands in front of the store."""
    standing = Gate(store_port)
    yield standing
    standing.close()
