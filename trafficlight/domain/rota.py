"""The rota of a mobile stop: on which days it is visited, whether it is now, and when it is next.

As with opening hours: every part of a text must be understood, or none of it is. What does not parse is shown
and decides nothing.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final

import msgspec

from trafficlight.domain.board import Board
from trafficlight.domain.day import ONE_DAY, local
from trafficlight.domain.hours import Opening, Span, day_spans, hours_on, shut_on, special_day
from trafficlight.domain.hours_text import WHOLE_DAY, Hours, Intervals, parse_day, parse_hours
from trafficlight.domain.state import RotaSlot, SiteState

_LONGEST_TEXT: Final = 200  # characters; longer is prose
_HALF_A_YEAR: Final = 183  # days
_AHEAD: Final = timedelta(weeks=8)
_LONGEST_MONTH: Final = 31  # days
_MOST_DAYS_APART: Final = 62  # of the 31st: July's and August's, or December's and January's, lie nearer

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH: Final = rf"(?P<month_word>{'|'.join(_MONTHS)})[a-z]*\.?"
_DATE: Final = re.compile(
    rf"""
    (?P<iso>\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}})(?!\d)
  | (?:(?P<year>\d{{4}})年)?(?P<month>\d{{1,2}})月(?P<day>\d{{1,2}})[日号]
  | (?P<en>(?P<en_day>\d{{1,2}})(?:st|nd|rd|th)?[ ]{_MONTH}(?:,?[ ](?P<en_year>\d{{4}}))?)(?![\da-z])
  | (?P<month_first>{_MONTH.replace("month_word", "us_month")}[ ](?P<us_day>\d{{1,2}})(?:st|nd|rd|th)?
      (?:,?[ ](?P<us_year>\d{{4}}))?)(?![\da-z])
  | (?P<same_month>\d{{1,2}})[日号]
    """,
    re.VERBOSE,
)
_NUMBER: Final = {word: value for value, word in enumerate("一二三四五六七八九十", 1)} | {"两": 2}
_EVERY: Final = re.compile(
    r"每(?P<number>\d{1,2}|[一二两三四五六七八九十])[天日](?!\d)|every (?P<en_number>\d{1,2}) days"
)
_FROM: Final = re.compile(r"[自从由]|from |since |starting (?:on |from )?|beginning (?:on )?")
_ON: Final = re.compile(r"起|开始")
_MONTHLY: Final = re.compile(
    r"每月(?P<han>\d{1,2}[日号]?(?:[、,和及 ]+\d{1,2}[日号]?)*(?<=[日号]))"
    r"|(?:on )?(?:the )?(?P<en>\d{1,2}(?:st|nd|rd|th)(?:(?:, | and |, and )(?:the )?\d{1,2}(?:st|nd|rd|th))*)"
    r" of (?:every|each) month"
)
_WEEKDAY: Final = re.compile(
    r"周|星期|礼拜|工作日|双休日|weekday|weekend|[a-z]day|mon|tue|wed|thu|fri|sat|sun"
)
_NOISE: Final = re.compile(r"巡诊车?|巡回医疗|义诊|出诊|坐诊|到村|(?<!\d)[一1]次|[()。]")
_BETWEEN: Final = " ,、;:及和"


class Rota(msgspec.Struct, frozen=True, kw_only=True):
    """On which days a stop is visited, given in exactly one of four ways."""

    weekdays: frozenset[int] = frozenset()
    """Monday is 0."""
    month_days: frozenset[int] = frozenset()
    """Days of the month; a month that has no such day is passed over."""
    every: int = 0
    """Every so many days, from `start` on."""
    start: date | None = None
    dates: tuple[date, ...] = ()
    """Ascending; after the last of them nothing is known."""
    hours: Hours | None = None
    """The hours of a visit by its day, where the rota itself gives them."""
    by_calendar: Hours | None = None
    """The days, where the national calendar decides which they are (工作日): those with any hours."""

    def next_from(self, day: date) -> date | None:
        """The first visit day not before `day`; None where none is known."""
        if self.dates:
            place = bisect_left(self.dates, day)
            return self.dates[place] if place < len(self.dates) else None
        if self.start is not None:
            ahead = (day - self.start).days
            return self.start if ahead <= 0 else day + -ahead % self.every * ONE_DAY
        ahead_days = (day + ahead * ONE_DAY for ahead in range(_MOST_DAYS_APART + 1))
        return next((one for one in ahead_days if self._weekly(one) or one.day in self.month_days), None)

    def _weekly(self, day: date) -> bool:
        if self.by_calendar is not None:
            return bool(hours_on(self.by_calendar, day))
        return day.weekday() in self.weekdays

    def visits(self, day: date) -> bool:
        """Whether the day is a visit day."""
        return self.next_from(day) == day


@lru_cache(maxsize=4096)
def parse_rota(text: str, written: date) -> Rota | None:
    """The visit days that a text surely means; None for what it does not, and for no text.

    A date without a year is the one nearest to `written`, the day on which the rota was set; in a list each
    further one is the next after the one before it. Understood are weekdays (每周二、五), days of the month
    (每月1日、15日), lists of dates (12月1日、6日), and so many days apart from a first one on
    (每5天一次，自12月1日起); each may end with the hours of the visits (8:30-11:30).
    """
    if not text or len(text) > _LONGEST_TEXT:
        return None
    plain = unicodedata.normalize("NFKC", text).lower()
    plain = " ".join(_NOISE.sub(" ", plain).split())
    for read in (_weekly, _monthly, _spaced, _listed):
        rota = read(plain, written)
        if rota is not None:
            return rota
    return None


def _weekly(text: str, _written: date) -> Rota | None:
    if not _WEEKDAY.search(text):
        return None
    text = text.replace("every ", "").strip(_BETWEEN)
    hours = parse_hours(text)
    found = hours or parse_hours(f"{text} 24小时")
    if found is None:
        return None
    days = frozenset(day for day, intervals in enumerate(found.usual) if intervals)
    asks = not found.usual == found.days_off == found.worked
    return Rota(weekdays=days, hours=hours, by_calendar=found if asks else None)


def _monthly(text: str, _written: date) -> Rota | None:
    found = _MONTHLY.match(text)
    if not found:
        return None
    days = frozenset(int(number) for number in re.findall(r"\d+", found["han"] or found["en"]))
    if min(days) < 1 or max(days) > _LONGEST_MONTH:
        return None
    return _with_hours(Rota(month_days=days), text[found.end() :])


def _spaced(text: str, written: date) -> Rota | None:
    """每5天，自12月1日起, in either order. 每隔5天 is not sure: some mean five days apart, others six."""
    every = _EVERY.search(text)
    if not every:
        return None
    number = every["number"] or every["en_number"]
    days = _NUMBER.get(number) or int(number)
    rest = f"{text[: every.start()].rstrip(_BETWEEN)} {text[every.end() :].lstrip(_BETWEEN)}".strip()
    begins = _FROM.match(rest)
    found = _DATE.match(rest, begins.end() if begins else 0)
    if not found or days < 1:
        return None
    ends = _ON.match(rest, found.end())
    start = _nearest(found, written)
    if not (begins or ends) or start is None:
        return None
    return _with_hours(Rota(every=days, start=start), rest[ends.end() if ends else found.end() :])


def _listed(text: str, written: date) -> Rota | None:
    dates: list[date] = []
    at = 0
    for found in _through(text):
        one = _after(found, dates[-1]) if dates else _nearest(found, written)
        if one is None:
            return None
        dates.append(one)
        at = found.end()
    return _with_hours(Rota(dates=tuple(dates)), text[at:]) if dates else None


def _through(text: str) -> Iterator[re.Match[str]]:
    """The dates at the beginning of the text, one after the other."""
    at = 0
    while found := _DATE.match(text, at):
        yield found
        gap = re.match(rf"[{_BETWEEN}]*(?:and )?", text[found.end() :])
        at = found.end() + (gap.end() if gap else 0)


def _with_hours(rota: Rota, rest: str) -> Rota | None:
    """The rota with what follows its days as its hours; None where that is anything else."""
    rest = rest.strip(_BETWEEN)
    if not rest:
        return rota
    hours = parse_day(rest)
    return msgspec.structs.replace(rota, hours=Hours(*((hours,) * 7,) * 3)) if hours else None


def _parts(found: re.Match[str]) -> tuple[int | None, int | None, int]:
    """Year, month and day as written; None where they are not."""
    if found["iso"]:
        year, month, day = (int(part) for part in re.findall(r"\d+", found["iso"]))
        return year, month, day
    if found["same_month"]:
        return None, None, int(found["same_month"])
    word = found["month_word"] or found["us_month"]
    given = found["year"] or found["en_year"] or found["us_year"]
    month = _MONTHS.index(word) + 1 if word else int(found["month"])
    return int(given) if given else None, month, int(found["day"] or found["en_day"] or found["us_day"])


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _nearest(found: re.Match[str], written: date) -> date | None:
    """The date, in the year that brings it nearest to the day on which it was written."""
    year, month, day = _parts(found)
    if month is None:
        return None
    if year is not None:
        return _date(year, month, day)
    near = (_date(written.year + ahead, month, day) for ahead in (-1, 0, 1))
    known = [one for one in near if one is not None and abs((one - written).days) <= _HALF_A_YEAR]
    return min(known, key=lambda one: abs((one - written).days)) if known else None


def _after(found: re.Match[str], before: date) -> date | None:
    """The date that follows another in a list; None where the list runs backwards: then it is a slip."""
    year, month, day = _parts(found)
    if year is not None:
        one = _date(year, month or before.month, day)
    else:
        one = _date(before.year, month or before.month, day)
        if one is not None and one <= before and month is not None:
            one = _date(before.year + 1, month, day)
    ahead = (one - before).days if one else 0
    return one if 0 < ahead <= _HALF_A_YEAR else None


# --- the stop at an instant ---------------------------------------------------------------------------------


class Visiting(msgspec.Struct, frozen=True):
    """A stop with a rota at an instant: which visit its page shows, and whether that is today's."""

    visit: RotaSlot | None
    """Today's visit until it is over, else the next one; None where none is known."""
    today: bool
    opening: Opening
    """`since` and `until`: the begin or end of a visit, or the midnight, before and after the instant."""


def rota_of(state: SiteState, board: Board) -> Rota | None:
    """The site's rota where it parses surely; its dates without a year are near the day it was set."""
    if not state.site.rota:
        return None
    set_at = state.rota_at or state.touched.at
    return parse_rota(state.site.rota, local(set_at, board.zone).date())


def visiting_at(state: SiteState, board: Board, at: datetime) -> Visiting | None:
    """The stop at the instant; None for a site without a rota that parses surely."""
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
    is_open: bool | None = any(start <= at < end for start, end in spans)
    starts = [start for start, _ in spans if start > at]
    known = spans if _hours(state, board, rota, day) != WHOLE_DAY else ()
    next_open = starts[0] if starts and not is_open else None
    if today and not known:
        is_open = None
    return Visiting(
        RotaSlot(day=day, spans=known), today=today, opening=_opening(edges, at, next_open, is_open=is_open)
    )


def visits_ahead(state: SiteState, board: Board, at: datetime) -> tuple[RotaSlot, ...]:
    """The visits from today on, of the next eight weeks; none where the rota does not parse surely."""
    rota, found = rota_of(state, board), []
    day = first = local(at, board.zone).date()
    while rota is not None:
        ahead = _next(state, board, rota, day)
        if ahead is None or ahead >= first + _AHEAD:
            break
        known = _hours(state, board, rota, ahead) != WHOLE_DAY
        found.append(RotaSlot(day=ahead, spans=_spans(state, board, rota, ahead) if known else ()))
        day = ahead + ONE_DAY
    return tuple(found)


def absent_on(state: SiteState, board: Board, day: date) -> bool:
    """Whether the site is closed all that date, by its rota, else by hours and special days."""
    rota = rota_of(state, board)
    if rota is None:
        return shut_on(state.site, board, day)
    return not _spans(state, board, rota, day)


def _opening(
    edges: list[datetime], at: datetime, next_open: datetime | None, *, is_open: bool | None
) -> Opening:
    return Opening(
        is_open=is_open,
        since=max((edge for edge in edges if edge <= at), default=None),
        until=min((edge for edge in edges if edge > at), default=None),
        next_open=next_open,
        closes=min((edge for edge in edges if edge > at), default=None) if is_open else None,
    )


def _next(state: SiteState, board: Board, rota: Rota, day: date) -> date | None:
    """The day of the first visit from that day on. On special days that shut the site there is none."""
    ahead = rota.next_from(day)
    while ahead is not None and not _spans(state, board, rota, ahead):
        ahead = rota.next_from(ahead + ONE_DAY)
    return ahead


def _spans(state: SiteState, board: Board, rota: Rota, day: date) -> tuple[Span, ...]:
    return day_spans(_hours(state, board, rota, day), day, board.zone) if rota.visits(day) else ()


def _hours(state: SiteState, board: Board, rota: Rota, day: date) -> Intervals:
    """The hours of a visit: the special day's, else the rota's own, else the site's, else the whole day.

    Where the site's hours say closed on the weekday of a visit, they contradict the rota: the page shows the
    visit without hours.
    """
    special = special_day(state.site, board, day)
    if special:
        written = parse_day(special)
        return WHOLE_DAY if written is None else written
    return hours_on(rota.hours or parse_hours(state.site.hours), day) or WHOLE_DAY
