"""What stands in lists: family-doctor teams by town, the guide, sites of one name, open sites nearby."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from hashlib import blake2b
from heapq import nsmallest
from itertools import count
from math import cos, radians
from typing import Final

from msgspec.structs import replace

from trafficlight.domain.board import Site, Team
from trafficlight.domain.coords import known_point
from trafficlight.domain.day import local
from trafficlight.domain.hours import always_open
from trafficlight.domain.light import Light, Reason
from trafficlight.domain.state import BoardFold, Judged, Mark, SiteState
from trafficlight.publish import presenter
from trafficlight.publish.view import Edition, Header, ListsView, SiteView, TeamsView, TeamTown, TeamView
from trafficlight.text import pinyin
from trafficlight.text.languages import N_, translate

ONE_PAGE: Final = 200
"""Teams on one page, as heavy as a board of 152 sites. With more, each town has its own."""
VALID: Final = timedelta(days=30)
"""A list of phones that nobody fetched anew for so long says that it is old."""


class BoardExtras:
    """Makes the views of what a board publishes beside its sites: teams by town, and its guide.

    All of it is made of the board's header: no report touches it.
    """

    def __init__(self, fold: BoardFold, lang: str) -> None:
        self._fold = fold
        self._lang = lang
        self._teams_by_town: tuple[Mark | None, tuple[TeamTown, ...]] = (None, ())

    def mark(self, town: str = "") -> Mark | None:
        """The last event that the lists, or a town's page of teams, were made of; None where none are."""
        there = town in self.towns() if town else self._fold.teams or self._fold.guide
        return self._fold.header if there else None

    def towns(self) -> Mapping[str, TeamTown]:
        """The towns whose teams have a page of their own, by file name."""
        there = self._towns()
        return {town.file: town for town in there} if _is_long(there) else {}

    def lists(self, header: Header, edition: Edition) -> ListsView:
        """All of it in one view."""
        fold, there = self._fold, self._towns()
        return ListsView(
            header=header,
            edition=replace(edition, valid_until=edition.as_of + VALID),
            towns=there,
            by_town=_is_long(there),
            teams_on=_day(fold, fold.teams_at),
            guide=fold.guide,
            guide_on=_day(fold, fold.guide_at),
        )

    def teams(self, view: ListsView, file: str) -> TeamsView | None:
        """A town's teams; None where no town has a page of that name."""
        town = self.towns().get(file)
        if town is None:
            return None
        return TeamsView(header=view.header, edition=view.edition, town=town, teams_on=view.teams_on)

    def _towns(self) -> tuple[TeamTown, ...]:
        if self._teams_by_town[0] != self._fold.header:
            self._teams_by_town = self._fold.header, tuple(_by_town(self._fold, self._lang))
        return self._teams_by_town[1]


def _by_town(fold: BoardFold, lang: str) -> Iterator[TeamTown]:
    """The board's teams by town, towns and teams in the county's order."""
    by_town: dict[str, list[Team]] = {}
    for team in fold.teams:
        by_town.setdefault(team.town, []).append(team)
    files = {name: file for file, name in town_files(by_town).items()}
    area_code = fold.board.area_code
    numbers = count(1)  # on through the towns: where all stand on one page, no two have the same anchor
    for name, teams in by_town.items():
        yield TeamTown(
            name=name,
            label=name or translate(N_("其他"), lang),
            file=files[name],
            teams=tuple(_team_views(teams, area_code, numbers)),
        )


def _team_views(teams: Iterable[Team], area_code: str, numbers: Iterator[int]) -> Iterator[TeamView]:
    for team, number in zip(teams, numbers, strict=False):
        yield TeamView(
            anchor=f"t{number}",
            name=team.name,
            area=team.area,
            phones=presenter.phones(team.phones, area_code),
            found=" ".join(pinyin.initials(team.name)),
        )


_UNSAFE = re.compile(r"[^\w-]+")
_TAKEN = re.compile(r"(?i:_|con|prn|aux|nul|com\d|lpt\d|(?:.*-)?[0-9a-f]{8})")
"""Names taken otherwise: for the empty town, by devices where trees are unpacked, by a digest at the end."""


def town_files(names: Iterable[str]) -> dict[str, str]:
    """The towns' names by file names that are safe and unique: letters, digits, Chinese characters, - and _.

    Where making a name safe changed it, and where upper and lower case could be taken for each other, a
    digest of the name is added: no two towns share a file, and none's depends on which others there are.
    """
    files = {}
    for name in sorted(set(names), key=lambda name: (not name, name)):
        safe = _UNSAFE.sub("-", name)[:40].strip("-")
        if not name:
            safe = "_"
        elif safe != name or name != name.lower() or _TAKEN.fullmatch(name):
            safe = f"{safe}-{blake2b(name.encode(), digest_size=4).hexdigest()}".lstrip("-")
        files[safe] = name
    return files


def _is_long(there: tuple[TeamTown, ...]) -> bool:
    """Whether the towns have pages of their own."""
    return len(there) > 1 and sum(len(town.teams) for town in there) > ONE_PAGE


def _day(fold: BoardFold, at: datetime | None) -> date | None:
    return local(at, fold.board.zone).date() if at else None


_DISTINGUISHED_BY: Final[tuple[Callable[[Site], str], ...]] = (
    lambda site: site.town,
    lambda site: "、".join(site.also),
    lambda site: site.address,
    lambda site: " ".join(part for part in (site.town, site.address) if part),
)


def distinct(sites: Iterable[Site]) -> Mapping[str, str]:
    """By id, what to print beside a name that another site of the board has too.

    Each is told by the first of town, other names, address that none of its namesakes shares; one that has
    nothing of its own is told by as much as is known.
    """
    named: dict[str, list[Site]] = {}
    for site in sites:
        named.setdefault(_plain(site.name), []).append(site)
    return {
        site.id: _distinguishing(site, [one for one in namesakes if one is not site])
        for namesakes in named.values()
        if len(namesakes) > 1
        for site in namesakes
    }


def _distinguishing(site: Site, others: list[Site]) -> str:
    for feature in _DISTINGUISHED_BY:
        value = feature(site)
        if value and all(_plain(feature(other)) != _plain(value) for other in others):
            return value
    return _DISTINGUISHED_BY[-1](site)


def _plain(text: str) -> str:
    """As a reader tells names apart: without widths, spaces and case."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


MOST_NEARBY: Final = 5
"""Several, so that nobody is sent to the one best."""
FILLED: Final = 3
"""Where fewer can be gone to without a question, others that are open are named up to so many."""

_NO_NEWS: Final = frozenset({Reason.NOT_DUE, Reason.NOT_REPORTED, Reason.EXPIRED})


def neighbours(near: Iterable[tuple[Judged, SiteView]]) -> tuple[SiteView, ...]:
    """Of the sites nearby, the nearest first, those of a blue or yellow light.

    Where these are too few, then also red ones and such as are surely open but have no news, which at dawn is
    all that a county has; each with its own words, so that nobody sets out without having phoned. Whoever may
    not be open stands behind whoever surely is.
    """
    chosen: list[SiteView] = []
    more: list[SiteView] = []
    for judged, view in near:
        if judged.light in {Light.BLUE, Light.YELLOW}:
            chosen.append(view)
        elif judged.light is Light.RED or (judged.reason in _NO_NEWS and view.is_open):
            more.append(view)
    surely = sum(view.is_open is True for view in chosen)
    chosen += more[: max(0, FILLED - surely)]
    return tuple(sorted(chosen, key=lambda view: view.is_open is not True)[:MOST_NEARBY])


NEAREST: Final = 10
"""Enough that several of them are open on a bad day; few enough that a report touches few pages."""
SLEEPLESS: Final = 2
"""At least so many of those that never shut, as long as a board has them: at dawn nobody else is open."""
MOST_NAMING: Final = 50
"""Sites for each that never shuts. Of a board with more, a change of the only hospital's light would make
every page anew, so that there it is named by its neighbours alone."""


def candidates(site: Site, sites: Mapping[str, SiteState]) -> tuple[str, ...]:
    """The ids of the nearest sites, fixed for a given set of sites; who is open is not asked here.

    By distance where both have coordinates of one system, else the same town's first, then the board's: those
    that come after it in the order of the ids, so that nobody is named by all who have no coordinates. Stops
    with a rota never show a light and take nobody's place.
    """
    keyed = [
        ((_distance(site, other), other.town != site.town, other.id <= site.id, other.id), other)
        for other in (state.site for state in sites.values())
        if other.id != site.id and not other.rota
    ]
    nearest = nsmallest(NEAREST, keyed)
    wanted = SLEEPLESS - sum(always_open(other.hours) for _, other in nearest)
    if wanted > 0:
        there = {other.id for _, other in nearest}
        sleepless = [
            (key, other) for key, other in keyed if other.id not in there and always_open(other.hours)
        ]
        if len(sites) <= MOST_NAMING * len(sleepless):
            nearest += nsmallest(wanted, sleepless)
    return tuple(other.id for _, other in sorted(nearest))


def _distance(one: Site, other: Site) -> float:
    """Squared degrees of latitude, good enough to sort by within a county; infinite where unknown."""
    here, there = known_point(one.lat, one.lon), known_point(other.lat, other.lon)
    if here is None or there is None or one.crs != other.crs:
        return float("inf")
    return (here.lat - there.lat) ** 2 + ((here.lon - there.lon) * cos(radians(here.lat))) ** 2
