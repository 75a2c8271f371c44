"""Followers: first what lies behind, from the file, then what comes, from memory, and nothing lost between.

Lives on the event loop; nothing here blocks.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence

from trafficlight.domain.record import Record
from trafficlight.ledger.base import LedgerUnavailable
from trafficlight.ledger.sqlite.group import Batch
from trafficlight.ledger.sqlite.reader import CHUNK, SqliteReader, board_records, plan, scan

_REMEMBERED = 8_192
"""Records kept in memory for followers, a few MB; who is further behind reads the file."""

_SPARSE = 4
"""Reading board by board costs a search a row: worth it when fewer than one row in so many is wanted."""


class _Node:
    """A batch, and the one after it once that has come. Forgotten ones have neither."""

    __slots__ = ("last", "next", "records")

    def __init__(self, last: int, records: Sequence[Record] | None) -> None:
        self.last = last
        self.records = records
        self.next: _Node | None = None


class SqliteFollowers:
    """What the followers share: the latest batches, once, however many follow."""

    def __init__(self, reader: SqliteReader) -> None:
        self._reader = reader
        self._tail = _Node(0, ())
        self._nodes: deque[_Node] = deque()
        self._remembered = 0
        self._waiting: set[asyncio.Future[None]] = set()
        self._closed = False

    def begin_at(self, last: int) -> None:
        """Batches begin after this sequence number."""
        self._tail = _Node(last, ())

    def told(self, batch: Batch) -> None:
        """Hand the batch on. A follower that waits has it before whatever the caller wakes afterwards."""
        records = batch.records
        if records is not None and len(records) > _REMEMBERED:
            records = None
        node = _Node(batch.last, records)
        self._tail.next = node
        self._tail = node
        self._nodes.append(node)
        self._remembered += len(records or ())
        while self._remembered > _REMEMBERED:
            old = self._nodes.popleft()
            self._remembered -= len(old.records or ())
            old.records = old.next = None
        self._wake()

    def close(self) -> None:
        """Everyone who follows, now or later, hears that it is over."""
        self._closed = True
        self._wake()

    async def follow(self, after: Mapping[str, int]) -> AsyncIterator[Sequence[Record]]:
        """See `Ledger.follow`."""
        behind = await self._reader.run(plan, after)
        cursor = behind.start
        if behind.wanted * _SPARSE < behind.last - cursor:
            for board, head in behind.lagging.items():
                async for records in self._board(board, after.get(board, 0), head):
                    yield records
            cursor = behind.last
        while cursor < behind.last:
            cursor, records = await self._reader.run(scan, cursor, behind.last, after)
            if records:
                yield records
        # Boards that the caller thinks longer than they are: nothing of them is wanted until they pass that.
        ahead = {
            board: position for board, position in after.items() if position > behind.heads.get(board, 0)
        }
        async for records in self._live(cursor, ahead):
            yield records

    async def _board(self, board: str, position: int, head: int) -> AsyncIterator[Sequence[Record]]:
        """The board's records after that position and up to its head."""
        while position < head:
            records = await self._reader.run(board_records, board, position, head, CHUNK)
            if not records:
                return
            position = records[-1].position
            yield records

    async def _live(self, cursor: int, ahead: Mapping[str, int]) -> AsyncIterator[Sequence[Record]]:
        """Everything after that sequence number, as it comes, without what lies at or before `ahead`."""
        node: _Node | None = None  # the batch had last, while going from batch to batch
        while not self._closed:
            coming = node.next if node is not None else None
            if coming is not None and coming.records is not None:
                node, cursor = coming, coming.last
                records = coming.records
            elif cursor < self._tail.last:
                node = None
                cursor, records = await self._reader.run(scan, cursor, self._tail.last, ahead)
            else:
                node = self._tail if cursor == self._tail.last else None
                await self._news()
                continue
            if ahead:
                records = [record for record in records if record.position > ahead.get(record.board, 0)]
            if records:
                yield records
        raise LedgerUnavailable("the ledger is closed")

    async def _news(self) -> None:
        """Returns when something has come, or the ledger closes."""
        waiting = asyncio.get_running_loop().create_future()
        self._waiting.add(waiting)
        try:
            await waiting
        finally:
            self._waiting.discard(waiting)

    def _wake(self) -> None:
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)
