"""The board as plain text, for SMS groups and to be read out."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final

from trafficlight.publish import frozen, naming, words
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.view import BoardView, SiteView
from trafficlight.text.languages import N_, translate

TEXT: Final = "text/plain; charset=utf-8"

_ORDER: Final = ("cross", "blue", "yellow", "red")
"""Who is closed comes first, since today before all: nobody should set out for them."""
_OPENNESS: Final = (True, None, False)
"""Who is surely open stands before whoever may not be."""


class NoticeText:
    """{board}/notice.txt: headline, closed sites, open sites by light, then those without one."""

    name = "notice"
    scope = FormatScope.BOARD
    pattern = "{board}/notice.txt"

    def make(self, view: BoardView, /) -> tuple[Artifact, ...]:
        text = "\n\n".join("\n".join(part) for part in _parts(view) if part) + "\n"
        return (Artifact(self.pattern.format(board=view.header.slug), TEXT, text.encode()),)


def _parts(view: BoardView) -> Iterator[list[str]]:
    header, edition = view.header, view.edition
    yield [f"【{naming.own(header.banner, header.lang)}】"] if header.banner else []
    yield [words.heading(header), words.holds(edition, header.lang), frozen.headline(view)]
    if header.state == "ended":
        yield [naming.own(header.closing, header.lang)] if header.closing else []
    yield list(words.noticed(header))
    if header.state == "paused":
        yield [_line(site, header.lang) for site in view.sites]
    elif words.has_lights(header):
        yield from _by_light(view.sites, edition.as_of.date(), header.lang)
    yield list(words.about(header.lang))
    yield [*words.answering(header), edition.text]


def _by_light(sites: Iterable[SiteView], today: date, lang: str) -> Iterator[list[str]]:
    """The closed sites, those that are surely open, then the others: each by light, then without one."""
    groups = [[site for site in sites if site.light == "cross"]]
    groups += [
        [site for site in sites if site.light != "cross" and site.is_open is known] for known in _OPENNESS
    ]
    others: list[SiteView] = []
    for members in groups:
        parts = [part for light in _ORDER for part in _with_light(light, members, today, lang)]
        if parts:
            yield from _without_light(others, lang)
            others = []
        yield from parts
        others += [site for site in members if site.light is None]
    yield from _without_light(others, lang)


def _with_light(light: str, sites: Iterable[SiteView], today: date, lang: str) -> Iterator[list[str]]:
    """The sites of a light, those together that ask the same of people; the day's news first."""
    groups: dict[tuple[str, str], list[SiteView]] = {}
    of_light = [site for site in sites if site.light == light]
    for site in sorted(of_light, key=lambda site: not words.closed_today(site, today)):
        news = words.closed_today(site, today)
        pill = translate(N_("今天起暂停"), lang) if news else site.pill
        if words.maybe_shut(site):
            pill = words.doubted(pill, lang)
        groups.setdefault((pill, frozen.action(site, today, lang)), []).append(site)
    for (pill, action), members in groups.items():
        sentence = translate(N_("{pill}：{action}"), lang).format(pill=pill, action=action)
        yield [f"{words.MARKS[light]} {sentence}", *(_line(site, lang) for site in members)]


def _without_light(members: Sequence[SiteView], lang: str) -> Iterator[list[str]]:
    if members:
        sentence = translate(N_("无最新信息，前往前请先打电话："), lang)
        yield [f"{words.MARKS['none']} {sentence}", *(_line(site, lang, site.pill) for site in members)]


def _line(site: SiteView, lang: str, *remarks: str) -> str:
    """As in: 示例卫生院（示例镇、待更新）0535-0001234."""
    soon = site.closing_soon.rstrip("。.")
    about = words.listed((part for part in (naming.named(site.town, lang), *remarks, soon) if part), lang)
    name = naming.named(site.name, lang)
    name = words.bracketed(name, about, lang) if about else f"{name} "
    phones = words.listed((words.phone_text(phone, lang) for phone in site.phones), lang)
    gap = "" if name.endswith((" ", "）")) else " "
    return f"{name}{gap}{phones or translate(N_('暂无电话'), lang)}"
