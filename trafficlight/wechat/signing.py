"""Signatures for WeChat's JS-SDK, by which a page within WeChat may say what its card shows.

A signature is for one account and one full address. The ticket that it is made with is asked for once while
it holds, however many want one.
"""

import asyncio
import re
from collections.abc import Callable, Coroutine
from hashlib import sha1
from secrets import token_hex
from time import monotonic
from typing import Final
from urllib.parse import unquote, urlsplit

import msgspec

from trafficlight.wechat.answers import Unreachable, WechatError
from trafficlight.wechat.client import EARLY, Client

REST: Final = 60.0
"""Seconds for which a failure stands: strangers ask for signatures, and the account's calls are counted."""
PATIENCE: Final = 5.0
"""Seconds that a page waits for the first ticket; it comes later for those after it."""
_WRITTEN: Final = re.compile(r"[!-\[\]-~]+")
"""Characters of an address: no space, no backslash, all else escaped."""
_PORTS: Final = {"http": 80, "https": 443}

Meanwhile = Callable[[Coroutine[None, None, None], str], asyncio.Task[None]]
"""Starts work that outlasts who asked for it."""


class Signature(msgspec.Struct, frozen=True, rename="camel"):
    """What `wx.config` is given, by its names."""

    app_id: str
    timestamp: int
    nonce_str: str
    signature: str


def signed(ticket: str, nonce: str, timestamp: int, url: str) -> str:
    """WeChat's signature of the address, which comes last: nothing in it can pass for another field."""
    text = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={url}"
    return sha1(text.encode(), usedforsecurity=False).hexdigest()


def is_below(url: str, root: str) -> bool:
    """Whether the address is the root's or one below it, as a browser that is there would write it."""
    try:
        one, other = urlsplit(url), urlsplit(root)
        ports = [part.port or _PORTS.get(part.scheme) for part in (one, other)]
    except ValueError:
        return False
    if (one.scheme, one.hostname, ports[0]) != (other.scheme, other.hostname, ports[1]):
        return False
    if one.scheme not in _PORTS or "@" in one.netloc or not _WRITTEN.fullmatch(url):
        return False
    if {".", ".."} & set(unquote(one.path).split("/")):
        return False
    folder = other.path.rstrip("/")
    return one.path == folder or one.path.startswith(f"{folder}/")


class Signer:
    """Signs addresses for one account."""

    def __init__(
        self, appid: str, client: Client, meanwhile: Meanwhile, *, clock: Callable[[], float] = monotonic
    ) -> None:
        self._appid = appid
        self._client = client
        self._meanwhile = meanwhile
        self._clock = clock
        self._ticket = ""
        self._until = 0.0
        self._renewal: asyncio.Task[None] | None = None
        self._failed: WechatError | None = None
        self._rests_until = 0.0

    async def sign(self, url: str, timestamp: int) -> Signature:
        """The signature of the address as it is, without its fragment.

        Raises `WechatError` where there is no ticket.
        """
        ticket, nonce = await self._valid_ticket(), token_hex(8)
        page = url.partition("#")[0]
        return Signature(self._appid, timestamp, nonce, signed(ticket, nonce, timestamp, page))

    async def _valid_ticket(self) -> str:
        """Renewed before its end, while the old one still serves."""
        now = self._clock()
        if now >= self._until - EARLY and now >= self._rests_until and not self._renewal:
            self._renewal = self._meanwhile(self._ask(), "ticket")
        if now < self._until:
            return self._ticket
        if self._renewal:
            await asyncio.wait({self._renewal}, timeout=PATIENCE)
        if self._clock() < self._until:
            return self._ticket
        raise self._failed or Unreachable("wechat_unreachable", call="ticket/getticket")

    async def _ask(self) -> None:
        began = self._clock()
        try:
            self._ticket, seconds = await self._client.ticket()
        except WechatError as error:
            self._failed, self._rests_until = error, self._clock() + REST
        else:
            self._failed, self._until = None, began + seconds
        finally:
            self._renewal = None
