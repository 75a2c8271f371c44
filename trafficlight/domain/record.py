"""A record: an event where it stands in the ledger; and how events and records are written.

An event is a compact JSON object. One that an older program wrote is brought up to date when it is read.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from trafficlight.domain.event import EVENTS, Event, Unknown


class Record(msgspec.Struct, frozen=True, gc=False):
    """`event` is the `position`-th one of `board`, appended at `at` (UTC, whole microseconds)."""

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


Upgrade = Callable[[dict[str, Any]], dict[str, Any]]

UPGRADES: Mapping[tuple[str, int], Upgrade] = {}
"""(type, version) → the step from that version's fields to the next one's."""


class _EventHead(msgspec.Struct, gc=False):
    type: str
    v: int


_head = msgspec.json.Decoder(_EventHead)
_encoder = msgspec.json.Encoder(order="deterministic")
_decoders = {event.type: (event.v, msgspec.json.Decoder(event)) for event in EVENTS}


def encode(event: Event) -> bytes:
    """The event as one compact JSON object, `type` and `v` first; the same event gives the same bytes."""
    if isinstance(event, Unknown):
        return event.raw
    try:
        fields = _encoder.encode(event)
    except TypeError:  # keys that are dates (special days): the encoder sorts none but texts
        fields = msgspec.json.encode(msgspec.to_builtins(event, str_keys=True, order="deterministic"))
    head = b'{"type":"%s","v":%d' % (event.type.encode(), event.v)
    return head + (b"}" if fields == b"{}" else b"," + fields[1:])


def decode(raw: bytes, upgrades: Mapping[tuple[str, int], Upgrade] = UPGRADES) -> Event:
    """The event that `encode` wrote, also one written by an older program; `Unknown` for other types.

    Raises `msgspec.DecodeError` for bytes that are no event at all.
    """
    head = _head.decode(raw)
    version, decoder = _decoders.get(head.type, (None, None))
    if decoder is None or version is None or head.v > version:
        return Unknown(raw=raw)
    if head.v == version:
        return decoder.decode(raw)
    fields = msgspec.json.decode(raw)
    for v in range(head.v, version):
        step = upgrades.get((head.type, v))
        if step is None:
            return Unknown(raw=raw)
        fields = step(fields)
    return msgspec.convert(fields, decoder.type)
