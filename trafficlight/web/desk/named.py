"""A site in a line of the desk: what it is called, where it is, how it is phoned; and who sent what."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

import msgspec

from trafficlight.domain.errors import Refused
from trafficlight.domain.event import LinkIssued, TokenIssued
from trafficlight.domain.ids import SYSTEM
from trafficlight.domain.state import BoardFold, Judged, SiteState
from trafficlight.publish import telling, words
from trafficlight.publish.languages import N_
from trafficlight.publish.view import Phone
from trafficlight.web.desk.visit import Visit

PHONES: Final = 2
"""Shown in a line; the others stand on the site's page."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One site."""

    id: str
    name: str
    town: str
    phones: tuple[Phone, ...]


def line(fold: BoardFold, state: SiteState, at: datetime) -> Line:
    """The site as a list names it."""
    board, site = fold.board, state.site
    assert board is not None  # noqa: S101 - pages of a board are of one that was put
    phones = telling.phones(site.phones, board.area_code, at, board.zone)
    return Line(id=site.id, name=site.name, town=site.town, phones=phones[:PHONES])


def lines(fold: BoardFold, sites: Iterable[str], at: datetime) -> list[Line]:
    """The sites by town and name."""
    made = [line(fold, fold.sites[site], at) for site in sites]
    return sorted(made, key=lambda one: (one.town, one.name, one.id))


def site_of(visit: Visit, site: str) -> SiteState:
    """The site of the page's board; `Refused` with `not_found` where there is none."""
    state = visit.fold.sites.get(site)
    if state is None:
        raise Refused("not_found")
    return state


def pill(visit: Visit, judged: Judged) -> str:
    """What the site shows, as the desk reads it in a line: ●蓝·人少."""
    key = judged.light or judged.reason
    mark = words.MARKS.get(judged.light or "none", words.MARKS["none"])
    return f"{mark} {visit.say(words.PILLS[key])}"


class Senders:
    """Says who sent what, for a reader who never saw the ledger."""

    def __init__(self, visit: Visit, towns: Mapping[str, str], labels: Mapping[str, str]) -> None:
        self._visit = visit
        self._towns = towns
        """Of posting links, by id: the town whose sites it is for; empty for a site's own."""
        self._labels = labels
        """Of API tokens, by id."""

    def who(self, by: str) -> str:
        """Who it was, in words."""
        say = self._visit.say
        kind, _, name = by.partition(":")
        if kind == "user":
            return self._visit.who(by)
        if kind == "link":
            town = self._towns.get(name, "")
            return say(N_("%(town)s点位长"), town=town) if town else say(N_("填报链接"))
        if kind == "token":
            label = self._labels.get(name, "")
            return say(N_("系统接口（%(label)s）"), label=label) if label else say(N_("系统接口"))
        own = {"cli": N_("命令行"), "schedule": N_("定时推送")}
        return say(own[by]) if by in own else by


def senders(visit: Visit) -> Senders:
    """By the links and tokens that are in force."""
    system = visit.system
    return Senders(
        visit,
        {link.id: link.town for link in system.links.values()},
        {token.id: token.label for token in system.tokens.values()},
    )


async def senders_ever(visit: Visit) -> Senders:
    """By all links and tokens that ever were: the history names those too that were revoked."""
    events = [record.event for record in await visit.node.ledger.read(SYSTEM)]
    return Senders(
        visit,
        {event.link: event.town for event in events if isinstance(event, LinkIssued)},
        {event.token: event.label for event in events if isinstance(event, TokenIssued)},
    )
