from datetime import timedelta

import msgspec
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.domain.histories import SLUG, Tape, folded, ledgers, moved
from trafficlight.domain import event as e
from trafficlight.domain.board import Board
from trafficlight.domain.fold import apply
from trafficlight.domain.judge import judge
from trafficlight.domain.record import Record
from trafficlight.domain.replay import Replay, fold_all
from trafficlight.domain.state import BoardFold, Mark, SiteState
from trafficlight.domain.tally import USUAL_DAYS

tapes = st.lists(st.binary(min_size=4, max_size=4), min_size=3, max_size=6)
NOTHING = e.Unknown(raw=b'{"type":"nothing","v":1}')


def visible(state: SiteState) -> tuple[object, ...]:
    """What of a site anybody may ever see, but for who spoke last and when."""
    return (
        state.tallies[-USUAL_DAYS:],
        state.cross,
        None if state.override_over else state.override,
        state.rules,
        state.site,
    )


@given(ledgers())
@settings(max_examples=300)
def test_the_fold_is_a_function_of_the_records(records: list[Record]) -> None:
    assert folded(records) == fold_all(SLUG, records)
    assert folded(records[:-1]) == fold_all(SLUG, records[:-1])


@given(st.data(), ledgers(), ledgers())
@settings(max_examples=300)
def test_no_order_of_events_breaks_the_fold(
    data: st.DataObject, records: list[Record], others: list[Record]
) -> None:
    """Events of two ledgers in any order; what makes no sense where it stands is counted."""
    events = data.draw(st.permutations([record.event for record in (*records, *others)]))
    replay = Replay(SLUG)
    taken: list[Record] = []
    for position, event in enumerate(events, 1):
        at = records[min(position, len(records)) - 1].at
        before = replay.ignored
        taken.append(Record(board=SLUG, position=position, at=at, event=event))
        replay.apply(taken[-1])
        assert replay.ignored - before in {0, 1}
        assert replay.position == position
        assert replay.fold is None or replay.fold.at == at
    fold = replay.fold
    assert fold is not None
    for site in fold.sites.values():
        assert judge(fold, site, fold.at).reason


@given(st.data(), ledgers(), ledgers())
@settings(max_examples=300)
def test_what_stands_before_the_board_was_put_changes_nothing(
    data: st.DataObject, records: list[Record], others: list[Record]
) -> None:
    early = data.draw(
        st.permutations([one.event for one in (*records, *others) if not isinstance(one.event, e.BoardPut)])
    )
    board = e.BoardPut(board=Board(slug="another", name="别处"))
    events = [*early, board, *(record.event for record in records)]
    late = [
        Record(board=SLUG, position=position, at=records[0].at, event=event)
        for position, event in enumerate(events, 1)
    ]
    fold, alone = fold_all(SLUG, late), fold_all(SLUG, late[len(early) + 1 :])
    assert fold is not None
    assert alone is not None
    assert fold.ignored == alone.ignored + len(early) + 1
    assert msgspec.structs.replace(fold, ignored=0) == msgspec.structs.replace(alone, ignored=0)


@given(ledgers())
@settings(max_examples=500)
def test_nothing_told_of_a_site_changes_without_a_mark(records: list[Record]) -> None:
    """What was decided of a site is kept until its mark or the board's moves."""
    fold = folded(records[:1])
    for record in records[1:]:
        before = {site: judge(fold, state, record.at) for site, state in fold.sites.items()}
        apply(fold, record)
        mark = Mark(position=record.position, at=record.at)
        for site, state in fold.sites.items():
            now, then = judge(fold, state, record.at), before.get(site)
            if then is None:
                assert state.touched == state.light_changed == fold.shape == mark
            elif now != then:
                assert mark in {state.touched, fold.header}
                if (now.light, now.reason) != (then.light, then.reason):
                    assert state.light_changed == mark


@given(ledgers(), st.integers(1, 30))
@settings(max_examples=300)
def test_snapshots_lose_nothing(records: list[Record], cut: int) -> None:
    """Folding on from a snapshot gives what folding all from the beginning gives."""
    fold = folded(records[:cut])
    restored = msgspec.msgpack.decode(msgspec.msgpack.encode(fold), type=BoardFold)
    assert restored == fold
    for record in records[cut:]:
        apply(restored, record)
    assert restored == folded(records)
    assert msgspec.msgpack.encode(restored) == msgspec.msgpack.encode(folded(records))


@given(st.data(), ledgers(upheaval=False))
@settings(max_examples=800)
def test_a_report_taken_back_is_as_if_it_had_never_been_made(
    data: st.DataObject, records: list[Record]
) -> None:
    """Counts, capacity, closure, override, and the lights of the days since, whatever came after."""
    made = [record for record in records if isinstance(record.event, e.Reported)]
    assume(made)
    record = data.draw(st.sampled_from(made))
    assert isinstance(record.event, e.Reported)
    back = e.Withdrawn(site=record.event.site, report=record.event.id)
    end = Record(board=SLUG, position=len(records) + 1, at=max(records[-1].at, record.at), event=back)
    assume(end.at - record.at <= timedelta(days=7))
    others = [moved(one, NOTHING) if one is record or one.event == back else one for one in records]
    taken, never = folded([*records, end]), folded([*others, moved(end, NOTHING)])
    for site, state in taken.sites.items():
        assert visible(state) == visible(never.sites[site])
        at = end.at
        for tape in map(Tape, data.draw(tapes)):
            assert judge(taken, state, at) == judge(never, never.sites[site], at)
            at = tape.instant(at, "Asia/Shanghai")
