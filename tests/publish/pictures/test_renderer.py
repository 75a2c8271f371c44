"""Who draws when: never on the loop, never per report, each picture once."""

import asyncio
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.publish.trees import becomes, happens, tree
from tests.publish.worlds import SHILI, World, county, report
from trafficlight.publish import drawing
from trafficlight.publish.drawing import DrawingFailed, Drawn, Fonts, PictureRenderer, find
from trafficlight.publish.edition import Published
from trafficlight.publish.formats.base import Artifact
from trafficlight.publish.picture import PNG, Sketch, encode
from trafficlight.publish.publisher import REST, Publisher
from trafficlight.publish.sync import Pass, TargetSync
from trafficlight.publish.targets.folder import FolderTarget

POSTER = f"{SHILI}/poster.png"
SITES = 50
"""As fit on two pictures."""


class Press:
    """Stands in for drawing: it waits for the test, and tells what it drew and where."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.go.set()
        self.threads: list[str] = []
        self.fails = False

    def __call__(self, sketch: Sketch, _fonts: Fonts) -> tuple[bytes, frozenset[str]]:
        self.threads.append(threading.current_thread().name)
        assert self.go.wait(10)
        if self.fails:
            raise OSError("no ink")
        return b"drawn:" + encode(sketch), frozenset("👍" if "👍" in str(sketch) else "")


@pytest.fixture
def press(monkeypatch: pytest.MonkeyPatch) -> Press:
    made = Press()
    monkeypatch.setattr(drawing, "draw", made)
    return made


@pytest.fixture
def told() -> list[Drawn]:
    return []


@pytest.fixture
def renderer(press: Press, told: list[Drawn]) -> Iterator[PictureRenderer]:
    made = PictureRenderer(find(), told.append)
    yield made
    press.go.set()
    made.close()


def sketched(text: str = "") -> Published:
    body = encode(Sketch(width=8, height=8, paper=f"#ffffff{text}", items=()))
    return Published(Artifact("shili/poster.png", PNG, body, sketch=True))


async def test_a_crowd_that_asks_for_a_poster_has_it_drawn_once_and_not_on_the_loop(
    renderer: PictureRenderer, press: Press
) -> None:
    sketch = sketched()
    pictures = await asyncio.gather(*(renderer.render(sketch) for _ in range(50)))
    assert len(press.threads) == 1
    assert press.threads[0] != threading.current_thread().name
    assert len(set(pictures)) == 1
    assert pictures[0].body.startswith(b"drawn:")
    assert not pictures[0].sketch
    assert await renderer.render(sketch) is pictures[0]


async def test_who_stops_waiting_stops_nobody_elses_picture(renderer: PictureRenderer, press: Press) -> None:
    press.go.clear()
    sketch = sketched()
    first, second = (asyncio.create_task(renderer.render(sketch)) for _ in range(2))
    await happens(lambda: press.threads)
    first.cancel()
    press.go.set()
    assert (await second).body.startswith(b"drawn:")


async def test_what_cannot_be_drawn_is_tried_once_and_told(
    renderer: PictureRenderer, press: Press, told: list[Drawn]
) -> None:
    press.fails = True
    sketch = sketched()
    for _ in range(3):
        with pytest.raises(DrawingFailed):
            await renderer.render(sketch)
    assert len(press.threads) == 1
    assert [one.fault for one in told] == ["OSError('no ink')"]
    press.fails = False
    assert (await renderer.render(sketched("x"))).body.startswith(b"drawn:")


async def test_characters_that_the_font_has_not_are_told(
    renderer: PictureRenderer, told: list[Drawn]
) -> None:
    await renderer.render(sketched("👍"))
    assert told[0].missing == ("👍",)


# --- when a poster is sketched anew -------------------------------------------------------------------------


def poster(publisher: Publisher, world: World) -> Published:
    found = publisher.find(POSTER, world.at)
    assert found is not None
    return found


def test_a_poster_is_not_made_for_every_report_but_within_a_minute(renderer: PictureRenderer) -> None:
    world = county()
    publisher = world.publisher(renderer=renderer)
    first = poster(publisher, world)
    for number in range(20):
        world.happen(SHILI, report(0, number), after=1)
        assert poster(publisher, world) is first
    world.at += REST - timedelta(seconds=20)
    last = poster(publisher, world)
    assert last.body == poster(world.again().publisher(renderer=renderer), world).body
    assert last.body != first.body
    assert timedelta(seconds=60) > REST


def test_all_pictures_of_a_poster_are_of_one_edition(renderer: PictureRenderer) -> None:
    world = county(SITES)
    publisher = world.publisher(renderer=renderer)
    poster(publisher, world)
    world.happen(SHILI, *(report(number, 99) for number in range(SITES // 2)), after=5)
    bodies = [publisher.find(f"{SHILI}/poster{part}.png", world.at) for part in ("", "-2")]
    position = f"第{SITES + 1}版"
    assert all(one and position.encode() in one.body for one in bodies)


def test_a_poster_whose_time_is_up_is_made_anew_at_once(renderer: PictureRenderer) -> None:
    world = county()
    world.happen(SHILI, report(0, 5))
    publisher = world.publisher(renderer=renderer)
    first = poster(publisher, world)
    _, until = publisher.standing(POSTER, world.at) or (None, world.at)
    world.at = until - timedelta(seconds=5)
    world.happen(SHILI, report(1, 5))
    assert poster(publisher, world) is not first
    world.at = until
    fresh = world.again().publisher(renderer=renderer)
    assert poster(publisher, world).body == poster(fresh, world).body


def test_a_cover_is_the_same_picture_after_every_report(renderer: PictureRenderer) -> None:
    world = county()
    publisher = world.publisher(renderer=renderer)
    first = publisher.find(f"{SHILI}/cover.png", world.at)
    world.happen(SHILI, report(0, 5), after=60)
    assert publisher.find(f"{SHILI}/cover.png", world.at) is first


def test_without_a_renderer_and_in_other_languages_there_are_no_pictures(renderer: PictureRenderer) -> None:
    world = county()
    for path in (POSTER, f"{SHILI}/cover.png", f"{SHILI}/cover-square.png"):
        assert world.publisher().find(path, world.at) is None
        assert world.publisher(renderer=renderer).find(f"en/{path}", world.at) is None
        assert world.publisher(renderer=renderer).find(path, world.at) is not None


# --- at a target --------------------------------------------------------------------------------------------


class Kept:
    """A folder that is kept with pictures."""

    def __init__(self, world: World, root: Path, renderer: PictureRenderer) -> None:
        self.world = world
        self.root = root
        self.passes: list[Pass] = []
        self.publisher = world.publisher(renderer=renderer)
        self.keeper = TargetSync(self.publisher, FolderTarget(root), lambda: world.at, self.passes.append)

    def read(self) -> dict[str, bytes]:
        return tree(self.root)

    async def reads(self) -> dict[str, bytes]:
        return await asyncio.to_thread(self.read)


async def test_one_pass_waits_for_its_pictures(tmp_path: Path, renderer: PictureRenderer) -> None:
    kept = Kept(county(SITES), tmp_path / "out", renderer)
    await kept.keeper.once(kept.world.at)
    written = await kept.reads()
    assert {POSTER, f"{SHILI}/poster-2.png", f"{SHILI}/cover.png", f"{SHILI}/cover-square.png"} <= set(
        written
    )
    assert written[POSTER].startswith(b"drawn:")
    again = Kept(kept.world.again(), tmp_path / "out", renderer)
    await again.keeper.once(kept.world.at)
    assert sum(one.written for one in again.passes) == 0


@pytest.mark.usefixtures("soon")
async def test_a_page_is_written_while_the_poster_is_being_drawn(
    tmp_path: Path, renderer: PictureRenderer, press: Press
) -> None:
    kept = Kept(county(), tmp_path / "out", renderer)
    press.go.clear()
    running = asyncio.create_task(kept.keeper.run())
    try:
        await happens(lambda: any(one.part == SHILI and one.written for one in kept.passes))
        there = await kept.reads()
        assert f"{SHILI}/index.html" in there
        assert POSTER not in there
        press.go.set()
        whole = world_of(kept, tmp_path, renderer)
        await becomes(kept.root, await whole)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def world_of(kept: Kept, tmp_path: Path, renderer: PictureRenderer) -> dict[str, bytes]:
    """What one pass makes of an empty folder."""
    other = Kept(kept.world.again(), tmp_path / "whole", renderer)
    await other.keeper.once(kept.world.at)
    return await other.reads()


@pytest.mark.usefixtures("soon")
async def test_the_old_poster_stays_until_the_new_one_is_drawn(
    tmp_path: Path, renderer: PictureRenderer, press: Press
) -> None:
    kept = Kept(county(), tmp_path / "out", renderer)
    running = asyncio.create_task(kept.keeper.run())
    try:
        await becomes(kept.root, await world_of(kept, tmp_path / "first", renderer))
        before = (await kept.reads())[POSTER]
        press.go.clear()
        kept.world.happen(SHILI, report(0, 9), after=40)
        page = kept.publisher.find(f"{SHILI}/index.html", kept.world.at)
        kept.keeper.wake([SHILI])
        assert page is not None
        await happens(lambda: kept.read()[f"{SHILI}/index.html"] == page.body)
        assert (await kept.reads())[POSTER] == before
        press.go.set()
        await becomes(kept.root, await world_of(kept, tmp_path / "second", renderer))
        assert (await kept.reads())[POSTER] != before
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_picture_that_cannot_be_drawn_keeps_nothing_else_from_being_written(
    tmp_path: Path, renderer: PictureRenderer, press: Press
) -> None:
    press.fails = True
    kept = Kept(county(), tmp_path / "out", renderer)
    await kept.keeper.once(kept.world.at)
    there = await kept.reads()
    assert POSTER not in there
    assert f"{SHILI}/index.html" in there
