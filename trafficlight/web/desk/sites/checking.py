"""What many sites lack: phones that nobody tried lately, towns that nobody named."""

from aiohttp import web

from trafficlight.actions.fields import write_phones
from trafficlight.actions.sites import note_checked, propose_town, set_towns
from trafficlight.domain.board import Site
from trafficlight.domain.state import BoardFold
from trafficlight.text.languages import N_
from trafficlight.web.desk.request import DeskRequest, mark

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
