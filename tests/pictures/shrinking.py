"""Pictures small enough to be committed: 64 colours of pages that have few, and no word of when."""

from io import BytesIO
from typing import Final

from PIL import Image

COLOURS: Final = 64


def shrink(png: bytes) -> bytes:
    """The same picture with a palette."""
    with Image.open(BytesIO(png)) as picture:
        few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    out = BytesIO()
    few.save(out, "PNG", optimize=True)
    return out.getvalue()
