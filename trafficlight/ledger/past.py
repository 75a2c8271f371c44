"""The past: every board as it stood at an instant."""

from datetime import datetime
from itertools import takewhile

import msgspec

from trafficlight.domain import system
from trafficlight.domain.fold import fold_all
from trafficlight.domain.ids import SYSTEM
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
        kept = await ledger.read(board)
        records = list(takewhile(lambda record: record.at <= instant, kept))
        if board == SYSTEM:
            for record in records:
                system.apply(past.system, record)
        elif records:
            past.boards[board] = fold_all(board, records)
    return past
