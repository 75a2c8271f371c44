"""`/desk/boards/…/daily`: the day as a sheet of every site (日报), as XLSX and CSV, and a paragraph of it."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from aiohttp import web

from trafficlight.actions.exporting import BookSheet, Cell, book_of, figures_csv
from trafficlight.domain.daily import Daily, DailyRow, DailySum, daily_now, daily_of
from trafficlight.domain.day import ONE_DAY
from trafficlight.domain.day_counts import DayCounts
from trafficlight.domain.judge import judge, today_at
from trafficlight.domain.kind import COUNTED
from trafficlight.domain.light import Light
from trafficlight.domain.lookback import Punctuality
from trafficlight.ledger.current import Current
from trafficlight.publish import words
from trafficlight.publish.sync_pass import in_thread
from trafficlight.text import rendering
from trafficlight.text.languages import N_
from trafficlight.web.desk.daily_words import paragraph
from trafficlight.web.desk.lookback import CSV, MARK_WORDS
from trafficlight.web.desk.request import DeskRequest
from trafficlight.web.desk.sites import XLSX

BOARDS_CACHED: Final = 4
"""Boards whose counts are gone on with; a count is a hundred bytes."""


class CountsByDay:
    """The counts of the last days of boards, read on from where they were, and past days one at a time."""

    def __init__(self, current: Current) -> None:
        self._current = current
        self._lock = asyncio.Lock()
        self._cache: OrderedDict[str, DayCounts] = OrderedDict()

    async def of(self, board: str) -> DayCounts:
        """The board's, as far as its ledger goes now."""
        async with self._lock:
            counts = self._cache.pop(board, None) or DayCounts()  # what fails on the way is not gone on with
            records = await self._current.ledger.read(board, counts.position)
            await in_thread(counts.advance, records)
            self._cache[board] = counts
            if len(self._cache) > BOARDS_CACHED:
                self._cache.popitem(last=False)
            return counts

    async def past(self, desk: DeskRequest, day: date) -> Daily | None:
        """A day that is over; None where the board has no such day."""
        async with self._lock:
            records = await self._current.ledger.read(desk.board)
            return await in_thread(daily_of, desk.board, records, day, desk.at)


COUNTS: Final = web.AppKey("desk-counts", CountsByDay)

ANSWER_WORDS: Final[Mapping[Punctuality, str]] = {
    Punctuality.IN_TIME: N_("按时"),
    Punctuality.LATE: N_("晚报"),
    Punctuality.MISSING: N_("没报"),
}


async def daily_today(desk: DeskRequest) -> Daily:
    """The sheet of today so far."""
    fold, at = desk.fold, desk.at
    counts = await desk.request.app[COUNTS].of(desk.board)
    return daily_now(fold, {site: judge(fold, state, at) for site, state in fold.sites.items()}, counts, at)


async def _asked(desk: DeskRequest) -> tuple[Daily, bool]:
    """The sheet of the day in the query; of today, and that it is not what was asked, where there is none."""
    typed = desk.request.query.get("day", "").strip()
    today = today_at(desk.fold.board, desk.at).day
    found = None
    if typed:
        try:
            day = date.fromisoformat(typed)
        except ValueError:
            return await daily_today(desk), True
        if day < today:
            found = await desk.request.app[COUNTS].past(desk, day)
            return (found, False) if found else (await daily_today(desk), True)
        return await daily_today(desk), day != today
    return await daily_today(desk), False


async def show(desk: DeskRequest) -> web.Response:
    """The paragraph, the sums by town and kind, the sites, and the way to any other day."""
    found, wrong = await _asked(desk)
    text = paragraph(desk, found)
    response = desk.page(
        "desk/daily/day.html",
        daily=found,
        wrong=desk.request.query.get("day", "")[:20] if wrong else "",
        when=words.when(desk.local(found.at), desk.lang),
        text=text,
        today=today_at(desk.fold.board, desk.at).day,
        total=found.total(),
        named_towns=[(one.name, one) for one in found.sums(lambda site: site.town)],
        kinds=[(desk.kind(one.name), one) for one in found.sums(lambda site: site.kind)],
        rows=[(row, shows(desk, row)) for row in found.rows],
        answers={answer: desk.say(word) for answer, word in ANSWER_WORDS.items()},
        clocks=[clock.removeprefix("0") for clock in found.clocks],
        counted=desk.say(COUNTED.text),
        before=found.day - ONE_DAY,
        local=desk.local,
    )
    if wrong:
        response.set_status(404)
    return response


def shows(desk: DeskRequest, row: DailyRow) -> str:
    """The light or why there is none, with its mark: ■ 红·很多."""
    word = words.PILLS.get(row.shows) or MARK_WORDS[row.shows]
    mark = words.MARKS[row.shows if isinstance(row.shows, Light) else "none"]
    return f"{mark} {desk.say(word)}"


# --- files --------------------------------------------------------------------------------------------------


async def workbook(desk: DeskRequest) -> web.Response:
    """All of it in one workbook: sites, towns, kinds, and the paragraph with what the numbers are."""
    found, wrong = await _asked(desk)
    if wrong:
        return await show(desk)
    sites, towns, kinds = _site_table(desk, found), _town_table(desk, found), _kind_table(desk, found)
    sheets = [
        BookSheet(desk.say(N_("各乡镇")), towns, [14, *[10] * (len(towns[0]) - 1)]),
        BookSheet(desk.say(N_("各机构")), sites, [14, 28, 16, *[10] * (len(sites[0]) - 4), 34]),
        BookSheet(desk.say(N_("各类机构")), kinds, [18, *[10] * (len(kinds[0]) - 1)]),
        BookSheet(desk.say(N_("说明")), [[text] for text in _notes(desk, found)], [110]),
    ]
    return desk.file(await asyncio.to_thread(book_of, sheets), XLSX, f"{_name(desk, found)}.xlsx")


async def sites_csv(desk: DeskRequest) -> web.Response:
    """A row for each site."""
    return await _csv(desk, _site_table, "")


async def towns_csv(desk: DeskRequest) -> web.Response:
    """A row for each town, and one for all."""
    return await _csv(desk, _town_table, "-towns")


async def _csv(
    desk: DeskRequest, table: Callable[[DeskRequest, Daily], list[list[Cell]]], ending: str
) -> web.Response:
    found, wrong = await _asked(desk)
    if wrong:
        return await show(desk)
    body = await asyncio.to_thread(figures_csv, table(desk, found))
    return desk.file(body, CSV, f"{_name(desk, found)}{ending}.csv")


def _name(desk: DeskRequest, found: Daily) -> str:
    """As in: longkou-daily-20221224-0810; of a day that is over without the hour."""
    hour = "" if found.over else f"-{desk.local(found.at):%H%M}"
    return f"{desk.board}-daily-{found.day:%Y%m%d}{hour}"


def _site_table(desk: DeskRequest, found: Daily) -> list[list[Cell]]:
    say = desk.say
    earlier = N_("前一天") if found.over else N_("昨天此时")
    heads = [
        N_("乡镇"),
        N_("机构名称"),
        N_("类别"),
        N_("就诊人数"),
        N_("接诊能力"),
        N_("占接诊能力（%）"),
        N_("忙闲"),
    ]
    heads += [N_("首次填报"), N_("最后填报")]
    head = [say(one) for one in heads]
    head += [say(N_("%(due)s应报"), due=clock.removeprefix("0")) for clock in found.clocks]
    head += [say(earlier), say(N_("增减")), say(N_("编号")), say(N_("当天开诊时间"))]
    rows: list[list[Cell]] = [list(head)]
    for row in found.rows:
        known = row.patients is not None and row.before is not None
        answers = (row.answers.get(clock) for clock in found.clocks)
        rows.append(
            [
                row.site.town,
                row.site.name,
                desk.kind(row.site.kind) if row.site.kind else "",
                row.patients,
                row.capacity,
                row.share,
                shows(desk, row),
                *(rendering.clock(desk.local(at)) if at else "" for at in (row.first, row.last)),
                *(say(ANSWER_WORDS[answer]) if answer else "" for answer in answers),
                row.before,
                (row.patients or 0) - (row.before or 0) if known else None,
                row.site.id,
                say(N_("休诊")) if row.shut else row.hours,
            ]
        )
    return rows


def _town_table(desk: DeskRequest, found: Daily) -> list[list[Cell]]:
    towns = [(one.name or desk.say(N_("其他")), one) for one in found.sums(lambda site: site.town)]
    return _sum_table(desk, found, N_("乡镇"), [*towns, (desk.say(N_("合计")), found.total())])


def _kind_table(desk: DeskRequest, found: Daily) -> list[list[Cell]]:
    kinds = [(desk.kind(one.name) or desk.say(N_("其他")), one) for one in found.sums(lambda site: site.kind)]
    return _sum_table(desk, found, N_("类别"), [*kinds, (desk.say(N_("合计")), found.total())])


def _sum_table(
    desk: DeskRequest, found: Daily, title: str, sums: Sequence[tuple[str, DailySum]]
) -> list[list[Cell]]:
    say = desk.say
    heads = [title, N_("机构数"), N_("报了人数的"), N_("就诊人数"), N_("占接诊能力（%）")]
    heads += (
        [
            N_("前一天"),
            N_("前一天报了的"),
            N_("比前一天增减"),
            N_("比前一天增减（%）"),
            N_("上周同日"),
            N_("比上周增减"),
        ]
        if found.over
        else [
            N_("昨天此时"),
            N_("昨天此时报了的"),
            N_("比昨天增减"),
            N_("比昨天增减（%）"),
            N_("上周此时"),
            N_("比上周增减"),
        ]
    )
    lights = [*words.LIGHT_WORDS, "none"]
    head = [say(one) for one in heads]
    head += [f"{words.MARKS[light]} {say(words.LIGHT_WORDS.get(light, words.NO_NEWS))}" for light in lights]
    head.append(say(N_("没报")))
    rows: list[list[Cell]] = [list(head)]
    for name, one in sums:
        rows.append(
            [
                name,
                one.sites,
                one.reported,
                one.patients,
                one.share,
                one.before.patients if one.before.sites else None,
                one.before.sites,
                one.before.change,
                one.before.percent,
                one.week.patients if one.week.sites else None,
                one.week.change,
                *(one.lights.get(light, 0) for light in lights),
                one.missing,
            ]
        )
    return rows


def _notes(desk: DeskRequest, found: Daily) -> Iterator[str]:
    yield paragraph(desk, found)
    yield desk.say(N_("人数：%(what)s。"), what=desk.say(COUNTED.text))
    yield desk.say(N_("增减只比两天都报了人数的机构。没有登记接诊能力的，不算占比。空着的是没有报，不是零。"))
    yield desk.say(N_("内部用：里面有机构的人数，转发到公开的群之前请先删去。"))
    yield desk.say(N_("依据台账到第%(n)d条。"), n=desk.fold.position)
