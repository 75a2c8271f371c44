"""The markup of articles: the few tags and declarations that are known to survive, and nothing beside them.

WeChat publishes no list of what it keeps; one declaration that it does not know may cost the whole `style`.
So there are no links, no `div`, no `class`, no shorthands, no colour on text that lies on the page itself:
dark mode would change it. Everything is written as browsers write it out again, so that what is copied from
a page is what was made, byte for byte.
"""

import unicodedata
from collections.abc import Iterable
from html import escape
from typing import Final

from trafficlight.publish.words import FILLS, INKS

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


def text(said: str) -> str:
    """Words as they stand in the article: escaped, on one line, without characters that are not written."""
    plain = "".join(
        " " if char.isspace() else char
        for char in said
        if char.isspace() or (char not in _TURNING and unicodedata.category(char) not in {"Cc", "Cs"})
    )
    return escape(" ".join(plain.split()), quote=False)


def strong(inner: str) -> str:
    return f"<strong>{inner}</strong>"


def paragraph(lines: Iterable[str], style: str = TEXT) -> str:
    """Lines of markup below each other, as one paragraph."""
    return f'<p style="{style}">{BREAK.join(lines)}</p>'


def pill(light: str, said: str, *, short: bool = False) -> str:
    """A light: its mark and word on its colour. Without colours mark and word still say it."""
    shape = _SHORT_PILL if short else _PILL
    return f'<span style="{shape};background-color:{FILLS[light]};color:{INKS[light]}">{text(said)}</span>'


def picture(address: str, said: str) -> str:
    """The only picture: its address is replaced by WeChat's own where the article is sent there."""
    source, words = (escape(part, quote=True).replace("&#x27;", "'") for part in (address, said))
    return f'<img src="{source}" alt="{words}" style="{_PICTURE}">'


def whole(parts: Iterable[str]) -> str:
    return f'<section style="{ROOT}">{"".join(parts)}</section>'
