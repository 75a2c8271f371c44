"""The ledger of several machines: in one Redis, or in one that Sentinels watch over."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Final, Self
from uuid import uuid4

from redis.exceptions import RedisError

from trafficlight.domain.ids import SYSTEM
from trafficlight.domain.record import Record
from trafficlight.ledger.base import LedgerUnavailable
from trafficlight.ledger.group_commit import CLOSE_WITHIN, GroupCommit, PendingAppend
from trafficlight.ledger.redis.address import RedisAddress
from trafficlight.ledger.redis.connection import RedisConnection, Server, unavailable
from trafficlight.ledger.redis.follow import RedisFollowers
from trafficlight.ledger.redis.maintenance import Archiving, Import, check_ledger
from trafficlight.ledger.redis.reader import KeyLog, RedisReader, used_keys
from trafficlight.ledger.redis.schema import FREEZE, Names, records_of
from trafficlight.ledger.redis.writer import RedisWriter
from trafficlight.ledger.sqlite import SqliteLedger
from trafficlight.ledger.store import BEGINNING, Finding, LedgerMissing, LedgerRow, Moving, UsedKey
from trafficlight.ledger.transfer import copy

FOREIGN: Final = "what the Redis holds under the prefix was written by another program"
_VERSION: Final = b"1:"
"""Begins the mark; a newer program's ledger is refused, not guessed at."""


class RedisLedger(GroupCommit):
    """See `Ledger` and `LedgerStore`. Belongs to the event loop that opened it."""

    _store = "Redis"

    def __init__(self, address: RedisAddress, clock: Callable[[], datetime] | None) -> None:
        super().__init__()
        self._server = Server(address)
        self._names = Names(address.prefix)
        self._reader = RedisReader(self._server, self._names)
        self._followers = RedisFollowers(self._server, self._names, self._reader)
        self._writer = RedisWriter(self._server, self._names, clock, self._done)
        self._key_log = KeyLog(self._reader, self._names)

    @classmethod
    async def open(cls, address: RedisAddress, clock: Callable[[], datetime] | None = None) -> Self:
        """The ledger at that address, made where missing. Raises `LedgerUnavailable`.

        `clock` stands in for the server's own time.
        """
        ledger = cls(address, clock)
        try:
            mark = await ledger._marked(await ledger._writer.ready())
        except BaseException:
            await ledger.close()
            raise
        ledger._reader.mark = ledger._writer.mark = mark
        ledger._writer.start()
        return ledger

    @classmethod
    async def open_for_reading(cls, address: RedisAddress) -> Self:
        """The ledger at that address, only to be read. Raises `LedgerMissing` and `LedgerUnavailable`."""
        ledger = cls(address, None)
        try:
            (mark,) = await ledger._reader.ask(("GET", ledger._names.mark))
            if not isinstance(mark, bytes):
                raise LedgerMissing(f"{address}, {address.prefix}")  # noqa: TRY301 -- closed as for any other
            if not mark.startswith(_VERSION):
                raise LedgerUnavailable(FOREIGN)  # noqa: TRY301 -- the same
        except BaseException:
            await ledger.close()
            raise
        ledger._reader.mark = mark
        ledger._only_read = True
        return ledger

    async def read(self, board: str, after: int = 0) -> Sequence[Record]:
        """See `Ledger.read`."""
        found: list[Record] = []
        async for rows in self._reader.rows(board, after):
            found += records_of(rows)
            self._followers.given(board, rows[-1].head)
        return found

    def follow(self, after: Mapping[str, int]) -> AsyncIterator[Sequence[Record]]:
        """See `Ledger.follow`."""
        return self._followers.follow(dict(after))

    async def heads(self) -> Mapping[str, int]:
        """See `Ledger.heads`."""
        return {board: head.position for board, head in (await self._reader.heads()).items()}

    async def close(self) -> None:
        """See `Ledger.close`."""
        self._close_queue()
        await self._writer.stop(CLOSE_WITHIN)
        await self._followers.close()
        await self._server.close()
        self._reader.close()

    # --- `LedgerStore` ---

    async def rows(self, after: Mapping[str, int] = BEGINNING) -> AsyncIterator[Sequence[LedgerRow]]:
        """See `LedgerStore.rows`."""
        heads = await self._reader.heads()
        for board in sorted(heads, key=lambda board: (board != SYSTEM, board)):
            async for rows in self._reader.rows(board, after.get(board, 0), heads[board].position):
                yield [one.row for one in rows]

    async def restore(self, rows: Iterable[Moving]) -> int:
        """See `LedgerStore.restore`."""
        return await Import(self._server, self._names, self._reader.mark).run(rows)

    async def archive(self, before: datetime) -> int:
        """Move older rows to the archive; how many. See `Archiving.run`; `ValueError` without one."""
        archive = self._reader.archive
        if archive is None:
            raise ValueError(
                "the ledger's URL names no archive; add archive=FOLDER or archive=s3://BUCKET/PREFIX"
            )
        return await Archiving(self._server, self._names, self._reader, archive).run(before)

    def keys(self) -> AsyncIterator[Sequence[UsedKey]]:
        """See `LedgerStore.keys`."""
        return used_keys(self._reader, self._names)

    async def note_keys(self) -> None:
        """See `LedgerStore.note_keys`."""
        await self._key_log.begin()

    def noted_keys(self) -> AsyncIterator[Sequence[UsedKey]]:
        """See `LedgerStore.noted_keys`."""
        return self._key_log.take()

    async def freeze(self, *, frozen: bool) -> bool:
        """See `LedgerStore.freeze`."""
        if not frozen:
            (gone,) = await self._reader.ask(("DEL", self._names.frozen))
            return bool(gone)
        token = uuid4().hex.encode()
        (before,) = await self._reader.ask(("EVAL", FREEZE.source, 1, self._names.frozen, token))
        return before in {None, token}  # its own: it was asked twice, over a connection that was cut

    async def check(self) -> Sequence[Finding]:
        """See `LedgerStore.check`."""
        return await check_ledger(self._reader)

    async def backup(self, path: Path) -> None:
        """See `LedgerStore.backup`. The copy is a ledger of SQLite, which can be opened as it is."""
        if await asyncio.to_thread(path.exists):
            raise FileExistsError(f"{path} is there already")
        await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True)
        folder = Path(await asyncio.to_thread(mkdtemp, prefix=f".{path.name}.", dir=path.parent))
        try:
            beside = await SqliteLedger.open(folder / "ledger.sqlite")
            try:
                await copy(self, beside)
                await beside.backup(path)
            finally:
                await beside.close()
        finally:
            await asyncio.to_thread(rmtree, folder)

    def _submit(self, group: list[PendingAppend]) -> None:
        self._writer.put(group)

    async def _marked(self, connection: RedisConnection) -> bytes:
        """What tells this ledger from any other, made where there is none."""
        new = _VERSION + uuid4().hex.encode()
        for command in (
            ("GET", self._names.mark),
            ("SET", self._names.mark, new, "NX"),
            ("GET", self._names.mark),
        ):
            (answer,) = await connection.ask(command)
            if isinstance(answer, RedisError):
                raise unavailable(answer) from answer
            if isinstance(answer, bytes) and answer.startswith(_VERSION):
                return answer
        raise LedgerUnavailable(FOREIGN)
