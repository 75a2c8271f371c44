"""Unknown is never yes, and never no: sites whose hours nobody knows. The 24th is a Saturday."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.story import MOMENT, Story, day
from trafficlight.domain.headline import HeadlineKind
from trafficlight.domain.hours import opening_at, shut_on
from trafficlight.domain.judge import openness
from trafficlight.domain.light import Light

UNREADABLE = ["", "看情况", "8:00-17:00，节假日另行通知", "夏令8:00-12:00"]
DAYS = ["春节", "上午有人值班", "8-12左右", "\x00", "休" * 300]


def unknown(**board: Any) -> Story:
    return Story(site={"hours": ""}, **board)


@pytest.mark.parametrize("hours", UNREADABLE)
def test_hours_that_do_not_parse_are_neither_open_nor_closed(hours: str) -> None:
    story = Story(site={"hours": hours})
    assert openness(story.state(), story.board, story.wall("24 03:00")).is_open is None
    assert story.judged("24 03:00").is_open is None
    assert story.judged("24 10:00").is_open is None
    assert not shut_on(story.state().site, story.board, day("25"))


@pytest.mark.parametrize("hours", UNREADABLE)
def test_it_is_judged_as_usual_within_the_ordinary_hours_and_says_so_outside_them(hours: str) -> None:
    story = Story(site={"hours": hours})
    assert story.seen(story.wall("24 08:00") - MOMENT) == "none hours_unknown"
    assert story.seen("24 08:00") == "none not_due"
    assert story.seen("24 09:00") == "none not_reported"
    story.report("24 15:00", 10)
    assert story.seen("24 15:00") == "blue rule"
    assert story.seen(story.wall("24 18:00") - MOMENT) == "blue rule"
    assert story.seen("24 18:00") == "none hours_unknown"
    judged = story.judged("24 20:00")
    assert (judged.next_open, judged.next_news, judged.reported_at) == (None, None, None)
    assert story.last("24 20:00") == "24 blue 15:00"


def test_for_two_hours_after_a_report_it_is_judged_at_any_time() -> None:
    story = unknown()
    story.report("24 21:00", 10)
    assert story.seen("24 21:00") == "blue rule"
    assert story.judged("24 21:00").valid_until == story.wall("24 23:00")
    assert story.seen(story.wall("24 23:00") - MOMENT) == "blue rule"
    assert story.seen("24 23:00") == "none hours_unknown"
    assert story.judged("24 23:00").since == story.wall("24 23:00")


@pytest.mark.parametrize(
    ("reported", "until"),
    [
        pytest.param("05:00", "07:00", id="before-the-ordinary-hours"),
        pytest.param("06:30", "14:30", id="into-them-and-to-its-own-end"),
        pytest.param("09:00", "17:00", id="to-its-own-end"),
        pytest.param("15:00", "18:00", id="to-the-end-of-the-ordinary-hours"),
        pytest.param("16:30", "18:30", id="two-hours-beyond-them"),
        pytest.param("22:30", "25 00:00", id="never-beyond-the-service-day"),
    ],
)
def test_a_light_stands_to_its_end_or_as_long_as_somebody_may_be_there(reported: str, until: str) -> None:
    story = unknown()
    at = f"24 {reported}"
    story.report(at, 10)
    assert story.judged(at).valid_until == story.wall(until if " " in until else f"24 {until}")


def test_a_light_that_went_out_comes_back_with_the_ordinary_hours() -> None:
    story = unknown()
    story.report("24 05:00", 10)
    assert [story.seen(f"24 {at}") for at in ("06:59", "07:00", "08:00", "13:00")] == [
        "blue rule",
        "none hours_unknown",
        "blue rule",
        "none expired",
    ]


def test_a_correction_of_another_day_is_no_sign_that_somebody_is_there() -> None:
    story = unknown()
    story.report("24 15:00", 10)
    story.report("24 20:00", 12, about="23")
    assert story.seen("24 20:00") == "none hours_unknown"


def test_a_report_that_is_withdrawn_is_no_sign_either() -> None:
    story = unknown()
    story.report("24 15:00", 10)
    last = story.report("24 20:00", 12)
    assert story.seen("24 20:10") == "blue rule"
    story.withdraw("24 20:20", last)
    assert story.seen("24 20:20") == "none hours_unknown"


@pytest.mark.parametrize(
    ("ordinary", "kind", "expected"),
    [
        ({}, "village_clinic", "08:00-18:00"),
        ({"village_clinic": "7:00-20:00"}, "village_clinic", "07:00-20:00"),
        ({"village_clinic": "7:00-20:00"}, "clinic", "08:00-18:00"),
        ({"*": "9:00-16:00"}, "clinic", "09:00-16:00"),
        ({"*": "9:00-16:00", "clinic": "8:30-12:00"}, "clinic", "08:30-12:00"),
        ({"*": "看情况"}, "clinic", "08:00-18:00"),
        ({"clinic": "周一至周五8:00-18:00"}, "clinic", ""),
    ],
)
def test_the_ordinary_hours_are_the_boards_by_kind(
    ordinary: dict[str, str], kind: str, expected: str
) -> None:
    story = Story(site={"hours": "", "kind": kind}, ordinary_hours=ordinary)
    start = story.wall("24 00:00")
    quarters = [timedelta(minutes=15 * number) for number in range(96)]
    told = [past for past in quarters if story.judged(start + past).presumed_open]
    if not expected:
        assert not told
        return
    first, last = (start + told[0], start + told[-1] + timedelta(minutes=15))
    assert (first, last) == tuple(story.wall(f"24 {clock}") for clock in expected.split("-"))


def test_round_the_clock_as_the_ordinary_hours_leaves_nothing_unknown_but_openness() -> None:
    story = Story(site={"hours": "", "kind": "hospital"}, ordinary_hours={"hospital": "24小时"})
    story.report("24 20:00", 10)
    judged = story.judged("24 23:59")
    assert (judged.light, judged.is_open, judged.valid_until) == (Light.BLUE, None, story.wall("25 00:00"))


def test_closure_override_and_known_hours_come_before_it() -> None:
    story = unknown()
    story.report("24 20:00", staff_infected=True)
    assert story.seen("24 23:30") == "cross staff_infected"
    story.override("24 23:40", Light.YELLOW, "25 06:00")
    assert story.seen("25 05:00") == "yellow override"
    story.put("25 10:00", hours="8:00-12:00")
    assert story.seen("25 20:00") == "cross staff_infected"


def test_a_reopening_that_is_due_is_said_when_somebody_may_be_there() -> None:
    story = unknown()
    story.report("20 10:00", staff_infected=True, expected_reopen=day("24"))
    assert story.seen("24 00:00") == "none hours_unknown"
    assert story.seen("24 08:00") == "none reopening_due"


# --- special days -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hours", UNREADABLE)
def test_a_special_day_of_the_board_opens_nobody_on_the_days_around_it(hours: str) -> None:
    """Unreadable hours and one special day made a site open at five past eleven at night."""
    story = Story(site={"hours": hours}, special_days={day("26"): "8:00-12:00"})
    assert story.judged("24 23:05").is_open is None
    assert story.seen("24 23:05") == "none hours_unknown"
    assert story.judged("26 10:00").is_open is True
    assert story.judged("26 12:00").is_open is False
    assert story.judged("26 23:05").is_open is False
    assert story.judged("26 23:05").next_open is None
    assert story.judged("27 00:00").is_open is None


def test_a_closed_day_of_a_site_of_unknown_hours_decides_that_day_alone() -> None:
    story = Story(site={"hours": "看情况", "special_days": {day("26"): "休息"}})
    assert story.seen("25 23:59:59.999999") == "none hours_unknown"
    assert story.seen("26 00:00") == "none closed_now"
    assert story.judged("26 00:00").next_open is None, "nobody knows the hours of the day after"
    assert story.seen("27 00:00") == "none hours_unknown"


@pytest.mark.parametrize("text", DAYS)
@pytest.mark.parametrize("whose", ["site", "board"])
def test_a_special_day_that_cannot_be_read_makes_that_day_unknown(text: str, whose: str) -> None:
    """Neither the week's hours nor the board's closed day: what is written says that it is another day."""
    special = {day("26"): text}
    story = (
        Story(site={"hours": "8:00-17:00", "special_days": special}, special_days={day("26"): "休息"})
        if whose == "site"
        else Story(site={"hours": "8:00-17:00"}, special_days=special)
    )
    assert story.seen("25 20:00") == "none closed_now"
    assert story.judged("25 20:00").next_open is None
    assert story.seen("26 03:00") == "none hours_unknown"
    assert story.seen("26 10:00") == "none not_reported"
    assert story.judged("26 10:00").is_open is None
    assert story.seen("26 20:00") == "none hours_unknown"
    assert story.seen("27 00:00") == "none closed_now"
    assert not shut_on(story.state().site, story.board, day("26"))


@pytest.mark.parametrize(
    "hours", ["24小时", "0:00-24:00", "8:00-17:00，节假日照常", "8:00-17:00，全年无休", "24小时（含节假日）"]
)
@pytest.mark.parametrize("text", ["休息", "9:00-11:00", "春节"])
def test_a_special_day_of_the_board_passes_over_who_says_that_it_does_not_close(
    hours: str, text: str
) -> None:
    story = Story(site={"hours": hours}, special_days={day("26"): text})
    assert story.judged("26 12:00").is_open is True
    assert not shut_on(story.state().site, story.board, day("26"))
    own = Story(site={"hours": hours, "special_days": {day("26"): "休息"}})
    assert own.judged("26 12:00").is_open is False, "its own does not"


@pytest.mark.parametrize("hours", ["8:00-17:00", "周六、周日照常，8:00-17:00", "24小时，节假日休息"])
def test_it_shuts_everybody_else(hours: str) -> None:
    story = Story(site={"hours": hours}, special_days={day("26"): "休息"})
    assert story.judged("26 12:00").is_open is False


# --- the national calendar ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "at", "is_open"),
    [
        pytest.param("工作日8:00-17:00", "2022-09-30 10:00", True, id="workday"),
        pytest.param("工作日8:00-17:00", "2022-10-03 10:00", False, id="monday-of-a-holiday"),
        pytest.param("工作日8:00-17:00", "2022-10-08 10:00", True, id="saturday-worked"),
        pytest.param("工作日8:00-17:00", "2022-10-15 10:00", False, id="saturday"),
        pytest.param("8:00-17:00，周末休息", "2022-10-09 10:00", True, id="sunday-worked"),
        pytest.param("8:00-17:00，周末休息", "2022-10-16 10:00", False, id="sunday"),
        pytest.param("8:00-17:00，周日休息", "2022-10-09 10:00", False, id="a-sunday-is-a-sunday"),
        pytest.param("8:00-17:00，法定节假日休息", "2022-10-03 10:00", False, id="statutory-holiday"),
        pytest.param("8:00-17:00，法定节假日休息", "2022-10-15 10:00", True, id="a-weekend-is-none"),
        pytest.param("8:00-17:00，节假日休息", "2022-10-15 10:00", None, id="some-call-it-one"),
        pytest.param("8:00-17:00，节假日照常", "2022-10-03 10:00", True, id="as-usual"),
        pytest.param("工作日8:00-17:00", "2050-10-05 10:00", None, id="a-year-nobody-knows"),
        pytest.param("工作日8:00-17:00", "2050-10-05 23:00", None, id="at-night-too"),
        pytest.param("周一至周五8:00-17:00", "2050-10-05 10:00", True, id="asks-no-calendar"),
        pytest.param("8:00-17:00，法定节假日照常", "2050-10-05 10:00", True, id="neither-does-this"),
    ],
)
def test_workdays_weekends_and_holidays_are_the_national_calendars(
    hours: str, at: str, is_open: bool | None
) -> None:
    story = Story(site={"hours": hours})
    assert opening_at(story.state().site, story.board, story.wall(at)).is_open is is_open


def test_a_report_is_not_due_on_a_holiday_of_the_national_calendar() -> None:
    story = Story(site={"hours": "工作日8:00-17:00"})
    assert shut_on(story.state().site, story.board, date(2022, 10, 3))
    assert not shut_on(story.state().site, story.board, date(2050, 10, 3))


# --- what is published of many ------------------------------------------------------------------------------


def county(*hours: str, **board: Any) -> Story:
    story = Story(site={"hours": hours[0]}, **board)
    for number, text in enumerate(hours[1:], 2):
        story.put("2022-11-01 00:00", f"s{number}", hours=text)
    return story


def test_at_dawn_forty_sites_of_unknown_hours_are_not_forty_open_ones() -> None:
    told = county(*[""] * 40).headline("24 05:24")
    assert (told.kind, told.open_now, told.maybe_open) == (HeadlineKind.HOURS_UNKNOWN, 0, 40)


def test_within_the_ordinary_hours_they_are_counted_as_open_nowhere_either() -> None:
    told = county(*[""] * 3, "24小时").headline("24 08:30")
    assert (told.kind, told.open_now, told.maybe_open) == (HeadlineKind.EARLY, 1, 3)


def test_their_lights_and_their_silence_make_the_headline_within_the_ordinary_hours() -> None:
    story = county(*[""] * 5)
    assert story.headline("24 09:00").kind is HeadlineKind.FAULT
    for site in story.fold.sites:
        story.report("24 09:30", 60, site=site)
    assert story.headline("24 10:00").kind is HeadlineKind.ALL_BUSY
    assert story.headline("24 18:00").kind is HeadlineKind.HOURS_UNKNOWN


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (("", "", "8:00-17:00"), HeadlineKind.HOURS_UNKNOWN),
        (("", "8:00-17:00", "8:00-17:00"), HeadlineKind.NIGHT),
        (("", "24小时", "24小时"), HeadlineKind.COUNTS),
        (("", "24小时", "8:00-17:00"), HeadlineKind.COUNTS),
    ],
)
def test_at_night_it_says_what_is_true_of_most(hours: tuple[str, ...], expected: HeadlineKind) -> None:
    assert county(*hours).headline("24 22:00").kind is expected


# --- as long as nothing happens -----------------------------------------------------------------------------


@given(
    st.integers(0, 24 * 60 - 1),
    st.sampled_from(["8:00-18:00", "8:00-12:00,14:00-18:00", "20:00-次日6:00", "24小时", "工作日9:00-10:00"]),
    st.sampled_from(["", "看情况", "工作日8:00-17:00"]),
    st.sampled_from([{}, {date(2022, 12, 25): "看情况"}, {date(2022, 12, 25): "休息"}]),
    st.integers(1, 23),
)
def test_a_light_of_unknown_hours_changes_at_boundaries_alone(
    minute: int, ordinary: str, hours: str, special: dict[date, str], valid_hours: int
) -> None:
    story = Story(
        site={"hours": hours, "special_days": special},
        ordinary_hours={"*": ordinary},
        valid_hours=valid_hours,
    )
    at = story.wall("24 00:00") + timedelta(minutes=minute)
    story.report(at, 10)
    end = story.wall("26 12:00")
    while at < end:
        judged = story.judged(at)
        assert judged.since <= at < judged.until
        assert story.judged(judged.until - MOMENT) == judged
        assert story.judged(judged.until).since == judged.until
        if judged.light:
            later = story.judged(min(judged.valid_until, end) - MOMENT)
            assert later.light, "it stands as long as it says"
        at = judged.until
