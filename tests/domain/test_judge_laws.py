from collections.abc import Mapping, Sequence
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.clock import Clock
from tests.domain.histories import MOMENT, Tape, folded, ledgers
from trafficlight.domain import day, hours
from trafficlight.domain import state as states
from trafficlight.domain.headline import headline
from trafficlight.domain.judge import judge, today_at
from trafficlight.domain.light import Light, Reason
from trafficlight.domain.record import Record
from trafficlight.domain.state import BoardFold, Judged

tapes = st.lists(st.binary(min_size=4, max_size=4), min_size=3, max_size=6)
LIT = {Reason.RULE, Reason.FULL, Reason.OVERRIDE, Reason.STAFF_INFECTED, Reason.PAUSED}


def judge_all(fold: BoardFold, at: datetime) -> Mapping[str, Judged]:
    return {site: judge(fold, state, at) for site, state in fold.sites.items()}


def test_a_judgement_stands_from_since_until_until() -> None:
    """The publisher rests on this: between two boundaries nothing told of a site changes by itself."""
    stands()


def test_a_light_that_changes_by_itself_stands_until_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """By a rule whose light depends on the instant, on when the count was true and on the day's opening."""
    for minutes in (1, 240):
        monkeypatch.setattr(states, "DEFAULT_RULE", Clock(minutes=minutes))
        stands()


@given(ledgers(), tapes)
@settings(max_examples=1000)
def stands(records: list[Record], tapes: Sequence[bytes]) -> None:
    fold = folded(records)
    for state in fold.sites.values():
        at = fold.at
        for tape in map(Tape, tapes):
            judged = judge(fold, state, at)
            assert judged.since <= at < judged.until
            first, last = max(judged.since, fold.at), judged.until - MOMENT
            between = min(last, first + tape.of(range(256)) / 256 * (judged.until - first))
            for other in (first, between, last):
                assert judge(fold, state, other) == judged
            assert judge(fold, state, judged.until).since == judged.until
            at = tape.instant(judged.until, fold.board.zone)


@given(ledgers(), tapes)
@settings(max_examples=300)
def test_what_is_kept_at_hand_changes_no_judgement(records: list[Record], tapes: Sequence[bytes]) -> None:
    """Days and openings found last are used again; in whatever order they are asked for, it does not show."""
    fold = folded(records)
    instants = [fold.at]
    for tape in map(Tape, tapes):
        instants.append(tape.instant(instants[-1], fold.board.zone))
    asked = [(state, at) for at in (*reversed(instants), *instants) for state in fold.sites.values()]
    found = [judge(fold, state, at) for state, at in asked]
    with pytest.MonkeyPatch.context() as patch:
        for module, name in ((day, "_latest"), (hours, "_latest"), (hours, "_read_last")):
            patch.setattr(module, name, {})
        for module, name in ((day, "_MOST_SETTINGS"), (hours, "_MOST_CACHED")):
            patch.setattr(module, name, 1)
        assert found == [judge(fold, state, at) for state, at in asked]


@given(ledgers(), tapes)
@settings(max_examples=500)
def test_a_headline_stands_until_a_sites_or_the_boards_next_boundary(
    records: list[Record], tapes: Sequence[bytes]
) -> None:
    fold = folded(records)
    at = fold.at
    for tape in map(Tape, tapes):
        judged = judge_all(fold, at)
        told = headline(fold, judged, at)
        turns = [turn for turn in today_at(fold.board, at).boundaries if turn > at]
        until = min([*turns, *(one.until for one in judged.values())])
        for other in (min(until - MOMENT, at + tape.of(range(256)) / 256 * (until - at)), until - MOMENT):
            assert headline(fold, judge_all(fold, other), other) == told
        at = tape.instant(until, fold.board.zone)


@given(ledgers(), tapes)
@settings(max_examples=300)
def test_a_light_has_a_reason_for_one_and_an_end_ahead(records: list[Record], tapes: Sequence[bytes]) -> None:
    fold = folded(records)
    for state in fold.sites.values():
        at = fold.at
        for tape in map(Tape, tapes):
            judged = judge(fold, state, at)
            assert (judged.light is not None) == (judged.reason in LIT)
            assert at < judged.until <= judged.valid_until
            assert judged.last is None or judged.light is None
            if judged.reason in {Reason.RULE, Reason.FULL}:
                assert judged.light is not Light.CROSS
                assert judged.valid_until <= today_at(fold.board, at).end
            at = tape.instant(at, fold.board.zone)
