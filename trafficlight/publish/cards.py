"""Addresses as QR codes, and posting links as cards with a code each, to be printed, cut and handed out."""

from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO
from typing import Final

import msgspec
import segno
from markupsafe import Markup

from trafficlight.domain.kind import COUNTED, counted
from trafficlight.domain.state import BoardFold
from trafficlight.publish.templating import render

MOST_CACHED: Final = 4096
"""Codes at hand, 2 KB each: one takes longer to work out than the sheet around it."""


@lru_cache(maxsize=MOST_CACHED)
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


TEMPLATE: Final = "sheet/cards.html"
PATH: Final = "enter"
"""Below the address of the forms: here a link begins."""
TRIAL: Final = "enter/trial"
"""Says that the phone reaches the server, and does nothing."""


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """A link and whose it is. `key` is the site's id or the town's name."""

    key: str
    name: str
    town: str
    board: str
    due: str
    """The board's reporting times, as they are spoken."""
    counted: str
    """What number is to be reported."""
    url: str


def link_url(base: str, secret: str) -> str:
    """The posting link with that secret."""
    return f"{base}/{PATH}/{secret}"


def card_of(key: str, name: str, fold: BoardFold, url: str) -> Card:
    """The card of a site of the board, by its id, or of a town, by its name."""
    board, state = fold.board, fold.sites.get(key)
    times = "、".join(f"{due.hour}:{due.minute:02}" for due in board.report_by)
    return Card(
        key=key,
        name=name,
        town=state.site.town if state else "",
        board=board.name,
        due=times,
        counted=(counted(state.site.kind) if state else COUNTED).text,
        url=url,
    )


def print_sheet(base: str, cards: Sequence[Card]) -> bytes:
    """One page to print: first a card to try with, then one for each link."""
    return render(
        TEMPLATE, base=base, trial=qr(f"{base}/{TRIAL}"), cards=[(card, qr(card.url)) for card in cards]
    )
