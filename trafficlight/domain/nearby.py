"""Which sites may be named as near another: a fixed few, so that a page depends on few others."""

from collections.abc import Mapping
from heapq import nsmallest
from math import cos, radians
from typing import Final

from trafficlight.domain.board import Site
from trafficlight.domain.opening import never_shuts
from trafficlight.domain.state import SiteState

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
    wanted = SLEEPLESS - sum(never_shuts(other) for _, other in nearest)
    if wanted > 0:
        there = {other.id for _, other in nearest}
        sleepless = [(key, other) for key, other in keyed if other.id not in there and never_shuts(other)]
        if len(sites) <= MOST_NAMING * len(sleepless):
            nearest += nsmallest(wanted, sleepless)
    return tuple(other.id for _, other in sorted(nearest))


def _distance(one: Site, other: Site) -> float:
    """Squared degrees of latitude, good enough to sort by within a county; infinite where unknown."""
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None or one.crs != other.crs:
        return float("inf")
    return (one.lat - other.lat) ** 2 + ((one.lon - other.lon) * cos(radians(one.lat))) ** 2
