"""A site's own rhythm, and the patients of whole days, from what it posted on days gone by."""

import math

import pytest

from tests.domain.story import Story, day
from trafficlight.domain.rules import dump_rule
from trafficlight.domain.rules.pace import COMMON_RHYTHM, Pace, rhythm_of
from trafficlight.domain.tally import usual_volume

HOURS = {"hours": "8:00-18:00", "capacity": 50}
LAST = range(4, 24)
"""December's days before the 24th, more than are looked at."""


def story_of(first: int, last: int, days: range = LAST) -> Story:
    """Counts at 10:00 and 15:00, when two and seven tenths of the day are gone."""
    story = Story(site=HOURS)
    story.rule("2022-11-01 00:00", dump_rule(Pace()))
    for number in days:
        story.report(f"{number:02} 10:00", first)
        story.report(f"{number:02} 15:00", last)
    story.report("24 09:00", 1)
    return story


@pytest.mark.parametrize(
    ("first", "last"),
    [
        pytest.param(8, 28, id="by-the-clock"),
        pytest.param(20, 30, id="early"),
        pytest.param(3, 30, id="late"),
        pytest.param(0, 30, id="none-in-the-morning"),
        pytest.param(29, 30, id="nearly-all-in-the-morning"),
    ],
)
def test_a_rhythm_is_the_mean_of_the_last_fourteen_days_and_three_common_ones(first: int, last: int) -> None:
    power = math.log(max(first, 0.7) / last) / math.log(0.2 / 0.7)
    power = min(max(power, 0.5), 2.5)
    expected = round(COMMON_RHYTHM * math.exp(14 * math.log(power) / 17))
    assert story_of(first, last).state().rhythm == min(max(expected, 12), 38)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        pytest.param(1, 4, id="too-few"),
        pytest.param(30, 30, id="nobody-came-between"),
        pytest.param(31, 30, id="put-right"),
    ],
)
def test_a_day_that_cannot_tell_is_left_out(first: int, last: int) -> None:
    assert story_of(first, last).state().rhythm == COMMON_RHYTHM


def test_one_count_a_day_tells_nothing() -> None:
    story = Story(site=HOURS)
    for number in LAST:
        story.report(f"{number:02} 10:00", 20)
    story.report("24 09:00", 1)
    assert story.state().rhythm == COMMON_RHYTHM


def test_a_rhythm_stays_through_its_day_and_makes_the_light() -> None:
    early, common = story_of(20, 30), story_of(8, 28)
    assert early.state().rhythm < COMMON_RHYTHM == common.state().rhythm
    early.report("24 12:00", 20)
    common.report("24 12:00", 20)
    assert early.steps("24 12:00") != common.steps("24 12:00")
    before = early.state().rhythm
    early.report("24 16:00", 49)
    assert early.state().rhythm == before


def test_a_rhythm_does_not_depend_on_the_machine() -> None:
    """Worked out by hand: decimal logarithms are rounded the same everywhere."""
    assert rhythm_of([]) == COMMON_RHYTHM
    assert rhythm_of([-693] * 14) == 12
    assert rhythm_of([916] * 14) == 38
    assert rhythm_of([50]) == 20
    assert rhythm_of([-200, -200, -200]) == 18


# --- whole days ---------------------------------------------------------------------------------------------


def test_the_usual_volume_is_of_whole_days_however_often_a_site_posts() -> None:
    """The last post of the day is carried to its end: 28 at 15:00 of a day that goes on to 18:00."""
    once, twice = Story(site=HOURS), Story(site=HOURS)
    for number in LAST:
        once.report(f"{number:02} 10:00", 8)
        twice.report(f"{number:02} 10:00", 8)
        twice.report(f"{number:02} 15:00", 28)
    for story in (once, twice):
        story.report("24 09:00", 1)
    morning, afternoon = (usual_volume(story.state(), day("24")) for story in (once, twice))
    assert morning is not None
    assert afternoon is not None
    assert 30 <= afternoon <= 42
    assert abs(morning - afternoon) <= 8


def test_what_is_told_of_a_day_afterwards_is_of_the_whole_day() -> None:
    story = Story(site=HOURS)
    story.report("23 10:00", 8)
    story.report("24 08:30", 44, about="23")
    assert usual_volume(story.state(), day("24")) == 44


def test_a_report_taken_back_leaves_neither_a_whole_day_nor_a_rhythm() -> None:
    story, never = story_of(20, 30, range(20, 24)), story_of(20, 30, range(20, 24))
    taken = story.report("25 09:00", 3)
    story.withdraw("25 09:05", taken)
    assert story.state().rhythm == never.state().rhythm
    assert [one.whole for one in story.state().tallies] == [one.whole for one in never.state().tallies]
