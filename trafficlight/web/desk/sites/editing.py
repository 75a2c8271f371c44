"""One site's settings, each read as a cell of a list is."""

from typing import Any, Final

import msgspec
from aiohttp import web

from trafficlight.actions.cells import FIELD_OF, cleared, parse_cell, write_cell
from trafficlight.domain.board import Site
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import SitePut, SiteRemoved
from trafficlight.domain.kind import label
from trafficlight.domain.state import BoardFold
from trafficlight.text.languages import EN, N_, translate
from trafficlight.web.desk.request import DeskRequest, mark
from trafficlight.web.desk.sites.words import COLUMN_WORDS

LINES: Final = frozenset({"address", "phone", "hours", "rota", "also"})
"""Columns whose text may be long."""


async def show(desk: DeskRequest) -> web.Response:
    """The site as it is."""
    site = _site(desk.fold, desk)
    return desk.page(
        "desk/sites/site.html",
        site=site,
        columns=[(column, word, _shown(column, site, desk.lang)) for column, word in COLUMN_WORDS.items()],
        lines=LINES,
        seen=mark(_subject(desk.fold, site.id)),
    )


async def save(desk: DeskRequest) -> web.Response:
    """Its settings, or that it leaves the board."""
    site = _site(desk.fold, desk)
    seen, here = desk.form.value("seen"), f"/boards/{desk.board}/sites"
    if desk.form.value("act") == "remove":
        await desk.change(seen, lambda fold: _subject(fold, site.id), lambda _: [SiteRemoved(site=site.id)])
        return desk.done(here, N_("已移出：%(name)s"), name=site.name)
    after = _read(desk, site)

    def put(fold: BoardFold) -> list[SitePut]:
        # What the form does not hold, such as special days, stays as it is by now.
        now = fold.sites[site.id].site
        new = msgspec.structs.replace(now, **{name: getattr(after, name) for name in FIELD_OF.values()})
        return [SitePut(site=new)] if new != now else []

    await desk.change(seen, lambda fold: _subject(fold, site.id), put)
    return desk.done(f"/boards/{desk.board}/site/{site.id}", N_("已保存：%(name)s"), name=after.name)


def _shown(column: str, site: Site, lang: str) -> str:
    """The cell's text; a kind by its word, which is read as its code is."""
    if column == "kind":
        return translate(label(site.kind), lang) if lang == EN.code else label(site.kind)
    return write_cell(column, site)


def _read(desk: DeskRequest, site: Site) -> Site:
    fields: dict[str, Any] = {}
    for column, field in FIELD_OF.items():
        text = desk.form.text(column)
        if text.split() == write_cell(column, site).split():
            continue
        if column == "name" and not text:
            raise Refused("name_missing", "name")
        try:
            fields[field] = parse_cell(column, text) if text else cleared(column)
        except Refused as refused:
            raise Refused(refused.code, column, **refused.params) from None
    after = msgspec.structs.replace(site, **fields)
    if (after.lat is None) is not (after.lon is None):
        raise Refused("half_coordinates", "lat" if after.lat is None else "lon")
    return after


def _subject(fold: BoardFold, site: str) -> object:
    """What the form edits."""
    state = fold.sites.get(site)
    return [write_cell(column, state.site) for column in FIELD_OF] if state else None


def _site(fold: BoardFold, desk: DeskRequest) -> Site:
    state = fold.sites.get(desk.request.match_info["site"])
    if state is None:
        raise Refused("not_found")
    return state.site
