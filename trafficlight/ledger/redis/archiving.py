"""Moving a ledger's old rows out of Redis, so that its memory does not grow for ever."""

from datetime import datetime
from itertools import pairwise

from trafficlight.ledger.base import LedgerUnavailable
from trafficlight.ledger.encoding import micros
from trafficlight.ledger.redis.archive import FILE_ROWS, RedisArchive
from trafficlight.ledger.redis.connection import Server
from trafficlight.ledger.redis.names import TRIM, Names
from trafficlight.ledger.redis.reader import RedisReader, next_sum
from trafficlight.ledger.redis.rows import RedisRow


class Shelving:
    """One pass over all boards."""

    def __init__(self, server: Server, names: Names, reader: RedisReader, shelf: RedisArchive) -> None:
        self._server = server
        self._names = names
        self._reader = reader
        self._shelf = shelf

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
        async for kept in self._reader.rows(board, archived, archived + FILE_ROWS):
            stretch += kept
        whole = len(stretch) == FILE_ROWS and all(
            next_sum(one.sum, board, two.row.position, two.at, two.row.body) == two.sum
            for one, two in pairwise(stretch)
        )
        if not whole:
            raise LedgerUnavailable(f"{board} is not sound after {archived}: see `ledger verify`")
        return stretch if stretch[-1].at < before else []

    async def _move(self, board: str, stretch: list[RedisRow]) -> None:
        await self._shelf.put(board, stretch)
        keys = (self._names.mark, self._names.archived, self._names.board(board))
        before, last = stretch[0].row.position - 1, stretch[-1].row.position
        (done,) = await self._server.ask(
            ("EVAL", TRIM.source, len(keys), *keys, self._reader.mark, board, before, last)
        )
        if done != 1:
            raise LedgerUnavailable(f"somebody else archives {board}")
