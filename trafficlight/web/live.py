"""The live stream of a board: which edition there is, told at once and whenever it changes.

A stream says only that there is something newer; what it is, the page reads where it reads everything. So a
reader costs a few bytes of state, nothing waits for anybody, and whoever misses a message misses nothing.
"""

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import count
from typing import Final

import msgspec
import structlog
from aiohttp import web

from trafficlight.domain.board import BoardState
from trafficlight.domain.errors import Refused
from trafficlight.domain.record import Record
from trafficlight.ledger.current import Current
from trafficlight.metrics import LiveFacts
from trafficlight.publish.publisher import Publisher

PAUSE_SECONDS: Final = 1.0
"""Between two messages of a board: a burst is gathered, and pages are not fetched faster than that."""
BEAT_SECONDS: Final = 20.0
"""After so long without a message a comment is sent: proxies close what is silent for 60 s."""
WAITING_BYTES: Final = 4096
"""A reader for whom more than this waits, some 40 messages, is dropped: it comes back, or polls."""
UNHEARD_MS: Final = 30_000
"""A phone that acknowledges nothing for so long has gone."""
AT_ONCE: Final = 100
"""Readers written to before others get their turn: about 1 ms."""
RETRY_MS: Final = (3000, 5000)
"""The least after which a page comes back, and over how much more they are spread."""
COME_BACK: Final = 30
"""Seconds after which somebody for whom there was no room may look again."""
HEADERS: Final = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store, no-transform",  # nor compressed on the way: it would be held back until full
    "X-Accel-Buffering": "no",
    "X-Content-Type-Options": "nosniff",
    # The tree may stand on another server. There is nothing here that is not public, and no credentials.
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Date",
}

log = structlog.get_logger("live")


class LiveMessage(msgspec.Struct, frozen=True):
    """A message: the same values, in the same words, as those of the board's `board.json`."""

    position: int
    as_of: datetime
    until: datetime


def message(news: LiveMessage) -> bytes:
    """The news as a stream has it."""
    return b"id: %d\ndata: %s\n\n" % (news.position, msgspec.json.encode(news))


BEAT: Final = b":\n\n"


class _Reader:
    """One stream. `over` is set when its handler is to return."""

    def __init__(self, response: web.StreamResponse, transport: asyncio.Transport) -> None:
        self.response = response
        self.transport = transport
        self.over = asyncio.Event()

    @property
    def gone(self) -> bool:
        return self.over.is_set() or self.transport.is_closing()

    @property
    def slow(self) -> bool:
        return self.transport.get_write_buffer_size() > WAITING_BYTES


class _Channel:
    """The readers of one board, and what they were told last."""

    def __init__(self, news: LiveMessage) -> None:
        self.news = news
        self.last = message(news)
        """Encoded once, whoever reads it."""
        self.readers: dict[_Reader, None] = {}
        self.woken = asyncio.Event()


class Live:
    """The streams of one process."""

    def __init__(
        self, publisher: Publisher, current: Current, clock: Callable[[], datetime], most: int
    ) -> None:
        self._publisher = publisher
        self._current = current
        self._clock = clock
        self._most = most
        """Streams at a time."""
        self._channels: dict[str, _Channel] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False
        self._numbers = count()
        self._open = self._messages = self._refused = self._dropped = 0
        self.rest: Callable[[float], Awaitable[object]] = asyncio.sleep
        """How the pause after a message is spent."""
        self.beat = BEAT_SECONDS

    def facts(self) -> LiveFacts:
        """What was counted so far."""
        return LiveFacts(
            streams=self._open, messages=self._messages, refused=self._refused, dropped=self._dropped
        )

    def happened(self, batch: Sequence[Record]) -> None:
        """Whoever reads one of these boards is to hear of it."""
        if self._channels:
            for board in {record.board for record in batch} & self._channels.keys():
                self._channels[board].woken.set()

    async def close(self, _app: web.Application) -> None:
        """End all streams: the server is to stop, and does so only once every handler has returned."""
        self._closing = True
        for task in self._tasks:
            task.cancel()
        for channel in list(self._channels.values()):
            self._end(channel)

    # --- a request ------------------------------------------------------------------------------------------

    async def head(self, request: web.Request) -> web.StreamResponse:
        """`HEAD …/live`: how it would be answered."""
        self._news(request.match_info["board"])
        return web.Response(headers=HEADERS)

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """`GET /api/v1/boards/{board}/live`."""
        board, transport = request.match_info["board"], request.transport
        known = self._channels.get(board)
        news = known.news if known else self._news(board)
        if self._ended(board):
            return web.Response(status=204, headers=HEADERS)  # which tells a page not to come back
        if not self._has_room() or transport is None:
            self._refused += 1
            raise Refused("too_many_readers", retry_after=COME_BACK)
        response = web.StreamResponse(headers=HEADERS)
        response.force_close()
        reader = _Reader(response, transport)
        self._open += 1
        channel = None
        try:
            _tighten(transport)
            await response.prepare(request)
            channel = self._join(board, news, reader)
            spread = next(self._numbers) * 977 % RETRY_MS[1]  # a prime: neighbours come back far apart
            await response.write(b"retry: %d\n%s" % (RETRY_MS[0] + spread, channel.last))
            self._messages += 1
            await reader.over.wait()
        except ConnectionError:
            pass  # it has gone already
        finally:
            self._open -= 1
            if channel:
                channel.readers.pop(reader, None)
                channel.woken.set()  # without readers nobody has to tell anything
        return response

    def _news(self, board: str) -> LiveMessage:
        """The board's edition now; `Refused` with `unknown_board`."""
        edition = self._publisher.edition(board, self._clock())
        if edition is None:
            raise Refused("unknown_board", "board", text=board)
        return LiveMessage(edition.position, edition.as_of, edition.until)

    def _ended(self, board: str) -> bool:
        return self._current.boards[board].board.state is BoardState.ENDED

    def _has_room(self) -> bool:
        if self._closing or self._open < self._most:
            return not self._closing
        # Who has gone is noticed at the next message; here somebody waits for the room.
        gone = [reader for reader in self._everybody() if reader.transport.is_closing()]
        for reader in gone:
            reader.over.set()
        return self._open - len(gone) < self._most

    def _everybody(self) -> Iterable[_Reader]:
        return (reader for channel in self._channels.values() for reader in channel.readers)

    def _join(self, board: str, news: LiveMessage, reader: _Reader) -> _Channel:
        """The board's channel with the reader in it; opened if nobody reads the board yet."""
        channel = self._channels.get(board)
        if channel is None:
            channel = self._channels[board] = _Channel(news)
            task = asyncio.create_task(self._announce_changes(board, channel), name="live")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        channel.readers[reader] = None
        if self._closing:
            reader.over.set()
        return channel

    # --- a board --------------------------------------------------------------------------------------------

    async def _announce_changes(self, board: str, channel: _Channel) -> None:
        """Tell the channel's readers what changes, for as long as there are any."""
        try:
            await self._announce(board, channel)
        except Exception as error:
            log.error("live_failed", exc_info=error)  # noqa: TRY400 - as everywhere, the fault without its text
        finally:
            del self._channels[board]
            self._end(channel)  # after a fault they come back, or poll

    async def _announce(self, board: str, channel: _Channel) -> None:
        spoke = time.monotonic()
        while channel.readers:
            channel.woken.clear()
            news = self._news(board)
            if news != channel.news:
                channel.news, channel.last = news, message(news)
                self._messages += await self._send(channel, channel.last)
                spoke = time.monotonic()
                if self._ended(board):
                    return
                await self.rest(PAUSE_SECONDS)
                continue  # whatever happened meanwhile is one message
            silent = time.monotonic() - spoke
            if silent >= self.beat:
                await self._send(channel, BEAT)
                spoke, silent = time.monotonic(), 0.0
            boundary = (news.until - self._clock()).total_seconds()
            with suppress(TimeoutError):
                async with asyncio.timeout(max(0.001, min(boundary, self.beat - silent))):
                    await channel.woken.wait()

    async def _send(self, channel: _Channel, what: bytes) -> int:
        """Send to everybody who keeps up, and let go of the others; how many were sent to."""
        sent = 0
        for number, reader in enumerate(list(channel.readers), start=1):
            if reader.slow:
                reader.transport.abort()
                self._dropped += 1
            if reader.gone:
                channel.readers.pop(reader, None)
                reader.over.set()
                continue
            with suppress(ConnectionError):
                await reader.response.write(what)  # waits for nobody: so little is never held back
                sent += 1
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)
        return sent

    def _end(self, channel: _Channel) -> None:
        for reader in channel.readers:
            reader.over.set()
        channel.readers.clear()


def _tighten(transport: asyncio.Transport) -> None:
    """Let the system hold back little for this reader, and not for long."""
    held = transport.get_extra_info("socket")
    if held is not None:
        with suppress(OSError):  # of another kind, through a proxy on this machine for instance
            held.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, WAITING_BYTES)
            held.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNHEARD_MS)
