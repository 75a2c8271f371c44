"""Whether a site is open: its hours, its special days and those of its board, at an instant."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from trafficlight.domain.board import Board, Site
from trafficlight.domain.day import ONE_DAY, Today
from trafficlight.domain.hours import (
    WHOLE_DAY,
    Intervals,
    Opening,
    Span,
    Week,
    open_spans,
    open_state,
    parse_day,
    parse_hours,
)

SpecialDays = tuple[tuple[date, Intervals], ...]
"""The hours of the special days around a date, ascending."""

_ALWAYS: Final[Week] = (WHOLE_DAY,) * 7
_NEVER: Final[Week] = ((),) * 7
_MOST_KEPT: Final = 8192


def opening_at(site: Site, board: Board, at: datetime) -> Opening | None:
    """Whether the site is open, by its hours and special days; None where what is written decides nothing."""
    special: SpecialDays = ()
    if site.special_days or board.special_days:
        special = _special_around(site, board, at.date())
    week = parse_hours(site.hours)
    if week is None and not special:
        return None
    # Many sites of a county keep the same hours, and are asked about the same moment.
    key = (site.hours, special, board.zone)
    known = _latest.get(key)
    if known is not None and known[0] <= at < known[1]:
        return known[2]
    opening = open_state(week or _ALWAYS, dict(special), at, board.zone)
    if opening.until is not None or opening.is_open:
        if len(_latest) >= _MOST_KEPT:
            _latest.clear()
        _latest[key] = (opening.since or at, opening.until or at + ONE_DAY, opening)
    return opening


_latest: dict[tuple[str, SpecialDays, str], tuple[datetime, datetime, Opening]] = {}
"""What was found last, and between which instants it holds."""


def openings_of(site: Site, board: Board, now: Today) -> tuple[Span, ...]:
    """From when to when the site is open on a service day, in order; empty where nobody knows.

    Openings that touch are one; what begins before the day or ends after it is cut off there.
    """
    special: SpecialDays = ()
    if site.special_days or board.special_days:
        special = _special_around(site, board, now.day)
    return _openings((site.hours, special), board.zone, now.day, (now.start, now.end))


@lru_cache(maxsize=8192)
def _openings(written: tuple[str, SpecialDays], zone: str, day: date, within: Span) -> tuple[Span, ...]:
    week, special_days = parse_hours(written[0]), dict(written[1])
    if week is None and day not in special_days:
        return ()
    found: list[Span] = []
    for ahead in (-1, 0, 1):  # a night that began the day before; the next date's, where the cut-off is late
        for opens, shuts in open_spans(week or _NEVER, special_days, day + ahead * ONE_DAY, zone):
            since, until = max(opens, within[0]), min(shuts, within[1])
            if found and since <= found[-1][1]:
                found[-1] = found[-1][0], max(found[-1][1], until)
            elif since < until:
                found.append((since, until))
    return tuple(found)


def never_shuts(site: Site) -> bool:
    """Whether it is surely open day and night, special days aside."""
    return parse_hours(site.hours) == _ALWAYS


def shut_on(site: Site, board: Board, day: date) -> bool:
    """Whether the site is surely closed all that date: it is neither chased nor drawn as not reported."""
    text = site.special_days.get(day) or board.special_days.get(day)
    if text:
        return _read(text) == ()
    week = parse_hours(site.hours)
    return week is not None and week[day.weekday()] == ()


def _special_around(site: Site, board: Board, day: date) -> SpecialDays:
    """The special days that may matter on a date: the site's own, and the board's where it has none."""
    of_board = _near(board.special_days, day) if board.special_days else ()
    if not site.special_days:
        return of_board
    return tuple(sorted({**dict(of_board), **dict(_near(site.special_days, day))}.items()))


def _near(written: Mapping[date, str], day: date) -> SpecialDays:
    known = _read_last.get(id(written))
    if known is not None and known[0] is written and known[1] == day:
        return known[2]
    found = tuple((one, _read(written[one])) for one in _around(day) if written.get(one))
    if len(_read_last) >= _MOST_KEPT:
        _read_last.clear()
    _read_last[id(written)] = (written, day, found)
    return found


_read_last: dict[int, tuple[Mapping[date, str], date, SpecialDays]] = {}
"""By the settings object, which is kept with what was read of it."""


@lru_cache(maxsize=64)
def _around(day: date) -> tuple[date, ...]:
    """Hours look four dates back and ten ahead; two more on each side, for any zone."""
    return tuple(day + ahead * ONE_DAY for ahead in range(-6, 13))


def _read(text: str) -> Intervals:
    """The hours of a special day.

    What is written but cannot be read says that the day is not as usual, and nothing more: on such a day
    hours close no door.
    """
    spans = parse_day(text)
    return WHOLE_DAY if spans is None else spans
