"""The robot of the county's own group: where the board rings for those who have not reported."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from trafficlight.domain.errors import Refused
from trafficlight.domain.event import ConfigSet
from trafficlight.domain.ids import SYSTEM
from trafficlight.domain.system import SystemFold
from trafficlight.publish.languages import N_
from trafficlight.web.chase.calling import GRACE, setting_of, url_of
from trafficlight.web.chase.robots import message
from trafficlight.web.chase.sending import SENT, check_webhook, send
from trafficlight.web.desk.visit import Visit, mark

TRIAL: Final = N_("【%(board)s】这是一条试发的消息，收到就说明催报消息能发到这个群。")
FAULTS: Final[Mapping[str, str]] = {
    "timeout": N_("对方没有回应"),
    "unreachable": N_("连不上"),
    "private": N_("地址在内网里，没有发"),
}


def why(visit: Visit, fault: str) -> str:
    """What went wrong, in words."""
    if fault in FAULTS:
        return visit.say(FAULTS[fault])
    kind, _, number = fault.partition("_")
    if kind == "robot":
        return visit.say(N_("机器人拒收（代码%(n)s）"), n=number)
    return visit.say(N_("对方回答%(n)s"), n=number)


async def show(visit: Visit) -> web.Response:
    """Whether there is one, and whose; never its address, which is a secret."""
    url = url_of(visit.system, visit.board)
    return visit.page(
        "desk/rules/robot.html",
        host=urlsplit(url).hostname if url else "",
        ends=url[-4:],
        grace=int(GRACE.total_seconds() // 60),
        times=list(visit.fold.board.report_by) if visit.fold.board else [],
        seen=mark(url),
    )


async def save(visit: Visit) -> web.Response:
    """Set it, take it away, or try it."""
    act, here = visit.form.value("act"), f"/boards/{visit.board}/robot"
    private = visit.node.settings.private_webhooks
    if act == "try":
        return await _try(visit, here, private=private)
    if act not in {"save", "remove"}:
        raise Refused("not_form")
    url = check_webhook(visit.form.value("robot"), private=private) if act == "save" else ""

    def kept(system: SystemFold) -> object:
        return url_of(system, visit.board)

    event = ConfigSet(key=setting_of(visit.board), value=url)
    await visit.change(visit.form.value("seen"), kept, lambda _system: [event], board=SYSTEM)
    return visit.done(here, N_("机器人已设好，请试发一条。") if url else N_("不再往群里发催报消息。"))


async def _try(visit: Visit, here: str, *, private: bool) -> web.Response:
    url, board = url_of(visit.system, visit.board), visit.fold.board
    if not url or board is None:
        raise Refused("not_form")
    text = visit.say(TRIAL, board=board.name)
    outcome = await send(url, message(url, [text], {"trial": True}), private=private, pauses=())
    if outcome != SENT:
        raise Refused("robot_failed", why=why(visit, outcome))
    return visit.done(here, N_("已试发，请到群里看。"))
