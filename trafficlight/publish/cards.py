"""Posting links as cards with a QR code each, to be printed, cut and handed to the clinics."""

from collections.abc import Sequence
from typing import Final

import msgspec

from trafficlight.domain.state import BoardFold
from trafficlight.publish.qr import qr
from trafficlight.publish.templating import render

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
    url: str


def link_url(base: str, secret: str) -> str:
    """The posting link with that secret."""
    return f"{base}/{PATH}/{secret}"


def card_of(key: str, name: str, fold: BoardFold, url: str) -> Card:
    """The card of a site of the board, by its id, or of a town, by its name."""
    board, state = fold.board, fold.sites.get(key)
    times = "、".join(f"{due.hour}:{due.minute:02}" for due in board.report_by)
    return Card(
        key=key, name=name, town=state.site.town if state else "", board=board.name, due=times, url=url
    )


def print_sheet(base: str, cards: Sequence[Card]) -> bytes:
    """One page to print: first a card to try with, then one for each link."""
    return render(
        TEMPLATE, base=base, trial=qr(f"{base}/{TRIAL}"), cards=[(card, qr(card.url)) for card in cards]
    )
