"""Which sites may be named as near another: a fixed few, so that a page depends on few others."""

from collections.abc import Mapping
from heapq import nsmallest
from math import cos, radians

from trafficlight.domain.board import Site
from trafficlight.domain.state import SiteState

CANDIDATES = 8
"""Enough that several of them are open on a bad day; few enough that a report touches few pages."""


def candidates(site: Site, sites: Mapping[str, SiteState]) -> tuple[str, ...]:
    """The ids of the nearest sites, fixed for a given set of sites; who is open is not asked here.

    By distance where both have coordinates of one system, else the same town's first, then the board's.
    """
    others = (state.site for state in sites.values() if state.site.id != site.id)
    nearest = nsmallest(
        CANDIDATES, others, key=lambda other: (_distance(site, other), other.town != site.town, other.id)
    )
    return tuple(other.id for other in nearest)


def _distance(one: Site, other: Site) -> float:
    """Squared degrees of latitude, good enough to sort by within a county; infinite where unknown."""
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None or one.crs != other.crs:
        return float("inf")
    return (one.lat - other.lat) ** 2 + ((one.lon - other.lon) * cos(radians(one.lat))) ** 2
