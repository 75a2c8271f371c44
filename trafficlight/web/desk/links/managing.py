"""`/desk/boards/…/links/of`: the links of one site or one town, and what can be done with each."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final
from urllib.parse import urlencode

from aiohttp import web

from trafficlight.actions.credentials import check_pin, draw_pin, new_links
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import Event, LinkPinned, LinkRevoked, LinkSessionsEnded
from trafficlight.domain.ids import SYSTEM
from trafficlight.publish.cards import link_url, qr
from trafficlight.text.languages import N_
from trafficlight.web.desk.auth import PASSWORDS
from trafficlight.web.desk.links.base import WARNED, chosen_base, is_reached, usual_base
from trafficlight.web.desk.links.registry import LinkHolder, reach_of, subject_of
from trafficlight.web.desk.request import DeskRequest


async def show(desk: DeskRequest) -> web.Response:
    """The links that there are, and the way to a new one."""
    return _page(desk, subject_of(desk))


async def save(desk: DeskRequest) -> web.Response:
    """What the button of the form says."""
    subject, act = subject_of(desk), desk.form.value("act")
    if act == "issue":
        return await _issue(desk, subject)
    if act not in _ACTS:
        raise Refused("not_form")
    if desk.form.value("link") not in {link.id for link in subject.links}:
        if await desk.was_taken(SYSTEM):
            return _back(desk, subject, _ACTS[act][1])
        raise Refused("unknown_link")
    make, said = _ACTS[act]
    await desk.append([await make(desk, desk.form.value("link"))], board=SYSTEM)
    return _back(desk, subject, said)


async def _issue(desk: DeskRequest, subject: LinkHolder) -> web.Response:
    """A new one, shown in the answer to the form and nowhere else: no address and no cookie carries it."""
    if subject.gone:
        raise Refused("not_found")
    base = chosen_base(desk)
    issued, events = new_links([reach_of(desk, subject)], desk.by)
    if (await desk.append(events, board=SYSTEM)).replayed:
        raise Refused("link_shown")
    return _page(desk, subject_of(desk), fresh=link_url(base, issued[0].secret))


async def _revoked(_visit: DeskRequest, link: str) -> Event:
    return LinkRevoked(link=link)


async def _ended(_visit: DeskRequest, link: str) -> Event:
    return LinkSessionsEnded(link=link)


async def _pinned(desk: DeskRequest, link: str) -> Event:
    plain = check_pin(desk.form.value("pin"))
    return LinkPinned(link=link, digest=await desk.request.app[PASSWORDS].digest(plain))


async def _unpinned(_visit: DeskRequest, link: str) -> Event:
    return LinkPinned(link=link)


_ACTS: Final[Mapping[str, tuple[Callable[[DeskRequest, str], Awaitable[Event]], str]]] = {
    "revoke": (_revoked, N_("链接已停用，现在起打不开。")),
    "end": (_ended, N_("已结束：用过这条链接的手机都要重新扫码。")),
    "pin": (_pinned, N_("密码已设好，请当面或打电话告诉填报的人；每部手机问一次。")),
    "unpin": (_unpinned, N_("密码已取消。")),
}


def _back(desk: DeskRequest, subject: LinkHolder, said: str) -> web.Response:
    return desk.done(f"/boards/{desk.board}/links/of?{urlencode(subject.reach)}", said)


def _page(desk: DeskRequest, subject: LinkHolder, *, fresh: str = "") -> web.Response:
    base = usual_base(desk)
    return desk.page(
        "desk/links/of.html",
        subject=subject,
        fresh=fresh,
        code=qr(fresh) if fresh else "",
        base=base,
        plain_base=is_reached(base),
        warned=desk.form.code in WARNED,
        refused=desk.form.value("link") if desk.form.wrong else "",
        drawn=draw_pin(),
    )
