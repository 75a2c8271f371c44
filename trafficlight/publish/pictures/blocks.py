"""Parts of a picture, one below the other: each is items from 0 down, and how high it is."""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from trafficlight.publish import badge
from trafficlight.publish.palette import FILLS, INKS
from trafficlight.publish.pictures.sketch import Box, Item, MarkShape, Text
from trafficlight.publish.pictures.typeset import ems, wrapped

WIDE: Final = 1080
"""As wide as phones show a picture without making it smaller."""
PAD: Final = 48
INNER: Final = WIDE - 2 * PAD

PAPER: Final = "#ffffff"
INK: Final = badge.INK
MUTED: Final = "#4a515a"
LINE: Final = "#c4cad2"
STRIP: Final = "#eef1f4"

SMALLEST: Final = 30
"""Pixels: ten on a phone, below which nobody reads without glasses."""
_LEAD: Final = 1.36
_RISE: Final = 0.88
"""Of its size so much of a Chinese character stands above the baseline."""


class Block(msgspec.Struct, frozen=True):
    """Something as wide as the picture."""

    items: tuple[Item, ...]
    height: int


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """How a text looks."""

    size: int
    bold: bool = False
    ink: str = INK
    paper: str = PAPER


TITLE: Final = Look(size=60, bold=True)
TIME: Final = Look(size=40, bold=True)
HEADLINE: Final = Look(size=42, bold=True)
TOWN: Final = Look(size=40, bold=True, paper=STRIP)
NAME: Final = Look(size=44, bold=True)
PHONE: Final = Look(size=42)
DENSE_NAME: Final = Look(size=40, bold=True)
DENSE: Final = Look(size=38)
NOTE: Final = Look(size=34, ink=MUTED)
SMALL: Final = Look(size=SMALLEST, ink=MUTED)


def gap(height: int) -> Block:
    """Nothing, so high."""
    return Block((), height)


def line() -> Block:
    """A thin line across."""
    return Block((Box(x=PAD, y=0, width=INNER, height=2, fill=LINE),), 2)


def stacked(blocks: Iterable[Block]) -> Block:
    """One below the other."""
    items: list[Item] = []
    down = 0
    for block in blocks:
        items += moved(block.items, down)
        down += block.height
    return Block(tuple(items), down)


def beside(left: Block, right: Block) -> Block:
    """Two that begin at the same height and take different places."""
    return Block((*left.items, *right.items), max(left.height, right.height))


def moved(items: Iterable[Item], down: int) -> list[Item]:
    """The items, so much lower."""
    return [msgspec.structs.replace(item, y=item.y + down) for item in items]


def text(said: str, look: Look, *, x: int = PAD, width: int = INNER) -> Block:
    """A text in as many lines as it needs."""
    high = lead(look)
    lines = wrapped(said, look.size, width)
    items = tuple(_line(one, look, x=x, top=at * high) for at, one in enumerate(lines))
    return Block(items, len(lines) * high)


def lead(look: Look) -> int:
    """How high a line is."""
    return round(look.size * _LEAD)


def _line(said: str, look: Look, *, x: int, top: int, centred: bool = False) -> Text:
    base = top + (lead(look) - look.size) // 2 + round(look.size * _RISE)
    return Text(
        x=x,
        y=base,
        size=look.size,
        text=said,
        ink=look.ink,
        paper=look.paper,
        bold=look.bold,
        centred=centred,
    )


def centred(said: str, look: Look, *, middle: int, width: int) -> Block:
    """A text in lines around a middle."""
    high = lead(look)
    lines = wrapped(said, look.size, width)
    items = tuple(_line(one, look, x=middle, top=at * high, centred=True) for at, one in enumerate(lines))
    return Block(items, len(lines) * high)


def framed(said: Sequence[str], look: Look) -> Block:
    """Texts on a strip of their own."""
    inner = stacked([gap(14), *(text(one, look, x=PAD + 24, width=INNER - 48) for one in said), gap(14)])
    ground = Box(x=PAD, y=0, width=INNER, height=inner.height, fill=look.paper)
    return Block((ground, *inner.items), inner.height)


PILL: Final = 36
"""The size of the word in a pill."""
PILL_HIGH: Final = 60
_MARK: Final = 30


def pill_width(words: Iterable[str]) -> int:
    """As wide as the longest of the words needs."""
    return max((round(ems(word) * PILL) for word in words), default=0) + _MARK + 48


def pill(light: str | None, mark: str, word: str, *, x: int, width: int) -> Block:
    """The light with its mark and its word; without a light only an outline."""
    fill = FILLS.get(light or "")
    ink = INKS[light] if light and fill else INK
    ground = fill or PAPER
    box = Box(
        x=x, y=0, width=width, height=PILL_HIGH, fill=ground, radius=12, line="" if fill else badge.MUTED
    )
    left = x + (width - _MARK - 10 - round(ems(word) * PILL)) // 2
    sign = MarkShape(x=left, y=(PILL_HIGH - _MARK) // 2, size=_MARK, mark=mark, ink=ink, paper=ground)
    look = Look(size=PILL, bold=True, ink=ink, paper=ground)
    down = (PILL_HIGH - lead(look)) // 2
    (said,) = moved([_line(word, look, x=left + _MARK + 10, top=0)], down)
    return Block((box, sign, said), PILL_HIGH)
