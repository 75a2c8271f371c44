"""What the phone searches in, beyond what a page's rows say: loaded when somebody searches."""

import msgspec

from trafficlight.publish import finding, naming
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.view import BoardView, SiteView
from trafficlight.text import pinyin
from trafficlight.text.traditional import folding


class FindDocument(msgspec.Struct, frozen=True):
    """find.json."""

    sites: tuple[tuple[object, ...], ...]
    """Of each site: id, name, town, other names, how name, town and these are typed in pinyin, latitude,
    longitude, kind, whom it serves, the digits of its phones, address."""
    fold: str
    """Pairs: a traditional character, and the one by which it is found."""


class FindJson:
    """{board}/find.json: nothing that a report changes, so that a phone asks for it once."""

    name = "find_json"
    scope = FormatScope.BOARD
    pattern = "{board}/find.json"

    def make(self, view: BoardView, /) -> tuple[Artifact, ...]:
        sites = sorted(view.sites, key=lambda one: one.id)
        fold = folding(text for site in sites for text in _searched(site))
        document = FindDocument(tuple(_site(one, view.header.lang) for one in sites), fold)
        path = self.pattern.format(board=view.header.slug)
        return (Artifact(path, "application/json", msgspec.json.encode(document) + b"\n"),)


def _searched(site: SiteView) -> tuple[str, ...]:
    """What of a site is searched in and may hold Chinese characters."""
    return site.name, site.town, site.address, site.kind_label, *site.also


def _site(site: SiteView, lang: str) -> tuple[object, ...]:
    lat, lon = finding.spot(site) or (None, None)
    names = " ".join(site.also)
    return (
        site.id,
        naming.named(site.name, lang),
        naming.named(site.town, lang),
        names,
        pinyin.reading(site.name, site.town, *site.also),
        lat,
        lon,
        site.kind,
        finding.serves(site),
        " ".join(phone.tel for phone in site.phones),
        naming.addressed(site.address, lang),
    )
