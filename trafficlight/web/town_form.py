"""The page of a town's link: a captain (点位长) reports for all sites of the town, each report its own.

A number and the rare choices for each site, or lines pasted from a chat, which fill in the numbers and send
nothing.
"""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec
from aiohttp import web

from trafficlight.actions.counts import Pasted, read_pasted
from trafficlight.domain.board import Board
from trafficlight.domain.errors import Refused
from trafficlight.domain.judge import today_at
from trafficlight.domain.kind import COUNTED
from trafficlight.domain.state import BoardFold, Report, SiteState
from trafficlight.ledger.base import LedgerUnavailable
from trafficlight.publish import presenter
from trafficlight.publish.view import SiteView
from trafficlight.text.rendering import explain, phrase
from trafficlight.web import form
from trafficlight.web.form import Question, Typed
from trafficlight.web.form_view import FormView, public_change, public_view, screen_of
from trafficlight.web.link_auth import LinkAuth, LinkParts, LinkRequest, Where
from trafficlight.web.reading import read_body

BYTES: Final = 128 * 1024
"""A town of 200 sites with every field filled in, and a day's worth of chat."""
MOST_FIELDS: Final = 2000
CHOICES: Final = ("count", "yesterday", "full", "room", "close", "reopen", "busy", "free")
_CLOSE: Final = "close:"
"""And what for; alone it is of the time when all closures were for infection."""
GROUPS: Final = ("open", "todo", "done")
NUMBERED: Final = frozenset({"count", "yesterday"})
TIMED: Final = frozenset({"count", "full"})
"""What is true at a time of today."""
_SESSION_KEY: Final = 16


class TownRow(msgspec.Struct, frozen=True, kw_only=True):
    """One site on the page."""

    screen: FormView
    typed: Typed
    question: Question | None = None
    wrong: str = ""
    find: str = ""
    """What a search on the page looks at: the name, and what people call it."""

    @property
    def group(self) -> str:
        """Where it stands: first what was not taken, then what is still to be told, then the others."""
        if self.question is not None or self.wrong:
            return "open"
        return "done" if self.screen.has_reported or self.screen.closed else "todo"


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """A report that was kept, and what the public sees of the site now."""

    report: Report
    public: SiteView
    change: str
    """About when that will be another light, in words; empty where nobody foresees it."""


class _Town(msgspec.Struct, frozen=True):
    fold: BoardFold
    board: Board
    states: Sequence[SiteState]
    at: datetime


class TownForm:
    """The handlers of a town's link (`/report/LINK/`)."""

    def __init__(self, parts: LinkParts, links: LinkAuth) -> None:
        self._parts = parts
        self._links = links

    def page(self, request: web.Request, linked: LinkRequest) -> web.StreamResponse:
        """`GET`: the sites of the town, nothing filled in."""
        town = self._town(linked)
        return self._page(request, linked, town, [self._row(town, state, linked) for state in town.states])

    async def post(self, request: web.Request, linked: LinkRequest) -> web.StreamResponse:
        """`POST`: each row that says something becomes a report; what is refused stays, with its reason."""
        fields = form.parse_form(await read_body(request, BYTES), MOST_FIELDS, BYTES)
        town, values = self._town(linked), {name: every[-1] for name, every in fields.items()}
        typed = {state.site.id: _typed(state, fields, values) for state in town.states}
        if not self._parts.sessions.is_form_token(linked.session, values.get("token", "")):
            return self._page(
                request,
                linked,
                town,
                self._rows(town, linked, typed),
                text=values.get("text", ""),
                clock=values.get("clock", ""),
                stale=True,
            )
        if values.get("do") == "read":
            return self._read(request, linked, town, typed, values)
        if not form.is_key(values.get("key", "")):
            raise Refused("not_form")
        name = f"{linked.by}\n{request.path}\n{linked.session.id}/{values['key']}"
        sent, refused = await self._take(town, linked, _timed(typed, values), name)
        rows = [
            self._row(town, state, linked, _waited(town, typed[state.site.id]), refused[state.site.id])
            if state.site.id in refused
            else self._row(town, state, linked)
            for state in town.states
        ]
        clock = values.get("clock", "") if refused else ""
        return self._page(request, linked, town, rows, sent=sent, text=values.get("text", ""), clock=clock)

    async def _take(
        self, town: _Town, linked: LinkRequest, typed: Mapping[str, Typed], name: str
    ) -> tuple[list[Receipt], dict[str, Refused]]:
        """What became of each row that says something, every one under a key of its own."""
        sent: list[Receipt] = []
        refused: dict[str, Refused] = {}
        for state in town.states:
            site = state.site.id
            if typed[site].act in NUMBERED and not typed[site].patients.strip():
                continue
            where = Where(town.fold, state, town.board)
            try:
                report = await form.post(self._parts, where, typed[site], by=linked.by, key=f"{name}/{site}")
            except Refused as wrong:
                refused[site] = wrong
            except LedgerUnavailable:
                refused[site] = Refused("ledger_unavailable")
            else:
                at = self._parts.clock()
                public = public_view(town.fold, state, at, linked.lang)
                change = public_change(town.fold, state, at, linked.lang)
                sent.append(Receipt(report=report, public=public, change=change))
        return sent, refused

    def _read(
        self,
        request: web.Request,
        linked: LinkRequest,
        town: _Town,
        typed: Mapping[str, Typed],
        values: Mapping[str, str],
    ) -> web.StreamResponse:
        """The pasted lines, each with its site or its problem; those with one stay to be put right."""
        today = today_at(town.board, town.at).day
        lines = read_pasted(values.get("text", ""), [state.site for state in town.states], today)
        read = {line.site: line for line in lines if line.site}
        filled = {
            site: msgspec.structs.replace(one, patients=read[site].written, clock=read[site].clock)
            if site in read
            else one
            for site, one in typed.items()
        }
        left = "\n".join(line.left for line in lines if line.left)
        rows = self._rows(town, linked, filled)
        return self._page(request, linked, town, rows, lines=lines, text=left, clock=values.get("clock", ""))

    # --- the page -------------------------------------------------------------------------------------------

    def _page(  # noqa: PLR0913 - who asks, and what there is to say
        self,
        request: web.Request,
        linked: LinkRequest,
        town: _Town,
        rows: Sequence[TownRow],
        *,
        sent: Sequence[Receipt] = (),
        lines: Sequence[Pasted] = (),
        text: str = "",
        clock: str = "",
        stale: bool = False,
    ) -> web.StreamResponse:
        return self._links.page(
            request,
            linked,
            "staff/town.html",
            town=linked.link.town,
            header=presenter.header(town.fold, self._parts.place(), linked.lang, town.at),
            rows=rows,
            groups=[(key, [row for row in rows if row.group == key]) for key in GROUPS],
            heard=sum(row.screen.has_reported for row in rows),
            clock=clock,
            zone=town.board.zone,
            sent=sent,
            lines=lines,
            text=text,
            stale=stale,
            counted_all=phrase(COUNTED, linked.lang),
            today=today_at(town.board, town.at).day,
            token=self._parts.sessions.form_token(linked.session),
            key=secrets.token_urlsafe(_SESSION_KEY),
        )

    def _rows(self, town: _Town, linked: LinkRequest, typed: Mapping[str, Typed]) -> list[TownRow]:
        return [self._row(town, state, linked, typed[state.site.id]) for state in town.states]

    def _row(
        self,
        town: _Town,
        state: SiteState,
        linked: LinkRequest,
        typed: Typed | None = None,
        refused: Refused | None = None,
    ) -> TownRow:
        screen = screen_of(town.fold, state, self._parts.clock(), linked.lang)
        reopen = screen.reopen.isoformat() if screen.reopen else ""
        typed = typed or Typed(seen=screen.seen, reopen=reopen, until=reopen)
        if refused is not None and refused.code in {"newer_report", "counted_before_last"}:
            typed = msgspec.structs.replace(typed, seen=screen.seen)
        question = form.question_of(refused, town.board.zone, linked.lang)
        wrong = explain(refused, linked.lang) if refused is not None and question is None else ""
        find = " ".join((state.site.name, *state.site.also))
        return TownRow(screen=screen, typed=typed, question=question, wrong=wrong, find=find)

    def _town(self, linked: LinkRequest) -> _Town:
        fold, at = self._parts.current.boards.get(linked.link.board), self._parts.clock()
        if fold is None:
            raise Refused("site_gone", board=linked.link.board)
        states = [state for state in fold.sites.values() if state.site.town == linked.link.town]
        states.sort(key=lambda state: (state.site.name, state.site.id))
        return _Town(fold, fold.board, states, at)


def _typed(state: SiteState, fields: Mapping[str, Sequence[str]], values: Mapping[str, str]) -> Typed:
    """What was typed in the row of the site."""
    site = state.site.id
    act, why = values.get(f"a.{site}", "count"), None
    if act.startswith(_CLOSE):
        act, why = "close", act.removeprefix(_CLOSE)
    if act not in CHOICES:
        raise Refused("not_form")
    return Typed(
        act=act,
        why=why,
        patients=values.get(f"n.{site}", "").strip(),
        clock=values.get(f"t.{site}", "").strip(),
        day=values.get("day", ""),
        reopen=values.get(f"r.{site}", ""),
        until=values.get(f"u.{site}", ""),
        seen=values.get(f"s.{site}", ""),
        decided=tuple(fields.get(f"d.{site}", ())),
        waiting=form.waiting_of(values.get("typed_at", ""), values.get("sent_at", "")),
    )


def _timed(typed: Mapping[str, Typed], values: Mapping[str, str]) -> dict[str, Typed]:
    """The rows with the time that was said of all of them, where it means something and they say no other."""
    clock = values.get("clock", "").strip()
    return {
        site: msgspec.structs.replace(one, clock=one.clock or clock) if one.act in TIMED else one
        for site, one in typed.items()
    }


def _waited(town: _Town, typed: Typed) -> Typed:
    """The row as it is sent again: with the time at which it was true, as it will wait no more."""
    if typed.act not in TIMED:
        return typed
    return msgspec.structs.replace(typed, clock=form.clock_of(typed, town.board, town.at))
