"""The rules that turn a report into a light. A new kind: one module here, one row in `RULES`."""

from collections.abc import Mapping
from typing import Any

import msgspec

from trafficlight.domain.errors import Refused
from trafficlight.domain.rules.base import Load, Rule
from trafficlight.domain.rules.counts import Counts
from trafficlight.domain.rules.share import Share
from trafficlight.domain.rules.steps import light_between, light_for
from trafficlight.domain.rules.usual import Usual

RULES: tuple[type[Rule], ...] = (Share, Counts, Usual)

DEFAULT_RULE: Rule = Share()

__all__ = ["DEFAULT_RULE", "RULES", "Load", "Rule", "dump_rule", "light_between", "light_for", "load_rule"]


def load_rule(raw: Mapping[str, Any]) -> Rule:
    """The rule that `raw` (`{"kind": …, …}`) describes; `Refused` names what is wrong with it."""
    kind = raw.get("kind")
    for rule in RULES:
        if rule.kind == kind:
            try:
                return msgspec.convert({k: v for k, v in raw.items() if k != "kind"}, rule)
            except (msgspec.ValidationError, ValueError) as wrong:
                raise Refused("rule_invalid", "rule", detail=str(wrong)) from wrong
    raise Refused("rule_unknown", "rule", kind=kind)


def dump_rule(rule: Rule) -> dict[str, Any]:
    """The plain form of a rule, which `load_rule` reads back."""
    fields: dict[str, Any] = msgspec.to_builtins(rule)
    return {"kind": rule.kind, **fields}
