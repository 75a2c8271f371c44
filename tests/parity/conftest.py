"""The same server as the tests of `web/` have."""

from tests.web.conftest import clock, logged, nothing_blocks_the_loop, start

__all__ = ["clock", "logged", "nothing_blocks_the_loop", "start"]

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from blockbuster import BlockBuster

from tests.parity.twins import CLI, DESK, Twins, sites_of, twin
from tests.web.conftest import Starter, facts
from tests.web.desk.conftest import Office
from trafficlight.actions import changing
from trafficlight.cli import console
from trafficlight.domain.ids import SYSTEM


@pytest.fixture
async def twins(
    start: Starter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nothing_blocks_the_loop: BlockBuster
) -> AsyncIterator[Twins]:
    monkeypatch.setattr(console, "LANG", "zh-Hans")
    monkeypatch.setattr(changing, "FOLLOWED_AFTER", 0.0)
    world = await start()
    for slug in (DESK, CLI):
        own, placed = facts(twin(slug), sites_of(slug))
        await world.put(slug, *own)
        await world.put(SYSTEM, *placed)
    office = Office(world)
    yield Twins(world, tmp_path, await office.hire("王芳", {"*": "admin"}), nothing_blocks_the_loop)
    await office.close()
