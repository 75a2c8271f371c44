"""What is done to the ledger as a whole: an import into it, its old rows into the archive, a check of it."""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from itertools import islice, pairwise
from typing import Final
from uuid import uuid4

from redis.exceptions import RedisError

from trafficlight.domain.ids import SYSTEM
from trafficlight.ledger.base import LedgerUnavailable
from trafficlight.ledger.encoding import micros
from trafficlight.ledger.redis.archive import FILE_ROWS, RedisArchive
from trafficlight.ledger.redis.connection import Command, RedisConnection, Server, unavailable
from trafficlight.ledger.redis.reader import RedisReader
from trafficlight.ledger.redis.schema import (
    ANOTHER,
    EMPTY,
    KEY_MS,
    RESTORE,
    TRIM,
    Names,
    RedisRow,
    entry_of,
    next_sum,
)
from trafficlight.ledger.store import Finding, Head, IntegrityCheck, Moving, NotEmpty, UsedKey

_ROWS_AT_ONCE: Final = 1_000
"""Rows sent together."""
_ANSWER_WITHIN: Final = 60.0
"""Seconds for an answer: thousands of rows are synced, thousands of boards renamed."""
_LEFT_SECONDS: Final = 86_400
"""How long what an import left behind stays, where it could not be taken away."""
_DONE, _NOT_EMPTY = 0, 1


class Import:
    """One import: kept aside while it comes, made the ledger in one step."""

    def __init__(self, server: Server, names: Names, mark: bytes) -> None:
        self._server = server
        self._names = names
        self._mark = mark
        self._id = uuid4().hex
        self._keys = names.staged_keys(self._id)
        self._heads: dict[str, Head] = {}

    async def run(self, rows: Iterable[Moving]) -> int:
        """See `LedgerStore.restore`."""
        connection = await self._server.connect()
        try:
            await self._check_empty(connection)
            number, coming = 0, iter(rows)
            while chunk := await asyncio.to_thread(_some, coming):
                number += sum(not isinstance(one, UsedKey) for one in chunk)
                await self._ask(connection, *self._commands(chunk))
            await self._finish(connection)
        except BaseException:
            await self._forget(connection)
            raise
        finally:
            await connection.close()
        return number

    async def _check_empty(self, connection: RedisConnection) -> None:
        (exists,) = await self._ask(connection, ("EXISTS", self._names.heads))
        if exists:
            raise NotEmpty("the ledger already holds events")

    def _commands(self, chunk: list[Moving]) -> Iterator[Command]:
        for one in chunk:
            if isinstance(one, UsedKey):
                yield "HSET", self._keys, self._names.key(one.name), entry_of(one)
                continue
            board, position, at, body = one
            name = self._names.staged(board, self._id)
            before = self._heads.get(board, EMPTY)
            instant = micros(at)
            total = next_sum(before.sum, board, position, instant, body)
            self._heads[board] = Head(position, instant, total)
            yield "XADD", name, f"{position}-0", "a", instant, "s", total, "b", body
            if before is EMPTY:
                yield "EXPIRE", name, _LEFT_SECONDS
        if any(isinstance(one, UsedKey) for one in chunk):
            yield "EXPIRE", self._keys, _LEFT_SECONDS

    async def _finish(self, connection: RedisConnection) -> None:
        staged = self._names.staged("", self._id)
        boards = list(self._heads)
        ends = [("HSET", staged, board, b"%d:%d:%s" % head) for board, head in self._heads.items()]
        if ends:
            await self._ask(connection, *ends, ("EXPIRE", staged, _LEFT_SECONDS))
        keys = [self._names.mark, self._names.heads, staged, self._keys, self._names.imported_keys]
        for board in boards:
            keys += (self._names.staged(board, self._id), self._names.board(board))
        channel = self._names.channel(self._mark)
        (answer,) = await self._ask(
            connection, ("EVAL", RESTORE.source, len(keys), *keys, self._mark, channel, KEY_MS, *boards)
        )
        if answer == _NOT_EMPTY:
            raise NotEmpty("the ledger already holds events")
        if answer != _DONE:
            raise LedgerUnavailable(ANOTHER)

    async def _forget(self, connection: RedisConnection) -> None:
        names = [self._keys, *(self._names.staged(board, self._id) for board in ("", *self._heads))]
        with suppress(LedgerUnavailable):
            await connection.ask(("UNLINK", *names))

    async def _ask(self, connection: RedisConnection, *commands: Command) -> list[object]:
        answers = await connection.ask(*commands, within=_ANSWER_WITHIN)
        for answer in answers:
            if isinstance(answer, RedisError):
                raise unavailable(answer) from answer
        return answers


def _some(rows: Iterator[Moving]) -> list[Moving]:
    return list(islice(rows, _ROWS_AT_ONCE))


class Archiving:
    """Moves old rows of all boards to the archive, so that the memory of Redis does not grow for ever."""

    def __init__(self, server: Server, names: Names, reader: RedisReader, archive: RedisArchive) -> None:
        self._server = server
        self._names = names
        self._reader = reader
        self._archive = archive

    async def run(self, before: datetime) -> int:
        """Move whole files of rows that are older; how many rows were moved.

        A row leaves Redis once it is in the archive and was read back there. The latest rows of a
        board stay, however old. Raises `LedgerUnavailable`, also where the archive fails.
        """
        moved = 0
        for board, head in (await self._reader.heads()).items():
            while stretch := await self._stretch(board, head.position, micros(before)):
                await self._move(board, stretch)
                moved += len(stretch)
        return moved

    async def _stretch(self, board: str, head: int, before: int) -> list[RedisRow]:
        """The next rows of the board that make a whole file, if they are old enough and not its last."""
        archived = await self._reader.archived(board)
        stretch: list[RedisRow] = []
        if archived + FILE_ROWS >= head:
            return []
        async for rows in self._reader.rows(board, archived, archived + FILE_ROWS):
            stretch += rows
        whole = len(stretch) == FILE_ROWS and all(
            next_sum(one.sum, board, two.row.position, two.at, two.row.body) == two.sum
            for one, two in pairwise(stretch)
        )
        if not whole:
            raise LedgerUnavailable(f"{board} is not sound after {archived}: see `ledger verify`")
        return stretch if stretch[-1].at < before else []

    async def _move(self, board: str, stretch: list[RedisRow]) -> None:
        await self._archive.put(board, stretch)
        keys = (self._names.mark, self._names.archived, self._names.board(board))
        before, last = stretch[0].row.position - 1, stretch[-1].row.position
        (done,) = await self._server.ask(
            ("EVAL", TRIM.source, len(keys), *keys, self._reader.mark, board, before, last)
        )
        if done != 1:
            raise LedgerUnavailable(f"somebody else archives {board}")


async def check_ledger(reader: RedisReader) -> list[Finding]:
    """See `LedgerStore.check`."""
    findings: list[Finding] = []
    heads = await reader.heads()
    for board in sorted(heads, key=lambda board: (board != SYSTEM, board)):
        findings += await _check_board(reader, board, heads[board])
    return findings


async def _check_board(reader: RedisReader, board: str, head: Head) -> list[Finding]:
    """Row by row. A changed byte is found at its row alone: a sum is made from the one stored before it."""
    findings: list[Finding] = []
    integrity, before = IntegrityCheck(), EMPTY
    async for rows in reader.rows(board, 0, head.position):
        for row, at, total in rows:
            findings += integrity.step(row)
            if row.position == before.position + 1 and (
                next_sum(before.sum, board, row.position, at, row.body) != total
            ):
                findings.append(Finding("changed", board, row.position, "the row is not as it was written"))
            before = Head(row.position, at, total)
    if before.position < head.position:
        findings.append(Finding("gap", board, head.position, "the board was this long"))
    elif before.sum != head.sum:
        findings.append(Finding("changed", board, head.position, "the board does not end as it was written"))
    return findings
