"""Service days: which one an instant belongs to, whatever cut-off and clocks."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.story import MOMENT, Story, day
from trafficlight.domain.day import day_at, instant, local, service_day, today

SHANGHAI = "Asia/Shanghai"
BERLIN = "Europe/Berlin"
NEW_YORK = "America/New_York"
MIDNIGHT = time(0)


def at(zone: str, text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("cut_off", "instant", "expected"),
    [
        (time(0), "2022-12-24 00:00", "24"),
        (time(0), "2022-12-23 23:59:59.999999", "23"),
        (time(4), "2022-12-24 04:00", "24"),
        (time(4), "2022-12-24 03:59:59.999999", "23"),
        (time(4), "2022-12-24 23:59:59.999999", "24"),
        (time(23, 59), "2022-12-24 23:58:59.999999", "23"),
        (time(23, 59), "2022-12-24 23:59", "24"),
        (time(23, 59, 59, 999999), "2022-12-24 23:59:59.999999", "24"),
    ],
)
def test_a_day_runs_from_its_cut_off_to_the_next(cut_off: time, instant: str, expected: str) -> None:
    assert service_day(at(SHANGHAI, instant), cut_off, SHANGHAI) == day(expected)


@pytest.mark.parametrize(
    ("zone", "date_", "hours"),
    [
        (SHANGHAI, date(2022, 12, 24), 24),
        (BERLIN, date(2023, 3, 26), 23),
        (BERLIN, date(2022, 10, 30), 25),
        (NEW_YORK, date(2023, 3, 12), 23),
        (NEW_YORK, date(2022, 11, 6), 25),
    ],
)
def test_a_day_is_as_long_as_the_clocks_make_it(zone: str, date_: date, hours: int) -> None:
    found = today(date_, MIDNIGHT, (), zone)
    assert found.end - found.start == timedelta(hours=hours)
    assert today(date_ + timedelta(days=1), MIDNIGHT, (), zone).start == found.end


def test_a_cut_off_that_the_clocks_skip_is_at_the_change() -> None:
    change = datetime(2023, 3, 26, 1, tzinfo=UTC)
    assert instant(date(2023, 3, 26), time(2, 30), BERLIN) == change
    assert instant(date(2023, 3, 26), time(2), BERLIN) == change
    assert instant(date(2023, 3, 26), time(3), BERLIN) == change
    assert service_day(change - MOMENT, time(2, 30), BERLIN) == date(2023, 3, 25)
    assert service_day(change, time(2, 30), BERLIN) == date(2023, 3, 26)


def test_a_cut_off_that_comes_twice_is_the_first() -> None:
    first = at(BERLIN, "2022-10-30 02:30")
    assert instant(date(2022, 10, 30), time(2, 30), BERLIN) == first
    assert service_day(first, time(2, 30), BERLIN) == date(2022, 10, 30)
    assert service_day(first + timedelta(hours=1), time(2, 30), BERLIN) == date(2022, 10, 30)


def test_a_date_that_a_zone_skipped_holds_no_instant() -> None:
    """Samoa had no 30 December 2011."""
    skipped = today(date(2011, 12, 30), MIDNIGHT, (), "Pacific/Apia")
    assert skipped.start == skipped.end
    assert service_day(skipped.start, MIDNIGHT, "Pacific/Apia") == date(2011, 12, 31)
    assert service_day(skipped.start - MOMENT, MIDNIGHT, "Pacific/Apia") == date(2011, 12, 29)


def test_a_day_that_began_stays_begun_when_the_clocks_go_back_over_midnight() -> None:
    """In St. John's the minute after midnight was followed by 23:01 of the day before."""
    zone = "America/St_Johns"
    begun = instant(date(2010, 11, 7), MIDNIGHT, zone)
    again = begun + timedelta(minutes=30)
    assert local(again, zone).date() == date(2010, 11, 6)
    assert service_day(again, MIDNIGHT, zone) == date(2010, 11, 7)


def test_any_number_of_settings_is_told_apart() -> None:
    noon = at(SHANGHAI, "2022-12-24 12:00")
    for second in range(1500):
        due = time(9, second // 60, second % 60)
        assert day_at(noon, MIDNIGHT, (due,), SHANGHAI).due == (instant(day("24"), due, SHANGHAI),)


def test_a_reporting_time_before_the_cut_off_is_due_at_the_days_end() -> None:
    found = today(day("24"), time(4), (time(9), time(2)), SHANGHAI)
    assert [local(due, SHANGHAI).isoformat()[:16] for due in found.due] == [
        "2022-12-24T09:00",
        "2022-12-25T02:00",
    ]


def test_local_midnight_turns_the_words_of_a_day_that_runs_on() -> None:
    """明天8:00 becomes 8:00, though the service day is the same."""
    found = today(day("24"), time(4), (time(9),), SHANGHAI)
    assert [local(turn, SHANGHAI).isoformat()[:16] for turn in found.boundaries] == [
        "2022-12-24T04:00",
        "2022-12-24T09:00",
        "2022-12-25T00:00",
        "2022-12-25T04:00",
    ]


@given(
    st.datetimes(datetime(2010, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds
    st.times(),
    st.lists(st.times(), max_size=3),
    st.sampled_from([SHANGHAI, BERLIN, NEW_YORK, "Australia/Lord_Howe", "Pacific/Apia", "America/Havana"]),
)
@settings(max_examples=500)
def test_every_instant_lies_in_its_service_day(
    moment: datetime, cut_off: time, report_by: list[time], zone: str
) -> None:
    found = day_at(moment, cut_off, tuple(report_by), zone)
    assert found.start <= moment < found.end
    assert found.day == service_day(moment, cut_off, zone)
    assert found.boundaries[0] == found.start
    assert found.boundaries[-1] == found.end
    assert set(found.due) <= set(found.boundaries)
    for bound in (found.start, found.end - MOMENT):
        assert day_at(bound, cut_off, tuple(report_by), zone) == found
    assert day_at(found.end, cut_off, tuple(report_by), zone).day > found.day


def test_at_a_cut_off_of_four_a_report_of_the_small_hours_is_yesterdays() -> None:
    story = Story(cut_off=time(4))
    story.report("24 10:00", 10)
    story.report("25 03:59:59.999999", 60, about="24")
    assert story.seen("25 03:59:59.999999") == "red rule"
    assert story.judged("25 03:59:59.999999").valid_until == story.wall("25 04:00")
    assert story.seen("25 04:00") == "none not_due"
    assert story.last("25 04:00") == "24 red 03:59"
    assert story.last("26 04:00") == ""


@pytest.mark.parametrize(
    ("zone", "reported", "end"),
    [
        (BERLIN, "2023-03-25 22:00", "2023-03-26 00:00"),
        (BERLIN, "2023-03-26 00:30", "2023-03-26 09:30"),
        (BERLIN, "2022-10-30 00:30", "2022-10-30 07:30"),
        (NEW_YORK, "2023-03-12 01:00", "2023-03-12 10:00"),
        (NEW_YORK, "2022-11-06 01:00", "2022-11-06 08:00"),
    ],
)
def test_eight_hours_are_eight_hours_when_the_clocks_change(zone: str, reported: str, end: str) -> None:
    story = Story(zone=zone)
    story.report(reported, 10)
    assert story.judged(reported).valid_until == story.wall(end)


def test_the_zone_changed_in_the_day_is_another_day_to_count_in() -> None:
    story = Story()
    story.report("24 08:10", 60)
    story.put_board("24 09:00", zone=NEW_YORK)
    story.zone = NEW_YORK
    assert story.seen("2022-12-23 20:00") == "none not_reported"
    story.report("2022-12-23 20:10", 5)
    assert story.seen("2022-12-23 20:10") == "blue rule"
