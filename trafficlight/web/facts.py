"""What is so of every board at the moment of a scrape."""

import asyncio
from datetime import datetime

from trafficlight.domain.due import is_due_on
from trafficlight.domain.judge import judge, today_at
from trafficlight.domain.light import Light, Reason
from trafficlight.domain.state import BoardFold
from trafficlight.metrics import LIGHTS, BoardFacts
from trafficlight.publish.indexing import FAR
from trafficlight.web.node import Node


class BoardWatch:
    """Counts boards anew where something happened or a boundary passed; others get their turn in between."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._known: dict[str, tuple[int, datetime, dict[str, int], int]] = {}
        self._facts: list[BoardFacts] = []
        node.metrics.boards = lambda: self._facts

    async def look(self) -> None:
        """Have the metrics tell what is so now."""
        facts = []
        for slug, fold in list(self._node.current.boards.items()):
            facts.append(self._of(slug, fold, self._node.clock()))
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
