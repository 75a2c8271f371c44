"""How events, instants, keys and boards' names are stored: the same in every ledger."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b

import msgspec

from trafficlight.domain.event import Event, Unknown
from trafficlight.domain.record import decode, encode

DIGEST_BYTES = 16
"""Of a sum or a key's digest. 128 bits rule out accidents; whoever can write the store is not kept out."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(at: datetime) -> int:
    """The instant as it is stored: whole microseconds since 1970."""
    since = at - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def instant(at: int) -> datetime:
    """The instant of `micros`; 1970 for what is none: one bad row must not stop a board."""
    try:
        return _EPOCH + timedelta(microseconds=at)
    except (OverflowError, TypeError):
        return _EPOCH


def digest(name: str) -> bytes:
    """A key's name as it is stored: of one size, and storable whatever a stranger's client put into it."""
    return blake2b(name.encode(errors="surrogatepass"), digest_size=DIGEST_BYTES).digest()


def event_of(body: bytes) -> Event:
    """The event, or `Unknown` where the bytes are none: one bad row must not stop a board."""
    try:
        return decode(body)
    except msgspec.DecodeError:
        return Unknown(raw=body)


@lru_cache(maxsize=4096)
def check_board(board: str) -> None:
    """`ValueError` for a board whose name would not stand in an export line as it is."""
    if msgspec.json.encode(board) != b'"%s"' % board.encode():
        raise ValueError(f"no name for a board: {board!r}")


def encoded(events: Sequence[Event]) -> tuple[list[bytes], list[Event]]:
    """The events as bytes, and as they will be read from them; `ValueError` for what could not be."""
    if not events:
        raise ValueError("nothing to append")
    bodies = [encode(event) for event in events]
    read_back = [decode(body) for body in bodies]
    if any(type(event) is Unknown for event in read_back):
        raise ValueError("an unknown event cannot be appended")
    return bodies, read_back
