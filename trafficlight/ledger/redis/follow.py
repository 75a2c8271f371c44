"""Followers: each subscribes first, then reads what lies behind, then goes by its messages; gaps are read."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from trafficlight.domain.record import Record
from trafficlight.ledger.base import HistoryChanged, LedgerUnavailable
from trafficlight.ledger.encoding import event_of, instant
from trafficlight.ledger.redis.connection import ANSWER_WITHIN, RedisConnection, Server
from trafficlight.ledger.redis.reader import RedisReader
from trafficlight.ledger.redis.schema import EMPTY, Names, records_of
from trafficlight.ledger.store import Head

_HEARTBEAT: Final = 1.0
"""Seconds of silence until the server is asked for a sign of life; after as many again it is given up."""
_REMEMBERED: Final = 8_192
"""Events that wait for a slow follower in memory, a few MB; who is further behind reads them."""


class AppendMessage(NamedTuple):
    """What was appended to a board. Without `bodies` it is to be read."""

    board: str
    first: int
    last: Head
    bodies: Sequence[bytes] | None

    @classmethod
    def parse(cls, message: bytes) -> "AppendMessage":
        """As `append.lua` and `restore.lua` publish it."""
        board, first, count, at, total, *bodies = message.split(b"\n")
        last = Head(int(first) + int(count) - 1, int(at), total)
        return cls(board.decode(), int(first), last, bodies or None)


class Subscription:
    """Messages of appends from one connection, queued for whoever takes them."""

    def __init__(self, connection: RedisConnection) -> None:
        self._connection = connection
        self._messages: deque[AppendMessage] = deque()
        self._events = 0
        self._come = asyncio.Event()
        self._failed: LedgerUnavailable | None = None
        self._answered = False
        self._tasks: list[asyncio.Task[None]] = []

    async def begin(self, channel: bytes) -> None:
        """Return when no message published from now on can be missed."""
        await self._connection.send("SUBSCRIBE", channel)
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                await self._connection.receive()
        except TimeoutError:
            raise LedgerUnavailable("Redis does not answer") from None
        self._tasks += (
            asyncio.create_task(self._listen(), name="ledger-subscription"),
            asyncio.create_task(self._beat(), name="ledger-heartbeat"),
        )

    async def take(self) -> list[AppendMessage]:
        """Everything that has come since, once something has; `LedgerUnavailable` once nothing more can."""
        await self._come.wait()
        if not self._messages and self._failed:
            raise self._failed
        taken = list(self._messages)
        self._messages.clear()
        self._events = 0
        if not self._failed:
            self._come.clear()
        return taken

    def fail(self, error: LedgerUnavailable) -> None:
        """Whoever takes is told so, after what has come."""
        self._failed = self._failed or error
        self._come.set()

    async def close(self) -> None:
        """Hang up."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._connection.close()

    async def _listen(self) -> None:
        try:
            while True:
                message: Any = await self._connection.receive()
                self._answered = True
                if isinstance(message, list) and message[0] == b"message":
                    self._queue(AppendMessage.parse(message[2]))
        except LedgerUnavailable as error:
            self.fail(error)
        except ValueError:
            self.fail(LedgerUnavailable("Redis sends messages that cannot be read"))

    async def _beat(self) -> None:
        """Notice a server that has gone without a word."""
        asked = False
        try:
            while not asked or self._answered:
                asked, self._answered = not self._answered, False
                if asked:
                    await self._connection.send("PING")
                await asyncio.sleep(_HEARTBEAT)
        except LedgerUnavailable as error:
            self.fail(error)
        else:
            self.fail(LedgerUnavailable("Redis does not answer"))

    def _queue(self, message: AppendMessage) -> None:
        self._messages.append(message)
        self._events += len(message.bodies or ())
        if self._events > _REMEMBERED:
            last = {one.board: one.last for one in self._messages}
            self._messages = deque(AppendMessage(board, 0, head, None) for board, head in last.items())
            self._events = 0
        self._come.set()


class RedisFollowers:
    """What the followers of a ledger share: what they have been given, and the end."""

    def __init__(self, server: Server, names: Names, reader: RedisReader) -> None:
        self._server = server
        self._names = names
        self._reader = reader
        self._subscriptions: set[Subscription] = set()
        self._given: dict[str, Head] = {}
        """How far each board was given to anybody."""
        self._closed = False

    async def close(self) -> None:
        """Everyone who follows, now or later, hears that it is over."""
        self._closed = True
        for subscription in list(self._subscriptions):
            subscription.fail(LedgerUnavailable("the ledger is closed"))
            await subscription.close()

    def given(self, board: str, head: Head) -> None:
        """Somebody has been given the board as far as that."""
        if head.position > self._given.get(board, EMPTY).position:
            self._given[board] = head

    async def follow(self, after: Mapping[str, int]) -> AsyncIterator[Sequence[Record]]:
        """See `Ledger.follow`."""
        if self._closed:
            raise LedgerUnavailable("the ledger is closed")
        subscription = Subscription(await self._server.connect())
        self._subscriptions.add(subscription)
        try:
            await subscription.begin(self._names.channel(self._reader.mark))
            here = dict(after)
            given = dict(self._given)  # others are given more while the heads are read
            heads = await self._reader.heads()
            await self._check(given, heads)
            lasts = {board: head.position for board, head in heads.items()}
            async for records in self._behind(here, lasts):
                yield records
            while True:
                async for records in self._from_messages(here, await subscription.take()):
                    yield records
        finally:
            self._subscriptions.discard(subscription)
            await subscription.close()

    async def _check(self, before: Mapping[str, Head], heads: Mapping[str, Head]) -> None:
        """`HistoryChanged` where the ledger does not hold any more what was given of it."""
        moved: dict[str, int] = {}
        for board, given in before.items():
            head = heads.get(board, EMPTY)
            if head.position > given.position:
                moved[board] = given.position
            elif head != given:
                raise HistoryChanged(f"{board} was at {given.position}, and is another one now")
        for board, total in (await self._reader.sums(moved)).items():
            if total and total != before[board].sum:
                raise HistoryChanged(f"{board} has another past now at {before[board].position}")

    async def _from_messages(
        self, here: dict[str, int], coming: Sequence[AppendMessage]
    ) -> AsyncIterator[Sequence[Record]]:
        """What the messages bring that is not known here; what they do not carry is read, all together."""
        batch: list[Record] = []
        unread: dict[str, int] = {}
        for message in coming:
            board, last = message.board, message.last
            position = here.get(board, 0)
            if last.position <= position:
                continue
            if message.bodies is None or message.first > position + 1 or board in unread:
                unread[board] = max(last.position, unread.get(board, 0))
                continue
            batch += _records(message)[position + 1 - message.first :]
            here[board] = last.position
            self.given(board, last)
        if batch:
            yield batch
        async for records in self._behind(here, unread):
            yield records

    async def _behind(
        self, here: dict[str, int], lasts: Mapping[str, int]
    ) -> AsyncIterator[Sequence[Record]]:
        """The boards' records after where they are here, up to where they are to be."""
        async for rows in self._reader.behind(here, lasts):
            board = rows[-1].row.board
            here[board] = rows[-1].row.position
            self.given(board, rows[-1].head)
            yield records_of(rows)


def _records(message: AppendMessage) -> list[Record]:
    at = instant(message.last.at)
    return [
        Record(message.board, position, at, event_of(body))
        for position, body in enumerate(message.bodies or (), start=message.first)
    ]
