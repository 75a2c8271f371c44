"""The embedded ledger: one SQLite file, written by one thread of each process that has it open."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Self, TypeVar, TypeVarTuple

from trafficlight.domain.ids import SYSTEM
from trafficlight.domain.record import Record
from trafficlight.ledger.group_commit import CLOSE_WITHIN, GroupCommit, PendingAppend, resolve
from trafficlight.ledger.sqlite.file import check_file, check_made, copy_anew, copy_file, freeze, unavailable
from trafficlight.ledger.sqlite.reader import (
    CHUNK,
    Batch,
    SqliteFollowers,
    SqliteReader,
    board_records,
    board_rows,
    heads,
    later_keys,
    used_keys,
)
from trafficlight.ledger.sqlite.writer import Restore, SqliteWriter
from trafficlight.ledger.store import BEGINNING, Finding, LedgerRow, Moving, UsedKey


def now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class SqliteLedger(GroupCommit):
    """See `Ledger` and `LedgerStore`. Belongs to the event loop that opened it.

    A follower of this process that waits for records is handed an append's before the append returns, unless
    they are so many that it has to read them from the file.
    """

    _store = "the disk"

    def __init__(self, path: Path, clock: Callable[[], datetime]) -> None:
        super().__init__()
        self._path = path
        self._reader = SqliteReader(path)
        self._followers = SqliteFollowers(self._reader)
        self._noted: Mapping[str, int] = BEGINNING
        self._opened: asyncio.Future[None] = self._loop.create_future()
        self._closed = asyncio.Event()
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

    @classmethod
    async def open_for_reading(cls, path: Path) -> Self:
        """The ledger in that file, only to be read: it makes no file and writes to none.

        Raises `LedgerMissing` and `LedgerUnavailable`.
        """
        path = await asyncio.to_thread(path.absolute)
        ledger = cls(path, now)
        ledger._only_read = True
        ledger._reader = SqliteReader(path, only_read=True)
        ledger._closed.set()
        try:
            await ledger._reader.run(check_made, path)
        except BaseException:
            await ledger.close()
            raise
        return ledger

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
            self._close_queue()
            self._writer.stop()
        try:
            await asyncio.wait_for(self._closed.wait(), CLOSE_WITHIN)
        except TimeoutError:
            return  # the disk hangs; whoever waits for an append has been answered
        finally:
            self._followers.close()
        await asyncio.to_thread(self._reader.close)

    # --- `LedgerStore` ---

    async def rows(self, after: Mapping[str, int] = BEGINNING) -> AsyncIterator[Sequence[LedgerRow]]:
        """See `LedgerStore.rows`."""
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
        """See `LedgerStore.restore`."""
        self._check_open()
        future: asyncio.Future[int] = self._loop.create_future()

        def done(answer: int | Exception) -> None:
            self._soon(resolve, future, answer)

        self._writer.put(Restore(rows, done))
        return await future

    async def keys(self) -> AsyncIterator[Sequence[UsedKey]]:
        """See `LedgerStore.keys`."""
        name = b""
        while found := await self._reader.run(used_keys, name, CHUNK):
            name = found[-1].name
            yield found

    async def note_keys(self) -> None:
        """See `LedgerStore.note_keys`. Keys stand with events: where boards end says which are later."""
        self._noted = await self.heads()

    async def noted_keys(self) -> AsyncIterator[Sequence[UsedKey]]:
        """See `LedgerStore.noted_keys`."""
        before, self._noted = self._noted, await self.heads()
        yield await self._reader.run(later_keys, before)

    async def freeze(self, *, frozen: bool) -> bool:
        """See `LedgerStore.freeze`."""
        try:
            return await asyncio.to_thread(freeze, self._path, frozen=frozen)
        except sqlite3.Error as error:
            raise unavailable(error) from error

    async def check(self) -> Sequence[Finding]:
        """See `LedgerStore.check`."""
        return await self._reader.run(check_file)

    async def backup(self, path: Path) -> None:
        """See `LedgerStore.backup`."""
        if self._only_read and await asyncio.to_thread(path.exists):
            raise FileExistsError(f"{path} is there already")
        await self._reader.run(copy_anew if self._only_read else copy_file, path)

    # --- the writer's thread announces ---

    def opened(self, last: int | Exception) -> None:
        self._soon(self._on_opened, last)

    def written(self, group: Sequence[PendingAppend], batch: Batch | None) -> None:
        self._soon(self._on_written, group, batch)

    def closed(self) -> None:
        self._soon(self._closed.set)

    def _soon(self, callback: Callable[[*Ts], object], *args: *Ts) -> None:
        try:
            self._loop.call_soon_threadsafe(callback, *args)
        except RuntimeError:  # the loop has ended without closing the ledger: nobody is left to write for
            self._writer.stop()

    # --- on the loop ---

    def _submit(self, group: list[PendingAppend]) -> None:
        self._writer.put(group)

    def _on_opened(self, last: int | Exception) -> None:
        if isinstance(last, int):
            self._followers.begin_at(last)
            resolve(self._opened, None)
        else:
            resolve(self._opened, last)

    def _on_written(self, group: Sequence[PendingAppend], batch: Batch | None) -> None:
        if batch is not None:
            self._followers.announce(batch)
        self._done(group)
        for pending in group:
            if pending.answer is not None:
                resolve(pending.future, pending.answer)
