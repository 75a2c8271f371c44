"""`/desk/boards/…/links/of`: the links of one site or one town, and what can be done with each."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final
from urllib.parse import urlencode

from aiohttp import web

from trafficlight.actions.changing import Changes
from trafficlight.actions.credentials import (
    draw_pin,
    end_link_sessions,
    issue_links,
    pin_links,
    revoke_links,
)
from trafficlight.domain.errors import Refused
from trafficlight.publish.cards import link_url, qr
from trafficlight.text.languages import N_
from trafficlight.web.desk.auth import PASSWORDS
from trafficlight.web.desk.links.base import WARNED, chosen_base, is_reached, usual_base
from trafficlight.web.desk.links.registry import LinkHolder, scope_of, subject_of
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
    make, done = _ACTS[act]
    await make(desk, desk.changes(check=lambda _system: _check_own(desk)), desk.form.value("link"))
    return _back(desk, subject, done)


def _check_own(desk: DeskRequest) -> None:
    """`Refused` with `unknown_link` for a link that is not one of those of the page."""
    if desk.form.value("link") not in {link.id for link in subject_of(desk).links}:
        raise Refused("unknown_link")


async def _issue(desk: DeskRequest, subject: LinkHolder) -> web.Response:
    """A new one, shown in the answer to the form and nowhere else: no address and no cookie carries it."""
    if subject.gone:
        raise Refused("not_found")
    base = chosen_base(desk)
    issued = await issue_links(desk.changes(), [scope_of(desk, subject)])
    return _page(desk, subject_of(desk), fresh=link_url(base, issued[0].secret))


_ACTS: Final[Mapping[str, tuple[Callable[[DeskRequest, Changes, str], Awaitable[None]], str]]] = {
    "revoke": (
        lambda _desk, changes, link: revoke_links(changes, [link]),
        N_("链接已停用，现在起打不开。"),
    ),
    "end": (
        lambda _desk, changes, link: end_link_sessions(changes, [link]),
        N_("已结束：用过这条链接的手机都要重新扫码。"),
    ),
    "pin": (
        lambda desk, changes, link: pin_links(
            changes, {link: desk.form.value("pin")}, desk.request.app[PASSWORDS].digest
        ),
        N_("密码已设好，请当面或打电话告诉填报的人；每部手机问一次。"),
    ),
    "unpin": (
        lambda desk, changes, link: pin_links(changes, {link: None}, desk.request.app[PASSWORDS].digest),
        N_("密码已取消。"),
    ),
}


def _back(desk: DeskRequest, subject: LinkHolder, done: str) -> web.Response:
    return desk.done(f"/boards/{desk.board}/links/of?{urlencode(subject.query)}", done)


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
