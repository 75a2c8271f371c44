"""Links that open a site on a map, one row for each vendor.

They are links and nothing else: a page asks nothing of a vendor. Coordinates go out in the system that they
were given in wherever the vendor takes that system; they are converted only where it does not. Without
coordinates the link is a search by name and address.
"""

from collections.abc import Callable
from typing import Final
from urllib.parse import quote

import msgspec

from trafficlight.domain.coords import BD09, GCJ02, WGS84, converted
from trafficlight.publish.view import SiteView
from trafficlight.text.languages import N_, translate

SOURCE: Final = "trafficlight"
"""What the vendors ask for: who sends people to them."""
_DIGITS: Final = 6
"""Of a degree: a tenth of a metre."""


class Marker(msgspec.Struct, frozen=True, kw_only=True):
    """What a map is to show, ready to stand in an address: every text is encoded."""

    lat: str
    lon: str
    system: str
    """The vendor's word for the system of the coordinates."""
    name: str
    address: str
    """The name again where there is no address: two of the vendors want something here."""
    phone: str


class Vendor(msgspec.Struct, frozen=True, kw_only=True):
    """A vendor of maps, and what its addresses look like."""

    name: str
    label: str
    systems: dict[str, str]
    """What it calls the systems that it takes."""
    marker: Callable[[Marker], str]
    search: Callable[[str, str], str]
    """Of what to look for and the city or county to look in, encoded."""


class MapLink(msgspec.Struct, frozen=True):
    """Where a link leads, and to whom."""

    vendor: str
    label: str
    url: str


def _amap(of: Marker) -> str:
    # Longitude first; the two others have it second.
    return (
        f"https://uri.amap.com/marker?position={of.lon},{of.lat}&name={of.name}&src={SOURCE}"
        f"&coordinate={of.system}&callnative=0"
    )


def _tencent(of: Marker) -> str:
    # A list in a parameter: its own ; and : stand as they are, those of the texts are encoded.
    phone = f";tel:{of.phone}" if of.phone else ""
    marker = f"coord:{of.lat},{of.lon};title:{of.name};addr:{of.address}{phone}"
    return f"https://apis.map.qq.com/uri/v1/marker?marker={marker}&coord_type={of.system}&referer={SOURCE}"


def _baidu(of: Marker) -> str:
    return (
        f"https://api.map.baidu.com/marker?location={of.lat},{of.lon}&title={of.name}&content={of.address}"
        f"&output=html&coord_type={of.system}&src=webapp.{SOURCE}.{SOURCE}"
    )


VENDORS: Final[tuple[Vendor, ...]] = (
    Vendor(
        name="amap",
        label=N_("高德地图"),
        systems={GCJ02: "gaode", WGS84: "wgs84"},
        marker=_amap,
        search=lambda what, where: (
            f"https://uri.amap.com/search?keyword={what}&city={where}&src={SOURCE}&callnative=0"
        ),
    ),
    Vendor(
        name="tencent",
        label=N_("腾讯地图"),
        systems={GCJ02: "2", WGS84: "1"},
        marker=_tencent,
        search=lambda what, where: (
            f"https://apis.map.qq.com/uri/v1/search?keyword={what}&region={where}&referer={SOURCE}"
        ),
    ),
    Vendor(
        name="baidu",
        label=N_("百度地图"),
        systems={GCJ02: "gcj02", WGS84: "wgs84", BD09: "bd09ll"},
        marker=_baidu,
        search=lambda what, where: (
            f"https://api.map.baidu.com/place/search?query={what}&region={where}&output=html"
            f"&src=webapp.{SOURCE}.{SOURCE}"
        ),
    ),
)


def links(site: SiteView, region: str, lang: str) -> tuple[MapLink, ...]:
    """A link for each vendor; `region`: the city or county to search where nobody gave coordinates."""
    return tuple(
        MapLink(vendor.name, translate(vendor.label, lang), _url(vendor, site, region)) for vendor in VENDORS
    )


def _url(vendor: Vendor, site: SiteView, region: str) -> str:
    if site.lat is None or site.lon is None:
        what = f"{site.name} {site.address or site.town}".strip()
        return vendor.search(_encoded(what), _encoded(region))
    crs = site.crs if site.crs in vendor.systems else GCJ02
    at = converted(site.lat, site.lon, site.crs, crs)
    return vendor.marker(
        Marker(
            lat=_degrees(at.lat),
            lon=_degrees(at.lon),
            system=vendor.systems[crs],
            name=_encoded(site.name),
            address=_encoded(site.address or site.name),
            phone=_encoded(site.phones[0].number) if site.phones else "",
        )
    )


def _degrees(degrees: float) -> str:
    return f"{degrees:.{_DIGITS}f}".rstrip("0").rstrip(".")


def _encoded(text: str) -> str:
    return quote(text, safe="")
