"""The rules that turn a report into a light. A new kind: one module here, one row in `RULES`."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple, cast

import msgspec

from trafficlight.domain.errors import Refused
from trafficlight.domain.rules.base import Load, Rule, RuleField
from trafficlight.domain.rules.counts import Counts
from trafficlight.domain.rules.pace import Pace
from trafficlight.domain.rules.share import Share
from trafficlight.domain.rules.usual import Usual

RULES: tuple[type[Rule], ...] = (Pace, Share, Counts, Usual)

DEFAULT_RULE: Final[Rule] = Share()
"""What judges a board that was never given a rule."""
NEW_BOARD_RULE: Final[Rule] = Pace()
"""What a new board is given when it is made, by a `rule_set` of its own where it is not the default."""

__all__ = [
    "DEFAULT_RULE",
    "NEW_BOARD_RULE",
    "RULES",
    "Load",
    "Rule",
    "RuleField",
    "RuleInput",
    "dump_rule",
    "find_rule",
    "inputs_of",
    "load_rule",
]


class RuleInput(NamedTuple):
    """One of the numbers that a kind of rule is set with."""

    name: str
    whole: bool
    default: float
    field: RuleField


def find_rule(kind: object) -> type[Rule]:
    """The rule of this kind; `Refused` where there is none."""
    for rule in RULES:
        if rule.kind == kind:
            return rule
    raise Refused("rule_unknown", "rule", kind=kind)


def inputs_of(rule: type[Rule]) -> tuple[RuleInput, ...]:
    """The numbers that the rule is set with, in their order: its fields that are annotated so."""
    return tuple(
        RuleInput(info.name, info.type.__origin__ is int, info.default, note)
        for info in msgspec.structs.fields(cast("type[msgspec.Struct]", rule))
        for note in getattr(info.type, "__metadata__", ())
        if isinstance(note, RuleField)
    )


def load_rule(raw: Mapping[str, Any]) -> Rule:
    """The rule that `raw` (`{"kind": …, …}`) describes; `Refused` names what is wrong with it."""
    rule = find_rule(raw.get("kind"))
    try:
        return msgspec.convert({k: v for k, v in raw.items() if k != "kind"}, rule)
    except (msgspec.ValidationError, ValueError) as wrong:
        raise Refused("rule_invalid", "rule", detail=str(wrong)) from wrong


def dump_rule(rule: Rule) -> dict[str, Any]:
    """The plain form of a rule, which `load_rule` reads back."""
    fields: dict[str, Any] = msgspec.to_builtins(rule)
    return {"kind": rule.kind, **fields}
