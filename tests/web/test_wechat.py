"""Boards on their way to the official account, from the server: by hand and by the clock."""

import asyncio
from collections.abc import AsyncIterator
from datetime import time
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestServer
from msgspec.structs import replace

from tests.web.conftest import BOARD, SITES, Clock, Starter, World, facts
from tests.wechat.standin import APPID, SECRET, StandIn
from trafficlight.domain.day import zone_of
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import ArticlePushed, BoardPut, ConfigSet
from trafficlight.domain.ids import SYSTEM
from trafficlight.settings import WrongSetting
from trafficlight.wechat.pushing import LATE_SECONDS, Pusher, Schedule

SLUG = BOARD.slug


@pytest.fixture
def standin(clock: Clock) -> StandIn:
    return StandIn(lambda: clock().timestamp())


@pytest.fixture
async def account(standin: StandIn) -> AsyncIterator[dict[str, Any]]:
    async with TestServer(standin.app()) as server:
        url = str(server.make_url("")).rstrip("/")
        yield {"wechat_appid": APPID, "wechat_secret": SECRET, "wechat_url": url}


@pytest.fixture
async def world(start: Starter, account: dict[str, Any]) -> World:
    world = await start(**account)
    await world.put(SLUG, *facts(BOARD, SITES)[0])
    await world.put(SYSTEM, *facts(BOARD, SITES)[1])
    await world.put(SYSTEM, ConfigSet(key="public_url", value="https://fever.example.cn"))
    return world


def pusher(world: World) -> Pusher:
    assert world.node.pusher is not None
    return world.node.pusher


async def pushed(world: World, **how: Any) -> ArticlePushed:
    event = await pusher(world).push(SLUG, by="user:a", **how)
    await world.node.current.reached(SLUG, (await world.node.ledger.read(SLUG))[-1].position)
    return event


async def kept(world: World) -> list[ArticlePushed]:
    """What the board's ledger holds of it."""
    records = await world.node.ledger.read(SLUG)
    return [record.event for record in records if isinstance(record.event, ArticlePushed)]


async def test_a_board_becomes_a_draft_that_loses_nothing(world: World, standin: StandIn) -> None:
    event = await pushed(world)
    assert (event.outcome, event.problem, event.parts) == ("added", "", 1)
    (article,) = standin.drafts[event.draft]["articles"]
    assert all(site.name in article["content"] for site in SITES)
    assert 'src="http://mmbiz.qpic.cn/' in article["content"]
    assert "wechat-qr.png" not in article["content"]
    assert article["content_source_url"].startswith("https://fever.example.cn/longkou/?v=")
    assert (article["author"], standin.lost) == (BOARD.publisher, [])


async def test_every_push_is_an_event_by_which_the_next_one_finds_the_draft(
    world: World, standin: StandIn, start: Starter, account: dict[str, Any]
) -> None:
    first = await pushed(world)
    world.clock.turn(minutes=50)
    await world.report({"patients": 3})
    elsewhere = await start(**account)  # another process, on the same ledger
    second = await pushed(elsewhere)
    assert (second.outcome, second.draft) == ("updated", first.draft)
    assert len(standin.drafts) == 1
    assert standin.log.count("material/add_material") == 1
    assert await kept(world) == [first, second]


async def test_the_next_day_has_a_draft_and_a_cover_of_its_own(world: World, standin: StandIn) -> None:
    """The cover says which day it is of; on one day it is uploaded once."""
    first = await pushed(world)
    assert (await pushed(world)).cover == first.cover
    world.clock.turn(days=1)
    second = await pushed(world)
    assert second.outcome == "added"
    assert second.cover != first.cover
    assert len(standin.drafts) == 2


async def test_a_push_changes_no_page(world: World) -> None:
    page = await (await world.client.get("/longkou/")).read()
    await pushed(world)
    assert await (await world.client.get("/longkou/")).read() == page


async def test_a_refusal_is_kept_with_its_code_and_keeps_the_draft(world: World, standin: StandIn) -> None:
    first = await pushed(world)
    standin.quotas["draft/update"] = 0
    event = await pushed(world)
    assert (event.outcome, event.problem, event.draft) == ("failed", "wechat_quota", first.draft)
    told = world.node.current.boards[SLUG].pushed
    assert told is not None
    assert (told.problem, told.by, told.drafts) == ("wechat_quota", "user:a", (first.draft,))


async def test_what_may_not_be_published_stays_a_draft(world: World, standin: StandIn) -> None:
    standin.verified = False
    event = await pushed(world, publish=True)
    assert (event.outcome, event.problem) == ("added", "wechat_permission")
    assert list(standin.drafts) == [event.draft]


async def test_without_a_font_nothing_is_pushed_and_the_package_named(
    start: Starter, account: dict[str, Any], standin: StandIn
) -> None:
    world = await start(font="none", **account)
    await world.put(SLUG, *facts(BOARD, SITES)[0])
    assert (await pushed(world)).problem == "wechat_no_cover"
    assert standin.log == []


async def test_a_board_that_is_none_cannot_be_pushed(world: World) -> None:
    with pytest.raises(Refused, match="unknown_board"):
        await pusher(world).push("nowhere", by="cli")


async def test_neither_log_nor_ledger_holds_a_secret(
    world: World, standin: StandIn, logged: StringIO, tmp_path: Path
) -> None:
    await pushed(world)
    standin.script["draft/update"] = [40001, 40001]
    await pushed(world)
    standin.script["draft/batchget"] = ["drop"]
    world.clock.turn(days=1)
    await pushed(world)
    told = logged.getvalue() + repr(await kept(world))
    assert SECRET not in told
    assert "tokenx" not in told
    assert SECRET not in repr(world.node.settings)


# --- by the clock -------------------------------------------------------------------------------------------


@pytest.fixture
async def scheduled(world: World) -> Schedule:
    """The board goes at 08:30; it is 08:10."""
    await world.put(SLUG, BoardPut(board=replace(BOARD, wechat_at=(time(8, 30), time(14)))))
    return another(world)


def another(world: World) -> Schedule:
    return Schedule(pusher(world), lambda: world.node.current.boards, world.clock)


async def test_a_board_goes_at_its_times_and_once(
    world: World, scheduled: Schedule, standin: StandIn
) -> None:
    await scheduled.look()
    assert standin.log == []
    for _ in range(30):
        world.clock.turn(minutes=1)
        await scheduled.look()
    assert [(event.outcome, event.slot) for event in await kept(world)] == [
        ("begun", "08:30"),
        ("added", "08:30"),
    ]
    assert (await kept(world))[1].by == "schedule"
    world.clock.turn(hours=5, minutes=30)
    await scheduled.look()
    assert [event.slot for event in await kept(world)] == ["08:30"] * 2 + ["14:00"] * 2
    assert len(standin.drafts) == 1


async def test_of_two_servers_only_one_sends(
    world: World, scheduled: Schedule, start: Starter, account: dict[str, Any], standin: StandIn
) -> None:
    other = another(await start(**account))
    world.clock.turn(minutes=25)
    await scheduled.look()
    await other.look()
    await another(world).look()  # and one that was started anew
    assert standin.log.count("draft/add") == 1


async def test_a_server_that_was_down_too_long_does_not_send_old_news(
    world: World, scheduled: Schedule, standin: StandIn
) -> None:
    world.clock.turn(minutes=20, seconds=LATE_SECONDS)
    await scheduled.look()
    assert standin.log == []


async def test_one_boards_fault_keeps_no_other_from_being_sent(
    world: World, scheduled: Schedule, standin: StandIn, logged: StringIO
) -> None:
    other = replace(BOARD, slug="aaa", name="甲县", wechat_at=(time(8, 30),))
    await world.put("aaa", BoardPut(board=other))
    standin.script["draft/add"] = [48001]
    world.clock.turn(minutes=25)
    await scheduled.look()
    assert len(standin.drafts) == 1
    assert "wechat_permission" in logged.getvalue()


async def test_a_board_in_another_zone_goes_by_its_own_clock(
    world: World, scheduled: Schedule, standin: StandIn
) -> None:
    await asyncio.to_thread(zone_of, "Asia/Urumqi")  # read from disk at its first use
    await world.put(SLUG, BoardPut(board=replace(BOARD, zone="Asia/Urumqi", wechat_at=(time(6, 20),))))
    world.clock.turn(minutes=15)
    await scheduled.look()
    assert standin.log.count("draft/add") == 1


# --- settings -----------------------------------------------------------------------------------------------


async def test_an_account_without_its_secret_keeps_the_server_from_starting(
    start: Starter, tmp_path: Path
) -> None:
    for more in ({}, {"wechat_secret_file": tmp_path / "missing"}):
        with pytest.raises(WrongSetting, match="TRAFFICLIGHT_WECHAT_SECRET_FILE"):
            await start(wechat_appid=APPID, **more)


async def test_the_secret_may_stand_in_a_file(start: Starter, tmp_path: Path) -> None:
    file = tmp_path / "wechat.secret"
    file.write_text(f"{SECRET}\n")
    world = await start(wechat_appid=APPID, wechat_secret_file=file)
    assert world.node.pusher is not None


async def test_without_an_account_there_is_nothing_to_push_with(start: Starter) -> None:
    assert (await start()).node.pusher is None
