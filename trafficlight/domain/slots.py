"""Whether a stop with a rota is being visited, and when it is next: its rota, its hours, its special days."""

from datetime import date, datetime

import msgspec

from trafficlight.domain.board import Board
from trafficlight.domain.day import ONE_DAY, local
from trafficlight.domain.hours import WHOLE_DAY, Intervals, Opening, Span, day_spans, parse_day, parse_hours
from trafficlight.domain.opening import shut_on
from trafficlight.domain.rota import Rota, parse_rota
from trafficlight.domain.state import RotaSlot, SiteState

__all__ = ["Visiting", "absent_on", "rota_of", "visiting_at"]


class Visiting(msgspec.Struct, frozen=True):
    """A stop at an instant: the visit that is told, and whether it is today's."""

    visit: RotaSlot | None
    """Today's until it is over, else the next one; None where none is known."""
    today: bool
    opening: Opening
    """`since` and `until`: when visits begin and end around the instant; midnight is a boundary too."""


def rota_of(state: SiteState, board: Board) -> Rota | None:
    """The site's rota where it parses surely; a date without a year is near the day on which it was told."""
    if not state.site.rota:
        return None
    told_at = state.rota_at or state.touched.at
    return parse_rota(state.site.rota, local(told_at, board.zone).date())


def visiting_at(state: SiteState, board: Board, at: datetime) -> Visiting | None:
    """The stop at the instant; None for a site without a rota that decides."""
    rota = rota_of(state, board)
    if rota is None:
        return None
    here = local(at, board.zone).date()
    before, now = (_spans(state, board, rota, day) for day in (here - ONE_DAY, here))
    edges = sorted(edge for span in (*before, *now) for edge in span)
    day, today = here, True
    if before and at < before[-1][1]:  # over midnight
        day = here - ONE_DAY
    elif not now or at >= now[-1][1]:
        today = False
        ahead = _next(state, board, rota, here + ONE_DAY)
        if ahead is None:
            return Visiting(None, today=False, opening=_opening(edges, at, None, is_open=False))
        day = ahead
    spans = _spans(state, board, rota, day)
    is_open = any(start <= at < end for start, end in spans)
    starts = [start for start, _ in spans if start > at]
    told = spans if _hours(state, board, rota, day) != WHOLE_DAY else ()
    next_open = starts[0] if starts and not is_open else None
    return Visiting(
        RotaSlot(day=day, spans=told), today=today, opening=_opening(edges, at, next_open, is_open=is_open)
    )


def absent_on(state: SiteState, board: Board, day: date) -> bool:
    """Whether nobody is there all that date: the site is shut, or its rota brings nobody."""
    rota = rota_of(state, board)
    if rota is None:
        return shut_on(state.site, board, day)
    return not _spans(state, board, rota, day)


def _opening(edges: list[datetime], at: datetime, next_open: datetime | None, *, is_open: bool) -> Opening:
    return Opening(
        is_open=is_open,
        since=max((edge for edge in edges if edge <= at), default=None),
        until=min((edge for edge in edges if edge > at), default=None),
        next_open=next_open,
    )


def _next(state: SiteState, board: Board, rota: Rota, day: date) -> date | None:
    """The first visit from the day on; one on a special day on which the site is shut does not take place."""
    ahead = rota.next_from(day)
    while ahead is not None and not _spans(state, board, rota, ahead):
        ahead = rota.next_from(ahead + ONE_DAY)
    return ahead


def _spans(state: SiteState, board: Board, rota: Rota, day: date) -> tuple[Span, ...]:
    return day_spans(_hours(state, board, rota, day), day, board.zone) if rota.visits(day) else ()


def _hours(state: SiteState, board: Board, rota: Rota, day: date) -> Intervals:
    """The hours of a visit: the special day's, the rota's own, the site's; any time where these say nothing.

    Where the site's week is closed on the weekday of a visit, rota and hours contradict each other: the visit
    is told, its hours are not.
    """
    special = state.site.special_days.get(day) or board.special_days.get(day)
    if special:
        written = parse_day(special)
        return WHOLE_DAY if written is None else written
    week = rota.hours or parse_hours(state.site.hours)
    return (week[day.weekday()] if week else ()) or WHOLE_DAY
