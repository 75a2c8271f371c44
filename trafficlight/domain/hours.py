"""When a site is open, and which of its phones is answered, at an instant.

Hours are a week of intervals, special days and a time zone. What does not parse surely says neither yes nor
no: whether a site is open is then unknown, on that date or on all.

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

from trafficlight.domain.board import EVERY_KIND, ORDINARY_HOURS, Board, Site
from trafficlight.domain.day import ONE_DAY, Today, instant, local
from trafficlight.domain.holidays import day_kind
from trafficlight.domain.hours_text import DAY, WHOLE_DAY, Hours, Intervals, parse_day, parse_hours
from trafficlight.domain.phone import Phone

Span = tuple[datetime, datetime]
"""Two instants in UTC: the first is in it, the second is not."""
SpecialDays = tuple[tuple[date, Intervals | None], ...]
"""The hours of the special days around a date, ascending; None where they cannot be read."""

_LOOK_BACK: Final = timedelta(days=2)
"""A light is never older than the service day before."""
_LOOK_AHEAD: Final = timedelta(days=8)
"""A week's every opening, and one public holiday on top."""
_DAYS_BACK: Final = 4
_DAYS_AHEAD: Final = 10
"""Days whose intervals are read: two more on each side, for zones and nights that began the day before."""


class Opening(msgspec.Struct, frozen=True):
    """Whether a site is open at an instant, and what is known of the times around it, in UTC.

    `is_open`: None where nobody knows. `since`: the last instant, at or before this one, at which that became
    so, if in the past two days. `until`: when it is so no more, if in the coming eight; nothing changes
    between the two. `next_open`: `until`, where it is closed and surely opens then; `closes`: `until`, where
    it is open and surely closes then.
    """

    is_open: bool | None
    since: datetime | None
    until: datetime | None
    next_open: datetime | None = None
    closes: datetime | None = None


UNKNOWN: Final = Opening(None, None, None)
"""Of a site whose hours nobody knows."""


def open_state(
    hours: Hours | None, special: Mapping[date, Intervals | None], at: datetime, zone: str
) -> Opening:
    """The state at `at` (aware); `special` replaces the hours on its dates, by None where nobody knows them.

    At the instant of opening it is open, at the instant of closing it is closed. Intervals that touch or
    overlap, over midnight too, are one opening. A date of which nobody knows the hours is unknown from
    midnight to midnight, but for what surely lasts into it.
    """
    today = local(at, zone).date()
    nearby = tuple((day, special[day]) for day in _around(today) if day in special) if special else ()
    changes, states = _changes(hours, nearby, today, zone)
    passed = bisect_right(changes, at)
    is_open = states[passed - 1] if passed else False
    since = changes[passed - 1] if passed and at - changes[passed - 1] <= _LOOK_BACK else None
    until = changes[passed] if passed < len(changes) and changes[passed] - at <= _LOOK_AHEAD else None
    after = states[passed] if passed < len(changes) else None
    return Opening(
        is_open,
        since,
        until,
        next_open=until if is_open is False and after else None,
        closes=until if is_open and after is False else None,
    )


def hours_on(hours: Hours | None, day: date) -> Intervals | None:
    """The intervals that start on the local date; None where nobody knows."""
    if hours is None:
        return None
    weekday = day.weekday()
    usual = hours.usual[weekday]
    if usual == hours.days_off[weekday] == hours.worked[weekday]:
        return usual
    kind = day_kind(day)
    return None if kind is None else hours[:3][kind][weekday]


@lru_cache(maxsize=16384)  # distinct hours x the days looked at
def day_spans(intervals: Intervals, day: date, zone: str) -> tuple[Span, ...]:
    """One day's intervals as spans of time; one that the change of clocks swallowed is left out."""
    spans = ((_instant(day, start, zone), _instant(day, end, zone)) for start, end in intervals)
    return tuple((start, end) for start, end in spans if start < end)


@lru_cache(maxsize=8192)
def _changes(
    hours: Hours | None, special: SpecialDays, today: date, zone: str
) -> tuple[tuple[datetime, ...], tuple[bool | None, ...]]:
    """When it opens, closes, or is known no more, around a date, and what it is from then on.

    As far back and ahead as `open_state` looks, and more.
    """
    surely: list[Span] = []
    unknown: list[Span] = []
    special_days = dict(special)
    for day in _around(today):
        intervals = special_days[day] if day in special_days else hours_on(hours, day)
        into = unknown if intervals is None else surely
        for start, end in day_spans(WHOLE_DAY if intervals is None else intervals, day, zone):
            if into and start <= into[-1][1]:
                into[-1] = into[-1][0], max(into[-1][1], end)
            else:
                into.append((start, end))
    changes: list[datetime] = []
    states: list[bool | None] = []
    for edge in sorted({edge for span in (*surely, *unknown) for edge in span}):
        state = True if _within(surely, edge) else None if _within(unknown, edge) else False
        if not states or state is not states[-1]:
            changes.append(edge)
            states.append(state)
    return tuple(changes), tuple(states)


def _within(spans: Sequence[Span], at: datetime) -> bool:
    return any(start <= at < end for start, end in spans)


@lru_cache(maxsize=64)
def _around(today: date) -> tuple[date, ...]:
    return tuple(today + timedelta(days=ahead) for ahead in range(-_DAYS_BACK, _DAYS_AHEAD + 1))


def _instant(day: date, minutes: int, zone: str) -> datetime:
    """The instant so many minutes after local midnight, on the wall clock."""
    return instant(day + timedelta(days=minutes // DAY), time(minutes % DAY // 60, minutes % 60), zone)


# --- of a site ----------------------------------------------------------------------------------------------


_ALWAYS: Final = Hours(*((WHOLE_DAY,) * 7,) * 3, through_holidays=True)
_MOST_CACHED: Final = 8192


JUST_OPENED: Final = timedelta(hours=1)
"""So long after opening, a large number is likely to be yesterday's."""


def opening_at(site: Site, board: Board, at: datetime) -> Opening:
    """Whether the site is open, by its hours and special days."""
    special = _special_around(site, board, at.date())
    if not special and parse_hours(site.hours) is None:
        return UNKNOWN
    return _opening_by(site.hours, special, board.zone, at)


def just_opened(site: Site, board: Board, at: datetime, begun: datetime) -> bool:
    """Whether the day's first opening, or its begin where the site never shuts, was within the last hour."""
    opening = opening_at(site, board, at)
    if not opening.is_open:
        return False
    since = opening.since
    if since is not None and since > begun:
        shut = opening_at(site, board, since - timedelta(microseconds=1))
        if shut.since is not None and shut.since > begun:
            return False  # back from the midday break
        begun = since
    return at - begun < JUST_OPENED


def ordinary_at(site: Site, board: Board, at: datetime) -> Opening:
    """Whether sites of its kind are ordinarily open, which is all that there is to go by of some."""
    return _opening_by(ordinary_hours(board, site.kind), (), board.zone, at)


def ordinary_hours(board: Board, kind: str) -> str:
    """As written, and sure to be read."""
    own = board.ordinary_hours
    written = (own.get(kind) or own.get(EVERY_KIND)) if own else None
    return written if written and parse_hours(written) else ORDINARY_HOURS


def _opening_by(written: str, special: SpecialDays, zone: str, at: datetime) -> Opening:
    # Many sites of a county keep the same hours, and are asked about the same moment.
    key = (written, special, zone)
    known = _latest.get(key)
    if known is not None and known[0] <= at < known[1]:
        return known[2]
    opening = open_state(parse_hours(written), dict(special), at, zone)
    if opening.until is not None or opening.is_open is not False:
        if len(_latest) >= _MOST_CACHED:
            _latest.clear()
        _latest[key] = (opening.since or at, opening.until or at + ONE_DAY, opening)
    return opening


_latest: dict[tuple[str, SpecialDays, str], tuple[datetime, datetime, Opening]] = {}
"""What was found last, and between which instants it holds."""


def openings_of(site: Site, board: Board, now: Today) -> tuple[Span, ...]:
    """From when to when the site is open on a service day, in order.

    On a date of which nobody knows the hours, the ordinary ones of its kind stand for them. Openings that
    touch are one; what begins before the day or ends after it is cut off there.
    """
    written = site.hours, _special_around(site, board, now.day), ordinary_hours(board, site.kind)
    return _openings(written, board.zone, now.day, (now.start, now.end))


@lru_cache(maxsize=8192)
def _openings(written: tuple[str, SpecialDays, str], zone: str, day: date, within: Span) -> tuple[Span, ...]:
    hours, special_days, ordinary = parse_hours(written[0]), dict(written[1]), parse_hours(written[2])
    found: list[Span] = []
    for ahead in (-1, 0, 1):  # a night that began the day before; the next date's, where the cut-off is late
        one = day + ahead * ONE_DAY
        intervals = special_days[one] if one in special_days else hours_on(hours, one)
        if intervals is None:
            intervals = hours_on(ordinary, one) or ()
        for opens, shuts in day_spans(intervals, one, zone):
            since, until = max(opens, within[0]), min(shuts, within[1])
            if found and since <= found[-1][1]:
                found[-1] = found[-1][0], max(found[-1][1], until)
            elif since < until:
                found.append((since, until))
    return tuple(found)


def always_open(written: str) -> bool:
    """Whether these hours are surely day and night."""
    return parse_hours(written) == _ALWAYS


def shut_on(site: Site, board: Board, day: date) -> bool:
    """Whether the site is surely closed all that date: then no report is due."""
    text = special_day(site, board, day)
    return (parse_day(text) if text else hours_on(parse_hours(site.hours), day)) == ()


def special_day(site: Site, board: Board, day: date) -> str:
    """What is written of the date: the site's own, else the board's; empty where nothing is.

    A site that says that it does not close on holidays is not shut by the board's.
    """
    return site.special_days.get(day) or ("" if open_on_holidays(site) else board.special_days.get(day, ""))


def special_days(site: Site, board: Board, at: datetime) -> tuple[tuple[date, str], ...]:
    """Of the two weeks from an instant's date on, the days of which something is written, and what."""
    days = (local(at, board.zone).date() + ahead * ONE_DAY for ahead in range(14))
    return tuple((day, text) for day in days if (text := special_day(site, board, day)))


def open_on_holidays(site: Site) -> bool:
    """Whether its hours say that it does not close on holidays: 24小时, 全年无休, 节假日照常."""
    hours = parse_hours(site.hours)
    return hours is not None and hours.through_holidays


def _special_around(site: Site, board: Board, day: date) -> SpecialDays:
    """The special days that may matter on a date, as `special_day` has them."""
    of_board = _near(board.special_days, day) if board.special_days and not open_on_holidays(site) else ()
    if not site.special_days:
        return of_board
    return tuple(sorted({**dict(of_board), **dict(_near(site.special_days, day))}.items()))


def _near(written: Mapping[date, str], day: date) -> SpecialDays:
    known = _read_last.get(id(written))
    if known is not None and known[0] is written and known[1] == day:
        return known[2]
    found = tuple((one, parse_day(written[one])) for one in _days_near(day) if written.get(one))
    if len(_read_last) >= _MOST_CACHED:
        _read_last.clear()
    _read_last[id(written)] = (written, day, found)
    return found


_read_last: dict[int, tuple[Mapping[date, str], date, SpecialDays]] = {}
"""By the settings object, which is kept with what was read of it."""


@lru_cache(maxsize=64)
def _days_near(day: date) -> tuple[date, ...]:
    """The dates that `open_state` reads, and two more on each side, for any zone."""
    return tuple(day + ahead * ONE_DAY for ahead in range(-6, 13))


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


_ANSWERED: Final = {True: Answered.SURELY, None: Answered.PERHAPS, False: Answered.NOT_NOW}


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
        each=tuple(_ANSWERED[one.is_open if one else None] for one in openings),
        since=max((one.since for one in known if one.since), default=None),
        until=min((one.until for one in known if one.until), default=None),
    )


def _opening(when: str, at: datetime, zone: str) -> Opening | None:
    hours = parse_when(when)
    return open_state(hours, {}, at, zone) if hours else None


@lru_cache(maxsize=4096)
def parse_when(text: str) -> Hours | None:
    """The hours in which a phone is answered; None where that is not sure.

    Days alone (工作日) mean from midnight to midnight.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if _CLOCK.search(plain):
        return parse_hours(plain) or parse_hours(_DAY_WORD.sub("", plain))
    timed = _NIGHT_WORD.sub(NIGHT, _DAY_WORD.sub(DAYTIME, plain))
    days_alone = timed == plain and _DAYS.search(plain) and "时间" not in plain
    return parse_hours(timed) or (parse_hours(f"{timed} 24小时") if days_alone else None)
