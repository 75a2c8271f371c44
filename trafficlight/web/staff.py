"""The clinic's pages behind a posting link: one screen, ten seconds, no password, no way to break anything.

They work without a script. What is refused is shown again with what was typed, and a sentence where it
belongs.
"""

import secrets
from collections.abc import Mapping
from datetime import date
from typing import Any, Final, NamedTuple

import msgspec
from aiohttp import web
from msgspec.structs import replace

from trafficlight.domain.board import Board
from trafficlight.domain.day import ONE_DAY, local
from trafficlight.domain.errors import Refused
from trafficlight.domain.ids import check_site_id
from trafficlight.domain.judge import today_at
from trafficlight.domain.state import KEEP_REPORTS, BoardFold, Report, SiteState, tally_of
from trafficlight.domain.system import Link
from trafficlight.doors.reporting import Sent, body_digest
from trafficlight.ledger.base import Key, KeyReused, LedgerUnavailable
from trafficlight.publish import telling, templating, words
from trafficlight.web import form
from trafficlight.web.access import is_https
from trafficlight.web.form import Typed
from trafficlight.web.node import Node
from trafficlight.web.problems import problem_of, sentence
from trafficlight.web.reading import read_body
from trafficlight.web.screen import next_due, screen_of, shown_of
from trafficlight.web.sessions import LASTS, Session

COOKIE: Final = "link"
FORM_MEDIA: Final = "application/x-www-form-urlencoded"
HEADERS: Final[Mapping[str, str]] = {
    "Content-Type": templating.HTML,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
}
ASKED: Final = frozenset({"needs_confirmation", "newer_report", "lower_number", "stale_form"})
"""Refusals that are questions, told above the form."""


class Visit(msgspec.Struct, frozen=True):
    """Somebody who came in by a link in force."""

    session: Session
    link: Link
    up: str
    """The way from the page to the top of the tree."""


class _Place(NamedTuple):
    """A site where it is."""

    fold: BoardFold
    state: SiteState
    board: Board


class Staff:
    """The handlers of `/enter/` and `/report/`."""

    def __init__(self, node: Node) -> None:
        self._node = node

    async def enter(self, request: web.Request) -> web.StreamResponse:
        """`GET /enter/SECRET`: the secret leaves the address bar at once, and stays in a cookie's stead."""
        digest, link = await self._node.access.link(request, request.match_info["secret"])
        response = web.Response(status=303, headers={**HEADERS, "Location": f"../report/{link.id}/"})
        if request.method == "GET":
            board = link.board or self._node.current.system.directory.get(link.site, "")
            session = self._node.sessions.begin(link.id, digest, board)
            response.set_cookie(
                COOKIE,
                self._node.sessions.cookie(session),
                max_age=int(LASTS.total_seconds()),
                path=f"/report/{link.id}/",
                secure=is_https(request, self._node.settings.trusted_proxies, self._node.place()),
                httponly=True,
                samesite="Lax",
            )
        return response

    async def form(self, request: web.Request) -> web.StreamResponse:
        """`GET /report/LINK/`, for a town's link the list of its sites; `GET /report/LINK/SITE/`."""
        visit = await self._visit(request)
        if visit.link.town and "site" not in request.match_info:
            return self._town(visit)
        place = await self._site(request, visit)
        return self._form(visit, place, self._blank(place))

    async def post(self, request: web.Request) -> web.StreamResponse:
        """`POST` of the form: a receipt by 303, or the form again with what was typed."""
        visit = await self._visit(request)
        place = await self._site(request, visit)
        if request.content_type != FORM_MEDIA:
            raise Refused("not_form")
        typed = form.typed_of(form.parse_form(await read_body(request, form.FORM_BYTES)))
        if not self._node.sessions.is_form_token(visit.session, typed.token):
            return self._form(visit, place, typed, Refused("stale_form"))
        typed = form.with_sum(typed)
        try:
            kept = await self._keep(request, visit, place, typed)
        except Refused as refused:
            return self._form(visit, place, typed, refused)
        except LedgerUnavailable:
            return self._form(visit, place, typed, Refused("ledger_unavailable"))
        return _see_other(f"done?r={kept}")

    async def undo(self, request: web.Request) -> web.StreamResponse:
        """`POST …/undo`: the report is as if never made."""
        visit = await self._visit(request)
        place = await self._site(request, visit)
        if request.content_type != FORM_MEDIA:
            raise Refused("not_form")
        fields = form.parse_form(await read_body(request, form.FORM_BYTES))
        token, report = fields.get("token", [""])[-1], fields.get("report", [""])[-1]
        if not self._node.sessions.is_form_token(visit.session, token):
            raise Refused("stale_form")
        by = f"link:{visit.link.id}"
        try:
            await self._node.reporting.withdraw(place.state.site.id, report, by=by, now=self._node.clock())
        except Refused as refused:
            return _see_other(f"done?not={refused.code}")
        return _see_other("done?undone=1")

    async def done(self, request: web.Request) -> web.StreamResponse:
        """`GET …/done`: what the public sees now, whatever was done."""
        visit = await self._visit(request)
        place, wanted = await self._site(request, visit), request.query.get("r", "")
        report = _report(place.state, wanted)
        if wanted and report is None:
            await self._node.freshness.refresh()  # it may have been posted at another node a moment ago
            place = await self._site(request, visit)
            report = _report(place.state, wanted)
        fold, state, zone, at = place.fold, place.state, place.board.zone, self._node.clock()
        return self._page(
            "staff/done.html",
            visit,
            site=state.site,
            board=fold.slug,
            header=telling.header(fold, self._node.place(), words.ZH, at),
            shown=shown_of(fold, state, at),
            token=self._node.sessions.form_token(visit.session),
            report=report,
            at=local(report.at, zone) if report else None,
            due=next_due(fold, at),
            today=local(at, zone).date(),
            undone="undone" in request.query,
            failed=_why_not(request.query.get("not", "")),
        )

    def tell(self, request: web.Request, refused: Refused) -> web.StreamResponse:
        """A refusal as a page: what is wrong, and whom to phone where that is known."""
        folds = self._node.current.boards
        known = folds.get(refused.params.get("board", ""))
        candidates = [known] if known else [fold for fold in folds.values() if fold.board is not None]
        fold = candidates[0] if len(candidates) == 1 else None
        headers = dict(HEADERS)
        if "retry_after" in refused.params:
            headers["Retry-After"] = str(refused.params["retry_after"])
        if "allow" in refused.params:
            headers["Allow"] = refused.params["allow"]
        body = templating.render(
            "staff/told.html",
            up="../" * request.path.count("/", 1),
            code=refused.code,
            text=sentence(refused),
            header=telling.header(fold, self._node.place(), words.ZH, self._node.clock()) if fold else None,
        )
        return web.Response(status=problem_of(refused.code).status, body=body, headers=headers)

    # --- a report -------------------------------------------------------------------------------------------

    async def _keep(self, request: web.Request, visit: Visit, place: _Place, typed: Typed) -> str:
        """The id of the report that the form became."""
        now = self._node.clock()
        day = today_at(place.board, now).day
        report = form.report_of(typed, day - ONE_DAY)
        tally = tally_of(place.state, report.service_day or day)
        if typed.seen == (place.state.reports[-1].id if place.state.reports else ""):
            # Who has not seen the last report is asked about that first, or has only tapped twice.
            form.check_lower(typed, report, tally.patients if tally else None)
        site = place.state.site.id
        by = f"link:{visit.link.id}"
        name = f"{by}\n{request.path}\n{visit.session.id}/{typed.key}"
        sent = Sent(by=by, now=now, key=Key(name=name, body=body_digest(site, report)), seen=typed.seen)
        try:
            return (await self._node.reporting.post(site, report, sent)).report.id
        except KeyReused:
            # Gone back, changed the number, sent again: to be asked about, like anybody else's newer report.
            _, state = await self._node.reporting.place(site)
            raise Refused("newer_report", newer=state.reports[-1]) from None

    # --- pages ----------------------------------------------------------------------------------------------

    def _form(
        self, visit: Visit, place: _Place, typed: Typed, refused: Refused | None = None
    ) -> web.StreamResponse:
        screen = screen_of(place.fold, place.state, self._node.clock())
        code, field = (refused.code, refused.field) if refused else ("", "")
        asked = code in ASKED
        if code == "newer_report":
            typed = replace(typed, key=_new_key(), seen=screen.seen)
        day = None if field == "service_day" else _day(typed.day)
        return self._page(
            "staff/form.html",
            visit,
            status=problem_of(refused.code).status if refused else 200,
            screen=screen,
            typed=typed,
            day=day or screen.today,
            asked=refused if asked else None,
            newer=refused.params.get("newer") if refused else None,
            wrong={field or "patients": sentence(refused)} if refused and not asked else {},
            token=self._node.sessions.form_token(visit.session),
        )

    def _blank(self, place: _Place) -> Typed:
        """The form before anything was typed."""
        screen = screen_of(place.fold, place.state, self._node.clock())
        return Typed(
            busy=screen.busy,
            was_busy=screen.busy,
            day=screen.today.isoformat(),
            seen=screen.seen,
            key=_new_key(),
        )

    def _town(self, visit: Visit) -> web.StreamResponse:
        """The sites of a town, each leading to its form."""
        fold = self._node.current.boards.get(visit.link.board)
        if fold is None or fold.board is None:
            raise Refused("site_gone", board=visit.link.board)
        at = self._node.clock()
        sites = [state for state in fold.sites.values() if state.site.town == visit.link.town]
        return self._page(
            "staff/town.html",
            visit,
            town=visit.link.town,
            header=telling.header(fold, self._node.place(), words.ZH, at),
            sites=[
                (
                    shown_of(fold, state, at),
                    local(state.heard_at, fold.board.zone) if state.heard_at else None,
                )
                for state in sorted(sites, key=lambda state: state.site.name)
            ],
            today=today_at(fold.board, at).day,
        )

    def _page(self, template: str, visit: Visit, *, status: int = 200, **values: Any) -> web.Response:
        return web.Response(
            status=status, body=templating.render(template, up=visit.up, **values), headers=HEADERS
        )

    # --- who, and for which site ----------------------------------------------------------------------------

    async def _visit(self, request: web.Request) -> Visit:
        """The session of the cookie, if its link is still in force: asked at each request."""
        session = self._node.sessions.read(request.cookies.get(COOKIE, ""))
        if session is None or session.link != request.match_info["link"]:
            raise Refused("no_session")
        link = self._link(session)
        if link is None:
            await self._node.freshness.refresh()
            link = self._link(session)
        if link is None:
            raise Refused("link_revoked", board=session.board)
        return Visit(session, link, "../" * request.path.count("/", 1))

    def _link(self, session: Session) -> Link | None:
        link = self._node.current.system.links.get(session.digest)
        return link if link and link.id == session.link else None

    async def _site(self, request: web.Request, visit: Visit) -> _Place:
        """The site of the page; `Refused` with `site_gone` where the link does not lead to one."""
        named = request.match_info.get("site", visit.link.site)
        try:
            fold, state = await self._node.reporting.place(check_site_id(named))
        except Refused as refused:
            if refused.code == "overloaded":
                raise
            raise Refused("site_gone", board=visit.session.board) from None
        link, board = visit.link, fold.board
        own = link.site == named if link.site else (link.board, link.town) == (fold.slug, state.site.town)
        if not own or board is None:
            raise Refused("site_gone", board=visit.session.board)
        return _Place(fold, state, board)


def _report(state: SiteState, wanted: str) -> Report | None:
    return next((report for report in state.reports if report.id == wanted), None)


def _why_not(code: str) -> str:
    """Why a report was not taken back, in words; empty where it was, or where nobody asked."""
    return sentence(Refused(code, days=KEEP_REPORTS.days)) if code in {"unknown_report", "too_old"} else ""


def _see_other(where: str) -> web.Response:
    return web.Response(status=303, headers={**HEADERS, "Location": where})


def _new_key() -> str:
    return secrets.token_urlsafe(12)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
