"""The published tree as it stands, at the same paths as on any web server.

One handler, nothing looked up that can be known before: what a page is sent with is put together once for a
page and encoding, what stands is not asked for again until something happens or its time is up, and an
answer is counted by adding one to a number.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import quote
from weakref import WeakKeyDictionary

import structlog
from aiohttp import hdrs, web
from multidict import CIMultiDict, CIMultiDictProxy

from trafficlight.domain.errors import Refused
from trafficlight.domain.record import Record
from trafficlight.publish import templating
from trafficlight.publish.edition import REVALIDATE, Published
from trafficlight.publish.publisher import Publisher
from trafficlight.publish.view import TreeLocation
from trafficlight.text.languages import LANGUAGES, split
from trafficlight.text.rendering import explain
from trafficlight.web.guard import Handler
from trafficlight.web.problems import language, respond

INDEX: Final = "index.html"
OFFERED: Final = ("br", "gzip")
"""In the order in which we prefer them: brotli is a fifth smaller than gzip on these pages."""
LONGEST_HEADER: Final = 200
STANDING: Final = 256
"""Paths kept at hand, so that what is asked for most costs one look; each may hold 100 KB."""
WRITTEN: Final = 16
_METHODS: Final = frozenset({"GET", "HEAD"})
DEEPEST: Final = 8

_PICTURE: Final = "default-src 'none'; style-src 'unsafe-inline'"
"""What an SVG opened by itself may load."""
_BRIEFLY: Final = "public, max-age=1"
"""For caches that many share (RFC 9213): a burst of readers costs us one answer a second, and a page hardly
grows older than the second within which a folder has it. Browsers ask each time."""

log = structlog.get_logger("web")


class AnswerCount:
    """So many answers of one kind."""

    __slots__ = ("number",)

    def __init__(self) -> None:
        self.number = 0


class Prepared(NamedTuple):
    """An answer but for its date."""

    body: bytes
    headers: CIMultiDict[str]
    tag: str
    unchanged: CIMultiDict[str]
    sent: AnswerCount
    not_sent: AnswerCount


class _CachedPath(NamedTuple):
    """What stands at a path from one instant to another, unless something happens."""

    since: datetime
    until: datetime
    published: Published
    answers: dict[str, Prepared]
    """By what was accepted, as it was written: browsers write few different things."""


class Rest(web.PlainResource):
    """Every path that nobody else answers; looked at without an expression, for most requests come here."""

    def __init__(self, handler: Handler) -> None:
        super().__init__("/")
        self._route = self.add_route("*", handler)

    async def resolve(self, _request: web.Request) -> tuple[web.UrlMappingMatchInfo, set[str]]:
        return web.UrlMappingMatchInfo({}, self._route), set()


class Public:
    """Serves what the publisher has."""

    def __init__(
        self, publisher: Publisher, place: Callable[[], TreeLocation], clock: Callable[[], datetime]
    ) -> None:
        self._publisher = publisher
        self._place = place
        self._clock = clock
        self._standing: dict[str, _CachedPath] = {}
        self._prepared: WeakKeyDictionary[Published, dict[str, Prepared]] = WeakKeyDictionary()
        self._counts: dict[tuple[str, str], AnswerCount] = {}

    def counts(self) -> dict[tuple[str, str], int]:
        """Answers by kind of file and status class."""
        return {what: count.number for what, count in self._counts.items()}

    def happened(self, _batch: Sequence[Record]) -> None:
        """Whatever stood may stand no longer."""
        self._standing.clear()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Whatever is asked for that nobody else answers; a fault of ours is a page too."""
        try:
            answered = self._answer(request)
            return answered if isinstance(answered, web.StreamResponse) else await answered
        except Exception:
            log.exception("handler_failed", route="public")
            self._count("fault", "5xx").number += 1
            return web.Response(
                status=500,
                body=_fault(min(request.path.count("/", 1), DEEPEST), split(request.path[1:])[0].code),
                headers=_FAULT_HEADERS,
            )

    def _answer(self, request: web.Request) -> web.StreamResponse | Awaitable[web.StreamResponse]:
        path, at = request.path, self._clock()
        if request.method not in _METHODS:
            return respond(Refused("method_not_allowed", allow="GET, HEAD"), language(request))
        if path[-1:] == "/" and "%2f" in request.rel_url.raw_path.lower():
            return self._missing(path[1:])
        standing = self._standing.get(path)
        if standing is None or not standing.since <= at < standing.until:
            standing = self._look(path, at)
            if standing is None:
                return self._elsewhere(request, path[1:])
            if standing.published.sketch:
                return self._draw(request, standing.published)
        return self._send(request, standing)

    async def _draw(self, request: web.Request, sketch: Published) -> web.StreamResponse:
        renderer = self._publisher.renderer
        assert renderer is not None  # noqa: S101 - without one nothing is sketched
        drawn = await renderer.render(sketch)
        now = self._clock()
        return self._send(request, _CachedPath(now, now, drawn, {}))

    def _send(self, request: web.Request, standing: _CachedPath) -> web.StreamResponse:
        headers = request.headers
        accepted = _whole(headers, hdrs.ACCEPT_ENCODING) or ""
        prepared = standing.answers.get(accepted)
        if prepared is None:
            prepared = self._prepare(standing, accepted)
        known = _whole(headers, hdrs.IF_NONE_MATCH)
        if known is not None and (known == prepared.tag or matches(known, prepared.tag)):
            prepared.not_sent.number += 1
            return web.Response(status=304, headers=prepared.unchanged.copy())
        prepared.sent.number += 1
        return web.Response(body=prepared.body, headers=prepared.headers.copy())

    def _look(self, path: str, at: datetime) -> _CachedPath | None:
        found = self._publisher.standing(path[1:] + INDEX if path[-1] == "/" else path[1:], at)
        if found is None:
            return None
        if len(self._standing) >= STANDING:
            self._standing.clear()
        published, until = found
        # In one time zone: comparing across two costs more than all the rest of an answer.
        standing = _CachedPath(at.astimezone(UTC), until.astimezone(UTC), published, {})
        if not published.sketch:
            self._standing[path] = standing
        return standing

    def _prepare(self, standing: _CachedPath, accepted: str) -> Prepared:
        published = standing.published
        coding = coding_for(accepted) if published.compressible else ""
        codings = self._prepared.setdefault(published, {})
        if coding not in codings:
            kind = published.path.rpartition(".")[2]
            sent, not_sent = self._count(kind, "2xx"), self._count(kind, "3xx")
            codings[coding] = prepare(published, coding, sent, not_sent, self._place())
        if len(standing.answers) < WRITTEN and len(accepted) <= LONGEST_HEADER:
            standing.answers[accepted] = codings[coding]
        return codings[coding]

    def _count(self, kind: str, status: str) -> AnswerCount:
        return self._counts.setdefault((kind, status), AnswerCount())

    def _elsewhere(self, request: web.Request, path: str) -> web.StreamResponse:
        """A folder without its closing slash leads there; all else is not found."""
        # As it was sent: a slash or a line's end that came encoded is neither of them here.
        raw, query = request.rel_url.raw_path, request.rel_url.raw_query_string
        folder = bool(path) and raw[-1] != "/" and raw.count("/") == request.path.count("/")
        if folder and self._publisher.find(f"{path}/{INDEX}", self._clock()):
            self._count("folder", "3xx").number += 1
            # Relative, so that no Host header and no proxy's prefix can lead anybody astray.
            where = f"./{quote(path.rpartition('/')[2])}/"
            return web.Response(status=301, headers={hdrs.LOCATION: f"{where}?{query}" if query else where})
        return self._missing(path)

    def _missing(self, path: str) -> web.StreamResponse:
        self._count("missing", "4xx").number += 1
        return web.Response(
            status=404,
            body=_missing(min(path.count("/"), DEEPEST), split(path)[0].code),
            headers=_MISSING_HEADERS,
        )


def prepare(
    published: Published, coding: str, sent: AnswerCount, not_sent: AnswerCount, place: TreeLocation
) -> Prepared:
    """The answer with that artifact in that coding."""
    tag = f'{published.etag[:-1]}-{coding}"' if coding else published.etag
    body = published.encoded(coding)
    media = published.media.partition(";")[0]
    common: dict[str, str] = {hdrs.ETAG: tag, hdrs.CACHE_CONTROL: published.cache}
    if published.compressible:
        common[hdrs.VARY] = hdrs.ACCEPT_ENCODING
    if published.cache == REVALIDATE:
        common["CDN-Cache-Control"] = _BRIEFLY
    if media != "text/html":  # all else is for programs too, and for the pages of other sites
        common[hdrs.ACCESS_CONTROL_ALLOW_ORIGIN] = "*"
        common[hdrs.ACCESS_CONTROL_EXPOSE_HEADERS] = (
            "Date"  # by which a page tells that its device's clock is wrong
        )
    headers = CIMultiDict(
        {
            hdrs.CONTENT_TYPE: published.media,
            **common,
            **_safe(media, place, inline=published.inline, framed=published.framed),
        }
    )
    if coding:
        headers[hdrs.CONTENT_ENCODING] = coding
    return Prepared(body, headers, tag, CIMultiDict(common), sent, not_sent)


def _safe(
    media: str, place: TreeLocation, *, inline: bool = False, framed: bool = False
) -> Mapping[str, str]:
    safe = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
    if media == "text/html":
        around = "*" if framed else "'none'"
        policy = templating.csp(place, inline=inline)
        safe["Content-Security-Policy"] = f"{policy}; frame-ancestors {around}"
    elif media == "image/svg+xml":
        safe["Content-Security-Policy"] = _PICTURE
    return safe


def _whole(headers: CIMultiDictProxy[str], name: str) -> str | None:
    """A header that may come in several lines, as one."""
    lines = headers.getall(name, None)
    return lines[0] if lines and len(lines) == 1 else ", ".join(lines) if lines else None


_MISSING_HEADERS: Final[Mapping[str, str]] = {
    "Content-Type": templating.HTML,
    "Cache-Control": "no-cache",
    **_safe("text/html", TreeLocation()),
}

_FAULT_HEADERS: Final[Mapping[str, str]] = {**_MISSING_HEADERS, "Cache-Control": "no-store"}


def matches(known: str, tag: str) -> bool:
    """Whether If-None-Match names the tag; compared weakly, as RFC 9110 13.1.2 has it."""
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


@lru_cache(maxsize=(DEEPEST + 1) * len(LANGUAGES))
def _missing(depth: int, lang: str) -> bytes:
    return templating.render("missing.html", lang, up="../" * depth)


@lru_cache(maxsize=(DEEPEST + 1) * len(LANGUAGES))
def _fault(depth: int, lang: str) -> bytes:
    text = explain(Refused("internal"), lang)
    given = {"up": "../" * depth, "switch": False, "code": "internal", "text": text, "header": None}
    return templating.render("staff/told.html", lang, **given)
