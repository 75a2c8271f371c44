"""「与实际不符」 at the door: a plain form on a site's page tells the desk that it was not as the page says.

Anybody may post, from any page: nothing that a browser holds for somebody is looked at, no cookie and no
credential, so there is nobody in whose name a foreign page could speak. What is told names no person, is
never public, and is bounded by address and by site; what a forger gains is a line on the desk's list.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import quote

import msgspec
from aiohttp import web

from trafficlight.actions.reporting import Reporting
from trafficlight.domain.board import BoardState
from trafficlight.domain.day import local
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import MismatchReported
from trafficlight.domain.mismatch import NewMismatch, mismatch_event, parse_mismatch, standing
from trafficlight.domain.state import BoardFold
from trafficlight.ledger.current import Current
from trafficlight.publish import presenter, templating
from trafficlight.publish.view import TreeLocation
from trafficlight.text.languages import LANGUAGES
from trafficlight.text.languages import language as spoken
from trafficlight.web.access import Access, Throttles, check_desk, client_address
from trafficlight.web.form import parse_form
from trafficlight.web.problems import headers_of, language, respond, status_of
from trafficlight.web.reading import read_body, read_json
from trafficlight.web.staff import FORM_MEDIA

BODY_BYTES: Final = 1024
ADDRESS_MOST: Final = 30
ADDRESS_WINDOW: Final = 600.0
"""Seconds. A mobile carrier puts many people behind one address; not so many tell this at once."""
SITE_MOST: Final = 30
SITE_WINDOW: Final = 3600.0
"""What comes beyond so many in so many seconds is thanked for and counted: the desk knows by then."""
UP: Final = "../../../../"
"""From `/api/v1/sites/ID/mismatches` to the top of the tree."""
JSON: Final = "application/json"
LANG: Final = "lang"
CHOSEN_LANGUAGE: Final = web.RequestKey("spoken", str)
OPEN: Final[Mapping[str, str]] = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Date, Retry-After",
    "Cache-Control": "no-store",
    "Vary": "Accept",
}
PAGE: Final[Mapping[str, str]] = {
    **OPEN,
    "Content-Type": templating.HTML,
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
}


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What a program is told."""

    site: str
    what: str
    received_at: datetime = msgspec.field(name="told_at")
    about: datetime
    """When it was so."""


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """One on the desk's list."""

    site: str
    name: str
    what: str
    received_at: datetime = msgspec.field(name="told_at")
    about: datetime


class Mismatches(msgspec.Struct, frozen=True, kw_only=True):
    """The desk's list of the last 14 days, newest first."""

    board: str
    mismatches: tuple[Listed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MismatchParts:
    """What the handlers are made of."""

    access: Access
    reporting: Reporting
    current: Current
    place: Callable[[], TreeLocation]
    clock: Callable[[], datetime]
    throttles: Throttles
    trusted_proxies: int
    on_report: Callable[[str], None]
    """Announced for each: what it was about, or `dropped`."""


class MismatchHandlers:
    """The handlers of `…/mismatches`."""

    def __init__(self, parts: MismatchParts) -> None:
        self._parts = parts
        self._addresses = parts.throttles.of("mismatch-address", ADDRESS_MOST, ADDRESS_WINDOW)
        self._sites = parts.throttles.of("mismatch-site", SITE_MOST, SITE_WINDOW)

    async def report(self, request: web.Request) -> web.StreamResponse:
        """`POST /api/v1/sites/{site}/mismatches`, a form or JSON."""
        wait = await self._addresses.count(client_address(request, self._parts.trusted_proxies))
        if wait:
            raise Refused("too_many_mismatches", retry_after=wait)
        if request.content_type == FORM_MEDIA:
            fields = _fields(await read_body(request, BODY_BYTES))
            request[CHOSEN_LANGUAGE] = _language(fields)
            new = parse_mismatch(_typed(fields))
        else:
            new = parse_mismatch(await read_json(request, BODY_BYTES))
        fold, state = await self._parts.reporting.place(request.match_info["site"])
        if fold.board.state is BoardState.ENDED:
            raise Refused("site_gone")
        now = self._parts.clock()
        event = mismatch_event(fold, state.site.id, new, now)
        at = await self._append(fold, event, now)
        taken = Taken(
            site=state.site.id,
            what=new.what,
            received_at=local(at, fold.board.zone),
            about=local(event.about or at, fold.board.zone),
        )
        if _wants_page(request):
            return self._thank(request, new, taken, now)
        return web.Response(
            status=201, body=msgspec.json.encode(taken), headers={**OPEN, "Content-Type": JSON}
        )

    async def _append(self, fold: BoardFold, event: MismatchReported, now: datetime) -> datetime:
        """Keep it, unless many of the site were kept lately; when."""
        if await self._sites.count(event.site):
            self._parts.on_report("dropped")
            return now
        at = (await self._parts.current.ledger.append(fold.slug, [event])).at
        self._parts.on_report(event.what)
        return at

    async def listed(self, request: web.Request) -> web.StreamResponse:
        """`GET /api/v1/boards/{board}/mismatches`, for the desk's programs."""
        token = await self._parts.access.token(request)
        slug = request.match_info["board"]
        check_desk(token, slug)
        fold = self._parts.current.boards.get(slug)
        if fold is None:
            raise Refused("unknown_board", "board", text=slug)
        at, zone = self._parts.clock(), fold.board.zone
        rows = [
            Listed(
                site=site,
                name=state.site.name,
                what=one.what,
                received_at=local(one.received_at, zone),
                about=local(one.about, zone),
            )
            for site, state in fold.sites.items()
            for one in standing(state, at)
        ]
        rows.sort(key=lambda row: (row.received_at, row.site), reverse=True)
        return web.Response(
            body=msgspec.json.encode(Mismatches(board=slug, mismatches=tuple(rows))),
            headers={"Content-Type": JSON, "Cache-Control": "no-store"},
        )

    # --- what a person is told ------------------------------------------------------------------------------

    def _thank(self, request: web.Request, new: NewMismatch, taken: Taken, now: datetime) -> web.Response:
        about = taken.about if new.hour is not None else None
        return self._page(request, 200, now, what=new.what, about=about)

    def refuse(self, request: web.Request, refused: Refused) -> web.StreamResponse:
        """What is told to somebody whose word was not taken: a page to a person, else problem+json."""
        if _wants_page(request):
            status = status_of(refused.code)
            response = self._page(request, status, self._parts.clock(), what="", about=None)
            response.headers.update(headers_of(refused))
        else:
            response = respond(refused, language(request))
        response.headers.update(OPEN)
        return response

    def _page(
        self, request: web.Request, status: int, at: datetime, *, what: str, about: datetime | None
    ) -> web.Response:
        lang = request.get(CHOSEN_LANGUAGE) or language(request)
        place, folder = self._parts.place(), spoken(lang).folder
        board = back = f"{UP}{folder}"
        found = self._parts.reporting.find(request.match_info["site"])
        if found:
            fold, state = found
            # Where people came from, if the public address is known; else the same page here.
            top = f"{place.public_url}/" if place.public_url else UP
            board = f"{top}{folder}{quote(fold.slug)}/"
            back = f"{board}sites/{quote(state.site.id)}.html"
        body = templating.render(
            "mismatch/told.html",
            lang,
            up=UP,
            status=status,
            header=presenter.header(found[0], place, lang, at) if found else None,
            site_name=found[1].site.name if found else "",
            what=what,
            about=about,
            back=back,
            board=board,
        )
        return web.Response(status=status, body=body, headers=PAGE)


def _wants_page(request: web.Request) -> bool:
    """A form in a browser; a script says that it wants JSON."""
    return request.content_type == FORM_MEDIA and JSON not in request.headers.get("Accept", "").lower()


def _fields(body: bytes) -> Mapping[str, str]:
    fields = parse_form(body)
    if any(len(given) != 1 for given in fields.values()):
        raise Refused("not_form")
    return {name: given[0] for name, given in fields.items()}


def _language(fields: Mapping[str, str]) -> str:
    """The language of the page that the form stood on; empty where it does not say, or says none of ours."""
    named = fields.get(LANG, "")
    return named if any(one.code == named for one in LANGUAGES) else ""


def _typed(fields: Mapping[str, str]) -> Mapping[str, object]:
    """A form's texts as the values that JSON would have; the page's language is not among them."""
    values: dict[str, object] = {name: text for name, text in fields.items() if name != LANG}
    hour = fields.get("hour", "")
    if hour.isascii() and hour.isdecimal() and len(hour) <= 2:  # noqa: PLR2004 - digits of an hour
        values["hour"] = int(hour)
    elif not hour:
        values.pop("hour", None)
    return values
