"""Closed hours: what parses surely puts lights out. The 24th is a Saturday."""

from datetime import date, time
from typing import Any

import pytest

from tests.domain.story import MOMENT, Story, day
from trafficlight.domain.day import local
from trafficlight.domain.hours import openings_of, shut_on
from trafficlight.domain.judge import today_at
from trafficlight.domain.light import Light

NOON_BREAK = {"hours": "8:00-12:00,14:30-17:30"}


def test_opening_and_closing_are_boundaries_and_exact() -> None:
    story = Story(site={"hours": "8:00-17:00"})
    story.report("23 07:30", 40)
    assert story.seen("23 07:59:59.999999") == "none closed_now"
    assert story.judged("23 07:30").next_open == story.wall("23 08:00")
    assert story.seen("23 08:00") == "yellow rule"
    assert story.judged("23 08:00").since == story.wall("23 08:00")
    story.report("23 12:00", 41)
    assert story.judged("23 12:00").valid_until == story.wall("23 17:00")
    assert story.seen("23 16:59:59.999999") == "yellow rule"
    assert story.seen("23 17:00") == "none closed_now"
    assert story.judged("23 17:00").next_open == story.wall("24 08:00")
    assert story.judged("23 17:00").since == story.wall("23 17:00")


def test_a_noon_break_is_closed_and_the_light_comes_back_after_it() -> None:
    story = Story(site=NOON_BREAK)
    story.report("23 11:00", 40)
    assert story.judged("23 11:00").valid_until == story.wall("23 12:00")
    assert story.seen("23 12:00") == "none closed_now"
    assert story.last("23 12:00") == "23 yellow 11:00"
    assert story.judged("23 12:00").next_open == story.wall("23 14:30")
    assert story.seen("23 14:30") == "yellow rule"
    assert story.judged("23 14:30").valid_until == story.wall("23 17:30")


def test_a_night_shift_is_open_over_midnight() -> None:
    story = Story(site={"hours": "20:00-8:00"})
    story.report("23 21:00", 40)
    assert story.seen("23 21:00") == "yellow rule"
    assert story.judged("23 21:00").valid_until == story.wall("24 00:00")
    assert story.seen("24 00:00") == "none not_due"
    assert story.seen("24 07:59:59.999999") == "none not_due"
    assert story.seen("24 08:00") == "none closed_now"
    assert story.judged("24 08:00").next_open == story.wall("24 20:00")


def test_round_the_clock_is_never_closed() -> None:
    story = Story(site={"hours": "24小时"})
    assert story.seen("24 03:00") == "none not_due"


def test_a_site_that_is_shut_on_a_weekday_is_not_missed_on_it() -> None:
    story = Story(site={"hours": "周一至周五8:00-17:00"})
    assert shut_on(story.state().site, story.board, day("24"))
    assert not shut_on(story.state().site, story.board, day("26"))
    assert story.seen("24 10:00") == "none closed_now"
    assert story.judged("23 17:00").next_open == story.wall("26 08:00")


def test_a_closed_day_of_the_board_closes_every_site_without_one_of_its_own() -> None:
    story = Story(site={"hours": "8:00-20:00"}, special_days={day("26"): "休息"})
    story.put("20 08:00", "weekly", hours="8:00-17:00")
    story.put("20 08:00", "working", special_days={day("26"): "8:00-12:00"})
    assert story.seen("26 10:00") == "none closed_now"
    assert story.seen("26 10:00", "weekly") == "none closed_now"
    assert story.judged("26 10:00", "weekly").next_open == story.wall("27 08:00")
    assert story.seen("26 10:00", "working") == "none not_reported"
    assert story.seen("26 12:00", "working") == "none closed_now"
    assert [
        shut_on(story.state(site).site, story.board, day("26")) for site in ("a", "weekly", "working")
    ] == [
        True,
        True,
        False,
    ]


def test_an_empty_special_day_is_none() -> None:
    story = Story(site={"hours": "8:00-17:00", "special_days": {day("26"): ""}})
    assert story.seen("26 20:00") == "none closed_now"


def test_an_opening_a_week_ahead_is_told_and_its_day_of_telling_is_a_boundary() -> None:
    """Nothing may appear in the middle of a day without an event or a boundary."""
    closed = {day(str(number)): "休息" for number in range(20, 32)}
    story = Story(site={"hours": "8:00-17:00", "special_days": closed})
    told = [
        at
        for hour in range(24 * 12)
        if story.judged(at := story.wall("20 00:00") + hour * (60 * 60 * 1_000_000) * MOMENT).next_open
    ]
    assert told[0] == story.wall("25 00:00")
    assert story.judged(told[0] - MOMENT).until == told[0]
    assert story.judged(told[0]).next_open == story.wall("2023-01-01 08:00")


def test_a_clinic_of_one_day_a_week_says_when_it_opens_next() -> None:
    story = Story(site={"hours": "周一8:00-12:00"})
    assert story.judged("26 12:00").next_open == story.wall("2023-01-02 08:00")


def test_a_cross_shows_out_of_hours_and_tells_that_it_is() -> None:
    story = Story(site={"hours": "8:00-17:00"})
    story.report("23 10:00", staff_infected=True)
    assert story.seen("23 20:00") == "cross staff_infected"
    assert story.judged("23 10:00").is_open
    assert not story.judged("23 20:00").is_open


def test_a_reopening_that_is_due_waits_for_the_opening() -> None:
    story = Story(site={"hours": "8:00-17:00"})
    story.report("20 10:00", staff_infected=True, expected_reopen=day("23"))
    assert story.seen("23 00:00") == "none closed_now"
    assert story.seen("23 08:00") == "none reopening_due"


def test_who_reports_while_shut_stays_closed_and_keeps_the_count() -> None:
    story = Story(site={"hours": "8:00-17:00"})
    story.report("23 20:00", 40)
    assert story.seen("23 20:00") == "none closed_now"
    assert story.last("23 20:00") == "23 yellow 20:00"


def test_hours_changed_in_the_day_count_from_then_on() -> None:
    story = Story(site={"hours": "8:00-12:00"})
    story.report("23 11:00", 10)
    assert story.seen("23 13:00") == "none closed_now"
    story.put("23 13:00", hours="8:00-17:00")
    assert story.judged("23 13:00").light is Light.BLUE


def test_opening_is_at_the_wall_time_on_the_day_the_clocks_change() -> None:
    story = Story(zone="Europe/Berlin", site={"hours": "8:00-17:00"})
    before = story.wall("2023-03-26 08:00") - MOMENT
    assert story.seen(before) == "none closed_now"
    assert story.judged(before).next_open == before + MOMENT
    assert story.seen("2023-03-26 08:00") == "none not_due"


@pytest.mark.parametrize(
    ("site", "board", "opening"),
    [
        pytest.param(
            {"hours": "8:00-12:00,14:30-17:30"}, {}, "24 08:00-24 12:00, 24 14:30-24 17:30", id="break"
        ),
        pytest.param({"hours": "24小时"}, {}, "24 00:00-25 00:00", id="day-and-night"),
        pytest.param({"hours": "20:00-8:00"}, {}, "24 00:00-24 08:00, 24 20:00-25 00:00", id="night"),
        pytest.param(
            {"hours": "20:00-8:00"},
            {"cut_off": time(4)},
            "24 04:00-24 08:00, 24 20:00-25 04:00",
            id="cut-off",
        ),
        pytest.param({"hours": "周一至周五8:00-17:00"}, {}, "", id="shut-on-saturdays"),
        pytest.param({"hours": "看情况"}, {}, "24 08:00-24 18:00", id="unknown"),
        pytest.param(
            {"hours": "看情况", "kind": "hospital"},
            {"ordinary_hours": {"hospital": "8:00-12:00,14:00-21:00"}},
            "24 08:00-24 12:00, 24 14:00-24 21:00",
            id="unknown-by-kind",
        ),
        pytest.param(
            {"hours": "8:00-17:00", "special_days": {date(2022, 12, 24): "看情况"}},
            {},
            "24 08:00-24 18:00",
            id="a-day-that-cannot-be-read",
        ),
        pytest.param(
            {"hours": "看情况", "special_days": {date(2022, 12, 24): "9:00-11:00"}},
            {},
            "24 09:00-24 11:00",
            id="a-special-day-of-unknown-hours",
        ),
        pytest.param(
            {"hours": "看情况", "special_days": {date(2022, 12, 23): "9:00-11:00"}},
            {},
            "24 08:00-24 18:00",
            id="the-day-after",
        ),
        pytest.param(
            {"hours": "8:00-17:00"},
            {"special_days": {date(2022, 12, 24): "8:00-12:00"}},
            "24 08:00-24 12:00",
            id="the-boards-half-day",
        ),
    ],
)
def test_a_days_opening_is_what_of_it_lies_within_the_service_day(
    site: dict[str, Any], board: dict[str, Any], opening: str
) -> None:
    story = Story(site=site, **board)
    spans = openings_of(story.state().site, story.board, today_at(story.board, story.wall("24 12:00")))
    told = [[f"{local(end, story.zone):%d %H:%M}" for end in span] for span in spans]
    assert ", ".join("-".join(span) for span in told) == opening


# --- the end of an opening ----------------------------------------------------------------------------------


@pytest.mark.parametrize("light", ["blue", "red", "none"])
def test_in_the_last_three_quarters_of_an_hour_its_end_is_said_whatever_the_light(light: str) -> None:
    story = Story(site={"hours": "8:00-12:00,14:00-17:30"})
    if light != "none":
        story.report("23 11:00", 10 if light == "blue" else 60)
    for end, soon in (("23 12:00", "23 11:15"), ("23 17:30", "23 16:45")):
        before = story.judged(story.wall(soon) - MOMENT)
        assert (before.closes_at, before.until) == (None, story.wall(soon))
        judged = story.judged(soon)
        assert (judged.closes_at, judged.since, judged.until) == (
            story.wall(end),
            story.wall(soon),
            story.wall(end),
        )
        assert str(judged.light or "none") == light
        assert story.judged(end).closes_at is None


@pytest.mark.parametrize(
    ("site", "at"),
    [
        pytest.param({"hours": "24小时"}, "23 23:50", id="never-shuts"),
        pytest.param({"hours": "看情况"}, "23 17:50", id="unknown"),
        pytest.param({"hours": "20:00-次日8:00"}, "23 23:50", id="goes-on-over-midnight"),
        pytest.param(
            {"hours": "24小时", "special_days": {date(2022, 12, 24): "看情况"}}, "23 23:50", id="may-go-on"
        ),
    ],
)
def test_of_an_opening_whose_end_nobody_knows_no_end_is_said(site: dict[str, Any], at: str) -> None:
    assert Story(site=site).judged(at).closes_at is None


def test_of_a_closed_clinic_no_end_is_said() -> None:
    story = Story(site={"hours": "8:00-17:00"})
    story.report("23 10:00", staff_infected=True)
    assert story.judged("23 16:50").closes_at is None
    story.override("23 16:50", Light.CROSS, "23 18:00")
    assert story.judged("23 16:55").closes_at is None
    story.override("23 16:55", Light.RED, "23 18:00")
    assert story.judged("23 16:56").closes_at == story.wall("23 17:00")
