"""Rows of the file into records."""

import sqlite3
from sys import intern

from trafficlight.domain.record import Record
from trafficlight.ledger.encoding import event_of, instant

BODY = "CAST(body AS BLOB)"
"""An event's bytes, in SQL: also of a row that somebody mended by hand, which makes it a text."""


def records_between(connection: sqlite3.Connection, after: int, last: int) -> list[Record]:
    """Everything with a sequence number over `after` and up to `last`, in order."""
    found = connection.execute(
        f"SELECT board, position, at, {BODY} FROM events WHERE seq > ? AND seq <= ? ORDER BY seq",  # noqa: S608 -- ours
        (after, last),
    )
    return [
        Record(intern(board), position, instant(at), event_of(body)) for board, position, at, body in found
    ]
