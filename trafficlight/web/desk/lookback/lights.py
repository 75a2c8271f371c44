"""`/desk/boards/…/lookback`: the light of every site on every day, a strip for each."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import msgspec
from aiohttp import web
from markupsafe import Markup

from trafficlight.domain.light import Light
from trafficlight.domain.lookback import Blank
from trafficlight.publish import lines, words
from trafficlight.text import rendering
from trafficlight.text.languages import N_, translate
from trafficlight.web.desk.lookback.drawing import Run, runs, sign, strip
from trafficlight.web.desk.lookback.period import (
    PERIODS,
    SiteDays,
    TownGroup,
    by_town,
    looked,
    rows_of,
    sheet,
)
from trafficlight.web.desk.request import DeskRequest

WORDS: Final[Mapping[str, str]] = {
    Light.BLUE: words.PILLS[Light.BLUE],
    Light.YELLOW: words.PILLS[Light.YELLOW],
    Light.RED: words.PILLS[Light.RED],
    Light.CROSS: words.PILLS[Light.CROSS],
    Blank.UNREPORTED: N_("没有填报"),
    Blank.SHUT: N_("休诊日"),
    Blank.VISIT: N_("巡诊日"),
    Blank.UNLIT: N_("看板暂停"),
}
"""Of the marks, in the order of the legend."""


class Strip(msgspec.Struct, frozen=True, kw_only=True):
    """One site's days, drawn."""

    row: SiteDays
    picture: Markup


async def show(desk: DeskRequest) -> web.Response:
    """A strip for each site, town by town, and what the marks mean."""
    back = await looked(desk)
    rows = rows_of(desk, back)
    towns = by_town(desk, rows)
    said = {mark: desk.say(word) for mark, word in WORDS.items()}
    drawn = await asyncio.to_thread(_drawn, desk.lang, back.days, towns, said)
    counts = Counter(str(one.mark) for row in rows for one in row.days.values())
    return desk.page(
        "desk/lookback/lights.html",
        back=back,
        periods=PERIODS,
        towns=drawn,
        sites=len(rows),
        key=[
            (sign(mark), said[mark], counts[mark])
            for mark in WORDS
            if mark in words.LIGHT_WORDS or counts[mark]
        ],
    )


def _drawn(
    lang: str, days: Sequence[date], towns: Sequence[TownGroup], said: Mapping[str, str]
) -> list[tuple[TownGroup, list[Strip]]]:
    """In a thread: of 152 sites and 90 days it takes longer than others should wait."""
    spoken = {day: rendering.day(day, lang) for day in days}

    def told(run: Run) -> str:
        return f"{_span(spoken[run.first], spoken[run.last])} {said[run.mark]}"

    made = []
    for town in towns:
        strips = []
        for row in town.rows:
            marks = {day: str(one.mark) for day, one in row.days.items()}
            picture = strip(days, runs(days, marks), told, _summed(marks, said, lang))
            strips.append(Strip(row=row, picture=picture))
        made.append((town, strips))
    return made


def _span(first: str, last: str) -> str:
    return first if first == last else f"{first}–{last}"


def _summed(marks: Mapping[date, str], said: Mapping[str, str], lang: str) -> str:
    """What a strip says to whoever does not see it: of each mark, how many days."""
    counts = Counter(marks.values())
    each = translate(N_("%(word)s%(n)d天"), lang)
    return lines.joined(
        (each % {"word": said[mark], "n": counts[mark]} for mark in said if counts[mark]), lang
    )


async def csv(desk: DeskRequest) -> web.Response:
    """The same as a table: a row for each site, a column for each day."""
    back = await looked(desk)
    said = {mark: desk.say(word) for mark, word in WORDS.items()}
    table = [[desk.say(N_("编号")), desk.say(N_("机构名称")), desk.say(N_("乡镇")), *map(str, back.days)]]
    for row in rows_of(desk, back):
        told = [said[row.days[day].mark] if day in row.days else "" for day in back.days]
        table.append([row.id, row.name, row.town, *told])
    return await sheet(desk, back, "lights", table)
