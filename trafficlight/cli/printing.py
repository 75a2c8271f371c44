"""Posting links as cards with a QR code each, to be printed, cut and handed to the clinics."""

from collections.abc import Sequence
from io import BytesIO
from typing import Final

import msgspec
import segno
from markupsafe import Markup

from trafficlight.publish.templating import render

TEMPLATE: Final = "sheet/cards.html"


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """A link and whose it is. `key` is the site's id or the town's name."""

    key: str
    name: str
    town: str
    board: str
    due: str
    """The board's reporting times, as they are spoken."""
    url: str


def qr(url: str) -> Markup:
    """The address as a QR code in SVG, sized by the page.

    Level M: a quarter more modules than L, and it still reads with a crease across it.
    """
    code = BytesIO()
    segno.make(url, error="m", micro=False).save(
        code, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=4, svgclass="qr", lineclass=None
    )
    return Markup(code.getvalue().decode())  # noqa: S704 - made here, of squares only


def print_sheet(base: str, cards: Sequence[Card]) -> bytes:
    """One page to print: first a card to try with, then one for each link."""
    return render(TEMPLATE, base=base, trial=qr(base), cards=[(card, qr(card.url)) for card in cards])
