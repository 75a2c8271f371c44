"""The published tree as it stands, at the same paths as on any web server.

One handler, nothing looked up that can be known before: what a page is sent with is put together once for a
page and encoding, and an answer is counted by adding one to a number.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import quote
from weakref import WeakKeyDictionary

from aiohttp import hdrs, web
from multidict import CIMultiDict

from trafficlight.domain.errors import Refused
from trafficlight.publish import templating
from trafficlight.publish.edition import Published
from trafficlight.web.node import Node
from trafficlight.web.problems import language, respond

INDEX: Final = "index.html"
OFFERED: Final = ("br", "gzip")
"""In the order in which we prefer them: brotli is a fifth smaller than gzip on these pages."""
LONGEST_HEADER: Final = 200
DEEPEST: Final = 8

_POLICIES: Final = {
    "text/html": f"{templating.CSP}; frame-ancestors 'none'",
    "image/svg+xml": "default-src 'none'; style-src 'unsafe-inline'",
}
_OPEN: Final = ("application/json", "application/geo+json")
"""Media that pages of other sites may read."""


class Prepared(NamedTuple):
    """An answer but for its date."""

    body: bytes
    headers: CIMultiDict[str]
    tag: str
    unchanged: CIMultiDict[str]
    sent: tuple[str, str]
    not_sent: tuple[str, str]


class Public:
    """Serves what the publisher has."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._prepared: WeakKeyDictionary[Published, dict[str, Prepared]] = WeakKeyDictionary()
        self.counts: dict[tuple[str, str], int] = {}
        """Answers by kind of file and status class."""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Whatever is asked for that nobody else answers."""
        path = request.path[1:]
        if request.method not in {"GET", "HEAD"}:
            return respond(Refused("method_not_allowed", allow="GET, HEAD"), language(request))
        published = self._node.publisher.find(
            path + INDEX if not path or path[-1] == "/" else path, self._node.clock()
        )
        if published is None:
            return self._elsewhere(request, path)
        headers = request.headers
        coding = coding_for(headers.get(hdrs.ACCEPT_ENCODING, "")) if published.compressible else ""
        codings = self._prepared.get(published)
        if codings is None:
            codings = self._prepared[published] = {}
        prepared = codings.get(coding)
        if prepared is None:
            prepared = codings[coding] = prepare(published, coding)
        known = headers.get(hdrs.IF_NONE_MATCH)
        if known is not None and matches(known, prepared.tag):
            self._count(prepared.not_sent)
            return web.Response(status=304, headers=prepared.unchanged.copy())
        self._count(prepared.sent)
        return web.Response(body=prepared.body, headers=prepared.headers.copy())

    def _count(self, what: tuple[str, str]) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1

    def _elsewhere(self, request: web.Request, path: str) -> web.StreamResponse:
        """A folder without its closing slash leads there; all else is not found."""
        if path and path[-1] != "/" and self._node.publisher.find(f"{path}/{INDEX}", self._node.clock()):
            self._count(("folder", "3xx"))
            query = f"?{request.query_string}" if request.query_string else ""
            # Relative, so that no Host header and no proxy's prefix can lead anybody astray.
            return web.Response(
                status=301, headers={hdrs.LOCATION: f"./{quote(path.rpartition('/')[2])}/{query}"}
            )
        self._count(("missing", "4xx"))
        return web.Response(
            status=404,
            body=_missing(min(path.count("/"), DEEPEST)),
            headers=_MISSING_HEADERS,
        )


def prepare(published: Published, coding: str) -> Prepared:
    """The answer with that artifact in that coding."""
    tag = f'{published.etag[:-1]}-{coding}"' if coding else published.etag
    body = published.encoded(coding)
    media = published.media.partition(";")[0]
    common: dict[str, str] = {hdrs.ETAG: tag, hdrs.CACHE_CONTROL: published.cache}
    if published.compressible:
        common[hdrs.VARY] = hdrs.ACCEPT_ENCODING
    if media in _OPEN:
        common[hdrs.ACCESS_CONTROL_ALLOW_ORIGIN] = "*"
    headers = CIMultiDict({hdrs.CONTENT_TYPE: published.media, **common, **_safe(media)})
    if coding:
        headers[hdrs.CONTENT_ENCODING] = coding
    kind = published.path.rpartition(".")[2]
    return Prepared(body, headers, tag, CIMultiDict(common), (kind, "2xx"), (kind, "3xx"))


def _safe(media: str) -> Mapping[str, str]:
    safe = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
    if media in _POLICIES:
        safe["Content-Security-Policy"] = _POLICIES[media]
    return safe


_MISSING_HEADERS: Final[Mapping[str, str]] = {
    "Content-Type": templating.HTML,
    "Cache-Control": "no-cache",
    **_safe("text/html"),
}


def matches(known: str, tag: str) -> bool:
    """Whether If-None-Match names the tag; compared weakly, as RFC 9110 13.1.2 has it."""
    if known == tag:
        return True
    return known.strip() == "*" or any(one.strip().removeprefix("W/") == tag for one in known.split(","))


def coding_for(accepted: str) -> str:
    """The coding to send for an Accept-Encoding; empty for the plain bytes."""
    return _coding(accepted) if len(accepted) <= LONGEST_HEADER else ""


@lru_cache(maxsize=512)
def _coding(accepted: str) -> str:
    """Of what is accepted the one with the highest weight, ours first where they are equal.

    The plain bytes weigh as they are told to, else less than anything else accepted. Who accepts nothing
    at all gets them nevertheless: that serves people better than a 406.
    """
    weights: dict[str, float] = {}
    for part in accepted.lower().split(","):
        name, _, parameter = part.partition(";")
        weights[name.strip()] = _weight(parameter)
    others = weights.get("*", 0.0)
    plain = weights.get("identity", 0.0)
    best = max(OFFERED, key=lambda coding: weights.get(coding, others))
    weight = weights.get(best, others)
    return best if weight > 0 and weight >= plain else ""


def _weight(parameter: str) -> float:
    name, _, value = parameter.partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0


@lru_cache(maxsize=DEEPEST + 1)
def _missing(depth: int) -> bytes:
    return templating.render("staff/missing.html", up="../" * depth)
