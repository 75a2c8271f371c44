"""Addresses as QR codes."""

from functools import lru_cache
from io import BytesIO
from typing import Final

import segno
from markupsafe import Markup

KEPT: Final = 4096
"""Codes at hand, 2 KB each: one takes longer to work out than the sheet around it."""


@lru_cache(maxsize=KEPT)
def qr(url: str) -> Markup:
    """The address as a QR code in SVG with its quiet zone, sized by the page.

    Level M: a quarter more modules than L, and it still reads with a crease across it.
    """
    code = BytesIO()
    segno.make(url, error="m", micro=False).save(
        code, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=4, svgclass="qr", lineclass=None
    )
    return Markup(code.getvalue().decode())  # noqa: S704 - made here, of squares only


@lru_cache(maxsize=256)
def qr_png(url: str) -> bytes:
    """The same as a picture, for what shows no SVG: black on white, ten dots a module, 410 and more wide."""
    code = BytesIO()
    segno.make(url, error="m", micro=False).save(code, kind="png", scale=10, border=4)
    return code.getvalue()
