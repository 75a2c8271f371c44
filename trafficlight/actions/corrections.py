"""What the desk knows better than a report: a light that it sets for a while, a closure that it confirmed."""

from datetime import datetime
from typing import Final

from trafficlight.actions.changing import Changes
from trafficlight.domain.board import Board
from trafficlight.domain.day import ONE_DAY, instant
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import CrossConfirmed, Overridden
from trafficlight.domain.light import Light
from trafficlight.domain.note import check_note

LONGEST_OVERRIDE: Final = 7 * ONE_DAY
"""A light that the desk set stands no longer without somebody looking again: as long as a closure does."""


async def set_override(  # noqa: PLR0913, PLR0917 - what an override is made of
    changes: Changes, board: str, site: str, light: str, reason: str, end: str, at: datetime
) -> None:
    """Set the site's light until the end, a wall time of the board's or an instant.

    `Refused` with `not_listed`, `reason_missing`, `bad_end`, `past_instant`, `far_instant`, or as a note is.
    """
    if light not in set(Light):
        raise Refused("not_listed", "light")
    why = _read_reason(reason.strip())
    await changes.board(
        board,
        lambda fold: [
            Overridden(site=site, light=Light(light), reason=why, until=_read_end(end, fold.board, at))
        ],
    )


async def end_override(changes: Changes, board: str, site: str) -> None:
    """The site shows again what its reports say."""
    await changes.board(board, lambda _fold: [Overridden(site=site)])


async def confirm_closure(changes: Changes, board: str, site: str, *, confirmed: bool) -> None:
    """Say that the site is closed for infection, as it was told on the phone, or that it is not."""
    await changes.board(board, lambda _fold: [CrossConfirmed(site=site, confirmed=confirmed)])


def _read_reason(text: str) -> str:
    if not text:
        raise Refused("reason_missing", "reason")
    try:
        return check_note(text)
    except Refused as refused:
        raise Refused(refused.code, "reason", **refused.params) from None


def _read_end(text: str, board: Board, at: datetime) -> datetime:
    """The instant of a wall time, which is to come within the longest that is allowed."""
    try:
        wall = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Refused("bad_end", "ends", text=text[:40]) from None
    until = instant(wall.date(), wall.time(), board.zone) if wall.tzinfo is None else wall
    if until <= at:
        raise Refused("past_instant", "ends", text=text[:40])
    if until > at + LONGEST_OVERRIDE:
        raise Refused("far_instant", "ends", days=LONGEST_OVERRIDE.days)
    return until
