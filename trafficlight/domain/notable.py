"""What the desk should look at in a site's numbers, though nothing is wrong with them in themselves."""

from datetime import date
from typing import Final

import msgspec

from trafficlight.domain.state import SiteState, usual_volume

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
