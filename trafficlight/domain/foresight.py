"""When a light will be another by itself, told ahead: to the clinic, as about; to nobody as a promise."""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from trafficlight.domain.hours import opening_at
from trafficlight.domain.judge import judge, load_at, today_at
from trafficlight.domain.light import Light, Reason
from trafficlight.domain.rules import Load, Rule
from trafficlight.domain.state import BoardFold, SiteState, rule_in_force

_SURE: Final = timedelta(hours=2)
"""So long somebody is there after a report, where nobody knows the hours."""


class Foreseen(NamedTuple):
    """A light that will be another by itself."""

    at: datetime
    light: Light


def light_change(fold: BoardFold, state: SiteState, at: datetime) -> Foreseen | None:
    """When the site's light will be another by today's count alone; None where no rule foresees it."""
    judged, load, rule = (
        judge(fold, state, at),
        load_at(fold, state, at),
        rule_in_force(fold, state, at).rule(),
    )
    if load is None or rule is None or judged.light is None or judged.reason is not Reason.RULE:
        return None
    return first_change(rule, load, at, judged.valid_until)


def first_change(rule: Rule, load: Load, at: datetime, until: datetime) -> Foreseen | None:
    """The first instant up to `until` at which the rule gives another light, and that light."""
    light = rule.light(load, at)
    lights = ((crossing, rule.light(load, crossing)) for crossing in rule.crossings(load, at, until))
    return next((Foreseen(crossing, new) for crossing, new in lights if new is not light), None)


def news_until(fold: BoardFold, state: SiteState, at: datetime) -> datetime | None:
    """Until when a count told now would be judged; None where none is, as it is not open."""
    if state.site.rota:
        return None
    opening = opening_at(state.site, fold.board, at)
    if opening.is_open is False:
        return None
    ends = [at + timedelta(hours=fold.board.valid_hours), today_at(fold.board, at).end]
    if opening.is_open is None:
        ends.append(at + _SURE)
    elif opening.until is not None:
        ends.append(opening.until)
    return min(ends)
