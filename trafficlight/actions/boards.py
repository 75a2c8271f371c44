"""A board's settings as they are typed, by whoever types them, and what it needs to be opened."""

import re
from datetime import time
from typing import Final

from trafficlight.domain.board import Board, BoardState
from trafficlight.domain.errors import Refused
from trafficlight.domain.phone import parse_phones

LONGEST_TEXT: Final = 200
LONGEST_CLOSING: Final = 2000
_TIME: Final = re.compile(r"([01]?\d|2[0-3])[:：]([0-5]\d)")


def read_text(text: str, field: str | None = None, most: int = LONGEST_TEXT) -> str:
    """One line, with single spaces; `Refused` with `too_long`."""
    one = " ".join(text.split())
    if len(one) > most:
        raise Refused("too_long", field, text=one[:20], max=most)
    return one


def read_phone(text: str, field: str | None = None) -> str:
    """A phone as written; refused where it cannot be dialled."""
    one = read_text(text, field)
    try:
        parse_phones(one)
    except Refused as refused:
        raise Refused(refused.code, field, **refused.params) from None
    return one


def read_time(text: str, field: str | None = None) -> time:
    """09:00; `Refused("bad_time")`."""
    found = _TIME.fullmatch(text.strip())
    if not found:
        raise Refused("bad_time", field, text=text[:40])
    return time(int(found[1]), int(found[2]))


def read_times(text: str, field: str | None = None) -> tuple[time, ...]:
    """09:00,14:00 in ascending order, each once; at least one."""
    return tuple(sorted({read_time(part, field) for part in re.split(r"[,，、;；]", text)}))


def check_opening(board: Board) -> None:
    """`Refused` with `not_ready` for a board that nobody answers for, or that has no phone to call."""
    for field in ("publisher", "hotline"):
        if board.state is BoardState.DRAFT and not getattr(board, field):
            raise Refused("not_ready", field)
