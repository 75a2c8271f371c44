"""✕: closed because staff are infected. Sticky, until somebody says otherwise or it is believed no more."""

from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from trafficlight.domain.board import Board
from trafficlight.domain.day import ONE_DAY, Today, instant
from trafficlight.domain.state import CROSS_LASTS, Cross, CrossAct, Report, SiteState


def cross_ends(cross: Cross, board: Board) -> datetime:
    """When a closure is believed no more: from the announced day's start, or after seven days of silence."""
    silence = cross.word_at + CROSS_LASTS
    if cross.reopen is None or cross.reopen > silence.date() + ONE_DAY:  # a zone is less than a day off UTC
        return silence
    return min(silence, instant(cross.reopen, board.cut_off, board.zone))


def after(board: Board, cross: Cross | None, step: Report | CrossAct) -> Cross | None:
    """The closure after one more word, by the site or by the desk.

    Of reports only those about their own day speak of the present; once it is over, any of them ends it.
    """
    if isinstance(step, CrossAct):
        return _confirmed(board, cross, step.at) if cross and step.confirmed else None
    if not step.current:
        return cross
    standing = cross if cross and step.at < cross_ends(cross, board) else None
    if step.staff_infected:
        return Cross(
            since=standing.since if standing else step.at,
            word_at=step.at,
            said_at=step.at,
            reopen=step.expected_reopen or (standing.reopen if standing else None),
            confirmed=standing.confirmed if standing else False,
        )
    return None if step.staff_infected is False else standing


def _confirmed(board: Board, cross: Cross, at: datetime) -> Cross:
    """The closure after the desk confirmed it: a word like the site's own.

    After the announced day that day is set aside: somebody asked, and it is still closed.
    """
    told = replace(cross, confirmed=True, word_at=at)
    return told if at < cross_ends(told, board) else replace(told, reopen=None)


def after_all(
    board: Board, cross: Cross | None, reports: Iterable[Report], acts: Iterable[CrossAct]
) -> Cross | None:
    """The closure after what reports and desk said, in ledger order."""
    steps: list[Report | CrossAct] = [*reports, *acts]
    for step in sorted(steps, key=_by_position):
        cross = after(board, cross, step)
    return cross


def _by_position(step: Report | CrossAct) -> int:
    return step.position


def closed_on(board: Board, state: SiteState, day: Today, now: datetime) -> bool:
    """Whether the site stood closed at the end of the day, or stands so `now` where that is earlier.

    A closure that ran out by itself in the course of the day counts: nobody said anything after it.
    """
    if now < day.end:
        cross = state.cross
    elif state.settled_cross is None and not any(report.staff_infected for report in state.reports):
        return False
    else:
        cross = after_all(
            board,
            state.settled_cross,
            [report for report in state.reports if report.at < day.end],
            [act for act in state.cross_acts if act.at < day.end],
        )
    return cross is not None and day.start < cross_ends(cross, board)
