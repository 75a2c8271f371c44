"""What of a judgement a board shows: all of it, or, while it is paused and once it has ended, no light."""

from typing import Final

from trafficlight.domain.board import Board, BoardState
from trafficlight.domain.light import Reason
from trafficlight.domain.state import Judged

WITHOUT_LIGHTS: Final = {
    BoardState.PAUSED: Reason.BOARD_PAUSED,
    BoardState.ENDED: Reason.BOARD_ENDED,
}
"""States of a board in which nothing shows a light, whatever is known, and why."""


def shows_lights(board: Board) -> bool:
    """Whether the board shows lights at all: not while it is paused, and not once it has ended."""
    return board.state not in WITHOUT_LIGHTS


def as_published(board: Board, judged: Judged) -> Judged:
    """The judgement as the public reads it, at every door: none where the board shows no lights."""
    if shows_lights(board):
        return judged
    return Judged(
        light=None,
        reason=WITHOUT_LIGHTS[board.state],
        since=judged.since,
        until=judged.until,
        valid_until=judged.until,
        is_open=judged.is_open,
        presumed_open=judged.presumed_open,
    )
