"""From a fold and an instant to the views that formats are made of.

`BoardViews` keeps what it decided of each site until an event touches the site or a boundary passes, so that
a report costs one site's decision, however many sites the board has.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec
from msgspec.structs import replace

from trafficlight.domain.board_lights import shows_lights
from trafficlight.domain.day import local
from trafficlight.domain.headline import Headline, headline
from trafficlight.domain.hours import special_days
from trafficlight.domain.judge import judge, outlook, today_at
from trafficlight.domain.state import BoardFold, Gone, Judged, Mark, SiteState
from trafficlight.publish import presenter
from trafficlight.publish.feed import BoardFeed
from trafficlight.publish.listing import BoardExtras, candidates, distinct, neighbours
from trafficlight.publish.towns import BoardTowns, open_neighbours, place_in_town
from trafficlight.publish.view import (
    BoardEntry,
    BoardView,
    Edition,
    FeedView,
    GoneView,
    Header,
    HeadlineView,
    ListsView,
    SitePageView,
    SiteView,
    TeamsView,
    TownNeighbour,
    TownSection,
    TownView,
    TreeLocation,
)
from trafficlight.text import rendering
from trafficlight.text.languages import N_, translate

_Marks = tuple[Mark, Mark | None, str]
"""The last events about a site and about its board, and what tells it from others of its name."""


class _Known(msgspec.Struct, frozen=True):
    """What was decided of a site, and of which facts."""

    marks: _Marks
    judged: Judged
    view: SiteView

    def holds(self, marks: _Marks, at: datetime) -> bool:
        return self.marks == marks and self.judged.since <= at < self.judged.until


class _Frame(msgspec.Struct, frozen=True):
    """What every part of the board says of it, of which facts, and between which instants that holds."""

    mark: Mark | None
    header: Header
    since: datetime
    until: datetime


class _NearbySite(msgspec.Struct, frozen=True):
    """What other sites' pages know of a site; `touched` and `lit` are the site's when it was looked for."""

    touched: Mark
    light_changed: Mark
    mark: Mark
    judged: Judged | None
    """As what the site has shown since `mark`, until that runs out; None: since then nothing came of it."""


class BoardViews:
    """Makes the views of one board. The same fold and instant give equal views, whatever was asked before."""

    def __init__(self, fold: BoardFold, place: TreeLocation, lang: str) -> None:
        self.fold = fold
        self.place = place
        self.lang = lang
        self._known: dict[str, _Known] = {}
        self._named: dict[str, _Known] = {}
        self._nearby: dict[str, _NearbySite] = {}
        self._frame: _Frame | None = None
        self._board: tuple[Mark, BoardView] | None = None
        self._near: dict[str, tuple[str, ...]] = {}
        self._shape: Mark | None = None
        self._placed = BoardTowns({})
        self.extras = BoardExtras(fold, lang)
        self._feed = BoardFeed(fold, lang)
        self._distinct: Mapping[str, str] = {}

    # --- what a format's making depends on ------------------------------------------------------------------

    def site_mark(self, site: str) -> Mark | None:
        """The last event that anything on the site's page was made of; None for a site nobody knows."""
        fold = self.fold
        state = fold.sites.get(site)
        if state is not None:
            mark = state.touched
            for near in self.near(site):
                named = self._changed_at(fold.sites[near])
                if named.position > mark.position:
                    mark = named
        elif site in fold.gone:
            mark = fold.gone[site].mark
        else:
            return None
        return self._latest(mark)

    def town_mark(self, file: str) -> Mark | None:
        """The last event that anything about the town was made of; None where no town has that file name."""
        name = self.towns().get(file)
        if name is None:
            return None
        sites = self.fold.sites
        marks = [sites[site].touched for site in self._placed.members[name]]
        marks += [self._changed_at(sites[other.site]) for other in self._placed.neighbours(name)]
        return self._latest(max(marks))

    def _latest(self, mark: Mark) -> Mark:
        """The mark, or that of a later event about the board as a whole."""
        return max(mark, self.fold.header, self.fold.shape)

    def _last(self) -> Mark:
        """The last event that anything of the board was made of."""
        return self.fold.edition_mark

    def near(self, site: str) -> tuple[str, ...]:
        """The ids of the sites that may be named on the site's page."""
        self._reshape()
        if site not in self._near:
            self._near[site] = candidates(self.fold.sites[site].site, self.fold.sites)
        return self._near[site]

    def towns(self) -> Mapping[str, str]:
        """The towns' names by their file names, in the county's order."""
        self._reshape()
        return self._placed.files

    def _reshape(self) -> None:
        if self._shape != self.fold.shape:
            self._shape = self.fold.shape
            self._near = {}
            self._placed = BoardTowns(self.fold.sites)
            self._distinct = distinct(state.site for state in self.fold.sites.values())

    # --- the views ------------------------------------------------------------------------------------------

    def entry(self, at: datetime) -> tuple[BoardEntry, Headline]:
        """The board in the index, and the fact behind its headline: other languages tell it, too."""
        fold, header = self.fold, self._framed(at).header
        judged = {site: self._judged(state, at) for site, state in fold.sites.items()}
        edition = self._edition(self._last(), judged.values(), at)
        headline, counted = self._headline(judged, at)
        entry = BoardEntry(
            slug=fold.slug,
            name=fold.board.name,
            state=fold.board.state,
            service_day=header.service_day,
            position=edition.position,
            as_of=edition.as_of,
            valid_until=edition.valid_until,
            until=edition.until,
            headline=headline,
            counts=counted.counts,
            ended_on=fold.board.ended_on,
            licence=header.licence,
            attribution=header.attribution,
            towns=tuple(filter(None, self.towns().values())),
            box=self._placed.box,
        )
        return entry, counted

    def board(self, at: datetime) -> BoardView:
        """The whole board."""
        cached = self._board
        if cached and cached[0] == self._last() and cached[1].edition.as_of <= at < cached[1].edition.until:
            return cached[1]
        known = {site: self._know(state, at) for site, state in self.fold.sites.items()}
        judged = {site: one.judged for site, one in known.items()}
        headline, counted = self._headline(judged, at)
        view = BoardView(
            header=self._framed(at).header,
            edition=self._edition(self._last(), judged.values(), at),
            headline=headline,
            counts=counted.counts,
            towns=self._towns(known),
        )
        self._board = (self._last(), view)
        return view

    def town(self, file: str, at: datetime) -> TownView | None:
        """One town's sites; None where no town has that file name."""
        mark = self.town_mark(file)
        if mark is None:
            return None
        sites, placed, name = self.fold.sites, self._placed, self._placed.files[file]
        known = {site: self._know(sites[site], at) for site in placed.members[name]}
        others = {one.site: self._name(sites[one.site], at) for one in placed.neighbours(name)}
        judged = {site: one.judged for site, one in known.items()}
        headline, counted = self._headline(judged, at)
        town = self._town(file, known.values(), others)
        visible = [*judged.values(), *(others[one.site.id].judged for one in town.near)]
        every = [*judged.values(), *(one.judged for one in others.values())]
        return TownView(
            header=self._framed(at).header,
            edition=self._edition(mark, every, at, visible),
            headline=headline,
            counts=counted.counts,
            town=town,
        )

    def feed(self, at: datetime) -> FeedView:
        """What changed today, and what is ahead."""
        view = self.board(at)
        return self._feed.view(view.header, view.edition, at)

    def site(self, site: str, at: datetime) -> SitePageView | GoneView | None:
        """One site's page; that of a site that left, for 90 days; None for one that nobody knows."""
        mark, state = self.site_mark(site), self.fold.sites.get(site)
        if mark is None:
            return None
        if state is None:
            return self._gone(self.fold.gone[site], mark, at)
        near = [self._name(self.fold.sites[one], at) for one in self.near(site)]
        known = self._know(state, at)
        sentence = outlook(self.fold, state, known.judged, at) if self._has_lights() else None
        return SitePageView(
            header=self._framed(at).header,
            edition=self._edition(mark, [known.judged, *(one.judged for one in near)], at, [known.judged]),
            site=known.view,
            rule=presenter.rule(self.fold, state, at, self.lang),
            history=presenter.history(self.fold, state, at, self.lang) if self._has_lights() else (),
            nearby=neighbours((one.judged, one.view) for one in near) if self._has_lights() else (),
            outlook=rendering.phrase(sentence, self.lang) if sentence else "",
            region=presenter.region(self.fold, state),
            changes=self._feed.changes(state, at),
            special=special_days(state.site, self.fold.board, at),
        )

    def lists(self, at: datetime) -> ListsView | None:
        """What stands beside the sites."""
        mark = self.extras.mark()
        return self.extras.lists(self._framed(at).header, self._edition(mark, [], at)) if mark else None

    def teams(self, file: str, at: datetime) -> TeamsView | None:
        """A town's teams; None where no town has a page of that name."""
        view = self.lists(at)
        return self.extras.teams(view, file) if view else None

    # --- how they are made ----------------------------------------------------------------------------------

    def _has_lights(self) -> bool:
        return shows_lights(self.fold.board)

    def _know(self, state: SiteState, at: datetime) -> _Known:
        marks = self._marks(state, state.touched)
        known = self._known.get(state.site.id)
        if known and known.holds(marks, at):
            return known
        judged = judge(self.fold, state, at)
        view = self._site_view(state, judged, at)
        known = self._known[state.site.id] = _Known(marks=marks, judged=judged, view=view)
        return known

    def _judged(self, state: SiteState, at: datetime) -> Judged:
        known = self._known.get(state.site.id)
        if known and known.holds(self._marks(state, state.touched), at):
            return known.judged
        return judge(self.fold, state, at)

    def _marks(self, state: SiteState, mark: Mark) -> _Marks:
        self._reshape()
        return mark, self.fold.header, self._distinct.get(state.site.id, "")

    def _site_view(self, state: SiteState, judged: Judged, at: datetime) -> SiteView:
        distinct = self._distinct.get(state.site.id, "")
        return presenter.site(self.fold, state, judged, at, lang=self.lang, distinct=distinct)

    def _name(self, state: SiteState, at: datetime) -> _Known:
        """The site as other sites' pages name it.

        A report that leaves its light as it is changes nothing of that before what they say of it has run
        out, so that they need not be made anew for it.
        """
        marks = self._marks(state, self._changed_at(state))
        known = self._named.get(state.site.id)
        if known and known.holds(marks, at):
            return known
        judged = self._nearby[state.site.id].judged
        if judged is None:
            judged = judge(self.fold, state, at)
        elif at >= judged.until:
            now = judge(self.fold, state, at)
            judged = replace(now, since=max(now.since, judged.until))
        view = replace(self._site_view(state, judged, at), phone_busy=False)
        known = self._named[state.site.id] = _Known(marks=marks, judged=judged, view=view)
        return known

    def _changed_at(self, state: SiteState) -> Mark:
        """The last event that other sites' pages were made of.

        It changed what the site shows, or was the first report after what it showed had run out.
        """
        cached = self._nearby.get(state.site.id)
        if (
            cached is None
            or cached.touched is not state.touched
            or cached.light_changed is not state.light_changed
        ):
            mark, judged = state.light_changed, None
            for report in state.reports:
                if report.position >= mark.position and (judged is None or report.at >= judged.until):
                    mark, judged = Mark(position=report.position, at=report.at), report.answer
            cached = _NearbySite(
                touched=state.touched, light_changed=state.light_changed, mark=mark, judged=judged
            )
            self._nearby[state.site.id] = cached
        return cached.mark

    def _framed(self, at: datetime) -> _Frame:
        fold, board, cached = self.fold, self.fold.board, self._frame
        if cached and cached.mark == fold.header and cached.since <= at < cached.until:
            return cached
        boundaries = [
            *today_at(board, at).boundaries,
            *(one.until for one in fold.notices.values() if one.until),
        ]
        cached = self._frame = _Frame(
            mark=fold.header,
            header=presenter.header(fold, self.place, self.lang, at),
            since=max(one for one in boundaries if one <= at),
            until=min(one for one in boundaries if one > at),
        )
        return cached

    def _edition(
        self, mark: Mark, judged: Iterable[Judged], at: datetime, counted: Iterable[Judged] | None = None
    ) -> Edition:
        """The edition of what was made of these judgements; `shown`: those whose lights it vouches for."""
        board, frame = self.fold.board, self._framed(at)
        judged = list(judged)
        came = [mark.at] if mark.at <= at else []  # else by a clock that was wrong, see `standing_at`
        as_of = max([*came, frame.since, *(one.since for one in judged)])
        until = min([frame.until, *(one.until for one in judged)])
        ends = [
            one.valid_until
            for one in (judged if counted is None else counted)
            if one.light and self._has_lights()
        ]
        here = local(as_of, board.zone)
        return Edition(
            position=mark.position,
            as_of=here,
            valid_until=local(min(ends, default=until), board.zone),
            until=local(until, board.zone),
            text=rendering.edition(mark.position, here, self.lang),
        )

    def _headline(self, judged: Mapping[str, Judged], at: datetime) -> tuple[HeadlineView, Headline]:
        fact = headline(self.fold, judged, at)
        if not self._has_lights():
            fact = replace(fact, counts=dict.fromkeys(fact.counts, 0) | {"none": len(judged)})
        return presenter.headline(self.fold.board, fact, at, self.lang), fact

    def _towns(self, known: Mapping[str, _Known]) -> tuple[TownSection, ...]:
        named, members = self.towns().items(), self._placed.members
        return tuple(self._town(file, [known[one] for one in members[name]], known) for file, name in named)

    def _town(self, file: str, known: Iterable[_Known], others: Mapping[str, _Known]) -> TownSection:
        name = self._placed.files[file]
        sites = tuple(sorted((one.view for one in known), key=place_in_town))
        near = [TownNeighbour(site=others[one.site].view, km=one.km) for one in self._placed.neighbours(name)]
        return TownSection(
            name=name,
            label=name or translate(N_("其他"), self.lang),
            file=file,
            sites=sites,
            near=open_neighbours(sites, near) if self._has_lights() else (),
        )

    def _gone(self, gone: Gone, mark: Mark, at: datetime) -> GoneView | None:
        if at >= presenter.gone_until(gone):
            return None
        edition = self._edition(mark, [], at)
        end = local(presenter.gone_until(gone), self.fold.board.zone)
        return GoneView(
            header=self._framed(at).header,
            edition=replace(edition, until=end, valid_until=end) if end < edition.until else edition,
            name=gone.site.name,
            town=gone.site.town,
            gone_on=local(gone.mark.at, self.fold.board.zone).date(),
            moved_to=gone.moved_to,
            site=gone.site.id,
            merged_into=gone.merged_into,
        )
