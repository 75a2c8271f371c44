"""Who asks, and in which language: sessions of the desk and their cookies, passwords and codes.

A password costs 64 MiB and a tenth of a second of a core, so few are tried at a time, each in a thread, and
those who would wait long are told to come back: the pages are served meanwhile.
"""

import asyncio
import hmac
import re
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import unquote

import pyotp
from aiohttp import web

from trafficlight.actions import passwords
from trafficlight.actions.credentials import digest, new_secret
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import SessionStarted
from trafficlight.domain.users import SESSION_LASTS, Session, User, Users
from trafficlight.ledger.base import LedgerUnavailable
from trafficlight.text.languages import LANGUAGES
from trafficlight.web.access import Throttle, is_https
from trafficlight.web.desk.request import DeskParts
from trafficlight.web.problems import language

IDLE: Final = timedelta(hours=12)
"""Without a request for so long, the session is over: a night's rest, but not between two shifts."""
RENEWED: Final = timedelta(minutes=5)
"""How often the cookie notes that the session is in use."""
SESSION: Final = "desk-session"
DEVICE: Final = "desk-device"
DEVICE_LASTS: Final = 400 * 86400
"""Seconds, as of `LANG_LASTS`."""
LANG: Final = "desk-lang"
LANG_LASTS: Final = 400 * 86400
"""Seconds: as long as browsers keep a cookie."""
_NEXT: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_./~%=&?+-]{0,500}")
_DEVICES: Final = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS: Final = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


class DeskAuth:
    """Reads and writes the cookies of the desk."""

    def __init__(self, parts: DeskParts) -> None:
        self._parts = parts

    async def who(self, request: web.Request) -> tuple[Session, User] | None:
        """Whoever is signed in, as the ledger has it at this moment; None for nobody."""
        ticket = self._ticket(request)
        if ticket is None:
            return None
        found = self._find(ticket[0])
        if found is None:
            try:
                await self._parts.freshness.refresh()  # signed in at another node a moment ago
            except LedgerUnavailable:
                return None
            found = self._find(ticket[0])
        return found

    def begin(self, user: User, request: web.Request, step: int) -> tuple[SessionStarted, str]:
        """A new session, never one that was there before, and the secret for its cookie."""
        secret = new_secret()
        started = SessionStarted(
            by=f"user:{user.id}",
            session=secrets.token_hex(6),
            user=user.id,
            digest=digest(secret),
            device=_device(request.headers.get("User-Agent", "")),
            step=step,
        )
        return started, secret

    def give(self, request: web.Request, response: web.StreamResponse, secret: str) -> None:
        """Put the session into the browser."""
        ticket = (secret, self._parts.clock())
        response.set_cookie(
            self._name(request),
            self._parts.seal.sealed(SESSION, ticket),
            path="/",
            max_age=int(SESSION_LASTS.total_seconds()),
            secure=self.https(request),
            httponly=True,
            samesite="Lax",
        )

    def know(self, request: web.Request, response: web.StreamResponse, user: User) -> None:
        """Have the browser known as one of the user's, by which nobody else can lock them out of it."""
        response.set_cookie(
            self._device_name(request),
            self._parts.seal.sealed(DEVICE, (user.id, self.device(request, user) or secrets.token_hex(12))),
            path="/",
            max_age=DEVICE_LASTS,
            secure=self.https(request),
            httponly=True,
            samesite="Lax",
        )

    def device(self, request: web.Request, user: User | None) -> str:
        """What this browser is called among the user's own; empty where the user never signed in by it."""
        cookie = request.cookies.get(self._device_name(request), "")
        known = self._parts.seal.opened(DEVICE, cookie, tuple[str, str]) if cookie and user else None
        return known[1] if known and user and known[0] == user.id else ""

    def _device_name(self, request: web.Request) -> str:
        return f"__Host-{DEVICE}" if self.https(request) else DEVICE

    def renew(self, request: web.Request, response: web.StreamResponse) -> None:
        """Note now and then that the session is in use."""
        ticket = None if self._name(request) in response.cookies else self._ticket(request)
        if ticket is not None and self._parts.clock() >= ticket[1] + RENEWED:
            self.give(request, response, ticket[0])

    def https(self, request: web.Request) -> bool:
        return is_https(request, self._parts.trusted_proxies, self._parts.place())

    def _name(self, request: web.Request) -> str:
        """Under https a name that no other host and no plain connection can set."""
        return f"__Host-{SESSION}" if self.https(request) else SESSION

    def _ticket(self, request: web.Request) -> tuple[str, datetime] | None:
        cookie = request.cookies.get(self._name(request), "")
        ticket = self._parts.seal.opened(SESSION, cookie, tuple[str, datetime]) if cookie else None
        return ticket if ticket and self._parts.clock() < ticket[1] + IDLE else None

    def _find(self, secret: str) -> tuple[Session, User] | None:
        users = self._parts.current.system.users
        session = users.sessions.get(digest(secret))
        if session is None or self._parts.clock() >= session.started_at + SESSION_LASTS:
            return None
        user = users.known.get(session.user)
        return (session, user) if user else None


def language_of(request: web.Request) -> str:
    """The user's language: chosen just now, or before, or what the browser asks for."""
    codes = {one.code for one in LANGUAGES}
    for asked in (request.query.get("lang", ""), request.cookies.get(LANG, "")):
        if asked in codes:
            return asked
    return language(request)


def remember_language(request: web.Request, response: web.StreamResponse, lang: str, *, https: bool) -> None:
    """Remember what was chosen in the address."""
    if request.query.get("lang") == lang:
        response.set_cookie(
            LANG, lang, path="/", max_age=LANG_LASTS, secure=https, httponly=True, samesite="Lax"
        )


def next_of(text: str) -> str:
    """Where to go after signing in, below `/desk/`; empty for anything that could lead elsewhere."""
    plain = unquote(text)
    safe = _NEXT.fullmatch(text) is not None and not any(part in plain for part in ("//", "..", "\\", ":"))
    return text if safe and not text.startswith(("sign-in", "sign-out")) else ""


def _device(agent: str) -> str:
    """What kind of browser it is, in two words of ours: nothing that a stranger wrote is kept."""
    system = next((name for sign, name in _SYSTEMS if sign in agent), "")
    browser = next((name for sign, name in _DEVICES if sign in agent), "")
    return " · ".join(part for part in (system, browser) if part)


AT_ONCE: Final = 2
MOST_WAITING: Final = 20
"""Two seconds' worth."""
TRIES: Final = 20
"""Of an account, an address or a known browser, within the window: far from guessing, and many mistypings."""
WINDOW: Final = 15 * 60.0
"""Seconds."""
ISSUER: Final = "trafficlight"
SECOND_STEP: Final = "desk-second-step"
_STEP: Final = 30
"""Seconds that a code stands for (RFC 6238)."""


class PasswordCheck:
    """One for the process."""

    def __init__(self, parts: DeskParts) -> None:
        self._parts = parts
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0
        self._addresses = parts.throttles.of("sign-in-address", TRIES, WINDOW)
        self._accounts = parts.throttles.of("sign-in-account", TRIES, WINDOW)
        self._devices = parts.throttles.of("sign-in-device", TRIES, WINDOW)
        self._codes = parts.throttles.of("second-step", TRIES, WINDOW)
        self._signed_in = parts.throttles.of("sign-in-again", TRIES, WINDOW)

    async def sign_in(
        self,
        name: str,
        password: str,
        code: str,
        address: str,
        device_of: Callable[[User | None], str] = lambda _user: "",
    ) -> tuple[User, int]:
        """The user, and the number of the code that is used up (0 for none).

        A browser by which the user signed in before (`device_of`) has tries of its own: strangers who guess
        at the name, or from the same address, use up nothing of them.
        `Refused` with `sign_in_wrong` whatever was wrong, after the same work; `too_many`, `desk_busy`.
        """
        account = _account_key(name)
        users: Users = self._parts.current.system.users
        device = device_of(users.named(name))
        if device:
            await _count(self._devices, device)
        else:
            await _count(self._addresses, address)  # before it is tried, or a thousand at once would be one
            await _count(self._accounts, account)
        await self._parts.freshness.refresh()  # a user added a moment ago may sign in at once
        users = self._parts.current.system.users
        user = users.named(name)
        right = await self._fits(user.password if user else "", password)
        step = self.step_of(user, user.seed, code, user.step) if user and user.seed else 0
        if user is None or not right or step is None:
            raise Refused("sign_in_wrong")
        if device:
            await self._devices.forgive(device, all_of_them=True)
        else:
            await self._addresses.forgive(address)
            await self._accounts.forgive(account, all_of_them=True)
        return user, step

    async def confirm(self, user: User, password: str) -> None:
        """The user's own password, asked again before something weighty; `Refused` with `password_wrong`."""
        await _count(self._signed_in, user.id)  # whoever guesses from outside uses up nothing of it
        if not await self._fits(user.password, password):
            raise Refused("password_wrong", "password_now")
        await self._signed_in.forgive(user.id, all_of_them=True)

    async def confirm_code(self, user: User, seed: str, code: str) -> None:
        """A code of the user's, not used before; `Refused` with `code_wrong`, for many guesses `too_many`.

        Whoever knows the password has a million codes to guess, and no more tries than at the sign-in.
        """
        await _count(self._codes, user.id)
        if self.step_of(user, seed, code, user.step if seed == user.seed else 0) is None:
            raise Refused("code_wrong", "code")
        await self._codes.forgive(user.id, all_of_them=True)

    async def digest(self, password: str) -> str:
        """The digest of a new password."""
        async with self._slot():
            return await asyncio.to_thread(passwords.digest_of, password)

    async def _fits(self, digest: str, password: str) -> bool:
        async with self._slot():
            return await asyncio.to_thread(passwords.fits, digest, password)

    @asynccontextmanager
    async def _slot(self) -> AsyncIterator[None]:
        """A turn at the work that costs; `Refused` with `desk_busy` where too many wait."""
        if self._waiting >= MOST_WAITING:
            raise Refused("desk_busy", retry_after=2)
        self._waiting += 1
        try:
            await self._slots.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._slots.release()

    # --- the second step (RFC 6238) -------------------------------------------------------------------------

    def second_step(self, user: User, seed: str) -> pyotp.TOTP:
        """What makes the codes: a secret kept nowhere, made of the seed and the installation's own."""
        secret = self._parts.seal.derived(SECOND_STEP, f"{user.id}\n{seed}")
        return pyotp.TOTP(secret, interval=_STEP, name=user.name, issuer=ISSUER)

    def step_of(self, user: User, seed: str, code: str, after: int = 0) -> int | None:
        """The number of the code, one step early or late included; None where it is wrong or was used."""
        typed = "".join(char for char in code if char.isdigit()).encode()
        now = int(self._parts.clock().timestamp()) // _STEP
        made = self.second_step(user, seed)
        for step in (now, now - 1, now + 1):
            if hmac.compare_digest(made.generate_otp(step).encode(), typed) and step > after:
                return step
        return None


def _account_key(name: str) -> str:
    return name.strip().casefold()[:100]


async def _count(throttle: Throttle, whose: str) -> None:
    wait = await throttle.count(whose)
    if wait:
        raise Refused("too_many", retry_after=wait)


PASSWORDS: Final = web.AppKey("desk-passwords", PasswordCheck)
"""Set by the app; handlers reach it through their request."""
