"""Reading the ledger: heads and rows, in answers small enough to hold up nobody."""

from collections.abc import AsyncIterator, Mapping, Sequence
from hashlib import sha1
from itertools import islice
from sys import intern
from typing import Any, Final

from trafficlight.domain.record import Record
from trafficlight.ledger.archive import LedgerRow
from trafficlight.ledger.base import LedgerUnavailable
from trafficlight.ledger.encoding import event_of, instant
from trafficlight.ledger.redis.archive import RedisArchive
from trafficlight.ledger.redis.connection import Command, Server
from trafficlight.ledger.redis.names import TOUCH, Names
from trafficlight.ledger.redis.rows import Head, RedisRow

CHUNK: Final = 500
"""Rows of one answer: 3 ms of decoding, a few hundred KB."""
_BOARDS: Final = 50
"""Boards read together."""
SETTLE_MS: Final = 1_000
"""How long to wait for replicas, in ms: of the three seconds that an append has, connecting may take some."""
ANOTHER: Final = "the Redis holds another ledger than the one that was opened, or none any more"
_SUM: Final = 32
"""Hexadecimal digits of a sum, as in `append.lua`."""


def next_sum(before: bytes, board: str, position: int, at: int, body: bytes) -> bytes:
    """The sum of a row after the row with the sum `before`; `append.lua` makes the same."""
    digest = sha1(b"%s%s %d %d %s" % (before, board.encode(), position, at, body), usedforsecurity=False)
    return digest.hexdigest()[:_SUM].encode()


def head_of(kept: bytes) -> Head:
    """A value of the hash of heads."""
    position, at, total = kept.split(b":")
    return Head(int(position), int(at), total)


def records_of(kept: Sequence[RedisRow]) -> list[Record]:
    """The rows, decoded."""
    return [Record(intern(row.board), row.position, row.at, event_of(row.body)) for row, _, _ in kept]


class RedisReader:
    """Every answer is of what is kept; with replicas, of what so many of them have."""

    def __init__(self, server: Server, names: Names) -> None:
        self._server = server
        self._names = names
        self.mark = b""
        self.shelf = RedisArchive(server.address.archive) if server.address.archive else None

    def close(self) -> None:
        """Ask the archive nothing more."""
        if self.shelf is not None:
            self.shelf.close()

    async def heads(self) -> dict[str, Head]:
        """Every board's end. `LedgerUnavailable` too where another ledger has taken this one's place."""
        mark, pairs = await self.ask(("GET", self._names.mark), ("HGETALL", self._names.heads))
        if mark != self.mark:
            raise LedgerUnavailable(ANOTHER)
        return {board.decode(): head_of(kept) for board, kept in zip(pairs[::2], pairs[1::2], strict=True)}

    async def rows(self, board: str, after: int, last: int | None = None) -> AsyncIterator[list[RedisRow]]:
        """The board's rows after that position, up to `last` where given, in batches that are never empty."""
        name = self._names.board(board)
        end = "+" if last is None else f"{last}-0"
        while last is None or after < last:
            (entries,) = await self.ask(("XRANGE", name, f"({after}-0", end, "COUNT", CHUNK))
            found = [kept_of(board, entry) for entry in entries]
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
                found = [kept_of(board, entry) for entry in entries]
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
        if self.shelf is None:
            raise LedgerUnavailable("older records are in an archive, which the ledger's URL has to name")
        older = await self.shelf.stretch(board, after)
        return [kept for kept in older if kept.row.position < found[0].row.position]

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
            board: kept_of(board, entries[0]).sum if entries else b""
            for board, entries in zip(positions, answers, strict=True)
        }

    async def ask(self, *commands: Command) -> list[Any]:
        """The answers, once what they tell has reached the replicas that the URL asks for.

        What only the primary has, a failover may take back: whoever folded it would show what never was.
        """
        replicas = self._server.address.replicas
        if not replicas:
            return await self._server.ask(*commands)
        touch = ("EVAL", TOUCH.source, 1, self._names.touched)
        wait = ("WAIT", replicas, SETTLE_MS)
        *answers, _, reached = await self._server.ask(*commands, touch, wait)
        if reached < replicas:
            await self._server.forget()
            raise LedgerUnavailable(f"{reached} of {replicas} replicas have what Redis holds")
        return answers


def kept_of(board: str, entry: Any) -> RedisRow:
    name, fields = entry
    found = dict(zip(fields[::2], fields[1::2], strict=True))
    position, at = int(name.partition(b"-")[0]), int(found.get(b"a", b"0"))
    return RedisRow(LedgerRow(board, position, instant(at), found.get(b"b", b"")), at, found.get(b"s", b""))
