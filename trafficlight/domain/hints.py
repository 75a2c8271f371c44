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
from trafficlight.domain.state import SiteState, usual_volume

DAYS: Final = 10
"""So many days with a number, at least, before anything is said of always and never."""
RED_DAYS: Final = 7
"""A whole week, weekend included, on which not one day was below red."""
OFTEN: Final = (9, 10)
"""Nine in ten count as always: one busy day does not make a habit honest."""
NEAR: Final = 10
"""Just below a step: within a tenth of it. Of steps smaller than this nothing is said: a tenth is nobody."""
LEAST_SAME: Final = 5
"""Where fewer come in a day, the same few every day are nothing to wonder at."""


class HintKind(StrEnum):
    BELOW = "below"
    """The day's last number is nearly always just below the one from which a light begins."""
    SAME = "same"
    """The day's last number never changes."""
    RED = "red"
    """Red on every day that was reported: perhaps the capacity is not what it is taken for."""


class Hint(msgspec.Struct, frozen=True, kw_only=True):
    """One question, and what it comes from."""

    kind: HintKind
    days: tuple[date, ...]
    """Those that it holds of, ascending."""
    numbers: tuple[int, ...]
    """Of these days."""
    of: int
    """Days of the period that had a number of the kind."""
    light: Light | None = None
    """`BELOW`: the light that did not begin."""
    steps: tuple[int, ...] = ()
    """The numbers from which it would have begun, ascending: more than one where rule or capacity changed."""


def hints_of(days: Iterable[SiteDay]) -> tuple[Hint, ...]:
    """What there is to ask about the site, by its days, ascending."""
    told = list(days)
    found = (_same(told), _below(told, Light.YELLOW), _below(told, Light.RED), _red(told))
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


# --- today's number -----------------------------------------------------------------------------------------


JUMP_TIMES: Final = 2
"""Times the usual volume: a number five times as high is asked back at the door, this one only looked at."""
JUMP_ABOVE: Final = 20
"""Patients above the usual volume: at a small site twice the usual is an ordinary day."""


class Jump(msgspec.Struct, frozen=True, kw_only=True):
    """Today's number, far above what the site usually has, or below what it said before."""

    patients: int
    usual: float | None = None
    """The usual volume, where the number is far above it."""
    before: int | None = None
    """The higher number of the same day: a running total does not go down."""


def jump_of(state: SiteState, day: date) -> Jump | None:
    """Whether the day's last number jumped."""
    told = [report.patients for report in state.reports if report.day == day and report.patients is not None]
    if not told:
        return None
    last, highest = told[-1], max(told)
    usual = usual_volume(state, day)
    above = usual is not None and last >= usual + JUMP_ABOVE and last > JUMP_TIMES * usual
    if not above and last == highest:
        return None
    return Jump(patients=last, usual=usual if above else None, before=highest if highest > last else None)
