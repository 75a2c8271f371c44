"""The rule of a board or of one site: read, tried on today's counts, set."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Final

import msgspec

from trafficlight.domain.errors import Refused
from trafficlight.domain.event import RuleSet
from trafficlight.domain.judge import today_at
from trafficlight.domain.light import Light
from trafficlight.domain.rules import Rule, RuleInput, dump_rule, find_rule, inputs_of, load_rule
from trafficlight.domain.state import (
    DEFAULT_VERSION,
    BoardFold,
    RuleVersion,
    SiteState,
    rule_in_force,
    tally_of,
    usual_volume,
)
from trafficlight.domain.tally import load_of

PERCENT: Final = "%"


def read_rule(fold: BoardFold, site: str, kind: str, written: Mapping[str, str], at: datetime) -> Rule:
    """The rule as somebody wrote it: numbers by the names of the kind's inputs, those left out by default.

    A number may have its unit behind it; `70%` is 0.7. Without a site the rule is to judge the board.
    """
    rule = find_rule(kind)
    inputs = {one.name: one for one in inputs_of(rule)}
    for name in written:
        if name not in inputs:
            raise Refused("unknown_field", name)
    day = today_at(fold.board, at).day
    usual = {key: usual_volume(fold.sites[key], day) for key in ([site] if site else fold.sites)}
    fixed = rule.fixed({key: volume for key, volume in usual.items() if volume}, day)
    numbers = {name: _number(inputs[name], text) for name, text in written.items()}
    return load_rule({**numbers, **fixed, "kind": rule.kind})


def _number(asked: RuleInput, text: str) -> float:
    field = asked.field
    bare = text.strip()
    written = bare.removesuffix(field.unit).strip()
    factor = 100 if field.unit == PERCENT else 1
    try:
        number = Decimal(written)
    except InvalidOperation:
        number = Decimal("nan")
    if written != bare:
        number /= factor
    fits = number.is_finite() and field.least <= number <= field.most
    if not fits or (asked.whole and number != int(number)):
        least, most = (f"{end * factor:g}{field.unit}" for end in (field.least, field.most))
        code = "out_of_range" if asked.whole else "not_between"
        raise Refused(code, asked.name, text=written, least=least, most=most)
    return int(number) if asked.whole else float(number)


def as_written(asked: RuleInput, number: float) -> str:
    """The number of an input as a form shows it, without its unit."""
    return f"{number * 100:g}" if asked.field.unit == PERCENT else f"{number:g}"


def rule_events(fold: BoardFold, site: str, rule: Rule | None, by: str) -> list[RuleSet]:
    """What sets the rule, of the site or the board; nothing where it is in force already.

    Without a rule the site follows its board again, and the board the default.
    """
    versions = fold.sites[site].rules if site else fold.rules
    raw = dump_rule(rule) if rule else None
    same = (versions[-1].raw if versions else b"") == (
        msgspec.json.encode(raw, order="deterministic") if raw else b""
    )
    return [] if same else [RuleSet(by=by, site=site, rule=raw)]


def board_rule(fold: BoardFold) -> RuleVersion:
    """The board's rule now, whatever exceptions there are."""
    return fold.rules[-1] if fold.rules else DEFAULT_VERSION


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
    today = today_at(fold.board, at)
    turned: list[LightChange] = []
    counted = 0
    for key, state in fold.sites.items():
        tally = tally_of(state, today.day)
        if tally is None or tally.patients is None or tally.capacity_today == 0:
            continue
        if key != site if site else exception_of(state):
            continue
        counted += 1
        counted_at, able = tally.at or at, tally.capacity_today
        load = load_of(state.site, fold.board, today, counted_at, patients=tally.patients, capacity=able)
        before = rule_in_force(fold, state, at).rule().light(load, at)
        after = (rule or board_rule(fold).rule()).light(load, at)
        if after != before:
            turned.append(LightChange(key, state.site.name, tally.patients, before, after))
    return Trial(counted, tuple(turned))
