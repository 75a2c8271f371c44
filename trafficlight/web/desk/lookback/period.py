"""What every page of the room begins with: the period that was asked for, and the board's sites by town."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Final, NamedTuple

import msgspec
from aiohttp import web

from trafficlight.actions.exporting import to_csv
from trafficlight.domain.lookback import Lookback, SiteDay
from trafficlight.text.languages import N_
from trafficlight.web.desk.lookback.cache import LOOKBACKS
from trafficlight.web.desk.request import DeskRequest

PERIODS: Final = (14, 30, 90)
"""Days: what a site's page tells, a month, and as far as the usual volume looks."""
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
        within = {day: told for day, told in days.items() if day >= first}
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
