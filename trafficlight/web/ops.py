"""Health and metrics, on a port of their own."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from aiohttp import web

from trafficlight.domain.clock import CLOCK_TOLERANCE
from trafficlight.domain.due import is_due_on
from trafficlight.domain.judge import judge, today_at
from trafficlight.domain.light import Light, Reason
from trafficlight.domain.state import BoardFold
from trafficlight.ledger.disk import LastBackup
from trafficlight.metrics import CONTENT_TYPE, LIGHTS, BoardFacts, Metrics, process_facts
from trafficlight.publish.indexing import FAR

LEDGER_WITHIN: Final = 3.0
"""Seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What a process tells of itself, from before its parts come up until after they went down."""

    metrics: Metrics
    clock: Callable[[], datetime]
    ready: Callable[[], bool]
    """Whether the first fold is complete: pages can be served, and only then are the next two asked."""
    takes_reports: Callable[[], Awaitable[bool]]
    boards: Callable[[], Mapping[str, BoardFold]]
    ahead: Callable[[], float] = lambda: 0.0
    """Seconds by which the ledger's last event lies after this machine's clock; 0: it does not."""
    last_backup: Callable[[], LastBackup | None] = lambda: None
    """The last sound one that was noted on this node's data folder; reads a file."""


def create_ops(health: Health) -> web.Application:
    """The ops pages of the process."""
    ops = Ops(health)
    app = web.Application()
    app.router.add_get("/live", ops.live)
    app.router.add_get("/ready", ops.ready)
    app.router.add_get("/ready/posts", ops.ready_for_posts)
    app.router.add_get("/metrics", ops.metrics)
    return app


class Ops:
    """The handlers."""

    def __init__(self, health: Health) -> None:
        self._health = health
        self._watch = BoardWatch(health)

    async def live(self, _request: web.Request) -> web.Response:
        """The loop turns; nothing else is asked."""
        return web.Response(text="live\n")

    async def ready(self, _request: web.Request) -> web.Response:
        """Pages can be served, and every rule in force can be read: a newer program may have set one."""
        if not self._health.ready():
            return _answer(False, "the first fold is not complete")  # noqa: FBT003 - a plain no
        outdated = sorted(slug for slug, fold in self._health.boards().items() if fold.unreadable)
        return _answer(not outdated, f"this program is too old for a rule of {', '.join(outdated)}")

    async def ready_for_posts(self, _request: web.Request) -> web.Response:
        """Reports can be kept, as far as asking the ledger and its last refusal tell."""
        if not self._health.ready():
            return _answer(False, "the first fold is not complete")  # noqa: FBT003 - a plain no
        try:
            async with asyncio.timeout(LEDGER_WITHIN):
                good = await self._health.takes_reports()
        except TimeoutError:
            good = False
        ahead = self._health.ahead()
        if good and ahead > CLOCK_TOLERANCE.total_seconds():
            # They are kept, and stamped by a clock that was wrong: of a later day they show no light.
            return _answer(False, f"the ledger is {ahead:.0f} s ahead of this machine's clock")  # noqa: FBT003 - no
        return _answer(good, "the ledger cannot be reached, or refuses")

    async def metrics(self, _request: web.Request) -> web.Response:
        """Everything measured."""
        if self._health.ready():
            await self._watch.look()
        self._health.metrics.process = await asyncio.to_thread(process_facts)
        self._health.metrics.ahead = self._health.ahead() if self._health.ready() else 0.0
        self._health.metrics.last_backup = await asyncio.to_thread(self._health.last_backup)
        return web.Response(body=self._health.metrics.render(), headers={"Content-Type": CONTENT_TYPE})


def _answer(good: bool, otherwise: str) -> web.Response:  # noqa: FBT001 - the one question of this page
    return web.Response(status=200 if good else 503, text="ready\n" if good else f"{otherwise}\n")


class BoardWatch:
    """Counts boards anew where something happened or a boundary passed; others get their turn in between."""

    def __init__(self, health: Health) -> None:
        self._health = health
        self._known: dict[str, tuple[int, datetime, dict[str, int], int]] = {}
        self._facts: list[BoardFacts] = []
        health.metrics.boards = lambda: self._facts

    async def look(self) -> None:
        """Have the metrics tell what is so now."""
        facts = []
        for slug, fold in list(self._health.boards().items()):
            facts.append(self._of(slug, fold, self._health.clock()))
            await asyncio.sleep(0)
        self._facts = facts

    def _of(self, slug: str, fold: BoardFold, at: datetime) -> BoardFacts:
        known = self._known.get(slug)
        if known is None or known[0] != fold.position or at >= known[1]:
            known = self._known[slug] = _count(fold, at)
        _, _, lights, silent = known
        return BoardFacts(board=slug, lights=lights, not_reported=silent, ages=_ages(fold, at))


def _count(fold: BoardFold, at: datetime) -> tuple[int, datetime, dict[str, int], int]:
    lights, silent, until = dict.fromkeys(LIGHTS, 0), 0, FAR
    for state in fold.sites.values():
        judged = judge(fold, state, at)
        lights[judged.light or "none"] += 1
        silent += judged.reason is Reason.NOT_REPORTED
        until = min(until, judged.until)
    return fold.position, until, lights, silent


def _ages(fold: BoardFold, at: datetime) -> tuple[float, ...]:
    """Seconds since the last report of each site that is to report today: neither closed for now nor shut."""
    board = fold.board
    today = today_at(board, at)
    if at < today.due[0]:
        return ()
    return tuple(
        (at - state.last_report_at).total_seconds()
        for state in fold.sites.values()
        if state.last_report_at is not None
        and not (state.tallies and state.tallies[-1].light is Light.CROSS)
        and is_due_on(state, board, today.day)
    )
