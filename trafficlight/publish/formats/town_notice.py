"""One town's sites to be read over a village's loudspeakers."""

from collections.abc import Iterator, Sequence
from typing import Final

from trafficlight.publish import frozen, naming, words
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.formats.notice import TEXT
from trafficlight.publish.view import SiteView, TownView
from trafficlight.text.languages import N_, language, translate

LONGEST: Final = 480
"""Characters: two minutes at four a second, which is how fast a loudspeaker is understood outdoors."""

_ORDER: Final = ("closed today", "cross", "blue", "yellow", "red", "visit", "none")
"""What is news of the day comes first: nobody should set out for them as they did yesterday."""
_WORDS: Final = {
    **words.LIGHT_WORDS,
    "closed today": N_("今天起暂停"),
    "none": words.NO_NEWS,
    "visit": N_("巡诊"),
}
_MEANS: Final = {**words.MEANS, "closed today": words.MEANS["cross"], "visit": N_("请看巡诊日期")}


class TownNotice:
    """{board}/notice/{town}.txt, in short whole sentences, phones in groups, of at most 480 characters.

    A town with more sites than fit loses the addresses first, then the phones, then names; it says always
    where the rest is told.
    """

    name = "town_notice"
    scope = FormatScope.TOWN
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
    header, sites, lang = view.header, view.town.sites, view.header.lang
    news = tuple(words.noticed(header))
    if header.state == "ended":
        yield _compose(view, naming.own(header.closing, lang), *news)
        yield _compose(view)
        return
    yield _compose(view, *news, *_sites_by_light(view, with_address=True))
    yield _compose(view, *news, *_sites_by_light(view, with_address=False))
    yield _compose(view, *news, *_named(view, len(sites)), _rest(view, translate(N_("电话和地址"), lang)))
    for named in range(len(sites), 0, -1):
        what = N_("电话和地址") if named == len(sites) else N_("其余机构和各机构的电话")
        yield _compose(view, *_named(view, named), _rest(view, translate(what, lang)))
    yield _compose(view, *_named(view, 0), _rest(view, translate(N_("各机构的名称和电话"), lang)))
    yield _compose(view, _rest(view, translate(N_("各机构的忙闲和电话"), lang)))


def _compose(view: TownView, *sentences: str) -> str:
    header, edition, lang = view.header, view.edition, view.header.lang
    opening = translate(N_("{heading}，{holds}。"), lang).format(
        heading=words.heading(header, f"{header.name}{view.town.label}"), holds=words.holds(edition, lang)
    )
    banner = f"【{naming.own(header.banner, lang)}】" if header.banner else ""
    # The counts are told with the sites themselves.
    sentence = "" if view.headline.kind == "counts" else frozen.headline(view)
    ends = (*map(words.read_out, words.answering(header)), edition.text)
    closing = words.sentences((words.ended(one, lang) for one in ends), lang)
    parts = (banner + opening, sentence, *sentences, *words.about(lang), closing)
    return "\n".join(part for part in parts if part) + "\n"


def _sites_by_light(view: TownView, *, with_address: bool) -> Iterator[str]:
    """Every site with its phones; those together that ask the same of people."""
    lang, today = view.header.lang, view.edition.as_of.date()
    if not words.has_lights(view.header):
        yield from (
            words.ended(_full(site, lang, with_address=with_address), lang) for site in view.town.sites
        )
        return
    for label, _, of_light in _groups(view):
        actions: dict[str, list[SiteView]] = {}
        for site in of_light:
            actions.setdefault(frozen.action(site, today, lang), []).append(site)
        for action, members in actions.items():
            each = (_full(site, lang, with_address=with_address) for site in members)
            sentence = words.sentences((words.ended(one, lang) for one in each), lang)
            yield translate(N_("{light}：{action}{told}"), lang).format(
                light=label, action=action, told=sentence
            )


def _full(site: SiteView, lang: str, *, with_address: bool) -> str:
    phones = words.listed((words.read_out(words.phone_text(phone, lang)) for phone in site.phones), lang)
    called = translate(N_("电话{phones}"), lang).format(phones=phones)
    address = [naming.addressed(site.address, lang)] if with_address and site.address else []
    soon = [site.closing_soon.rstrip("。.")] if site.closing_soon else []
    called = called if phones else translate(N_("暂无电话"), lang)
    return words.joined((naming.named(site.name, lang), *address, called, *soon), lang)


def _named(view: TownView, count: int) -> Iterator[str]:
    """The first `shown` names, as in: 人少12家，可直接前往：甲、乙等."""
    lang, sites = view.header.lang, view.town.sites
    if not words.has_lights(view.header):
        text = translate(N_("本地共有机构{count}家{names}。"), lang)
        yield text.format(count=len(sites), names=_list(sites[:count], len(sites), lang))
        return
    left = count
    for label, means, members in _groups(view):
        yield translate(N_("{light}{count}家，{means}{names}。"), lang).format(
            light=label,
            count=len(members),
            means=means,
            names=_list(members[:left], len(members), lang),
        )
        left = max(0, left - len(members))


def _list(sites: Sequence[SiteView], of: int, lang: str) -> str:
    names = words.listed((naming.named(site.name, lang) for site in sites), lang)
    text = N_("：{names}等") if len(sites) < of else N_("：{names}")
    return translate(text, lang).format(names=names) if names else ""


def _rest(view: TownView, what: str) -> str:
    """Where to find what this notice left out."""
    header, lang = view.header, view.header.lang
    where = translate(N_("{name}公示页"), lang).format(name=naming.named(header.name, lang))
    if header.place.public_url:
        where = f"{header.place.public_url}/{language(lang).folder}{header.slug}/"
    text = N_("{what}请查看{where}，或拨打{hotline}询问。") if header.hotline else N_("{what}请查看{where}。")
    return translate(text, lang).format(what=what, where=where, hotline=words.read_out(header.hotline))


def _groups(view: TownView) -> Iterator[tuple[str, str, list[SiteView]]]:
    """The light's word, what it means, and its sites, in the order in which they are read.

    Where the light of some is doubtful, because nobody knows whether they are open, these come by themselves,
    after all that are surely open.
    """
    lang, today, sites = view.header.lang, view.edition.as_of.date(), view.town.sites
    some_doubtful = any(map(words.maybe_shut, sites))
    groups: dict[tuple[bool, str], list[SiteView]] = {}
    for site in sites:
        light = "closed today" if words.closed_today(site, today) else words.group_of(site)
        late = some_doubtful and (words.maybe_shut(site) or (light == "none" and not site.is_open))
        groups.setdefault((late, light), []).append(site)
    for (_, light), members in sorted(groups.items(), key=lambda one: (one[0][0], _ORDER.index(one[0][1]))):
        label = translate(_WORDS[light], lang)
        if words.maybe_shut(members[0]):
            label = words.doubted(label, lang)
        yield label, translate(_MEANS[light], lang), members
