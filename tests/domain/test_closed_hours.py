"""Closed hours: what parses surely puts lights out, what does not decides nothing. The 24th is a Saturday."""

from datetime import date, time
from typing import Any

import pytest

from tests.domain.story import MOMENT, Story, day
from trafficlight.domain.day import local
from trafficlight.domain.hours import opening_at, openings_of, shut_on
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


@pytest.mark.parametrize("hours", ["", "看情况", "8:00-17:00，节假日另行通知"])
def test_hours_that_do_not_parse_decide_nothing(hours: str) -> None:
    story = Story(site={"hours": hours})
    assert story.seen("24 03:00") == "none not_due"
    story.report("24 19:00", 10)
    assert story.seen("24 23:00") == "blue rule"
    assert story.judged("24 23:00").is_open
    assert opening_at(story.state().site, story.board, story.wall("24 03:00")) is None
    assert not shut_on(story.state().site, story.board, day("25"))


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
    story = Story(special_days={day("26"): "休息"})
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


def test_a_special_day_of_a_site_whose_hours_do_not_parse_decides_that_day_alone() -> None:
    story = Story(site={"hours": "看情况", "special_days": {day("26"): "休息"}})
    assert story.seen("25 23:59:59.999999") == "none not_reported"
    assert story.seen("26 00:00") == "none closed_now"
    assert story.judged("26 00:00").next_open == story.wall("27 00:00")
    assert story.seen("27 00:00") == "none not_due"


@pytest.mark.parametrize("text", ["春节", "上午有人值班", "8-12左右", "\x00", "休" * 300])
def test_on_a_special_day_that_cannot_be_read_hours_close_no_door(text: str) -> None:
    """Neither the week's hours nor the board's closed day: what is written says that it is another day."""
    story = Story(
        site={"hours": "8:00-17:00", "special_days": {day("26"): text}}, special_days={day("26"): "休息"}
    )
    assert story.seen("25 20:00") == "none closed_now"
    assert story.seen("26 03:00") == "none not_due"
    assert story.seen("26 20:00") == "none not_reported"
    assert story.seen("27 00:00") == "none closed_now"
    assert not shut_on(story.state().site, story.board, day("26"))


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
        pytest.param({"hours": "看情况"}, {}, "", id="unknown"),
        pytest.param(
            {"hours": "看情况", "special_days": {date(2022, 12, 24): "9:00-11:00"}},
            {},
            "24 09:00-24 11:00",
            id="a-special-day-of-unknown-hours",
        ),
        pytest.param(
            {"hours": "看情况", "special_days": {date(2022, 12, 23): "9:00-11:00"}},
            {},
            "",
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
