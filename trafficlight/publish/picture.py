"""A picture to be drawn (a sketch), made of blocks one below the other. Pure: it needs no font.

Text is set by how wide its characters are at most, so that what is drawn always fits. Chinese is one em a
character; for the rest the widest of common sans-serif faces is assumed, in bold.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final

import msgspec

from trafficlight.publish import words
from trafficlight.publish.words import FILLS, INKS

PNG = "image/png"


class Box(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="box"):
    """A filled rectangle, with round corners or an outline if it has any."""

    x: int
    y: int
    width: int
    height: int
    fill: str
    radius: int = 0
    line: str = ""
    """The outline's colour."""


class Text(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="text"):
    """One line of text; `y` is its baseline, `x` where it begins, or its middle if it is `centred`."""

    x: int
    y: int
    size: int
    text: str
    ink: str
    paper: str
    """What it stands on: edges are blended with that."""
    bold: bool = False
    centred: bool = False


class MarkShape(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="mark"):
    """One of the marks of `words.MARKS` as a shape, in a square of that size."""

    x: int
    y: int
    size: int
    mark: str
    ink: str
    paper: str


class Code(msgspec.Struct, frozen=True, kw_only=True, tag="code"):
    """An address as a QR code with its quiet zone, in a square of at most that size, at its centre."""

    x: int
    y: int
    size: int
    url: str


Item = Box | Text | MarkShape | Code


class Sketch(msgspec.Struct, frozen=True, kw_only=True):
    """A picture to be drawn: items in this order, on paper of that colour."""

    width: int
    height: int
    paper: str
    items: Sequence[Item]


def encode(sketch: Sketch) -> bytes:
    """One item a line, so that two sketches can be compared by eye."""
    head = msgspec.json.encode({name: getattr(sketch, name) for name in ("width", "height", "paper")})
    items = b",\n".join(msgspec.json.encode(item) for item in sketch.items)
    return head[:-1] + b',"items":[\n' + items + b"\n]}\n"


def decode(body: bytes) -> Sketch:
    """What `encode` made bytes of."""
    return msgspec.json.decode(body, type=Sketch)


_NOT_FIRST: Final = frozenset("，。、；：！？）】》”’…·,.;:!?)%")
"""What no line begins with: it hangs on to the character before it."""
_NOT_LAST: Final = frozenset("（【《“‘(")
_CLAUSE: Final = re.compile(r"[^，。；、！？]+[，。；、！？）”]*|[，。；、！？）”]+")
"""What stays on one line where it can: inside a clause a line is misread sooner than after it."""
_UNBROKEN: Final = re.compile(r"\s+|[!-~À-ɏ]+|.", re.DOTALL)
"""What is kept together: a word, a phone number, a single Chinese character."""

_WIDEST: Final = frozenset("MWmw@%")
_NARROW: Final = 0.68
_CAPITAL: Final = 0.78
_DIGIT: Final = 0.6
_HYPHEN: Final = 0.4
"""Of Chinese fonts, which alone are drawn with: phone numbers decide how many pictures a county needs."""
_OTHERS: Final = 0.9


def ems(text: str) -> float:
    """How wide the text is at most, in its own size."""
    return sum(map(_em, text))


@lru_cache(maxsize=2**13)
def _em(char: str) -> float:
    if char in _WIDEST or unicodedata.east_asian_width(char) in "WFA":
        return 1.0
    if not char.isascii():
        return _OTHERS
    if char.isdigit():
        return _DIGIT
    if char == "-":
        return _HYPHEN
    return _CAPITAL if char.isupper() or char == "&" else _NARROW


def wrapped(text: str, size: int, width: int) -> list[str]:
    """The text in lines that are at most `width` wide; what cannot be broken elsewhere is broken anywhere."""
    most = width / size
    if ems(text) <= most:
        return [text] if text else []
    done: list[str] = []
    line, wide = "", 0.0
    for piece in _pieces(text, most):
        if line and wide + ems(piece.rstrip()) > most:
            done.append(line.rstrip())
            line, wide = "", 0.0
            if piece.isspace():
                continue
        line, wide = line + piece, wide + ems(piece)
    return [*done, line.rstrip()] if line.strip() else done


def _pieces(text: str, most: float) -> Iterator[str]:
    """What may not be broken, one after another: clauses, and where one fits on no line its words."""
    for match in _CLAUSE.finditer(text):
        clause = match.group()
        if ems(clause) <= most and not clause.isascii():
            yield clause
        else:
            yield from _words(clause, most)


def _words(text: str, most: float) -> Iterator[str]:
    held = ""
    for match in _UNBROKEN.finditer(text):
        piece = match.group()
        if held and (piece[0] in _NOT_FIRST or held[-1] in _NOT_LAST):
            held += piece
            continue
        yield from _broken(held, most)
        held = piece
    yield from _broken(held, most)


def _broken(piece: str, most: float) -> Iterator[str]:
    while ems(piece) > most and len(piece) > 1:
        fits = 1
        while ems(piece[: fits + 1]) <= most:
            fits += 1
        yield piece[:fits]
        piece = piece[fits:]
    if piece:
        yield piece


WIDE: Final = 1080
"""As wide as phones show a picture without making it smaller."""
PAD: Final = 48
INNER: Final = WIDE - 2 * PAD

PAPER: Final = "#ffffff"
INK: Final = words.INK
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


def text(written: str, look: Look, *, x: int = PAD, width: int = INNER) -> Block:
    """A text in as many lines as it needs."""
    high = lead(look)
    lines = wrapped(written, look.size, width)
    items = tuple(_text_line(one, look, x=x, top=at * high) for at, one in enumerate(lines))
    return Block(items, len(lines) * high)


def lead(look: Look) -> int:
    """How high a line is."""
    return round(look.size * _LEAD)


def _text_line(written: str, look: Look, *, x: int, top: int, centred: bool = False) -> Text:
    base = top + (lead(look) - look.size) // 2 + round(look.size * _RISE)
    return Text(
        x=x,
        y=base,
        size=look.size,
        text=written,
        ink=look.ink,
        paper=look.paper,
        bold=look.bold,
        centred=centred,
    )


def centred(written: str, look: Look, *, middle: int, width: int) -> Block:
    """A text in lines around a middle."""
    high = lead(look)
    lines = wrapped(written, look.size, width)
    items = tuple(
        _text_line(one, look, x=middle, top=at * high, centred=True) for at, one in enumerate(lines)
    )
    return Block(items, len(lines) * high)


def framed(lines: Sequence[str], look: Look) -> Block:
    """Texts on a strip of their own."""
    inner = stacked([gap(14), *(text(one, look, x=PAD + 24, width=INNER - 48) for one in lines), gap(14)])
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
        x=x, y=0, width=width, height=PILL_HIGH, fill=ground, radius=12, line="" if fill else words.MUTED
    )
    left = x + (width - _MARK - 10 - round(ems(word) * PILL)) // 2
    sign = MarkShape(x=left, y=(PILL_HIGH - _MARK) // 2, size=_MARK, mark=mark, ink=ink, paper=ground)
    look = Look(size=PILL, bold=True, ink=ink, paper=ground)
    down = (PILL_HIGH - lead(look)) // 2
    (label,) = moved([_text_line(word, look, x=left + _MARK + 10, top=0)], down)
    return Block((box, sign, label), PILL_HIGH)
