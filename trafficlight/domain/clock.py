"""When a number was true: a time of the day as people write it, and what a phone says of one that waited."""

import re
from datetime import date, datetime, time, timedelta
from typing import Final

import msgspec

from trafficlight.domain.board import Board
from trafficlight.domain.count import narrow, numeral
from trafficlight.domain.day import ONE_DAY, day_at, instant, local, service_day
from trafficlight.domain.errors import Refused
from trafficlight.domain.state import BoardFold, Report, SiteState, tally_of

PHONE_CLOCK: Final = timedelta(minutes=2)
"""So far a phone's clock may be from ours, its request's journey included; beyond, it is not believed."""
CLOCK_TOLERANCE: Final = timedelta(seconds=10)
"""Two machines' clocks may differ by so much."""
MINUTE: Final = timedelta(minutes=1)
WAITED: Final = timedelta(minutes=2)
"""A number sent sooner after it was typed was sent at once."""

_NUMBER: Final = r"[0-9]{1,2}|[零〇一二两三四五六七八九十]{1,3}"
_HALF: Final = r"凌晨|清晨|早晨|早上|上午|中午|下午|傍晚|晚上"
CLOCK: Final = (
    rf"(?P<half>{_HALF})?\s*"
    r"(?:(?P<hour>[0-9]{1,2})\s*:\s*(?P<minute>[0-9]{2})(?![0-9])(?::[0-9]{2})?"
    rf"|(?P<spoken>{_NUMBER})\s*[点时](?:(?P<past>{_NUMBER})(?:分|(?![0-9零〇一二两三四五六七八九十人例个位名]))|(?P<part>半|一刻|三刻)|[整钟])?)"
)
"""9:05, 下午3点半, 十点一刻; of a text narrowed by `narrow`."""
DATE: Final = (
    r"(?:(?:(?P<year>[0-9]{4})\s*[-/.年]\s*)?(?P<month>[0-9]{1,2})\s*[-/.月]\s*(?P<day>[0-9]{1,2})日?"
    r"|(?P<near>今天|今日|昨天|昨日))"
)
"""2022-12-24, 12月24日, 12/24, 昨天."""
_WHOLE: Final = re.compile(rf"\s*(?:{CLOCK})\s*")
_WHOLE_DATE: Final = re.compile(rf"\s*(?:{DATE})\s*")
_MOMENT: Final = re.compile(rf"\s*(?:{DATE})(?:[T\s]\s*|(?<=[日天]))(?P<clock>\S.*?)\s*")
_WHOLE_NAME: Final = re.compile(
    r"(?:(?P<year>(?:20)?[0-9]{2})\s*[-/.年]\s*(?=[0-9]+\s*[-/.月]))?(?:(?P<month>[0-9]{1,2})\s*[-/.月])?\s*(?P<day>[0-9]{1,2})\s*[日号]?"
    r"|(?P<run>(?:20[0-9]{2})?[01][0-9][0-3][0-9])"
    rf"|(?:(?P<month_word>{_NUMBER})月)?(?P<day_word>{_NUMBER})[日号]"
)
"""A sheet that is called by its day: 12.2, 26.12.2, 1202, 20261202, 2日, 2号, 十二月二日."""
_PARTS: Final = {"半": 30, "一刻": 15, "三刻": 45}
_NOON: Final = 12
_EARLY_AFTERNOON: Final = 3


def parse_clock(field: str, text: str) -> time:
    """A time of the day, to the minute; `Refused` with `bad_time`.

    Without 上午 or 下午 it is of 24 hours: 3点 is in the night.
    """
    found = read_clock(text)
    if found is None:
        raise Refused("bad_time", field, text=text[:40])
    return found


def clock_of(match: re.Match[str]) -> time | None:
    """The time of day that a match of `CLOCK` says; None for one that there is not."""
    hour = numeral(match["hour"] or match["spoken"])
    minute = numeral(match["minute"] or match["past"] or "0") if not match["part"] else _PARTS[match["part"]]
    if hour is None or minute is None:
        return None
    half = match["half"]
    if half in {"下午", "傍晚", "晚上"} or (half == "中午" and hour <= _EARLY_AFTERNOON):
        hour += _NOON if hour < _NOON else 0
    elif half in {"凌晨", "清晨", "早晨", "早上", "上午"}:
        if hour > _NOON:
            return None
        hour = 0 if half == "凌晨" and hour == _NOON else hour
    try:
        return time(hour, minute)
    except ValueError:
        return None


def split_moment(text: str) -> tuple[str, str]:
    """The date and the time of 2022-12-24 09:05, as they were written; the date is empty where none is."""
    plain = narrow(text)
    match = _MOMENT.fullmatch(plain)
    if match:
        return plain[: match.start("clock")].strip().rstrip("T"), match["clock"]
    return "", plain.strip()


def read_date(text: str, today: date) -> date | None:
    """The day as people write it; without a year the last such one, tomorrow being the first to come."""
    match = _WHOLE_DATE.fullmatch(narrow(text))
    return date_of(match, today) if match else None


def date_of(match: re.Match[str], today: date) -> date | None:
    """The day that a match of `DATE` says; None for one that there is not."""
    near = match["near"]
    if near:
        return today - ONE_DAY if near.startswith("昨") else today
    try:
        found = date(int(match["year"] or today.year), int(match["month"]), int(match["day"]))
        if match["year"] is None and found > today + ONE_DAY:
            found = found.replace(year=found.year - 1)
    except ValueError:
        return None
    return found


def named_day(name: str, today: date) -> date | None:
    """The day that a sheet's whole name is; without a year or a month the last such one."""
    match = _WHOLE_NAME.fullmatch(narrow(name).strip())
    if match is None or (match[0].isdecimal() and not match["run"]):
        return None
    run = match["run"] or ""
    year, month, day = (
        (run[:-4], run[-4:-2], run[-2:])
        if run
        else (match["year"], match["month"] or match["month_word"], match["day"] or match["day_word"])
    )
    last = today + ONE_DAY
    months = [numeral(month)] if month else [last.month, (last.month + 10) % 12 + 1]
    years = [int(year) % 100 + 2000] if year else [last.year, last.year - 1]
    found = [
        one
        for one in (_date(y, m, numeral(day)) for y in years for m in months)
        if one is not None and (one <= last or year)
    ]
    return max(found, default=None)


def _date(year: int, month: int | None, day: int | None) -> date | None:
    try:
        return date(year, month or 0, day or 0)
    except ValueError:
        return None


def read_clock(text: str) -> time | None:
    """The time of the day as people write it; None where it is none."""
    match = _WHOLE.fullmatch(narrow(text))
    return clock_of(match) if match else None


class TypedAt(msgspec.Struct, frozen=True):
    """A service day and the minute of it."""

    day: date
    clock: time


class Waiting(msgspec.Struct, frozen=True):
    """What a phone says, by its own clock, of a report that it kept until there was a network."""

    typed_at: datetime
    sent_at: datetime

    def moment(self, board: Board, now: datetime) -> TypedAt | None:
        """When it was typed; None where it did not wait, or where the phone's clock was not near ours."""
        is_near = abs(self.sent_at - now) <= PHONE_CLOCK
        if not is_near or self.sent_at - self.typed_at < WAITED or self.typed_at > now:
            return None
        wall = local(self.typed_at, board.zone).time().replace(second=0, microsecond=0)
        return TypedAt(service_day(self.typed_at, board.cut_off, board.zone), wall)


def counted_instant(
    state: SiteState, board: Board, stated: datetime | time, day: date | None, at: datetime
) -> datetime:
    """The instant at which a report's figures were true: as it is stated, or at that time of the day.

    `Refused` where that is not of today, is still to come, or is older than the count that it replaces. A
    time of the day means its whole minute: within the last count's it is that instant.
    """
    now = day_at(at, board.cut_off, board.report_by, board.zone)
    if (day or now.day) != now.day:
        raise Refused("counted_at_past_day", "counted_at")
    tally = tally_of(state, now.day)
    last = tally.counted_at if tally else None
    if isinstance(stated, time):
        stated = instant(now.day + (stated < board.cut_off) * ONE_DAY, stated, board.zone)
        if last is not None and stated <= last < stated + MINUTE:
            stated = last
    if stated > at + CLOCK_TOLERANCE:
        raise Refused("counted_in_future", "counted_at")
    if stated < now.start:
        raise Refused("counted_not_today", "counted_at", today=now.day)
    if last is not None and stated < last:
        clocks = {
            name: f"{local(one, board.zone):%H:%M}" for name, one in (("last", last), ("counted", stated))
        }
        raise Refused("counted_before_last", "counted_at", **clocks)
    return stated


def counted_apart(report: Report, zone: str) -> datetime | None:
    """When the report's figures were true, on the clock, where that is another minute than when it came."""
    if report.counted_at is None or report.at - report.counted_at < MINUTE:
        return None
    return local(report.counted_at, zone)


def posted_at(state: SiteState, counted_at: datetime | None, zone: str) -> datetime | None:
    """When the report came whose figures were true at the instant, where that was another minute."""
    for report in reversed(state.reports) if counted_at else ():
        if report.current and report.counted_at == counted_at and counted_apart(report, zone):
            return local(report.at, zone)
    return None


def standing_at(fold: BoardFold, at: datetime) -> datetime:
    """The instant as of which the board stands: never before its last event, if that is of the same day.

    Another machine's clock may be ahead. A last event of a later service day was stamped by a clock that was
    wrong: the true day counts then, so that no light outlives it.
    """
    if fold.at <= at + CLOCK_TOLERANCE:
        return max(at, fold.at)
    board = fold.board
    same = service_day(fold.at, board.cut_off, board.zone) == service_day(at, board.cut_off, board.zone)
    return fold.at if same else at
