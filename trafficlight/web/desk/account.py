"""The user's own pages: boards at a glance (`/desk`), signing in and out, password, second step, sessions."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import msgspec
import segno
import structlog
from aiohttp import web
from markupsafe import Markup

from trafficlight.actions import users as user_actions
from trafficlight.actions.config import SUPPORT
from trafficlight.actions.passwords import LEAST
from trafficlight.domain.due import owes
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import Event, SessionEnded
from trafficlight.domain.headline import headline
from trafficlight.domain.ids import SYSTEM
from trafficlight.domain.judge import judge
from trafficlight.domain.state import BoardFold
from trafficlight.domain.users import SESSION_LASTS, Session, User
from trafficlight.ledger.base import LedgerUnavailable
from trafficlight.ledger.current import FOLLOWED_WITHIN
from trafficlight.publish import templating
from trafficlight.text.languages import N_
from trafficlight.web.access import client_address
from trafficlight.web.desk.auth import (
    PASSWORDS,
    SESSION,
    DeskAuth,
    PasswordCheck,
    language_of,
    next_of,
    remember_language,
)
from trafficlight.web.desk.form import DeskForm, read_form
from trafficlight.web.desk.request import HEADERS, DeskParts, DeskRequest
from trafficlight.web.desk.rights import owns
from trafficlight.web.problems import status_of

log = structlog.get_logger("desk")

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


async def show_home(desk: DeskRequest) -> web.Response:
    """The boards that the user may see, by name, each with its counts and how many sites owe a report."""
    left = MOST_JUDGED
    glances = []
    for fold in desk.boards:
        glances.append(_glance(fold, desk.at, counted=len(fold.sites) <= left))
        left -= len(fold.sites)
    return desk.page("desk/home.html", glances=glances, states=STATES)


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


BEFORE: Final = "desk-before"
"""The cookie by which the form of somebody who is not signed in is known to be ours."""
BEFORE_LASTS: Final = 3600
_LONGEST: Final = 500


class SignIn:
    """The handlers of `/desk/sign-in`."""

    def __init__(self, parts: DeskParts, auth: DeskAuth, passwords: PasswordCheck) -> None:
        self._parts = parts
        self._auth = auth
        self._passwords = passwords

    async def show(self, request: web.Request) -> web.StreamResponse:
        """`GET`: the form; whoever is signed in already goes on."""
        if await self._auth.who(request) is not None:
            return self._on(request.query.get("next", ""))
        return self._form(request, DeskForm(), request.query.get("next", ""))

    async def post(self, request: web.Request) -> web.StreamResponse:
        """`POST`: a session of its own in any case, never the one that the browser came with."""
        form = await read_form(request)
        onward = form.value("next")
        try:
            self._check(request, form)
            secret, user = await self._begin(request, form)
        except (Refused, LedgerUnavailable) as wrong:
            refused = wrong if isinstance(wrong, Refused) else Refused("ledger_unavailable")
            self._not_signed_in(request, form, refused.code)
            again = form.refused(refused, language_of(request))
            response = self._form(request, again, onward)
            response.set_status(status_of(refused.code))
            if "retry_after" in refused.params:
                response.headers["Retry-After"] = str(refused.params["retry_after"])
            return response
        response = self._on(onward)
        self._auth.give(request, response, secret)
        self._auth.know(request, response, user)
        self._parts.on_sign_in("signed_in")
        https = self._auth.https(request)
        response.del_cookie(BEFORE, path="/", secure=https, httponly=True, samesite="Lax")
        return response

    def _not_signed_in(self, request: web.Request, form: DeskForm, code: str) -> None:
        """Tell the operator, without a word of what was typed: it may be a password in the wrong field."""
        user = self._parts.current.system.users.named(form.value("name")[:_LONGEST].strip())
        self._parts.on_sign_in(code)
        log.warning(
            "sign_in_failed",
            code=code,
            user=user.id if user else None,
            known_device=bool(self._auth.device(request, user)),
        )

    async def _begin(self, request: web.Request, form: DeskForm) -> tuple[str, User]:
        """The secret of a new session, which is in the ledger when this returns, and whose it is."""
        current = self._parts.current
        address = client_address(request, self._parts.trusted_proxies)
        name, password, code = (form.value(field)[:_LONGEST] for field in ("name", "password", "code"))
        user, step = await self._passwords.sign_in(
            name.strip(), password, code, address, lambda user: self._auth.device(request, user)
        )
        before = await self._auth.who(request)
        started, secret = self._auth.begin(user, request, step)
        events: list[Event] = [started]
        if before is not None:
            events.append(SessionEnded(by=started.by, session=before[0].id))
        appended = await current.ledger.append(SYSTEM, events)
        await current.reached(SYSTEM, appended.positions[-1], FOLLOWED_WITHIN)
        if started.digest not in current.system.users.sessions:
            raise Refused("sign_in_wrong")  # somebody else was faster with the same code, or it was removed
        return secret, user

    def _check(self, request: web.Request, form: DeskForm) -> None:
        """`Refused` where the form is not one that we gave this browser: nobody is signed in by others."""
        before = request.cookies.get(BEFORE, "")[:100]
        if not before or not self._parts.seal.is_token(BEFORE, before, form.value("token")):
            raise Refused("form_expired")

    def _form(self, request: web.Request, form: DeskForm, onward: str) -> web.Response:
        lang = language_of(request)
        before = request.cookies.get(BEFORE, "")[:100] or secrets.token_urlsafe(18)
        values: dict[str, Any] = {
            "token": self._parts.seal.token(BEFORE, before),
            "form": form,
            "onward": next_of(onward),
            "up": "../",
            "support": self._parts.current.system.config.get(SUPPORT, ""),
            "nobody": not self._parts.current.system.users.known,
        }
        body = templating.render("desk/sign_in.html", lang, **values)
        response = web.Response(body=body, headers=HEADERS)
        response.set_cookie(
            BEFORE,
            before,
            path="/",
            max_age=BEFORE_LASTS,
            secure=self._auth.https(request),
            httponly=True,
            samesite="Lax",
        )
        remember_language(request, response, lang, https=self._auth.https(request))
        return response

    def _on(self, onward: str) -> web.Response:
        """To the page that was asked for, below the desk and nowhere else."""
        where = next_of(onward)
        return web.Response(status=303, headers={**HEADERS, "Location": where or "../desk"})


SEED: Final = "desk-seed"
SEED_BYTES: Final = 15


async def show_account(desk: DeskRequest) -> web.Response:
    """The password's form, and the way to the second step."""
    return desk.page(
        "desk/account.html", least=LEAST, given=not desk.user.own_password, second_step=bool(desk.user.seed)
    )


async def save_password(desk: DeskRequest) -> web.Response:
    """Another password; every other session of the user's ends."""
    form, passwords = desk.form, desk.request.app[PASSWORDS]
    await passwords.confirm(desk.user, form.value("password_now"))
    if form.value("again") != form.value("password"):
        raise Refused("password_differs", "again")
    if form.value("password") == form.value("password_now"):
        raise Refused("password_same", "password")
    await user_actions.set_password(
        desk.changes(), desk.user.id, form.value("password"), passwords.digest, staying=desk.session.id
    )
    return desk.done("/account", N_("密码已修改，其他设备上的登录已结束。"))


async def show_second_step(desk: DeskRequest) -> web.Response:
    """A code to scan where there is no second step yet, else the form that turns it off."""
    if desk.user.seed:
        return desk.page("desk/second_step_off.html")
    sealed = desk.parts.seal.opened(SEED, desk.form.value("seed"), tuple[str, str])
    seed = sealed[1] if sealed and sealed[0] == desk.user.id else secrets.token_hex(SEED_BYTES)
    made = desk.request.app[PASSWORDS].second_step(desk.user, seed)
    # The label in the phone's app holds the name; the secret is in this page and nowhere else.
    drawn = segno.make(made.provisioning_uri(), error="m", micro=False)
    return desk.page(
        "desk/second_step_on.html",
        seed=desk.parts.seal.sealed(SEED, (desk.user.id, seed)),
        secret=" ".join(made.secret[i : i + 4] for i in range(0, len(made.secret), 4)),
        code=Markup(drawn.svg_inline(scale=5, border=3, dark="#000", light="#fff")),  # noqa: S704 - made of our own
    )


async def save_second_step(desk: DeskRequest) -> web.Response:
    """On, once a code shows that the phone has it; or off. Either way with the password."""
    form, passwords = desk.form, desk.request.app[PASSWORDS]
    await passwords.confirm(desk.user, form.value("password_now"))
    if desk.user.seed:
        await passwords.confirm_code(desk.user, desk.user.seed, form.value("code"))
        await user_actions.set_second_step(desk.changes(), desk.user.id, user_actions.SECOND_STEP_OFF)
        return desk.done("/account", N_("两步验证已关闭。"))
    sealed = desk.parts.seal.opened(SEED, form.value("seed"), tuple[str, str])
    if sealed is None or sealed[0] != desk.user.id:
        raise Refused("form_expired")
    await passwords.confirm_code(desk.user, sealed[1], form.value("code"))
    await user_actions.set_second_step(desk.changes(), desk.user.id, sealed[1], staying=desk.session.id)
    return desk.done("/account", N_("两步验证已开启，其他设备上的登录已结束。"))


MOST_LISTED: Final = 500


class SessionLine(msgspec.Struct, frozen=True, kw_only=True):
    """One session in a line."""

    id: str
    user: str
    device: str
    since: datetime
    here: bool
    """The one of this request."""


async def show_sessions(desk: DeskRequest) -> web.Response:
    """One's own sessions, the latest first, then those of others for whoever may end them."""
    open_ones = [
        one for one in desk.system.users.sessions.values() if desk.at < one.started_at + SESSION_LASTS
    ]
    open_ones.sort(key=lambda one: (one.started_at, one.id), reverse=True)
    own = [_line(desk, one) for one in open_ones if one.user == desk.user.id]
    others = [_line(desk, one) for one in open_ones if one.user != desk.user.id and _may_end(desk, one)]
    return desk.page("desk/sessions.html", own=own, others=others[:MOST_LISTED])


async def end_session(desk: DeskRequest) -> web.Response:
    """End one, or all of one's own but this one."""
    wanted = desk.form.value("session")
    if wanted == "others":
        await user_actions.end_sessions(desk.changes(), desk.user.id, staying=desk.session.id)
        return desk.done("/sessions", N_("其他设备上的登录已结束。"))
    found = next((one for one in desk.system.users.sessions.values() if one.id == wanted), None)
    if found is not None and found.user != desk.user.id and not _may_end(desk, found):
        raise Refused("not_allowed")
    await user_actions.end_session(desk.changes(), wanted)
    return desk.done("/sessions", N_("该登录已结束。"))


async def sign_out(desk: DeskRequest) -> web.Response:
    """The session is over, in the ledger too; the middleware's cookie opens nothing any more."""
    await user_actions.end_session(desk.changes(), desk.session.id)
    response = web.Response(status=303, headers={**HEADERS, "Location": f"{desk.up}desk/sign-in"})
    for name in (SESSION, f"__Host-{SESSION}"):
        response.del_cookie(name, path="/", secure=name != SESSION, httponly=True, samesite="Lax")
    # Pages that "back" would show. Cookies and storage stay: they are the clinics' and the residents', too.
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def _line(desk: DeskRequest, session: Session) -> SessionLine:
    return SessionLine(
        id=session.id,
        user=desk.who(f"user:{session.user}"),
        device=session.device,
        since=desk.local(session.started_at),
        here=session.id == desk.session.id,
    )


def _may_end(desk: DeskRequest, session: Session) -> bool:
    """Whether the session is of somebody whose account is the user's to manage."""
    whose = desk.system.users.known.get(session.user)
    return whose is not None and owns(desk.user, whose)
