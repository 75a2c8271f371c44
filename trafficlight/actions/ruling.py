"""A rule before it holds: what it is made of, and which sites it would turn today."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import msgspec

from trafficlight.domain.board import capacity_of
from trafficlight.domain.errors import Refused
from trafficlight.domain.judge import today_at
from trafficlight.domain.light import Light
from trafficlight.domain.rules import Load, Rule, light_for
from trafficlight.domain.state import (
    BoardFold,
    RuleVersion,
    SiteState,
    rule_in_force,
    tally_of,
    usual_volume,
)


def baselines(fold: BoardFold, site: str, day: date) -> dict[str, Any]:
    """The usual volumes as of the day, of the site or of all: fixed now, they stay until others are fixed.

    `Refused` with `no_baseline` where nobody has reported for long enough.
    """
    volumes = {key: usual_volume(state, day) for key, state in fold.sites.items() if not site or key == site}
    found = {key: volume for key, volume in sorted(volumes.items()) if volume}
    if not found:
        raise Refused("no_baseline")
    return {"fixed_on": day.isoformat(), "baselines": found}


def raw_of(rule: Mapping[str, Any] | None) -> bytes:
    """The rule as the fold keeps it; empty for none."""
    return msgspec.json.encode(rule, order="deterministic") if rule else b""


def exception_of(state: SiteState) -> RuleVersion | None:
    """The rule that the site has of its own, if it has one."""
    return state.rules[-1] if state.rules and state.rules[-1].raw else None


class LightChange(msgspec.Struct, frozen=True):
    """A site by today's last count: its light by the rule in force, and by another."""

    site: str
    name: str
    patients: int
    before: Light
    after: Light


class Trial(msgspec.Struct, frozen=True):
    """A rule tried on today's counts."""

    counted: int
    """Sites that it would judge and that gave a count today."""
    turned: tuple[LightChange, ...]
    """Of these, those that would show another light."""


def try_rule(fold: BoardFold, site: str, rule: Rule | None, at: datetime) -> Trial:
    """Which sites the rule would turn: of the board those without an exception, or the one site.

    `None` for a site: it follows the board again. The counts are today's, however old they are by now.
    """
    day = today_at(fold.board, at).day
    turned: list[LightChange] = []
    counted = 0
    for key, state in fold.sites.items():
        tally = tally_of(state, day)
        if tally is None or tally.patients is None or tally.capacity_today == 0:
            continue
        if key != site if site else exception_of(state):
            continue
        counted += 1
        load = Load(site=key, capacity=tally.capacity_today or capacity_of(state.site, fold.board))
        after = rule or rule_in_force(fold, msgspec.structs.replace(state, rules=[]), at).rule()
        before = light_for(rule_in_force(fold, state, at).rule(), load, tally.patients)
        now = light_for(after, load, tally.patients)
        if now != before:
            turned.append(LightChange(key, state.site.name, tally.patients, before, now))
    return Trial(counted, tuple(turned))
