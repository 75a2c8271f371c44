"""Rows of the file into records."""

import sqlite3
from sys import intern

import msgspec

from trafficlight.domain.event import Event, Unknown, decode
from trafficlight.domain.record import Record
from trafficlight.ledger.sqlite.file import instant


def event_of(body: bytes) -> Event:
    """The event, or `Unknown` where the bytes are none: one bad row must not stop a board."""
    try:
        return decode(body)
    except msgspec.DecodeError:
        return Unknown(raw=body)


def records_between(connection: sqlite3.Connection, after: int, last: int) -> list[Record]:
    """Everything with a sequence number over `after` and up to `last`, in order."""
    found = connection.execute(
        "SELECT board, position, at, body FROM events WHERE seq > ? AND seq <= ? ORDER BY seq", (after, last)
    )
    return [
        Record(intern(board), position, instant(at), event_of(body)) for board, position, at, body in found
    ]
