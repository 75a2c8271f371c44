"""Service days: which day an instant belongs to, and the instants at which a board's day turns."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec


class Today(msgspec.Struct, frozen=True):
    """One service day of a board, as instants in UTC. Day D runs from the cut-off on D to the cut-off on D+1."""

    day: date
    start: datetime
    end: datetime
    due: tuple[datetime, ...]
    """The reporting times of the day, ascending; never empty."""
    turns: tuple[datetime, ...]
    """Every instant of the day at which words may change by themselves: start, due, local midnight, end; ascending."""


@lru_cache(maxsize=64)
def zone_of(name: str) -> ZoneInfo:
    """The time zone; `ZoneInfoNotFoundError` where there is none of that name."""
    return ZoneInfo(name)


def local(at: datetime, zone: str) -> datetime:
    """The instant on the board's wall clock."""
    return at.astimezone(zone_of(zone))


@lru_cache(maxsize=8192)
def instant(day: date, wall: time, zone: str) -> datetime:
    """The UTC instant of a wall time; a wall time that a clock change skips resolves to the instant after the gap."""
    return datetime.combine(day, wall, zone_of(zone)).astimezone(UTC)


def service_day(at: datetime, cut_off: time, zone: str) -> date:
    """The service day that the instant belongs to."""
    day = local(at, zone).date()
    if at < instant(day, cut_off, zone):
        return day - timedelta(days=1)
    if at >= instant(day + timedelta(days=1), cut_off, zone):
        return day + timedelta(days=1)
    return day


@lru_cache(maxsize=8192)
def today(day: date, cut_off: time, report_by: tuple[time, ...], zone: str) -> Today:
    """The service day `day` of a board with these settings.

    A reporting time earlier on the clock than the cut-off belongs to the next date: with a cut-off of 04:00 a
    reporting time of 02:00 is due in the last hours of the service day.
    """
    start, end = instant(day, cut_off, zone), instant(day + timedelta(days=1), cut_off, zone)
    due = tuple(sorted(instant(day + timedelta(days=wall < cut_off), wall, zone) for wall in report_by))
    midnight = instant(day + timedelta(days=1), time(0), zone)
    turns = {start, *due, midnight, end}
    return Today(day=day, start=start, end=end, due=due or (start,), turns=tuple(sorted(turns)))
