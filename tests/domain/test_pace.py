"""The rule `pace`, held against its formula in plain floating point and against brute force."""

import math
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from trafficlight.domain.light import Light
from trafficlight.domain.rules import Load, dump_rule, load_rule
from trafficlight.domain.rules.pace import COMMON_RHYTHM, FINE, Pace, powers

ZONE = "Asia/Shanghai"
DAY = datetime(2022, 12, 24, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)
WHOLE = 1440
NINE, NOON, TWO = 9 * 60, 12 * 60, 14 * 60
TOWNSHIP = ((8 * 60, 17 * 60 + 30),)

Spans = tuple[tuple[int, int], ...]
PACE = Pace()


def instant(minute: float) -> datetime:
    return DAY + timedelta(minutes=minute)


def load(opening: Spans, capacity: int, patients: int, counted: float, rhythm: int = COMMON_RHYTHM) -> Load:
    return Load(
        site="a",
        capacity=capacity,
        patients=patients,
        counted_at=instant(counted),
        opening=tuple((instant(start), instant(end)) for start, end in opening),
        day_start=DAY,
        day_end=instant(WHOLE),
        zone=ZONE,
        rhythm=rhythm,
    )


# --- the formula again, as people write it down -------------------------------------------------------------


def weight(minute: float) -> float:
    return 0.5 if minute < 8 * 60 else 1.0 if minute < 20 * 60 else 0.75


def arrived(opening: Spans, until: float) -> float:
    """Weighted minutes of opening up to then."""
    found = 0.0
    for start, end in opening:
        for edge, stop in ((0, 480), (480, 1200), (1200, 1440)):
            begin, finish = max(start, edge), min(end, stop, until)
            found += max(0.0, finish - begin) * weight(begin)
    return found


def foretold(one: Load, opening: Spans, counted: float, at: float) -> tuple[float, float]:
    """How many will have come on arrival, and by the end, as shares of the capacity."""
    power = one.rhythm / COMMON_RHYTHM

    def gone(minute: float) -> float:
        return float((arrived(opening, minute) / arrived(opening, WHOLE)) ** power)

    length = sum(end - start for start, end in opening)
    weighs = max(1 / 6, 60 / length)
    left = min(45.0, length / 12)
    early = next(
        start + left - sum(b - a for a, b in opening[:number])
        for number, (start, end) in enumerate(opening)
        if left <= sum(b - a for a, b in opening[: number + 1])
    )
    known = max(gone(counted), gone(early))
    pace = (one.patients + 0.6 * one.capacity * weighs) / (known + weighs)
    arrival = one.patients + pace * max(gone(min(at + 45, opening[-1][1])) - known, 0)
    return arrival / one.capacity, (one.patients + pace * max(1 - known, 0)) / one.capacity


def expected(one: Load, opening: Spans, counted: float, at: float) -> Light:
    arrival, end = foretold(one, opening, counted, at)
    share = one.patients / one.capacity
    if share >= 1 or (arrival >= 1 and share >= 0.5):
        return Light.RED
    return Light.YELLOW if arrival >= 0.7 or (end >= 1 and one.patients >= 3) else Light.BLUE


@st.composite
def openings(draw: st.DrawFn) -> Spans:
    edges = sorted(draw(st.sets(st.integers(0, WHOLE), min_size=2, max_size=6)))
    edges = edges[: len(edges) // 2 * 2]
    return tuple(zip(edges[::2], edges[1::2], strict=True))


class Case(NamedTuple):
    opening: Spans
    capacity: int
    patients: int
    counted: int
    at: int
    rhythm: int = COMMON_RHYTHM

    def load(self) -> Load:
        return load(self.opening, self.capacity, self.patients, self.counted, self.rhythm)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    counted = draw(st.integers(0, WHOLE - 1))
    return Case(
        opening=draw(openings()),
        capacity=draw(st.integers(1, 5) | st.integers(6, 200)),
        patients=draw(st.integers(0, 260)),
        counted=counted,
        at=draw(st.integers(counted, WHOLE - 1)),
        rhythm=draw(st.just(COMMON_RHYTHM) | st.integers(12, 38)),
    )


@given(cases())
@example(Case(((0, 2),), 1, 0, 0, 0))
@example(Case(((9 * 60, 11 * 60),), 5, 2, 10 * 60, 10 * 60 + 5))
def test_whole_numbers_say_what_the_formula_says(case: Case) -> None:
    """But on the line itself, where floating point cannot say, and a rhythm's shares are cut to 1/10,000."""
    one = case.load()
    near = 1e-9 if case.rhythm == COMMON_RHYTHM else 0.02
    arrival, end = foretold(one, case.opening, case.counted, case.at)
    if any(abs(value - line) < near for value, line in ((arrival, 1), (arrival, 0.7), (end, 1))):
        return
    assert PACE.light(one, instant(case.at)) is expected(one, case.opening, case.counted, case.at)


@given(cases())
def test_the_light_changes_by_itself_at_its_crossings_alone(case: Case) -> None:
    one, minutes = case.load(), range(case.counted, case.at + 1)
    lights = {minute: PACE.light(one, instant(minute)) for minute in minutes}
    changes = [instant(minute) for minute in minutes[1:] if lights[minute] is not lights[minute - 1]]
    assert list(PACE.crossings(one, instant(case.counted), instant(case.at))) == changes


@given(cases(), st.integers(0, 59_999_999))
def test_the_light_stands_through_a_minute(case: Case, micros: int) -> None:
    at, one = instant(case.at), case.load()
    assert PACE.light(one, at) is PACE.light(one, at + timedelta(microseconds=micros))


@given(cases())
def test_the_steps_are_where_the_light_turns(case: Case) -> None:
    yellow, red = PACE.steps(case.load(), instant(case.at))
    assert 0 <= yellow <= red <= case.capacity
    light = PACE.light(case.load(), instant(case.at))
    worse = Light.RED if case.patients >= red else Light.YELLOW
    assert light is (worse if case.patients >= yellow else Light.BLUE)


@pytest.mark.parametrize(
    ("counted", "seen", "steps"),
    [
        pytest.param(NINE, NINE, (8, 38), id="at-nine"),
        pytest.param(NINE, NOON, (8, 25), id="at-noon-by-the-count-of-nine"),
        pytest.param(TWO, TWO, (32, 46), id="at-two"),
        pytest.param(TWO, 16 * 60 + 40, (23, 33), id="before-it-shuts"),
    ],
)
def test_fifty_places_from_eight_to_half_past_five(counted: int, seen: int, steps: tuple[int, int]) -> None:
    assert PACE.steps(load(TOWNSHIP, 50, 0, counted), instant(seen)) == steps


def test_a_small_site_without_patients_is_blue_all_day_and_one_before_it_opens_is_never_red() -> None:
    quiet, early = load(TOWNSHIP, 10, 0, NINE), load(TOWNSHIP, 10, 1, 7 * 60 + 30)
    for minute in range(NINE, WHOLE):
        assert PACE.light(quiet, instant(minute)) is Light.BLUE
        assert PACE.light(early, instant(minute)) is not Light.RED


def test_without_opening_hours_the_share_of_the_capacity_decides() -> None:
    for patients, light in ((6, Light.BLUE), (7, Light.YELLOW), (9, Light.YELLOW), (10, Light.RED)):
        assert PACE.light(load((), 10, patients, NINE), instant(NOON)) is light
    assert PACE.crossings(load((), 10, 6, NINE), instant(NINE), instant(WHOLE)) == ()


def test_minutes_are_elapsed_ones_where_the_clocks_change() -> None:
    """In Berlin on 26 March 2023 the hour from two to three does not exist: the day has 23 hours.

    Seven of them lie before eight o'clock and weigh a half, twelve weigh one, four three quarters.
    """
    start = datetime(2023, 3, 25, 23, tzinfo=UTC)
    noon, end = start + timedelta(hours=12), start + timedelta(hours=23)
    one = Load(
        site="a",
        capacity=23,
        patients=12,
        counted_at=noon,
        opening=((start, end),),
        day_start=start,
        day_end=end,
        zone="Europe/Berlin",
    )
    total, known, weighs = 7 / 2 + 12 + 3, 7 / 2 + 5, 1 / 6
    pace = (12 + 0.6 * 23 * weighs) / (known / total + weighs)
    needed = known + (23 - 12) / pace * total
    full = 19 + (needed - 7 / 2 - 12) / 0.75
    minute = math.ceil(full * 60 - 45)
    assert PACE.crossings(one, noon, end)[-1] == start + timedelta(minutes=minute)


def test_a_rhythm_is_a_table_of_powers_cut_to_a_ten_thousandth() -> None:
    for rhythm in (12, 19, 21, 38):
        table = powers(rhythm)
        assert (table[0], table[FINE], len(table)) == (0, FINE, FINE + 1)
        assert list(table) == sorted(table)
        for share in range(1, FINE, 37):
            power = (share / FINE) ** (rhythm / COMMON_RHYTHM) * FINE
            assert table[share] == pytest.approx(math.floor(power + 1e-7), abs=0)
    assert powers(COMMON_RHYTHM) == tuple(range(FINE + 1))


def test_it_needs_no_numbers_and_is_read_back_as_it_was_kept() -> None:
    assert dump_rule(PACE) == {"kind": "pace"}
    assert load_rule({"kind": "pace"}) == PACE


# --- what is said beside the light --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("patients", "seen", "said"),
    [
        pytest.param(2, NINE, "到您赶到时（约45分钟）名额用不到七成", id="blue"),
        pytest.param(10, NINE, "关门前名额会用完", id="yellow-by-the-end"),
        pytest.param(34, NINE, "关门前名额会用完；到您赶到时（约45分钟）已用大半", id="yellow-for-both"),
        pytest.param(38, NINE, "到您赶到时（约45分钟）名额会用完", id="red-on-arrival"),
        pytest.param(50, NINE, "今天的名额已经用完", id="red-now"),
    ],
)
def test_the_words_beside_the_light_are_bands_without_a_number(patients: int, seen: int, said: str) -> None:
    assert PACE.outlook(load(TOWNSHIP, 50, patients, NINE), instant(seen)).text.endswith(said)


@given(cases())
def test_what_is_said_beside_the_light_is_never_another_light(case: Case) -> None:
    one, at = case.load(), instant(case.at)
    said, light = PACE.outlook(one, at).text, PACE.light(one, at)
    assert (light is Light.BLUE) == ("用不到七成" in said)
    assert (light is Light.YELLOW) == ("大半" in said or "关门前" in said)
