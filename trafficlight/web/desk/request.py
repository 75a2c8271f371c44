"""What a page's handler is given: who asks, about what, and the ways to answer and to keep."""

import asyncio
import secrets
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import msgspec
from aiohttp import web

from trafficlight.actions.changing import Changes
from trafficlight.actions.freshness import Freshness
from trafficlight.actions.reporting import Reporting
from trafficlight.domain.day import local
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import Event
from trafficlight.domain.kind import label
from trafficlight.domain.state import BoardFold
from trafficlight.domain.system import SystemFold
from trafficlight.domain.users import Session, User
from trafficlight.ledger.base import Appended, Key, KeyReused, Ledger
from trafficlight.ledger.current import FOLLOWED_WITHIN, Current
from trafficlight.publish import templating
from trafficlight.publish.publisher import Publisher
from trafficlight.publish.view import TreeLocation
from trafficlight.text.languages import translate
from trafficlight.web.access import Throttles, is_https
from trafficlight.web.desk.form import DeskForm
from trafficlight.web.desk.rights import may, require
from trafficlight.web.seal import Seal
from trafficlight.wechat.pushing import Pusher

if TYPE_CHECKING:
    from trafficlight.web.desk.base import Section

FLASH: Final = "desk-done"
CSRF: Final = "desk-form"
ZONE: Final = "Asia/Shanghai"
"""Of pages that are of no board."""
HEADERS: Final[Mapping[str, str]] = {
    "Content-Type": templating.HTML,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
}


class DeskView(msgspec.Struct, frozen=True, kw_only=True):
    """What a template may know of the request; it finds no way from here to the state of a ledger."""

    board: str
    """The slug of the page's board; empty where it is of none, as is its name."""
    board_name: str
    boards: tuple[tuple[str, str, bool], ...]
    """Those that the user may see: the way to the same page of each, its name, and whether it is this one."""
    user: str
    navigation: tuple[tuple[str, str, bool], ...]
    """The sections that the user may enter: the way to each, its label, and whether this page is in it."""
    flash: str
    """What was just done, in words; shown once."""
    token: str
    """By which a form is known to be this session's; see `desk/parts.html`."""
    new_key: Callable[[], str]
    """A name for a form, by which it is taken once."""
    may: Callable[[str], bool]
    say: Callable[..., str]
    query: Callable[..., str]
    """The page's query with something changed in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskParts:
    """What the desk is made of, all of it: its frame, its sign-in and its pages."""

    clock: Callable[[], datetime]
    current: Current
    freshness: Freshness
    reporting: Reporting
    publisher: Publisher
    place: Callable[[], TreeLocation]
    seal: Seal
    throttles: Throttles
    trusted_proxies: int
    pusher: Pusher | None
    """Sends articles to the official account, where one is set."""
    meanwhile: Callable[[Coroutine[None, None, None], str], asyncio.Task[None]]
    """Starts work that outlasts the request, under a name."""
    private_webhooks: bool
    """Whether robots may be in private networks too."""
    on_sign_in: Callable[[str], None]
    """Announced for every sign-in: `signed_in`, or the code of its refusal."""


class DeskRequest:
    """One request of somebody who is signed in and may do what the page is for."""

    def __init__(self, parts: DeskParts, request: web.Request, who: tuple[Session, User], lang: str) -> None:
        self.parts = parts
        self.request = request
        self.session, self.user = who
        self.lang = lang
        """The code of the user's language: zh-Hans, zh-Hant or en."""
        self.at: datetime = parts.clock()
        """The instant of the request: the one to judge by."""
        self.board: str = request.match_info.get("board", "")
        """The slug in the page's path; empty where there is none."""
        self.form = DeskForm()
        """What was sent; empty when the page is opened."""
        self.sections: tuple[Section, ...] = ()
        self.refusal: Refused | None = None
        """Why the form is shown again."""
        self.flash = ""
        """What was just done, in words; shown once."""
        self._appends = 0

    # --- what there is --------------------------------------------------------------------------------------

    @property
    def fold(self) -> BoardFold:
        """The page's board as it stands now; `Refused` with `not_found` where it was never put."""
        fold = self.parts.current.boards.get(self.board)
        if fold is None:
            raise Refused("not_found")
        return fold

    @property
    def ledger(self) -> Ledger:
        """Where all of it is recorded."""
        return self.parts.current.ledger

    @property
    def system(self) -> SystemFold:
        """Users, links, tokens and shared settings as they stand now."""
        return self.parts.current.system

    @property
    def boards(self) -> list[BoardFold]:
        """The boards that the user may see, by name."""
        seen = [fold for fold in self.parts.current.boards.values() if may(self.user, "board.see", fold.slug)]
        return sorted(seen, key=lambda fold: (fold.board.name, fold.slug))

    @property
    def by(self) -> str:
        """Who did it, as the ledger has it."""
        return f"user:{self.user.id}"

    def may(self, action: str) -> bool:
        """Whether the user may do it, on the page's board where the action is of a board."""
        return may(self.user, action, self.board)

    def require(self, action: str) -> None:
        """`Refused` where the user may not; for pages whose form does several things."""
        require(self.user, action, self.board)

    def local(self, at: datetime) -> datetime:
        """The instant on the clock of the page's board."""
        fold = self.parts.current.boards.get(self.board)
        return local(at, fold.board.zone if fold else ZONE)

    def say(self, text: str, **values: object) -> str:
        """The sentence, marked with `N_` where it is written, in the user's language."""
        text_in_language = translate(text, self.lang)
        return text_in_language % values if values else text_in_language

    def kind(self, code: str) -> str:
        """A kind of site in the user's language; a county's own in its words."""
        return translate(label(code), self.lang)

    def who(self, by: str) -> str:
        """Whoever an event's `by` means, in words: a user by name."""
        kind, _, name = by.partition(":")
        return self.system.users.names.get(name, by) if kind == "user" else by

    # --- the ways to keep -----------------------------------------------------------------------------------

    async def append(
        self, events: Sequence[Event], *, board: str = "", expect: int | None = None
    ) -> Appended:
        """Keep the events on the page's board (or `SYSTEM`), as done by the user; folded when this returns.

        The same form sent twice keeps them once. Raises `PositionMoved`, `KeyReused`, `LedgerUnavailable`.
        """
        board = board or self.board
        if self.form.fields and not self.form.value("key"):
            raise Refused("not_form")
        signed = [msgspec.structs.replace(event, by=self.by) for event in events]
        appended = await self.ledger.append(board, signed, self.form_key(), expect)
        await self._follow(board, appended)
        return appended

    def changes(
        self,
        subject: Callable[[Any], object] | None = None,
        seen: str | None = None,
        check: Callable[[Any], None] | None = None,
    ) -> "DeskChanges":
        """The user's way to change things, on what stands there then.

        `subject` gives what the form edits, and `seen` is its mark when the form was made (by default the
        field of that name): where it is another by now it is `Refused` with `changed_meanwhile`, and both are
        shown. `check` may refuse for a reason of the page's own.
        """
        return DeskChanges(self, subject, self.form.value("seen") if seen is None else seen, check)

    async def first_taken(self, board: str) -> Appended | None:
        """Where what this very form asked for stands, if it was taken before, as its key tells; folded here.

        A second tap is told what the first one was.
        """
        key = self.form_key()
        first = await self.ledger.used(board, key) if key else None
        if first is not None:
            await self._follow(board, first)
        return first

    async def _follow(self, board: str, appended: Appended) -> None:
        """Return when it is folded here; what the form keeps next has a key of its own."""
        await self.parts.current.reached(board, appended.positions[-1], FOLLOWED_WITHIN)
        self._appends += 1

    def form_key(self) -> Key | None:
        """Makes what the form asks for happen once; None for a form without a key."""
        key = self.form.value("key")[:64]
        if not key:
            return None
        name = f"{self.by}\n{self.request.path}\n{self.session.id}/{key}/{self._appends}"
        return Key(name=name, body=self.form.digest)

    # --- the ways to answer ---------------------------------------------------------------------------------

    @property
    def up(self) -> str:
        """The way from the page to the top of the tree, wherever that is."""
        return "../" * self.request.path.count("/", 1)

    def page(self, template: str, **values: Any) -> web.Response:
        """The template filled in; it finds `desk` and `form` beside the values."""
        body = templating.render(template, self.lang, desk=self._view(), form=self.form, up=self.up, **values)
        return web.Response(body=body, headers=HEADERS)

    def done(self, path: str, text: str, **values: object) -> web.Response:
        """After a form: to the page at the path (below `/desk`), which says once what was done."""
        response = web.Response(status=303, headers={**HEADERS, "Location": f"{self.up}desk{path}"})
        response.set_cookie(
            FLASH,
            self.parts.seal.sealed(FLASH, (text, values)),
            max_age=60,
            secure=is_https(self.request, self.parts.trusted_proxies, self.parts.place()),
            httponly=True,
            samesite="Lax",
        )
        return response

    def file(self, body: bytes, media: str, name: str) -> web.Response:
        """A file to be kept, under an ASCII name."""
        headers = {**HEADERS, "Content-Type": media, "Content-Disposition": f'attachment; filename="{name}"'}
        return web.Response(body=body, headers=headers)

    # --- what templates are given ---------------------------------------------------------------------------

    def _view(self) -> DeskView:
        boards, name = self.boards, self.fold.board.name if self.board else ""
        return DeskView(
            board=self.board,
            board_name=name,
            boards=tuple((self._to(one.slug), one.board.name, one.slug == self.board) for one in boards),
            user=self.user.name,
            navigation=tuple(self._navigation(boards)),
            flash=self.flash,
            token=self.parts.seal.token(CSRF, self.session.id),
            new_key=lambda: secrets.token_urlsafe(12),
            may=self.may,
            say=self.say,
            query=lambda **changed: "?" + urlencode({**self.request.query, **changed}),
        )

    def _navigation(self, boards: Sequence[BoardFold]) -> Iterator[tuple[str, str, bool]]:
        """On a board's pages without what is of no board: the boards and the user's own name lead there."""
        board = self.board or (boards[0].slug if len(boards) == 1 else "")
        route = self.request.match_info.route.resource
        here = route.canonical.removeprefix("/desk") if route else ""
        for section in self.sections:
            of_board = "{board}" in section.home
            if (of_board and not board) or (self.board and section.home and not of_board):
                continue
            if may(self.user, section.see, board if of_board else ""):
                path = f"{self.up}desk{section.home.replace('{board}', board)}"
                yield path, self.say(section.label), any(page.path == here for page in section.pages)

    def _to(self, slug: str) -> str:
        """The way to the same page of another board; to its day from what is about one thing of this one."""
        route = self.request.match_info.route.resource
        own = route.canonical if route and self.board else ""
        path = own if own.count("{") == 1 else "/desk/boards/{board}/today"
        return f"{self.up}{path.lstrip('/').replace('{board}', slug)}"


class DeskChanges(Changes):
    """Changes by a user of the desk: decided on what stands here, each form taken once."""

    def __init__(
        self,
        desk: DeskRequest,
        subject: Callable[[Any], object] | None,
        seen: str,
        check: Callable[[Any], None] | None,
    ) -> None:
        super().__init__(desk.by)
        self._desk = desk
        self._subject = subject
        self._seen = seen
        self._check = check

    async def board_now(self, slug: str) -> tuple[BoardFold | None, int]:
        current = self._desk.parts.current
        return current.boards.get(slug), current.position(slug)

    async def system_now(self) -> SystemFold:
        return self._desk.system

    async def append(self, board: str, events: Sequence[Event], expect: int) -> Appended:
        return await self._desk.append(events, board=board, expect=expect)

    def check(self, fold: BoardFold | SystemFold | None) -> None:
        if self._subject is not None and mark(self._subject(fold)) != self._seen:
            raise Refused("changed_meanwhile")
        if self._check is not None:
            self._check(fold)

    async def first(self, board: str) -> Appended | None:
        with suppress(KeyReused):  # another form under the key: not this change
            return await self._desk.first_taken(board)
        return None

    async def catch_up(self) -> None:
        await self._desk.parts.freshness.refresh()


def mark(subject: object) -> str:
    """Tells one state of what is edited from another; forms carry it as `seen`."""
    return blake2b(_canonical.encode(subject), digest_size=12).hexdigest()


_canonical: Final = msgspec.json.Encoder(order="deterministic")
