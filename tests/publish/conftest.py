"""Nothing blocks the event loop, and folders are compared whole."""

from collections.abc import Iterator

import pytest
from blockbuster import BlockBuster

from tests.blocking import nothing_of_ours_blocks
from tests.publish.worlds import everything, lively
from trafficlight.publish import finding, keeping, templating
from trafficlight.publish.languages import LANGUAGES


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
    monkeypatch.setattr(keeping, "BOARD_PAUSE", 0.001)
    monkeypatch.setattr(keeping, "REST_PAUSE", 0.001)
    monkeypatch.setattr(keeping, "RETRY_SECONDS", 0.02)
