"""When a site is open, and which of its phones is answered, at an instant.

Hours are a week of intervals, special days and a time zone; what does not parse surely decides nothing.

Walls (local clock times) become instants through the zone's rules, so a night shift on the day the clocks
change is as long as it really is.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from enum import IntEnum
from functools import lru_cache
from typing import Final

import msgspec

from trafficlight.domain.board import Board, Site
from trafficlight.domain.day import ONE_DAY, Today, instant, local
from trafficlight.domain.hours_text import DAY, WHOLE_DAY, Intervals, Week, parse_day, parse_hours
from trafficlight.domain.phone import Phone

Span = tuple[datetime, datetime]
"""Two instants in UTC: the first is in it, the second is not."""

_LOOK_BACK: Final = timedelta(days=2)
"""A light is never older than the service day before."""
_LOOK_AHEAD: Final = timedelta(days=8)
"""A week's every opening, and one public holiday on top."""
_DAYS_BACK: Final = 4
_DAYS_AHEAD: Final = 10
"""Days whose intervals are read: two more on each side, for zones and nights that began the day before."""


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
    today = local(at, zone).date()
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
    """Opening, closing, opening … around a date; as far back and ahead as `open_state` looks, and more."""
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


def _instant(day: date, minutes: int, zone: str) -> datetime:
    """The instant so many minutes after local midnight, on the wall clock."""
    return instant(day + timedelta(days=minutes // DAY), time(minutes % DAY // 60, minutes % 60), zone)


# --- of a site ----------------------------------------------------------------------------------------------


SpecialDays = tuple[tuple[date, Intervals], ...]
"""The hours of the special days around a date, ascending."""

_ALWAYS: Final[Week] = (WHOLE_DAY,) * 7
_NEVER: Final[Week] = ((),) * 7
_MOST_CACHED: Final = 8192


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
        if len(_latest) >= _MOST_CACHED:
            _latest.clear()
        _latest[key] = (opening.since or at, opening.until or at + ONE_DAY, opening)
    return opening


_latest: dict[tuple[str, SpecialDays, str], tuple[datetime, datetime, Opening]] = {}
"""What was found last, and between which instants it is true."""


def openings_of(site: Site, board: Board, now: Today) -> tuple[Span, ...]:
    """The spans in which the site is open on a service day, in order; empty where that is not known.

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
    """Whether the site is surely closed all that date: then no report is due."""
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
    found = tuple((one, _read(written[one])) for one in _days_near(day) if written.get(one))
    if len(_read_last) >= _MOST_CACHED:
        _read_last.clear()
    _read_last[id(written)] = (written, day, found)
    return found


_read_last: dict[int, tuple[Mapping[date, str], date, SpecialDays]] = {}
"""By the id of the settings object, which is held so that no other object can get its id."""


@lru_cache(maxsize=64)
def _days_near(day: date) -> tuple[date, ...]:
    """The dates that `open_state` reads, and two more on each side, for any zone."""
    return tuple(day + ahead * ONE_DAY for ahead in range(-6, 13))


def _read(text: str) -> Intervals:
    """The hours of a special day.

    What cannot be read says that the day is not as usual, and nothing more: the site counts as open all day.
    """
    spans = parse_day(text)
    return WHOLE_DAY if spans is None else spans


# --- of its phones ------------------------------------------------------------------------------------------


DAYTIME: Final = "8:00-18:00"
NIGHT: Final = "18:00-次日8:00"
"""What 白天 and 夜间 beside a phone number are taken to mean; nothing defines them."""

_DAY_WORD: Final = re.compile(r"白天|白班|日间|日班|(?<![\w])白(?![\w])")
_NIGHT_WORD: Final = re.compile(r"夜间|夜晚|夜里|夜班|晚上|晚间|晚班|(?<![\w])[夜晚](?![\w])")
_DAYS: Final = re.compile(r"周|星期|礼拜|工作日|双休日|每[天日]")
_CLOCK: Final = re.compile(r"\d\s*[:时点]")


class Answered(IntEnum):
    """Whether a phone is answered now; pages list phones in this order."""

    SURELY = 0
    PERHAPS = 1
    """No times are written beside it, or they cannot be read."""
    NOT_NOW = 2


class PhonesAnswered(msgspec.Struct, frozen=True):
    """Which phones of a site are answered at an instant, and between which instants that holds."""

    each: tuple[Answered, ...]
    """In the order of the list."""
    since: datetime | None
    until: datetime | None


def phones_answered(phones: Sequence[Phone], at: datetime, zone: str) -> PhonesAnswered | None:
    """Which phones are answered at the instant; None where no times are written beside any."""
    for phone in phones:  # hardly any has, and every report passes here
        if phone.when:
            break
    else:
        return None
    openings = [_opening(phone.when, at, zone) if phone.when else None for phone in phones]
    known = [one for one in openings if one]
    return PhonesAnswered(
        each=tuple(
            Answered.PERHAPS if one is None else Answered.SURELY if one.is_open else Answered.NOT_NOW
            for one in openings
        ),
        since=max((one.since for one in known if one.since), default=None),
        until=min((one.until for one in known if one.until), default=None),
    )


def _opening(when: str, at: datetime, zone: str) -> Opening | None:
    week = parse_when(when)
    return open_state(week, {}, at, zone) if week else None


@lru_cache(maxsize=4096)
def parse_when(text: str) -> Week | None:
    """The week of hours in which a phone is answered; None where that is not sure.

    Days alone (工作日) mean from midnight to midnight. Holidays are not told apart from other days.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if _CLOCK.search(plain):
        return parse_hours(plain) or parse_hours(_DAY_WORD.sub("", plain))
    timed = _NIGHT_WORD.sub(NIGHT, _DAY_WORD.sub(DAYTIME, plain))
    days_alone = timed == plain and _DAYS.search(plain) and "时间" not in plain
    return parse_hours(timed) or (parse_hours(f"{timed} 24小时") if days_alone else None)
