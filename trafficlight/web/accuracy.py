"""How true the lights of each board were, for the metrics: worked out once a day, a board at a time."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Final

import structlog

from trafficlight.actions.accuracy import PERIODS
from trafficlight.domain.accuracy import PUBLISHED, Rate, measure
from trafficlight.domain.board import Board, BoardState
from trafficlight.domain.judge import today_at
from trafficlight.domain.lookback import look_back
from trafficlight.domain.record import Record
from trafficlight.domain.replay import site_named
from trafficlight.ledger.base import LedgerUnavailable
from trafficlight.ledger.current import Current
from trafficlight.metrics import AccuracyFact
from trafficlight.publish.sync_pass import in_thread

BEGIN_SECONDS: Final = 300.0
"""After the start: whoever has just come up has other things to do."""
LOOK_SECONDS: Final = 600.0
"""Between looks at which boards' days have ended."""
RESTS: Final = 19
"""Times as long as a board took, before the next: one twentieth of a processor at most."""

SITES_AT_ONCE: Final = 50
"""Measured in one go: less than a second of a processor."""

log = structlog.get_logger("accuracy")


class DailyAccuracy:
    """The figures of the published lights of the last fourteen days, of every live board."""

    def __init__(self, current: Current, clock: Callable[[], datetime]) -> None:
        self._current = current
        self._clock = clock
        self._known: dict[str, tuple[date, Mapping[str, Rate]]] = {}
        """By board: the service day on which it was worked out, and the figures."""

    def facts(self) -> list[AccuracyFact]:
        """As last worked out."""
        return [
            AccuracyFact(slug, name, rate.hits, rate.of, rate.ratio is not None)
            for slug, (_, rates) in self._known.items()
            if slug in self._current.boards
            for name, rate in rates.items()
        ]

    async def run(self) -> None:
        """Go round for ever; never returns."""
        await asyncio.sleep(BEGIN_SECONDS)
        while True:
            try:
                await self.go_round(RESTS)
            except LedgerUnavailable as error:
                log.warning("accuracy_not_measured", reason=str(error))
            await asyncio.sleep(LOOK_SECONDS)

    async def go_round(self, rests: int = 0) -> None:
        """Work out the boards whose service day is another than when that was last done."""
        for slug in sorted(self._current.boards):
            fold = self._current.boards.get(slug)
            if fold is None or fold.board.state is not BoardState.LIVE:
                self._known.pop(slug, None)
                continue
            board, at = fold.board, self._clock()
            day = today_at(board, at).day
            if slug in self._known and self._known[slug][0] == day:
                continue
            began = time.perf_counter()
            self._known[slug] = day, await self._measured(board, at)
            await asyncio.sleep(rests * (time.perf_counter() - began))

    async def _measured(self, board: Board, at: datetime) -> Mapping[str, Rate]:
        records = await self._current.ledger.read(board.slug)
        total: dict[str, Rate] = {}
        try:
            for part in await in_thread(_by_sites, records):  # whoever stops us waits for one part at most
                back = await in_thread(look_back, board, part, PERIODS[0], at)
                found = await in_thread(measure, back, {})
                for name, rate in found.rules[PUBLISHED].rates.items():
                    total[name] = total.get(name, Rate()) + rate
        except Exception:  # what fails here takes nothing else down, and is tried again tomorrow
            log.exception("accuracy_failed", board=board.slug)
            return {}
        return total


def _by_sites(records: Sequence[Record]) -> list[list[Record]]:
    """What happened to some sites at a time, with what happened to all of them."""
    places: dict[str, int] = {}
    of_all: list[Record] = []
    parts: list[list[Record]] = []
    for record in records:
        site = site_named(record.event)
        if not site:
            of_all.append(record)
            for part in parts:
                part.append(record)
            continue
        place = places.setdefault(site, len(places)) // SITES_AT_ONCE
        if place == len(parts):
            parts.append(list(of_all))
        parts[place].append(record)
    return parts
