"""Days gone by, told from the ledger: all of it once, and from then on only what has come since."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from aiohttp import web

from trafficlight.domain.board import Board
from trafficlight.domain.judge import today_at
from trafficlight.domain.lookback import DayWalk, Lookback, days_before
from trafficlight.domain.record import Record
from trafficlight.publish.sync_pass import in_thread
from trafficlight.web.node import Node

KEPT: Final = 4
"""Boards that are gone on with; 90 days of 152 sites are some 20 MB."""


class Lookbacks:
    """Tells the days of boards, one at a time, in a thread, and keeps the last ones. One for the process."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._turn = asyncio.Lock()
        self._kept: OrderedDict[tuple[object, ...], DayWalk] = OrderedDict()

    async def of(self, board: Board, number: int, at: datetime) -> Lookback:
        """The board's last so many days that are over at the instant, as the ledger has them now."""
        days = days_before(board, at, number)
        key = board.slug, board.zone, board.cut_off
        async with self._turn:
            walk = self._kept.pop(key, None)  # what fails on the way is not gone on with
            if walk is None or walk.since > days[0]:
                walk = DayWalk(board, days[0])
            records = await self._node.ledger.read(board.slug, walk.position)
            told = await in_thread(_told, walk, records, today_at(board, at).start, days)
            self._kept[key] = walk
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return told


def _told(walk: DayWalk, records: Sequence[Record], until: datetime, days: Sequence[date]) -> Lookback:
    walk.on(records, until)
    return walk.back(days)


LOOKBACKS: Final = web.AppKey("desk-lookbacks", Lookbacks)
