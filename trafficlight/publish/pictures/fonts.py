"""The font that pictures are drawn in: found on this machine, in the right face, and asked what it holds."""

import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Final

from PIL import ImageFont

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

    def told(self, text: str, *, bold: bool) -> tuple[str, frozenset[str]]:
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
        _, missing = fonts.told(NEEDED, bold=True)
    except OSError as wrong:
        raise FontMissing(f"{regular} is no font that can be read") from wrong
    if missing:
        raise FontMissing(f"{regular} has no {'、'.join(sorted(missing))}; install {PACKAGE}")
    return fonts
