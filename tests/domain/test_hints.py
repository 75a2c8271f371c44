"""What a site may be asked about: on many days, never on few."""

from datetime import date, timedelta

import pytest

from tests.domain.story import Story
from trafficlight.domain.hints import DAYS, RED_DAYS, Hint, HintKind, hints_of
from trafficlight.domain.light import Light
from trafficlight.domain.lookback import Blank, SiteDay, look_back

FIRST = date(2022, 12, 1)
STEPS = (35, 50)


def days(*counts: int | None, steps: tuple[int, int] = STEPS) -> list[SiteDay]:
    """A day for each count; None: nothing was reported."""
    return [
        SiteDay(
            day=FIRST + timedelta(days=number),
            mark=Blank.UNREPORTED if count is None else Light.BLUE,
            seconds={},
            answers={},
            patients=count,
            judged=None if count is None else (count, steps),
            looks=None,
        )
        for number, count in enumerate(counts)
    ]


def kinds(*counts: int | None, steps: tuple[int, int] = STEPS) -> list[HintKind]:
    return [hint.kind for hint in hints_of(days(*counts, steps=steps))]


def test_an_ordinary_site_is_asked_nothing() -> None:
    assert kinds(*[10, 14, 31, 36, 52, 8, None, 22, 19, 40, 55, 12, 13, 28]) == []
    assert kinds() == []


def test_always_just_below_a_step_is_told_with_its_days_and_numbers() -> None:
    told = days(*[34, 33, None, 32, 34, 33, 34, 33, 34, 33, 34])
    assert hints_of(told) == (
        Hint(
            kind=HintKind.BELOW,
            days=tuple(one.day for one in told if one.patients is not None),
            numbers=(34, 33, 32, 34, 33, 34, 33, 34, 33, 34),
            of=10,
            light=Light.YELLOW,
            steps=(35,),
        ),
    )


@pytest.mark.parametrize(
    ("count", "near"), [(31, False), (32, True), (34, True), (35, False), (44, False), (45, True), (49, True)]
)
def test_just_below_is_within_a_tenth_of_the_step(count: int, near: bool) -> None:
    counts = [count] * (DAYS - 1) + [count + (1 if count in {32, 45} else 0)]
    assert (HintKind.BELOW in kinds(*counts)) is near


def test_one_day_in_ten_may_be_otherwise_and_no_more() -> None:
    assert kinds(34, 10, *[33, 34] * 4) == [HintKind.BELOW]
    assert kinds(34, 10, 60, *[33, 34] * 4) == []


def test_of_small_steps_nothing_is_said() -> None:
    """Where yellow begins at nine, eight patients are no habit: a tenth of it is nobody."""
    assert kinds(*[8, 7] * 5, steps=(9, 30)) == []
    assert kinds(*[9, 8] * 10, steps=(10, 30)) == []
    assert kinds(*[9] * 10 + [8], steps=(10, 30)) == [HintKind.BELOW]


def test_a_step_that_is_yellow_and_red_at_once_is_told_once() -> None:
    assert [hint.light for hint in hints_of(days(*[48, 49] * 5, steps=(50, 50)))] == [Light.RED]


def test_steps_that_changed_are_all_named() -> None:
    told = [*days(*[34, 33] * 5), *days(*[47, 46] * 5, steps=(48, 90))]
    assert [hint.steps for hint in hints_of(told)] == [(35, 48)]


def test_a_number_that_never_changes_is_told() -> None:
    (hint,) = hints_of(days(*[20] * 7, None, *[20] * 3))
    assert (hint.kind, hint.of, set(hint.numbers)) == (HintKind.SAME, 10, {20})


def test_one_other_number_is_a_change_and_few_patients_are_nothing_to_wonder_at() -> None:
    assert kinds(*[20] * 13, 21) == []
    assert kinds(*[0] * 14) == kinds(*[4] * 14) == []
    assert kinds(*[5] * 14) == [HintKind.SAME]


def test_red_on_every_day_that_was_reported_is_told() -> None:
    (hint,) = hints_of(days(50, 72, None, 66, 51, 90, 58, 61))
    assert (hint.kind, hint.of, hint.steps, min(hint.numbers)) == (HintKind.RED, RED_DAYS, (50,), 50)
    assert kinds(50, 72, 49, 66, 51, 90, 58, 61) == []


@pytest.mark.parametrize("count", [34, 20, 60])
def test_on_few_days_nothing_is_said(count: int) -> None:
    fewest = RED_DAYS if count >= STEPS[1] else DAYS
    assert kinds(*[count] * (fewest - 1)) == []
    assert kinds(*[count] * fewest) != []


def test_days_on_which_no_rule_judged_prove_neither_red_nor_just_below() -> None:
    """Closed for infection, full, or set by the desk: such a day has no number that a rule judged."""
    told = [*days(*[60] * 6), *days(*[None] * 8)]
    assert hints_of(told) == ()


# --- of the capacity ----------------------------------------------------------------------------------------


def full_days(*told: tuple[int | None, bool], capacity: int = 50) -> list[SiteDay]:
    """A day for each: its last number, and whether the site said then that it is full."""
    story = Story(site={"capacity": capacity, "hours": "8:00-18:00"})
    for number, (count, full) in enumerate(told):
        at = story.wall("2022-12-01 10:00") + timedelta(days=number)
        if count is not None:
            story.report(at, count)
        if full:
            story.report(at + timedelta(hours=1), capacity_today=0)
    now = story.wall("2022-12-01 07:00") + timedelta(days=len(told))
    back = look_back(story.board, story.records, len(told), now)
    return list(back.sites["a"].values())


def capacity_hints(*told: tuple[int | None, bool], capacity: int = 50) -> list[Hint]:
    found = hints_of(full_days(*told, capacity=capacity))
    return [one for one in found if one.kind in {HintKind.BEYOND, HintKind.FULL_EARLY, HintKind.RED}]


def test_a_site_beyond_its_capacity_day_after_day_is_asked_about_it_once() -> None:
    (hint,) = capacity_hints(*[(count, False) for count in (60, 51, 70, 64, 50, 66, 58, 71, 62, 80)])
    assert hint.kind is HintKind.BEYOND, "and not red every day besides"
    assert (len(hint.days), hint.of, hint.steps) == (9, 10, (50,))
    assert min(hint.numbers) == 51
    (hint,) = capacity_hints(*[(60, False)] * 8, (50, False), (50, False))
    assert hint.kind is HintKind.RED, "nine in ten"
    assert [one.kind for one in capacity_hints(*[(60, False)] * 9)] == [HintKind.RED], "too few days"


def test_a_site_that_is_always_full_well_below_its_capacity_is_asked_about_it() -> None:
    (hint,) = capacity_hints((30, True), (12, False), (31, True), (29, True), (40, True), (33, True))
    assert hint.kind is HintKind.FULL_EARLY
    assert (hint.numbers, hint.of, hint.steps) == ((30, 31, 29, 40, 33), 5, (50,))
    assert capacity_hints(*[(30, True)] * 4) == [], "too few days"
    assert capacity_hints(*[(30, True)] * 5, (41, True)) == [], "once it was full where it should be"
    assert capacity_hints(*[(None, True)] * 6) == [], "without a number there is nothing to compare"
