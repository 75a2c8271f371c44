"""An import: kept aside while it comes, made the ledger in one step."""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from typing import Final
from uuid import uuid4

from redis.exceptions import RedisError

from trafficlight.ledger.archive import Moving, NotEmpty, UsedKey
from trafficlight.ledger.base import LedgerUnavailable
from trafficlight.ledger.encoding import micros
from trafficlight.ledger.redis.connection import Command, RedisConnection, Server, told
from trafficlight.ledger.redis.keys import KEPT_MS, entry_of
from trafficlight.ledger.redis.names import RESTORE, Names
from trafficlight.ledger.redis.reader import ANOTHER, next_sum
from trafficlight.ledger.redis.rows import NOTHING, Head

_AT_ONCE: Final = 1_000
"""Rows sent together."""
_WITHIN: Final = 60.0
"""Seconds for an answer: thousands of rows are synced, thousands of boards renamed."""
_LEFT_SECONDS: Final = 86_400
"""How long what an import left behind stays, where it could not be taken away."""
_DONE, _NOT_EMPTY = 0, 1


class Import:
    """One import, from its first row to its last."""

    def __init__(self, server: Server, names: Names, mark: bytes) -> None:
        self._server = server
        self._names = names
        self._mark = mark
        self._id = uuid4().hex
        self._keys = names.staged_keys(self._id)
        self._heads: dict[str, Head] = {}

    async def run(self, rows: Iterable[Moving]) -> int:
        """See `Archive.restore`."""
        line = await self._server.connect()
        try:
            await self._check_empty(line)
            number, coming = 0, iter(rows)
            while chunk := await asyncio.to_thread(_some, coming):
                number += sum(not isinstance(one, UsedKey) for one in chunk)
                await self._ask(line, *self._commands(chunk))
            await self._finish(line)
        except BaseException:
            await self._forget(line)
            raise
        finally:
            await line.close()
        return number

    async def _check_empty(self, line: RedisConnection) -> None:
        (kept,) = await self._ask(line, ("EXISTS", self._names.heads))
        if kept:
            raise NotEmpty("the ledger already holds events")

    def _commands(self, chunk: list[Moving]) -> Iterator[Command]:
        for one in chunk:
            if isinstance(one, UsedKey):
                yield "HSET", self._keys, self._names.key(one.name), entry_of(one)
                continue
            board, position, at, body = one
            name = self._names.staged(board, self._id)
            before = self._heads.get(board, NOTHING)
            instant = micros(at)
            total = next_sum(before.sum, board, position, instant, body)
            self._heads[board] = Head(position, instant, total)
            yield "XADD", name, f"{position}-0", "a", instant, "s", total, "b", body
            if before is NOTHING:
                yield "EXPIRE", name, _LEFT_SECONDS
        if any(isinstance(one, UsedKey) for one in chunk):
            yield "EXPIRE", self._keys, _LEFT_SECONDS

    async def _finish(self, line: RedisConnection) -> None:
        staged = self._names.staged("", self._id)
        boards = list(self._heads)
        ends = [("HSET", staged, board, b"%d:%d:%s" % head) for board, head in self._heads.items()]
        if ends:
            await self._ask(line, *ends, ("EXPIRE", staged, _LEFT_SECONDS))
        keys = [self._names.mark, self._names.heads, staged, self._keys, self._names.brought]
        for board in boards:
            keys += (self._names.staged(board, self._id), self._names.board(board))
        news = self._names.news(self._mark)
        (answer,) = await self._ask(
            line, ("EVAL", RESTORE.source, len(keys), *keys, self._mark, news, KEPT_MS, *boards)
        )
        if answer == _NOT_EMPTY:
            raise NotEmpty("the ledger already holds events")
        if answer != _DONE:
            raise LedgerUnavailable(ANOTHER)

    async def _forget(self, line: RedisConnection) -> None:
        names = [self._keys, *(self._names.staged(board, self._id) for board in ("", *self._heads))]
        with suppress(LedgerUnavailable):
            await line.ask(("UNLINK", *names))

    async def _ask(self, line: RedisConnection, *commands: Command) -> list[object]:
        answers = await line.ask(*commands, within=_WITHIN)
        for answer in answers:
            if isinstance(answer, RedisError):
                raise told(answer) from answer
        return answers


def _some(rows: Iterator[Moving]) -> list[Moving]:
    return list(islice(rows, _AT_ONCE))
