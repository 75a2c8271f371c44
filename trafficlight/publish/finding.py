"""How a site is found: by what is typed on the phone, by where it stands, and on a map.

Maps are links and nothing else, a row for each vendor: a page asks nothing of a vendor. Coordinates go out in
the system that they were given in wherever the vendor takes it, and are converted only where it does not.
Without coordinates the link is a search by name and address.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final
from urllib.parse import quote

import msgspec

from trafficlight.domain.coords import BD09, GCJ02, WGS84, converted
from trafficlight.publish.view import SiteView
from trafficlight.text.languages import N_, translate
from trafficlight.text.traditional import folding

_PLACES: Final = 4
"""Decimal places of a degree: 11 m, which is nearer than anybody needs to choose between two clinics."""


def initials(name: str) -> str:
    """The first letters of the name's syllables, as people type them: dzzwsy for 东庄镇卫生院.

    Syllables are told by the words that they stand in (重庆: cq); letters and digits stay, all else goes.
    """
    return "".join(_initials(word) for word in _cut(name))


def preload() -> None:
    """Read the dictionaries now; called at start-up, so that they are never read on the event loop."""
    folding((initials("示例"),))


def spot(site: SiteView) -> tuple[float, float] | None:
    """Where the site stands in WGS-84, in which a phone knows its own place; None: nobody knows."""
    if site.lat is None or site.lon is None:
        return None
    point = converted(site.lat, site.lon, site.crs, WGS84)
    return round(point.lat, _PLACES), round(point.lon, _PLACES)


def kinds(sites: Iterable[SiteView]) -> tuple[tuple[str, str], ...]:
    """The kinds of these sites with their labels, in the order of the labels; a site without one has none."""
    labels = {site.kind: site.kind_label for site in sites if site.kind}
    return tuple(sorted(labels.items(), key=lambda item: (item[1], item[0])))


def serves(site: SiteView) -> str | None:
    """Whom the site sees, as a filter asks for it: adult, child, adult child; None: nobody knows."""
    if site.adult is None and site.child is None:
        return None
    return " ".join(
        name for name, known in (("adult", site.adult), ("child", site.child)) if known is not False
    )


def tells_whom(sites: Iterable[SiteView]) -> bool:
    """Whether any of the sites sees adults or children only, so that there is something to choose."""
    return any(site.adult is False or site.child is False for site in sites)


# The dictionary is read at its first use, and not with this module: it takes half a second and 40 MB, which a
# command that publishes nothing does not pay.


def _cut(name: str) -> Iterable[str]:
    """The name's words."""
    from pypinyin.seg.mmseg import seg  # noqa: PLC0415 - as above

    words: Iterable[str] = seg.cut(name)
    return words


@lru_cache(maxsize=2**15)  # the words that names are made of; looking one up anew takes 20 times as long
def _initials(word: str) -> str:
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 - as above

    letters = lazy_pinyin(word, style=Style.FIRST_LETTER, errors=_kept)
    return "".join(letters).lower()


def _kept(text: str) -> str:
    return "".join(one for one in text if one.isascii() and one.isalnum())


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


def map_links(site: SiteView, region: str, lang: str) -> tuple[MapLink, ...]:
    """A link for each vendor; `region`: the city or county to search where nobody gave coordinates."""
    return tuple(
        MapLink(vendor.name, translate(vendor.label, lang), _map_url(vendor, site, region))
        for vendor in VENDORS
    )


def _map_url(vendor: Vendor, site: SiteView, region: str) -> str:
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
