"""Days gone by, told from the ledger once and kept: they change only when somebody speaks of them again."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from aiohttp import web
from msgspec.structs import replace

from trafficlight.domain.board import Board
from trafficlight.domain.day import ONE_DAY, today
from trafficlight.domain.looking_back import Lookback, days_before, is_of_the_past, look_back
from trafficlight.domain.record import Record
from trafficlight.web.node import Node

KEPT: Final = 8
"""Boards whose days are kept at hand; 90 days of 152 sites are some 10 MB."""


class Lookbacks:
    """Tells the days of boards, one at a time, in a thread, and keeps the last ones. One for the process."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._turn = asyncio.Lock()
        self._kept: OrderedDict[tuple[object, ...], Lookback] = OrderedDict()

    async def of(self, board: Board, number: int, at: datetime) -> Lookback:
        """The board's last so many days that are over at the instant, as the ledger has them now."""
        days = days_before(board, at, number)
        key = board.slug, board.zone, board.cut_off
        async with self._turn:
            kept = self._kept.pop(key, None)
            if kept is None or not set(days) <= set(kept.days) or kept.days[-1] != days[-1]:
                records = await self._node.ledger.read(board.slug)
                made = await asyncio.to_thread(look_back, board, records, days)
            else:
                made = await self._still(board, kept)
            self._kept[key] = made
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return replace(made, days=days)

    async def _still(self, board: Board, kept: Lookback) -> Lookback:
        """What was told, if nothing has come since that speaks of these days; else told anew."""
        since = await self._node.ledger.read(board.slug, kept.position)
        if not _speaks_of(board, since, kept.days):
            return replace(kept, position=since[-1].position) if since else kept
        records = await self._node.ledger.read(board.slug)
        return await asyncio.to_thread(look_back, board, records, kept.days)


def _speaks_of(board: Board, records: Sequence[Record], days: Sequence[date]) -> bool:
    end = today(days[-1], board.cut_off, board.report_by, board.zone).end
    # A record of the days themselves: another node's clock was behind ours.
    return any(record.at < end or is_of_the_past(record.event, days[-1] + ONE_DAY) for record in records)


LOOKBACKS: Final = web.AppKey("desk-lookbacks", Lookbacks)
