"""When a site is open: a week of intervals, special days and a time zone, at an instant.

Walls (local clock times) become instants through the zone's rules, so a night shift on the day the clocks
change is as long as it really is.
"""

from bisect import bisect_right
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

from trafficlight.domain.hours_text import DAY, WHOLE_DAY, Interval, Intervals, Week, parse_day, parse_hours

__all__ = [
    "DAY",
    "WHOLE_DAY",
    "Interval",
    "Intervals",
    "Opening",
    "Span",
    "Week",
    "day_spans",
    "open_spans",
    "open_state",
    "parse_day",
    "parse_hours",
]

Span = tuple[datetime, datetime]
"""Two instants in UTC: the first is in it, the second is not."""

_LOOK_BACK = timedelta(days=2)  # a light is never older than the service day before
_LOOK_AHEAD = timedelta(days=8)  # a week's every opening, and one public holiday on top
# One day more on each side, for zones and for nights that began the day before.
_DAYS_BACK = 4
_DAYS_AHEAD = 10


class Opening(msgspec.Struct, frozen=True):
    """Whether a site is open at an instant, and the openings and closings around it, in UTC.

    `since`: the last opening or closing at or before the instant, if in the past two days. `until`: the next
    one after it, if in the coming eight; nothing changes between the two. `next_open`: the same where the
    site is closed.
    """

    is_open: bool
    since: datetime | None
    until: datetime | None
    next_open: datetime | None


def open_state(week: Week, special: Mapping[date, Intervals], at: datetime, zone: str) -> Opening:
    """The state at `at` (aware); `special` replaces the weekday's intervals on its dates.

    At the instant of opening it is open, at the instant of closing it is closed. Intervals that touch or
    overlap, over midnight too, are one opening.
    """
    today = at.astimezone(_zone(zone)).date()
    nearby = tuple((day, special[day]) for day in _around(today) if day in special) if special else ()
    changes = _changes(week, nearby, today, zone)
    passed = bisect_right(changes, at)
    is_open = passed % 2 == 1
    since = changes[passed - 1] if passed and at - changes[passed - 1] <= _LOOK_BACK else None
    until = changes[passed] if passed < len(changes) and changes[passed] - at <= _LOOK_AHEAD else None
    return Opening(is_open, since, until, None if is_open else until)


def open_spans(week: Week, special: Mapping[date, Intervals], day: date, zone: str) -> tuple[Span, ...]:
    """The spans of the intervals that start on the local date `day`, in order."""
    intervals = special.get(day)
    return day_spans(week[day.weekday()] if intervals is None else intervals, day, zone)


@lru_cache(maxsize=16384)  # distinct hours x the days looked at
def day_spans(intervals: Intervals, day: date, zone: str) -> tuple[Span, ...]:
    """One day's intervals as spans of time; one that the change of clocks swallowed is left out."""
    spans = ((_instant(day, start, zone), _instant(day, end, zone)) for start, end in intervals)
    return tuple((start, end) for start, end in spans if start < end)


@lru_cache(maxsize=8192)
def _changes(
    week: Week, special: tuple[tuple[date, Intervals], ...], today: date, zone: str
) -> tuple[datetime, ...]:
    """Opening, closing, opening … around a date. The two ends are cut off, beyond what anyone is told."""
    changes: list[datetime] = []
    special_days = dict(special)
    for day in _around(today):
        for start, end in open_spans(week, special_days, day, zone):
            if changes and start <= changes[-1]:
                changes[-1] = max(changes[-1], end)
            else:
                changes += (start, end)
    return tuple(changes)


@lru_cache(maxsize=64)
def _around(today: date) -> tuple[date, ...]:
    return tuple(today + timedelta(days=ahead) for ahead in range(-_DAYS_BACK, _DAYS_AHEAD + 1))


@lru_cache(maxsize=65536)
def _instant(day: date, minutes: int, zone: str) -> datetime:
    """The instant of a wall time. Of two it is the first; one that the clocks skip is the end of the skip."""
    wall = datetime.combine(day + timedelta(days=minutes // DAY), time(minutes % DAY // 60, minutes % 60))
    rules = _zone(zone)
    instant = wall.replace(tzinfo=rules).astimezone(UTC)
    if instant.astimezone(rules).replace(tzinfo=None) == wall:
        return instant
    # Skipped: the two readings of the wall time lie before and after the change.
    before, after = wall.replace(tzinfo=rules, fold=1).astimezone(UTC), instant
    offset = after.astimezone(rules).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        if middle.astimezone(rules).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after.replace(microsecond=0)


@lru_cache(maxsize=64)
def _zone(key: str) -> ZoneInfo:
    return ZoneInfo(key)
