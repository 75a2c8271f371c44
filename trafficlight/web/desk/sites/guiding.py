"""The county's guide to where one goes: written in Markdown, seen as it will stand, then saved."""

from aiohttp import web

from trafficlight.actions.announcing import read_guide, set_guide
from trafficlight.domain.board import MOST_GUIDE
from trafficlight.domain.errors import Refused
from trafficlight.domain.state import BoardFold
from trafficlight.publish.guide import render
from trafficlight.text.languages import N_
from trafficlight.web.desk.request import DeskRequest, mark


async def show(desk: DeskRequest) -> web.Response:
    """The text as it stands."""
    return _page(desk)


async def save(desk: DeskRequest) -> web.Response:
    """Show it as the public would see it, keep it, or take it down."""
    act = desk.form.value("act")
    if act not in {"look", "save", "remove"}:
        raise Refused("not_form")
    body = None if act == "remove" else desk.form.value("text").encode()
    try:
        if act == "look":
            return _page(desk, read_guide(body or b""))
        await set_guide(desk.changes(_guide), desk.board, body)
    except Refused as refused:
        refused.field = refused.field and "text"
        raise
    done = N_("指引已撤下。") if body is None else N_("指引已保存，公众现在就能看到。")
    return desk.done(f"/boards/{desk.board}/guide", done)


def _page(desk: DeskRequest, looked: str = "") -> web.Response:
    return desk.page(
        "desk/sites/guide.html",
        text=desk.fold.guide,
        guide=render(looked) if looked else None,
        most=MOST_GUIDE // 2**10,
        # What was looked at is compared with what stood there when it was opened, not when it was looked at.
        seen=desk.form.value("seen") if looked else mark(desk.fold.guide),
    )


def _guide(fold: BoardFold) -> object:
    return fold.guide
