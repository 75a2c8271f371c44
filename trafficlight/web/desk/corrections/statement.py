"""`/desk/boards/…/corrections/sites/…/statement`: 情况说明, one site on one day, on one sheet of paper."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final, NamedTuple

import msgspec
from aiohttp import web

from trafficlight.domain.board import Board, capacity_of
from trafficlight.domain.day import Today, today
from trafficlight.domain.event import CrossConfirmed, Overridden, Reported, RuleSet, Withdrawn
from trafficlight.domain.judge import today_at
from trafficlight.domain.record import Record
from trafficlight.domain.state import BoardFold, SiteState
from trafficlight.domain.tracing import Stretch, as_of, concerns, stretches
from trafficlight.publish import telling, words
from trafficlight.publish.lines import UNLIT
from trafficlight.publish.view import RuleView
from trafficlight.web.desk.corrections.past import address_of
from trafficlight.web.desk.corrections.saying import Sayer
from trafficlight.web.desk.corrections.timeline import name_of
from trafficlight.web.desk.named import Senders, pill, senders_ever
from trafficlight.web.desk.visit import Visit

OF_DESK: Final = (Overridden, CrossConfirmed)


class Shown(msgspec.Struct, frozen=True, kw_only=True):
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


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """A report, or something that the desk did."""

    at: datetime
    who: str
    what: str
    taken_at: datetime | None = None
    taken_by: str = ""


class _Told(NamedTuple):
    """What the ledger has of the site on the day."""

    fold: BoardFold | None
    stretches: list[Stretch]
    mine: list[Record]


async def show(visit: Visit) -> web.Response:
    """The day named in the query, else today."""
    board, site = visit.fold.board, visit.request.match_info["site"]
    assert board is not None  # noqa: S101 - the frame has seen to it
    name, now = name_of(visit.fold, site), today_at(board, visit.at)
    day = _day(visit.request.query.get("day", ""), now.day)
    span = today(day, board.cut_off, board.report_by, board.zone)
    records = await visit.node.ledger.read(visit.board)
    told = await asyncio.to_thread(_told, site, records, span, min(span.end, visit.at))
    state = told.fold.sites.get(site) if told.fold else None
    said, sayer = await senders_ever(visit), Sayer(visit, site)
    return visit.page(
        "desk/corrections/statement.html",
        site=site,
        named=name,
        day=day,
        today=now.day,
        now=visit.local(visit.at),
        ended=span.end <= visit.at,
        facts=state.site if state else None,
        kind=telling.kind_label(state.site.kind, visit.lang) if state else "",
        capacity=capacity_of(state.site, told.fold.board)
        if state and told.fold and told.fold.board
        else None,
        shown=[_shown(visit, one) for one in told.stretches],
        reports=_reports(visit, sayer, told.mine, span, said),
        acts=_acts(visit, sayer, told.mine, span, said),
        rules=_rules(visit, told, state, span),
        position=records[-1].position if records else 0,
    )


def _day(text: str, today_: date) -> date:
    """The day that was asked for; today for none, and for one that is no day or is to come."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today_
    return day if day <= today_ and day.year > 1 else today_


def _told(site: str, records: Sequence[Record], span: Today, until: datetime) -> _Told:
    return _Told(
        fold=as_of(site, records, span.end),
        stretches=stretches(site, records, span.start, until),
        mine=[record for record in records if concerns(record.event, site)],
    )


def _shown(visit: Visit, one: Stretch) -> Shown:
    lit = one.board.state not in UNLIT
    return Shown(
        since=visit.local(one.since),
        until=visit.local(one.until),
        pill=pill(visit, one.judged) if lit else "—",
        action=telling.action(one.board, one.kind, one.judged, one.since, visit.lang)
        if lit
        else visit.say(words.HEADLINES[one.board.state]),
        reason=one.judged.override_reason if lit else "",
        edition=one.edition,
        address=f"p{one.edition}" if one.by_event else address_of(one.since),
    )


def _reports(visit: Visit, sayer: Sayer, mine: Sequence[Record], span: Today, said: Senders) -> list[Said]:
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
            Said(
                at=visit.local(record.at),
                who=said.who(event.by),
                what=sayer.report(event, record),
                taken_at=visit.local(by.at) if by else None,
                taken_by=said.who(by.event.by) if by else "",
            )
        )
    return found


def _acts(visit: Visit, sayer: Sayer, mine: Sequence[Record], span: Today, said: Senders) -> list[Said]:
    return [
        Said(at=visit.local(record.at), who=said.who(record.event.by), what=sayer.say(record))
        for record in mine
        if isinstance(record.event, OF_DESK) and span.start <= record.at < span.end
    ]


def _rules(visit: Visit, told: _Told, state: SiteState | None, span: Today) -> list[RuleView]:
    """The rule at the day's start, and each that came into force on the day."""
    if told.fold is None or state is None:
        return []
    board: Board | None = told.fold.board
    assert board is not None  # noqa: S101 - the fold keeps no site of a board that was never put
    changes = [
        record.at
        for record in told.mine
        if isinstance(record.event, RuleSet) and span.start < record.at < span.end
    ]
    found = [telling.rule(told.fold, state, at, visit.lang) for at in (span.start, *changes)]
    return list(dict.fromkeys(found))
