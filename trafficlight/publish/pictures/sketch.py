"""A picture as a list of what is drawn where. Formats make these; whoever sends a picture has it drawn.

A sketch follows from a view and from nothing else, so that it can be compared like a page. Drawing takes a
hundred times as long and needs a font.
"""

from collections.abc import Sequence

import msgspec

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
