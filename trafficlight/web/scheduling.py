"""Sends boards' articles to the official account at the times that the boards name."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Final

import structlog

from trafficlight.domain.day import local
from trafficlight.domain.errors import Refused
from trafficlight.domain.state import BoardFold
from trafficlight.ledger.base import KeyReused, LedgerUnavailable
from trafficlight.wechat.pushing import Pusher, due

LOOK_SECONDS: Final = 20.0
LATE_SECONDS: Final = 1800.0
"""A server that was down at the time still sends so much later; after that the article has lost its use."""

log = structlog.get_logger("wechat")


class Schedule:
    """One task for all boards. Of several servers, each time of a day is one's."""

    def __init__(
        self, pusher: Pusher, boards: Callable[[], Mapping[str, BoardFold]], clock: Callable[[], datetime]
    ) -> None:
        self._pusher = pusher
        self._boards = boards
        self._clock = clock
        self._taken: set[tuple[str, date, time]] = set()

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Send what is due and nobody has taken; what goes wrong with one board hurts no other."""
        at = self._clock()
        for slug, fold in list(self._boards().items()):
            for slot in due(fold, at, LATE_SECONDS):
                taken = slug, local(at, fold.board.zone).date(), slot
                if taken not in self._taken:
                    await self._send(taken)

    async def _send(self, taken: tuple[str, date, time]) -> None:
        slug, _, slot = taken
        try:
            mine = await self._pusher.take(slug, slot)
            self._taken.add(taken)
            if mine:
                event = await self._pusher.push(slug, by="schedule", slot=f"{slot:%H:%M}")
                level = log.warning if event.problem else log.info
                level("article_pushed", board=slug, outcome=event.outcome, problem=event.problem)
        except (LedgerUnavailable, KeyReused, Refused) as error:
            log.warning("article_not_pushed", board=slug, exc_info=error)
        except Exception as error:
            # One board's fault keeps no other from being sent.
            self._taken.add(taken)
            log.error("article_not_pushed", board=slug, exc_info=error)  # noqa: TRY400 - without its text
