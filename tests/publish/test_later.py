"""What programs read is made after the pages: soon where nothing follows, and never put off for ever."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from tests.publish.trees import tree
from tests.publish.worlds import SHILI, World, county, everything, report
from trafficlight.publish.sync_pass import DATA_REST, Passes, PassResult, TargetPictures
from trafficlight.publish.targets.folder import FolderTarget

PAGE, FAST, DATA = f"{SHILI}/index.html", f"{SHILI}/lights.json", f"{SHILI}/board.csv"


class Folder:
    """A board's folder, passed over when a test says so."""

    def __init__(self, world: World, root: Path) -> None:
        self.world, self.root, self.publisher = world, root, world.publisher()
        self.passes = Passes(self.publisher, FolderTarget(root), TargetPictures(None, lambda _part: None))

    async def over(self, *, news: bool) -> PassResult:
        return await self.passes.over(SHILI, self.world.at, news=news)

    async def is_new(self, *paths: str) -> bool:
        there = await asyncio.to_thread(tree, self.root)
        wanted = everything(self.publisher, self.world.at)
        return all(there[path] == wanted[path] for path in paths)


@pytest.fixture
async def folder(tmp_path: Path) -> Folder:
    world = county(3)
    world.happen(SHILI, report(0, 3), after=3600)
    folder = Folder(world, tmp_path / "t")
    await asyncio.to_thread(folder.passes._target.open)  # noqa: SLF001 - as the keeper does
    await folder.over(news=False)
    assert await folder.is_new(PAGE, FAST, DATA)
    return folder


async def test_news_stands_on_the_pages_first_and_then_in_the_data(folder: Folder) -> None:
    folder.world.happen(SHILI, report(0, 60), after=2)
    first = await folder.over(news=True)
    assert not first.whole  # so that a pass follows at once
    assert await folder.is_new(PAGE, FAST)
    assert not await folder.is_new(DATA)
    assert (await folder.over(news=False)).whole
    assert await folder.is_new(PAGE, FAST, DATA)


async def test_news_after_news_does_not_put_off_the_data_for_ever(folder: Folder) -> None:
    since = folder.world.at
    while folder.world.at < since + DATA_REST - timedelta(seconds=2):
        folder.world.happen(SHILI, report(0, 60), after=2)
        await folder.over(news=True)
        assert await folder.is_new(PAGE)
    folder.world.happen(SHILI, report(0, 61), after=3)
    assert (await folder.over(news=True)).whole
    assert await folder.is_new(PAGE, FAST, DATA)


async def test_data_that_have_run_out_wait_for_no_news(folder: Folder) -> None:
    world = folder.world
    entry = folder.publisher.standing(DATA, world.at)
    assert entry is not None
    world.happen(SHILI, report(1, 5), after=(entry[1] - world.at).total_seconds() + 1)
    await folder.over(news=True)
    assert await folder.is_new(DATA)
