"""The sites of an article: markup, rows, and the parts that they are cut into where the article is too long.

WeChat publishes no list of the markup that it keeps; one declaration that it does not know may cost the whole
`style`. So there are only the few tags and declarations that are known to survive: no links, no `div`, no
`class`, no shorthands, no colour on text that lies on the page itself, which dark mode would change. All is
written as browsers write it out again, so that what is copied from a page is what was made, byte for byte.
"""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache
from html import escape
from typing import Final

import msgspec

from trafficlight.publish import frozen, words
from trafficlight.publish.view import LastView, SiteView
from trafficlight.publish.words import FILLS, INKS
from trafficlight.text import rendering

ROOT: Final = "font-size:16px;line-height:26px;letter-spacing:0px;text-align:left;word-break:break-word"
"""On the whole article: WeChat's own text is justified, with gaps between the letters."""
TEXT: Final = "margin:0 0 12px"
TOWN: Final = (
    "margin:24px 0 8px;padding:0 0 4px;border-bottom:1px solid #888888;font-size:18px;font-weight:bold"
)
_PILL: Final = "display:inline-block;padding:0 8px;border-radius:4px;font-weight:bold"
_SHORT_PILL: Final = "padding:0 4px"
_PICTURE: Final = "width:180px;height:180px"
BREAK: Final = "<br>"

_TURNING: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that turn the direction of all that follows: a name's own must end with it."""


def text(written: str) -> str:
    """Words as they stand in the article: escaped, on one line, without characters that are not written."""
    plain = "".join(
        " " if char.isspace() else char
        for char in written
        if char.isspace() or (char not in _TURNING and unicodedata.category(char) not in {"Cc", "Cs"})
    )
    return escape(" ".join(plain.split()), quote=False)


def strong(inner: str) -> str:
    return f"<strong>{inner}</strong>"


def paragraph(lines: Iterable[str], style: str = TEXT) -> str:
    """Lines of markup below each other, as one paragraph."""
    return f'<p style="{style}">{BREAK.join(lines)}</p>'


def pill(light: str, label: str, *, short: bool = False) -> str:
    """A light: its mark and word on its colour. Without colours mark and word still say it."""
    shape = _SHORT_PILL if short else _PILL
    return f'<span style="{shape};background-color:{FILLS[light]};color:{INKS[light]}">{text(label)}</span>'


def picture(address: str, caption: str) -> str:
    """The only picture: its address is replaced by WeChat's own where the article is sent there."""
    source, words = (escape(part, quote=True).replace("&#x27;", "'") for part in (address, caption))
    return f'<img src="{source}" alt="{words}" style="{_PICTURE}">'


def whole(parts: Iterable[str]) -> str:
    return f'<section style="{ROOT}">{"".join(parts)}</section>'


ROWS_CACHED: Final = 8192
"""At hand, as the board's page keeps its rows: of an article made anew nearly all are as they were."""


class Group(msgspec.Struct, frozen=True):
    """Lines of markup that belong together; apart, each part stands below the heading again."""

    heading: str
    """Empty where they need none."""
    lines: tuple[str, ...]

    def markup(self) -> str:
        return paragraph((self.heading, *self.lines) if self.heading else self.lines)


RowFormat = Callable[[Iterable[SiteView], date], tuple[Group, ...]]
"""Sites of one place, in their order, as groups; `today` is the day on which it is told."""


def lights_in_full(sites: Iterable[SiteView], today: date) -> tuple[Group, ...]:
    """Name, light, what to do, phones, address, hours, and of when that is."""
    return tuple(Group("", (_full_row(site, today),)) for site in sites)


def lights_in_short(sites: Iterable[SiteView], today: date) -> tuple[Group, ...]:
    """Below each light, what it asks of people and until when the first below it holds, names with phones."""
    there = tuple(sites)
    ends: dict[str, datetime] = {}
    for site in there:
        if site.light:
            heading = _heading(site)
            ends[heading] = min(site.valid_until, ends.get(heading, site.valid_until))

    def whole_heading(site: SiteView) -> str:
        heading = _heading(site)
        if heading not in ends:
            return heading
        return f"{heading} 有效至{words.till(ends[heading], today, words.ZH)}。"

    return _grouped(there, whole_heading, lambda site: _short(site, today))


def list_in_full(sites: Iterable[SiteView], today: date) -> tuple[Group, ...]:
    """Name, phones, address, hours; ✕ where a site is closed; what was last heard of it, in words."""
    return tuple(Group("", (_listed(site, today),)) for site in sites)


def list_in_short(sites: Iterable[SiteView], today: date) -> tuple[Group, ...]:
    """The same in lines, the closed ones by themselves."""
    return _grouped(sites, _closed, lambda site: _listed_short(site, today))


def _grouped(
    sites: Iterable[SiteView], heading: Callable[[SiteView], str], line: Callable[[SiteView], str]
) -> tuple[Group, ...]:
    groups: dict[str, list[str]] = {}
    for site in sites:
        groups.setdefault(heading(site), []).append(line(site))
    return tuple(Group(head, tuple(members)) for head, members in groups.items())


# --- the lights ---------------------------------------------------------------------------------------------


@lru_cache(maxsize=ROWS_CACHED)
def _full_row(site: SiteView, today: date) -> str:
    rows = [_name(site), _status(site, today)]
    if site.closing_soon:
        rows.append(text(site.closing_soon))
    if words.maybe_shut(site):
        rows.append("开诊时间不详")
    if site.by_desk:
        rows.append(text(f"由主管部门设定：{site.desk_reason}" if site.desk_reason else "由主管部门设定"))
    rows += [_phones(site), *_where(site)]
    if site.phone_busy:
        rows.append("电话占线较多，可稍后再拨")
    if site.light:
        rows.append(text(f"{words.own_time(site, today, words.ZH)}，过期请先打电话"))
    rows += _last(site)
    return BREAK.join(rows)


def _status(site: SiteView, today: date) -> str:
    """The light, and what it asks of people; in plain words where there is none."""
    label = f"{site.mark} {site.pill}"
    mark = pill(site.light, label) if site.light else strong(text(label))
    return f"{mark} {text(frozen.action(site, today, words.ZH))}" if site.action else mark


def _heading(site: SiteView) -> str:
    label = f"{site.mark} {words.doubted(site.pill, words.ZH) if words.maybe_shut(site) else site.pill}"
    if site.light:
        return f"{pill(site.light, label, short=True)} {text(site.action)}"
    if site.reason == "hours_unknown":
        return f"{strong(text(label))} {text(site.action)}"
    if words.group_of(site) == "visit" or site.reason == "closed_now":
        return strong(text(label))
    return f"{strong(text(label))} {words.MEANS['none']}。"


@lru_cache(maxsize=ROWS_CACHED)
def _short(site: SiteView, today: date) -> str:
    # A number begins its line: within one, it would be broken at its hyphen.
    return f"{_name(site, *_remarks(site, today), bold=False)}{BREAK}{_numbers(site)}"


def _remarks(site: SiteView, today: date) -> Iterator[str]:
    if site.light and site.reported_at:
        yield f"{words.till(site.reported_at, today, words.ZH)}填报"
    if site.by_desk:
        yield "由主管部门设定"
    if words.group_of(site) == "visit":
        yield frozen.action(site, today, words.ZH).rstrip("。")
    elif site.next_open:
        yield f"{words.till(site.next_open, today, words.ZH)}开诊"
    if site.last:
        yield f"上次{_last_light(site.last)}"
    if site.closing_soon:
        yield site.closing_soon.rstrip("。")
    if site.phone_busy:
        yield "电话占线较多"


# --- the list -----------------------------------------------------------------------------------------------


@lru_cache(maxsize=ROWS_CACHED)
def _listed(site: SiteView, today: date) -> str:
    closed = [_status(site, today)] if site.light == "cross" else []
    visit = [text(frozen.action(site, today, words.ZH))] if words.group_of(site) == "visit" else []
    return BREAK.join([_name(site), *closed, _phones(site), *_where(site), *visit, *_last(site)])


def _closed(site: SiteView) -> str:
    return _heading(site) if site.light == "cross" else ""


@lru_cache(maxsize=ROWS_CACHED)
def _listed_short(site: SiteView, today: date) -> str:
    visit = [frozen.action(site, today, words.ZH).rstrip("。")] if words.group_of(site) == "visit" else []
    last = [f"上次{_last_light(site.last)}"] if site.last else []
    about = [part for part in (site.hours, site.address, *visit, *last) if part]
    return f"{_name(site)}{BREAK}{'，'.join([_numbers(site), *map(text, about)])}"


# --- what both say ------------------------------------------------------------------------------------------


def _name(site: SiteView, *remarks: str, bold: bool = True) -> str:
    """With what tells it from its namesakes, and remarks, in one pair of brackets."""
    about = "，".join(part for part in (site.distinct, *remarks) if part)
    name = strong(text(site.name)) if bold else text(site.name)
    return f"{name}（{text(about)}）" if about else name


def _numbers(site: SiteView, between: str = "、") -> str:
    """Every number, as digits: nothing in an article can be tapped to call."""
    return between.join(text(words.phone_text(phone, words.ZH)) for phone in site.phones) or "暂无电话"


def _phones(site: SiteView) -> str:
    return f"电话：{_numbers(site, BREAK)}" if site.phones else "暂无电话"


def _where(site: SiteView) -> Iterator[str]:
    if site.address:
        yield f"地址：{text(site.address)}"
    if site.hours or site.rota or site.serves:
        yield f"开诊：{text('·'.join(part for part in (site.rota, site.hours, site.serves) if part))}"


def _last(site: SiteView) -> Iterator[str]:
    if site.last:
        yield text(f"上次：{_last_light(site.last)}")


def _last_light(last: LastView) -> str:
    """In words, never in colour; with its date, for an article is read on other days too."""
    day = rendering.day(last.day, words.ZH)
    hour = rendering.clock(last.at) if last.at and last.at.date() == last.day else ""
    return f"{day}{hour}{words.HOLLOW[last.light]}{words.LIGHT_WORDS[last.light]}"


LONGEST: Final = 18_000
"""Characters: a tenth of what WeChat takes is left for what its own editor adds when somebody saves."""
AGAIN: Final = "（续）"


class PlaceSites(msgspec.Struct, frozen=True):
    """A place with its sites."""

    label: str
    """Empty for what needs no heading."""
    sites: tuple[SiteView, ...]
    groups: tuple[Group, ...]

    def markup(self) -> str:
        heading = paragraph([text(self.label)], TOWN) if self.label else ""
        return heading + "".join(group.markup() for group in self.groups)


class Sized(msgspec.Struct, frozen=True):
    """A section and the room that it takes, being named above its part included."""

    section: PlaceSites
    size: int


def sized(section: PlaceSites) -> Sized:
    return Sized(section, len(section.markup()) + len(text(section.label)) + 1)


def packed(sections: Sequence[PlaceSites], room: int) -> list[list[PlaceSites]]:
    """The sections in as few parts as hold `room` characters each, none cut in the midst of a site.

    A place goes whole into one part where it fits into any; the parts are about equally long.
    """
    pieces = [piece for section in map(sized, sections) for piece in _fitting(section, room)]
    fewest = len(_filled(pieces, room))
    least, most = max((piece.size for piece in pieces), default=0), room
    while least < most:  # the smallest room that needs no more parts
        middle = (least + most) // 2
        if len(_filled(pieces, middle)) <= fewest:
            most = middle
        else:
            least = middle + 1
    return [[piece.section for piece in part] for part in _filled(pieces, max(least, most))]


def _filled(pieces: Sequence[Sized], room: int) -> list[list[Sized]]:
    parts: list[list[Sized]] = []
    left = 0
    for piece in pieces:
        if not parts or piece.size > left:
            parts.append([])
            left = room
        parts[-1].append(piece)
        left -= piece.size
    return parts


def _fitting(whole: Sized, room: int) -> Iterator[Sized]:
    """The section, or where no part could hold it, pieces of it that fit, each below its heading again."""
    if whole.size <= room:
        yield whole
        return
    section = whole.section
    label, taken, left = section.label, list[Group](), 0
    for group in section.groups:
        for line in group.lines:
            joins = bool(taken) and bool(group.heading) and taken[-1].heading == group.heading
            alone = Group(group.heading, (line,))
            more = len(line) + len(BREAK) if joins else len(alone.markup())
            if taken and more > left:
                yield sized(PlaceSites(label, section.sites, tuple(taken)))
                label, taken, joins = f"{section.label}{AGAIN}" if section.label else "", [], False
                more = len(alone.markup())
            if not taken:
                left = room - sized(PlaceSites(label, (), ())).size
            if joins:
                taken[-1] = Group(group.heading, (*taken[-1].lines, line))
            else:
                taken.append(alone)
            left -= more
    yield sized(PlaceSites(label, section.sites, tuple(taken)))
