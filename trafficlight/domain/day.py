"""Service days: which day an instant belongs to, and at which instants of it something may change."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

ONE_DAY: Final = timedelta(days=1)


class Today(msgspec.Struct, frozen=True):
    """One service day of a board, in UTC. Day D runs from the cut-off on D to the cut-off on D+1."""

    day: date
    start: datetime
    end: datetime
    due: tuple[datetime, ...]
    """The reporting times of the day, ascending; never empty."""
    boundaries: tuple[datetime, ...]
    """When what is shown may change by itself: start, due, local midnight, end; ascending."""


@lru_cache(maxsize=64)
def zone_of(name: str) -> ZoneInfo:
    """The time zone; `ZoneInfoNotFoundError`, `ValueError` or `OSError` where there is none of that name."""
    return ZoneInfo(name)


def local(at: datetime, zone: str) -> datetime:
    """The instant on the board's wall clock."""
    return at.astimezone(zone_of(zone))


@lru_cache(maxsize=65536)
def instant(day: date, wall: time, zone: str) -> datetime:
    """The UTC instant of a wall time; of two the first; of one skipped by a clock change, the change."""
    rules = zone_of(zone)
    written = datetime.combine(day, wall, rules)
    found = written.astimezone(UTC)
    if found.astimezone(rules).replace(tzinfo=None) == written.replace(tzinfo=None):
        return found
    # Skipped: the two readings of the wall time lie before and after the change, which is at a whole second.
    before, after = written.replace(fold=1).astimezone(UTC), found
    offset = after.astimezone(rules).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) / 2
        if middle.astimezone(rules).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after.replace(microsecond=0)


def service_day(at: datetime, cut_off: time, zone: str) -> date:
    """The service day that the instant belongs to."""
    day = local(at, zone).date()
    while at < instant(day, cut_off, zone):
        day -= ONE_DAY
    while at >= instant(day + ONE_DAY, cut_off, zone):
        day += ONE_DAY
    return day


@lru_cache(maxsize=8192)
def today(day: date, cut_off: time, report_by: tuple[time, ...], zone: str) -> Today:
    """The service day `day` of a board with these settings.

    A reporting time earlier on the clock than the cut-off belongs to the next date: with a cut-off of 04:00 a
    reporting time of 02:00 is due in the last hours of the service day.
    """
    start, end = instant(day, cut_off, zone), instant(day + ONE_DAY, cut_off, zone)
    due = tuple(sorted(instant(day + (wall < cut_off) * ONE_DAY, wall, zone) for wall in report_by))
    boundaries = {start, *due, instant(day + ONE_DAY, time(0), zone), end}
    return Today(day=day, start=start, end=end, due=due or (start,), boundaries=tuple(sorted(boundaries)))


_latest: dict[tuple[str, time, tuple[time, ...]], Today] = {}
_MOST_SETTINGS: Final = 1024


def day_at(at: datetime, cut_off: time, report_by: tuple[time, ...], zone: str) -> Today:
    """The service day of an instant. Nearly always it is the one last asked for, and then found at once."""
    settings = (zone, cut_off, report_by)
    known = _latest.get(settings)
    if known is not None and known.start <= at < known.end:
        return known
    found = today(service_day(at, cut_off, zone), cut_off, report_by, zone)
    if len(_latest) >= _MOST_SETTINGS:
        _latest.clear()
    _latest[settings] = found
    return found
