"""Who comes in by a posting link, in which language, and to which site: asked at each request.

A browser holds a signed session of its link. PINs are short, so each try is slow and few are taken.
"""

import asyncio
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import msgspec
from aiohttp import web
from msgspec.structs import replace

from trafficlight.actions.credentials import check_pin
from trafficlight.actions.freshness import Freshness
from trafficlight.actions.passwords import fits
from trafficlight.actions.reporting import Reporting
from trafficlight.domain.board import Board
from trafficlight.domain.errors import Refused
from trafficlight.domain.ids import check_site_id
from trafficlight.domain.state import BoardFold, SiteState
from trafficlight.domain.system import Link
from trafficlight.ledger.current import Current
from trafficlight.publish import templating, words
from trafficlight.publish.view import TreeLocation
from trafficlight.text.languages import LANGUAGES
from trafficlight.web.access import Access, Throttles, client_address, is_https
from trafficlight.web.seal import Seal

COOKIE: Final = "link"
HEADERS: Final[Mapping[str, str]] = {
    "Content-Type": templating.HTML,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
}
_LANGUAGE_CODES: Final = frozenset(one.code for one in LANGUAGES)
LASTS: Final = timedelta(days=180)
"""A clinic opens its link once in a wave and then comes back by the browser's memory."""
DEVICE: Final = "link-device"
_SECONDS: Final = {COOKIE: int(LASTS.total_seconds()), DEVICE: 400 * 86400}
"""Cookie → how long it lasts; a phone is known for as long as browsers have a cookie."""
PIN_CODES: Final = frozenset({"pin_needed", "pin_wrong", "bad_pin", "too_many_pins"})
"""Refusals that are told on the page that asks for the PIN."""
ADDRESS_TRIES: Final = 6
"""Of a link from one address; of a phone in which its PIN was given before, too."""
ADDRESS_WINDOW: Final = 600.0
"""Seconds. Who has forgotten a PIN phones before the sixth try."""
LINK_TRIES: Final = 30
LINK_WINDOW: Final = 3600.0
"""Seconds. From many addresses: ten thousand PINs take a fortnight, and the desk has changed the link."""


class LinkSession(msgspec.Struct, frozen=True, array_like=True):
    """A browser that came in by a link."""

    link: str
    digest: str
    """Of the link's secret, by which the link in force is found."""
    id: str
    issued_at: datetime
    board: str
    """Whose hotline helps where the link has been revoked."""
    lang: str = "zh-Hans"
    """In which the pages speak."""
    proof: str = ""
    """Of the link's PIN as it was when it was given; empty before."""


class LinkSessions:
    """Sessions of posting links, in signed cookies: nothing of them is kept here."""

    def __init__(self, seal: Seal, clock: Callable[[], datetime]) -> None:
        self._seal = seal
        self._clock = clock

    def begin(self, link: str, digest: str, board: str) -> LinkSession:
        """A new session of the link."""
        return LinkSession(link, digest, secrets.token_urlsafe(12), self._clock(), board)

    def cookie(self, session: LinkSession) -> str:
        """The session as a cookie's value."""
        return self._seal.sealed("session", session)

    def read(self, cookie: str) -> LinkSession | None:
        """The session in a cookie's value; None where it is not ours or too old."""
        session = self._seal.opened("session", cookie, LinkSession) if cookie else None
        return session if session and self._clock() < session.issued_at + LASTS else None

    def device_cookie(self, link: str, device: str) -> str:
        """A phone in which the link's PIN was given, as a cookie's value; a new name where it has none."""
        return self._seal.sealed(DEVICE, (link, device or secrets.token_urlsafe(12)))

    def device(self, link: str, cookie: str) -> str:
        """What the phone is called among those in which the link's PIN was given; empty for any other."""
        known = self._seal.opened(DEVICE, cookie, tuple[str, str]) if cookie else None
        return known[1] if known and known[0] == link else ""

    def proof(self, session: LinkSession, pin: str) -> str:
        """What the session carries once the PIN with that digest was given in it."""
        return self._seal.token("pin", f"{session.id}\n{pin}")

    def form_token(self, session: LinkSession) -> str:
        """What a form of the session carries, so that no other site's form is taken for it."""
        return self._seal.token("form", session.id)

    def is_form_token(self, session: LinkSession, token: str) -> bool:
        """Whether the form that carries it is one of the session's."""
        return self._seal.is_token("form", session.id, token)


class LinkRequest(msgspec.Struct, frozen=True):
    """Somebody who came in by a link in force."""

    session: LinkSession
    link: Link
    up: str
    """The way from the page to the top of the tree."""

    @property
    def lang(self) -> str:
        return self.session.lang

    @property
    def by(self) -> str:
        """As whom the ledger knows whoever comes by the link."""
        return f"link:{self.link.id}"


class Where(NamedTuple):
    """A site where it is."""

    fold: BoardFold
    state: SiteState
    board: Board


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkParts:
    """What the pages behind posting links are made of."""

    access: Access
    sessions: LinkSessions
    current: Current
    freshness: Freshness
    reporting: Reporting
    place: Callable[[], TreeLocation]
    clock: Callable[[], datetime]
    trusted_proxies: int


class LinkAuth:
    """Finds out who asks, and answers with pages."""

    def __init__(self, parts: LinkParts) -> None:
        self._parts = parts

    async def request(self, request: web.Request) -> LinkRequest:
        """The session of the cookie, if its link is still in force: asked at each request."""
        linked = await self.unproven(request)
        if not self._is_proven(linked):
            raise Refused("pin_needed", board=linked.session.board)
        return linked

    async def unproven(self, request: web.Request) -> LinkRequest:
        """The same, whether or not the link's PIN was given."""
        session = self._parts.sessions.read(request.cookies.get(COOKIE, ""))
        if session is None or session.link != request.match_info["link"]:
            raise Refused("no_session")
        link = self._link(session)
        if link is None:
            await self._parts.freshness.refresh()
            link = self._link(session)
        if link is None:
            raise Refused("link_revoked", board=session.board)
        if link.sessions_since is not None and session.issued_at <= link.sessions_since:
            raise Refused("no_session", board=session.board)
        return LinkRequest(session, link, up(request))

    def prove(self, request: web.Request, response: web.StreamResponse, linked: LinkRequest) -> None:
        """The PIN was given: it is not asked for again in this browser, until there is another one."""
        proof = self._parts.sessions.proof(linked.session, linked.link.pin)
        self.remember(request, response, replace(linked.session, proof=proof))
        # Outlives the session, which begins anew whenever the link is opened again.
        value = self._parts.sessions.device_cookie(linked.link.id, self.device(request, linked))
        self._leave(request, response, linked.link.id, DEVICE, value)

    def device(self, request: web.Request, linked: LinkRequest) -> str:
        """What this phone is called where the link's PIN was given in it before; else empty."""
        return self._parts.sessions.device(linked.link.id, request.cookies.get(DEVICE, ""))

    async def site(self, request: web.Request, linked: LinkRequest) -> Where:
        """The site of the page; `Refused` with `site_gone` where the link does not lead to one."""
        named = request.match_info.get("site", linked.link.site)
        try:
            fold, state = await self._parts.reporting.place(check_site_id(named))
        except Refused as refused:
            if refused.code == "overloaded":
                raise
            raise Refused("site_gone", board=linked.session.board) from None
        link, board = linked.link, fold.board
        own = link.site == named if link.site else (link.board, link.town) == (fold.slug, state.site.town)
        if not own:
            raise Refused("site_gone", board=linked.session.board)
        return Where(fold, state, board)

    def remember(self, request: web.Request, response: web.StreamResponse, session: LinkSession) -> None:
        """Leave the session in the browser, for the pages of its link alone."""
        self._leave(request, response, session.link, COOKIE, self._parts.sessions.cookie(session))

    def _leave(
        self, request: web.Request, response: web.StreamResponse, link: str, name: str, value: str
    ) -> None:
        response.set_cookie(
            name,
            value,
            max_age=_SECONDS[name],
            path=f"/report/{link}/",
            secure=is_https(request, self._parts.trusted_proxies, self._parts.place()),
            httponly=True,
            samesite="Lax",
        )

    def page(
        self, request: web.Request, linked: LinkRequest, template: str, *, status: int = 200, **values: Any
    ) -> web.Response:
        """A page in the language of the visit."""
        body = templating.render(
            template, linked.lang, up=linked.up, switch=request.method == "GET", **values
        )
        return web.Response(status=status, body=body, headers=HEADERS)

    def switched(self, request: web.Request, linked: LinkRequest) -> web.Response | None:
        """Asked for another language by `?lang=`, the way to the same page, which speaks it from now on."""
        wanted = request.query.get("lang", "")
        if request.method != "GET" or wanted not in _LANGUAGE_CODES or wanted == linked.lang:
            return None
        response = see_other("./")
        self.remember(request, response, replace(linked.session, lang=wanted))
        return response

    def asked_lang(self, request: web.Request) -> str:
        """The language of whoever asks, where no visit is known: as the cookie has it, else Chinese."""
        session = self._parts.sessions.read(request.cookies.get(COOKIE, ""))
        return session.lang if session and session.lang in _LANGUAGE_CODES else words.ZH

    def _is_proven(self, linked: LinkRequest) -> bool:
        pin = linked.link.pin
        return not pin or linked.session.proof == self._parts.sessions.proof(linked.session, pin)

    def _link(self, session: LinkSession) -> Link | None:
        link = self._parts.current.system.links.get(session.digest)
        return link if link and link.id == session.link else None


class Pins:
    """Checks PINs, and counts the wrong ones by link and by where they come from.

    A phone in which the PIN was given before has tries of its own: strangers who guess at the link, or from
    the same address, use up nothing of them.
    """

    def __init__(self, throttles: Throttles, trusted_proxies: int) -> None:
        self._trusted_proxies = trusted_proxies
        self._addresses = throttles.of("pin-address", ADDRESS_TRIES, ADDRESS_WINDOW)
        self._links = throttles.of("pin-link", LINK_TRIES, LINK_WINDOW)
        self._devices = throttles.of("pin-device", ADDRESS_TRIES, ADDRESS_WINDOW)
        self._one_at_a_time = asyncio.Lock()
        """A digest takes 64 MiB."""

    async def check(self, request: web.Request, linked: LinkRequest, pin: str, device: str = "") -> None:
        """The PIN as typed in a phone known as `device`, or in another.

        `Refused` with `bad_pin`, `pin_wrong` or `too_many_pins`.
        """
        if not linked.link.pin:
            return
        board = linked.session.board
        address = client_address(request, self._trusted_proxies)
        whose = f"{linked.link.id} {address}"
        if device:
            wait = await self._devices.count(device)
        else:
            wait = max(await self._addresses.count(whose), await self._links.count(linked.link.id))
        if wait:
            raise Refused("too_many_pins", retry_after=wait, board=board)
        try:
            plain = check_pin(pin)
        except Refused as refused:
            raise Refused(refused.code, board=board) from None
        async with self._one_at_a_time:
            right = await asyncio.to_thread(fits, linked.link.pin, plain)
        if not right:
            raise Refused("pin_wrong", board=board)
        if device:
            await self._devices.forgive(device, all_of_them=True)
        else:
            await self._addresses.forgive(whose, all_of_them=True)
            await self._links.forgive(linked.link.id)


def up(request: web.Request) -> str:
    """The way from the page to the top of the tree."""
    return "../" * request.path.count("/", 1)


def see_other(where: str) -> web.Response:
    """A page that was posted leads to another, so that a reload posts nothing."""
    return web.Response(status=303, headers={**HEADERS, "Location": where})
