"""What tells sites of the same name apart: the town, else what people call it, else the address."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from trafficlight.domain.board import Site

_TOLD_BY: Final[tuple[Callable[[Site], str], ...]] = (
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
        site.id: _told(site, [one for one in namesakes if one is not site])
        for namesakes in named.values()
        if len(namesakes) > 1
        for site in namesakes
    }


def _told(site: Site, others: list[Site]) -> str:
    for tell in _TOLD_BY:
        said = tell(site)
        if said and all(_plain(tell(other)) != _plain(said) for other in others):
            return said
    return _TOLD_BY[-1](site)


def _plain(text: str) -> str:
    """As a reader tells names apart: without widths, spaces and case."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()
