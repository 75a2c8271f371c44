"""Who asks: tokens and links, looked up in the present, and how many bad ones an address may try."""

from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from ipaddress import IPv6Address, ip_address
from math import ceil, inf
from time import monotonic
from typing import Final, NamedTuple

from aiohttp import web

from trafficlight.actions.credentials import digest
from trafficlight.actions.freshness import Freshness
from trafficlight.domain.errors import Refused
from trafficlight.domain.system import Link, Token
from trafficlight.ledger.base import LedgerUnavailable
from trafficlight.ledger.current import Current
from trafficlight.ledger.lease import Leases
from trafficlight.publish.view import TreeLocation

FAILURES_A_MINUTE: Final = 60
WINDOW: Final = 60.0
"""Seconds."""
MOST_ADDRESSES: Final = 20_000
"""Addresses remembered for their failures, about 4 MB; the longest unseen is forgotten first."""
LONGEST_SECRET: Final = 200
"""Characters; longer than any of ours, so not worth a digest."""


ALONE: Final = 5.0
"""Seconds for which nobody else is asked after they could not be: whoever counts lets somebody wait."""


class _Tries(NamedTuple):
    since: float
    times: int


class Others(NamedTuple):
    """The other nodes' counts of the same: what they are called there, and where."""

    name: str
    leases: Leases


class Throttle:
    """Counts what comes from an address, or about a site. `monotonic` and `window` are in seconds.

    What this process alone counts is enough to say no. Where other nodes share the ledger, their counts are
    asked too; while these cannot be told, each node counts for itself.
    """

    def __init__(
        self,
        monotonic: Callable[[], float],
        addresses: int = MOST_ADDRESSES,
        *,
        most: int = FAILURES_A_MINUTE,
        window: float = WINDOW,
        others: Others | None = None,
    ) -> None:
        self._monotonic = monotonic
        self._addresses = addresses
        self._most = most
        self._window = window
        self._others = others
        self._alone_until = -inf
        self._counted: OrderedDict[str, _Tries] = OrderedDict()

    async def count(self, whose: str) -> int:
        """Count one more. Seconds to wait, from the first beyond `most` within the window; until then 0."""
        wait = self._count(whose)
        leases = None if wait else self._leases()
        if leases is None:
            return wait
        try:
            times, ends_in = await leases.count(self._among_all(whose), self._window)
        except LedgerUnavailable:
            self._alone_until = self._monotonic() + ALONE
            return 0
        return max(1, ceil(ends_in)) if times > self._most else 0

    async def forgive(self, whose: str, *, all_of_them: bool = False) -> None:
        """What was counted before it was known to be no failure counts no more."""
        since, times = self._counted.pop(whose, _Tries(0.0, 0))
        if times > 1 and not all_of_them:
            self._counted[whose] = _Tries(since, times - 1)
        leases = self._leases()
        if leases is not None:
            with suppress(LedgerUnavailable):
                await leases.uncount(self._among_all(whose), all_of_them=all_of_them)

    def _leases(self) -> Leases | None:
        return self._others.leases if self._others and self._monotonic() >= self._alone_until else None

    def _count(self, whose: str) -> int:
        now = self._monotonic()
        since, times = self._counted.pop(whose, _Tries(now, 0))
        if now - since >= self._window:
            since, times = now, 0
        self._counted[whose] = _Tries(since, times + 1)
        if len(self._counted) > self._addresses:
            self._counted.popitem(last=False)
        return max(1, ceil(since + self._window - now)) if times >= self._most else 0

    def _among_all(self, whose: str) -> str:
        """The name that others know it by: no address is written down anywhere."""
        return f"{self._others.name if self._others else ''}:{digest(whose)}"


class Throttles:
    """Makes throttles that count over all nodes, where several share the ledger."""

    def __init__(self, leases: Leases) -> None:
        self._leases = leases

    def of(self, name: str, most: int, window: float) -> Throttle:
        """Counts up to `most` within the window, in seconds. Of one name there is one."""
        others = Others(name, self._leases) if self._leases.shared else None
        return Throttle(monotonic, most=most, window=window, others=others)


def client_address(request: web.Request, trusted_proxies: int) -> str:
    """The address that a request came from; of IPv6 the /64, for that is what one subscriber has.

    Behind N trusted proxies it is the Nth entry of X-Forwarded-For from the end: the last N-1 are our own,
    everything before is what the client claims.
    """
    address = request.remote or ""
    if trusted_proxies:
        hops = [
            hop.strip() for line in request.headers.getall("X-Forwarded-For", []) for hop in line.split(",")
        ]
        if len(hops) >= trusted_proxies:
            address = hops[-trusted_proxies]
    try:
        parsed = ip_address(address)
    except ValueError:
        return address[:64]
    return str(IPv6Address(int(parsed) >> 64 << 64)) if parsed.version == 6 else str(parsed)  # noqa: PLR2004


def is_https(request: web.Request, trusted_proxies: int, place: TreeLocation) -> bool:
    """Whether the browser came by https: it did here, a proxy of ours says so, or our address does."""
    forwarded = trusted_proxies > 0 and request.headers.get("X-Forwarded-Proto") == "https"
    return request.secure or forwarded or (place.app_url or place.public_url).startswith("https://")


class Access:
    """Knows every credential in force."""

    def __init__(
        self, current: Current, freshness: Freshness, throttle: Throttle, trusted_proxies: int
    ) -> None:
        self._current = current
        self._freshness = freshness
        self._throttle = throttle
        self._trusted_proxies = trusted_proxies

    def known(self, request: web.Request) -> Token | None:
        """The token of the request if it is known here already, as nearly all are."""
        secret = _bearer(request)
        return self._current.system.tokens.get(digest(secret)) if secret else None

    async def token(self, request: web.Request) -> Token:
        """The token of the request; `Refused` with `no_token`, `bad_token` or `too_many`.

        A valid one is never throttled: it is looked up before any failure is counted.
        """
        secret = _bearer(request)
        if secret is None:
            raise Refused("no_token")
        token = self.known(request)
        if token is None and secret:
            await self._freshness.refresh()
            token = self.known(request)
        if token is None:
            await self._failed(request)
            raise Refused("bad_token")
        return token

    async def link(self, request: web.Request, secret: str) -> tuple[str, Link]:
        """The link that the secret opens, and its digest; `Refused` with `unknown_link` or `too_many`."""
        if len(secret) <= LONGEST_SECRET:
            wanted = digest(secret)
            link = self._current.system.links.get(wanted)
            if link is None:
                await self._freshness.refresh()
                link = self._current.system.links.get(wanted)
            if link is not None:
                return wanted, link
        await self._failed(request)
        revoked = self._current.system.revoked.get(digest(secret)) if len(secret) <= LONGEST_SECRET else None
        if revoked is not None:
            raise Refused("link_revoked", board=revoked)
        raise Refused("unknown_link")

    async def _failed(self, request: web.Request) -> None:
        wait = await self._throttle.count(client_address(request, self._trusted_proxies))
        if wait:
            raise Refused("too_many", retry_after=wait)


def _bearer(request: web.Request) -> str | None:
    """The secret of the request; None where there is none, empty for one that cannot be ours."""
    scheme, _, secret = request.headers.get("Authorization", "").strip().partition(" ")
    secret = secret.strip()
    if scheme.lower() != "bearer" or not secret:
        return None
    return secret if len(secret) <= LONGEST_SECRET else ""


def check_yours(token: Token, site: str, board: str) -> None:
    """`Refused` with `not_yours` where the token does not reach the site of that board."""
    if (token.site and token.site != site) or (token.board and token.board != board):
        raise Refused("not_yours")


def check_desk(token: Token, board: str) -> None:
    """`Refused` with `not_desk` where the token is none of the desk's, `not_yours` where of another board."""
    if token.role != "desk" or token.site:
        raise Refused("not_desk")
    check_yours(token, "", board)
