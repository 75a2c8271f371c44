"""The top of 今日: patients beside yesterday and last week, by town and kind, and as a curve."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec
from markupsafe import Markup

from trafficlight.domain.daily import WEEK, Daily, DailySum, daily_now
from trafficlight.domain.day_counts import DayCounts, same_hour
from trafficlight.domain.judge import today_at
from trafficlight.domain.state import Judged
from trafficlight.publish import words
from trafficlight.text import rendering
from trafficlight.text.languages import N_
from trafficlight.web.desk.charts import Curve, beside, curve_sign, curves
from trafficlight.web.desk.daily import COUNTS
from trafficlight.web.desk.request import DeskRequest

PER_HOUR: Final = 2
"""Points of the curve."""
_STEP: Final = timedelta(hours=1) / PER_HOUR
_HOUR: Final = timedelta(hours=1)
_USUAL: Final = (7, 18)
"""Hours since the day's start that the curve has at least, so that a morning has room to grow in."""


class BenchLine(msgspec.Struct, frozen=True, kw_only=True):
    """A town or a kind of site, drawn."""

    name: str
    sum: DailySum
    picture: Markup


class CurveKey(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the curve in words and numbers."""

    sign: Markup
    name: str
    by_now: int
    whole: int | None
    """What the whole day came to; None while it is not over."""


class Bench(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of today so far."""

    total: DailySum
    towns: list[BenchLine]
    kinds: list[BenchLine]
    picture: Markup
    keys: list[CurveKey]
    hours: list[tuple[str, list[int | None]]]
    """The curve in numbers: the hour, and each line's number then."""


async def bench_of(desk: DeskRequest, judged: Mapping[str, Judged]) -> Bench:
    """Counted from the board as it stands, and its ledger as far as it goes."""
    counts = await desk.request.app[COUNTS].of(desk.board)
    found = daily_now(desk.fold, judged, counts, desk.at)
    picture, keys, hours = _curve(desk, counts)
    return Bench(
        total=found.total(),
        towns=_lines(found.sums(lambda site: site.town), desk.say(N_("其他"))),
        kinds=_lines(_by_kind(desk, found), desk.say(N_("其他"))),
        picture=picture,
        keys=keys,
        hours=hours,
    )


def _by_kind(desk: DeskRequest, found: Daily) -> list[DailySum]:
    sums = found.sums(lambda site: site.kind)
    return [msgspec.structs.replace(one, name=desk.kind(one.name)) for one in sums]


def _lines(sums: Sequence[DailySum], other: str) -> list[BenchLine]:
    most = max((max(one.patients, one.before.patients) for one in sums), default=0)
    return [
        BenchLine(
            name=one.name or other,
            sum=one,
            picture=beside(one.patients, one.before.patients if one.before.sites else None, most),
        )
        for one in sums
    ]


def _curve(
    desk: DeskRequest, counts: DayCounts
) -> tuple[Markup, list[CurveKey], list[tuple[str, list[int | None]]]]:
    """Today to now, yesterday and the same day last week whole, from the first count to the last."""
    board, at = desk.fold.board, desk.at
    now = today_at(board, at)
    length = round((now.end - now.start) / _STEP)
    starts = [(now.day, now.start)]
    for back in (1, WEEK):
        day, then = same_hour(board, at, back)
        starts.append((day, then - (at - now.start)))
    whole = [
        counts.course(day, [start + step * _STEP for step in range(length + 1)]) for day, start in starts
    ]
    first, last = _window(whole)
    passed = min(length, int((at - now.start) / _STEP))
    today = [*whole[0][first * PER_HOUR : passed + 1]]
    lines = [
        Curve("week", whole[2][first * PER_HOUR : last * PER_HOUR + 1]),
        Curve("day", whole[1][first * PER_HOUR : last * PER_HOUR + 1]),
        Curve("now", today),
    ]
    begins = desk.local(now.start)
    marks = [(begins + hour * _HOUR).hour for hour in range(first, last + 1)]
    names = {"now": N_("今天"), "day": N_("昨天"), "week": N_("上周同日")}
    at_now = [counts.course(day, [start + (at - now.start)])[0] for day, start in starts]
    keys = [
        CurveKey(
            sign=curve_sign(style),
            name=desk.say(names[style]),
            by_now=at_now[place],
            whole=sum(counts.of(starts[place][0]).values()) if place else None,
        )
        for place, style in enumerate(names)
    ]
    label = words.joined(
        (desk.say(N_("%(what)s%(n)d人"), what=one.name, n=one.by_now) for one in keys), desk.lang
    )
    hours = _hours(begins, whole, range(first, last + 1), passed)
    return curves(lines, marks, PER_HOUR, label), keys, hours


def _window(whole: Sequence[Sequence[int]]) -> tuple[int, int]:
    """The hours of the day, from its start, between which anything changes; at least the usual ones."""
    changes = [
        step for line in whole for step in range(1, len(line)) if line[step] != line[step - 1] or step == 0
    ]
    hours = (len(whole[0]) - 1) // PER_HOUR
    first = min([_USUAL[0], *((step - 1) // PER_HOUR for step in changes)])
    last = max([_USUAL[1], *(step // PER_HOUR + 1 for step in changes)])
    return max(0, first), min(hours, last)


def _hours(
    begins: datetime, whole: Sequence[Sequence[int]], hours: range, passed: int
) -> list[tuple[str, list[int | None]]]:
    """The numbers of the curve at each full hour; of today only those that are over."""
    return [
        (
            rendering.clock(begins + hour * _HOUR),
            [
                line[hour * PER_HOUR] if place or hour * PER_HOUR <= passed else None
                for place, line in enumerate(whole)
            ],
        )
        for hour in hours
    ]
