"""A closure (✕): what a site may be closed for, how that is said, and what is known of one that stands.

How reports and the desk change it: `tally.cross_after`.
"""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from trafficlight.domain.errors import Refused

CROSS_LASTS = timedelta(days=7)
"""How long a closure lasts after the last report or confirmation of it."""
INFECTED: Final = "infected"
"""What people choose beside the reasons of `Pause`."""


class Pause(StrEnum):
    """For which reason a site is closed, where it is not that staff are infected."""

    POWER = "power"
    EQUIPMENT = "equipment"
    MOVED = "moved"
    REBUILDING = "rebuilding"
    OTHER = "other"


class Cross(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A closure that stands."""

    since: datetime
    renewed_at: datetime
    """When it was last reported by the site or confirmed by the desk."""
    reported_at: datetime
    """When the site itself last reported it."""
    reopen: date | None = None
    confirmed: bool = False
    paused: str = ""
    """Its reason, one of `Pause` or of a newer program's; empty: staff are infected."""


class CrossAct(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What the desk did about a closure: confirmed or ended it."""

    position: int
    at: datetime
    confirmed: bool


def closes(staff_infected: bool | None, paused: str | None) -> bool | None:  # noqa: FBT001 - two facts
    """Whether a report that says so says that the site is closed; None where it says nothing of it."""
    if staff_infected or paused:
        return True
    return None if staff_infected is None and paused is None else False


def parse_pause(field: str, value: object) -> str:
    """The reason; empty of null, which says that it is over."""
    if value is None:
        return ""
    if type(value) is not str:
        raise Refused("wrong_type", field, expected="text")
    if value not in set(Pause):
        raise Refused("not_listed", field)
    return value


def written_closure(choice: str, answers: tuple[str, ...]) -> dict[str, object]:
    """What somebody chose, as fields of a report: `infected`, one of `Pause`, `open`, or only `closed`."""
    match choice:
        case "":
            return {}
        case "open":
            return {"staff_infected": False, "paused": None}  # whatever it was closed for
        case "closed":
            return answered_pause("closure", answers)
    if choice == INFECTED:
        return {"staff_infected": True}
    return {"paused": parse_pause("closure", choice)}


def answered_pause(field: str, answers: tuple[str, ...]) -> dict[str, object]:
    """What was answered where somebody says that it is closed, and not why; `Refused` with `pause_reason`."""
    if "paused:infected" in answers:
        return {"staff_infected": True}
    if "paused:closed" in answers:
        return {"paused": Pause.OTHER.value}
    if "paused:other" in answers:
        return {"capacity_today": 0}  # nobody is seen any more today, which is all that is known
    raise Refused("pause_reason", field)
