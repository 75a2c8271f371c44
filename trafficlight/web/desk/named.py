"""A site in a line of the desk: what it is called, where it is, how it is phoned; and who sent what."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

import msgspec

from trafficlight.domain.errors import Refused
from trafficlight.domain.event import LinkIssued, TokenIssued
from trafficlight.domain.ids import SYSTEM
from trafficlight.domain.state import BoardFold, Judged, SiteState
from trafficlight.publish import presenter, words
from trafficlight.publish.view import PhoneView
from trafficlight.text.languages import N_
from trafficlight.web.desk.request import DeskRequest

PHONES: Final = 2
"""Shown in a line; the others stand on the site's page."""


class SiteLine(msgspec.Struct, frozen=True, kw_only=True):
    """One site."""

    id: str
    name: str
    town: str
    phones: tuple[PhoneView, ...]


def line(fold: BoardFold, state: SiteState, at: datetime) -> SiteLine:
    """The site as a list names it."""
    board, site = fold.board, state.site
    phones = presenter.phones(site.phones, board.area_code, at, board.zone)
    return SiteLine(id=site.id, name=site.name, town=site.town, phones=phones[:PHONES])


def lines(fold: BoardFold, sites: Iterable[str], at: datetime) -> list[SiteLine]:
    """The sites by town and name."""
    made = [line(fold, fold.sites[site], at) for site in sites]
    return sorted(made, key=lambda one: (one.town, one.name, one.id))


def site_of(desk: DeskRequest, site: str) -> SiteState:
    """The site of the page's board; `Refused` with `not_found` where there is none."""
    state = desk.fold.sites.get(site)
    if state is None:
        raise Refused("not_found")
    return state


def pill(desk: DeskRequest, judged: Judged) -> str:
    """What the site shows, as the desk reads it in a line: ●蓝·人少."""
    key = judged.light or judged.reason
    mark = words.MARKS.get(judged.light or "none", words.MARKS["none"])
    return f"{mark} {desk.say(words.PILLS[key])}"


class Senders:
    """Says who sent what, for a reader who never saw the ledger."""

    def __init__(self, desk: DeskRequest, towns: Mapping[str, str], labels: Mapping[str, str]) -> None:
        self._visit = desk
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


def senders(desk: DeskRequest) -> Senders:
    """By the links and tokens that are in force."""
    system = desk.system
    return Senders(
        desk,
        {link.id: link.town for link in system.links.values()},
        {token.id: token.label for token in system.tokens.values()},
    )


async def senders_ever(desk: DeskRequest) -> Senders:
    """By all links and tokens that ever were: the history names those too that were revoked."""
    events = [record.event for record in await desk.node.ledger.read(SYSTEM)]
    return Senders(
        desk,
        {event.link: event.town for event in events if isinstance(event, LinkIssued)},
        {event.token: event.label for event in events if isinstance(event, TokenIssued)},
    )
