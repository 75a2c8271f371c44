"""`/desk/boards/…/robot`: what the county's own group, or its program, is told by itself."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from trafficlight.actions.config import robot_of, set_robot
from trafficlight.domain.errors import Refused
from trafficlight.text.languages import N_
from trafficlight.web.chase import GRACE, message
from trafficlight.web.desk.request import DeskRequest, mark
from trafficlight.web.webhook import SENT, send

TRIAL: Final = N_("【%(board)s】这是一条试发的消息，收到就说明催报消息能发到这个群。")
FAULTS: Final[Mapping[str, str]] = {
    "timeout": N_("对方没有回应"),
    "unreachable": N_("连不上"),
    "private": N_("地址在内网里，没有发"),
}


def why(desk: DeskRequest, fault: str) -> str:
    """What went wrong, in words."""
    if fault in FAULTS:
        return desk.say(FAULTS[fault])
    kind, _, number = fault.partition("_")
    if kind == "robot":
        return desk.say(N_("机器人拒收（代码%(n)s）"), n=number)
    return desk.say(N_("对方回答%(n)s"), n=number)


async def show_robot(desk: DeskRequest) -> web.Response:
    """Whether there is one, and whose; never its address, which is a secret."""
    url = robot_of(desk.system, desk.board)
    return desk.page(
        "desk/settings/robot.html",
        host=urlsplit(url).hostname if url else "",
        ends=url[-4:],
        grace=int(GRACE.total_seconds() // 60),
        times=list(desk.fold.board.report_by),
        seen=mark(url),
    )


async def save_robot(desk: DeskRequest) -> web.Response:
    """Set it, take it away, or try it."""
    act, here = desk.form.value("act"), f"/boards/{desk.board}/robot"
    private = desk.parts.private_webhooks
    if act == "try":
        return await _try(desk, here, private=private)
    if act not in {"save", "remove"}:
        raise Refused("not_form")
    typed = desk.form.value("robot") if act == "save" else None
    url = await set_robot(
        desk.changes(lambda system: robot_of(system, desk.board)), desk.board, typed, private=private
    )
    return desk.done(here, N_("机器人已设好，请试发一条。") if url else N_("不再往群里发催报消息。"))


async def _try(desk: DeskRequest, here: str, *, private: bool) -> web.Response:
    url, board = robot_of(desk.system, desk.board), desk.fold.board
    if not url:
        raise Refused("not_form")
    text = desk.say(TRIAL, board=board.name)
    outcome = await send(url, message(url, [text], {"trial": True}), private=private, pauses=())
    if outcome != SENT:
        raise Refused("robot_failed", why=why(desk, outcome))
    return desk.done(here, N_("已试发，请到群里看。"))
