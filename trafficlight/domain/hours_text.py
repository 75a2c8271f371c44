"""Opening hours as people write them: intervals where they parse surely, else nothing.

What does not parse is shown and decides nothing: a light that goes out at a wrong hour sends people away from
an open door. So every part of a text must be understood, or none of it is.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final, Literal, NamedTuple

Interval = tuple[int, int]
"""Minutes from local midnight, start included and end not; an end above 1440 lies on the next day."""

Intervals = tuple[Interval, ...]
"""One day's intervals, sorted, none overlapping another. Empty: closed."""

Week = tuple[Intervals | None, ...]
"""Seven days, Monday first; None: nobody knows."""


class Hours(NamedTuple):
    """What a text means, by weekday: 工作日, 周末 and 节假日 are other dates by the national calendar."""

    usual: Week
    days_off: Week
    """When the day is a statutory holiday, or given off beside one."""
    worked: Week
    """When the weekend is worked instead (调休): Saturday and Sunday; the other five are as usual."""
    through_holidays: bool = False
    """It says that it does not close on holidays: 24小时, 全年无休, 节假日照常."""


DAY: Final = 1440  # minutes
WHOLE_DAY: Final[Intervals] = ((0, DAY),)

_HOUR: Final = 60
_NOON: Final = 12  # o'clock
_HALF_DAY: Final = 720  # minutes
_DAWN: Final = 300  # minutes: 5:00, before which no clinic's morning begins
_DAYS: Final = 7
_WEEKEND: Final = frozenset({5, 6})
_OFF: Final = range(7, 14)
_WORKED: Final = range(14, 21)
"""A day of a text is a number: its weekday, plus 7 on a day off, plus 14 where the weekend is worked."""
_LONGEST_TEXT: Final = 200  # characters; longer is prose

_EARLY: Final = ("上午", "早上", "早晨", "清晨", "凌晨", "早", "am")
_MIDDAY: Final = ("中午", "午间")
_LATE: Final = ("下午", "午后", "pm")
_EVENING: Final = ("傍晚", "晚上", "晚间", "夜间", "夜里", "晚", "夜")
_PERIOD: Final = "|".join(_EARLY + _MIDDAY + _LATE + _EVENING)
_VERB: Final = "营业|接诊|开诊|应诊|开放|服务|门诊"
_CLOSED: Final = "休[息假诊]?|(?:[停闭]|不[开接])诊|不(?:营业|开放|上班)|放假|[停歇]业|关[闭门]|closed|off"


def _clock(side: int) -> str:
    """A time of day. A bare hour counts only where the other side says what it is (8-12点, 8am)."""
    return rf"""
        (?P<period{side}>{_PERIOD})?[ :]?
        (?P<hour{side}>\d{{1,2}})[ ]?
        (?: :(?P<minute{side}>[0-5]\d)(?::00)?(?!\d)
          | [时点](?:(?P<past{side}>[0-5]?\d)分?(?![\d:])|(?P<half{side}>半)|整)?
          | (?=[ap]m|-\d{{1,2}}[ ]?(?:[时点]|[ap]m)) )
        (?:[ ]?(?P<meridiem{side}>[ap]m))?"""


_HOLIDAYS: Final = "(?:(?:国家)?法定)?(?:节假日|假日|假期|节日)"
_HAN_DAY: Final = "[一二三四五六日天]"
_SPELLED: Final = r"(?:mon|tue|wed|thu|fri|sat|sun)(?:s|r|rs|nes|ur)?(?:day)?s?(?![a-z])"
_TOKEN: Final = re.compile(
    rf"""
    (?P<closed>   (?:全天|全日|全部)?(?:{_CLOSED})(?![a-z]))
  | (?P<excluded> 除外)
  | (?P<usual>    (?:照常|正常)(?:{_VERB}|上班)?)
  | (?P<no_rest>  全年无休)
  | (?P<all_day>  (?:全天候?|全日)?[ ]?24[ ]?(?:个?小时|h(?:ou)?rs?|h)(?![a-z])[ ]?(?:全天候?|全日)?
                  (?:{_VERB})? | 24/7 | (?:全天候?|全日|昼夜)(?:{_VERB})? )
  | (?P<range>    {_clock(1)}-(?P<next>次日|翌日|第二天|隔天)?{_clock(2)})
  | (?P<han_days> 每?(?:周|星期|礼拜){_HAN_DAY}(?:-(?:周|星期|礼拜)?{_HAN_DAY})?
                  (?:[、,/和及 ]*(?:周|星期|礼拜)?{_HAN_DAY}(?:-(?:周|星期|礼拜)?{_HAN_DAY})?)*)
  | (?P<spelled>  {_SPELLED}(?:-{_SPELLED})?(?:[ ]?(?:,|and|&)[ ]?{_SPELLED}(?:-{_SPELLED})?)*)
  | (?P<through>  (?:含|包括|包含){_HOLIDAYS}|{_HOLIDAYS}(?:均?不休息?|无休))
  | (?P<statutory> (?:国家)?法定(?:节假日|假日|假期|节日)|节日)
  | (?P<holidays> 节假日|假日)
  | (?P<worked>   (?:调休|调班|补班)(?:上班|工作)日?|补班日?)
  | (?P<workdays> 工作日)
  | (?P<weekend>  周末|双休日)
  | (?P<mon_fri>  weekdays?)
  | (?P<sat_sun>  weekends?)
  | (?P<stop>     [;。\n])
  | (?P<filler>   [ \t\r,、/|:.]+|和|及|以及|and|每[天日]|daily|every[ ]day
                | (?:{_VERB}|上班|工作)?时间|{_VERB})
    """,
    re.VERBOSE,
)


class _Days(NamedTuple):
    days: frozenset[int]
    holidays: bool = False
    loose: bool = False  # 节假日 alone: some mean weekends too

    def joined(self, other: "_Days") -> "_Days":
        return _Days(self.days | other.days, self.holidays or other.holidays, self.loose or other.loose)


class _Range(NamedTuple):
    start: int
    end: int
    # Past midnight only because the end is the smaller: accepted of a range that stands alone.
    inferred: bool = False


_Word = Literal["closed", "excluded", "usual", "through", "no_rest", "stop"]
_Item = _Days | _Range | _Word
_State = Literal["closed", "usual"]


class _Clause(NamedTuple):
    """What holds on `days`; `None`: on every day not named otherwise."""

    days: _Days | None
    states: tuple[_Range, ...] | _State


def _weekdays(days: Iterable[int]) -> _Days:
    """These weekdays whatever the calendar says of them."""
    return _Days(frozenset(day + kind for day in days for kind in (0, 7, 14)))


_WORKDAYS: Final = frozenset({*range(5), *_WORKED})
_FIXED: Final[dict[str, _Days | _Range]] = {
    "all_day": _Range(0, DAY),
    "workdays": _Days(_WORKDAYS),
    "weekend": _Days(frozenset({5, 6, 12, 13})),
    "worked": _Days(frozenset({19, 20})),
    "statutory": _Days(frozenset(), holidays=True),
    "holidays": _Days(frozenset(), holidays=True, loose=True),
    "mon_fri": _weekdays(range(5)),
    "sat_sun": _weekdays(_WEEKEND),
}


@lru_cache(maxsize=4096)  # a county writes its hours in some dozens of ways
def parse_hours(text: str) -> Hours | None:
    """The hours that a text surely means; `None` for what it does not, and for no text.

    Days that are not named are closed when any is named. One range that ends before it starts goes past
    midnight (20:00-8:00). Several ranges of which one does are not sure, nor is one that begins in the
    morning: 8:00-5:00 more likely means five in the afternoon. Whether 节假日 says anything of an ordinary
    weekend is known only where the text names that too, or sets 工作日 against it.
    """
    items = _read(text)
    clauses = _clauses(items) if items else None
    days = _each_day(clauses) if clauses else None
    if items is None or clauses is None or days is None:
        return None
    of_holidays = [clause.states for clause in clauses if clause.days and clause.days.holidays]
    if "through" in items:
        if of_holidays:
            return None
        days[_OFF.start : _OFF.stop] = days[:_DAYS]
    _doubt_weekends([clause.days for clause in clauses if clause.days], days, usual="usual" in of_holidays)
    usual = tuple(days[:_DAYS])
    if "no_rest" in items and not all(days):
        return None
    for today, tomorrow in zip(usual, (*usual[1:], usual[0]), strict=True):
        if today and tomorrow and today[-1][1] - DAY > tomorrow[0][0]:
            return None
    through = {"through", "no_rest"} & {*items} or "usual" in of_holidays or set(days) == {WHOLE_DAY}
    return Hours(usual, tuple(days[_OFF.start : _OFF.stop]), (*usual[:5], *days[-2:]), bool(through))


@lru_cache(maxsize=4096)
def parse_day(text: str) -> Intervals | None:
    """One special day: `()` for 休息, its intervals for times, `None` where it is not surely either."""
    items = _read(text)
    if not items:
        return None
    rest = [item for item in items if item != "stop"]
    if rest == ["closed"]:
        return ()
    ranges = [item for item in rest if isinstance(item, _Range)]
    return _intervals(ranges) if len(ranges) == len(rest) else None


def _read(text: str) -> list[_Item] | None:
    if len(text) > _LONGEST_TEXT:
        return None
    plain = unicodedata.normalize("NFKC", text).strip().lower().replace("a.m.", "am").replace("p.m.", "pm")
    plain = re.sub(r"[‐‑‒–—―−─~〜至到]|(?<=\d)一(?=\d)|(?<=\w) to (?=\w)", "-", plain)
    plain = re.sub(
        r" *([-:])[ -]*", r"\1", plain.replace("∶", ":").translate(str.maketrans("()[]【】", " " * 6))
    )
    items: list[_Item] = []
    at = 0
    while at < len(plain):
        found = _TOKEN.match(plain, at)
        if found is None:
            return None
        item = _item(found)
        if item is None:
            return None
        if item != "filler":
            items.append(item)
        at = found.end()
    return items


def _item(found: re.Match[str]) -> _Item | Literal["filler"] | None:
    match found.lastgroup:
        case "closed" | "excluded" | "usual" | "through" | "no_rest" | "stop" | "filler" as word:
            return word
        case "han_days":
            return _weekdays(_han_days(found[0]))
        case "spelled":
            return _weekdays(_spelled_days(found[0]))
        case word:
            return _FIXED[word] if word in _FIXED else _range(found)


def _han_days(text: str) -> Iterator[int]:
    names = re.sub(f"[^{_HAN_DAY[1:-1]}-]", " ", text.replace("星期", "").replace("礼拜", "")).replace(
        "天", "日"
    )
    for first, last in re.findall(r"(\w)(?: *- *(\w))?", names):
        yield from _through("一二三四五六日".index(first), "一二三四五六日".index(last or first))


def _spelled_days(text: str) -> Iterator[int]:
    order = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    for first, last in re.findall(r"([a-z]{3})[a-z]*(?:-([a-z]{3})[a-z]*)?", re.sub(r"\band\b", "", text)):
        yield from _through(order.index(first), order.index(last or first))


def _through(first: int, last: int) -> Iterator[int]:
    """Sunday to Thursday is five days too."""
    yield from ((first + day) % _DAYS for day in range((last - first) % _DAYS + 1))


def _range(found: re.Match[str]) -> _Range | None:
    (first, start), (second, end) = _side(found, 1), _side(found, 2)
    begin = _of_period(start, first)
    finish = _of_period(end, second) if second else _end_after(start, end, first)
    if begin is None or begin >= DAY or finish is None or finish > DAY:
        return None
    if found["meridiem2"] and not first and begin + _HALF_DAY < finish:
        return None  # 6:00-9:00pm: from the morning or the evening?
    if finish in {0, DAY - 1}:
        finish = DAY  # 0:00 as an end is this midnight, and so is 23:59
    if finish > begin:
        return None if found["next"] else _Range(begin, finish)
    stated = found["next"] or first in _EVENING or second in _EARLY
    if not stated and (first or second or (_DAWN <= begin < _HALF_DAY and finish < begin)):
        return None
    return _Range(begin, finish + DAY, inferred=not stated)


def _side(found: re.Match[str], side: int) -> tuple[str, int]:
    """The period that a time names, if any, and its minutes as written."""
    period = found[f"period{side}"] or found[f"meridiem{side}"] or ""
    minute = 30 if found[f"half{side}"] else int(found[f"minute{side}"] or found[f"past{side}"] or 0)
    return period, int(found[f"hour{side}"]) * _HOUR + minute


def _of_period(written: int, period: str) -> int | None:
    """Minutes from midnight for a time as its own period means it; `None` where the two do not agree.

    下午2:00 and 下午14:00 are the same; 上午15:00 is a slip.
    """
    minutes = written
    hour = written // _HOUR
    if period in _EARLY:
        agrees = hour <= _NOON
        minutes = written - _HALF_DAY if period == "am" and hour == _NOON else written
    elif period in _MIDDAY:
        agrees = hour in {10, 11, 12, 13, 14, 15, 1, 2, 3, 4}
        minutes = written + _HALF_DAY if hour < 10 else written  # noqa: PLR2004
    elif period in _LATE:
        agrees = hour > 0
        minutes = written + _HALF_DAY if hour < _NOON else written
    elif period in _EVENING:
        agrees = 5 <= hour < _NOON or hour >= 17 or written == _HALF_DAY  # noqa: PLR2004
        minutes = written + _HALF_DAY if hour <= _NOON else written
    else:
        agrees = True
    return minutes if agrees else None


def _end_after(start: int, end: int, period: str) -> int | None:
    """The end of a range whose period stands at its start only, in the style of that start."""
    if period in _MIDDAY:
        return _of_period(end, period)
    if period in _LATE and end < _HALF_DAY:
        # 下午17:00-8:00: eight in the evening or in the morning?
        return _of_period(end, period) if start < _HALF_DAY + _HOUR else None
    if period in _EVENING and start < _HALF_DAY:
        return _of_period(end, period) if start < end <= _HALF_DAY else None
    if period in _EVENING:
        return end if end < _HALF_DAY or end > start else None
    return end if end > start or not period else None


def _clauses(items: Sequence[_Item]) -> list[_Clause] | None:
    """What holds on which days; `None` where that is not sure.

    Times follow their days (周一至周五8:00-17:00), or precede them once and for all (8:00-17:00 周一至周五).
    """
    clauses: list[_Clause] = []
    waiting: _Days | None = None  # days whose hours are still to come in the text
    stopped = False
    for item in items:
        if isinstance(item, _Days):
            if waiting and stopped:
                return None
            waiting = waiting.joined(item) if waiting else item
        elif isinstance(item, _Range):
            if clauses and waiting is None and isinstance(clauses[-1].states, tuple):
                clauses[-1] = _Clause(clauses[-1].days, (*clauses[-1].states, item))
            else:
                clauses.append(_Clause(waiting, (item,)))
            waiting = None
        elif item in {"closed", "excluded", "usual"}:
            if waiting is None:
                return None
            clauses.append(_Clause(waiting, "usual" if item == "usual" else "closed"))
            waiting = None
        stopped = item == "stop"
    if waiting is None:
        return clauses
    if len(clauses) == 1 and clauses[0].days is None:
        return [_Clause(waiting, clauses[0].states)]
    return None


def _each_day(clauses: Sequence[_Clause]) -> list[Intervals | None] | None:
    """What holds on each of the 21 days; `None` where that is not plain of one of them."""
    rest = [clause.states for clause in clauses if clause.days is None]
    named = [clause for clause in clauses if clause.days is not None]
    if len(rest) > 1 or (rest and not _plain_exceptions(named)):
        return None
    days: list[Intervals | None] = []
    for day in range(_WORKED.stop):
        stated = _stated_of(day, named) or rest
        if stated and stated == ["usual"] * len(stated):
            if day in _OFF:  # as on that weekday
                days.append(days[day - _OFF.start])
                continue
            stated = rest or stated
        ranges = [item for states in stated if isinstance(states, tuple) for item in states]
        intervals = _intervals(ranges)
        if intervals is None or "usual" in stated or (ranges and "closed" in stated):
            return None
        days.append(intervals)
    return days if any(days[:_DAYS]) else None


def _stated_of(day: int, named: Sequence[_Clause]) -> list[tuple[_Range, ...] | _State]:
    """What is stated of the day. Where holidays are named, they are no weekdays."""
    holidays = [one.states for one in named if day in _OFF and one.days and one.days.holidays]
    return holidays or [one.states for one in named if one.days and day in one.days.days]


def _plain_exceptions(named: Sequence[_Clause]) -> bool:
    """Whether these may stand beside times of every day: days that are closed, or open like the others."""
    exceptions = [(clause.days.days, clause.states) for clause in named if clause.days and clause.days.days]
    days = frozenset[int]().union(*(days for days, _ in exceptions)) & frozenset(range(_DAYS))
    stated = {states for _, states in exceptions}
    if stated == {"closed"}:
        # 8:00-12:00周一，周日休息: are Mondays closed? Of several closed days only a weekend is sure.
        return len(days) <= 1 or days <= _WEEKEND
    return not stated or (stated == {"usual"} and days >= _WEEKEND)


def _doubt_weekends(named: Sequence[_Days], days: list[Intervals | None], *, usual: bool) -> None:
    """Of 节假日 nobody knows whether ordinary weekends are meant, unless they are named, or 工作日 is."""
    if not any(one.loose for one in named):
        return
    against_workdays = any(one.days >= _WORKDAYS for one in named)
    for day in _WEEKEND - frozenset[int]().union(*(one.days for one in named)):
        off = day + _OFF.start
        if against_workdays and not usual:
            days[day] = days[off]
        elif against_workdays:
            days[day] = days[off] = None
        elif days[day] != days[off]:
            days[day] = None


def _intervals(ranges: Sequence[_Range]) -> Intervals | None:
    """The ranges of one day in order; `None` where they contradict each other."""
    if len(ranges) > 1 and any(item.inferred for item in ranges):
        return None
    intervals = tuple(sorted((item.start, item.end) for item in ranges))
    if any(earlier[1] > later[0] for earlier, later in pairwise(intervals)):
        return None
    return intervals
