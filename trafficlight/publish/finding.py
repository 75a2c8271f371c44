"""How a site is found: by what is typed on the phone, by where it stands, and on a map.

Maps are links and nothing else, a row for each vendor: a page asks nothing of a vendor. Coordinates go out in
the system that they were given in wherever the vendor takes it, and are converted only where it does not.
Without coordinates the link is a search by name and address.
"""

from collections.abc import Iterable
from typing import Final
from urllib.parse import quote

import msgspec

from trafficlight.domain.coords import BD09, GCJ02, WGS84, Point, converted, known_point
from trafficlight.publish.view import SiteView
from trafficlight.text import pinyin
from trafficlight.text.languages import N_, translate
from trafficlight.text.traditional import folding

_DIGITS: Final = 6
"""Of a degree: a tenth of a metre."""
_POLE: Final = 90
"""Degrees of latitude; of longitude there are twice as many on either side."""
_PLACES: Final = 4
"""Decimal places of a degree: 11 m, which is nearer than anybody needs to choose between two clinics."""


def preload() -> None:
    """Read the dictionaries now; called at start-up, so that they are never read on the event loop."""
    pinyin.preload()
    folding(("示例",))


def position(site: SiteView) -> Point | None:
    """Where the site stands in WGS-84, to a tenth of a metre; None: nobody knows, or not in which system."""
    known = known_point(site.lat, site.lon)
    if known is None or site.crs not in {WGS84, GCJ02, BD09}:
        return None
    point = converted(*known, site.crs, WGS84)
    if not (abs(point.lat) <= _POLE and abs(point.lon) <= 2 * _POLE):  # not a number is no place either
        return None
    return Point(round(float(point.lat), _DIGITS), round(float(point.lon), _DIGITS))


def spot(site: SiteView) -> tuple[float, float] | None:
    """Where the site stands in WGS-84, in which a phone knows its own place; None: nobody knows."""
    point = position(site)
    return (round(point.lat, _PLACES), round(point.lon, _PLACES)) if point else None


def kinds(sites: Iterable[SiteView]) -> tuple[tuple[str, str], ...]:
    """The kinds of these sites with their labels, in the order of the labels; a site without one has none."""
    labels = {site.kind: site.kind_label for site in sites if site.kind}
    return tuple(sorted(labels.items(), key=lambda item: (item[1], item[0])))


def serves(site: SiteView) -> str | None:
    """Whom the site sees, as a filter asks for it: adult, child, adult child; None: nobody knows.

    Of whom nobody knows it though the other is known: adult ?child.
    """
    if site.adult is None and site.child is None:
        return None
    return " ".join(
        name if known else f"?{name}"
        for name, known in (("adult", site.adult), ("child", site.child))
        if known is not False
    )


def names_ages(sites: Iterable[SiteView]) -> bool:
    """Whether any of the sites sees adults or children only, so that there is something to choose."""
    return any(site.adult is False or site.child is False for site in sites)


class Vendor(msgspec.Struct, frozen=True, kw_only=True):
    """A vendor of maps, and what its addresses look like; what stands in braces is filled in, encoded."""

    name: str
    label: str
    systems: dict[str, str]
    """What it calls the systems of coordinates that it takes."""
    marker: str
    """Two of the vendors want an address: it is the name again where there is none."""
    search: str
    """Of `what` to look for and the city or county to look in."""


class MapLink(msgspec.Struct, frozen=True):
    """Where a link leads, and to whom."""

    vendor: str
    label: str
    url: str


VENDORS: Final[tuple[Vendor, ...]] = (
    Vendor(
        name="amap",
        label=N_("高德地图"),
        systems={GCJ02: "gaode", WGS84: "wgs84"},
        # Longitude first; the two others have it second.
        marker="https://uri.amap.com/marker?position={lon},{lat}&name={name}&src=trafficlight"
        "&coordinate={system}&callnative=0",
        search="https://uri.amap.com/search?keyword={what}&city={where}&src=trafficlight&callnative=0",
    ),
    Vendor(
        name="tencent",
        label=N_("腾讯地图"),
        systems={GCJ02: "2", WGS84: "1"},
        # A list in a parameter: its own ; and : stand as they are, those of the texts are encoded.
        marker="https://apis.map.qq.com/uri/v1/marker?marker=coord:{lat},{lon};title:{name};addr:{address}{tel}"
        "&coord_type={system}&referer=trafficlight",
        search="https://apis.map.qq.com/uri/v1/search?keyword={what}&region={where}&referer=trafficlight",
    ),
    Vendor(
        name="baidu",
        label=N_("百度地图"),
        systems={GCJ02: "gcj02", WGS84: "wgs84", BD09: "bd09ll"},
        marker="https://api.map.baidu.com/marker?location={lat},{lon}&title={name}&content={address}"
        "&output=html&coord_type={system}&src=webapp.trafficlight.trafficlight",
        search="https://api.map.baidu.com/place/search?query={what}&region={where}&output=html"
        "&src=webapp.trafficlight.trafficlight",
    ),
)


def map_links(site: SiteView, region: str, lang: str) -> tuple[MapLink, ...]:
    """A link for each vendor; `region`: the city or county to search where nobody gave coordinates."""
    return tuple(
        MapLink(one.name, translate(one.label, lang), _map_url(one, site, region)) for one in VENDORS
    )


def _map_url(vendor: Vendor, site: SiteView, region: str) -> str:
    known = known_point(site.lat, site.lon)
    if known is None:
        what = f"{site.name} {site.address or site.town}".strip()
        return vendor.search.format(what=quote(what, safe=""), where=quote(region, safe=""))
    crs = site.crs if site.crs in vendor.systems else GCJ02
    at = converted(*known, site.crs, crs)
    return vendor.marker.format(
        lat=_degrees(at.lat),
        lon=_degrees(at.lon),
        system=vendor.systems[crs],
        name=quote(site.name, safe=""),
        address=quote(site.address or site.name, safe=""),
        tel=f";tel:{quote(site.phones[0].number, safe='')}" if site.phones else "",
    )


def _degrees(degrees: float) -> str:
    return f"{degrees:.{_DIGITS}f}".rstrip("0").rstrip(".")
