"""Posters and covers as the app serves them."""

import asyncio
import json
import threading
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from PIL import Image

from tests.web.conftest import BOARD, SITES, Starter, World, facts
from tests.web.test_public import get
from trafficlight.domain.board import Site
from trafficlight.domain.event import SitePut
from trafficlight.publish import drawing
from trafficlight.publish.drawing import Fonts, draw
from trafficlight.publish.picture import Sketch
from trafficlight.settings import WrongSetting

POSTER = "/longkou/poster.png"


async def test_a_poster_is_served_with_its_tag_and_not_twice(world: World) -> None:
    answer = await get(world, POSTER, "br, gzip")
    assert (answer.status, answer.media) == (200, "image/png")
    assert "Content-Encoding" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-cache"
    with Image.open(BytesIO(answer.body)) as image:
        assert image.width == 1080
    again = await get(world, POSTER, If_None_Match=answer.headers["ETag"])
    assert (again.status, again.body) == (304, b"")
    head = await get(world, POSTER, method="HEAD")
    assert (head.status, head.headers["ETag"]) == (200, answer.headers["ETag"])


@pytest.mark.parametrize(("name", "size"), [("cover", (900, 383)), ("cover-square", (500, 500))])
async def test_covers_are_served(world: World, name: str, size: tuple[int, int]) -> None:
    answer = await get(world, f"/longkou/{name}.png")
    with Image.open(BytesIO(answer.body)) as image:
        assert image.size == size


async def test_there_are_only_as_many_as_there_are(world: World) -> None:
    assert (await get(world, "/longkou/poster-2.png")).status == 404
    assert (await get(world, "/nowhere/poster.png")).status == 404


async def test_a_report_is_taken_and_shown_while_a_poster_is_being_drawn(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, go = threading.Event(), threading.Event()

    def slowly(sketch: Sketch, font: Fonts) -> tuple[bytes, frozenset[str]]:
        began.set()
        assert go.wait(10)
        return draw(sketch, font)

    monkeypatch.setattr(drawing, "draw", slowly)
    asked = asyncio.create_task(get(world, POSTER))
    assert await asyncio.to_thread(began.wait, 10)
    assert (await world.report({"patients": 3})).status == 201
    page = await get(world, "/longkou/")
    assert 'data-position="5"' in page.text
    assert "蓝·人少" in page.text
    assert not asked.done()
    go.set()
    assert (await asked).status == 200


async def test_a_fault_in_drawing_is_told_and_hurts_nothing_else(
    world: World, monkeypatch: pytest.MonkeyPatch, logged: StringIO
) -> None:
    def broken(_sketch: Sketch, _font: Fonts) -> tuple[bytes, frozenset[str]]:
        raise OSError("no ink")

    monkeypatch.setattr(drawing, "draw", broken)
    assert (await get(world, POSTER)).status == 500
    assert (await get(world, "/longkou/")).status == 200
    assert "drawing_failed" in logged.getvalue()
    assert world.node.metrics.registry.get_sample_value(
        "trafficlight_publish_failed_total", {"format": "drawing"}
    )


async def test_a_character_without_a_glyph_is_logged_once(world: World, logged: StringIO) -> None:
    await world.put(BOARD.slug, SitePut(site=Site(id="lk-001", name="👍卫生院", town="东江街道")))
    await get(world, POSTER)
    world.clock.turn(hours=1)
    await world.put(BOARD.slug, SitePut(site=Site(id="lk-002", name="👍卫生室", town="东江街道")))
    await get(world, POSTER)
    lines = [json.loads(line) for line in logged.getvalue().splitlines()]
    (told,) = [line for line in lines if line["event"] == "glyph_missing"]
    assert told["characters"] == ["U+1F44D"]


async def test_without_a_font_everything_else_is_served_and_the_package_named(
    start: Starter, monkeypatch: pytest.MonkeyPatch, logged: StringIO, tmp_path: Path
) -> None:
    monkeypatch.setattr(drawing, "PLACES", (tmp_path / "none.ttc",))
    world = await start()
    await world.put(BOARD.slug, *facts(BOARD, SITES)[0])
    assert (await get(world, "/longkou/")).status == 200
    assert (await get(world, POSTER)).status == 404
    (told,) = [json.loads(line) for line in logged.getvalue().splitlines() if "font_missing" in line]
    assert told["level"] == "error"
    assert "apt-get install fonts-noto-cjk" in told["reason"]


async def test_a_font_that_was_asked_for_must_be_there(start: Starter) -> None:
    with pytest.raises(WrongSetting, match="TRAFFICLIGHT_FONT"):
        await start(font="/nowhere/own.otf")


async def test_who_wants_no_posters_gets_none_and_hears_nothing(start: Starter, logged: StringIO) -> None:
    world = await start(font="none")
    await world.put(BOARD.slug, *facts(BOARD, SITES)[0])
    assert (await get(world, POSTER)).status == 404
    assert "font_missing" not in logged.getvalue()
