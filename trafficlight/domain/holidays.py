"""The national calendar: statutory holidays, the days given off beside them, and the weekends worked instead.

It is the State Council's notice of each year, as the package `chinese-calendar` has it. Of a year without one
nothing is known: neither that a day is a holiday nor that it is none.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from enum import IntEnum
from functools import lru_cache
from typing import Final, NamedTuple

from trafficlight.domain.day import ONE_DAY

_LONGEST: Final = 31 * ONE_DAY
"""No holiday is so long, and no weekend worked for one is so far from it."""


class DayKind(IntEnum):
    """What the calendar makes of a date; the values are places in `hours_text.Hours`."""

    USUAL = 0
    """A working day from Monday to Friday, else a day of rest."""
    DAY_OFF = 1
    WORKED = 2
    """A Saturday or Sunday that is worked."""


class Holiday(NamedTuple):
    """A holiday, and the weekends that are worked for it."""

    names: tuple[str, ...]
    """In Chinese; two where one follows upon the other."""
    first: date
    last: date
    worked: tuple[date, ...]


class _Notices(NamedTuple):
    years: range
    days_off: Mapping[date, str]
    worked: Mapping[date, str]
    names: Mapping[str, str]


@lru_cache(maxsize=1)
def _notices() -> _Notices:
    # Read at its first use: most boards' hours ask no calendar.
    from chinese_calendar import Holiday as Named  # noqa: PLC0415 - as above
    from chinese_calendar import holidays, workdays  # noqa: PLC0415 - as above

    years = range(min(holidays).year, max(holidays).year + 1)
    return _Notices(years, holidays, workdays, {one.value: one.chinese for one in Named})


def day_kind(day: date) -> DayKind | None:
    """What the date is; None where the calendar does not know its year."""
    notices = _notices()
    if day.year not in notices.years:
        return None
    if day in notices.days_off:
        return DayKind.DAY_OFF
    return DayKind.WORKED if day in notices.worked else DayKind.USUAL


def last_known_year() -> int:
    """The last year whose notice is known."""
    return _notices().years[-1]


def coming_holidays(today: date, until: date) -> Iterator[Holiday]:
    """The holidays that end from today on and begin before the second date, in order.

    Days off without a day between them are one: 中秋、国庆节.
    """
    notices = _notices()
    days: list[date] = []
    for day in sorted(one for one in notices.days_off if one >= today - _LONGEST):
        days.append(day)
        if day + ONE_DAY in notices.days_off:
            continue
        if days[0] >= until:
            return
        if day >= today:
            names = dict.fromkeys(notices.days_off[one] for one in days)
            worked = tuple(
                one
                for one, what in sorted(notices.worked.items())
                if what in names and abs(one - day) < _LONGEST
            )
            yield Holiday(tuple(notices.names[name] for name in names), days[0], day, worked)
        days = []
