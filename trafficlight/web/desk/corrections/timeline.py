"""`/desk/boards/…/corrections/sites/…/timeline`: who did what to a site, read from the ledger."""

import asyncio
from datetime import datetime
from typing import Final

import msgspec
from aiohttp import web

from trafficlight.domain.errors import Refused
from trafficlight.domain.event import MismatchTold
from trafficlight.domain.replay import Step, steps
from trafficlight.domain.state import BoardFold
from trafficlight.text.languages import N_
from trafficlight.web.desk.corrections.phrases import Sayer
from trafficlight.web.desk.named import senders_ever
from trafficlight.web.desk.request import DeskRequest

ON_A_PAGE: Final = 50
MOST_PAGES: Final = 9999


class TimelineRow(msgspec.Struct, frozen=True, kw_only=True):
    """One event."""

    at: datetime
    position: int
    who: str
    what: str
    before: str
    after: str
    changed: bool


async def show(desk: DeskRequest) -> web.Response:
    """What happened, newest first, page by page."""
    site = desk.request.match_info["site"]
    name = name_of(desk.fold, site)
    records = await desk.node.ledger.read(desk.board)
    told = await asyncio.to_thread(steps, site, records)
    page = _page(desk.request.query.get("page", ""))
    sayer, said = Sayer(desk, site), await senders_ever(desk)
    rows = [_row(desk, sayer, step, said.who(step.record.event.by)) for step in told]
    rows.reverse()
    first = (page - 1) * ON_A_PAGE
    return desk.page(
        "desk/corrections/timeline.html",
        site=site,
        named=name,
        rows=rows[first : first + ON_A_PAGE],
        page=page,
        more=len(rows) > first + ON_A_PAGE,
    )


def name_of(fold: BoardFold, site: str) -> str:
    """The name of a site that is on the board or left it lately; `Refused` with `not_found` for others."""
    known = fold.sites.get(site) or fold.gone.get(site)
    if known is None:
        raise Refused("not_found")
    return known.site.name


def _page(text: str) -> int:
    return (
        int(text) if text.isdecimal() and 1 <= int(text[:5]) <= MOST_PAGES and len(text) < len("10000") else 1
    )


def _row(desk: DeskRequest, sayer: Sayer, step: Step, who: str) -> TimelineRow:
    before, after = sayer.shows(step.before), sayer.shows(step.after)
    resident = isinstance(step.record.event, MismatchTold)
    return TimelineRow(
        at=desk.local(step.record.at),
        position=step.record.position,
        who=desk.say(N_("居民")) if resident else who,
        what=sayer.say(step.record),
        before=before,
        after=after,
        changed=before != after,
    )
