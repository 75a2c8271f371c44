"""Reading, on threads and connections of its own, and following: it waits for no writer and holds up none."""

import asyncio
import sqlite3
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from sys import intern
from typing import Concatenate, Final, NamedTuple, ParamSpec, TypeVar

import msgspec

from trafficlight.domain.record import Record
from trafficlight.ledger.base import LedgerUnavailable
from trafficlight.ledger.encoding import event_of, instant
from trafficlight.ledger.sqlite.file import (
    BODY,
    as_it_was,
    connect_only_reading,
    connect_reading,
    unavailable,
)
from trafficlight.ledger.store import LedgerRow, UsedKey

P = ParamSpec("P")
T = TypeVar("T")

CHUNK: Final = 5_000
"""Records read at once: 25 ms of decoding, and a few MB."""

_THREADS: Final = 2
"""So that a long read holds up no follower."""

_HEADS: Final = """
WITH RECURSIVE names(board) AS (
    SELECT min(board) FROM events
    UNION ALL
    SELECT (SELECT min(board) FROM events WHERE board > names.board) FROM names WHERE names.board IS NOT NULL
)
SELECT board, (SELECT max(position) FROM events WHERE events.board = names.board)
FROM names WHERE board IS NOT NULL
"""
"""Jumps from board to board in the index instead of walking through all events."""

_REMEMBERED: Final = 8_192
"""Records kept in memory for followers, a few MB; who is further behind reads the file."""

_SPARSE: Final = 4
"""Reading board by board costs a search a row: worth it when fewer than one row in so many is wanted."""


class Batch(NamedTuple):
    """Everything with a sequence number over `after` and up to `last`; without records it is to be read."""

    after: int
    last: int
    records: Sequence[Record] | None


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

    def __init__(self, path: Path, *, only_read: bool = False) -> None:
        self._path = path
        self._only_read = only_read
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

        def work_alone() -> T:
            try:
                while True:
                    connection, before = connect_only_reading(self._path), as_it_was(self._path)
                    try:
                        found = read(connection, *args, **kwargs)
                    finally:
                        connection.close()
                    if before[-1] or as_it_was(self._path) == before:
                        return found
            except (sqlite3.Error, OSError) as error:
                raise unavailable(error, self._path) from error

        try:
            begun = self._threads.submit(work_alone if self._only_read else work)
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


class _BatchNode:
    """A batch, and the one after it once that has come. Forgotten ones have neither."""

    __slots__ = ("last", "next", "records")

    def __init__(self, last: int, records: Sequence[Record] | None) -> None:
        self.last = last
        self.records = records
        self.next: _BatchNode | None = None


class SqliteFollowers:
    """What the followers share: the latest batches, once, however many follow."""

    def __init__(self, reader: SqliteReader) -> None:
        self._reader = reader
        self._tail = _BatchNode(0, ())
        self._nodes: deque[_BatchNode] = deque()
        self._remembered = 0
        self._waiting: set[asyncio.Future[None]] = set()
        self._closed = False

    def begin_at(self, last: int) -> None:
        """Batches begin after this sequence number."""
        self._tail = _BatchNode(last, ())

    def announce(self, batch: Batch) -> None:
        """Hand the batch on. A follower that waits has it before whatever the caller wakes afterwards."""
        records = batch.records
        if records is not None and len(records) > _REMEMBERED:
            records = None
        node = _BatchNode(batch.last, records)
        self._tail.next = node
        self._tail = node
        self._nodes.append(node)
        self._remembered += len(records or ())
        while self._remembered > _REMEMBERED:
            old = self._nodes.popleft()
            self._remembered -= len(old.records or ())
            old.records = old.next = None
        self._wake()

    def close(self) -> None:
        """Everyone who follows, now or later, hears that it is over."""
        self._closed = True
        self._wake()

    async def follow(self, after: Mapping[str, int]) -> AsyncIterator[Sequence[Record]]:
        """See `Ledger.follow`."""
        behind = await self._reader.run(plan, after)
        cursor = behind.start
        if behind.wanted * _SPARSE < behind.last - cursor:
            for board, head in behind.lagging.items():
                async for records in self._board(board, after.get(board, 0), head):
                    yield records
            cursor = behind.last
        while cursor < behind.last:
            cursor, records = await self._reader.run(scan, cursor, behind.last, after)
            if records:
                yield records
        # Boards that the caller thinks longer than they are: nothing of them is wanted until they pass that.
        ahead = {
            board: position for board, position in after.items() if position > behind.heads.get(board, 0)
        }
        async for records in self._live(cursor, ahead):
            yield records

    async def _board(self, board: str, position: int, head: int) -> AsyncIterator[Sequence[Record]]:
        """The board's records after that position and up to its head."""
        while position < head:
            records = await self._reader.run(board_records, board, position, head, CHUNK)
            if not records:
                return
            position = records[-1].position
            yield records

    async def _live(self, cursor: int, ahead: Mapping[str, int]) -> AsyncIterator[Sequence[Record]]:
        """Everything after that sequence number, as it comes, without what lies at or before `ahead`."""
        node: _BatchNode | None = None  # the batch had last, while going from batch to batch
        while not self._closed:
            coming = node.next if node is not None else None
            if coming is not None and coming.records is not None:
                node, cursor = coming, coming.last
                records = coming.records
            elif cursor < self._tail.last:
                node = None
                cursor, records = await self._reader.run(scan, cursor, self._tail.last, ahead)
            else:
                node = self._tail if cursor == self._tail.last else None
                await self._news()
                continue
            if ahead:
                records = [record for record in records if record.position > ahead.get(record.board, 0)]
            if records:
                yield records
        raise LedgerUnavailable("the ledger is closed")

    async def _news(self) -> None:
        """Returns when something has come, or the ledger closes."""
        waiting = asyncio.get_running_loop().create_future()
        self._waiting.add(waiting)
        try:
            await waiting
        finally:
            self._waiting.discard(waiting)

    def _wake(self) -> None:
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)


# --- questions to the file, each on one connection ----------------------------------------------------------


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


def records_between(connection: sqlite3.Connection, after: int, last: int) -> list[Record]:
    """Everything with a sequence number over `after` and up to `last`, in order."""
    found = connection.execute(
        f"SELECT board, position, at, {BODY} FROM events WHERE seq > ? AND seq <= ? ORDER BY seq",  # noqa: S608 -- ours
        (after, last),
    )
    return [
        Record(intern(board), position, instant(at), event_of(body)) for board, position, at, body in found
    ]


def used_keys(connection: sqlite3.Connection, after: bytes, limit: int) -> list[UsedKey]:
    """Up to `limit` keys in order of their digests, after that one."""
    found = connection.execute(
        "SELECT name, body, board, first, n, at FROM keys WHERE name > ? ORDER BY name LIMIT ?",
        (after, limit),
    )
    return [UsedKey(*row) for row in found]


def later_keys(connection: sqlite3.Connection, after: Mapping[str, int]) -> list[UsedKey]:
    """The keys of what was kept after those positions. A million keys are looked through in a second."""
    found = connection.execute(
        "WITH known (board, position) AS MATERIALIZED (SELECT key, value FROM json_each(?))"
        " SELECT name, body, keys.board, first, n, at FROM keys LEFT JOIN known ON known.board = keys.board"
        " WHERE first > coalesce(position, 0)",
        (msgspec.json.encode(after).decode(),),
    )
    return [UsedKey(*row) for row in found]
