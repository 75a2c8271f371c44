"""Rows of the file into records."""

import sqlite3
from sys import intern

import msgspec

from trafficlight.domain.coding import decode
from trafficlight.domain.event import Event, Unknown
from trafficlight.domain.record import Record
from trafficlight.ledger.sqlite.file import instant

BODY = "CAST(body AS BLOB)"
"""An event's bytes, in SQL: also of a row that somebody mended by hand, which makes it a text."""


def event_of(body: bytes) -> Event:
    """The event, or `Unknown` where the bytes are none: one bad row must not stop a board."""
    try:
        return decode(body)
    except msgspec.DecodeError:
        return Unknown(raw=body)


def records_between(connection: sqlite3.Connection, after: int, last: int) -> list[Record]:
    """Everything with a sequence number over `after` and up to `last`, in order."""
    found = connection.execute(
        f"SELECT board, position, at, {BODY} FROM events WHERE seq > ? AND seq <= ? ORDER BY seq",  # noqa: S608 -- ours
        (after, last),
    )
    return [
        Record(intern(board), position, instant(at), event_of(body)) for board, position, at, body in found
    ]
