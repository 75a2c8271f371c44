"""One site's light as a small picture for other people's pages, and what all badges are made of.

Badges cannot go out by themselves, so each prints its end. They have no script, no style sheet and no font of
their own: an `<img>` loads none of them.
"""

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from markupsafe import escape

from trafficlight.publish import naming, words
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.view import Edition, GoneView, Header, SitePageView
from trafficlight.publish.words import FILLS, INK, INKS, MUTED
from trafficlight.text.languages import N_, language, translate


class SiteBadge:
    """{board}/sites/{site}.svg: the light with its word and time; hollow where there is none."""

    name = "site_badge"
    scope = FormatScope.SITE
    pattern = "{board}/sites/{site}.svg"

    def make(self, view: SitePageView | GoneView, /) -> tuple[Artifact, ...]:
        header, edition = view.header, view.edition
        lang, foot = header.lang, BadgeRow(text=edition.text)
        if isinstance(view, GoneView):
            site, called, pill = view.site, view.name, Pill("none", translate(N_("已不在名单"), lang))
        elif words.has_lights(header):
            one = view.site
            site, called, pill = one.id, one.name, Pill(one.light or "none", f"{one.mark} {one.pill}")
            foot = footing(edition, one.reported_at if one.light else None, one.valid_until, lang)
        else:
            site, called, pill = view.site.id, view.site.name, stopped(header)
        name = naming.named(called, lang)
        rows = (BadgeRow(pills=(pill,), text=short(name), strong=True), foot)
        title = translate(N_("{name}：{pill}，{foot}"), lang).format(
            name=name, pill=pill.text, foot=foot.text
        )
        body = badge_svg(title, description(edition, lang), rows, lang)
        return (Artifact(self.pattern.format(board=header.slug, site=site), SVG, body),)


SVG: Final = "image/svg+xml"

PAPER: Final = "#fff"
LINE: Final = "#c4cad2"

_FONT: Final = "PingFang SC,Noto Sans CJK SC,Microsoft YaHei,sans-serif"

_STRONG: Final = 'font-weight="700"'
_PAD: Final = 12
_SMALL: Final = 13
_BIG: Final = 17
_ROW: Final = 32
_NARROW: Final = 0.62
"""Ems of a digit or Latin letter, bold, in the widest of the fonts named; a Chinese character has 1."""
LONGEST_NAME: Final = 24
"""Ems of a name shown in a badge; its title has it whole."""


class Pill(NamedTuple):
    """A word on the colour of its light, or on none."""

    light: str
    text: str


class BadgeRow(NamedTuple):
    """One line: pills first, then a text."""

    pills: Sequence[Pill] = ()
    text: str = ""
    strong: bool = False


def badge_svg(title: str, desc: str, rows: Sequence[BadgeRow], lang: str) -> bytes:
    """The picture, as wide as its longest line; `title` is what a screen reader says."""
    drawn = [_draw(row, at) for at, row in enumerate(rows)]
    wide = max(width for _, width in drawn) + _PAD
    high = len(rows) * _ROW + 8
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" lang="{language(lang).html}" '
        f'width="{wide}" height="{high}" viewBox="0 0 {wide} {high}" font-family="{_FONT}">'
        f"<title>{_text(title)}</title><desc>{_text(desc)}</desc>"
        f'<rect x=".5" y=".5" width="{wide - 1}" height="{high - 1}" rx="7" fill="{PAPER}" stroke="{LINE}"/>'
        f"{''.join(shapes for shapes, _ in drawn)}</svg>\n"
    ).encode()


def footing(edition: Edition, reported_at: datetime | None, until: datetime, lang: str) -> BadgeRow:
    """When it was said, until when it holds, of which edition it is: with the date, for badges are kept."""
    at = reported_at or edition.as_of
    text = (
        N_("{when}填报，有效至{till}　第{position}版")
        if reported_at
        else N_("{when}更新，有效至{till}　第{position}版")
    )
    filled = translate(text, lang).format(
        when=words.when(at, lang), till=words.till(until, at.date(), lang), position=edition.position
    )
    return BadgeRow(text=filled)


def stopped(header: Header) -> Pill:
    """What stands in place of lights where the board shows none."""
    text = N_("已结束") if header.state == "ended" else N_("暂停更新")
    return Pill("none", translate(text, header.lang))


def description(edition: Edition, lang: str) -> str:
    """What a screen reader may read on."""
    return words.sentences((*words.about(lang), edition.text), lang)


def short(name: str) -> str:
    """A name as far as it fits, with … where it goes on."""
    wide = 0.0
    for at, char in enumerate(name):
        wide += _ems(char)
        if wide > LONGEST_NAME:
            return name[: at - 1] + "…"
    return name


def _draw(row: BadgeRow, at: int) -> tuple[str, int]:
    base = at * _ROW + 26
    x, out = _PAD, []
    for light, text in row.pills:
        wide = _width(text, _BIG - 2) + 16
        fill = FILLS.get(light)
        look = f'fill="{fill}"' if fill else f'fill="none" stroke="{MUTED}" stroke-width="1.5"'
        ink = INKS[light] if fill else INK
        out.append(f'<rect x="{x}" y="{base - 19}" width="{wide}" height="26" rx="5" {look}/>')
        style = f'fill="{ink}" {_STRONG} text-anchor="middle"'
        out.append(_write(text, (x + wide / 2, base), _BIG - 2, style))
        x += wide + 8
    if row.text:
        size, look = (_BIG, f'fill="{INK}" {_STRONG}') if row.strong else (_SMALL, f'fill="{MUTED}"')
        out.append(_write(row.text, (x, base), size, look))
        x += _width(row.text, size)
    return "".join(out), x


def _write(text: str, at: tuple[float, int], size: int, look: str) -> str:
    return f'<text x="{at[0]:g}" y="{at[1]}" font-size="{size}" {look}>{_text(text)}</text>'


def _width(text: str, size: int) -> int:
    return round(sum(_ems(char) for char in text) * size)


def _ems(char: str) -> float:
    return 1 if unicodedata.east_asian_width(char) in "WFA" else _NARROW


def _text(text: str) -> str:
    """Escaped, without the characters that no XML document may hold."""
    return str(escape("".join(char for char in text if unicodedata.category(char) not in {"Cc", "Cs"})))
