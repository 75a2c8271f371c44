"""One transaction for a group of appends: positions, instants, sums, keys and answers."""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, Final

from trafficlight.domain.record import Record
from trafficlight.ledger.base import KEY_DAYS, Appended, KeyReused, LedgerUnavailable, PositionMoved
from trafficlight.ledger.encoding import instant, micros
from trafficlight.ledger.group_commit import FROZEN, PendingAppend
from trafficlight.ledger.sqlite.file import FIRST, is_frozen, next_sum
from trafficlight.ledger.sqlite.reader import Batch, records_between
from trafficlight.ledger.store import Head, Moving, NotEmpty, UsedKey

CAUGHT_UP: Final = 5_000
"""Records of other processes handed on from memory; more are left for the followers to read from the file."""

_AT_ONCE: Final = 64
"""Rows of one INSERT: each statement hands over the interpreter's lock a few times, so few are fast."""

_REMEMBERED: Final = int(timedelta(days=KEY_DAYS) / timedelta(microseconds=1))

_PRUNE_EVERY: Final = 60.0
_PRUNE_KEYS: Final = 2_000
"""Keys looked at for their age every so many seconds: 2 ms, and once round 10 million keys in 4 days."""


class Transactions:
    """The writing side of one open ledger file. Used by the writer's thread alone.

    What it remembers of the file (heads, the last sequence number) is dropped whenever another process
    committed or a transaction failed.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._version = -1
        self._frozen = False
        self._last = 0
        self._announced = -1
        self._heads: dict[str, Head] = {}
        self._pruned_at = monotonic()
        self._pruned_to = b""

    def begin_at(self, connection: sqlite3.Connection) -> int:
        """The last sequence number; what comes after it will be in batches."""
        self._last = self._announced = _last(connection)
        return self._last

    def forget(self) -> None:
        """Nothing remembered of the file can be relied on."""
        self._version = -1
        self._heads.clear()

    def poll(self, connection: sqlite3.Connection) -> Batch | None:
        """What other processes appended since the last batch."""
        self._look(connection)
        if self._last == self._announced:
            return None
        batch = Batch(self._announced, self._last, self._foreign(connection))
        self._announced = self._last
        return batch

    def append(self, connection: sqlite3.Connection, group: Iterable[PendingAppend]) -> Batch | None:
        """Keep what the group brings, in one transaction that is on disk on return, and answer each of it.

        Raises `sqlite3.Error` with nothing kept and no answer valid.
        """
        connection.execute("BEGIN IMMEDIATE")
        try:
            self._look(connection)
            if self._frozen:
                raise LedgerUnavailable(FROZEN)  # noqa: TRY301 -- undone as any other
            foreign = self._foreign(connection) if self._last != self._announced else ()
            own, last = self._write(connection, group)
            connection.execute("COMMIT")
        except BaseException:
            self._undo(connection)
            raise
        self._last = last
        if last == self._announced:
            return None
        batch = Batch(self._announced, last, None if foreign is None else [*foreign, *own])
        self._announced = last
        return batch

    def restore(self, connection: sqlite3.Connection, rows: Iterable[Moving]) -> tuple[Batch, int]:
        """Keep the rows and keys as they are, all or none; how many rows there were."""
        connection.execute("BEGIN IMMEDIATE")
        try:
            _check_empty(connection)
            last = 0
            sums: dict[str, bytes] = {}
            for one in rows:
                if isinstance(one, UsedKey):
                    connection.execute(_KEY_ANEW, one)
                    continue
                board, position, at, body = one
                last += 1
                at_us = micros(at)
                sums[board] = next_sum(sums.get(board, FIRST), board, position, at_us, body)
                connection.execute(_EVENTS[1], (last, board, position, at_us, body, sums[board]))
            connection.execute("COMMIT")
        except BaseException:
            self._undo(connection)
            raise
        self.forget()
        self._last, batch = last, Batch(self._announced, last, None)
        self._announced = last
        return batch, last

    def _undo(self, connection: sqlite3.Connection) -> None:
        self.forget()
        if connection.in_transaction:  # some errors have rolled it back already
            connection.execute("ROLLBACK")

    def _look(self, connection: sqlite3.Connection) -> None:
        """Notice what other processes committed. Inside a transaction this holds until its end."""
        version = connection.execute("PRAGMA data_version").fetchone()[0]
        if version != self._version:
            self._heads.clear()
            self._last = _last(connection)
            self._frozen = is_frozen(connection)
            self._version = version

    def _foreign(self, connection: sqlite3.Connection) -> Sequence[Record] | None:
        if self._last - self._announced > CAUGHT_UP:
            return None
        records = records_between(connection, self._announced, self._last)
        return records if len(records) == self._last - self._announced else None

    def _write(
        self, connection: sqlite3.Connection, group: Iterable[PendingAppend]
    ) -> tuple[list[Record], int]:
        """Insert what the group brings and answer each of it; the records, and the last sequence number."""
        now = self._clock()
        now_us = micros(now)
        taken = [pending for pending in group if not pending.future.done()]
        used = _first_uses(
            connection, [pending.key for pending in taken if pending.key is not None], now_us - _REMEMBERED
        )
        last = self._last
        events: list[Any] = []
        keys: list[Any] = []
        records: list[Record] = []
        for pending in taken:
            use = used.get(pending.key) if pending.key is not None else None
            if use is not None:
                pending.answer = _replay(pending, use)
                continue
            if not pending.bodies:
                pending.answer = Appended((), now)
                continue
            board = pending.board
            position, at_us, chained = self._heads.get(board) or self._load_head(connection, board)
            if pending.expect is not None and pending.expect != position:
                pending.answer = PositionMoved(f"{board} stands at {position}, not at {pending.expect}")
                continue
            first = position + 1
            at_us, at = (now_us, now) if now_us >= at_us else (at_us, instant(at_us))
            for body, event in zip(pending.bodies, pending.events, strict=True):
                last += 1
                position += 1
                chained = next_sum(chained, board, position, at_us, body)
                events += (last, board, position, at_us, body, chained)
                records.append(Record(board, position, at, event))
            self._heads[board] = Head(position, at_us, chained)
            if pending.key is not None:
                use = UsedKey(pending.key, pending.body, board, first, len(pending.bodies), at_us)
                used[pending.key] = use
                keys += use
            pending.answer = Appended(tuple(range(first, position + 1)), at)
        _insert(connection, _EVENTS, events)
        _insert(connection, _KEYS, keys)
        self._prune(connection, now_us - _REMEMBERED)
        return records, last

    def _load_head(self, connection: sqlite3.Connection, board: str) -> Head:
        found = connection.execute(
            "SELECT position, at, sum FROM events WHERE board = ? ORDER BY position DESC LIMIT 1", (board,)
        ).fetchone()
        return Head(*found) if found else Head(0, 0, FIRST)

    def _prune(self, connection: sqlite3.Connection, before: int) -> None:
        """Let go of old keys, a few at a time, on a round through all of them."""
        if monotonic() - self._pruned_at < _PRUNE_EVERY:
            return
        self._pruned_at = monotonic()
        stretch = connection.execute(
            "SELECT name FROM keys WHERE name > ? ORDER BY name LIMIT ?", (self._pruned_to, _PRUNE_KEYS)
        ).fetchall()
        if stretch:
            between = (stretch[0][0], stretch[-1][0])
            connection.execute("DELETE FROM keys WHERE name BETWEEN ? AND ? AND at < ?", (*between, before))
        self._pruned_to = stretch[-1][0] if len(stretch) == _PRUNE_KEYS else b""


_SIX = "(?, ?, ?, ?, ?, ?)"
_EVENTS, _KEYS = (
    {
        n: f"INSERT OR ROLLBACK INTO {table} VALUES {', '.join([_SIX] * n)}"  # noqa: S608 -- ours
        for n in range(1, _AT_ONCE + 1)
    }
    for table in ("events", "keys")
)
"""Statements by their number of rows. OR ROLLBACK: else SQLite copies every page before changing it, to
be able to undo the statement alone, and that takes as long as all the rest."""
_KEY_ANEW = "INSERT OR REPLACE INTO keys VALUES (?, ?, ?, ?, ?, ?)"


def _insert(connection: sqlite3.Connection, statements: dict[int, str], values: list[Any]) -> None:
    """Six values a row, many rows a statement."""
    for start in range(0, len(values), 6 * _AT_ONCE):
        part = values[start : start + 6 * _AT_ONCE]
        connection.execute(statements[len(part) // 6], part)


def _check_empty(connection: sqlite3.Connection) -> None:
    if _last(connection):
        raise NotEmpty("the ledger already holds events")


def _last(connection: sqlite3.Connection) -> int:
    found: int | None = connection.execute("SELECT max(seq) FROM events").fetchone()[0]
    return found or 0


def _first_uses(connection: sqlite3.Connection, names: Sequence[bytes], since: int) -> dict[bytes, UsedKey]:
    """Where those keys were used first; what is too old to count is let go of."""
    used: dict[bytes, UsedKey] = {}
    for start in range(0, len(names), _AT_ONCE):
        part = names[start : start + _AT_ONCE]
        places = ", ".join("?" * len(part))
        found = connection.execute(
            f"SELECT name, body, board, first, n, at FROM keys WHERE name IN ({places})",  # noqa: S608 -- only question marks
            part,
        )
        used.update((row[0], UsedKey(*row)) for row in found)
    for name in [name for name, use in used.items() if use.at < since]:
        connection.execute("DELETE FROM keys WHERE name = ?", (name,))
        del used[name]
    return used


def _replay(pending: PendingAppend, use: UsedKey) -> Appended | KeyReused:
    if use.body != pending.body or use.board != pending.board:
        return KeyReused("the key was used for another body")
    return Appended(tuple(range(use.first, use.first + use.n)), instant(use.at), replayed=True)
