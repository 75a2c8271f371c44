"""Reading, on threads and connections of its own: it waits for no writer and holds up none."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from sys import intern
from typing import Concatenate, NamedTuple, ParamSpec, TypeVar

from trafficlight.domain.record import Record
from trafficlight.ledger.archive import LedgerRow
from trafficlight.ledger.base import LedgerUnavailable
from trafficlight.ledger.encoding import event_of, instant
from trafficlight.ledger.sqlite.file import connect_reading, unavailable
from trafficlight.ledger.sqlite.rows import BODY

P = ParamSpec("P")
T = TypeVar("T")

CHUNK = 5_000
"""Records read at once: 25 ms of decoding, and a few MB."""

_THREADS = 2
"""So that a long read holds up no follower."""

_HEADS = """
WITH RECURSIVE names(board) AS (
    SELECT min(board) FROM events
    UNION ALL
    SELECT (SELECT min(board) FROM events WHERE board > names.board) FROM names WHERE names.board IS NOT NULL
)
SELECT board, (SELECT max(position) FROM events WHERE events.board = names.board)
FROM names WHERE board IS NOT NULL
"""
"""Jumps from board to board in the index instead of walking through all events."""


class ReadPlan(NamedTuple):
    """How to read what lies behind a follower's start, up to the sequence number `last`."""

    last: int
    start: int
    """Nothing wanted lies at or before this sequence number."""
    heads: Mapping[str, int]
    """Every board's last position at `last`."""
    lagging: Mapping[str, int]
    """The same, of the boards with something wanted."""
    wanted: int


class SqliteReader:
    """Every answer is of what is committed. Raises `LedgerUnavailable` when the file cannot be read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix=f"ledger-reader:{path.name}")
        self._own = threading.local()
        self._connections: list[sqlite3.Connection] = []

    async def run(
        self, read: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """What `read` says, given a connection and the arguments, in a thread."""

        def work() -> T:
            try:
                return read(self._connection(), *args, **kwargs)
            except sqlite3.Error as error:
                raise unavailable(error) from error

        try:
            begun = self._threads.submit(work)
        except RuntimeError as error:  # the threads were shut down
            raise LedgerUnavailable("the ledger is closed") from error
        return await asyncio.wrap_future(begun)

    def close(self) -> None:
        """Let go of everything once what is being read is read. Blocks."""
        self._threads.shutdown()
        for connection in self._connections:
            connection.close()

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._own, "connection", None)
        if connection is None:
            connection = self._own.connection = connect_reading(self._path)
            self._connections.append(connection)
        return connection


def heads(connection: sqlite3.Connection) -> dict[str, int]:
    """Every board's last position."""
    return dict(connection.execute(_HEADS).fetchall())


def board_records(
    connection: sqlite3.Connection, board: str, after: int, last: int | None, limit: int
) -> list[Record]:
    """Up to `limit` records of the board after that position, up to `last` where given."""
    return [
        Record(board, position, at, event_of(body))
        for _, position, at, body in board_rows(connection, board, after, last, limit)
    ]


def board_rows(
    connection: sqlite3.Connection, board: str, after: int, last: int | None, limit: int
) -> list[LedgerRow]:
    """As `board_records`, undecoded."""
    found = connection.execute(
        f"SELECT position, at, {BODY} FROM events WHERE board = ? AND position > ? AND position <= ?"  # noqa: S608 -- ours
        " ORDER BY position LIMIT ?",
        (board, after, (1 << 62) if last is None else last, limit),
    )
    return [LedgerRow(board, position, instant(at), body) for position, at, body in found]


def scan(
    connection: sqlite3.Connection, cursor: int, last: int, after: Mapping[str, int]
) -> tuple[int, Sequence[Record]]:
    """The next records in order of writing, without those at or before `after`; where to go on from."""
    found = connection.execute(
        f"SELECT seq, board, position, at, {BODY} FROM events"  # noqa: S608 -- ours
        " WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?",
        (cursor, last, CHUNK),
    ).fetchall()
    records = [
        Record(intern(board), position, instant(at), event_of(body))
        for _, board, position, at, body in found
        if position > after.get(board, 0)
    ]
    return (found[-1][0] if found else last), records


def plan(connection: sqlite3.Connection, after: Mapping[str, int]) -> ReadPlan:
    """What lies behind the positions `after`, at this moment."""
    connection.execute("BEGIN")  # one moment for all of the questions
    try:
        last = connection.execute("SELECT max(seq) FROM events").fetchone()[0] or 0
        found = heads(connection)
        lagging = {board: head for board, head in found.items() if head > after.get(board, 0)}
        firsts = (
            connection.execute(
                "SELECT seq FROM events WHERE board = ? AND position > ? ORDER BY position LIMIT 1",
                (board, after.get(board, 0)),
            ).fetchone()[0]
            for board in lagging
        )
        start = min(firsts, default=last + 1) - 1
        wanted = sum(head - after.get(board, 0) for board, head in lagging.items())
        return ReadPlan(last, start, found, lagging, wanted)
    finally:
        connection.execute("COMMIT")
