"""The lights, and the reasons for one or for none."""

from enum import StrEnum
from typing import Final


class Light(StrEnum):
    """What a site's load asks of a resident; the absence of a light is `None`, never a fifth member."""

    BLUE = "blue"
    YELLOW = "yellow"
    RED = "red"
    CROSS = "cross"


class Reason(StrEnum):
    """Why a site shows what it shows. The first five come with a light, the others in its absence."""

    RULE = "rule"
    """The rule in force judged today's count."""
    FULL = "full"
    """The site reported that it can see no more patients today (`capacity_today` of 0)."""
    OVERRIDE = "override"
    """The desk set the light, with a reason and an end."""
    STAFF_INFECTED = "staff_infected"
    """Closed because medical staff are infected."""
    PAUSED = "paused"
    """Closed for another reason, see `Pause`. To the public any closure of a one-doctor site is this one, and
    without its cause: a ✕ there must say nothing of a person."""

    NOT_DUE = "not_due"
    NOT_REPORTED = "not_reported"
    EXPIRED = "expired"
    CLOSED_NOW = "closed_now"
    HOURS_UNKNOWN = "hours_unknown"
    """Nobody knows whether it is open: its hours cannot be read, and it is outside the ordinary ones."""
    REOPENING_DUE = "reopening_due"
    RULE_UNREADABLE = "rule_unreadable"
    """A newer program set a rule that this one cannot read: any light would be a guess."""
    NEXT_VISIT = "next_visit"
    """A stop with a rota: it shows its next visit instead of a light."""
    VISITING_TODAY = "visiting_today"
    """The same on the day of a visit, until that is over."""
    BOARD_PAUSED = "board_paused"
    """The board shows no lights for now, whatever is known of the site …"""
    BOARD_ENDED = "board_ended"
    """… or none any more."""


CLOSED: Final = frozenset({Reason.STAFF_INFECTED, Reason.PAUSED})
"""Closed as the site itself reported it."""
BY_ROTA: Final = frozenset({Reason.NEXT_VISIT, Reason.VISITING_TODAY})
"""What a stop with a rota shows instead of a light; no report is due from it."""
BOARD_DARK: Final = frozenset({Reason.BOARD_PAUSED, Reason.BOARD_ENDED})
"""Nothing of the board shows a light: the site itself is not why."""
