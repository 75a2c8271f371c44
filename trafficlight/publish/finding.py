"""What a site is found by on the phone: its name's initials, what people call it, and where it stands."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from trafficlight.domain.coords import WGS84, converted
from trafficlight.publish.view import SiteView

_PLACES: Final = 4
"""Decimal places of a degree: 11 m, which is nearer than anybody needs to choose between two clinics."""


def initials(name: str) -> str:
    """The first letters of the name's syllables, as people type them: dzzwsy for 东庄镇卫生院.

    Syllables are told by the words that they stand in (重庆: cq); letters and digits stay, all else goes.
    """
    return "".join(_initials(word) for word in _cut(name))


def preload() -> None:
    """Read the dictionary now; called at start-up, so that it is never read on the event loop."""
    initials("示例")


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
