"""The API for programs: reports, one or many, and taking one back. What it answers is docs/api.md."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, Final

import msgspec
from aiohttp import web
from msgspec import UNSET, UnsetType

from trafficlight.actions.freshness import Freshness
from trafficlight.actions.reporting import AcceptedReport, Reporting, Submission
from trafficlight.domain.board_lights import as_published
from trafficlight.domain.day import local
from trafficlight.domain.errors import Refused
from trafficlight.domain.ids import check_site_id
from trafficlight.domain.system import Token
from trafficlight.ledger.base import LedgerUnavailable
from trafficlight.publish import presenter
from trafficlight.web.access import Access, check_yours
from trafficlight.web.problems import as_problem, language
from trafficlight.web.reading import BULK_BYTES, REPORT_BYTES, read_json

MOST_IN_BULK: Final = 1000
MOST_AT_ONCE: Final = 5000
"""Reports in flight; the ledger keeps so many in half a second. Who comes later is told to come back."""
LONGEST_KEY: Final = 255
JSON: Final = "application/json"
_Away = LedgerUnavailable | Refused
"""Why the ledger's end could not be read: it is away, or too many wait for it."""


class ReportAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What a reporter is told: what the public sees of the site from this report on."""

    id: str
    site: str
    service_day: date
    patients: int | None
    staff_infected: bool | None
    light: str | None
    reason: str
    action: str
    valid_until: datetime
    position: int
    counted_at: datetime | UnsetType = UNSET
    """When its figures were true, where that was told."""


def answer_of(accepted: AcceptedReport) -> ReportAnswer:
    """The answer as of the report's very position, and so the same whenever it is asked for."""
    board, report = accepted.board.board, accepted.report
    assert report.answer is not None  # noqa: S101 - the fold gives every report it keeps its answer
    judged, kind = as_published(board, report.answer), accepted.site.site.kind
    return ReportAnswer(
        id=report.id,
        site=accepted.site.site.id,
        service_day=report.day,
        patients=report.patients,
        staff_infected=report.staff_infected,
        light=judged.light,
        reason=presenter.public_reason(judged.reason, kind),
        action=presenter.action(board, kind, judged, report.at),
        valid_until=local(judged.valid_until, board.zone),
        position=report.position,
        counted_at=local(report.counted_at, board.zone) if report.counted_at else UNSET,
    )


class Api:
    """The handlers of `/api/`."""

    def __init__(
        self, access: Access, reporting: Reporting, freshness: Freshness, clock: Callable[[], datetime]
    ) -> None:
        self._access = access
        self._reporting = reporting
        self._freshness = freshness
        self._clock = clock
        self._in_flight = 0

    async def report(self, request: web.Request) -> web.StreamResponse:
        """`POST /api/v1/sites/{id}/reports`."""
        site, token = await self._entitled(request)
        key = _key(request)
        raw = await read_json(request, REPORT_BYTES)
        sent = Submission(
            by=_by(token),
            now=self._clock(),
            key=_key_name(token, request.path, key) if key else None,
            seen=request.query.get("seen") if request.query_string else None,
        )
        with self._room(1):
            accepted = await self._reporting.post_report(site, raw, sent)
        return web.Response(
            status=200 if accepted.replayed else 201,
            body=msgspec.json.encode(answer_of(accepted)),
            headers={
                "Content-Type": JSON,
                "Cache-Control": "no-store",
                "Location": f"/api/v1/sites/{site}/reports/{accepted.report.id}",
            },
        )

    async def read(self, request: web.Request) -> web.StreamResponse:
        """`GET /api/v1/sites/{id}/reports/{report}`: as it was answered, while it could be withdrawn."""
        site, _ = await self._entitled(request)
        accepted = await self._reporting.read_report(site, request.match_info["report"])
        return web.Response(
            body=msgspec.json.encode(answer_of(accepted)),
            headers={"Content-Type": JSON, "Cache-Control": "no-store"},
        )

    async def withdraw(self, request: web.Request) -> web.StreamResponse:
        """`DELETE /api/v1/sites/{id}/reports/{report}`."""
        site, token = await self._entitled(request)
        report = request.match_info["report"]
        await self._reporting.withdraw_report(site, report, by=_by(token), now=self._clock())
        return web.Response(status=204, headers={"Cache-Control": "no-store"})

    async def bulk(self, request: web.Request) -> web.StreamResponse:
        """`POST /api/v1/reports`."""
        token = await self._access.token(request)
        key = _key(request)
        items = _items(await read_json(request, BULK_BYTES))
        lang = language(request)
        # A site's own items one after the other, in the order given: the last is the one that counts.
        by_site: defaultdict[object, list[int]] = defaultdict(list)
        for index, item in enumerate(items):
            named = item.get("site") if isinstance(item, Mapping) else None
            by_site[named if isinstance(named, str) else index].append(index)
        results: list[dict[str, Any]] = [{} for _ in items]

        away = await self._look_once(token, by_site)
        # What is of no site known now is answered without waiting for anything, and takes nobody's place.
        known = {site for site in by_site if isinstance(site, str) and self._reporting.find(site)}

        async def take(site: object, room: _Room) -> None:
            for index in by_site[site]:
                name = key and _key_name(token, request.path, f"{key}/{index}")
                results[index] = await self._take(token, items[index], name, lang, away)
                if site in known:
                    room.give_back()

        with self._room(sum(len(by_site[site]) for site in known)) as room:
            await asyncio.gather(*(take(site, room) for site in by_site))
        if results and all(result["status"] == 503 for result in results):  # noqa: PLR2004
            raise LedgerUnavailable("not one of them was kept")
        return web.Response(
            body=msgspec.json.encode({"results": results}),
            headers={"Content-Type": JSON, "Cache-Control": "no-store"},
        )

    async def _look_once(self, token: Token, named: Iterable[object]) -> _Away | None:
        """Read the ledger's end once for all sites that are unknown here; what kept it from being read.

        Once for a whole request: a thousand items of unknown sites must not wait one after the other.
        """
        find = self._reporting.find
        if any(isinstance(site, str) and not find(site) and _may_appear(token, site) for site in named):
            try:
                await self._freshness.refresh()
            except (LedgerUnavailable, Refused) as error:
                return error
        return None

    async def _take(
        self, token: Token, item: object, key: str | None, lang: str, away: _Away | None
    ) -> dict[str, Any]:
        try:
            return await self._append(token, item, key, away)
        except Refused as refused:
            problem = as_problem(refused, lang)
        except LedgerUnavailable:
            problem = as_problem(Refused("ledger_unavailable"), lang)
        return {name: value for name, value in problem.items() if name not in {"type", "title"}}

    async def _append(
        self, token: Token, item: object, key: str | None, away: _Away | None
    ) -> dict[str, Any]:
        if not isinstance(item, Mapping):
            raise Refused("wrong_type", None, expected="object")
        if "site" not in item:
            raise Refused("missing", "site")
        site = item["site"]
        if type(site) is not str:
            raise Refused("wrong_type", "site", expected="text")
        found = self._reporting.find(site)
        if found is None:
            if away and _may_appear(token, site):
                raise away
            raise Refused("unknown_site", "site", site=site[:80])
        check_yours(token, site, found[0].slug)
        raw = {name: value for name, value in item.items() if name != "site"}
        sent = Submission(by=_by(token), now=self._clock(), key=key)
        accepted = await self._reporting.post_report(site, raw, sent)
        answer = msgspec.structs.asdict(answer_of(accepted))
        given = {name: value for name, value in answer.items() if value is not UNSET}
        return {"status": 200 if accepted.replayed else 201, **given}

    async def _entitled(self, request: web.Request) -> tuple[str, Token]:
        """The site in the path and the token that may speak for it."""
        access, reporting = self._access, self._reporting
        token = access.known(request) or await access.token(request)
        try:
            site = check_site_id(request.match_info["site"])
        except Refused:
            raise Refused("unknown_site", "site", site=request.match_info["site"][:80]) from None
        found = reporting.find(site)
        if found is None and not _may_appear(token, site):
            raise Refused("unknown_site", "site", site=site)
        fold, _ = found or await reporting.place(site)
        check_yours(token, site, fold.slug)
        return site, token

    @contextmanager
    def _room(self, reports: int) -> Iterator["_Room"]:
        """Counts reports in flight; `Refused` with `overloaded` where there is no room for more."""
        if self._in_flight + reports > MOST_AT_ONCE:
            raise Refused("overloaded", retry_after=1)
        self._in_flight += reports
        room = _Room(self, reports)
        try:
            yield room
        finally:
            room.give_back(room.places)

    def gave_back(self, reports: int) -> None:
        """So many are in flight no more."""
        self._in_flight -= reports


class _Room:
    """Places among the reports in flight, given back one by one, and none of them twice."""

    def __init__(self, api: Api, places: int) -> None:
        self._api = api
        self.places = places

    def give_back(self, places: int = 1) -> None:
        given = min(places, self.places)
        self.places -= given
        self._api.gave_back(given)


def _may_appear(token: Token, site: str) -> bool:
    """Whether reading the ledger's end could make this site known, and the token's own."""
    try:
        check_site_id(site)
    except Refused:
        return False
    return token.site in {"", site}


def _by(token: Token) -> str:
    return f"token:{token.id}"


def _key(request: web.Request) -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is not None and not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        raise Refused("bad_key", "Idempotency-Key")
    return key


def _key_name(token: Token, path: str, key: str) -> str:
    return f"{_by(token)}\n{path}\n{key}"


def _items(raw: object) -> list[Any]:
    if not isinstance(raw, Mapping):
        raise Refused("wrong_type", None, expected="object")
    unknown = next((name for name in raw if name != "reports"), None)
    if unknown is not None:
        raise Refused("unknown_field", unknown[:60])
    if "reports" not in raw:
        raise Refused("missing", "reports")
    items = raw["reports"]
    if not isinstance(items, list):
        raise Refused("wrong_type", "reports", expected="array")
    if len(items) > MOST_IN_BULK:
        raise Refused("too_many_reports", "reports", most=MOST_IN_BULK)
    return items
