"""Nothing blocks the event loop, and folders are compared whole."""

from collections.abc import Iterator

import pytest
from blockbuster import BlockBuster, blockbuster_ctx

from tests.publish.worlds import everything, lively
from trafficlight.publish import templating


@pytest.fixture(scope="session", autouse=True)
def everything_was_read_once() -> None:
    """Templates, as at the start of the program; zones and what else is read at its first use."""
    templating.preload()
    world = lively()
    everything(world.publisher(), world.at)


@pytest.fixture(autouse=True)
def nothing_blocks_the_loop() -> Iterator[BlockBuster]:
    with blockbuster_ctx("trafficlight") as blockbuster:
        yield blockbuster
