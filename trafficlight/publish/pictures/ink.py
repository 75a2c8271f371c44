"""Draws a sketch: the same sketch, font and libraries give the same bytes.

The picture is drawn in indices of a palette from the start: every text stands on one known colour, so that
the few shades between the two are known beforehand, and nothing has to be reduced afterwards.
"""

from io import BytesIO
from typing import Final

import segno
from PIL import Image, ImageDraw

from trafficlight.publish.pictures.fonts import Fonts
from trafficlight.publish.pictures.sketch import Box, Code, MarkShape, Sketch, Text

SHADES: Final = 12
"""Steps between ink and paper: more are not seen, and 21 pairs of colours still fit into a palette."""
_FINER: Final = 4
"""Shapes are drawn so many times larger and made smaller, for smooth edges."""
_STEPS: Final = tuple(round(deep * (SHADES - 1) / 255) for deep in range(256))
_BLACK, _WHITE = "#000000", "#ffffff"


class _Canvas:
    def __init__(self, sketch: Sketch, fonts: Fonts) -> None:
        self._fonts = fonts
        self._shades: list[tuple[int, int, int]] = []
        self._ramps: dict[tuple[str, str], int] = {}
        self.missing: set[str] = set()
        self._image = Image.new("L", (sketch.width, sketch.height), self._solid(sketch.paper))

    def png(self) -> bytes:
        self._image.putpalette([part for shade in self._shades for part in shade])
        out = BytesIO()
        self._image.save(out, "PNG", compress_level=6)
        return out.getvalue()

    def box(self, box: Box, paper: str) -> None:
        size = (box.width, box.height)
        if not box.radius:
            self._image.paste(self._solid(box.fill), (box.x, box.y, box.x + box.width, box.y + box.height))
            return
        self._stamp(_rounded(size, box.radius), (box.x, box.y), paper, box.line or box.fill)
        if box.line:
            inner = (box.width - 6, box.height - 6)
            self._stamp(_rounded(inner, box.radius - 3), (box.x + 3, box.y + 3), box.line, box.fill)

    def text(self, item: Text) -> None:
        text, missing = self._fonts.told(item.text, bold=item.bold)
        self.missing |= missing
        face = self._fonts.face(item.size, bold=item.bold)
        anchor = "ms" if item.centred else "ls"
        left, top, right, bottom = (round(edge) for edge in face.getbbox(text, anchor=anchor))
        if right <= left or bottom <= top:
            return  # nothing but spaces
        mask = Image.new("L", (right - left, bottom - top))
        ImageDraw.Draw(mask).text((-left, -top), text, 255, face, anchor=anchor)
        self._stamp(mask, (item.x + left, item.y + top), item.paper, item.ink)

    def mark(self, item: MarkShape) -> None:
        self._stamp(_shape(item.mark, item.size), (item.x, item.y), item.paper, item.ink)

    def code(self, item: Code) -> None:
        modules = segno.make(item.url, error="m", micro=False)
        scale = item.size // int(modules.symbol_size(border=4)[0])
        side = int(modules.symbol_size(scale=scale, border=4)[0])
        drawn = BytesIO()
        modules.save(drawn, kind="png", scale=scale, border=4)
        drawn.seek(0)
        with Image.open(drawn) as image:
            mask = image.convert("L").point([255 - shade for shade in range(256)])
        off = (item.size - side) // 2
        self._stamp(mask, (item.x + off, item.y + off), _WHITE, _BLACK)

    def _stamp(self, mask: Image.Image, at: tuple[int, int], paper: str, ink: str) -> None:
        first = self._ramp(paper, ink)
        self._image.paste(mask.point([first + step for step in _STEPS]), at)

    def _solid(self, colour: str) -> int:
        return self._ramp(colour, colour)

    def _ramp(self, paper: str, ink: str) -> int:
        """The first of the indices of the shades from paper to ink."""
        if (paper, ink) not in self._ramps:
            self._ramps[paper, ink] = len(self._shades)
            low, high = _rgb(paper), _rgb(ink)
            steps = 1 if paper == ink else SHADES
            self._shades += [
                (_between(low[0], high[0], at), _between(low[1], high[1], at), _between(low[2], high[2], at))
                for at in range(steps)
            ]
        return self._ramps[paper, ink]


def draw(sketch: Sketch, fonts: Fonts) -> tuple[bytes, frozenset[str]]:
    """The picture as a PNG, and the characters that the font has not."""
    canvas = _Canvas(sketch, fonts)
    for item in sketch.items:
        match item:
            case Box():
                canvas.box(item, sketch.paper)
            case Text():
                canvas.text(item)
            case MarkShape():
                canvas.mark(item)
            case Code():
                canvas.code(item)
    return canvas.png(), frozenset(canvas.missing)


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _between(low: int, high: int, at: int) -> int:
    return round(low + (high - low) * at / (SHADES - 1))


def _rounded(size: tuple[int, int], radius: int) -> Image.Image:
    large = Image.new("L", (size[0] * _FINER, size[1] * _FINER))
    corner = (large.width - 1, large.height - 1)
    ImageDraw.Draw(large).rounded_rectangle(((0, 0), corner), radius * _FINER, 255)
    return large.resize(size, Image.Resampling.BOX)


def _shape(mark: str, size: int) -> Image.Image:
    """A mark as a shape: fonts draw them in sizes of their own, and many have no ✕."""
    side = size * _FINER
    large = Image.new("L", (side, side))
    pen, thick, edge = ImageDraw.Draw(large), side // 7, side - 1
    match mark:
        case "●":
            pen.ellipse((0, 0, edge, edge), 255)
        case "▲":
            pen.polygon([(side / 2, side * 0.04), (edge, side * 0.94), (0, side * 0.94)], 255)
        case "■":
            pen.rectangle((side * 0.06, side * 0.06, side * 0.94, side * 0.94), 255)
        case "✕":
            for one, other in (((0.1, 0.1), (0.9, 0.9)), ((0.9, 0.1), (0.1, 0.9))):
                ends = [(one[0] * side, one[1] * side), (other[0] * side, other[1] * side)]
                pen.line(ends, 255, round(side * 0.18))
        case "◇":
            around = [(side / 2, 0), (edge, side / 2), (side / 2, edge), (0, side / 2), (side / 2, 0)]
            pen.line(around, 255, thick, joint="curve")
        case _:
            pen.ellipse((0, 0, edge, edge), outline=255, width=thick)
    return large.resize((size, size), Image.Resampling.BOX)
