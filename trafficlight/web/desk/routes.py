"""The desk's addresses, and what is done around every page: session, user, board, rights, form, handler."""

from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import quote

import structlog
from aiohttp import web

from trafficlight.actions.config import SUPPORT
from trafficlight.domain.errors import Refused
from trafficlight.ledger.base import KeyReused, LedgerUnavailable, PositionMoved
from trafficlight.publish import templating
from trafficlight.text.languages import translate
from trafficlight.text.rendering import explain
from trafficlight.web.desk.account import SignIn
from trafficlight.web.desk.auth import PASSWORDS, DeskAuth, PasswordCheck, language_of, remember_language
from trafficlight.web.desk.base import DeskPage, Section
from trafficlight.web.desk.daily import COUNTS, CountsByDay
from trafficlight.web.desk.form import read_form
from trafficlight.web.desk.lookback import LOOKBACKS, Lookbacks
from trafficlight.web.desk.past import PAST_BOARDS, PastBoards
from trafficlight.web.desk.request import CSRF, FLASH, HEADERS, DeskParts, DeskRequest
from trafficlight.web.desk.rights import require
from trafficlight.web.desk.sections import PAGES, SECTIONS
from trafficlight.web.desk.uploads import SHELF, Uploads
from trafficlight.web.guard import Answered, Routes
from trafficlight.web.problems import status_of

OTHER_SITES: Final = frozenset({"cross-site", "same-site"})
"""What browsers say of a form that a page of somebody else's sent."""
FIRST: Final = ("/account", "/sign-out")
"""Where somebody is led whose password was given by somebody else, and what they may do besides."""
REFRESH: Final = "X-Refresh"
"""A page that refreshes itself: a session that nobody uses ends, however long the page stands open."""

log = structlog.get_logger("desk")
RouteHandler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class DeskMiddleware:
    """Makes a route's handlers of a page."""

    def __init__(self, parts: DeskParts, auth: DeskAuth, sections: tuple[Section, ...]) -> None:
        self._parts = parts
        self._auth = auth
        self._sections = sections

    def on_get(self, page: DeskPage) -> RouteHandler:
        """The handler of GET and HEAD."""

        async def answer(request: web.Request) -> web.StreamResponse:
            desk = await self._desk_request(request)
            if desk is None:
                return self._to_sign_in(request)
            self._check(desk, page.see)
            if desk.user.must_change and page.path not in FIRST:
                where = f"{desk.up}desk{FIRST[0]}"
                return self._sent(desk, web.Response(status=303, headers={**HEADERS, "Location": where}))
            desk.flash = self._flash(desk)
            assert page.show is not None  # noqa: S101 - no route is made for GET without it
            return self._sent(desk, await page.show(desk))

        return answer

    def on_post(self, page: DeskPage) -> RouteHandler:
        """The handler of POST: what is refused is shown again with what was typed; nothing is half done."""

        async def answer(request: web.Request) -> web.StreamResponse:
            desk = await self._desk_request(request)
            if desk is None:
                raise Refused("signed_out")
            self._check(desk, page.act or page.see)
            if desk.user.must_change and page.path not in FIRST:
                raise Refused("password_first")
            desk.form = await read_form(request, page.file_bytes)
            assert page.save is not None  # noqa: S101 - no route is made for POST without it
            try:
                self._check_form(desk)
                return self._sent(desk, await page.save(desk))
            except (Refused, KeyReused, PositionMoved, LedgerUnavailable) as wrong:
                refused = _as_refused(wrong)
                if page.show is None or refused.code in {"not_allowed", "not_found"}:
                    raise refused from None
                desk.refusal = refused
                desk.form = desk.form.refused(refused, desk.lang)
                response = await page.show(desk)
                response.set_status(status_of(refused.code))
                _add_retry(response, refused)
                return self._sent(desk, response)

        return answer

    def refused(self, request: web.Request, refused: Refused) -> web.StreamResponse:
        """A refusal as a page of its own."""
        lang = language_of(request)
        body = templating.render(
            "desk/refused.html",
            lang,
            up="../" * request.path.count("/", 1),
            code=refused.code,
            text=explain(refused, lang),
            support=self._parts.current.system.config.get(SUPPORT, ""),
        )
        response = web.Response(status=status_of(refused.code), body=body, headers=HEADERS)
        _add_retry(response, refused)
        if "allow" in refused.params:
            response.headers["Allow"] = refused.params["allow"]
        return response

    # --- around a handler -----------------------------------------------------------------------------------

    async def _desk_request(self, request: web.Request) -> DeskRequest | None:
        who = await self._auth.who(request)
        if who is None:
            return None
        desk = DeskRequest(self._parts, request, who, language_of(request))
        desk.sections = self._sections
        return desk

    def _check(self, desk: DeskRequest, action: str) -> None:
        require(desk.user, action, desk.board)
        if desk.board:
            _ = desk.fold  # refused where there is no such board

    def _check_form(self, desk: DeskRequest) -> None:
        """`Refused` with `form_expired` for a form that is not one of this session's."""
        ours = self._parts.seal.is_token(CSRF, desk.session.id, desk.form.value("token"))
        if not ours or desk.request.headers.get("Sec-Fetch-Site", "") in OTHER_SITES:
            raise Refused("form_expired")

    def _flash(self, desk: DeskRequest) -> str:
        cookie = desk.request.cookies.get(FLASH, "")
        opened = self._parts.seal.opened(FLASH, cookie, tuple[str, dict[str, str | int]]) if cookie else None
        return translate(opened[0], desk.lang) % opened[1] if opened else ""

    def _sent(self, desk: DeskRequest, response: web.Response) -> web.Response:
        if REFRESH not in desk.request.headers:
            self._auth.renew(desk.request, response)
        https = self._auth.https(desk.request)
        remember_language(desk.request, response, desk.lang, https=https)
        if desk.flash:
            response.del_cookie(FLASH, secure=https, httponly=True, samesite="Lax")
        return response

    def _to_sign_in(self, request: web.Request) -> web.Response:
        """To the sign-in, and back again afterwards."""
        up = "../" * request.path.count("/", 1)
        here = request.path_qs.removeprefix("/desk").lstrip("/")
        back = f"?next={quote(here, safe='')}" if here else ""
        return web.Response(status=303, headers={**HEADERS, "Location": f"{up}desk/sign-in{back}"})


def _as_refused(wrong: Exception) -> Refused:
    if isinstance(wrong, Refused):
        return wrong
    if isinstance(wrong, KeyReused):
        return Refused("changed_meanwhile")
    if isinstance(wrong, PositionMoved):
        return Refused("changed_meanwhile")
    log.warning("ledger_unavailable", reason=str(wrong))
    return Refused("ledger_unavailable")


def _add_retry(response: web.Response, refused: Refused) -> None:
    if "retry_after" in refused.params:
        response.headers["Retry-After"] = str(refused.params["retry_after"])


def add_desk(app: web.Application, parts: DeskParts, on_answered: Answered) -> None:
    """Every page of the sections, the sign-in, and an answer for everything else below `/desk`."""
    auth = DeskAuth(parts)
    passwords = app[PASSWORDS] = PasswordCheck(parts)
    app[PAST_BOARDS] = PastBoards(parts.current, parts.clock)
    app[LOOKBACKS] = Lookbacks(parts.current)
    app[COUNTS] = CountsByDay(parts.current)
    app[SHELF] = Uploads(parts.clock)
    sign_in, pages = SignIn(parts, auth, passwords), DeskMiddleware(parts, auth, SECTIONS)

    async def slash(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=308, headers={"Location": "../desk"})

    routes = Routes(app, on_answered, pages.refused)
    routes.add("/desk/sign-in", GET=sign_in.show, POST=sign_in.post)
    for page in PAGES:
        on_get = {"GET": pages.on_get(page)} if page.show else {}
        on_post = {"POST": pages.on_post(page)} if page.save else {}
        routes.add(f"/desk{page.path}", **on_get, **on_post)
    routes.add("/desk/", GET=slash)
    routes.close("/desk{rest:/.*}")
