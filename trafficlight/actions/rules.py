"""The rule of a board or of one site: read, tried on today's counts, set."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Final

import msgspec

from trafficlight.actions.changing import Changes
from trafficlight.actions.values import plain
from trafficlight.domain.accuracy import CURRENT, TRIED, SiteRules, current_rules
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import Event, RuleSet
from trafficlight.domain.judge import load_at, today_at
from trafficlight.domain.light import Light
from trafficlight.domain.rules import (
    DEFAULT_RULE,
    Rule,
    RuleInput,
    dump_rule,
    find_rule,
    inputs_of,
    load_rule,
)
from trafficlight.domain.state import (
    DEFAULT_VERSION,
    BoardFold,
    RuleVersion,
    SiteState,
    rule_in_force,
)
from trafficlight.domain.tally import usual_volume

PERCENT: Final = "%"


class RuleWish(msgspec.Struct, frozen=True, kw_only=True):
    """A rule as somebody asks for it."""

    site: str = ""
    """Whose; empty: the board's."""
    kind: str = ""
    """Empty: none of its own. The site follows its board again, and the board the default."""
    written: Mapping[str, str] = {}
    """Numbers by the names of the kind's inputs; those left out are the default.

    A number may have its unit behind it; `70%` is 0.7.
    """


async def set_rule(changes: Changes, slug: str, wish: RuleWish, at: datetime) -> None:
    """Judge the board, or the site, by this rule from now on. See `read_rule`; `unknown_site`."""

    def decide(fold: BoardFold) -> Sequence[Event]:
        rule = read_rule(fold, wish, at)
        versions = fold.sites[wish.site].rules if wish.site else fold.rules
        raw = dump_rule(rule) if rule else None
        same = (versions[-1].raw if versions else b"") == (
            msgspec.json.encode(raw, order="deterministic") if raw else b""
        )
        return [] if same else [RuleSet(site=wish.site, rule=raw)]

    await changes.board(slug, decide)


def read_rule(fold: BoardFold, wish: RuleWish, at: datetime) -> Rule | None:
    """The rule that is asked for; None where none is.

    `Refused` with `rule_unknown`, `unknown_field`, `bad_number`, `out_of_range`, `not_between`, `rule_order`
    and what the kind refuses.
    """
    if wish.site and wish.site not in fold.sites:
        raise Refused("unknown_site", "site", site=wish.site)
    if not wish.kind:
        return None
    rule = find_rule(wish.kind)
    inputs = {one.name: one for one in inputs_of(rule)}
    for name in wish.written:
        if name not in inputs:
            raise Refused("unknown_field", name)
    day = today_at(fold.board, at).day
    usual = {key: usual_volume(fold.sites[key], day) for key in ([wish.site] if wish.site else fold.sites)}
    fixed = rule.fixed({key: volume for key, volume in usual.items() if volume}, day)
    numbers = {name: _number(inputs[name], text) for name, text in wish.written.items()}
    return load_rule({**numbers, **fixed, "kind": rule.kind})


def _number(asked: RuleInput, text: str) -> float:
    field = asked.field
    bare = plain(text)
    written = bare.removesuffix(field.unit)
    factor = 100 if field.unit == PERCENT else 1
    try:
        number = Decimal(written)
    except InvalidOperation:
        raise Refused("bad_number", asked.name, text=text[:40]) from None
    if written != bare:
        number /= factor
    whole = number.is_finite() and number == int(number)
    if not (number.is_finite() and field.least <= number <= field.most) or (asked.whole and not whole):
        least, most = (f"{end * factor:g}{field.unit}" for end in (field.least, field.most))
        raise Refused("out_of_range" if asked.whole else "not_between", asked.name, least=least, most=most)
    return int(number) if asked.whole else float(number)


def number_text(asked: RuleInput, number: float) -> str:
    """The number of an input as a form shows it, without its unit."""
    return f"{number * 100:g}" if asked.field.unit == PERCENT else f"{number:g}"


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
    before: Light | None
    """None where this program cannot read the rule."""
    after: Light | None


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """A rule tried on today's counts, and what is needed to try it on days gone by (`accuracy.measure`)."""

    compared: tuple[LightChange, ...]
    """The sites that it would judge and that gave a count today."""
    rules: Mapping[str, SiteRules]
    """The rule in force, and the one on trial."""
    sites: frozenset[str]
    """All that it would judge."""

    @property
    def turned(self) -> list[LightChange]:
        """Of those compared, the ones that would show another light."""
        return [one for one in self.compared if one.after != one.before]

    @property
    def lights(self) -> list[tuple[Light, int, int]]:
        """How many of those compared show each light, and how many would."""
        before, after = (
            Counter(one.before for one in self.compared),
            Counter(one.after for one in self.compared),
        )
        return [(light, before[light], after[light]) for light in (Light.BLUE, Light.YELLOW, Light.RED)]


def try_rule(fold: BoardFold, wish: RuleWish, at: datetime) -> Trial:
    """The lights by the rule beside those by the one in force, of all sites that it would judge.

    Of the board: those without an exception. The counts are today's, however old they are by now. Nothing is
    set. Refuses as `read_rule` does.
    """
    rule = read_rule(fold, wish, at) or (board_rule(fold).rule() if wish.site else DEFAULT_RULE)
    followers = (key for key, state in fold.sites.items() if not exception_of(state))
    sites = {wish.site} if wish.site else set(followers)
    compared = []
    for key in sorted(sites, key=lambda key: (fold.sites[key].site.town, fold.sites[key].site.name, key)):
        state = fold.sites[key]
        load = load_at(fold, state, at)
        if load is None:
            continue
        now = rule_in_force(fold, state, at).rule()
        before, after = (one.light(load, at) if one else None for one in (now, rule))
        compared.append(LightChange(key, state.site.name, load.patients, before, after))
    return Trial(
        compared=tuple(compared),
        rules={CURRENT: current_rules(fold, at), TRIED: lambda _: rule},
        sites=frozenset(sites),
    )
