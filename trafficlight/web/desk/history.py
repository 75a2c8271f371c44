"""One site's past from the ledger: who did what to it (时间线), and a day on a sheet of paper (情况说明)."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final, NamedTuple

import msgspec
from aiohttp import web

from trafficlight.domain.board import Board, capacity_of, declared_capacity
from trafficlight.domain.board_lights import shows_lights
from trafficlight.domain.day import Today, today
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import (
    CrossConfirmed,
    MismatchReported,
    Overridden,
    Reported,
    RuleSet,
    Withdrawn,
)
from trafficlight.domain.judge import today_at
from trafficlight.domain.record import Record
from trafficlight.domain.replay import (
    LightPeriod,
    SiteChange,
    concerns,
    light_periods,
    site_as_of,
    site_changes,
)
from trafficlight.domain.state import BoardFold, SiteState
from trafficlight.publish import presenter, words
from trafficlight.publish.view import RuleView
from trafficlight.text.languages import N_
from trafficlight.web.desk.past import address_of
from trafficlight.web.desk.presenter import Senders, SiteEvents, pill, report_text, senders_ever
from trafficlight.web.desk.request import DeskRequest

ON_A_PAGE: Final = 50
MOST_PAGES: Final = 9999


class TimelineRow(msgspec.Struct, frozen=True, kw_only=True):
    """One event."""

    at: datetime
    position: int
    who: str
    what: str
    before: str
    after: str
    changed: bool


async def show_timeline(desk: DeskRequest) -> web.Response:
    """What happened, newest first, page by page."""
    site = desk.request.match_info["site"]
    name = name_of(desk.fold, site)
    records = await desk.ledger.read(desk.board)
    changes = await asyncio.to_thread(site_changes, site, records)
    page = _page(desk.request.query.get("page", ""))
    sayer, known = SiteEvents(desk, site), await senders_ever(desk)
    rows = [_timeline_row(desk, sayer, step, known.who(step.record.event.by)) for step in changes]
    rows.reverse()
    first = (page - 1) * ON_A_PAGE
    return desk.page(
        "desk/corrections/timeline.html",
        site=site,
        named=name,
        listed=site in desk.fold.sites,
        rows=rows[first : first + ON_A_PAGE],
        page=page,
        more=len(rows) > first + ON_A_PAGE,
    )


def name_of(fold: BoardFold, site: str) -> str:
    """The name of a site that is on the board or left it lately; `Refused` with `not_found` for others."""
    known = fold.sites.get(site) or fold.gone.get(site)
    if known is None:
        raise Refused("not_found")
    return known.site.name


def _page(text: str) -> int:
    return (
        int(text) if text.isdecimal() and 1 <= int(text[:5]) <= MOST_PAGES and len(text) < len("10000") else 1
    )


def _timeline_row(desk: DeskRequest, sayer: SiteEvents, step: SiteChange, who: str) -> TimelineRow:
    before, after = sayer.shows(step.before), sayer.shows(step.after)
    resident = isinstance(step.record.event, MismatchReported)
    return TimelineRow(
        at=desk.local(step.record.at),
        position=step.record.position,
        who=desk.say(N_("居民")) if resident else who,
        what=sayer.say(step.record),
        before=before,
        after=after,
        changed=before != after,
    )


OF_DESK: Final = (Overridden, CrossConfirmed)


class StatementSpan(msgspec.Struct, frozen=True, kw_only=True):
    """What the public read from one instant to another."""

    since: datetime
    until: datetime
    pill: str
    action: str
    reason: str
    """Of the desk, where it set the light."""
    edition: int
    address: str
    """Of the page as it stood when this began."""


class SiteFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the site was on the day."""

    place: str
    kind: str
    capacity: int
    assumed: bool
    """Nobody said it."""


class StatementEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A report, or something that the desk did."""

    at: datetime
    who: str
    what: str
    taken_at: datetime | None = None
    taken_by: str = ""


class _SiteLedger(NamedTuple):
    """What the ledger has of the site on the day."""

    fold: BoardFold | None
    stretches: list[LightPeriod]
    mine: list[Record]


async def show_statement(desk: DeskRequest) -> web.Response:
    """The day named in the query, else today."""
    board, site = desk.fold.board, desk.request.match_info["site"]
    name, now = name_of(desk.fold, site), today_at(board, desk.at)
    day = _day(desk.request.query.get("day", ""), now.day)
    span = today(day, board.cut_off, board.report_by, board.zone)
    records = await desk.ledger.read(desk.board)
    found = await asyncio.to_thread(_site_ledger, site, records, span, min(span.end, desk.at))
    state = found.fold.sites.get(site) if found.fold else None
    known, sayer = await senders_ever(desk), SiteEvents(desk, site)
    return desk.page(
        "desk/corrections/statement.html",
        site=site,
        named=name,
        day=day,
        today=now.day,
        now=desk.local(desk.at),
        ended=span.end <= desk.at,
        listed=site in desk.fold.sites,
        facts=_facts(desk, state, found.fold.board) if state and found.fold else None,
        publisher=board.publisher,
        hotline=board.hotline,
        shown=[_span(desk, one) for one in found.stretches],
        reports=_reports(desk, found.mine, span, known),
        acts=_acts(desk, sayer, found.mine, span, known),
        rules=_rules_of_day(desk, found, state, span),
        position=records[-1].position if records else 0,
    )


def _facts(desk: DeskRequest, state: SiteState, board: Board) -> SiteFacts:
    site = state.site
    return SiteFacts(
        place=" ".join(part for part in (desk.fold.board.name, site.town, site.address) if part),
        kind=presenter.kind_label(site.kind, desk.lang),
        capacity=capacity_of(site, board),
        assumed=declared_capacity(site, board) is None,
    )


def _day(text: str, today_: date) -> date:
    """The day that was asked for; today for none, and for one that is no day or is to come."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today_
    return day if day <= today_ and day.year > 1 else today_


def _site_ledger(site: str, records: Sequence[Record], span: Today, until: datetime) -> _SiteLedger:
    return _SiteLedger(
        fold=site_as_of(site, records, span.end),
        stretches=light_periods(site, records, span.start, until),
        mine=[record for record in records if concerns(record.event, site)],
    )


def _span(desk: DeskRequest, one: LightPeriod) -> StatementSpan:
    has_lights = shows_lights(one.board)
    why = presenter.reason_is_public(one.judged.light, one.kind)
    return StatementSpan(
        since=desk.local(one.since),
        until=desk.local(one.until),
        pill=pill(desk, one.judged) if has_lights else "—",
        action=presenter.action(one.board, one.kind, one.judged, one.since, desk.lang)
        if has_lights
        else desk.say(words.HEADLINES[one.board.state]),
        reason=one.judged.override_reason if has_lights and why else "",
        edition=one.edition,
        address=f"p{one.edition}" if one.by_event else address_of(one.since),
    )


def _reports(desk: DeskRequest, mine: Sequence[Record], span: Today, known: Senders) -> list[StatementEntry]:
    """The reports about the day or made on it, whoever withdrew them later."""
    taken = {record.event.report: record for record in mine if isinstance(record.event, Withdrawn)}
    found = []
    for record in mine:
        event = record.event
        if not isinstance(event, Reported):
            continue
        if event.service_day != span.day and not span.start <= record.at < span.end:
            continue
        by = taken.get(event.id)
        found.append(
            StatementEntry(
                at=desk.local(record.at),
                who=known.who(event.by),
                what=report_text(desk, event, record.at),
                taken_at=desk.local(by.at) if by else None,
                taken_by=known.who(by.event.by) if by else "",
            )
        )
    return found


def _acts(
    desk: DeskRequest, sayer: SiteEvents, mine: Sequence[Record], span: Today, known: Senders
) -> list[StatementEntry]:
    return [
        StatementEntry(at=desk.local(record.at), who=known.who(record.event.by), what=sayer.say(record))
        for record in mine
        if isinstance(record.event, OF_DESK) and span.start <= record.at < span.end
    ]


def _rules_of_day(
    desk: DeskRequest, found_in: _SiteLedger, state: SiteState | None, span: Today
) -> list[RuleView]:
    """The rule at the day's start, and each that came into force on the day."""
    if found_in.fold is None or state is None:
        return []
    changes = [
        record.at
        for record in found_in.mine
        if isinstance(record.event, RuleSet) and span.start < record.at < span.end
    ]
    found = [presenter.rule(found_in.fold, state, at, desk.lang) for at in (span.start, *changes)]
    return list(dict.fromkeys(found))
