"""The past: every board as it stood at an instant."""

import asyncio
from datetime import datetime
from itertools import takewhile

import msgspec

from trafficlight.domain import system
from trafficlight.domain.ids import SYSTEM
from trafficlight.domain.replay import fold_all
from trafficlight.domain.state import BoardFold
from trafficlight.domain.system import SystemFold
from trafficlight.ledger.base import Ledger


class Past(msgspec.Struct, frozen=True):
    """What `Current` held at an instant. Boards that were not there yet are not in it."""

    system: SystemFold
    boards: dict[str, BoardFold]


async def folded_at(ledger: Ledger, instant: datetime) -> Past:
    """Each board after its longest prefix up to the instant, itself included. `LedgerUnavailable` else."""
    past = Past(system=SystemFold(), boards={})
    for board in await ledger.heads():
        history = await ledger.read(board)
        records = list(takewhile(lambda record: record.at <= instant, history))
        if board == SYSTEM:
            for record in records:
                system.apply(past.system, record)
        else:
            fold = fold_all(board, records)
            if fold is not None:
                past.boards[board] = fold
    return past


async def board_at(ledger: Ledger, board: str, until: datetime | int) -> tuple[BoardFold, datetime] | None:
    """One board as it stood at an instant, or after so many of its events, and the instant of that.

    None where it was not there yet, and for more events than there are. Folded beside the event loop.
    """
    history = await ledger.read(board)
    if isinstance(until, int):
        records = history[:until] if 0 < until <= len(history) else []
    else:
        records = list(takewhile(lambda record: record.at <= until, history))
    fold = await asyncio.to_thread(fold_all, board, records)
    return None if fold is None else (fold, records[-1].at if isinstance(until, int) else until)
