"""`/desk/boards/…/lookback`: days gone by, their lights, hours, patients, punctuality; on pages, as files."""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Final, NamedTuple

import msgspec
from aiohttp import web
from markupsafe import Markup

from trafficlight.actions.accuracy import PERIODS
from trafficlight.actions.exporting import to_csv
from trafficlight.domain.board import Board
from trafficlight.domain.judge import today_at
from trafficlight.domain.light import Light
from trafficlight.domain.lookback import (
    NONE,
    Blank,
    DayWalk,
    Lookback,
    PatientSum,
    PunctualityCount,
    SiteDay,
    days_before,
    patients_by_day,
    punctuality_by_day,
    seconds_by_light,
)
from trafficlight.domain.record import Record
from trafficlight.ledger.current import Current
from trafficlight.publish import words
from trafficlight.publish.sync_pass import in_thread
from trafficlight.text import rendering
from trafficlight.text.languages import N_, translate
from trafficlight.web.desk.charts import Run, bar, runs, sign, strip
from trafficlight.web.desk.request import DeskRequest

BOARDS_CACHED: Final = 4
"""Boards that are gone on with; 90 days of 152 sites are some 30 MB."""


class Lookbacks:
    """Tells the days of boards, one at a time, in a thread, and keeps the last ones. One for the process."""

    def __init__(self, current: Current) -> None:
        self._current = current
        self._lock = asyncio.Lock()
        self._cache: OrderedDict[tuple[object, ...], DayWalk] = OrderedDict()

    async def of(self, board: Board, number: int, at: datetime) -> Lookback:
        """The board's last so many days that are over at the instant, as the ledger has them now."""
        days = days_before(board, at, number)
        key = board.slug, board.zone, board.cut_off
        async with self._lock:
            walk = self._cache.pop(key, None)  # what fails on the way is not gone on with
            if walk is None or walk.since > days[0]:
                walk = DayWalk(board, days[0])
            records = await self._current.ledger.read(board.slug, walk.position)
            lookback = await in_thread(_walked, walk, records, today_at(board, at).start, days)
            self._cache[key] = walk
            if len(self._cache) > BOARDS_CACHED:
                self._cache.popitem(last=False)
        return lookback


def _walked(walk: DayWalk, records: Sequence[Record], until: datetime, days: Sequence[date]) -> Lookback:
    walk.advance(records, until)
    return walk.lookback(days)


LOOKBACKS: Final = web.AppKey("desk-lookbacks", Lookbacks)


CSV: Final = "text/csv; charset=utf-8"


class SiteDays(msgspec.Struct, frozen=True, kw_only=True):
    """One site and its days."""

    id: str
    name: str
    town: str
    days: Mapping[date, SiteDay]
    there: bool
    """Still on the board."""


async def looked(desk: DeskRequest) -> Lookback:
    """The period of the query: so many days, today not among them."""
    board = desk.fold.board
    asked = desk.request.query.get("days", "")
    number = next((period for period in PERIODS if str(period) == asked), PERIODS[0])
    return await desk.request.app[LOOKBACKS].of(board, number, desk.at)


def rows_of(desk: DeskRequest, back: Lookback) -> list[SiteDays]:
    """The sites by town and name; last those that have left the board."""
    made, fold, first = [], desk.fold, back.days[0]
    for site, days in back.sites.items():
        within = {day: found for day, found in days.items() if day >= first}
        if not within:
            continue
        state, gone = fold.sites.get(site), fold.gone.get(site)
        known = state.site if state else gone.site if gone else None
        made.append(
            SiteDays(
                id=site,
                name=known.name if known else site,
                town=known.town if known else "",
                days=within,
                there=state is not None,
            )
        )
    return sorted(made, key=lambda row: (not row.there, row.town == "", row.town, row.name, row.id))


class TownGroup(NamedTuple):
    """What stands together under one title."""

    title: str
    own: bool
    """The title is a name, not a word of ours."""
    rows: list[SiteDays]


def by_town(desk: DeskRequest, rows: Sequence[SiteDays]) -> list[TownGroup]:
    """The rows, which come by town, under their titles; those that left are one group."""
    made = []
    for (there, name), found in groupby(rows, key=lambda row: (row.there, row.town if row.there else "")):
        title = name or desk.say(N_("其他") if there else N_("已不在看板上"))
        made.append(TownGroup(title, bool(name), list(found)))
    return made


async def sheet(desk: DeskRequest, back: Lookback, name: str, table: Sequence[Sequence[str]]) -> web.Response:
    """The table as a CSV file that is named after what it is, of which board, up to which day."""
    rows = iter([list(row) for row in table])
    body = await asyncio.to_thread(to_csv, rows, tuple(table[0]))
    return desk.file(body, CSV, f"{desk.board}-{name}-{back.days[-1]:%Y%m%d}-{len(back.days)}.csv")


MARK_WORDS: Final[Mapping[str, str]] = {
    Light.BLUE: words.PILLS[Light.BLUE],
    Light.YELLOW: words.PILLS[Light.YELLOW],
    Light.RED: words.PILLS[Light.RED],
    Light.CROSS: words.PILLS[Light.CROSS],
    Blank.UNREPORTED: N_("没有填报"),
    Blank.SHUT: N_("休诊日"),
    Blank.VISIT: N_("巡诊日"),
    Blank.LIGHTS_OFF: N_("看板暂停"),
}
"""Of the marks, in the order of the legend."""


class Strip(msgspec.Struct, frozen=True, kw_only=True):
    """One site's days, drawn."""

    row: SiteDays
    picture: Markup


async def show_lights(desk: DeskRequest) -> web.Response:
    """A strip for each site, town by town, and what the marks mean."""
    back = await looked(desk)
    rows = rows_of(desk, back)
    towns = by_town(desk, rows)
    names = {mark: desk.say(word) for mark, word in MARK_WORDS.items()}
    drawn = await asyncio.to_thread(_drawn, desk.lang, back.days, towns, names)
    counts = Counter(str(one.mark) for row in rows for one in row.days.values())
    return desk.page(
        "desk/lookback/lights.html",
        back=back,
        periods=PERIODS,
        towns=drawn,
        sites=len(rows),
        key=[
            (sign(mark), names[mark], counts[mark])
            for mark in MARK_WORDS
            if mark in words.LIGHT_WORDS or counts[mark]
        ],
    )


def _drawn(
    lang: str, days: Sequence[date], towns: Sequence[TownGroup], names: Mapping[str, str]
) -> list[tuple[TownGroup, list[Strip]]]:
    """In a thread: of 152 sites and 90 days it takes longer than others should wait."""
    dates = {day: rendering.day(day, lang) for day in days}

    def title_of(run: Run) -> str:
        return f"{_span(dates[run.first], dates[run.last])} {names[run.mark]}"

    made = []
    for town in towns:
        strips = []
        for row in town.rows:
            marks = {day: str(one.mark) for day, one in row.days.items()}
            picture = strip(days, runs(days, marks), title_of, _summed(marks, names, lang))
            strips.append(Strip(row=row, picture=picture))
        made.append((town, strips))
    return made


def _span(first: str, last: str) -> str:
    return first if first == last else f"{first}–{last}"


def _summed(marks: Mapping[date, str], names: Mapping[str, str], lang: str) -> str:
    """What a strip says to whoever does not see it: of each mark, how many days."""
    counts = Counter(marks.values())
    each = translate(N_("%(word)s%(n)d天"), lang)
    return words.joined(
        (each % {"word": names[mark], "n": counts[mark]} for mark in names if counts[mark]), lang
    )


async def lights_csv(desk: DeskRequest) -> web.Response:
    """The same as a table: a row for each site, a column for each day."""
    back = await looked(desk)
    names = {mark: desk.say(word) for mark, word in MARK_WORDS.items()}
    table = [[desk.say(N_("编号")), desk.say(N_("机构名称")), desk.say(N_("乡镇")), *map(str, back.days)]]
    for row in rows_of(desk, back):
        cells = [names[row.days[day].mark] if day in row.days else "" for day in back.days]
        table.append([row.id, row.name, row.town, *cells])
    return await sheet(desk, back, "lights", table)


HOUR: Final = 3600
HOUR_LIGHTS: Final[Mapping[str, str]] = {**words.LIGHT_WORDS, NONE: words.NO_NEWS}
"""The lights and none, in the order in which a bar has them."""


class SiteHours(msgspec.Struct, frozen=True, kw_only=True):
    """One site's hours."""

    row: SiteDays
    hours: dict[str, str]
    """By light, those that it showed at all: 12, 0.5."""
    picture: Markup


async def show_hours(desk: DeskRequest) -> web.Response:
    """A bar for each site, town by town, all to one scale."""
    back = await looked(desk)
    towns = by_town(desk, rows_of(desk, back))
    return desk.page(
        "desk/lookback/hours.html",
        back=back,
        periods=PERIODS,
        bar=bar,
        towns=await asyncio.to_thread(_hours_by_town, towns),
        shown={light: desk.say(word) for light, word in HOUR_LIGHTS.items()},
    )


def _hours_by_town(towns: Sequence[TownGroup]) -> list[tuple[TownGroup, list[SiteHours]]]:
    """In a thread, as the strips are."""
    spent = {row.id: seconds_by_light(row.days.values()) for town in towns for row in town.rows}
    most = max((sum(one.values()) for one in spent.values()), default=0)
    return [
        (
            town,
            [
                SiteHours(
                    row=row,
                    hours={
                        light: _hours(spent[row.id][light])
                        for light in HOUR_LIGHTS
                        if spent[row.id].get(light)
                    },
                    picture=bar([(light, spent[row.id].get(light, 0)) for light in HOUR_LIGHTS], most),
                )
                for row in town.rows
            ],
        )
        for town in towns
    ]


def _hours(length: int) -> str:
    """Whole hours; below ten to the half, so that a short while does not read as never."""
    hours = length / HOUR
    return f"{hours:.0f}" if hours >= 10 else f"{max(0.5, round(hours * 2) / 2):g}"  # noqa: PLR2004 - as said


async def hours_csv(desk: DeskRequest) -> web.Response:
    """Hours with two places: a row for each site, a column for each light."""
    back = await looked(desk)
    heads = (N_("编号"), N_("机构名称"), N_("乡镇"), *HOUR_LIGHTS.values(), N_("天数"))
    rows = await asyncio.to_thread(_hours_table, rows_of(desk, back))
    return await sheet(desk, back, "hours", [[desk.say(head) for head in heads], *rows])


def _hours_table(rows: Sequence[SiteDays]) -> list[list[str]]:
    made = []
    for row in rows:
        spent = seconds_by_light(row.days.values())
        hours = [f"{spent.get(light, 0) / HOUR:.2f}" for light in HOUR_LIGHTS]
        made.append([row.id, row.name, row.town, *hours, str(len(row.days))])
    return made


class DayLine(msgspec.Struct, frozen=True, kw_only=True):
    """One day of the board."""

    day: date
    visits: PatientSum
    times: list[PunctualityCount | None]
    """By reporting time, in the order of the columns."""


async def show_days(desk: DeskRequest) -> web.Response:
    """The days, the last one first."""
    back = await looked(desk)
    seen = await asyncio.to_thread(patients_by_day, back)
    punctual = await asyncio.to_thread(punctuality_by_day, back)
    clocks = sorted({clock for times in punctual.values() for clock in times})
    lines = [
        DayLine(day=day, visits=seen[day], times=[punctual[day].get(clock) for clock in clocks])
        for day in reversed(back.days)
        if seen[day].sites or punctual[day]
    ]
    return desk.page(
        "desk/lookback/days.html",
        back=back,
        periods=PERIODS,
        bar=bar,
        lines=lines,
        clocks=[clock.removeprefix("0") for clock in clocks],
        most=max((one.visits.patients for one in lines), default=0),
        total=sum(one.visits.patients for one in lines),
    )


async def visits_csv(desk: DeskRequest) -> web.Response:
    """Patients and the sites that counted them: a row for each day."""
    back = await looked(desk)
    seen = await asyncio.to_thread(patients_by_day, back)
    table = [[desk.say(N_("日期")), desk.say(N_("就诊人数")), desk.say(N_("报了人数的机构"))]]
    table += [[str(day), str(one.patients), str(one.sites)] for day, one in seen.items()]
    return await sheet(desk, back, "visits", table)


async def on_time_csv(desk: DeskRequest) -> web.Response:
    """A row for each reporting time of each day."""
    back = await looked(desk)
    punctual = await asyncio.to_thread(punctuality_by_day, back)
    heads = (N_("日期"), N_("填报时间"), N_("应报"), N_("按时"), N_("晚报"), N_("没报"), N_("按时比例（%）"))
    table = [[desk.say(head) for head in heads]]
    for day, times in punctual.items():
        for clock, one in times.items():
            numbers = (one.expected, one.in_time, one.late, one.missing, one.percent)
            table.append([str(day), clock, *map(str, numbers)])
    return await sheet(desk, back, "on-time", table)
