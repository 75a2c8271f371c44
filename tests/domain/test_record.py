"""Records as lines of a ledger export."""

from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.histories import ledgers
from trafficlight.domain import event as e
from trafficlight.domain.record import Record, from_line, stamp, to_line

RECORD = Record(
    board="longkou",
    position=7,
    at=datetime(2022, 12, 24, 0, 10, 0, 123, tzinfo=UTC),
    event=e.Withdrawn(by="desk:li", site="a", report="r1"),
)
LINE = (
    b'{"board":"longkou","position":7,"at":"2022-12-24T00:10:00.000123Z",'
    b'"type":"withdrawn","v":1,"site":"a","report":"r1","by":"desk:li"}'
)


def test_a_record_is_one_line_with_its_place_first() -> None:
    assert to_line(RECORD) == LINE
    assert from_line(LINE) == RECORD


@given(ledgers())
def test_records_survive_their_lines(records: list[Record]) -> None:
    for record in records:
        raw = to_line(record)
        assert from_line(raw) == record
        assert to_line(from_line(raw)) == raw
        assert b"\n" not in raw


@given(st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - bounds
def test_an_instant_is_written_in_one_way_and_in_order(at: datetime) -> None:
    assert len(stamp(at)) == len("2022-12-24T00:10:00.000123Z")
    assert stamp(at) < stamp(at + timedelta(microseconds=1))
    assert stamp(at.astimezone(timezone(timedelta(hours=8)))) == stamp(at)


@pytest.mark.parametrize(
    "event",
    [
        e.SitePlaced(site="a", board="longkou"),
        e.TokenIssued(token="t", digest="d", board="longkou"),
        e.LinkIssued(link="l", digest="d", board="longkou", town="芦头镇"),
    ],
    ids=lambda event: event.type,
)
def test_an_event_about_a_board_is_a_record_of_another(event: e.Event) -> None:
    record = Record(board="_", position=1, at=RECORD.at, event=event)
    assert from_line(to_line(record)) == record
    assert to_line(record).count(b'"board":') == 1


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{}",
        LINE[:-1],
        LINE.replace(b"000123Z", b"000123"),
        LINE.replace(b"000123Z", b"000123+00:00"),
        LINE.replace(b".000123Z", b"Z"),
        LINE.replace(b'"position":7,', b'"position":7, '),
        LINE.replace(b'{"board":"longkou","position":7,', b'{"position":7,"board":"longkou",'),
        LINE.replace(b'"type":"withdrawn",', b""),
        LINE.replace(b":7,", b':"7",'),
        b" " + LINE,
    ],
)
def test_what_was_not_written_by_us_is_no_line(raw: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        from_line(raw)
