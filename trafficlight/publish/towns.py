"""A board's towns: their order, in which groups people look through their sites, and who else is near.

A town with few sites of its own that are surely open names the nearest of other towns. Which sites that may
be is fixed for a given set of sites, as with a site's neighbours; who of them is open is asked each time.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from heapq import nsmallest
from math import cos, hypot, radians
from typing import Final, NamedTuple

import msgspec

from trafficlight.domain.board import Site
from trafficlight.domain.coords import WGS84, converted, known_point
from trafficlight.domain.hours import always_open
from trafficlight.domain.hours_text import parse_hours
from trafficlight.domain.light import Light, Reason
from trafficlight.domain.state import SiteState
from trafficlight.publish.listing import town_files
from trafficlight.publish.view import SiteView, TownNeighbour, TownSection
from trafficlight.text import pinyin

ANSWERS: Final = 4
"""Clinics with which somebody has a choice: a town with fewer that are surely open names others', too."""
NAMED: Final = 5
"""So many in all, as fit into the first view of an old phone."""
_NEAREST: Final = 10
"""Sites of other towns that may be named: several are open on a bad day, and few pages hang on one."""
_SLEEPLESS: Final = 4
"""Of these, such as never shut: at dawn nobody else is open."""
_KM: Final = 111.2
"""Of a degree of latitude."""

_SHUT: Final = frozenset({Reason.CLOSED_NOW, Reason.NEXT_VISIT})
_LEAST_BUSY_FIRST: Final = {Light.BLUE: 0, Light.YELLOW: 1, Light.RED: 2, None: 3}
_HOURS_UNKNOWN, _CLOSED, _CROSS = 4, 8, 9
"""Whoever may not be open stands behind whoever surely is, whatever their lights."""
_BARELY: Final = _SHUT | {Reason.REOPENING_DUE}


class NeighbourSite(NamedTuple):
    """A site of another town, and how far it is from the town's middle."""

    site: str
    km: int | None


class BoardTowns:
    """The towns of one set of sites."""

    def __init__(self, sites: Mapping[str, SiteState]) -> None:
        self._sites = sites
        self.members: dict[str, list[str]] = {}
        """The ids of each town's sites. Towns and sites come in the county's own order, that of its list."""
        for site, state in sites.items():
            self.members.setdefault(state.site.town, []).append(site)
        named = {name: file for file, name in town_files(self.members).items()}
        # Whose town nobody told comes last.
        self.files = {named[town]: town for town in sorted(self.members, key=lambda town: not town)}
        """The towns' names by their file names."""
        self._neighbours: dict[str, tuple[NeighbourSite, ...]] = {}
        self.box = _box(_place(state.site) for state in sites.values())
        """South, west, north and east of the sites, in degrees; None where nobody knows where any is."""

    def neighbours(self, town: str) -> tuple[NeighbourSite, ...]:
        """Sites of other towns that may be named for this one, the nearest first.

        Where nobody knows how far it is, in the order of the towns from this one on. Whose hours nobody
        knows is never surely open, and a stop with a rota is seldom there.
        """
        if town not in self._neighbours:
            self._neighbours[town] = tuple(self._nearest(town)) if town else ()
        return self._neighbours[town]

    def _nearest(self, town: str) -> Iterator[NeighbourSite]:
        middle = _middle(self._sites[site].site for site in self.members[town])
        towns = list(self.members)
        here = towns.index(town)
        keyed: list[tuple[tuple[float, int, str], Site]] = []
        for further, other in enumerate((*towns[here + 1 :], *towns[:here])):
            sites = (self._sites[one].site for one in self.members[other])
            keyed += [
                ((_kilometres(middle, site), further, site.id), site)
                for site in sites
                if not site.rota and parse_hours(site.hours) is not None
            ]
        nearest = nsmallest(_NEAREST, keyed)
        nearest += nsmallest(_SLEEPLESS, [one for one in keyed if always_open(one[1].hours)])
        for key in sorted({key for key, _ in nearest}):
            yield NeighbourSite(key[2], None if key[0] == _UNKNOWN else max(1, round(key[0])))


_UNKNOWN: Final = float("inf")
_Degrees = tuple[float, float]


def _place(site: Site) -> _Degrees | None:
    point = known_point(site.lat, site.lon)
    if point is None:
        return None
    moved = converted(point.lat, point.lon, site.crs, WGS84)
    return moved.lat, moved.lon


def _box(places: Iterable[_Degrees | None]) -> tuple[float, float, float, float] | None:
    known = [place for place in places if place]
    if not known:
        return None
    lats, lons = [lat for lat, _ in known], [lon for _, lon in known]
    return tuple(round(edge, 3) for edge in (min(lats), min(lons), max(lats), max(lons)))  # type: ignore[return-value]


def _middle(sites: Iterable[Site]) -> _Degrees | None:
    places = [place for place in map(_place, sites) if place]
    if not places:
        return None
    return sum(lat for lat, _ in places) / len(places), sum(lon for _, lon in places) / len(places)


def _kilometres(middle: _Degrees | None, site: Site) -> float:
    place = _place(site)
    if middle is None or place is None:
        return _UNKNOWN
    return _KM * hypot(place[0] - middle[0], (place[1] - middle[1]) * cos(radians(middle[0])))


# --- who is open ------------------------------------------------------------------------------------------


def place_in_town(site: SiteView) -> tuple[int, str, str]:
    """What the sites of a town are sorted by."""
    if site.light == Light.CROSS:
        rank = _CROSS
    elif site.reason in _SHUT:
        rank = _CLOSED
    else:
        light = Light(site.light) if site.light else None
        rank = _LEAST_BUSY_FIRST[light] + (_HOURS_UNKNOWN if site.is_open is None else 0)
    return rank, site.name, site.id


def is_surely_open(site: SiteView) -> bool:
    """Whether it is open at the view's instant, by its hours or its rota; unknown is never yes."""
    return site.is_open is True and site.light != Light.CROSS and site.reason not in _BARELY


def open_neighbours(own: Iterable[SiteView], others: Iterable[TownNeighbour]) -> tuple[TownNeighbour, ...]:
    """Of others, the nearest first, those that are named beside a town's own sites.

    Few patients or many first, then such as are full or have no news, which at dawn is all there is.
    """
    surely = sum(map(is_surely_open, own))
    if surely >= ANSWERS:
        return ()
    there = [one for one in others if is_surely_open(one.site)]
    there.sort(key=lambda one: one.site.light not in {Light.BLUE, Light.YELLOW})
    return tuple(there[: NAMED - surely])


class SiteGroups(msgspec.Struct, frozen=True):
    """A town's sites as people look through them, each group in the order of the town."""

    open: tuple[SiteView, ...]
    unsure: tuple[SiteView, ...]
    """Nobody knows whether they are open, or the desk says otherwise than the hours: phone first."""
    shut: tuple[SiteView, ...]
    """Closed at this hour, or closed for now."""


def groups(sites: Iterable[SiteView]) -> SiteGroups:
    """The sites by what is known of their being open."""
    surely, unsure, shut = [], [], []
    for site in sites:
        if is_surely_open(site):
            surely.append(site)
        elif site.light == Light.CROSS or site.reason in _SHUT or (site.is_open is False and not site.light):
            shut.append(site)
        else:
            unsure.append(site)
    return SiteGroups(tuple(surely), tuple(unsure), tuple(shut))


# --- what a line of the page stands for -------------------------------------------------------------------

MOST_TOGETHER: Final = 12
"""Sites in one section where nothing but their kind or their names could part them."""


class SiteSection(msgspec.Struct, frozen=True, kw_only=True):
    """What stands behind one line of the board's page: a town, or a part of those whose town nobody told."""

    label: str
    anchor: str
    """Its id in the page; a town's is its file name."""
    town: TownSection
    groups: SiteGroups
    counts: Mapping[str, int]
    """Of those that are surely open, by light; `none` of these without one."""
    until: datetime
    """Until when that stands."""


def sections(*towns: TownSection) -> tuple[SiteSection, ...]:
    """The sites by town; those without one by kind, and within a kind by the initials of their names."""
    return tuple(section for town in towns for section in _sections(town))


def _sections(town: TownSection) -> Iterator[SiteSection]:
    if town.name or len(town.sites) <= MOST_TOGETHER:
        yield _section(town, town.label, town.file, town.sites)
        return
    by_kind: dict[tuple[str, str], list[SiteView]] = {}
    for site in town.sites:
        by_kind.setdefault((site.kind_label or town.label, site.kind), []).append(site)
    files = {kind: file for file, kind in town_files(kind for _, kind in by_kind).items()}
    for (label, kind), sites in sorted(by_kind.items()):
        anchor = f"{town.file}.{files[kind]}"
        if len(sites) <= MOST_TOGETHER:
            yield _section(town, label, anchor, sites)
            continue
        by_initial: dict[str, list[SiteView]] = {}
        for site in sites:
            by_initial.setdefault(pinyin.initials(site.name)[:1].upper() or "#", []).append(site)
        for initial, some in sorted(by_initial.items()):
            yield _section(town, f"{label} {initial}", f"{anchor}.{initial}", some)


def _section(town: TownSection, label: str, anchor: str, sites: Sequence[SiteView]) -> SiteSection:
    grouped = groups(sites)
    return SiteSection(
        label=label,
        anchor=anchor,
        town=town,
        groups=grouped,
        counts=Counter(site.light or "none" for site in grouped.open),
        until=min(site.valid_until for site in grouped.open or sites),
    )
