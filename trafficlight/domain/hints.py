"""What the desk should ask a site about its numbers, though none is wrong in itself. For the desk alone.

A `Hint` is a question about the numbers of many days, to be asked on the phone: never a finding. On few days
there is none: a week of equal numbers is a quiet week. A `Jump` is about today's number alone.
"""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Final

import msgspec

from trafficlight.domain.light import Light
from trafficlight.domain.lookback import SiteDay
from trafficlight.domain.looks import counts_of
from trafficlight.domain.state import SiteState
from trafficlight.domain.tally import usual_volume

DAYS: Final = 10
"""At least so many days with a number, before something counts as always or never so."""
RED_DAYS: Final = 7
"""At least so many days, all of them red: a whole week, weekend included."""
FULL_DAYS: Final = 5
"""At least so many days on which it said that it was full."""
EARLY: Final = (8, 10)
"""Full at eight tenths of the capacity or less is well below it."""
OFTEN: Final = (9, 10)
"""Nine days in ten count as always: one other day does not disprove a habit."""
NEAR: Final = 10
"""Just below a step: within a tenth of it. For steps below 10 there is no hint: a tenth is less than one."""
LEAST_SAME: Final = 5
"""Where fewer patients come in a day, the same number every day is no surprise."""


class HintKind(StrEnum):
    BELOW = "below"
    """The day's last number is nearly always just below the one from which a light begins."""
    SAME = "same"
    """The day's last number never changes."""
    RED = "red"
    """Red on every day that was reported: the declared capacity may be wrong."""
    BEYOND = "beyond"
    """The day's last number is nearly always above the capacity: it can see more than was declared."""
    FULL_EARLY = "full_early"
    """Whenever the site says that it is full, its number is well below the capacity: it can see fewer."""


class Hint(msgspec.Struct, frozen=True, kw_only=True):
    """One question to the site, and the numbers it comes from."""

    kind: HintKind
    days: tuple[date, ...]
    """The days of which it is true, ascending."""
    numbers: tuple[int, ...]
    """The numbers of these days."""
    of: int
    """How many days of the period had such a number at all."""
    light: Light | None = None
    """Of `BELOW`: the light that would have begun."""
    steps: tuple[int, ...] = ()
    """From which numbers it would have begun, ascending: several where rule or capacity changed. Of `BEYOND`
    and `FULL_EARLY` the capacities."""


def hints_of(days: Iterable[SiteDay]) -> tuple[Hint, ...]:
    """What there is to ask the site, from its days, ascending."""
    known = list(days)
    beyond = _beyond(known)
    found = (
        _same(known),
        _below(known, Light.YELLOW),
        _below(known, Light.RED),
        beyond or _red(known),  # one question about the capacity is enough
        _full_early(known),
    )
    return tuple(hint for hint in found if hint is not None)


def _same(days: list[SiteDay]) -> Hint | None:
    known = [(one.day, one.patients) for one in days if one.patients is not None]
    numbers = tuple(patients for _, patients in known)
    if len(known) < DAYS or len(set(numbers)) > 1 or numbers[0] < LEAST_SAME:
        return None
    return Hint(kind=HintKind.SAME, days=tuple(day for day, _ in known), numbers=numbers, of=len(known))


def _below(days: list[SiteDay], light: Light) -> Hint | None:
    known = [(one.day, *one.judged) for one in days if one.judged is not None]
    place = 0 if light is Light.YELLOW else 1
    near = [
        (day, count, steps[place])
        for day, count, steps in known
        if 0 < steps[place] - count <= steps[place] // NEAR and (light is Light.RED or steps[0] < steps[1])
    ]
    most, of = OFTEN
    if len(known) < DAYS or len(near) * of < len(known) * most:
        return None
    return Hint(
        kind=HintKind.BELOW,
        days=tuple(day for day, _, _ in near),
        numbers=tuple(count for _, count, _ in near),
        of=len(known),
        light=light,
        steps=tuple(sorted({step for _, _, step in near})),
    )


def _red(days: list[SiteDay]) -> Hint | None:
    known = [(one.day, *one.judged) for one in days if one.judged is not None]
    if len(known) < RED_DAYS or any(count < red for _, count, (_, red) in known):
        return None
    return Hint(
        kind=HintKind.RED,
        days=tuple(day for day, _, _ in known),
        numbers=tuple(count for _, count, _ in known),
        of=len(known),
        steps=tuple(sorted({red for _, _, (_, red) in known})),
    )


def _beyond(days: list[SiteDay]) -> Hint | None:
    known = [
        (one.day, one.patients, counts_of(one.looks)[1])
        for one in days
        if one.looks is not None and one.patients is not None
    ]
    beyond = [one for one in known if one[1] > one[2]]
    most, of = OFTEN
    if len(known) < DAYS or len(beyond) * of < len(known) * most:
        return None
    return _of_capacity(HintKind.BEYOND, beyond, len(known))


def _full_early(days: list[SiteDay]) -> Hint | None:
    known = []
    for one in days:
        counts, capacity = counts_of(one.looks) if one.looks is not None else ([], 0)
        full = next((count for count in counts if count.full and count.patients), None)
        if full is not None:
            known.append((one.day, full.patients, capacity))
    most, of = EARLY
    early = [one for one in known if one[1] * of <= one[2] * most]
    if len(known) < FULL_DAYS or len(early) < len(known):
        return None
    return _of_capacity(HintKind.FULL_EARLY, early, len(known))


def _of_capacity(kind: HintKind, known: list[tuple[date, int, int]], of: int) -> Hint:
    days, numbers, capacities = zip(*known, strict=True)
    return Hint(kind=kind, days=days, numbers=numbers, of=of, steps=tuple(sorted(set(capacities))))


# --- today's number -----------------------------------------------------------------------------------------


JUMP_TIMES: Final = 2
"""Times the usual volume. Only looked at: five times the usual volume is asked back when it is reported."""
JUMP_ABOVE: Final = 20
"""Patients above the usual volume: at a small site twice the usual is an ordinary day."""


class Jump(msgspec.Struct, frozen=True, kw_only=True):
    """Today's number, where it is far above the usual volume, or below an earlier one of the day."""

    patients: int
    usual: float | None = None
    """The usual volume, if the number is far above it."""
    before: int | None = None
    """The highest number of the day, if the last one is lower: a running total does not go down."""


def jump_of(state: SiteState, day: date) -> Jump | None:
    """How the day's last number jumped; None where it did not."""
    counts = [one.patients for one in state.reports if one.day == day and one.patients is not None]
    if not counts:
        return None
    last, highest = counts[-1], max(counts)
    usual = usual_volume(state, day)
    above = usual is not None and last >= usual + JUMP_ABOVE and last > JUMP_TIMES * usual
    if not above and last == highest:
        return None
    return Jump(patients=last, usual=usual if above else None, before=highest if highest > last else None)
