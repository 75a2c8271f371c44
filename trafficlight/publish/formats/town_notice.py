"""One town's sites to be read over a village's loudspeakers."""

from collections.abc import Iterator, Sequence
from typing import Final

from trafficlight.publish import lines, words
from trafficlight.publish.formats.base import Artifact, Scope
from trafficlight.publish.formats.notice import TEXT
from trafficlight.publish.view import SiteView, TownView

LONGEST: Final = 480
"""Characters: two minutes at four a second, which is how fast a loudspeaker is understood outdoors."""

_ORDER: Final = ("cross", "blue", "yellow", "red", "none")
_WORDS: Final = {**words.LIGHT_WORDS, "none": lines.NO_NEWS}


class TownNotice:
    """{board}/notice/{town}.txt, in whole sentences of at most 480 characters.

    A town with more sites than fit loses the addresses first, then the phones, then names; it says always
    where the rest is told.
    """

    name = "town_notice"
    scope = Scope.TOWN
    pattern = "{board}/notice/{town}.txt"

    def make(self, view: TownView, /) -> tuple[Artifact, ...]:
        text = ""
        for text in _drafts(view):  # the fullest that fits; the last and shortest, should none
            if len(text) <= LONGEST:
                break
        path = self.pattern.format(board=view.header.slug, town=view.town.file)
        return (Artifact(path, TEXT, text.encode()),)


def _drafts(view: TownView) -> Iterator[str]:
    """Ways to say it, the fullest first."""
    header, sites = view.header, view.town.sites
    news = tuple(header.notices)
    if header.state == "ended":
        yield _compose(view, header.closing, *news)
        yield _compose(view)
        return
    yield _compose(view, *news, *_told(view, with_address=True))
    yield _compose(view, *news, *_told(view, with_address=False))
    yield _compose(view, *news, *_named(view, len(sites)), _rest(view, "电话和地址"))
    for shown in range(len(sites), 0, -1):
        what = "电话和地址" if shown == len(sites) else "其余机构和各机构的电话"
        yield _compose(view, *_named(view, shown), _rest(view, what))
    yield _compose(view, *_named(view, 0), _rest(view, "各机构的名称和电话"))
    yield _compose(view, _rest(view, "各机构的忙闲和电话"))


def _compose(view: TownView, *said: str) -> str:
    header, edition = view.header, view.edition
    opening = f"{header.name}{view.town.label}发热就诊机构忙闲情况，{lines.holds(edition)}。"
    banner = f"【{header.banner}】" if header.banner else ""
    # The counts are the whole board's: read out in one town they would be taken for its own.
    sentence = "" if view.headline.kind == "counts" else view.headline.text
    closing = "，".join((*lines.answering(header), edition.text))
    parts = (banner + opening, sentence, *said, *words.ABOUT, f"{closing}。")
    return "\n".join(part for part in parts if part) + "\n"


def _told(view: TownView, *, with_address: bool) -> Iterator[str]:
    """Every site with its phones; those together that ask the same of people."""
    if not lines.lit(view.header):
        yield from (f"{_full(site, with_address=with_address)}。" for site in view.town.sites)
        return
    groups: dict[tuple[str, str], list[SiteView]] = {}
    for site in _sorted(view):
        groups.setdefault((lines.group_of(site), site.action), []).append(site)
    for (light, action), members in groups.items():
        told = "；".join(_full(site, with_address=with_address) for site in members)
        yield f"{_WORDS[light]}：{action}{told}。"


def _full(site: SiteView, *, with_address: bool) -> str:
    phones = "、".join(lines.spoken(phone) for phone in site.phones)
    address = site.address if with_address else ""
    return "，".join((site.name, *([address] if address else []), f"电话{phones}" if phones else "暂无电话"))


def _named(view: TownView, shown: int) -> Iterator[str]:
    """The first `shown` names, as in: 人少12家，可直接前往：甲、乙等."""
    if not lines.lit(view.header):
        yield f"本地共有机构{len(view.town.sites)}家{_list(view.town.sites[:shown], len(view.town.sites))}。"
        return
    left = shown
    for light in _ORDER:
        members = [site for site in view.town.sites if lines.group_of(site) == light]
        if members:
            names = _list(members[:left], len(members))
            yield f"{_WORDS[light]}{len(members)}家，{lines.MEANS[light]}{names}。"
        left = max(0, left - len(members))


def _list(sites: Sequence[SiteView], of: int) -> str:
    names = "、".join(site.name for site in sites)
    return f"：{names}{'等' if len(sites) < of else ''}" if names else ""


def _rest(view: TownView, what: str) -> str:
    """Where to find what this notice left out."""
    header = view.header
    if header.place.public_url:
        where = f"请查看{header.place.public_url}/{header.slug}/"
    else:
        where = f"请查看{header.name}公示页"
    return f"{what}{where}{f'，或拨打{header.hotline}询问' if header.hotline else ''}。"


def _sorted(view: TownView) -> list[SiteView]:
    return sorted(view.town.sites, key=lambda site: _ORDER.index(lines.group_of(site)))
