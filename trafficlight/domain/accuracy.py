"""How true lights were, by what the sites themselves reported later. Each figure is defined in docs/rules.md.

Somebody looks at a page each quarter of an hour from 6:00 to 22:00 in which the site is open, and arrives 45
minutes later. What nobody reported is unknown: neither yes nor no, and counted as such.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Container, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Final, NamedTuple

import msgspec

from trafficlight.domain.errors import Refused
from trafficlight.domain.light import Light
from trafficlight.domain.lookback import Lookback
from trafficlight.domain.looks import (
    HOURS,
    JUDGED,
    MOMENT,
    QUARTER,
    DayFacts,
    DayLooks,
    Outcome,
    facts_of,
    span_mask,
)
from trafficlight.domain.rules import RULES, Rule, load_rule
from trafficlight.domain.state import DEFAULT_VERSION, BoardFold, rule_in_force

LEAST_DAYS: Final = 10
"""Of one site each: a rate that fewer days stand behind is not said in per cent."""
PUBLISHED: Final = "published"
"""In place of a rule: the lights as the public saw them."""
CURRENT: Final = "current"
"""The rule in force now, exceptions of sites included, as if it had been all the time."""
TRIED: Final = "tried"
"""A rule that somebody thinks of setting."""

SiteRules = Callable[[str], Rule | None]
"""Which rule judges a site; None: one that this program does not know, by which there is no light."""


# --- the lights of a day ------------------------------------------------------------------------------------


def published_lights(day: DayLooks) -> dict[str, int]:
    """The looks that saw each light, and under `none` no light."""
    found: dict[str, int] = {}
    for run in day.runs:
        _add(found, run.light, run.first, run.end)
    return found


def lights_of(day: DayLooks, rule: Rule | None) -> dict[str, int]:
    """The looks that would have seen each light by the rule; what no rule decided stays as it was."""
    found: dict[str, int] = {}
    at = day.grid.instants
    for run in day.runs:
        if run.load is None or rule is None:
            _add(found, None if run.load else run.light, run.first, run.end)
            continue
        first = run.first
        for crossing in rule.crossings(run.load, at[first], at[run.end - 1]):
            end = bisect_left(at, crossing)
            _add(found, rule.light(run.load, at[first]), first, end)
            first = end
        _add(found, rule.light(run.load, at[first]), first, run.end)
    return found


def _add(found: dict[str, int], light: Light | None, first: int, end: int) -> None:
    key = str(light or "none")
    found[key] = found.get(key, 0) | span_mask(first, end)


# --- the figures --------------------------------------------------------------------------------------------


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """How many of those that can be judged; each figure counts looks or days."""

    hits: int = 0
    of: int = 0
    unknown: int = 0
    """So many more could not be judged."""
    days: int = 0
    """Of one site each, on which those that were judged lie."""

    def __add__(self, other: "Rate") -> "Rate":
        return Rate(
            hits=self.hits + other.hits,
            of=self.of + other.of,
            unknown=self.unknown + other.unknown,
            days=self.days + other.days,
        )

    @property
    def ratio(self) -> float | None:
        """None where too few days stand behind it."""
        return self.hits / self.of if self.of and self.days >= LEAST_DAYS else None


class HourLooks(msgspec.Struct, frozen=True):
    """The looks within one hour of the clock, over all days."""

    hour: int
    looks: int
    without: int
    """Saw no light."""
    misled: int
    """Saw blue and found it full."""


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """How true the lights of one rule were."""

    looks: int
    lights: Mapping[str, int]
    """Looks by what they saw: the four lights, and `none`."""
    rates: Mapping[str, Rate]
    """By the names in `RATES`."""
    hours: tuple[HourLooks, ...]


RATES: Final = (
    "blue_of_full",
    "full_on_arrival",
    "full_at_next_report",
    "announced_30",
    "announced_60",
    "false_alarm",
    "without_light",
)


class Accuracy(msgspec.Struct, frozen=True, kw_only=True):
    """How true a board's lights were, as they were published and by each rule, on the same days."""

    days: tuple[date, ...]
    position: int
    """Of the last record that was read."""
    sites: int
    """That can be judged on some day."""
    outcomes: Mapping[Outcome, int]
    """Days of one site each; what they come to is every day that was looked at."""
    rules: Mapping[str, Figures]
    """Under `PUBLISHED` the lights that the public saw; under other names those of the rules asked for."""


def current_rules(fold: BoardFold, at: datetime) -> SiteRules:
    """Each site's rule in force; of sites that have left, the board's."""
    board = (fold.rules[-1] if fold.rules else DEFAULT_VERSION).rule()
    rules = {site: rule_in_force(fold, state, at).rule() for site, state in fold.sites.items()}
    return lambda site: rules.get(site, board)


def compared_rules(current: SiteRules, back: Lookback) -> dict[str, SiteRules]:
    """The rule in force, and every kind with its defaults.

    What a kind fixes is fixed on the first day, by the usual volumes then; one that cannot be is left out.
    """
    found = {CURRENT: current}
    volumes: dict[str, float] = {}
    for site, days in back.sites.items():
        known = [one.looks.usual for day in back.days if (one := days.get(day)) and one.looks]
        if known and known[0]:
            volumes[site] = known[0]
    for kind in RULES:
        try:
            rule = load_rule({"kind": kind.kind, **kind.fixed(volumes, back.days[0])})
        except Refused:
            continue
        found[kind.kind] = partial(_always, rule)
    return found


def _always(rule: Rule | None, _site: str) -> Rule | None:
    return rule


def measure(back: Lookback, rules: Mapping[str, SiteRules], sites: Container[str] | None = None) -> Accuracy:
    """The figures of these days: of the published lights, and of each rule; of all sites, or of some."""
    sums = {PUBLISHED: _Sums(), **{name: _Sums() for name in rules}}
    outcomes: Counter[Outcome] = Counter()
    judged: set[str] = set()
    for site, days in back.sites.items():
        if sites is not None and site not in sites:
            continue
        for one in days.values():
            day = one.looks
            facts = facts_of(day) if day else None
            if day is None or facts is None or (day.opening and not facts.looks):
                continue
            outcomes[facts.outcome] += 1
            if facts.outcome in JUDGED:
                judged.add(site)
            sums[PUBLISHED].add(day, facts, published_lights(day))
            for name, rule_of in rules.items():
                sums[name].add(day, facts, lights_of(day, rule_of(site)))
    return Accuracy(
        days=back.days,
        position=back.position,
        sites=len(judged),
        outcomes={outcome: outcomes[outcome] for outcome in Outcome},
        rules={name: one.figures() for name, one in sums.items()},
    )


class _Sums:
    """The figures of one rule while days are added."""

    def __init__(self) -> None:
        self._lights: Counter[str] = Counter()
        self._rates = {name: [0, 0, 0, 0] for name in RATES}
        self._hours = [[0, 0, 0] for _ in HOURS]

    def add(self, day: DayLooks, facts: DayFacts, lights: Mapping[str, int]) -> None:
        seen = {light: looks & facts.looks for light, looks in lights.items()}
        for light, looks in seen.items():
            self._lights[light] += looks.bit_count()
        blue, yellow, red = (seen.get(light, 0) for light in (Light.BLUE, Light.YELLOW, Light.RED))
        with_light = blue | yellow | red
        without = seen.get("none", 0)
        filled = facts.outcome in {Outcome.FILLED, Outcome.FILLED_SOMETIME}
        right = red & facts.full | (yellow if filled else yellow & facts.mostly)
        wrong = red & facts.room | (yellow & facts.not_mostly if facts.outcome is Outcome.ROOM else 0)
        alarms = yellow | red
        unknown = ~(facts.full | facts.room)
        self._looks("blue_of_full", blue & facts.full, with_light & facts.full, with_light & unknown)
        self._looks("full_on_arrival", blue & facts.full, blue & ~unknown, blue & unknown)
        reported = facts.next_full | facts.next_room
        self._looks("full_at_next_report", blue & facts.next_full, blue & reported, blue & ~reported)
        self._looks("false_alarm", wrong, blue | right | wrong, alarms & ~(right | wrong))
        self._looks("without_light", without, facts.looks, 0)
        for name, ahead in (("announced_30", 30), ("announced_60", 60)):
            self._announced(name, day, facts, lights, timedelta(minutes=ahead))
        misled = blue & facts.full
        for hour, quarters in zip(self._hours, day.grid.hours, strict=True):
            hour[0] += (facts.looks & quarters).bit_count()
            hour[1] += (without & quarters).bit_count()
            hour[2] += (misled & quarters).bit_count()

    def _looks(self, name: str, hits: int, of: int, unknown: int) -> None:
        self._add(name, hits.bit_count(), of.bit_count(), unknown.bit_count())

    def _announced(
        self, name: str, day: DayLooks, facts: DayFacts, lights: Mapping[str, int], ahead: timedelta
    ) -> None:
        """Whether the last look so long before it filled saw yellow or red: no light is no warning."""
        if facts.filled is None:
            return
        at = day.grid.instants
        first, last = (bisect_left(at, filled - ahead + MOMENT) - 1 for filled in facts.filled)
        possible = span_mask(first, last + 1) if first >= 0 else 0
        warned = (lights.get(Light.YELLOW, 0) | lights.get(Light.RED, 0)) & possible
        beyond = first < 0 or facts.filled[1] - ahead >= at[-1] + timedelta(minutes=QUARTER)
        if beyond or warned not in {0, possible}:
            self._add(name, 0, 0, 1)  # nobody looked then, or it depends on the minute
        else:
            self._add(name, int(warned > 0), 1, 0)

    def _add(self, name: str, hits: int, of: int, unknown: int) -> None:
        rate = self._rates[name]
        for place, number in enumerate((hits, of, unknown, int(of > 0))):
            rate[place] += number

    def figures(self) -> Figures:
        return Figures(
            looks=sum(self._lights.values()),
            lights={str(light): self._lights[light] for light in (*Light, "none")},
            rates={
                name: Rate(hits=hits, of=of, unknown=unknown, days=days)
                for name, (hits, of, unknown, days) in self._rates.items()
            },
            hours=tuple(HourLooks(hour, *numbers) for hour, numbers in zip(HOURS, self._hours, strict=True)),
        )


# --- what follows from them ---------------------------------------------------------------------------------


MISLED_SHARE: Final = 1, 10
"""From one look in ten on that saw blue and found it full, the hour wants a report."""
DARK_SHARE: Final = 1, 3
"""From one look in three on without a light."""


class WorstHour(NamedTuple):
    """The hour at whose beginning one more reporting time would help most."""

    hour: HourLooks
    misled: bool
    """For those who saw blue and found it full; else for those who saw no light."""


def worst_hour(figures: Figures, report_by: Sequence[time]) -> WorstHour | None:
    """First where most looks saw blue and found it full, else where most saw no light; None where few did.

    An hour that has a reporting time already, or less than ten days' looks, is none.
    """
    asked = {wall.hour for wall in report_by}
    least = LEAST_DAYS * (60 // QUARTER)
    hours = [one for one in figures.hours if one.hour not in asked and one.looks >= least]
    for misled, (share, of), number in ((True, MISLED_SHARE, _misled), (False, DARK_SHARE, _without)):
        often = [one for one in hours if number(one) * of >= one.looks * share]
        if often:
            return WorstHour(max(often, key=number), misled)
    return None


def _misled(hour: HourLooks) -> int:
    return hour.misled


def _without(hour: HourLooks) -> int:
    return hour.without
