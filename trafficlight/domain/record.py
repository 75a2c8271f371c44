"""A record: an event where it stands in the ledger."""

from datetime import UTC, datetime

import msgspec

from trafficlight.domain.coding import decode, encode
from trafficlight.domain.event import Event


class Record(msgspec.Struct, frozen=True, gc=False):
    """`event` is the `position`-th fact of `board`, kept since `at` (UTC, whole microseconds)."""

    board: str
    position: int
    at: datetime
    event: Event


class _Line(msgspec.Struct):
    board: str
    position: int
    at: datetime


_line = msgspec.json.Decoder(_Line)


def stamp(at: datetime) -> str:
    """The instant as it is written everywhere: `2022-12-24T00:10:00.000123Z`, always of the same length."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def line(board: str, position: int, at: datetime, body: bytes) -> bytes:
    """The record as a line of `ledger export`, without the newline; `body` is the encoded event."""
    return b'{"board":"%s","position":%d,"at":"%s",%s' % (
        board.encode(),
        position,
        stamp(at).encode(),
        body[1:],
    )


def to_line(record: Record) -> bytes:
    """The record as a line of `ledger export`, without the newline."""
    return line(record.board, record.position, record.at, encode(record.event))


def from_line(raw: bytes) -> Record:
    """The record that `to_line` wrote; `msgspec.DecodeError` where it is none."""
    head = _line.decode(raw)
    prefix = line(head.board, head.position, head.at, b"{")
    if not raw.startswith(prefix):
        message = "not a line of a ledger export"
        raise msgspec.DecodeError(message)
    return Record(
        board=head.board, position=head.position, at=head.at, event=decode(b"{" + raw[len(prefix) :])
    )
