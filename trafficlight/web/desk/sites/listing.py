"""The board's sites as a list, on the page and as a file."""

import asyncio
from collections import defaultdict
from typing import TYPE_CHECKING, Final

import msgspec
from aiohttp import web

from trafficlight.actions.exporting import rows_of, to_csv, to_xlsx
from trafficlight.domain.state import BoardFold
from trafficlight.web.desk.request import DeskRequest

if TYPE_CHECKING:
    from trafficlight.domain.board import Site

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV: Final = "text/csv; charset=utf-8"


async def show(desk: DeskRequest) -> web.Response:
    """All sites by town, and the ways in and out."""
    towns: dict[str, list[Site]] = defaultdict(list)
    for state in desk.fold.sites.values():
        towns[state.site.town].append(state.site)
    return desk.page("desk/sites/list.html", towns=dict(sorted(towns.items())), count=len(desk.fold.sites))


async def workbook(desk: DeskRequest) -> web.Response:
    """The list with Chinese headers; imported again as it is, it changes nothing."""
    body = await asyncio.to_thread(to_xlsx, rows_of([_still(desk.fold)], chinese=True))
    return desk.file(body, XLSX, f"{desk.board}-sites.xlsx")


async def csv(desk: DeskRequest) -> web.Response:
    """The same, for whatever reads no workbook."""
    body = await asyncio.to_thread(to_csv, rows_of([_still(desk.fold)], chinese=True))
    return desk.file(body, CSV, f"{desk.board}-sites.csv")


def _still(fold: BoardFold) -> BoardFold:
    """The board as it is, for another thread: its sites do not come and go there."""
    return msgspec.structs.replace(fold, sites=dict(fold.sites))
