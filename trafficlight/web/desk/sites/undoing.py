"""Taking a whole import back: first what would happen, then the act."""

import asyncio
from typing import Final

import msgspec
from aiohttp import web

from trafficlight.actions.placing import CHANGED_SINCE, Undo, carry_out_undo, plan_undo
from trafficlight.domain.errors import Refused
from trafficlight.domain.state import BoardFold, Imported
from trafficlight.ledger.current import FOLLOWED_WITHIN
from trafficlight.text.languages import N_
from trafficlight.web.desk.request import DeskRequest, mark

MOST_LISTED: Final = 200


async def show(desk: DeskRequest) -> web.Response:
    """Which sites get their former settings again, which leave, which stay as they are and why."""
    _, undo = await _planned(desk)
    names = {site: state.site.name for site, state in desk.fold.sites.items()}
    names |= {site.id: site.name for site in undo.restored if site.id not in names}
    return desk.page(
        "desk/sites/undo.html",
        undo=undo,
        at=desk.local(undo.of.mark.at),
        who=desk.who(undo.of.by),
        names=names,
        changed=CHANGED_SINCE,
        seen=_mark(undo),
        most=MOST_LISTED,
    )


async def save(desk: DeskRequest) -> web.Response:
    """Take it back, if it still is what was shown."""
    home = f"/boards/{desk.board}/sites/import"
    fold, undo = await _planned(desk)
    if _mark(undo) != desk.form.value("seen"):
        if any(one.undoes == undo.of.id for one in desk.fold.imports):
            return desk.done(home, N_("这次导入已经撤销。"))
        raise Refused("changed_meanwhile")
    if undo.size:
        position = await carry_out_undo(desk.ledger, fold, undo, by=desk.by)
        await desk.parts.current.reached(desk.board, position, FOLLOWED_WITHIN)
    return desk.done(
        home,
        N_("已撤销：改回%(restored)s家，移出%(removed)s家，%(kept)s家后来有变动，保持现状。"),
        restored=len(undo.restored),
        removed=len(undo.removed),
        kept=len(undo.unchanged),
    )


def _mark(undo: Undo) -> str:
    return mark((undo.restored, undo.removed, undo.unchanged))


async def _planned(desk: DeskRequest) -> tuple[BoardFold, Undo]:
    """What would be done, and the board of which that is true."""
    imported = _imported(desk)
    fold = msgspec.structs.replace(desk.fold, sites=dict(desk.fold.sites))
    records = await desk.ledger.read(desk.board)
    return fold, await asyncio.to_thread(plan_undo, fold, records, imported)


def _imported(desk: DeskRequest) -> Imported:
    asked = desk.request.match_info["import"]
    found = next((one for one in desk.fold.imports if one.id == asked), None)
    if found is None:
        raise Refused("not_found")
    return found
