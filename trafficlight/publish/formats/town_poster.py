"""A town's clinics as one picture for the groups of its villages: one screen of a phone, and nothing to turn.

As every picture it travels alone: when, until when, edition, what the marks mean, 120, who answers, the way
to what is newest. Each light says until when it stands.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from trafficlight.publish import frozen, naming, picture, words
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.formats.poster import foot
from trafficlight.publish.picture import PNG, Block, Look, Sketch, encode, gap, stacked
from trafficlight.publish.view import Header, SiteView, TownView
from trafficlight.text.languages import N_, translate

SCREEN: Final = 1920
"""Pixels at 1080 in width: an old phone's whole screen."""
_CODE: Final = 350
"""Pixels of the code: for the address of any town at least 300 remain."""
_UNTIL: Final = Look(size=picture.SMALLEST, ink=picture.MUTED)


class TownPoster:
    """{board}/posters/{town}.png: 1080 × 1920 at most."""

    name = "town_poster"
    scope = FormatScope.TOWN_PICTURES
    pattern = "{board}/posters/{town}.png"

    def make(self, view: TownView, /) -> tuple[Artifact, ...]:
        path = self.pattern.format(board=view.header.slug, town=view.town.file)
        return (Artifact(path, PNG, encode(town_sketch(view)), sketch=True),)


def town_sketch(view: TownView) -> Sketch:
    """Each site on lines of its own; where they do not fit, below their lights, and how many are left."""
    header = view.header
    url = words.town_url(header, view.town.file)
    code = f"{url}?v={view.edition.as_of:%Y%m%d%H%M}" if url else ""
    end = foot(header, code, words.board_url(header), _CODE)
    head = _head(view, legend=True)
    sites = view.town.sites if header.state != "ended" else ()
    rows = stacked(_row(site, view) for site in sites)
    if head.height + rows.height + end.height > SCREEN:
        head = _head(view, legend=not words.has_lights(header))
        rows = _packed(view, SCREEN - head.height - end.height)
    whole = stacked([head, rows, end])
    return Sketch(width=picture.WIDE, height=whole.height, paper=picture.PAPER, items=whole.items)


def _head(view: TownView, *, legend: bool) -> Block:
    header, edition, lang = view.header, view.edition, view.header.lang
    place = f"{header.name}{view.town.name}"
    blocks = [gap(32)]
    if header.banner:
        blocks += [
            picture.framed([header.banner], Look(size=36, bold=True, paper=picture.STRIP)),
            gap(16),
        ]
    blocks += [
        picture.text(translate(N_("{place}发热就诊"), lang).format(place=place), picture.TITLE),
        gap(8),
        picture.text(words.holds(edition, lang), picture.TIME),
        picture.text(edition.text, picture.SMALL),
        gap(8),
    ]
    lights = frozen.standing(view.town.sites, edition.as_of)
    if not words.has_lights(header):
        blocks.append(picture.text(frozen.headline(view), picture.HEADLINE))
    elif lights:
        left = frozen.standing(view.town.sites, frozen.evening(edition.as_of))
        blocks += [
            *([picture.text(_legend(lang), picture.NOTE)] if legend else []),
            picture.text(frozen.worth(edition.as_of, lights, left, lang), picture.NOTE),
        ]
    else:
        blocks.append(picture.text(translate(N_("没有颜色的机构，前往前请先打电话。"), lang), picture.NOTE))
    blocks += [picture.text(notice, picture.NOTE) for notice in words.noticed(header)]
    blocks += [picture.text(header.closing, picture.PHONE)] if header.closing else []
    return stacked([*blocks, gap(10), picture.line()])


def _legend(lang: str) -> str:
    """What each light asks of people, in a line or two."""
    each = (
        f"{words.MARKS[light]}{translate(word, lang)}{translate(words.MEANS[light], lang)}"
        for light, word in words.LIGHT_WORDS.items()
    )
    return words.ended(words.joined(each, lang), lang)


def _row(site: SiteView, view: TownView) -> Block:
    """Its light, its name, its phones, and until when that is."""
    header, lang = view.header, view.header.lang
    wide = picture.pill_width(one.pill for one in view.town.sites) if words.has_lights(header) else 0
    x = picture.PAD + (wide + 24 if wide else 0)
    width = picture.WIDE - picture.PAD - x
    name, phones = _name(site, lang), _phones(site, lang)
    row = stacked(
        [
            gap(10),
            picture.text(name, picture.DENSE_NAME, x=x, width=width),
            picture.text(phones, picture.DENSE, x=x, width=width),
            *(picture.text(note, _UNTIL, x=x, width=width) for note in _notes(site, view)),
            gap(10),
        ]
    )
    if wide:
        sign = picture.pill(site.light, site.mark, site.pill, x=picture.PAD, width=wide)
        row = picture.beside(stacked([gap(12), sign]), row)
    return stacked([row, picture.line()])


def _notes(site: SiteView, view: TownView) -> Iterator[str]:
    header, today = view.header, view.edition.as_of.date()
    if not words.has_lights(header):
        return
    if words.maybe_shut(site):
        yield translate(N_("开诊时间不详"), header.lang)
    if site.light and site.light != "cross":
        till = words.till(site.valid_until, today, header.lang)
        yield translate(N_("有效至{till}，过期请先打电话"), header.lang).format(till=till)
    elif site.light == "cross" or site.reason not in {"not_due", "not_reported", "expired"}:
        yield frozen.action(site, today, header.lang)


def _packed(view: TownView, room: int) -> Block:
    """Below each light and its end the names with their phones, as many as fit, and how many are left."""
    header, lang = view.header, view.header.lang
    more = gap(64)
    blocks: list[Block] = []
    high, named = more.height, 0
    for (key, word), members in groupby(
        view.town.sites, key=lambda site: (words.group_of(site), _word(site, lang))
    ):
        there = list(members)
        heading = _heading(key, word, there, view) if words.has_lights(header) else gap(8)
        for number, site in enumerate(there):
            line = _line(site, lang)
            block = stacked([heading, line]) if number == 0 else line
            if high + block.height > room:
                return stacked([*blocks, _more(len(view.town.sites) - named, header)])
            blocks.append(block)
            high += block.height
            named += 1
    return stacked([*blocks, more])


def _word(site: SiteView, lang: str) -> str:
    return words.doubted(site.pill, lang) if words.maybe_shut(site) else site.pill


def _heading(key: str, word: str, sites: Iterable[SiteView], view: TownView) -> Block:
    """The light of those below, and until when the first of them stands."""
    lang = view.header.lang
    light = key if key in words.LIGHT_WORDS else None
    sign = picture.pill(light, words.MARKS[key], word, x=picture.PAD, width=picture.pill_width([word]))
    means = translate(words.MEANS.get(key, words.MEANS["none"]), lang)
    if light:
        till = words.till(min(one.valid_until for one in sites), view.edition.as_of.date(), lang)
        means = words.joined(
            (means, translate(N_("有效至{till}，过期请先打电话"), lang).format(till=till)), lang
        )
    x = picture.PAD + picture.pill_width([word]) + 20
    aside = picture.text(means, picture.NOTE, x=x, width=picture.WIDE - picture.PAD - x)
    return stacked([gap(10), picture.beside(sign, stacked([gap(8), aside])), gap(2)])


def _line(site: SiteView, lang: str) -> Block:
    """Name and phones, beside each other where there is room."""
    name, phones = _name(site, lang), _phones(site, lang)
    long = round(picture.ems(phones) * picture.DENSE.size)
    if picture.ems(name) * picture.DENSE_NAME.size + long + 24 <= picture.INNER:
        numbers = picture.text(phones, picture.DENSE, x=picture.WIDE - picture.PAD - long, width=long + 4)
        return picture.beside(picture.text(name, picture.DENSE_NAME), numbers)
    return stacked([picture.text(name, picture.DENSE_NAME), picture.text(phones, picture.DENSE)])


def _more(count: int, header: Header) -> Block:
    text = (
        N_("还有{count}家，请扫码看全部。")
        if words.board_url(header)
        else N_("还有{count}家，请打电话询问。")
    )
    return stacked([gap(6), picture.text(translate(text, header.lang).format(count=count), picture.TIME)])


def _name(site: SiteView, lang: str) -> str:
    """Without the town, which stands above all of them."""
    name = naming.below_town(site.name, site.town)
    return words.bracketed(name, site.distinct, lang) if site.distinct else name


def _phones(site: SiteView, lang: str) -> str:
    phones = words.listed((words.phone_text(phone, lang) for phone in site.phones), lang)
    return phones or translate(N_("暂无电话"), lang)
