"""`/desk/boards/…/links/sheet`: new links for many at once, as QR cards to print, cut and hand out."""

import asyncio
from collections.abc import Mapping
from typing import Final

from aiohttp import web

from trafficlight.actions.credentials import issue_links
from trafficlight.domain.errors import Refused
from trafficlight.publish.cards import card_of, link_url, print_sheet
from trafficlight.text.languages import N_
from trafficlight.web.desk.links.base import WARNED, chosen_base, usual_base
from trafficlight.web.desk.links.registry import LinkHolder, scope_of, subjects
from trafficlight.web.desk.request import HEADERS, DeskRequest

MOST_CARDS: Final = 500
"""At once: drawing a code takes some milliseconds of a processor that serves everybody."""
FOR: Final[Mapping[str, str]] = {
    "sites": N_("每家机构一张"),
    "lacking": N_("只给还没有链接的机构"),
    "towns": N_("每个乡镇的点位长一张（一页填报全乡镇的机构）"),
}
POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
"""Of the sheet: the same page as the file of the command line, with its style in it and no script."""


async def show(desk: DeskRequest) -> web.Response:
    """What to choose."""
    every = subjects(desk)
    return desk.page(
        "desk/links/sheet.html",
        base=usual_base(desk),
        warned=desk.form.code in WARNED,
        whom=FOR,
        towns=sorted({one.town for one in every if one.site and not one.gone} - {""}),
        kinds=[(kind, desk.kind(kind)) for kind in sorted({one.kind for one in every if one.site})],
        sites=sum(bool(one.site) and not one.gone for one in every),
        most=MOST_CARDS,
    )


async def save(desk: DeskRequest) -> web.Response:
    """Issue them, and answer with the sheet: the secrets are in this page and nowhere else."""
    base, chosen = chosen_base(desk), _chosen(desk)
    if not chosen:
        raise Refused("nothing_to_issue")
    if len(chosen) > MOST_CARDS:
        raise Refused("too_many_cards", most=MOST_CARDS, cards=len(chosen))
    issued = await issue_links(desk.changes(), [scope_of(desk, one) for one in chosen])
    cards = [
        card_of(one.site or one.town, one.name, desk.fold, link_url(base, link.secret))
        for one, link in zip(chosen, issued, strict=True)
    ]
    body = await asyncio.to_thread(print_sheet, base, cards)
    return web.Response(body=body, headers={**HEADERS, "Content-Security-Policy": POLICY})


def _chosen(desk: DeskRequest) -> list[LinkHolder]:
    """Those whom the form means; of towns and kinds none chosen means all."""
    form = desk.form
    whom, towns, kinds = form.value("whom"), form.values("town"), form.values("kind")
    if whom not in FOR:
        raise Refused("nothing_chosen", "whom")
    return [
        one
        for one in subjects(desk)
        if not one.gone
        and bool(one.site) == (whom != "towns")
        and (not towns or one.town in towns)
        and (not kinds or whom == "towns" or one.kind in kinds)
        and (whom != "lacking" or not one.links)
    ]
