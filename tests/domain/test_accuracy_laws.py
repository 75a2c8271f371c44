"""Laws of how true the lights were: the figures add up, and a rule that knows everything is never wrong."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from functools import partial
from random import Random
from typing import Any, ClassVar

import msgspec
import pytest
from hypothesis import given, settings

from tests.domain.histories import ledgers
from tests.domain.story import Story, day
from tests.domain.test_accuracy import CAPACITY, TEN_HOURS, accuracy
from trafficlight.domain import event as e
from trafficlight.domain.accuracy import (
    RATES,
    Rate,
    compared_rules,
    current_rules,
    measure,
)
from trafficlight.domain.light import Light
from trafficlight.domain.lookback import look_back
from trafficlight.domain.looks import Outcome, grid_of
from trafficlight.domain.record import Record
from trafficlight.domain.replay import Replay, fold_all
from trafficlight.domain.rules import Load
from trafficlight.domain.sentence import Sentence

# --- laws ---------------------------------------------------------------------------------------------------


@settings(max_examples=150)
@given(records=ledgers())
def test_looks_see_what_the_judge_says_at_their_instants(records: list[Record]) -> None:
    """The oracle: the board as it stood at each look, asked one by one."""
    board = next((one.event.board for one in records if isinstance(one.event, e.BoardPut)), None)
    if board is None or any(isinstance(one.event, e.BoardPut) for one in records[1:]):
        return
    back = look_back(board, records, 9, records[-1].at)
    for site, days in back.sites.items():
        for one in days.values():
            if one.looks is None:
                continue
            expected = lights_at(records, site, one.looks.grid.instants)
            for run in one.looks.runs:
                assert {expected[look] for look in range(run.first, run.end)} == {run.light}


def lights_at(records: Sequence[Record], site: str, instants: Sequence[datetime]) -> dict[int, Light | None]:
    """What the page showed at each of the instants at which the site was on the board as it stood."""
    replay, done = Replay(records[0].board), 0
    found: dict[int, Light | None] = {}
    for look, at in enumerate(instants):
        while done < len(records) and records[done].at <= at:
            replay.apply(records[done])
            done += 1
        judged = replay.judged(site, at)
        if judged:
            found[look] = judged.light
    return found


@settings(max_examples=150)
@given(records=ledgers())
def test_what_is_counted_adds_up(records: list[Record]) -> None:
    board = next((one.event.board for one in records if isinstance(one.event, e.BoardPut)), None)
    if board is None:
        return
    back = look_back(board, records, 9, records[-1].at)
    fold = fold_all(board.slug, records)
    assert fold is not None
    found = measure(back, compared_rules(current_rules(fold, records[-1].at), back))
    days = sum(found.outcomes.values())
    looks = {figures.looks for figures in found.rules.values()}
    assert len(looks) == 1, "every rule is asked about the same looks"
    for figures in found.rules.values():
        assert sum(one.looks for one in figures.hours) == figures.looks == sum(figures.lights.values())
        assert sum(one.without for one in figures.hours) == figures.lights["none"]
        assert sum(one.misled for one in figures.hours) == figures.rates["blue_of_full"].hits
        assert set(figures.rates) == set(RATES)
        lit = sum(figures.lights[light] for light in ("blue", "yellow", "red"))
        blue = figures.lights["blue"]
        for name in ("full_on_arrival", "full_at_next_report"):
            assert figures.rates[name].of + figures.rates[name].unknown == blue
        assert figures.rates["false_alarm"].of + figures.rates["false_alarm"].unknown == lit
        for name in ("announced_30", "announced_60"):
            rate = figures.rates[name]
            filled = found.outcomes[Outcome.FILLED] + found.outcomes[Outcome.FILLED_SOMETIME]
            assert rate.of + rate.unknown == filled
        for rate in figures.rates.values():
            assert 0 <= rate.hits <= rate.of
            assert rate.days <= days
            assert (rate.of > 0) == (rate.days > 0)


class Knowing(msgspec.Struct, frozen=True):
    """A rule that knows all arrivals of the day: it is never wrong."""

    kind: ClassVar[str] = "knowing"
    label: ClassVar[Sentence] = Sentence("")
    arrivals: tuple[datetime, ...]
    close: datetime

    def light(self, load: Load, at: datetime) -> Light:
        come = bisect_right(self.arrivals, min(at + timedelta(minutes=45), self.close))
        if come >= load.capacity:
            return Light.RED
        if 10 * come >= 7 * load.capacity or len(self.arrivals) >= load.capacity:
            return Light.YELLOW
        return Light.BLUE

    def crossings(self, _load: Load, after: datetime, until: datetime) -> list[datetime]:
        instants = [one - timedelta(minutes=45) for one in self.arrivals]
        return sorted({one for one in instants if after < one <= until})


class Always(msgspec.Struct, frozen=True):
    """A rule that says one thing."""

    colour: Light

    def light(self, _load: Load, _at: datetime) -> Light:
        return self.colour

    def crossings(self, _load: Load, _after: datetime, _until: datetime) -> tuple[datetime, ...]:
        return ()


def always(rule: Any, _site: str) -> Any:
    return rule


@pytest.mark.parametrize("seed", range(12))
def test_a_rule_that_knows_everything_is_never_wrong(seed: int) -> None:
    """Each arrival is reported when it comes; others are wrong where they must be."""
    rng, story = Random(seed), Story(site=TEN_HOURS, valid_hours=24)
    opens, close = story.wall("24 08:00"), story.wall("24 18:00")
    minutes = sorted(rng.sample(range(90, 600), rng.choice((5, 13, 19, 20, 21, 60, 120))))
    arrivals = [opens + timedelta(minutes=minute) for minute in minutes]
    story.report(opens, 0)
    for number, at in enumerate(arrivals, 1):
        story.report(at, number)
    if len(arrivals) < CAPACITY:
        story.report(close, len(arrivals))
    back = look_back(story.board, story.records, 1, story.wall("25 07:00"))
    rules: dict[str, Any] = {
        "knowing": Knowing(tuple(arrivals), close),
        **{str(light): Always(light) for light in (Light.BLUE, Light.RED)},
    }
    found = measure(back, {name: partial(always, rule) for name, rule in rules.items()})
    filled = len(arrivals) >= CAPACITY
    assert found.outcomes[Outcome.FILLED if filled else Outcome.ROOM] == 1
    knowing = found.rules["knowing"].rates
    assert [knowing[name].hits for name in ("blue_of_full", "full_on_arrival", "false_alarm")] == [0, 0, 0]
    assert knowing["announced_30"] == knowing["announced_60"] == Rate(hits=filled, of=filled, days=filled)
    blue, red = found.rules["blue"].rates, found.rules["red"].rates
    assert blue["blue_of_full"].hits == blue["blue_of_full"].of
    assert (blue["blue_of_full"].of > 0) == filled
    assert blue["false_alarm"].hits == blue["announced_30"].hits == 0
    assert red["announced_60"].hits == filled
    looks = [at for at in grid_of(day("24"), time(0), "Asia/Shanghai").instants if opens <= at < close]
    found_on_arrival = [bisect_right(arrivals, min(at + timedelta(minutes=45), close)) for at in looks]
    assert red["false_alarm"].hits == len([come for come in found_on_arrival if come < CAPACITY])


def surge(seed: int, sites: int = 12, days: int = 10) -> Story:
    """Sites that fill on most days, evenly in the course of the day; they report at nine and at two."""
    rng, story = Random(seed), Story()
    for site in range(sites):
        story.put("2022-11-01 00:00", f"s{site}", **TEN_HOURS)
    for back in range(days):
        date_ = day("24") - timedelta(days=days - 1 - back)
        told: list[tuple[float, str, int]] = []
        for site in range(sites):
            come = rng.randrange(10, 60)
            minutes = sorted(rng.uniform(0, 600) for _ in range(come))
            told += [
                (at, f"s{site}", bisect_left(minutes, at))
                for at in (60 + rng.uniform(-10, 20), 360 + rng.uniform(-10, 20))
            ]
        for at, name, count in sorted(told):
            story.report(story.wall(f"{date_:%d} 08:00") + timedelta(minutes=at), count, site=name)
    return story


def test_in_a_surge_the_pace_of_the_day_warns_where_its_share_does_not() -> None:
    story = surge(7)
    found = accuracy(story, number=10).rules
    pace, share = found["pace"].rates, found["share"].rates
    assert pace["blue_of_full"].ratio is not None
    assert share["blue_of_full"].ratio is not None
    assert pace["blue_of_full"].ratio < 0.1 < share["blue_of_full"].ratio
    assert (pace["announced_30"].ratio or 0) > 0.7
    assert (share["announced_30"].ratio or 0) < 0.3
    assert all((one["false_alarm"].ratio or 0) < 0.1 for one in (pace, share))
