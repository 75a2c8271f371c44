"""The board as pictures to be sent around: in WeChat groups, in an article, printed for a wall.

A picture travels alone: each has the time, until when it holds, the edition, what the marks mean, 120, who
answers for it, and the way to what is newest.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from enum import Enum, auto
from typing import Final, NamedTuple

from trafficlight.publish import article, frozen, picture, words
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.picture import PNG, Block, Code, Sketch, ems, encode, gap, stacked
from trafficlight.publish.view import BoardView, Header, SiteView, TownSection
from trafficlight.text.languages import N_, translate


class Poster:
    """{board}/poster.png: every site, light and phone; 1080 wide, at most 3,500 high.

    A board whose sites do not fit on two has its towns there, each of which has a poster of its own.
    """

    name = "poster"
    scope = FormatScope.PICTURES
    pattern = "{board}/poster{part}.png"

    def make(self, view: BoardView, /) -> tuple[Artifact, ...]:
        return tuple(
            Artifact(
                self.pattern.format(board=view.header.slug, part=f"-{number}" if number > 1 else ""),
                PNG,
                encode(sketch),
                sketch=True,
            )
            for number, sketch in enumerate(sketches(view), start=1)
        )


TALLEST: Final = 3500
"""Pixels: taller pictures are made smaller by WeChat until nobody can read them."""
CODE: Final = 370
"""Pixels of the QR code with its quiet zone: at least 300 remain for any address of ours."""
MOST_PICTURES: Final = 2
"""A board that needs more shows its towns instead: ten pictures are sent to nobody."""
_NO_LIGHT: Final = N_("无颜色")
_SIGNS: Final = ("blue", "yellow", "red", "cross", "none")


class PosterLayout(Enum):
    """How much is said of a site; the first form that fits on one picture is taken, else the last."""

    FULL = auto()
    """With its address."""
    PLAIN = auto()
    DENSE = auto()
    """Name and phone on one line."""
    TOWNS = auto()
    """No sites: the towns, with how many of their sites show which light."""


class _Row(NamedTuple):
    """Something that is not torn apart, below the heading of its town."""

    town: str
    block: Block


def sketches(view: BoardView) -> tuple[Sketch, ...]:
    """The pictures in their order: one with the addresses if that is enough, else as many as are needed."""
    foot = _foot(view)
    pages: list[Block] = []
    for form in PosterLayout:
        most = {PosterLayout.DENSE: MOST_PICTURES, PosterLayout.TOWNS: None}.get(form, 1)
        pages = _paged(_rows(view, form), view, foot.height, at_most=most)
        if pages:
            break
    made = []
    for number, page in enumerate(pages, start=1):
        whole = stacked([_head(view, number, len(pages)), page, foot])
        made.append(
            Sketch(
                width=picture.WIDE,
                height=whole.height,
                paper=picture.PAPER,
                items=whole.items,
            )
        )
    return tuple(made)


# --- pages --------------------------------------------------------------------------------------------------


def _paged(rows: Iterable[_Row], view: BoardView, foot: int, at_most: int | None) -> list[Block]:
    """The rows on as many pages as they need; none where `at_most` are not enough.

    A town that goes on has its heading again.
    """
    first, other = (_head(view, part, 2).height + foot for part in (1, 2))
    pages: list[list[Block]] = [[]]
    town, high = None, first
    for row in rows:
        heading = [_town(row.town)] if row.town and row.town != town else []
        more = sum(block.height for block in (*heading, row.block))
        if pages[-1] and high + more > TALLEST:
            if len(pages) == at_most:
                return []
            pages.append([])
            high = other
            if row.town and row.town == town:
                heading = [_town(translate(N_("{town}（续）"), view.header.lang).format(town=row.town))]
            more = sum(block.height for block in (*heading, row.block))
        pages[-1] += [*heading, row.block]
        high += more
        town = row.town
    return [stacked(page) for page in pages]


def _town(label: str) -> Block:
    return stacked([gap(14), picture.framed([label], picture.TOWN), gap(6)])


def _head(view: BoardView, part: int, of: int) -> Block:
    header, edition, lang = view.header, view.edition, view.header.lang
    numbered = translate(N_("第{part}张，共{of}张"), lang).format(part=part, of=of)
    small = edition.text if of == 1 else f"{edition.text}　{numbered}"
    blocks = [gap(picture.PAD)]
    if header.banner:
        blocks += [
            picture.framed([header.banner], picture.Look(size=36, bold=True, paper=picture.STRIP)),
            gap(20),
        ]
    blocks += [
        picture.text(words.heading(header), picture.TITLE),
        gap(10),
        picture.text(words.holds(edition, lang), picture.TIME),
        picture.text(small, picture.SMALL),
        gap(16),
    ]
    if part == 1:
        blocks.append(picture.text(frozen.headline(view), picture.HEADLINE))
        blocks += [picture.text(notice, picture.NOTE) for notice in words.noticed(header)]
        blocks += [picture.text(header.closing, picture.PHONE)] if header.closing else []
        blocks.append(gap(16))
    if words.has_lights(header):
        blocks += [_legend(lang), gap(10)]
    return stacked([*blocks, picture.line()])


def _legend(lang: str) -> Block:
    """What the marks mean, two beside each other."""
    half = picture.INNER // 2
    labels = {light: words.PILLS[light] for light in _SIGNS[:-1]} | {"none": _NO_LIGHT}
    pills = {light: translate(word, lang) for light, word in labels.items()}
    wide = picture.pill_width(pills.values())
    rows = []
    for first in range(0, len(_SIGNS), 2):
        row = gap(0)
        for column, light in enumerate(_SIGNS[first : first + 2]):
            x = picture.PAD + column * half
            mark = None if light == "none" else light
            sign = picture.pill(mark, words.MARKS[light], pills[light], x=x, width=wide)
            means = picture.text(
                translate(words.MEANS[light], lang), picture.NOTE, x=x + wide + 16, width=half - wide - 24
            )
            aside = max(0, (sign.height - means.height) // 2)
            row = picture.beside(row, picture.beside(sign, stacked([gap(aside), means])))
        rows += [row, gap(10)]
    return stacked(rows)


def _foot(view: BoardView) -> Block:
    return foot(view.header, article.live_url(view), words.board_url(view.header))


def foot(header: Header, url: str, page: str, size: int = CODE) -> Block:
    """120, what colours mean and who answers, beside a code that leads to `url`; `page`: as it is written."""
    lang = header.lang
    about, emergency = words.about(lang)
    width = picture.INNER - size - 24 if url else picture.INNER
    text = stacked(
        [
            gap(12),
            picture.text(about, picture.NOTE, width=width),
            gap(12),
            *(picture.text(one, picture.NOTE, width=width) for one in words.answering(header)),
        ]
    )
    parts = [gap(20), picture.text(emergency, picture.HEADLINE), gap(12)]
    if not url:
        return stacked([*parts, text, gap(picture.PAD)])
    x = picture.WIDE - picture.PAD - size
    code = Block((Code(x=x, y=0, size=size, url=url),), size)
    look = picture.Look(size=32, bold=True)
    press = stacked(
        picture.centred(translate(one, lang), look, middle=x + size // 2, width=size)
        for one in (N_("长按识别二维码"), N_("看最新忙闲"))
    )
    address = picture.text(words.without_scheme(page), picture.SMALL)
    return stacked([*parts, picture.beside(text, stacked([code, press])), gap(12), address, gap(picture.PAD)])


# --- rows ---------------------------------------------------------------------------------------------------


def _rows(view: BoardView, form: PosterLayout) -> Iterator[_Row]:
    header = view.header
    if header.state == "ended":
        return
    if form is PosterLayout.TOWNS:
        for town in view.towns:
            yield _Row("", _counted(town, header))
        return
    wide = picture.pill_width({site.pill for site in view.sites}) if words.has_lights(header) else 0
    for town in view.towns:
        label = town.label if len(view.towns) > 1 or town.name else ""
        for site in town.sites:
            yield _Row(label, _site(site, header, wide, form, view.edition.as_of.date()))


def _site(site: SiteView, header: Header, wide: int, form: PosterLayout, today: date) -> Block:
    x = picture.PAD + (wide + 24 if wide else 0)
    width = picture.WIDE - picture.PAD - x
    phones = words.listed((words.phone_text(phone, header.lang) for phone in site.phones), header.lang)
    name = words.bracketed(site.name, site.distinct, header.lang) if site.distinct else site.name
    called = _called(name, phones or translate(N_("暂无电话"), header.lang), x, width, form)
    notes = (picture.text(note, picture.NOTE, x=x, width=width) for note in _notes(site, header, form, today))
    air = gap(8 if form is PosterLayout.DENSE else 12)
    block = stacked([air, *called, *notes, air])
    if wide:
        sign = picture.pill(site.light, site.mark, site.pill, x=picture.PAD, width=wide)
        block = picture.beside(stacked([air, sign, air]), block)
    return stacked([block, picture.line()])


def _called(name: str, phones: str, x: int, width: int, form: PosterLayout) -> list[Block]:
    """Name and phones, beside each other where that saves a line and there is room."""
    named = picture.text(name, picture.NAME, x=x, width=width)
    if form is PosterLayout.DENSE:
        room = width - round(ems(phones) * picture.DENSE.size) - 24
        if room >= round(ems(name) * picture.DENSE_NAME.size):
            named = picture.text(name, picture.DENSE_NAME, x=x, width=width)
            at = x + width - round(ems(phones) * picture.DENSE.size)
            return [picture.beside(named, picture.text(phones, picture.DENSE, x=at, width=width))]
        named = picture.text(name, picture.DENSE_NAME, x=x, width=width)
        return [named, picture.text(phones, picture.DENSE, x=x, width=width)]
    return [named, picture.text(phones, picture.PHONE, x=x, width=width)]


def _notes(site: SiteView, header: Header, form: PosterLayout, today: date) -> Iterator[str]:
    """What else has to be known: why there is no light, what was last, and, where there is room, the way."""
    if words.has_lights(header):
        if site.light == "cross" or (site.light is None and site.reason in _EXPLAINED):
            yield frozen.action(site, today, header.lang)
        elif site.light is None and site.last:
            yield frozen.last_light(site.last, header.lang)
        if site.closing_soon:
            yield site.closing_soon
        if words.maybe_shut(site):
            yield translate(N_("开诊时间不详"), header.lang)
    if site.light is None and site.hours and form is not PosterLayout.DENSE:
        yield translate(N_("开诊时间：{hours}"), header.lang).format(hours=site.hours)
    if site.address and form is PosterLayout.FULL:
        yield site.address


_EXPLAINED: Final = frozenset(
    {"closed_now", "hours_unknown", "reopening_due", "next_visit", "visiting_today"}
)
"""Reasons that say something of this very site; the others are what the headline and the legend say."""


def _counted(town: TownSection, header: Header) -> Block:
    """A town with how many of its sites show which light, by the legend's marks."""
    groups = [words.group_of(site) for site in town.sites]
    counts = [(light, groups.count(light)) for light in _SIGNS[:-1] if light in groups]
    parts = [f"{words.MARKS[light]}{count}" for light, count in counts]
    silent = len(groups) - sum(count for _, count in counts)
    parts += [f"{words.MARKS['none']}{silent}"] if silent else []
    text = "　".join(parts) if words.has_lights(header) else ""
    long = round(ems(text) * picture.DENSE.size)
    name = picture.text(town.label, picture.DENSE_NAME)
    if ems(town.label) * picture.DENSE_NAME.size + long + 24 <= picture.INNER:
        numbers = picture.text(text, picture.DENSE, x=picture.WIDE - picture.PAD - long, width=long + 4)
        block = picture.beside(name, numbers)
    else:
        block = stacked([name, picture.text(text, picture.DENSE)])
    return stacked([gap(5), block, gap(5), picture.line()])
