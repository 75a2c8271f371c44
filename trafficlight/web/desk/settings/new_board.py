"""A new board: a draft, until somebody opens it."""

from aiohttp import web

from trafficlight.actions.boards import read_phone, read_text
from trafficlight.actions.cells import LONGEST_NAME
from trafficlight.domain.board import Board, BoardState
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import BoardPut
from trafficlight.domain.ids import check_slug
from trafficlight.text.languages import N_
from trafficlight.web.desk.request import DeskRequest


async def show(desk: DeskRequest) -> web.Response:
    """What a board needs to be begun."""
    return desk.page("desk/settings/new.html")


async def save(desk: DeskRequest) -> web.Response:
    """Begin it; the same form again leads to the board that it made."""
    form = desk.form
    slug = form.text("slug").lower()
    try:
        check_slug(slug)
    except Refused as refused:
        raise Refused(refused.code, "slug", **refused.params) from None
    name = read_text(form.value("name"), "name", LONGEST_NAME)
    if not name:
        raise Refused("name_missing", "name")
    known = desk.node.current.boards.get(slug)
    if known is not None and not await desk.was_taken(slug):
        raise Refused("board_exists", "slug")
    if known is None:
        board = Board(
            slug=slug,
            name=name,
            state=BoardState.DRAFT,
            publisher=read_text(form.value("publisher"), "publisher"),
            hotline=read_phone(form.value("hotline"), "hotline"),
        )
        await desk.append([BoardPut(board=board)], board=slug, expect=0)
    return desk.done(f"/boards/{slug}/sites/import", N_("已新建看板，现在是草稿。下一步：导入名单。"))
