"""`/desk/boards/…/tokens`: API tokens of the board and its sites, for programs that report by themselves."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

import msgspec
from aiohttp import web

from trafficlight.actions.credentials import LONGEST_LABEL, Scope, issue_token, revoke_tokens
from trafficlight.domain.errors import Refused
from trafficlight.domain.system import SystemFold, Token
from trafficlight.text.languages import N_
from trafficlight.web.desk.request import DeskRequest

ROLE_WORDS: Final[Mapping[str, str]] = {
    "reporter": N_("填报：替机构报数"),
    "desk": N_("管理：填报，并且能读内部数据、改名单"),
}


class TokenLine(msgspec.Struct, frozen=True, kw_only=True):
    """A token in force."""

    id: str
    label: str
    role: str
    where: str
    """The site by name; empty: the whole board, or all boards."""
    issued: datetime
    """On the board's clock."""


def token_lines(desk: DeskRequest, own: Callable[[Token], bool]) -> list[TokenLine]:
    """The tokens that are meant, newest first."""
    sites = desk.parts.current.boards.get(desk.board)
    named = {site: state.site.name for site, state in sites.sites.items()} if sites else {}
    found = sorted(desk.system.tokens.values(), key=lambda one: (one.issued_at, one.id), reverse=True)
    return [
        TokenLine(
            id=one.id,
            label=one.label,
            role=desk.say(ROLE_WORDS.get(one.role, one.role)),
            where=named.get(one.site, one.site),
            issued=desk.local(one.issued_at),
        )
        for one in found
        if own(one)
    ]


def _of_board(desk: DeskRequest, token: Token) -> bool:
    """Of the board, or of a site that is on it now."""
    return token.board == desk.board or (bool(token.site) and token.site in desk.fold.sites)


async def show(desk: DeskRequest) -> web.Response:
    """The tokens that there are, and the form for one more."""
    return _page(desk)


def _page(desk: DeskRequest, secret: str = "") -> web.Response:
    place = desk.parts.place()
    sites = sorted((state.site.name, site) for site, state in desk.fold.sites.items())
    return desk.page(
        "desk/settings/tokens.html",
        tokens=token_lines(desk, lambda one: _of_board(desk, one)),
        secret=secret,
        roles=[(role, desk.say(word)) for role, word in ROLE_WORDS.items()],
        sites=[("", desk.say(N_("整个看板"))), *((site, name) for name, site in sites)],
        base=place.app_url.rstrip("/") or place.public_url,
        longest=LONGEST_LABEL,
    )


async def save(desk: DeskRequest) -> web.Response:
    """A new one, whose secret is in this answer and nowhere else; or one that opens nothing any more."""
    form = desk.form
    if form.value("act") == "revoke":
        await revoke_tokens(
            desk.changes(check=lambda system: _check_own(desk, system)), [form.value("named")]
        )
        return desk.done(f"/boards/{desk.board}/tokens", N_("令牌已停用。"))
    if form.value("act") != "issue":
        raise Refused("not_form")
    site, label = form.value("site"), form.text("label")
    if site and site not in desk.fold.sites:
        raise Refused("unknown_site", "site", site=site[:64])
    if not label:
        raise Refused("label_missing", "label")
    scope = Scope(site=site) if site else Scope(board=desk.board)
    issued = await issue_token(desk.changes(), scope, role=form.value("role"), label=label)
    return _page(desk, issued.secret)


def _check_own(desk: DeskRequest, system: SystemFold) -> None:
    """`Refused` with `unknown_token` for one that is not one of those of the page."""
    if not any(one.id == desk.form.value("named") and _of_board(desk, one) for one in system.tokens.values()):
        raise Refused("unknown_token")
