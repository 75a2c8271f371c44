"""One process: the app on one port, health and metrics on another.

The ops port listens first, so that `/live` answers while the ledger is folded. The public port listens once
the first fold is complete: until then a connection is refused, which balancers and browsers understand, and
nobody takes a half-known board for the truth.
"""

import asyncio
from collections.abc import Callable, Mapping
from socket import socket
from typing import Any, Final

import structlog
from aiohttp import web

from trafficlight.ledger.base import LedgerUnavailable
from trafficlight.settings import Settings
from trafficlight.signals import on_stop_signal
from trafficlight.supervisor import notify, notify_alive
from trafficlight.web.app import NODE, create_app
from trafficlight.web.ops import create_ops
from trafficlight.web.room import IDLE_SECONDS, RoomySite, allow_descriptors, room_of

SHUTDOWN_SECONDS: Final = 3.5
"""Requests that run may take so long after SIGTERM. aiohttp waits twice, for the handler to end and for it to
end once cancelled, and a container is killed after 10 s: two of these, and a second for the ops port."""
MOST_OF_OPS: Final = 64
"""Connections to the ops port at once: a few programs and whoever looks."""
HOW: Final[Mapping[str, Any]] = {"access_log": None, "keepalive_timeout": IDLE_SECONDS}

log = structlog.get_logger("server")


async def serve(
    settings: Settings,
    on_listening: Callable[[], None] | None = None,
    sockets: tuple[socket, socket] | None = None,
) -> int:
    """Serve until told to end (0), or until a part that the others need cannot go on (1).

    `on_listening` is called once, when pages can be had. On these sockets, of the pages and of operation,
    where they are given: they listen already.
    """
    room = room_of(allow_descriptors())
    stop = asyncio.Event()
    on_stop_signal(asyncio.get_running_loop(), stop.set)
    app = create_app(settings)
    node = app[NODE]
    ops = web.AppRunner(create_ops(node.health()), shutdown_timeout=1.0, **HOW)
    alive = asyncio.create_task(notify_alive())
    public = web.AppRunner(app, shutdown_timeout=SHUTDOWN_SECONDS, **HOW)
    try:
        await _listen(ops, settings.ops, sockets[1] if sockets else None, MOST_OF_OPS)
        log.info("ops_listens", host=settings.ops[0], port=settings.ops[1])
        listening = sockets[0] if sockets else None
        starting = asyncio.create_task(_listen(public, settings.listen, listening, room))
        if not await _first(starting, stop):
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
            return 0
        starting.result()
        log.info("listens", host=settings.listen[0], port=settings.listen[1])
        notify("READY=1")
        if on_listening:
            on_listening()
        failing = asyncio.create_task(node.failed.wait())
        code = 1 if await _first(failing, stop) else 0
        failing.cancel()
    except (LedgerUnavailable, OSError, ValueError) as error:
        log.critical("cannot_start", exc_info=error, reason=str(error))
        code = 1
    finally:
        notify("STOPPING=1")
        alive.cancel()
        await public.cleanup()
        await ops.cleanup()
        log.info("stopped")
    return code


async def _listen(
    runner: web.AppRunner, address: tuple[str, int], listening: socket | None, most: int
) -> None:
    await runner.setup()
    await RoomySite(runner, address, listening, most).start()


async def _first(task: "asyncio.Task[object]", stop: asyncio.Event) -> bool:
    """Whether the task was done before the stop was asked for."""
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    return task.done()
