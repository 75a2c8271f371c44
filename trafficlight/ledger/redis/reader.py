"""Reading the ledger: heads, rows and used keys, in answers small enough to hold up nobody."""

from collections.abc import AsyncIterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from trafficlight.ledger.base import LedgerUnavailable
from trafficlight.ledger.redis.archive import RedisArchive
from trafficlight.ledger.redis.connection import Command, Server
from trafficlight.ledger.redis.schema import ANOTHER, TOUCH, Names, RedisRow, head_of, row_of, used_key_of
from trafficlight.ledger.store import Head, UsedKey

CHUNK: Final = 500
"""Rows of one answer: 3 ms of decoding, a few hundred KB."""
REPLICA_WAIT_MS: Final = 1_000
"""How long to wait for replicas, in ms: of the three seconds that an append has, connecting may take some."""
_BOARDS: Final = 50
"""Boards read together."""
_KEYS: Final = 1_000
"""Used keys of one answer."""
_LOGGED_SECONDS: Final = 86_400
"""How long it is logged which keys are used, where whoever asked for it has gone."""


class RedisReader:
    """Every answer is of what is durable; with replicas, of what so many of them have."""

    def __init__(self, server: Server, names: Names) -> None:
        self._server = server
        self._names = names
        self.mark = b""
        self.archive = RedisArchive(server.address.archive) if server.address.archive else None

    def close(self) -> None:
        """Ask the archive nothing more."""
        if self.archive is not None:
            self.archive.close()

    async def heads(self) -> dict[str, Head]:
        """Every board's end. `LedgerUnavailable` too where another ledger has taken this one's place."""
        mark, pairs = await self.ask(("GET", self._names.mark), ("HGETALL", self._names.heads))
        if mark != self.mark:
            raise LedgerUnavailable(ANOTHER)
        return {board.decode(): head_of(value) for board, value in zip(pairs[::2], pairs[1::2], strict=True)}

    async def rows(self, board: str, after: int, last: int | None = None) -> AsyncIterator[list[RedisRow]]:
        """The board's rows after that position, up to `last` where given, in batches that are never empty."""
        name = self._names.board(board)
        end = "+" if last is None else f"{last}-0"
        while last is None or after < last:
            (entries,) = await self.ask(("XRANGE", name, f"({after}-0", end, "COUNT", CHUNK))
            found = [row_of(board, entry) for entry in entries]
            older = await self._older(board, after, found)
            found = older or found
            if not found:
                return
            after = found[-1].row.position
            yield found
            if not older and len(found) < CHUNK and last is None:
                return

    async def behind(
        self, after: Mapping[str, int], lasts: Mapping[str, int]
    ) -> AsyncIterator[list[RedisRow]]:
        """Of each board in `lasts` the rows after `after` and up to there; a batch is of one board."""
        wanted = {board: after.get(board, 0) for board, last in lasts.items() if last > after.get(board, 0)}
        while wanted:
            some = dict(islice(wanted.items(), _BOARDS))
            share = max(CHUNK // len(some), 1)
            answers = await self.ask(
                *(
                    ("XRANGE", self._names.board(board), f"({begin}-0", f"{lasts[board]}-0", "COUNT", share)
                    for board, begin in some.items()
                )
            )
            for board, entries in zip(some, answers, strict=True):
                found = [row_of(board, entry) for entry in entries]
                found = await self._older(board, some[board], found) or found
                if not found or found[-1].row.position >= lasts[board]:
                    del wanted[board]
                else:
                    wanted[board] = found[-1].row.position
                if found:
                    yield found

    async def archived(self, board: str) -> int:
        """The board's last position that was moved to the archive, 0 for none."""
        (found,) = await self.ask(("HGET", self._names.archived, board))
        return int(found or 0)

    async def _older(self, board: str, after: int, found: Sequence[RedisRow]) -> list[RedisRow]:
        """Rows from the archive that come before those found; empty where there are none."""
        if not found or found[0].row.position == after + 1 or await self.archived(board) <= after:
            return []
        if self.archive is None:
            raise LedgerUnavailable("older records are in an archive, which the ledger's URL has to name")
        older = await self.archive.rows(board, after)
        return [one for one in older if one.row.position < found[0].row.position]

    async def sums(self, positions: dict[str, int]) -> dict[str, bytes]:
        """The sum at one position of each board; empty where it is not in Redis (any more)."""
        if not positions:
            return {}
        answers = await self.ask(
            *(
                ("XRANGE", self._names.board(board), f"{position}-0", f"{position}-0")
                for board, position in positions.items()
            )
        )
        return {
            board: row_of(board, entries[0]).sum if entries else b""
            for board, entries in zip(positions, answers, strict=True)
        }

    async def ask(self, *commands: Command) -> list[Any]:
        """The answers, once what they show has reached the replicas that the URL asks for.

        What only the primary has, a failover may take back: whoever folded it would show what never was.
        """
        replicas = self._server.address.replicas
        if not replicas:
            return await self._server.ask(*commands)
        touch = ("EVAL", TOUCH.source, 1, self._names.touched)
        wait = ("WAIT", replicas, REPLICA_WAIT_MS)
        *answers, _, reached = await self._server.ask(*commands, touch, wait)
        if reached < replicas:
            await self._server.forget()
            raise LedgerUnavailable(f"{reached} of {replicas} replicas have what Redis holds")
        return answers


# --- used keys, for a ledger that moves ---------------------------------------------------------------------


async def used_keys(reader: RedisReader, names: Names) -> AsyncIterator[Sequence[UsedKey]]:
    """See `LedgerStore.keys`. What was imported comes first: what was used since counts."""
    async for entries in _entries(reader, names):
        yield _used_keys(names, entries)


class KeyLog:
    """The keys that are used from some moment on. `append.lua` adds to the list if it is there."""

    def __init__(self, reader: RedisReader, names: Names) -> None:
        self._reader = reader
        self._names = names
        self._read_to = 0

    async def begin(self) -> None:
        """See `LedgerStore.note_keys`. The list may be there already, for somebody else."""
        name = self._names.key_log
        self._read_to, _ = await self._reader.ask(
            ("RPUSH", name, self._names.key(b"")), ("EXPIRE", name, _LOGGED_SECONDS)
        )

    async def take(self) -> AsyncIterator[Sequence[UsedKey]]:
        """See `LedgerStore.noted_keys`."""
        while True:
            last = self._read_to + _KEYS - 1
            (found,) = await self._reader.ask(("LRANGE", self._names.key_log, self._read_to, last))
            if not found:
                return
            self._read_to += len(found)
            (entries,) = await self._reader.ask(("MGET", *found))
            yield _used_keys(self._names, dict(zip(found, entries, strict=True)))


async def _entries(reader: RedisReader, names: Names) -> AsyncIterator[dict[bytes, bytes | None]]:
    cursor = b"0"
    while True:
        ((cursor, pairs),) = await reader.ask(("HSCAN", names.imported_keys, cursor, "COUNT", _KEYS))
        yield dict(zip(pairs[::2], pairs[1::2], strict=True))
        if cursor == b"0":
            break
    while True:
        pattern = names.key(b"*")
        ((cursor, found),) = await reader.ask(("SCAN", cursor, "MATCH", pattern, "COUNT", _KEYS))
        if found:
            (entries,) = await reader.ask(("MGET", *found))
            yield dict(zip(found, entries, strict=True))
        if cursor == b"0":
            return


def _used_keys(names: Names, entries: Mapping[bytes, bytes | None]) -> list[UsedKey]:
    prefix = len(names.key(b""))
    return [used_key_of(name[prefix:], entry) for name, entry in entries.items() if entry]
