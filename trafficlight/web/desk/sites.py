"""`/desk/boards/…/sites`: the board's sites, the list and one by one; what many lack; their special days."""

import asyncio
from collections import defaultdict
from typing import Final

import msgspec
from aiohttp import web

from trafficlight.actions.exporting import rows_of, to_csv, to_xlsx
from trafficlight.actions.fields import FIELD_OF, SETTINGS_OF_SITE, write_cell, write_phones
from trafficlight.actions.sites import (
    edit_site,
    merge_sites,
    note_checked,
    propose_town,
    remove_site,
    set_towns,
    split_site,
)
from trafficlight.domain.board import Site
from trafficlight.domain.errors import Refused
from trafficlight.domain.hours_text import parse_hours
from trafficlight.domain.kind import label
from trafficlight.domain.state import BoardFold
from trafficlight.text.languages import EN, N_
from trafficlight.web.desk.request import DeskRequest, mark

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV: Final = "text/csv; charset=utf-8"


async def show_list(desk: DeskRequest) -> web.Response:
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


# --- one site ---------------------------------------------------------------------------------------------


async def show_site(desk: DeskRequest) -> web.Response:
    """The site as it is."""
    site = _site(desk)
    return desk.page(
        "desk/sites/site.html",
        site=site,
        columns=[(one, _cell_text(desk, one.column, site)) for one in SETTINGS_OF_SITE],
        seen=mark(_site_subject(desk.fold, site.id)),
        others=sorted(
            (state.site for state in desk.fold.sites.values() if state.site.id != site.id),
            key=lambda one: (one.town != site.town, one.town, one.name),
        ),
    )


async def save_site(desk: DeskRequest) -> web.Response:
    """Its settings, or that it leaves the board."""
    site = _site(desk)
    changes = desk.changes(lambda fold: _site_subject(fold, site.id))
    if desk.form.value("act") == "remove":
        await remove_site(changes, desk.board, site.id)
        return desk.done(f"/boards/{desk.board}/sites", N_("已移出：%(name)s"), name=site.name)
    if desk.form.value("act") == "merge":
        into = desk.form.value("into")
        if not into:
            raise Refused("nothing_chosen", "into")
        await merge_sites(changes, desk.board, site.id, into, desk.at)
        return desk.done(
            f"/boards/{desk.board}/site/{into}", N_("已并入：%(name)s"), name=desk.fold.sites[into].site.name
        )
    if desk.form.value("act") == "split":
        made = await split_site(desk.changes(), desk.board, site.id, desk.form.text("second"))
        return desk.done(
            f"/boards/{desk.board}/site/{made}", N_("已分出：%(name)s"), name=desk.form.text("second")
        )
    written = {column: desk.form.text(column) for column in FIELD_OF}
    after = await edit_site(changes, desk.board, site.id, written)
    here = f"/boards/{desk.board}/site/{site.id}"
    if after.hours and parse_hours(after.hours) is None:
        return desk.done(
            here,
            N_(
                "已保存：%(name)s。开诊时间“%(hours)s”照样显示给居民，但看不懂，不会算作开诊；请写成“8:00-12:00,14:30-17:30”“周一至周五8:00-17:30”这样。"
            ),
            name=after.name,
            hours=after.hours,
        )
    return desk.done(here, N_("已保存：%(name)s"), name=after.name)


def _cell_text(desk: DeskRequest, column: str, site: Site) -> str:
    """The cell's text; a kind by its word, which is read as its code is."""
    if column == "kind":
        return desk.kind(site.kind) if desk.lang == EN.code else label(site.kind)
    return write_cell(column, site)


def _site_subject(fold: BoardFold, site: str) -> object:
    """What the form edits."""
    state = fold.sites.get(site)
    return [write_cell(column, state.site) for column in FIELD_OF] if state else None


def _site(desk: DeskRequest) -> Site:
    state = desk.fold.sites.get(desk.request.match_info["site"])
    if state is None:
        raise Refused("not_found")
    return state.site


# --- what many lack ---------------------------------------------------------------------------------------


_TOWN = "town:"


async def show_phones(desk: DeskRequest) -> web.Response:
    """Every site with its phones, those first that were never checked or longest ago."""
    sites = sorted(_sites(desk.fold), key=lambda site: (str(site.phone_checked or ""), site.town, site.name))
    return desk.page("desk/sites/phones.html", sites=sites, seen=mark(_phones(desk.fold)))


async def save_phones(desk: DeskRequest) -> web.Response:
    """The ticked ones were tried today."""
    ticked = frozenset(desk.form.values("checked"))
    await note_checked(desk.changes(_phones), desk.board, ticked, desk.local(desk.at).date())
    return desk.done(
        f"/boards/{desk.board}/sites/phones", N_("已记下：%(n)s家的电话今天核对过。"), n=len(ticked)
    )


async def show_towns(desk: DeskRequest) -> web.Response:
    """The sites without a town, each with the one that its address names."""
    known = {site.town for site in _sites(desk.fold)} - {""}
    rows = [(site, propose_town(site.address, known)) for site in _sites(desk.fold) if not site.town]
    return desk.page("desk/sites/towns.html", rows=rows, known=sorted(known), seen=mark(_townless(desk.fold)))


async def save_towns(desk: DeskRequest) -> web.Response:
    """Those that somebody left or wrote in the fields."""
    written = {site: desk.form.value(f"{_TOWN}{site}") for site in desk.fold.sites}
    count = await set_towns(desk.changes(_townless), desk.board, written)
    return desk.done(f"/boards/{desk.board}/sites", N_("已填上%(n)s家的乡镇。"), n=count)


def _sites(fold: BoardFold) -> list[Site]:
    return [state.site for state in fold.sites.values()]


def _phones(fold: BoardFold) -> object:
    return [(site.id, write_phones(site.phones), str(site.phone_checked)) for site in _sites(fold)]


def _townless(fold: BoardFold) -> object:
    return [(site.id, site.address) for site in _sites(fold) if not site.town]
