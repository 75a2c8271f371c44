"""`/desk/boards/…/lookback/hours`: how long each site showed each light."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
from aiohttp import web
from markupsafe import Markup

from trafficlight.domain.lookback import NONE, seconds
from trafficlight.publish import lines, words
from trafficlight.text.languages import N_
from trafficlight.web.desk.lookback.drawing import bar
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

HOUR: Final = 3600
SHOWN: Final[Mapping[str, str]] = {**words.LIGHT_WORDS, NONE: lines.NO_NEWS}
"""The lights and none, in the order in which a bar has them."""


class Sum(msgspec.Struct, frozen=True, kw_only=True):
    """One site's hours."""

    row: SiteDays
    hours: dict[str, str]
    """By light, those that it showed at all: 12, 0.5."""
    picture: Markup


async def show(desk: DeskRequest) -> web.Response:
    """A bar for each site, town by town, all to one scale."""
    back = await looked(desk)
    towns = by_town(desk, rows_of(desk, back))
    return desk.page(
        "desk/lookback/hours.html",
        back=back,
        periods=PERIODS,
        bar=bar,
        towns=await asyncio.to_thread(_summed, towns),
        shown={light: desk.say(word) for light, word in SHOWN.items()},
    )


def _summed(towns: Sequence[TownGroup]) -> list[tuple[TownGroup, list[Sum]]]:
    """In a thread, as the strips are."""
    spent = {row.id: seconds(row.days.values()) for town in towns for row in town.rows}
    most = max((sum(one.values()) for one in spent.values()), default=0)
    return [
        (
            town,
            [
                Sum(
                    row=row,
                    hours={
                        light: _hours(spent[row.id][light]) for light in SHOWN if spent[row.id].get(light)
                    },
                    picture=bar([(light, spent[row.id].get(light, 0)) for light in SHOWN], most),
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


async def csv(desk: DeskRequest) -> web.Response:
    """Hours with two places: a row for each site, a column for each light."""
    back = await looked(desk)
    heads = (N_("编号"), N_("机构名称"), N_("乡镇"), *SHOWN.values(), N_("天数"))
    told = await asyncio.to_thread(_table, rows_of(desk, back))
    return await sheet(desk, back, "hours", [[desk.say(head) for head in heads], *told])


def _table(rows: Sequence[SiteDays]) -> list[list[str]]:
    made = []
    for row in rows:
        spent = seconds(row.days.values())
        hours = [f"{spent.get(light, 0) / HOUR:.2f}" for light in SHOWN]
        made.append([row.id, row.name, row.town, *hours, str(len(row.days))])
    return made
