"""Events as they are kept: the same fact is the same bytes, and old ledgers stay readable."""

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import inspect

from trafficlight.domain import event as e
from trafficlight.domain import record as coding
from trafficlight.domain.board import Board, Site
from trafficlight.domain.event import EVENTS, Event, Unknown
from trafficlight.domain.phone import Phone
from trafficlight.domain.record import decode, encode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

words = st.text(max_size=20)
instants = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
numbers = st.integers(-(2**63), 2**63)
reals = st.floats(allow_nan=False, allow_infinity=False)
anything = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | reals | words,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(words, inner, max_size=2),
    max_leaves=4,
)
PLAIN: dict[type[inspect.Type], st.SearchStrategy[Any]] = {
    inspect.NoneType: st.none(),
    inspect.StrType: words,
    inspect.IntType: numbers,
    inspect.BoolType: st.booleans(),
    inspect.FloatType: reals,
    inspect.DateType: st.dates(),
    inspect.DateTimeType: instants,
    inspect.TimeType: st.times(),
    inspect.AnyType: anything,
}


def values(of: inspect.Type) -> st.SearchStrategy[Any]:
    """Any value of a field's type, as far as events use types."""
    match of:
        case inspect.UnionType(types=types):
            return st.one_of([values(one) for one in types])
        case inspect.StructType(cls=cls, fields=fields):
            return st.fixed_dictionaries({field.name: values(field.type) for field in fields}).map(
                lambda drawn: cls(**drawn)
            )
        case inspect.EnumType(cls=cls):
            return st.sampled_from(list(cls))
        case inspect.DictType(key_type=key, value_type=value):
            return st.dictionaries(values(key), values(value), max_size=3)
        case inspect.VarTupleType(item_type=item):
            return st.lists(values(item), max_size=3).map(tuple)
        case _:
            return PLAIN[type(of)]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
@given(st.data())
@settings(max_examples=50)
def test_every_event_survives_its_bytes(event: type[Event], data: st.DataObject) -> None:
    fact = data.draw(values(inspect.type_info(event)))
    raw = encode(fact)
    assert decode(raw) == fact
    assert encode(decode(raw)) == raw
    assert raw.startswith(b'{"type":"%s","v":%d' % (event.type.encode(), event.v))


def test_every_event_has_its_row_and_a_type_of_its_own() -> None:
    facts = {one for one in Event.__subclasses__() if one is not Unknown}
    assert facts == set(EVENTS)
    assert len({event.type for event in EVENTS}) == len(EVENTS)
    assert Unknown.type not in {event.type for event in EVENTS}


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
def test_no_field_is_kept_under_a_name_that_the_records_line_has(event: type[Event]) -> None:
    """Two keys of one name in a line are one too many: whoever reads it is told only the second."""
    assert not {"board", "position", "at", "type", "v"} & set(event.__struct_encode_fields__)


def test_an_event_is_compact_and_leaves_out_what_was_not_said() -> None:
    fact = e.Reported(by="token:t", id="r1", site="a", service_day=date(2022, 12, 24), patients=0)
    assert encode(fact) == (
        b'{"type":"reported","v":1,"id":"r1","site":"a","service_day":"2022-12-24","patients":0,"by":"token:t"}'
    )


def test_the_same_fact_is_the_same_bytes_whatever_the_order_it_was_put_together_in() -> None:
    rules = ({"kind": "share", "yellow": 0.5}, {"yellow": 0.5, "kind": "share"})
    assert len({encode(e.RuleSet(rule=rule)) for rule in rules}) == 1


def test_settings_with_special_days_and_phones_survive() -> None:
    site = Site(
        id="a",
        name="龙口市人民医院",
        phones=(Phone(number="8511034"),),
        special_days={date(2023, 1, 22): "休息"},
        lat=37.64,
        lon=120.5,
    )
    board = Board(slug="longkou", name="龙口市", cut_off=time(4), special_days={date(2023, 1, 22): "休息"})
    for fact in (e.SitePut(site=site), e.BoardPut(board=board)):
        assert decode(encode(fact)) == fact


# --- other versions -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "raw",
    [
        b'{"type":"moon_landed","v":1,"by":"x"}',
        b'{"type":"reported","v":2,"id":7}',
        b'{"type":"reported","v":99999999999999}',
        b'{"type":"reported","v":0}',
        b'{"type":"reported","v":-99999999999999}',
        b'{"type":"unknown","v":1}',
        b'{"type":"","v":1}',
    ],
)
def test_what_this_program_does_not_know_is_kept_as_it_is(raw: bytes) -> None:
    assert decode(raw) == Unknown(raw=raw)
    assert encode(decode(raw)) == raw


def test_an_old_event_is_read_through_every_step_since() -> None:
    """As if `withdrawn` were now of version 3: its report was once called `id`, and the site was a number."""

    class Withdrawn(e.Withdrawn, frozen=True):
        v = 3

    def named(fields: dict[str, Any]) -> dict[str, Any]:
        return {**fields, "report": fields["id"]}

    def spelled(fields: dict[str, Any]) -> dict[str, Any]:
        return {**fields, "site": f"site-{fields['site']}"}

    upgrades: Mapping[tuple[str, int], Callable[[dict[str, Any]], dict[str, Any]]] = {
        ("withdrawn", 1): named,
        ("withdrawn", 2): spelled,
    }
    known = {"withdrawn": (3, msgspec.json.Decoder(Withdrawn))}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(coding, "_decoders", known)
        first = decode(b'{"type":"withdrawn","v":1,"site":7,"id":"r1"}', upgrades)
        second = decode(b'{"type":"withdrawn","v":2,"site":7,"report":"r1"}', upgrades)
        gap = decode(b'{"type":"withdrawn","v":1,"site":7,"id":"r1"}', {("withdrawn", 2): spelled})
        now = decode(b'{"type":"withdrawn","v":3,"site":"site-7","report":"r1"}', upgrades)
    assert first == second == now == Withdrawn(site="site-7", report="r1")
    assert isinstance(gap, Unknown)


def test_an_upgraded_event_may_hold_days_as_keys() -> None:
    class BoardPut(e.BoardPut, frozen=True):
        v = 2

    board = Board(slug="longkou", name="龙口市", special_days={date(2023, 1, 22): "休息"}, cut_off=time(4))
    raw = encode(e.BoardPut(board=board))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(coding, "_decoders", {"board_put": (2, msgspec.json.Decoder(BoardPut))})
        assert decode(raw, {("board_put", 1): dict}) == BoardPut(board=board)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"type":"reported"}',
        b'{"v":1}',
        b'{"type":"reported","v":"1"}',
        b'{"type":"reported","v":true}',
        b'{"type":"reported","v":1.5}',
        b'{"type":"reported","v":1}',
        b'{"type":"reported","v":1,"id":"r","site":"a","service_day":"2022-13-01"}',
        b'{"type":"overridden","v":1,"site":"a","light":"green"}',
        b'{"type":"reported","v":1',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_bytes_that_are_no_event_are_said_to_be_none(raw: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode(raw)
