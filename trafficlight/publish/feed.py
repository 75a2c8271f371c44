"""What changed on a board today and what is ahead, in words: what feeds and calendars are made of."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

import msgspec

from trafficlight.domain.board import Site
from trafficlight.domain.board_lights import shows_lights
from trafficlight.domain.changes import ChangedLight, changes_today
from trafficlight.domain.day import local
from trafficlight.domain.hours import Span
from trafficlight.domain.judge import judge
from trafficlight.domain.light import Light
from trafficlight.domain.rota import visits_ahead
from trafficlight.domain.state import BoardFold, Mark, SiteState
from trafficlight.publish import presenter, words
from trafficlight.publish.view import ChangeView, Edition, FeedView, Header, PlannedView
from trafficlight.text.languages import translate

MOST_CHANGES: Final = 200
"""On a board; of a site as many as there were today."""


class _KnownChanges(msgspec.Struct, frozen=True):
    """The changes of a site: of which facts, and between which instants they are all."""

    mark: Mark
    since: datetime
    until: datetime
    changes: tuple[ChangeView, ...]


class BoardFeed:
    """Keeps of each site what changed until an event touches it or a boundary passes."""

    def __init__(self, fold: BoardFold, lang: str) -> None:
        self._fold = fold
        self._lang = lang
        self._changes: dict[str, _KnownChanges] = {}

    def view(self, header: Header, edition: Edition, at: datetime) -> FeedView:
        """All of the board."""
        sites = self._fold.sites.values()
        found = [one for state in sites for one in self.changes(state, at)]
        found.sort(key=lambda one: (one.at, one.position, one.site), reverse=True)
        planned = [one for state in sites for one in self._planned(state, at)]
        return FeedView(
            header=header,
            edition=edition,
            changes=tuple(found[:MOST_CHANGES]),
            planned=tuple(sorted(planned, key=lambda one: (one.day, one.spans, one.site))),
        )

    def changes(self, state: SiteState, at: datetime) -> tuple[ChangeView, ...]:
        """Of the site's light today, newest first; none while the board shows no lights."""
        fold, site = self._fold, state.site.id
        if not shows_lights(fold.board):
            return ()
        mark = max(state.touched, fold.header, fold.shape)
        known = self._changes.get(site)
        if known is None or known.mark != mark or not known.since <= at < known.until:
            found = [self._view(state, one) for one in changes_today(fold, state, at)]
            now = judge(fold, state, at)
            known = _KnownChanges(mark, max(now.since, mark.at), now.until, tuple(reversed(found)))
            self._changes[site] = known
        return known.changes

    def _view(self, state: SiteState, change: ChangedLight) -> ChangeView:
        board, site, judged = self._fold.board, state.site, change.judged
        return ChangeView(
            site=site.id,
            name=site.name,
            town=site.town,
            position=change.mark.position,
            at=local(change.mark.at, board.zone),
            until=local(judged.valid_until, board.zone),
            light=judged.light,
            mark=presenter.mark(judged.light, judged.reason),
            pill=translate(words.PILLS[judged.light or judged.reason], self._lang),
            action=presenter.action(board, site.kind, judged, change.mark.at, self._lang),
        )

    def _planned(self, state: SiteState, at: datetime) -> Iterator[PlannedView]:
        fold, site = self._fold, state.site
        if site.rota:
            for visit in visits_ahead(state, fold.board, at):
                yield _plan(site, visit.day, visit.spans)
        elif state.cross and shows_lights(fold.board):
            judged = judge(fold, state, at)
            if judged.light is Light.CROSS and judged.expected_reopen:
                yield _plan(site, judged.expected_reopen, reopening=True)


def _plan(site: Site, day: date, spans: tuple[Span, ...] = (), *, reopening: bool = False) -> PlannedView:
    return PlannedView(
        site=site.id,
        name=site.name,
        town=site.town,
        address=site.address,
        day=day,
        spans=spans,
        reopening=reopening,
    )
