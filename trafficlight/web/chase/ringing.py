"""The loop: looks at every board with a robot, and rings once for each reporting time."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

import structlog

from trafficlight.actions.config import robot_of
from trafficlight.domain.event import Chased
from trafficlight.ledger.base import Appended, Key, LedgerUnavailable
from trafficlight.ledger.current import FOLLOWED_WITHIN, Current
from trafficlight.web.chase.calling import Ring, ring_of
from trafficlight.web.chase.robots import body_of
from trafficlight.web.chase.sending import PAUSES, SENT, send

EVERY: Final = 30.0
"""Seconds between looks: the grace is twenty times as long."""
BY: Final = "chase"

log = structlog.get_logger("chase")


class Chase:
    """Rings for each board that has somebody to chase. `private`: robots may be in private networks too."""

    def __init__(self, current: Current, clock: Callable[[], datetime], *, private: bool) -> None:
        self._current = current
        self._clock = clock
        self._private = private

    async def run(self) -> None:
        """Look again and again, until cancelled; a fault is logged and rings nowhere else."""
        while True:
            await asyncio.sleep(EVERY)
            try:
                await self.ring_all()
            except LedgerUnavailable as error:
                log.warning("ledger_unavailable", reason=str(error))
            except Exception as error:
                log.error("chase_died", exc_info=error)  # noqa: TRY400 - as everywhere, the fault without its text

    async def ring_all(self, pauses: Sequence[float] = PAUSES) -> None:
        """Ring for every board at once; a slow robot holds up no other."""
        wanted = []
        for slug, fold in list(self._current.boards.items()):
            url = robot_of(self._current.system, slug)
            ring = ring_of(fold, self._clock()) if url else None
            if ring is not None:
                wanted.append(self._ring(ring, url, pauses))
        for outcome in await asyncio.gather(*wanted, return_exceptions=True):
            if isinstance(outcome, BaseException):
                raise outcome

    async def _ring(self, ring: Ring, url: str, pauses: Sequence[float]) -> None:
        """In the ledger first, so that neither a restart nor another node rings again; then how it went."""
        slug, due = ring.board.slug, ring.due
        begun = Chased(by=BY, due=due, missing=len(ring.missing))
        key = Key(name=f"{BY}\n{slug}\n{due.isoformat()}", body=due.isoformat().encode())
        if (await self._append(slug, begun, key)).replayed:
            return
        outcome = await send(url, body_of(ring, url), private=self._private, pauses=pauses)
        if outcome != SENT:
            log.warning("chase_failed", board=slug, reason=outcome)
        await self._append(slug, Chased(by=BY, due=due, missing=len(ring.missing), outcome=outcome))

    async def _append(self, board: str, event: Chased, key: Key | None = None) -> Appended:
        appended = await self._current.ledger.append(board, [event], key)
        await self._current.reached(board, appended.positions[-1], FOLLOWED_WITHIN)
        return appended
