"""Pictures small enough to be committed: 32 colours of pages that have few, and no word of when."""

from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw

COLOURS: Final = 32
EDGE: Final = (200, 204, 210)
"""Around each picture, so that a white page is seen to end on a white one."""


def shrink(png: bytes) -> bytes:
    """The same picture with an edge and a palette."""
    with Image.open(BytesIO(png)) as picture:
        framed = picture.convert("RGB")
    ImageDraw.Draw(framed).rectangle((0, 0, framed.width - 1, framed.height - 1), outline=EDGE, width=2)
    few = framed.quantize(COLOURS, dither=Image.Dither.NONE)
    out = BytesIO()
    few.save(out, "PNG", optimize=True)
    return out.getvalue()
