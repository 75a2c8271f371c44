"""Draws sketches: the same sketch, font and libraries give the same bytes.

One picture at a time, in a thread of its own, each at most once. A picture takes 200 ms: on the loop every
report would wait for it; in the threads that others use, a crowd that asks for a poster would keep targets
from being written.

A picture is drawn in indices of a palette from the start: every text stands on one known colour, so that the
few shades between the two are known beforehand, and nothing has to be reduced afterwards.
"""

import asyncio
import time
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Final
from weakref import WeakSet

import msgspec
import segno
from PIL import Image, ImageDraw, ImageFont

from trafficlight.publish.edition import Published
from trafficlight.publish.formats.base import Artifact
from trafficlight.publish.picture import Box, Code, MarkShape, Sketch, Text, decode

NO_POSTERS: Final = "none"
"""In place of a font: no posters are wanted."""
PACKAGE: Final = "fonts-noto-cjk"
"""What Debian calls it."""
PLACES: Final = (
    Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"),
    Path("/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc"),
    Path("/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc"),
    Path("/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc"),
)
"""Where Debian, Arch and Fedora put it."""
NEEDED: Final = "蓝黄红暂停未更新就诊0123456789×〓"
"""Without these there is no poster."""
MISSING: Final = "〓"
"""Stands for a character that the font has not, as printers have it: to be seen, and taken for no other."""
STAND_INS: Final = {"✕": "×"}

_SIMPLIFIED: Final = "SC"
_MOST_FACES: Final = 10
"""Faces looked at in a collection; the index in the file decides about shapes: 0 is often Japanese."""
_NOWHERE: Final = "\U0010ffff"
"""No character, so that the font shows what it shows for those that it has not."""


class FontMissing(Exception):
    """No font to draw with; the text says what to install or to set, for the operator."""


class Fonts:
    """A font in regular and bold, with the shapes of Simplified Chinese. For one thread at a time."""

    def __init__(self, regular: Path, bold: Path) -> None:
        self._files = {False: regular, True: bold}
        self._face = lru_cache(maxsize=64)(self._open)
        self._holds = lru_cache(maxsize=2**15)(self._look)

    def face(self, size: int, *, bold: bool) -> ImageFont.FreeTypeFont:
        """The font in that size."""
        return self._face(size, bold)

    def drawable(self, text: str, *, bold: bool) -> tuple[str, frozenset[str]]:
        """The text as it can be drawn, and the characters in it that the font has not."""
        out, missing = [], set()
        for char in text:
            drawn = STAND_INS.get(char, char)
            if unicodedata.category(drawn) in {"Cc", "Cf", "Mn"}:
                continue  # nothing to be seen: they only tell how others are to be set
            if not self._holds(drawn, bold):
                missing.add(char)
                drawn = MISSING
            out.append(drawn)
        return "".join(out), frozenset(missing)

    def _open(self, size: int, bold: bool) -> ImageFont.FreeTypeFont:  # noqa: FBT001 - a key of the cache
        file = str(self._files[bold])
        first = ImageFont.truetype(file, size, 0, layout_engine=ImageFont.Layout.BASIC)
        for index in range(1, _MOST_FACES):
            try:
                font = ImageFont.truetype(file, size, index, layout_engine=ImageFont.Layout.BASIC)
            except OSError:
                break
            if str(font.getname()[0]).endswith(f" {_SIMPLIFIED}"):
                return font
        return first

    def _look(self, char: str, bold: bool) -> bool:  # noqa: FBT001 - a key of the cache
        face = self._face(40, bold)
        mask, none = face.getmask(char), face.getmask(_NOWHERE)
        return mask.size != none.size or bytes(mask) != bytes(none)


def find(setting: str = "") -> Fonts:
    """The font at that path, else one that stands where systems put it. Raises `FontMissing`."""
    regular = Path(setting) if setting else next((path for path in PLACES if path.exists()), None)
    if regular is None:
        raise FontMissing(
            f"no Chinese font found: posters and covers are not made. Install {PACKAGE} "
            f"(apt-get install {PACKAGE}), or set TRAFFICLIGHT_FONT to a font file"
        )
    bold = regular.with_name(regular.name.replace("Regular", "Bold"))
    fonts = Fonts(regular, bold if bold.exists() else regular)
    try:
        _, missing = fonts.drawable(NEEDED, bold=True)
    except OSError as wrong:
        raise FontMissing(f"{regular} is no font that can be read") from wrong
    if missing:
        raise FontMissing(f"{regular} has no {'、'.join(sorted(missing))}; install {PACKAGE}")
    return fonts


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
        text, missing = self._fonts.drawable(item.text, bold=item.bold)
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


class Drawn(msgspec.Struct, frozen=True):
    """Announced for every drawing."""

    path: str
    seconds: float
    missing: tuple[str, ...] = ()
    """Characters that the font has not, which are drawn as 〓."""
    fault: str = ""


class DrawingFailed(Exception):
    """It could not be drawn, which was announced; what is sketched of other facts may be."""


class PictureRenderer:
    """Draws what formats sketched. Called from one loop; `close` when it ends."""

    def __init__(self, fonts: Fonts, on_drawn: Callable[[Drawn], None] = lambda _drawn: None) -> None:
        self._fonts = fonts
        self._on_drawn = on_drawn
        self._thread = ThreadPoolExecutor(1, "drawing")
        self._drawing: dict[Published, asyncio.Task[None]] = {}
        self._failed: WeakSet[Published] = WeakSet()

    async def render(self, sketch: Published) -> Published:
        """The picture; `DrawingFailed` where it cannot be drawn, which is tried once."""
        if sketch.drawn is None and sketch not in self._failed:
            task = self._drawing.get(sketch)
            if task is None:
                task = self._drawing[sketch] = asyncio.create_task(self._draw(sketch))
                task.add_done_callback(lambda _task: self._drawing.pop(sketch, None))
            await asyncio.shield(task)
        if sketch.drawn is None:
            raise DrawingFailed(sketch.path)
        return sketch.drawn

    def failed(self, sketch: Published) -> bool:
        """Whether it was tried in vain."""
        return sketch in self._failed

    async def _draw(self, sketch: Published) -> None:
        began, loop = time.perf_counter(), asyncio.get_running_loop()
        missing, fault = frozenset[str](), ""
        try:
            body, missing = await loop.run_in_executor(self._thread, self._drawing_of, sketch)
        except Exception as wrong:  # noqa: BLE001 - whatever a drawing does, it takes nobody else down
            self._failed.add(sketch)
            fault = repr(wrong)
        else:
            sketch.drawn = Published(Artifact(sketch.path, sketch.media, body))
        self._on_drawn(Drawn(sketch.path, time.perf_counter() - began, tuple(sorted(missing)), fault))

    def _drawing_of(self, sketch: Published) -> tuple[bytes, frozenset[str]]:
        return draw(decode(sketch.body), self._fonts)

    def close(self) -> None:
        """Nothing is drawn any more; what is being drawn is waited for. Blocking, for up to a second."""
        self._thread.shutdown(cancel_futures=True)
