"""The fold against whoever means it ill, or only means something else."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from tests.domain.histories import folded
from tests.domain.story import SLUG, Story, day
from trafficlight.domain import event as e
from trafficlight.domain.board import Board, Site
from trafficlight.domain.day import service_day
from trafficlight.domain.judge import judge
from trafficlight.domain.light import Light
from trafficlight.domain.record import Record
from trafficlight.domain.replay import Replay, fold_all

NOW = datetime(2022, 12, 24, tzinfo=UTC)
REPORT = e.Reported(id="r1", site="a", service_day=day("24"), patients=3)


def records(*events: e.Event) -> list[Record]:
    return [Record(board=SLUG, position=i, at=NOW, event=event) for i, event in enumerate(events, 1)]


@pytest.mark.parametrize(
    "event",
    [
        REPORT,
        e.Withdrawn(site="a", report="r1"),
        e.SitePut(site=Site(id="a", name="a")),
        e.SiteRemoved(site="a"),
        e.Overridden(site="a", light=Light.RED, until=NOW + timedelta(days=1)),
        e.CrossConfirmed(site="a", confirmed=True),
        e.AskedBack(site="a", service_day=day("24"), patients=900),
        e.BoardPut(board=Board(slug="another", name="别处")),
        e.NoticePosted(notice="n", text=""),
        e.NoticePosted(notice="n", text="过去", until=NOW),
        e.NoticePosted(notice="n", text="无时区", until=datetime(2023, 1, 1)),  # noqa: DTZ001 - the case itself
        e.SitePlaced(site="a", board=SLUG),
        e.RuleSet(rule={"kind": "share"}),
        e.NoticePosted(notice="n", text="元旦"),
        e.TeamsSet(teams=()),
        e.GuideSet(text="#"),
        e.ColumnsMapped(columns={"坐席": "phone"}),
        e.Chased(due=NOW, missing=1, outcome="sent"),
        e.SitesImported(id="i", since=0),
        e.ArticlePushed(outcome="added", day=day("24"), draft="d"),
        e.ConfigSet(key="public_url", value=""),
        e.Unknown(raw=b"{}"),
    ],
    ids=lambda event: f"{event.type}-{getattr(event, 'text', '')}",
)
def test_before_a_board_and_its_sites_are_put_it_makes_no_sense(event: e.Event) -> None:
    replay = Replay(SLUG)
    for record in records(event):
        replay.apply(record)
    assert (replay.fold, replay.ignored, replay.position) == (None, 1, 1)
    assert fold_all(SLUG, records(event)) is None


@pytest.mark.parametrize(
    "settings",
    [
        {"zone": "Mars/Olympus"},
        {"zone": ""},
        {"zone": "../../../etc/passwd"},
        {"zone": "/etc/localtime"},
        {"zone": "A" * 5000},
        {"zone": "Asia/\x00"},
        {"valid_hours": 0},
        {"valid_hours": -8},
        {"valid_hours": 49},
        {"valid_hours": 10**30},
        {"cut_off": time(4, tzinfo=UTC)},
        {"report_by": (time(9), time(14, tzinfo=UTC))},
    ],
    ids=repr,
)
def test_a_board_by_which_no_day_can_be_counted_is_not_taken(settings: dict[str, Any]) -> None:
    story = Story()
    before = story.board
    story.put_board("24 08:00", **settings)
    assert (story.fold.board, story.fold.ignored) == (before, 1)


@pytest.mark.parametrize(
    "settings",
    [
        {"zone": "Pacific/Kiritimati"},
        {"zone": "Etc/GMT+12"},
        {"cut_off": time(23, 59)},
        {"cut_off": time(23, 59, 59, 999999)},
        {"report_by": ()},
        {"report_by": (time(0),)},
        {"report_by": (time(9),) * 50},
        {"valid_hours": 1},
        {"valid_hours": 48},
        {"capacities": {"fever_clinic": -1}},
        {"special_days": {date.min: "休息", date.max: "休息", day("24"): "\x00"}},
    ],
    ids=repr,
)
def test_strange_settings_still_count_days(settings: dict[str, Any]) -> None:
    story = Story(**settings)
    for at in ("24 08:00", "24 23:59:59.999999", "25 00:00"):
        now = story.wall(at)
        assert story.judged(now).since <= now < story.judged(now).until
    today = service_day(story.wall("25 12:00"), story.board.cut_off, story.zone)
    story.report("25 12:00", 3, about=today.isoformat())
    assert story.judged("25 12:00").light is Light.BLUE


def test_numbers_beyond_all_sense_break_nothing() -> None:
    story = Story(site={"capacity": 10**30})
    story.keep("24 08:00", e.Reported(id="r", site="a", service_day=day("24"), patients=10**40))
    assert story.seen("24 08:00") == "red rule"
    story.keep(
        "24 08:01", e.Reported(id="r", site="a", service_day=day("24"), patients=-5, capacity_today=-1)
    )
    assert story.judged("24 08:01").reason == "rule"


def test_a_clock_that_stands_still_keeps_the_order() -> None:
    end = NOW + timedelta(hours=5)
    put = [e.BoardPut(board=Board(slug=SLUG, name="x")), e.SitePut(site=Site(id="a", name="a"))]
    told = [
        REPORT,
        e.Reported(id="r2", site="a", service_day=day("24"), patients=60),
        e.Reported(id="r3", site="a", service_day=day("24"), staff_infected=True),
        e.CrossConfirmed(site="a", confirmed=True),
        e.Overridden(site="a", light=Light.YELLOW, until=end),
        e.Reported(id="r4", site="a", service_day=day("24"), staff_infected=True),
        e.Withdrawn(site="a", report="r4"),
        e.Overridden(site="a", light=None),
        e.CrossConfirmed(site="a", confirmed=False),
        e.RuleSet(rule={"kind": "counts", "yellow": 100, "red": 200}),
        e.RuleSet(rule={"kind": "counts", "yellow": 50, "red": 100}),
        e.Withdrawn(site="a", report="r3"),
    ]
    seen = [
        (judged.light, judged.reason)
        for count in range(1, len(told) + 1)
        for fold in [folded(records(*put, *told[:count]))]
        for judged in [judge(fold, fold.sites["a"], NOW)]
    ]
    assert [f"{light} {reason}" for light, reason in seen] == [
        "blue rule",
        "red rule",
        "cross staff_infected",
        "cross staff_infected",
        "yellow override",
        "cross staff_infected",
        "yellow override",
        "cross staff_infected",
        "red rule",
        "blue rule",
        "yellow rule",
        "yellow rule",
    ]


def test_a_site_that_left_keeps_a_page_saying_so_for_90_days() -> None:
    story = Story()
    story.put("20 08:00", "b")
    story.keep("20 09:00", e.SiteRemoved(site="b", moved_to="laizhou"))
    gone = story.fold.gone["b"]
    assert (gone.site.id, gone.moved_to, gone.mark.at) == ("b", "laizhou", story.wall("20 09:00"))
    assert list(story.fold.sites) == ["a"]
    story.keep("2023-03-20 09:00", e.SiteRemoved(site="a"))
    assert list(story.fold.gone) == ["a"]


def test_a_site_that_comes_back_begins_anew() -> None:
    story = Story()
    report = story.report("24 08:10", 60, staff_infected=True)
    story.keep("24 09:00", e.SiteRemoved(site="a"))
    story.report("24 09:01", 5)
    assert story.fold.ignored == 1
    story.put("24 09:02")
    assert story.fold.gone == {}
    assert story.seen("24 09:02") == "none not_reported"
    story.withdraw("24 09:03", report)
    assert story.fold.ignored == 2


def test_a_site_that_is_put_again_keeps_what_it_said() -> None:
    story = Story()
    story.report("24 08:10", 40)
    story.put("24 09:00", address="另一条路1号")
    assert story.seen("24 09:00") == "yellow rule"
    assert story.state().site.address == "另一条路1号"


def test_a_notice_stands_until_it_is_taken_back_and_is_said_in_its_latest_words() -> None:
    story = Story()
    story.keep("24 08:00", e.NoticePosted(notice="n", text="一"))
    story.keep("24 09:00", e.NoticePosted(notice="n", text="二", until=story.wall("25 09:00")))
    assert [notice.text for notice in story.fold.notices.values()] == ["二"]
    story.keep("24 10:00", e.NoticePosted(notice="n", text=""))
    assert story.fold.notices == {}


def test_what_was_asked_back_is_counted() -> None:
    story = Story()
    story.keep("24 08:00", e.AskedBack(site="a", service_day=day("24"), patients=900))
    assert (story.fold.asked_back, story.fold.ignored) == (1, 0)


# --- what pages are made of ---------------------------------------------------------------------------------


def test_an_event_moves_the_marks_of_what_it_may_change_and_no_others() -> None:
    story = Story()
    story.put("20 08:00", "b")
    fold, a, b = story.fold, story.state("a"), story.state("b")

    def marks() -> tuple[int, ...]:
        found = (fold.header, fold.shape, a.touched, a.light_changed, b.touched, b.light_changed)
        return tuple(mark.position for mark in found)

    assert marks() == (1, 3, 2, 2, 3, 3)
    report = story.report("24 08:10", 3)
    assert marks() == (1, 3, 4, 4, 3, 3)
    story.withdraw("24 08:11", report)
    assert marks() == (1, 3, 5, 5, 3, 3)
    story.override("24 08:12", Light.RED, "24 09:00", site="b")
    assert marks() == (1, 3, 5, 5, 6, 6)
    story.report("24 08:13", staff_infected=True)
    story.keep("24 08:14", e.CrossConfirmed(site="a", confirmed=True))
    assert marks() == (1, 3, 8, 8, 6, 6)
    story.rule("24 08:15", {"kind": "counts"}, site="b")
    assert marks() == (1, 3, 8, 8, 9, 9)
    story.rule("24 08:16", {"kind": "counts"})
    assert marks() == (10, 3, 8, 10, 9, 10)
    story.put("24 08:17", "b", hours="8:00-17:00")
    assert marks() == (10, 11, 8, 10, 11, 11)
    story.put_board("24 08:18", hotline="12345")
    assert marks() == (12, 11, 8, 12, 11, 12)
    story.keep("24 08:19", e.NoticePosted(notice="n", text="通知"))
    assert marks() == (13, 11, 8, 12, 11, 12)
    story.keep("24 08:20", e.AskedBack(site="a", service_day=day("24"), patients=900))
    assert marks() == (13, 11, 8, 12, 11, 12)


def test_a_report_that_leaves_the_light_as_it_is_lights_nothing_anew() -> None:
    story = Story()
    story.report("24 08:10", 3)
    story.report("24 08:11", 4)
    story.report("24 08:12", 60, about="23")
    assert (story.state().light_changed.position, story.state().touched.position) == (3, 5)
    story.report("24 08:13", 40)
    assert story.state().light_changed.position == 6
    story.report("24 18:00", 41)
    assert story.state().light_changed.position == 7


def test_what_became_of_an_article_is_kept_and_changes_nothing_that_is_shown() -> None:
    story = Story()
    shown = story.fold.edition
    story.keep("24 08:00", e.ArticlePushed(outcome="added", day=day("24"), draft="d1", by="cli"))
    story.keep(
        "24 14:00", e.ArticlePushed(outcome="failed", day=day("24"), draft="d1", problem="wechat_quota")
    )
    assert story.fold.pushed is not None
    assert (story.fold.pushed.outcome, story.fold.pushed.drafts) == ("failed", ("d1",))
    story.keep("24 15:00", e.ArticlePushed(outcome="sold", day=day("24")))
    assert (story.fold.pushed.outcome, story.fold.ignored) == ("failed", 1)
    assert story.fold.edition == shown
