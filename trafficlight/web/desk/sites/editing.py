"""One site's settings, each read as a cell of a list is."""

from aiohttp import web

from trafficlight.actions.fields import FIELD_OF, SETTINGS_OF_SITE, write_cell
from trafficlight.actions.sites import edit_site, remove_site
from trafficlight.domain.board import Site
from trafficlight.domain.errors import Refused
from trafficlight.domain.kind import label
from trafficlight.domain.state import BoardFold
from trafficlight.text.languages import EN, N_
from trafficlight.web.desk.request import DeskRequest, mark


async def show(desk: DeskRequest) -> web.Response:
    """The site as it is."""
    site = _site(desk)
    return desk.page(
        "desk/sites/site.html",
        site=site,
        columns=[(one, _cell_text(desk, one.column, site)) for one in SETTINGS_OF_SITE],
        seen=mark(_subject(desk.fold, site.id)),
    )


async def save(desk: DeskRequest) -> web.Response:
    """Its settings, or that it leaves the board."""
    site = _site(desk)
    changes = desk.changes(lambda fold: _subject(fold, site.id))
    if desk.form.value("act") == "remove":
        await remove_site(changes, desk.board, site.id)
        return desk.done(f"/boards/{desk.board}/sites", N_("已移出：%(name)s"), name=site.name)
    written = {column: desk.form.text(column) for column in FIELD_OF}
    after = await edit_site(changes, desk.board, site.id, written)
    return desk.done(f"/boards/{desk.board}/site/{site.id}", N_("已保存：%(name)s"), name=after.name)


def _cell_text(desk: DeskRequest, column: str, site: Site) -> str:
    """The cell's text; a kind by its word, which is read as its code is."""
    if column == "kind":
        return desk.kind(site.kind) if desk.lang == EN.code else label(site.kind)
    return write_cell(column, site)


def _subject(fold: BoardFold, site: str) -> object:
    """What the form edits."""
    state = fold.sites.get(site)
    return [write_cell(column, state.site) for column in FIELD_OF] if state else None


def _site(desk: DeskRequest) -> Site:
    state = desk.fold.sites.get(desk.request.match_info["site"])
    if state is None:
        raise Refused("not_found")
    return state.site
