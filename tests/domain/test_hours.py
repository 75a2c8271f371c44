from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trafficlight.domain.hours import Opening, Span, day_spans, hours_on, open_state
from trafficlight.domain.hours_text import DAY, WHOLE_DAY, Hours, Interval, Intervals

ZONES = ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]
SHANGHAI = "Asia/Shanghai"


def weekly(*week: Intervals | None) -> Hours:
    """Hours for which it does not matter what the national calendar says."""
    return Hours(week, week, week)


NEVER = weekly(*((),) * 7)
ALWAYS = weekly(*(WHOLE_DAY,) * 7)
WORKDAYS = weekly(*(((480, 720), (840, 1020)),) * 5, (), ())
NIGHTS = weekly(*(((1200, 1920),),) * 7)


def at(zone: str, *wall: int, fold: int = 0) -> datetime:
    return datetime(*wall, tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)  # type: ignore[arg-type,misc]


def shanghai(*wall: int) -> datetime:
    return at(SHANGHAI, *wall)


@st.composite
def days(draw: st.DrawFn) -> Intervals:
    if draw(st.booleans()):
        return draw(
            st.sampled_from([(), WHOLE_DAY, ((480, 720), (840, 1020)), ((1200, 1920),), ((120, 210),)])
        )
    marks = sorted(draw(st.sets(st.integers(0, 2 * DAY), max_size=6)))
    pairs: list[Interval] = [(marks[i], marks[i + 1]) for i in range(0, len(marks) - 1, 2)]
    return tuple(pair for pair in pairs if pair[0] < DAY)


Situation = tuple[Hours, Mapping[date, Intervals | None], datetime, str]
weeks = st.builds(weekly, *[st.one_of(days(), days(), st.none())] * 7)
# Around both changes of the clocks in the three zones that have them, and in the quiet between.
instants = st.one_of(
    st.datetimes(datetime(2022, 3, 8), datetime(2022, 4, 6), timezones=st.just(UTC)),  # noqa: DTZ001
    st.datetimes(datetime(2022, 9, 28), datetime(2022, 11, 10), timezones=st.just(UTC)),  # noqa: DTZ001
    st.datetimes(datetime(2022, 12, 20), datetime(2023, 1, 5), timezones=st.just(UTC)),  # noqa: DTZ001
).map(lambda moment: moment.replace(microsecond=0))


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    moment = draw(instants)
    near = st.integers(-3, 9).map(lambda ahead: moment.date() + timedelta(days=ahead))
    return (
        draw(weeks),
        draw(st.dictionaries(near, st.one_of(days(), st.none()), max_size=4)),
        moment,
        draw(st.sampled_from(ZONES)),
    )


def test_at_the_opening_instant_it_is_open_and_at_the_closing_instant_closed() -> None:
    opening, noon = shanghai(2022, 12, 23, 8), shanghai(2022, 12, 23, 12)
    before = opening - timedelta(microseconds=1)
    assert open_state(WORKDAYS, {}, before, SHANGHAI) == Opening(
        is_open=False, since=shanghai(2022, 12, 22, 17), until=opening, next_open=opening
    )
    assert open_state(WORKDAYS, {}, opening, SHANGHAI) == Opening(
        is_open=True, since=opening, until=noon, closes=noon
    )
    assert open_state(WORKDAYS, {}, noon, SHANGHAI) == Opening(
        is_open=False, since=noon, until=shanghai(2022, 12, 23, 14), next_open=shanghai(2022, 12, 23, 14)
    )


def test_over_the_weekend_it_says_when_it_opens_next() -> None:
    saturday = shanghai(2022, 12, 24, 18)
    state = open_state(WORKDAYS, {}, saturday, SHANGHAI)
    assert (state.is_open, state.next_open) == (False, shanghai(2022, 12, 26, 8))
    assert state.since == shanghai(2022, 12, 23, 17)
    assert open_state(WORKDAYS, {}, saturday + timedelta(days=1), SHANGHAI).since is None, (
        "longer ago than two days"
    )


def test_what_is_always_open_neither_opened_nor_closes() -> None:
    for hour in (0, 12, 23):
        state = open_state(ALWAYS, {}, shanghai(2022, 12, 24, hour), SHANGHAI)
        assert state == Opening(is_open=True, since=None, until=None, next_open=None)


def test_what_is_never_open_has_nothing_to_announce() -> None:
    state = open_state(NEVER, {}, shanghai(2022, 12, 24, 12), SHANGHAI)
    assert state == Opening(is_open=False, since=None, until=None, next_open=None)


def test_a_night_shift_is_one_opening_over_midnight() -> None:
    for moment in (shanghai(2022, 12, 24, 23), shanghai(2022, 12, 25, 1)):
        state = open_state(NIGHTS, {}, moment, SHANGHAI)
        assert state == Opening(
            is_open=True,
            since=shanghai(2022, 12, 24, 20),
            until=shanghai(2022, 12, 25, 8),
            closes=shanghai(2022, 12, 25, 8),
        )


def test_a_special_day_replaces_the_weekdays_hours_on_its_date_alone() -> None:
    special = {date(2022, 12, 26): (), date(2022, 12, 25): ((540, 600),)}
    sunday = open_state(WORKDAYS, special, shanghai(2022, 12, 25, 9, 30), SHANGHAI)
    assert (sunday.is_open, sunday.until) == (True, shanghai(2022, 12, 25, 10))
    monday = open_state(WORKDAYS, special, shanghai(2022, 12, 26, 9), SHANGHAI)
    assert (monday.is_open, monday.next_open) == (False, shanghai(2022, 12, 27, 8))


def test_a_closed_day_does_not_cut_short_the_night_that_began_before_it() -> None:
    special = {date(2022, 12, 25): ()}
    assert open_state(NIGHTS, special, shanghai(2022, 12, 25, 7), SHANGHAI).is_open
    assert not open_state(NIGHTS, special, shanghai(2022, 12, 25, 21), SHANGHAI).is_open


def test_a_date_of_which_nothing_is_known_is_unknown_from_midnight_to_midnight() -> None:
    special = {date(2022, 12, 26): None}
    before = open_state(WORKDAYS, special, shanghai(2022, 12, 25, 20), SHANGHAI)
    monday, tuesday = shanghai(2022, 12, 26), shanghai(2022, 12, 27)
    assert (before.is_open, before.until, before.next_open) == (False, monday, None), "it may open before"
    assert open_state(WORKDAYS, special, monday, SHANGHAI) == Opening(None, since=monday, until=tuesday)
    after = open_state(WORKDAYS, special, tuesday, SHANGHAI)
    assert (after.is_open, after.since, after.next_open) == (False, tuesday, shanghai(2022, 12, 27, 8))


def test_a_night_lasts_surely_into_a_date_of_which_nothing_is_known() -> None:
    special = {date(2022, 12, 25): None}
    morning, midnight = shanghai(2022, 12, 25, 8), shanghai(2022, 12, 26)
    night = open_state(NIGHTS, special, shanghai(2022, 12, 25, 7), SHANGHAI)
    assert (night.is_open, night.until, night.closes) == (True, morning, None), "it may stay open"
    assert open_state(NIGHTS, special, morning, SHANGHAI) == Opening(None, since=morning, until=midnight)
    assert open_state(NIGHTS, special, midnight, SHANGHAI).is_open is False, "not by what nobody knows"


def test_hours_that_nobody_knows_are_neither_open_nor_closed() -> None:
    state = open_state(None, {}, shanghai(2022, 12, 24, 12), SHANGHAI)
    assert state == Opening(is_open=None, since=None, until=None)


def test_an_opening_more_than_eight_days_ahead_is_not_announced() -> None:
    special = {date(2022, 12, 24) + timedelta(days=ahead): () for ahead in range(12)}
    state = open_state(ALWAYS, special, shanghai(2022, 12, 25, 12), SHANGHAI)
    assert (state.is_open, state.until, state.next_open) == (False, None, None)


def test_the_date_is_the_boards_not_utcs() -> None:
    only_saturday = weekly(*((),) * 5, WHOLE_DAY, ())
    assert open_state(only_saturday, {}, datetime(2022, 12, 23, 16, tzinfo=UTC), SHANGHAI).is_open
    assert not open_state(only_saturday, {}, datetime(2022, 12, 24, 16, tzinfo=UTC), SHANGHAI).is_open


def test_any_aware_instant_will_do() -> None:
    moment = datetime(2022, 12, 23, 9, tzinfo=ZoneInfo(SHANGHAI))
    assert open_state(WORKDAYS, {}, moment, SHANGHAI) == open_state(
        WORKDAYS, {}, moment.astimezone(UTC), SHANGHAI
    )


def open_spans(
    hours: Hours, special: Mapping[date, Intervals | None], day: date, zone: str
) -> tuple[Span, ...]:
    intervals = special[day] if day in special else hours_on(hours, day)
    return day_spans(intervals or (), day, zone)


def test_spans_are_those_that_start_on_the_day() -> None:
    assert open_spans(NIGHTS, {}, date(2022, 12, 24), SHANGHAI) == (
        (shanghai(2022, 12, 24, 20), shanghai(2022, 12, 25, 8)),
    )
    assert open_spans(WORKDAYS, {}, date(2022, 12, 24), SHANGHAI) == ()
    assert open_spans(WORKDAYS, {date(2022, 12, 24): WHOLE_DAY}, date(2022, 12, 24), SHANGHAI) == (
        (shanghai(2022, 12, 24), shanghai(2022, 12, 25)),
    )


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2022, 3, 27), 23),
        ("Europe/Berlin", date(2022, 10, 30), 25),
        ("America/New_York", date(2022, 3, 13), 23),
        ("America/New_York", date(2022, 11, 6), 25),
        ("Asia/Shanghai", date(2022, 3, 27), 24),
    ],
)
def test_the_day_of_the_clock_change_is_as_long_as_it_really_is(zone: str, day: date, hours: int) -> None:
    ((start, end),) = day_spans(WHOLE_DAY, day, zone)
    assert end - start == timedelta(hours=hours)


def test_a_time_that_the_clocks_skip_is_the_end_of_the_skip() -> None:
    spring = date(2022, 3, 27)  # Berlin: 2:00 is 3:00
    change = at("Europe/Berlin", 2022, 3, 27, 3)
    assert day_spans(((150, 300),), spring, "Europe/Berlin") == (
        (change, at("Europe/Berlin", 2022, 3, 27, 5)),
    )
    assert day_spans(((60, 150),), spring, "Europe/Berlin") == (
        (at("Europe/Berlin", 2022, 3, 27, 1), change),
    )
    assert day_spans(((150, 195),), spring, "Europe/Berlin") == (
        (change, at("Europe/Berlin", 2022, 3, 27, 3, 15)),
    )
    assert day_spans(((130, 170),), spring, "Europe/Berlin") == ()


def test_of_a_time_that_the_clocks_show_twice_the_first_counts() -> None:
    ((start, end),) = day_spans(((150, 240),), date(2022, 10, 30), "Europe/Berlin")
    assert start == at("Europe/Berlin", 2022, 10, 30, 2, 30, fold=0)
    assert end - start == timedelta(hours=2, minutes=30)


@given(situations())
def test_the_state_is_constant_between_since_and_until(situation: Situation) -> None:
    week, special, moment, zone = situation
    state = open_state(week, special, moment, zone)
    first = state.since or moment - timedelta(days=2)
    last = (state.until or moment + timedelta(days=8)) - timedelta(microseconds=1)
    assert first <= moment <= last
    for probe in (first, first + (moment - first) / 2, moment + (last - moment) / 2, last):
        assert open_state(week, special, probe, zone).is_open == state.is_open


@given(situations())
def test_a_change_looks_the_same_from_both_its_sides(situation: Situation) -> None:
    week, special, moment, zone = situation
    state = open_state(week, special, moment, zone)
    after = None
    if state.until is not None:
        following = open_state(week, special, state.until, zone)
        after = following.is_open
        assert following.since == state.until
        assert after is not state.is_open
    assert state.next_open == (state.until if state.is_open is False and after else None)
    assert state.closes == (state.until if state.is_open and after is False else None)
    if state.since is not None:
        before = open_state(week, special, state.since - timedelta(microseconds=1), zone)
        assert before.until == state.since
        assert before.is_open is not state.is_open


@given(situations())
def test_it_is_open_inside_the_spans_of_the_days_else_unknown_on_unknown_dates(situation: Situation) -> None:
    hours, special, moment, zone = situation
    today = moment.astimezone(ZoneInfo(zone)).date()
    spans = [
        span
        for ahead in range(-2, 2)
        for span in open_spans(hours, special, today + timedelta(days=ahead), zone)
    ]
    known = special[today] if today in special else hours_on(hours, today)
    expected = (
        True if any(start <= moment < end for start, end in spans) else None if known is None else False
    )
    assert open_state(hours, special, moment, zone).is_open is expected


@given(days(), instants.map(datetime.date), st.sampled_from(ZONES))
def test_spans_are_in_order_and_never_empty(intervals: Intervals, day: date, zone: str) -> None:
    spans = day_spans(intervals, day, zone)
    assert all(start < end for start, end in spans)
    assert all(earlier[1] <= later[0] for earlier, later in pairwise(spans))
    assert all(moment.tzinfo is UTC for span in spans for moment in span)
