"""Room for whoever comes next: connections that only wait give way before descriptors run out.

Each connection holds a descriptor, and a stranger opens thousands that say nothing. Those that have waited
longest are closed where there is no room: whoever has just come sends a request at once, and who is closed
while idle connects again without noticing.
"""

import asyncio
import resource
import socket
from contextlib import suppress
from typing import Final

import structlog
from aiohttp import web
from aiohttp.web_protocol import RequestHandler

IDLE_SECONDS: Final = 75.0
"""So long a connection may say nothing, or take over the head of a request; nginx closes its own after 60."""
WAITING: Final = 4096
"""Connections that the system holds until they are accepted; it takes fewer where it is set so."""
ACCEPTED_AT_ONCE: Final = 1
"""In one turn of the loop. asyncio tries again a second after each accept that fails, so often a turn: with
more than one, accepts that fail for want of descriptors would bring forth ever more of them."""
OWN_DESCRIPTORS: Final = 256
"""For ledger, folders, Redis, the ops port; or a quarter of all, where that is less."""
ENOUGH_DESCRIPTORS: Final = 4096
"""Fewer are said at the start."""
CLOSED_AT_ONCE: Final = 32
"""One in so many, so that not every accept has to look through all."""

log = structlog.get_logger("server")


def allow_descriptors() -> int:
    """As many open files as the system lets us have, which is said where it is few. How many there are."""
    with suppress(OSError, ValueError):
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if allowed < ENOUGH_DESCRIPTORS:
        log.warning("few_descriptors", allowed=allowed, reason=f"set nofile to {ENOUGH_DESCRIPTORS} or more")
    return allowed


def room_of(allowed: int) -> int:
    """How many connections there may be at once, of so many descriptors."""
    return allowed - min(OWN_DESCRIPTORS, allowed // 4)


class ConnectionRoom:
    """Makes the connections of a server, at most so many at once."""

    def __init__(self, server: web.Server, most: int) -> None:
        self._server = server
        self._most = most

    def __call__(self) -> RequestHandler:
        """For a connection that has just been accepted."""
        if len(self._server._connections) >= self._most:  # noqa: SLF001 - `connections` copies them all
            self._make_room()
        return self._server()

    def _make_room(self) -> None:
        oldest_first = self._server.connections
        # Between requests, or before the end of the first one's head: nothing of it is lost.
        idle = [one for one in oldest_first if one._waiter is not None]  # noqa: SLF001 - nothing public says so
        for one in (idle or oldest_first)[: max(1, self._most // CLOSED_AT_ONCE)]:
            one.force_close()


class RoomySite(web.BaseSite):
    """Listens with a long queue, and closes what only waits where there is no room for more."""

    def __init__(
        self, runner: web.AppRunner, address: tuple[str, int], listening: socket.socket | None, most: int
    ) -> None:
        super().__init__(runner, backlog=ACCEPTED_AT_ONCE)
        self._address = address
        self._listening = listening
        self._most = most

    @property
    def name(self) -> str:
        """Where it listens."""
        host, port = self._address
        return f"http://{host}:{port}"

    async def start(self) -> None:
        """Listen, on the socket where one was given."""
        await super().start()
        server = self._runner.server
        if server is None:
            raise RuntimeError("the runner is not set up")
        loop, room = asyncio.get_running_loop(), ConnectionRoom(server, self._most)
        if self._listening:
            listens = await loop.create_server(room, sock=self._listening, backlog=self._backlog)
        else:
            listens = await loop.create_server(room, *self._address, backlog=self._backlog)
        self._server = listens
        for bound in listens.sockets:
            with bound.dup() as same:
                same.listen(WAITING)
