"""The embedded ledger: one SQLite file, written by one thread of each process that has it open."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Self, TypeVar, TypeVarTuple

from trafficlight.domain.event import Event
from trafficlight.domain.ids import SYSTEM
from trafficlight.domain.record import Record
from trafficlight.ledger.archive import BEGINNING, Finding, LedgerRow, Moving, UsedKey
from trafficlight.ledger.base import Appended, Key, LedgerUnavailable
from trafficlight.ledger.encoding import as_kept, check_board, digest
from trafficlight.ledger.sqlite.check import check_file
from trafficlight.ledger.sqlite.copy import copy_file
from trafficlight.ledger.sqlite.file import freeze, unavailable
from trafficlight.ledger.sqlite.follow import SqliteFollowers
from trafficlight.ledger.sqlite.group import Batch, SqlitePending
from trafficlight.ledger.sqlite.keys import later_keys, used_keys
from trafficlight.ledger.sqlite.reader import CHUNK, SqliteReader, board_records, board_rows, heads
from trafficlight.ledger.sqlite.writer import Restore, SqliteWriter

WAITING_AT_MOST = 10_000
"""Appends that may wait: under a second's work; who comes later is told at once to come back."""

_ANSWER_WITHIN = 2.8
"""When an append is given up on, in s: the writer does at 2.5 unless the disk hangs; 3 is promised."""

_LOOK_EVERY = 0.1
"""How often to look for such appends, in s."""

_CLOSE_WITHIN = 5.0
"""How long to wait at the end for a disk that hangs, in s: a container is killed after 10."""


def now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class SqliteLedger:
    """See `Ledger` and `Archive`. Belongs to the event loop that opened it.

    A follower of this process that waits for records is handed an append's before the append returns, unless
    they are so many that it has to read them from the file.
    """

    def __init__(self, path: Path, clock: Callable[[], datetime]) -> None:
        self._loop = asyncio.get_running_loop()
        self._path = path
        self._reader = SqliteReader(path)
        self._followers = SqliteFollowers(self._reader)
        self._noted: Mapping[str, int] = BEGINNING
        self._waiting: set[SqlitePending] = set()
        self._coming: list[SqlitePending] = []
        self._looking = False
        self._opened: asyncio.Future[None] = self._loop.create_future()
        self._closed = asyncio.Event()
        self._closing = False
        self._writer = SqliteWriter(path, clock, self)

    @classmethod
    async def open(cls, path: Path, clock: Callable[[], datetime] = now) -> Self:
        """The ledger in that file, made where missing, folders too. Raises `LedgerUnavailable`."""
        ledger = cls(await asyncio.to_thread(path.absolute), clock)
        ledger._writer.start()
        try:
            await ledger._opened
        except BaseException:
            await ledger.close()
            raise
        return ledger

    async def append(
        self, board: str, events: Sequence[Event], key: Key | None = None, expect: int | None = None
    ) -> Appended:
        """See `Ledger.append`."""
        check_board(board)
        bodies, kept = as_kept(events)
        return await self._answered(board, bodies, kept, key, expect)

    async def used(self, board: str, key: Key) -> Appended | None:
        """See `Ledger.used`."""
        first = await self._answered(board, (), (), key)
        return first if first.replayed else None

    async def ready(self) -> None:
        """See `Ledger.ready`."""
        await self._answered(SYSTEM, (), ())

    async def _answered(
        self,
        board: str,
        bodies: Sequence[bytes],
        events: Sequence[Event],
        key: Key | None = None,
        expect: int | None = None,
    ) -> Appended:
        """What the writer answers, in its turn."""
        if self._closing:
            raise LedgerUnavailable("the ledger is closed")
        if len(self._waiting) >= WAITING_AT_MOST:
            raise LedgerUnavailable("too many appends are waiting")
        pending = SqlitePending(
            board=board,
            bodies=bodies,
            events=events,
            name=None if key is None else digest(key.name),
            body=b"" if key is None else key.body,
            expect=expect,
            future=self._loop.create_future(),
        )
        if not self._coming:
            # Whatever else is ready to append in this turn of the loop goes along.
            self._loop.call_soon(self._hand_over)
        self._coming.append(pending)
        self._waiting.add(pending)
        return await pending.future

    async def read(self, board: str, after: int = 0) -> Sequence[Record]:
        """See `Ledger.read`."""
        return await self._reader.run(board_records, board, after, None, -1)

    def follow(self, after: Mapping[str, int]) -> AsyncIterator[Sequence[Record]]:
        """See `Ledger.follow`."""
        return self._followers.follow(dict(after))

    async def heads(self) -> Mapping[str, int]:
        """See `Ledger.heads`."""
        return await self._reader.run(heads)

    async def close(self) -> None:
        """See `Ledger.close`."""
        if not self._closing:
            self._closing = True
            self._hand_over()
            self._writer.stop()
        try:
            await asyncio.wait_for(self._closed.wait(), _CLOSE_WITHIN)
        except TimeoutError:
            return  # the disk hangs; who waits for an append has been told
        finally:
            self._followers.close()
        await asyncio.to_thread(self._reader.close)

    # --- `Archive` ---

    async def rows(self, after: Mapping[str, int] = BEGINNING) -> AsyncIterator[Sequence[LedgerRow]]:
        """See `Archive.rows`."""
        found = await self.heads()
        for board in sorted(found, key=lambda board: (board != SYSTEM, board)):
            position = after.get(board, 0)
            while position < found[board]:
                rows = await self._reader.run(board_rows, board, position, found[board], CHUNK)
                if not rows:
                    break
                position = rows[-1].position
                yield rows

    async def restore(self, rows: Iterable[Moving]) -> int:
        """See `Archive.restore`."""
        if self._closing:
            raise LedgerUnavailable("the ledger is closed")
        future: asyncio.Future[int] = self._loop.create_future()

        def done(answer: int | Exception) -> None:
            self._soon(_resolve, future, answer)

        self._writer.put(Restore(rows, done))
        return await future

    async def keys(self) -> AsyncIterator[Sequence[UsedKey]]:
        """See `Archive.keys`."""
        name = b""
        while found := await self._reader.run(used_keys, name, CHUNK):
            name = found[-1].name
            yield found

    async def note_keys(self) -> None:
        """See `Archive.note_keys`. Keys are kept with events: where the boards end says which are later."""
        self._noted = await self.heads()

    async def noted_keys(self) -> AsyncIterator[Sequence[UsedKey]]:
        """See `Archive.noted_keys`."""
        before, self._noted = self._noted, await self.heads()
        yield await self._reader.run(later_keys, before)

    async def freeze(self, *, frozen: bool) -> bool:
        """See `Archive.freeze`."""
        try:
            return await asyncio.to_thread(freeze, self._path, frozen=frozen)
        except sqlite3.Error as error:
            raise unavailable(error) from error

    async def check(self) -> Sequence[Finding]:
        """See `Archive.check`."""
        return await self._reader.run(check_file)

    async def backup(self, path: Path) -> None:
        """See `Archive.backup`."""
        await self._reader.run(copy_file, path)

    # --- the writer's thread announces ---

    def opened(self, last: int | Exception) -> None:
        self._soon(self._on_opened, last)

    def written(self, group: Sequence[SqlitePending], batch: Batch | None) -> None:
        self._soon(self._on_written, group, batch)

    def closed(self) -> None:
        self._soon(self._closed.set)

    def _soon(self, callback: Callable[[*Ts], object], *args: *Ts) -> None:
        try:
            self._loop.call_soon_threadsafe(callback, *args)
        except RuntimeError:  # the loop has ended without closing the ledger: nobody is left to write for
            self._writer.stop()

    # --- on the loop ---

    def _on_opened(self, last: int | Exception) -> None:
        if isinstance(last, int):
            self._followers.begin_at(last)
            _resolve(self._opened, None)
        else:
            _resolve(self._opened, last)

    def _on_written(self, group: Sequence[SqlitePending], batch: Batch | None) -> None:
        if batch is not None:
            self._followers.told(batch)
        self._waiting.difference_update(group)
        for pending in group:
            if pending.answer is not None:
                _resolve(pending.future, pending.answer)

    def _hand_over(self) -> None:
        if not self._coming:
            return
        self._writer.put(self._coming)
        self._coming = []
        if not self._looking:
            self._looking = True
            self._loop.call_later(_LOOK_EVERY, self._look)

    def _look(self) -> None:
        """Give up on appends that the disk keeps from their answer."""
        long_ago = monotonic() - _ANSWER_WITHIN
        for pending in self._waiting:
            if pending.since < long_ago:
                _resolve(pending.future, LedgerUnavailable("the disk does not answer; nobody can say yet"))
        self._looking = bool(self._waiting)
        if self._looking:
            self._loop.call_later(_LOOK_EVERY, self._look)


def _resolve(future: asyncio.Future[T], answer: T | Exception) -> None:
    """Tell whoever waits, if anybody still does."""
    if future.done():
        return
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)
