"""A new board: a draft, until somebody opens it."""

from aiohttp import web

from trafficlight.domain.board import Board, BoardState
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import BoardPut
from trafficlight.domain.ids import check_slug
from trafficlight.doors.boards import read_phone, read_text
from trafficlight.doors.cells import LONGEST_NAME
from trafficlight.publish.languages import N_
from trafficlight.web.desk.visit import Visit


async def show(visit: Visit) -> web.Response:
    """What a board needs to be begun."""
    return visit.page("desk/rules/new.html")


async def save(visit: Visit) -> web.Response:
    """Begin it; the same form again leads to the board that it made."""
    form = visit.form
    slug = form.text("slug").lower()
    try:
        check_slug(slug)
    except Refused as refused:
        raise Refused(refused.code, "slug", **refused.params) from None
    name = read_text(form.value("name"), "name", LONGEST_NAME)
    if not name:
        raise Refused("name_missing", "name")
    known = visit.node.current.boards.get(slug)
    if known is not None and known.board is not None and not await visit.was_taken(slug):
        raise Refused("board_exists", "slug")
    if known is None or known.board is None:
        board = Board(
            slug=slug,
            name=name,
            state=BoardState.DRAFT,
            publisher=read_text(form.value("publisher"), "publisher"),
            hotline=read_phone(form.value("hotline"), "hotline"),
        )
        await visit.append([BoardPut(board=board)], board=slug, expect=0)
    return visit.done(f"/boards/{slug}/sites/import", N_("已新建看板，现在是草稿。下一步：导入名单。"))
