"""`/desk/boards/…/corrections/past`: what the public saw at an instant, or in an edition, marked as past.

The pages are made anew from the ledger as it stood then, in today's templates, and served without scripts:
these would put out lights that are long over.
"""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from aiohttp import web

from trafficlight.assets import asset_path
from trafficlight.domain.board import Board
from trafficlight.domain.day import instant
from trafficlight.domain.errors import Refused
from trafficlight.domain.state import BoardFold
from trafficlight.domain.system import SystemFold
from trafficlight.ledger.as_of import Past, board_at
from trafficlight.ledger.current import Current
from trafficlight.publish import templating
from trafficlight.publish.publisher import Publisher
from trafficlight.publish.view import TreeLocation
from trafficlight.text.languages import language, split
from trafficlight.web.desk.request import HEADERS, DeskRequest

BOARDS_CACHED: Final = 4
"""Pasts kept at hand, for whoever follows a page's links; each is a board, some megabytes."""
CACHE_BYTES: Final = 4 * 2**20
FINAL_AFTER: Final = timedelta(minutes=1)
"""So long ago nothing comes in between any more, on any node."""
EDITION: Final = re.compile(r"p(\d{1,12})")
INSTANT: Final = re.compile(r"\d{8}T\d{6}Z")
FORMAT: Final = "%Y%m%dT%H%M%SZ"
CSP: Final = (
    f"default-src 'none'; style-src 'self' {templating.INLINE_STYLES.digest}; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_BODY: Final = re.compile(rb"<body[^>]*>")


class PastBoard(NamedTuple):
    """A board as it stood, and what is published of it."""

    fold: BoardFold
    at: datetime
    publisher: Publisher


class PastBoards:
    """Makes boards as they stood, one at a time, and keeps the last ones. One for the process."""

    def __init__(self, current: Current, clock: Callable[[], datetime]) -> None:
        self._current = current
        self._clock = clock
        self._lock = asyncio.Lock()
        self._cache: OrderedDict[tuple[str, str], PastBoard] = OrderedDict()

    async def then(self, board: str, when: str) -> PastBoard:
        """The board as of `when`, an edition or an instant as addresses have it; `Refused`: `not_found`."""
        async with self._lock:
            known = self._cache.get((board, when))
            if known is not None:
                self._cache.move_to_end((board, when))
                return known
            until = _read(when)
            now = self._clock()
            if until is None or (isinstance(until, datetime) and until > now):
                raise Refused("not_found")
            found = await board_at(self._current.ledger, board, until)
            if found is None:
                raise Refused("not_found")
            fold, at = found
            config = self._current.system.config
            place = TreeLocation(licence=config.get("licence", ""), contact=config.get("contact", ""))
            past = Past(system=SystemFold(), boards={board: fold})
            then = PastBoard(fold, at, Publisher(past, lambda: place, cache_bytes=CACHE_BYTES))
            if at < now - FINAL_AFTER:
                self._cache[board, when] = then
                if len(self._cache) > BOARDS_CACHED:
                    self._cache.popitem(last=False)
            return then


PAST_BOARDS: Final = web.AppKey("desk-pasts", PastBoards)


async def show(desk: DeskRequest) -> web.Response:
    """The form that asks for an instant or an edition; with one of them, the way to it."""
    query, board = desk.request.query, desk.fold.board
    when = _asked(query.get("edition", "").strip(), query.get("at", "").strip(), board)
    wrong = bool(query.get("edition", "") or query.get("at", ""))
    if when:
        try:
            await desk.request.app[PAST_BOARDS].then(desk.board, when)
        except Refused:
            pass
        else:
            folder = language(desk.lang).folder
            here = f"{desk.up}desk/boards/{desk.board}/corrections/past"
            to = f"{here}/{when}/{folder}{desk.board}/index.html"
            return web.Response(status=303, headers={**HEADERS, "Location": to})
    response = desk.page(
        "desk/corrections/past.html",
        offered=f"{desk.local(desk.at):%Y-%m-%dT%H:%M}",
        edition=desk.fold.edition,
        asked_edition=query.get("edition", "")[:12],
        asked_at=query.get("at", "")[:32],
        wrong=wrong,
    )
    if wrong:
        response.set_status(404)
    return response


async def serve(desk: DeskRequest) -> web.Response:
    """A page of the tree as it was, or what it needs; of the one board alone."""
    then = await desk.request.app[PAST_BOARDS].then(desk.board, desk.request.match_info["at"])
    path = desk.request.match_info["path"]
    below = split(path)[1]
    if below in {desk.board, f"{desk.board}/"}:
        path = f"{path.rstrip('/')}/index.html"
    elif not below.startswith((f"{desk.board}/", "assets/")):
        raise Refused("not_found")
    published = then.publisher.find(path, then.at)
    if published is None:
        raise Refused("not_found")
    body = published.body
    if published.media == templating.HTML:
        body = _marked(desk, then, body, path.count("/"))
    return web.Response(
        body=body, headers={**HEADERS, "Content-Type": published.media, "Content-Security-Policy": CSP}
    )


def _marked(desk: DeskRequest, then: PastBoard, body: bytes, depth: int) -> bytes:
    """The page with a line above it that nobody can take for the present, on the screen and on paper."""
    mark = templating.render(
        "desk/corrections/past_mark.html",
        desk.lang,
        board=desk.board,
        up=desk.up,
        at=desk.local(then.at),
        edition=then.fold.edition,
    )
    style = f'<link rel="stylesheet" href="{"../" * depth}{asset_path("past.css")}">\n'.encode()
    body = body.replace(b"</head>", style + b"</head>", 1)
    return _BODY.sub(lambda found: found[0] + mark, body, count=1)


def _asked(edition: str, at: str, board: Board) -> str:
    """What the form asks for as addresses have it; empty for what is neither edition nor instant."""
    if edition:
        return f"p{int(edition)}" if edition.isdecimal() and len(edition) <= len("999999999999") else ""
    try:
        wall = datetime.fromisoformat(at)
        # To the end of the minute that was typed: what came in within it is what people remember of it.
        end = wall.replace(second=59, microsecond=0) if not wall.second else wall.replace(microsecond=0)
        found = instant(end.date(), end.time(), board.zone) if end.tzinfo is None else end
        return address_of(found)
    except (ValueError, OverflowError):
        return ""


def address_of(at: datetime) -> str:
    """The instant as addresses have it, to the whole second at which it has come."""
    whole = at.replace(microsecond=0)
    return (whole if whole == at else whole + timedelta(seconds=1)).astimezone(UTC).strftime(FORMAT)


def _read(when: str) -> datetime | int | None:
    edition = EDITION.fullmatch(when)
    if edition:
        return int(edition[1])
    if INSTANT.fullmatch(when):
        try:
            return datetime.strptime(when, FORMAT).replace(tzinfo=UTC)
        except ValueError:
            return None
    return None
