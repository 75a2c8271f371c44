"""The ledger of several machines: in one Redis, or in one that Sentinels watch over."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from time import monotonic
from typing import Final, Self
from uuid import uuid4

from redis.exceptions import RedisError

from trafficlight.domain.event import Event
from trafficlight.domain.ids import SYSTEM
from trafficlight.domain.record import Record
from trafficlight.ledger.archive import BEGINNING, Finding, LedgerRow, Moving, UsedKey
from trafficlight.ledger.base import Appended, Key, LedgerUnavailable
from trafficlight.ledger.encoding import as_kept, check_board, digest
from trafficlight.ledger.moving import copy
from trafficlight.ledger.redis.address import RedisAddress
from trafficlight.ledger.redis.archiving import Shelving
from trafficlight.ledger.redis.check import check
from trafficlight.ledger.redis.connection import RedisConnection, Server, told
from trafficlight.ledger.redis.follow import RedisFollowers
from trafficlight.ledger.redis.keys import Noted, used_keys
from trafficlight.ledger.redis.names import FREEZE, Names
from trafficlight.ledger.redis.reader import RedisReader, records_of
from trafficlight.ledger.redis.restore import Import
from trafficlight.ledger.redis.writer import RedisPending, RedisWriter
from trafficlight.ledger.sqlite import SqliteLedger

WAITING_AT_MOST: Final = 10_000
"""Appends that may wait: a few seconds' work; who comes later is told at once to come back."""
_ANSWER_WITHIN: Final = 2.8
"""When an append is given up on, in s: 3 are promised."""
_LOOK_EVERY: Final = 0.1
"""How often to look for such appends, in s."""
_CLOSE_WITHIN: Final = 5.0
"""How long to wait at the end for a server that hangs, in s: a container is killed after 10."""
_VERSION: Final = b"1:"
"""Begins the mark; a newer program's ledger is refused, not guessed at."""


class RedisLedger:
    """See `Ledger` and `Archive`. Belongs to the event loop that opened it."""

    def __init__(self, address: RedisAddress, clock: Callable[[], datetime] | None) -> None:
        self._server = Server(address)
        self._names = Names(address.prefix)
        self._reader = RedisReader(self._server, self._names)
        self._followers = RedisFollowers(self._server, self._names, self._reader)
        self._writer = RedisWriter(self._server, self._names, clock)
        self._noted = Noted(self._reader, self._names)
        self._waiting: set[RedisPending] = set()
        self._looking = False
        self._closing = False

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

    async def append(
        self, board: str, events: Sequence[Event], key: Key | None = None, expect: int | None = None
    ) -> Appended:
        """See `Ledger.append`."""
        check_board(board)
        bodies, _ = as_kept(events)
        return await self._answered(board, bodies, key, expect)

    async def used(self, board: str, key: Key) -> Appended | None:
        """See `Ledger.used`."""
        first = await self._answered(board, (), key)
        return first if first.replayed else None

    async def ready(self) -> None:
        """See `Ledger.ready`."""
        await self._answered(SYSTEM, ())

    async def _answered(
        self, board: str, bodies: Sequence[bytes], key: Key | None = None, expect: int | None = None
    ) -> Appended:
        """What the writer answers, in its turn."""
        if self._closing:
            raise LedgerUnavailable("the ledger is closed")
        if len(self._waiting) >= WAITING_AT_MOST:
            raise LedgerUnavailable("too many appends are waiting")
        pending = RedisPending(
            board=board,
            bodies=bodies,
            key=None if key is None else digest(key.name),
            body=b"" if key is None else key.body,
            expect=expect,
            future=asyncio.get_running_loop().create_future(),
        )
        self._writer.put(pending)
        self._waiting.add(pending)
        if not self._looking:
            self._looking = True
            asyncio.get_running_loop().call_later(_LOOK_EVERY, self._look)
        try:
            return await pending.future
        finally:
            self._waiting.discard(pending)

    async def read(self, board: str, after: int = 0) -> Sequence[Record]:
        """See `Ledger.read`."""
        found: list[Record] = []
        async for kept in self._reader.rows(board, after):
            found += records_of(kept)
            self._followers.given(board, kept[-1].head)
        return found

    def follow(self, after: Mapping[str, int]) -> AsyncIterator[Sequence[Record]]:
        """See `Ledger.follow`."""
        return self._followers.follow(dict(after))

    async def heads(self) -> Mapping[str, int]:
        """See `Ledger.heads`."""
        return {board: head.position for board, head in (await self._reader.heads()).items()}

    async def close(self) -> None:
        """See `Ledger.close`."""
        self._closing = True
        await self._writer.stop(_CLOSE_WITHIN)
        await self._followers.close()
        await self._server.close()
        self._reader.close()

    # --- `Archive` ---

    async def rows(self, after: Mapping[str, int] = BEGINNING) -> AsyncIterator[Sequence[LedgerRow]]:
        """See `Archive.rows`."""
        heads = await self._reader.heads()
        for board in sorted(heads, key=lambda board: (board != SYSTEM, board)):
            async for kept in self._reader.rows(board, after.get(board, 0), heads[board].position):
                yield [one.row for one in kept]

    async def restore(self, rows: Iterable[Moving]) -> int:
        """See `Archive.restore`."""
        return await Import(self._server, self._names, self._reader.mark).run(rows)

    async def shelve(self, before: datetime) -> int:
        """Move rows that are older to the archive; how many. See `Shelving.run`; `ValueError` without one."""
        shelf = self._reader.shelf
        if shelf is None:
            raise ValueError(
                "the ledger's URL names no archive; add archive=FOLDER or archive=s3://BUCKET/PREFIX"
            )
        return await Shelving(self._server, self._names, self._reader, shelf).run(before)

    def keys(self) -> AsyncIterator[Sequence[UsedKey]]:
        """See `Archive.keys`."""
        return used_keys(self._reader, self._names)

    async def note_keys(self) -> None:
        """See `Archive.note_keys`."""
        await self._noted.begin()

    def noted_keys(self) -> AsyncIterator[Sequence[UsedKey]]:
        """See `Archive.noted_keys`."""
        return self._noted.take()

    async def freeze(self, *, frozen: bool) -> bool:
        """See `Archive.freeze`."""
        if not frozen:
            (gone,) = await self._reader.ask(("DEL", self._names.frozen))
            return bool(gone)
        token = uuid4().hex.encode()
        (before,) = await self._reader.ask(("EVAL", FREEZE.source, 1, self._names.frozen, token))
        return before in {None, token}  # its own: it was asked twice, over a connection that was cut

    async def check(self) -> Sequence[Finding]:
        """See `Archive.check`."""
        return await check(self._reader)

    async def backup(self, path: Path) -> None:
        """See `Archive.backup`. The copy is a ledger of SQLite, which can be opened as it is."""
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

    def _look(self) -> None:
        """Give up on appends that the server keeps from their answer."""
        long_ago = monotonic() - _ANSWER_WITHIN
        for pending in self._waiting:
            if pending.since < long_ago and not pending.future.done():
                refused = LedgerUnavailable("Redis does not answer; nobody can say yet")
                pending.future.set_exception(refused)
        self._looking = bool(self._waiting)
        if self._looking:
            asyncio.get_running_loop().call_later(_LOOK_EVERY, self._look)

    async def _marked(self, line: RedisConnection) -> bytes:
        """What tells this ledger from any other, made where there is none."""
        new = _VERSION + uuid4().hex.encode()
        for command in (
            ("GET", self._names.mark),
            ("SET", self._names.mark, new, "NX"),
            ("GET", self._names.mark),
        ):
            (answer,) = await line.ask(command)
            if isinstance(answer, RedisError):
                raise told(answer) from answer
            if isinstance(answer, bytes) and answer.startswith(_VERSION):
                return answer
        raise LedgerUnavailable("what the Redis holds under the prefix was written by another program")
