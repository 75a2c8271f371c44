"""`/api/v1/wechat/signature`: pages within WeChat ask for the signature that its JS-SDK wants.

Anybody may ask, but only for pages that the operator named: a signature is worth nothing on another page.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

import msgspec
import structlog
from aiohttp import web

from trafficlight.domain.errors import Refused
from trafficlight.publish.view import TreeLocation
from trafficlight.settings import OWN_PAGES
from trafficlight.web.access import Throttles, client_address
from trafficlight.wechat.answers import WechatError
from trafficlight.wechat.signing import REST, Signer, is_below

MOST: Final = 300
WINDOW: Final = 60.0
"""So many a minute from one address: a mobile carrier puts many phones behind one."""
LONGEST: Final = 2000
"""Characters of an address."""

log = structlog.get_logger("wechat")


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningParts:
    """What the handler is made of."""

    signer: Signer | None
    """None: the operator wants no signatures."""
    pages: Sequence[str]
    """Addresses below which pages are signed for."""
    place: Callable[[], TreeLocation]
    clock: Callable[[], datetime]
    throttles: Throttles
    trusted_proxies: int


class Signing:
    """The handler."""

    def __init__(self, parts: SigningParts) -> None:
        self._parts = parts
        self._addresses = parts.throttles.of("signature", MOST, WINDOW)

    async def sign(self, request: web.Request) -> web.StreamResponse:
        """`GET /api/v1/wechat/signature?url=…`."""
        signer = self._parts.signer
        if signer is None:
            raise Refused("not_found")
        wait = await self._addresses.count(client_address(request, self._parts.trusted_proxies))
        if wait:
            raise Refused("too_many_signatures", retry_after=wait)
        url = _asked(request)
        if not any(is_below(url, root) for root in self._roots()):
            raise Refused("not_our_page", "url")
        try:
            signature = await signer.sign(url, int(self._parts.clock().timestamp()))
        except WechatError as error:
            log.warning("ticket_missing", code=error.code, errcode=error.errcode)
            raise Refused("wechat_unavailable", retry_after=int(REST)) from None
        return web.Response(body=msgspec.json.encode(signature), headers=self._headers(request))

    def _roots(self) -> Iterator[str]:
        """The addresses below which pages are signed for."""
        for root in self._parts.pages:
            if root == OWN_PAGES:
                place = self._parts.place()
                yield from filter(None, (place.public_url, place.app_url))
            else:
                yield root

    def _headers(self, request: web.Request) -> dict[str, str]:
        """A page of the named ones may read the answer from another origin; nobody else's may."""
        headers = {"Content-Type": "application/json", "Cache-Control": "no-store", "Vary": "Origin"}
        origin = request.headers.get("Origin", "")
        if origin in {"{0.scheme}://{0.netloc}".format(urlsplit(root)) for root in self._roots()}:
            headers["Access-Control-Allow-Origin"] = origin
        return headers


def _asked(request: web.Request) -> str:
    """The address in the query, without its fragment. One that was not escaped would be signed short."""
    for name in request.query:
        if name != "url":
            raise Refused("unknown_field", name[:64])
    given = request.query.getall("url", [])
    if len(given) != 1 or not given[0]:
        raise Refused("missing", "url")
    if len(given[0]) > LONGEST:
        raise Refused("too_long", "url", max=LONGEST)
    return given[0].partition("#")[0]
