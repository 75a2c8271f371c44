"""`/desk`: the user's boards at a glance."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec
from aiohttp import web

from trafficlight.domain.due import owes
from trafficlight.domain.headline import headline
from trafficlight.domain.judge import judge
from trafficlight.domain.state import BoardFold
from trafficlight.text.languages import N_
from trafficlight.web.desk.base import DeskPage, Section
from trafficlight.web.desk.request import DeskRequest
from trafficlight.web.desk.rights import OWN

MOST_JUDGED: Final = 3000
"""Sites judged for one page, 0.1 s of work; the boards beyond them are listed without counts."""

STATES: Final[Mapping[str, str]] = {
    "draft": N_("草稿"),
    "live": N_("公布中"),
    "paused": N_("暂停公布"),
    "ended": N_("已结束"),
}


class Glance(msgspec.Struct, frozen=True, kw_only=True):
    """One board in a line."""

    slug: str
    name: str
    state: str
    sites: int
    counts: Mapping[str, int] | None
    """By light; None where it was not counted."""
    missing: int = 0
    """Sites that owe a report now."""


async def show(desk: DeskRequest) -> web.Response:
    """The boards that the user may see, by name, each with its counts and how many sites owe a report."""
    today = any(room.name == "today" and room.pages for room in desk.rooms)
    left = MOST_JUDGED
    glances = []
    for fold in desk.boards:
        glances.append(_glance(fold, desk.at, counted=len(fold.sites) <= left))
        left -= len(fold.sites)
    return desk.page("desk/home.html", glances=glances, states=STATES, today=today)


def _glance(fold: BoardFold, at: datetime, *, counted: bool) -> Glance:
    board = fold.board
    judged = {site: judge(fold, state, at) for site, state in fold.sites.items()} if counted else {}
    return Glance(
        slug=fold.slug,
        name=board.name,
        state=board.state,
        sites=len(fold.sites),
        counts=headline(fold, judged, at).counts if counted else None,
        missing=sum(owes(fold.sites[site], one, board, at) for site, one in judged.items()),
    )


ROOM: Final = Section("home", N_("看板"), "", (DeskPage("", OWN, show),), see=OWN)
