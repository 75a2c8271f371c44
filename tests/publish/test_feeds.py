"""Feeds and calendars: valid, named for ever, and silent where the board is."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import feedparser
import pytest
from hypothesis import given, settings
from icalendar import Calendar
from lxml import etree
from msgspec.structs import replace

from tests.golden.views import BOARDS, COUNTED, MIXED, PAUSED, feed
from tests.publish.odd import odd_boards
from tests.publish.worlds import SHILI, World, board, county, report, site
from trafficlight.domain import event as e
from trafficlight.domain.board import BoardState
from trafficlight.domain.light import Light
from trafficlight.publish.formats.changes_atom import ChangesAtom
from trafficlight.publish.formats.planned_ics import PlannedIcs
from trafficlight.publish.view import BoardView, FeedView

each_board = pytest.mark.parametrize("view", BOARDS, ids=lambda view: view.header.slug)
ATOM: Final = "{http://www.w3.org/2005/Atom}"
HOUR: Final = timedelta(hours=1)


def valid(body: bytes) -> Any:
    """The feed, which has all that RFC 4287 asks for."""
    root = etree.fromstring(body)
    for node in (root, *root.iterfind(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            (one,) = node.findall(f"{ATOM}{name}")
            assert one.text
        assert datetime.fromisoformat(node.findtext(f"{ATOM}updated") or "").tzinfo
    assert root.find(f"{ATOM}author/{ATOM}name") is not None
    assert [link.get("rel") for link in root.findall(f"{ATOM}link")] == ["self", "alternate"]
    parsed = feedparser.parse(body)
    assert not parsed.bozo, parsed.get("bozo_exception")
    assert parsed.version == "atom10"
    names = [one.id for one in parsed.entries]
    assert len(set(names)) == len(names)
    assert all(name.startswith("urn:uuid:") for name in (parsed.feed.id, *names))
    return parsed


def events_of(body: bytes) -> list[Any]:
    read: Any = Calendar.from_ical(body.decode())
    assert not read.errors
    return list(read.walk("VEVENT"))


def calendar_of(view: FeedView) -> list[Any]:
    body = PlannedIcs().make(view)[0].body
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    events = events_of(body)
    for one in events:
        assert not one.errors
        assert one["DTSTART"].dt < one["DTEND"].dt
        assert one["UID"]
        assert one["DTSTAMP"].dt == view.edition.as_of
    assert len({one["UID"] for one in events}) == len(events)
    return events


def changes(world: World, path: str = "changes.atom") -> list[tuple[str, str, datetime]]:
    """Of each entry: its name, its title without the time, and when it was."""
    published = world.publisher().find(f"{SHILI}/{path}", world.at)
    assert published is not None
    told = valid(published.body).entries
    return [(one.id, one.title.split(" ", 3)[3], datetime.fromisoformat(one.updated)) for one in told]


@each_board
def test_a_feed_is_valid_and_tells_every_light_with_its_end(view: BoardView) -> None:
    told = valid(ChangesAtom().make(feed(view))[0].body)
    if view.header.state in {"paused", "ended"}:
        assert len(told.entries) == 1
        assert not set("●▲■✕") & set(told.entries[0].title)
        return
    assert len(told.entries) == len(view.sites)
    for one in told.entries:
        assert one.title.startswith("12月24日 周六 8:")
        if set("●▲■✕") & set(one.title):
            assert "有效至" in one.title


def test_addresses_and_terms_of_a_feed() -> None:
    told = valid(ChangesAtom().make(feed(COUNTED))[0].body)
    assert told.feed.links[0].href == "https://deng.example/fever/gongkai/changes.atom"
    assert told.entries[0].link == "https://deng.example/fever/gongkai/sites/gongkai-1.html"
    assert (told.feed.author, told.feed.rights) == (COUNTED.header.attribution, "CC-BY-4.0")


def test_a_change_is_told_once_under_a_name_that_stays() -> None:
    world = county(3)
    world.happen(SHILI, report(0, 3), after=3600)
    first = changes(world)
    assert [(what, at) for _, what, at in first] == [("第0卫生院：● 蓝·人少，有效至16:30", world.at)]
    world.happen(SHILI, report(0, 4), after=3600)  # and is as busy as before
    assert [name for name, _, _ in changes(world)] == [name for name, _, _ in first]
    world.happen(SHILI, report(0, 60), report(1, 5), after=3600)
    now = changes(world)
    assert now[2][0] == first[0][0]
    assert {what.partition("，")[0] for _, what, _ in now[:2]} == {
        "第0卫生院：■ 红·很多",
        "第1卫生院：● 蓝·人少",
    }
    assert changes(world.again()) == now
    assert changes(world, "sites/clinic-1.atom")[0][1].startswith("第1卫生院：●")
    assert changes(world, "sites/clinic-2.atom") == []


def test_time_and_the_desk_change_lights_too() -> None:
    world = county(1, valid_hours=1)
    world.happen(SHILI, report(0, 3), after=3600)
    end = world.at + HOUR
    world.at = end + timedelta(minutes=5)
    expired = changes(world)
    assert next((what, at) for _, what, at in expired) == ("第0卫生院：○ 待更新", end)
    world.at += timedelta(minutes=20)
    assert changes(world) == expired
    until = world.at + HOUR
    world.happen(SHILI, e.Overridden(site="clinic-0", light=Light.RED, reason="核实", until=until), after=60)
    assert changes(world)[0][1].startswith("第0卫生院：■ 红·很多")


def test_a_closure_that_goes_on_is_no_change() -> None:
    world = county(1)
    world.happen(SHILI, report(0, staff_infected=True), after=3600)
    assert [what.partition("，")[0] for _, what, _ in changes(world)] == ["第0卫生院：✕ 暂停"]
    day = date(2022, 12, 25)
    world.happen(SHILI, report(0, staff_infected=True, day=day), after=24 * 3600)
    assert changes(world) == []


def test_a_paused_board_tells_no_light_and_says_that_it_is_paused() -> None:
    world = county(1)
    world.happen(SHILI, report(0, 3), after=3600)
    world.happen(SHILI, board(SHILI, state=BoardState.PAUSED), after=60)
    published = world.publisher().find(f"{SHILI}/changes.atom", world.at)
    assert published is not None
    assert [one.title for one in valid(published.body).entries] == [
        "本页暂停更新，不显示忙闲，前往前请先打电话。"
    ]
    assert "●" not in published.body.decode()


# --- calendars ----------------------------------------------------------------------------------------------


@each_board
def test_a_calendar_is_valid(view: BoardView) -> None:
    calendar_of(feed(view))


def test_rounds_and_reopenings_stand_in_the_calendar() -> None:
    events = calendar_of(feed(MIXED))
    told = {str(one["SUMMARY"]): one for one in events}
    round_ = told["巡诊：流动巡诊车钱家村停靠点"]
    assert round_["DTSTART"].dt == datetime(2022, 12, 29, 0, 30, tzinfo=UTC)
    reopening = told["预计恢复接诊：东庄镇卫生院南院"]
    assert reopening["DTSTART"].dt == date(2022, 12, 28)
    assert reopening["STATUS"] == "TENTATIVE"
    assert "先打电话" in reopening["DESCRIPTION"]


def test_rounds_of_the_next_weeks_are_told_and_hours_that_nobody_knows_are_not_made_up() -> None:
    world = World()
    stop: dict[str, Any] = {"kind": "mobile_stop", "rota": "每周六"}
    world.happen(
        SHILI, board(SHILI), site(0, hours="8:30-11:30", **stop), site(1, hours="看情况", **stop), site(2)
    )
    published = world.publisher().find(f"{SHILI}/calendar.ics", world.at)
    assert published is not None
    events = events_of(published.body)
    days = [date(2022, 12, 24) + timedelta(weeks=week) for week in range(8)]
    timed = [one["DTSTART"].dt for one in events if "第0" in one["SUMMARY"]]
    assert timed == [datetime(one.year, one.month, one.day, 0, 30, tzinfo=UTC) for one in days]
    assert [one["DTSTART"].dt for one in events if "第1" in one["SUMMARY"]] == days


def test_nothing_is_planned_of_a_closure_on_a_board_without_lights() -> None:
    assert calendar_of(feed(PAUSED)) == []
    world = county(1)
    world.happen(SHILI, report(0, staff_infected=True, expected_reopen=date(2022, 12, 30)), after=3600)
    for state, planned in ((BoardState.LIVE, 1), (BoardState.PAUSED, 0)):
        world.happen(SHILI, board(SHILI, state=state))
        published = world.publisher().find(f"{SHILI}/calendar.ics", world.at)
        assert published is not None
        assert len(events_of(published.body)) == planned


@settings(max_examples=60, deadline=None)
@given(view=odd_boards)
def test_odd_boards_have_valid_feeds_and_calendars(view: BoardView) -> None:
    given_ = feed(view)
    told = valid(ChangesAtom().make(given_)[0].body)
    if view.header.state in {"live", "draft"}:
        assert len(told.entries) == len(view.sites)
    assert len(calendar_of(replace(given_, changes=()))) == len(given_.planned)
