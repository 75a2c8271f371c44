"""What the phone searches in, beyond what a page's rows say: loaded when somebody searches."""

from typing import Final

import msgspec

from trafficlight.publish import finding, naming, words
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.view import BoardView, PhoneView, SiteView
from trafficlight.text import pinyin
from trafficlight.text.languages import N_, translate
from trafficlight.text.traditional import folding


class FindDocument(msgspec.Struct, frozen=True):
    """find.json."""

    sites: tuple[tuple[object, ...], ...]
    """Of each site: id, name, town, other names, how name, town and these are typed in pinyin, latitude,
    longitude, kind, whom it serves, its phones with spaces between, address; of a board also where it lies:
    south, west, north and east."""
    fold: str
    """Pairs: a traditional character, and the one by which it is found."""
    words: dict[str, str]
    """What is said of what was found; # is where a number comes."""


_NEAREST: Final = N_("，按直线距离由近到远")
_SURELY_OPEN_FIRST: Final = N_("，按直线距离由近到远，确知开诊的在前")
WORDS: Final = {
    "guess": N_("没有一样的，相近的有#家"),
    "near": _NEAREST,
    "unsure": N_("，其中#家没有写明"),
    "unplaced": N_("，都不知道在哪里，没有按距离排"),
    "km": N_("#公里"),
    "m": N_("#米"),
    "beyond": N_("邻近地区找到#家"),
    "beyondNear": N_("邻近地区的机构，由近到远"),
}


class FindJson:
    """{board}/find.json: nothing that a report changes, so that a phone asks for it once."""

    name = "find_json"
    scope = FormatScope.BOARD
    pattern = "{board}/find.json"

    def make(self, view: BoardView, /) -> tuple[Artifact, ...]:
        sites = sorted(view.sites, key=lambda one: one.id)
        fold = folding(text for site in sites for text in _searched(site))
        lang = view.header.lang
        document = FindDocument(tuple(_site(one, lang) for one in sites), fold, _words(view))
        path = self.pattern.format(board=view.header.slug)
        return (Artifact(path, "application/json", msgspec.json.encode(document) + b"\n"),)


def _words(view: BoardView) -> dict[str, str]:
    nearest = _SURELY_OPEN_FIRST if words.has_lights(view.header) else _NEAREST
    return {name: translate(one, view.header.lang) for name, one in (*WORDS.items(), ("nearest", nearest))}


def _searched(site: SiteView) -> tuple[str, ...]:
    """What of a site is searched in and may hold Chinese characters."""
    return site.name, site.town, site.address, site.kind_label, *site.also


def _dialled(phone: PhoneView) -> str:
    """The number as it is written, and behind a comma its extension; without spaces, which part numbers."""
    return "".join(phone.number.split()) + (f",{phone.ext}" if phone.ext else "")


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
        " ".join(map(_dialled, site.phones)),
        naming.addressed(site.address, lang),
    )
