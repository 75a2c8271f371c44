"""Health and metrics, on a port of their own."""

import asyncio
from typing import Final

from aiohttp import web

from trafficlight.metrics import CONTENT_TYPE
from trafficlight.web.facts import BoardWatch
from trafficlight.web.node import Node

LEDGER_WITHIN: Final = 3.0
"""Seconds."""


def create_ops(node: Node) -> web.Application:
    """The ops pages of the process; they answer from before its parts come up until after they went down."""
    ops = Ops(node)
    app = web.Application()
    app.router.add_get("/live", ops.live)
    app.router.add_get("/ready", ops.ready)
    app.router.add_get("/ready/posts", ops.ready_for_posts)
    app.router.add_get("/metrics", ops.metrics)
    return app


class Ops:
    """The handlers."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._watch = BoardWatch(node)

    async def live(self, _request: web.Request) -> web.Response:
        """The loop turns; nothing else is asked."""
        return web.Response(text="live\n")

    async def ready(self, _request: web.Request) -> web.Response:
        """Pages can be served."""
        return _told(self._node.ready, "the first fold is not complete")

    async def ready_for_posts(self, _request: web.Request) -> web.Response:
        """Reports can be kept, as far as asking the ledger and its last refusal tell."""
        if not self._node.ready:
            return _told(False, "the first fold is not complete")  # noqa: FBT003 - a plain no
        try:
            async with asyncio.timeout(LEDGER_WITHIN):
                good = await self._node.takes_reports()
        except TimeoutError:
            good = False
        return _told(good, "the ledger cannot be reached, or refuses")

    async def metrics(self, _request: web.Request) -> web.Response:
        """Everything measured."""
        if self._node.ready:
            await self._watch.look()
        return web.Response(body=self._node.metrics.render(), headers={"Content-Type": CONTENT_TYPE})


def _told(good: bool, otherwise: str) -> web.Response:  # noqa: FBT001 - the one question of this page
    return web.Response(status=200 if good else 503, text="ready\n" if good else f"{otherwise}\n")
