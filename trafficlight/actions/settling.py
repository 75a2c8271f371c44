"""Changes a board by what it is at that moment, beside others who do the same."""

from collections.abc import Callable, Sequence
from typing import Final

from trafficlight.domain.errors import Refused
from trafficlight.domain.event import Event
from trafficlight.domain.replay import fold_all
from trafficlight.domain.state import BoardFold
from trafficlight.ledger.base import Ledger, PositionMoved

_TRIES: Final = 50
"""Attempts beside somebody else's appends; each takes a millisecond."""


async def settle(ledger: Ledger, board: str, decide: Callable[[BoardFold], Sequence[Event]]) -> bool:
    """Append what `decide` makes of the board as it stands; False where it makes nothing of it.

    `decide` is asked again when somebody was faster. `Refused` with `unknown_board`, and with
    `changed_meanwhile` on a board that never stands still.
    """
    for _ in range(_TRIES):
        fold = fold_all(board, await ledger.read(board))
        if fold is None:
            raise Refused("unknown_board", "board", text=board)
        events = decide(fold)
        if not events:
            return False
        try:
            await ledger.append(board, events, expect=fold.position)
        except PositionMoved:
            continue
        return True
    raise Refused("changed_meanwhile", None, board=board)
