"""`/desk/boards/…/links/of`: the links of one site or one town, and what can be done with each."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final
from urllib.parse import urlencode

from aiohttp import web

from trafficlight.domain.errors import Refused
from trafficlight.domain.event import Event, LinkPinned, LinkRevoked, LinkSessionsEnded
from trafficlight.domain.ids import SYSTEM
from trafficlight.doors.credentials import check_pin, draw_pin, new_links
from trafficlight.publish.cards import link_url
from trafficlight.publish.languages import N_
from trafficlight.publish.qr import qr
from trafficlight.web.desk.account import GATE
from trafficlight.web.desk.links.base import WARNED, chosen_base, is_reached, usual_base
from trafficlight.web.desk.links.held import Subject, reach_of, subject_of
from trafficlight.web.desk.visit import Visit


async def show(visit: Visit) -> web.Response:
    """The links that there are, and the way to a new one."""
    return _page(visit, subject_of(visit))


async def save(visit: Visit) -> web.Response:
    """What the button of the form says."""
    subject, act = subject_of(visit), visit.form.value("act")
    if act == "issue":
        return await _issue(visit, subject)
    if act not in _ACTS:
        raise Refused("not_form")
    if visit.form.value("link") not in {link.id for link in subject.links}:
        if await visit.was_taken(SYSTEM):
            return _back(visit, subject, _ACTS[act][1])
        raise Refused("unknown_link")
    make, said = _ACTS[act]
    await visit.append([await make(visit, visit.form.value("link"))], board=SYSTEM)
    return _back(visit, subject, said)


async def _issue(visit: Visit, subject: Subject) -> web.Response:
    """A new one, shown in the answer to the form and nowhere else: no address and no cookie carries it."""
    if subject.gone:
        raise Refused("not_found")
    base = chosen_base(visit)
    issued, events = new_links([reach_of(visit, subject)], visit.by)
    if (await visit.append(events, board=SYSTEM)).replayed:
        raise Refused("link_shown")
    return _page(visit, subject_of(visit), fresh=link_url(base, issued[0].secret))


async def _revoked(_visit: Visit, link: str) -> Event:
    return LinkRevoked(link=link)


async def _ended(_visit: Visit, link: str) -> Event:
    return LinkSessionsEnded(link=link)


async def _pinned(visit: Visit, link: str) -> Event:
    plain = check_pin(visit.form.value("pin"))
    return LinkPinned(link=link, digest=await visit.request.app[GATE].digest(plain))


async def _unpinned(_visit: Visit, link: str) -> Event:
    return LinkPinned(link=link)


_ACTS: Final[Mapping[str, tuple[Callable[[Visit, str], Awaitable[Event]], str]]] = {
    "revoke": (_revoked, N_("链接已停用，现在起打不开。")),
    "end": (_ended, N_("已结束：用过这条链接的手机都要重新扫码。")),
    "pin": (_pinned, N_("密码已设好，请当面或打电话告诉填报的人；每部手机问一次。")),
    "unpin": (_unpinned, N_("密码已取消。")),
}


def _back(visit: Visit, subject: Subject, said: str) -> web.Response:
    return visit.done(f"/boards/{visit.board}/links/of?{urlencode(subject.reach)}", said)


def _page(visit: Visit, subject: Subject, *, fresh: str = "") -> web.Response:
    base = usual_base(visit)
    return visit.page(
        "desk/links/of.html",
        subject=subject,
        fresh=fresh,
        code=qr(fresh) if fresh else "",
        base=base,
        plain_base=is_reached(base),
        warned=visit.form.code in WARNED,
        refused=visit.form.value("link") if visit.form.wrong else "",
        drawn=draw_pin(),
    )
