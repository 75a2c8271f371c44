"""Posting links as cards with a QR code each, to be printed, cut and handed to the clinics."""

from collections.abc import Sequence
from typing import Final

import msgspec

from trafficlight.publish.qr import qr
from trafficlight.publish.templating import render

TEMPLATE: Final = "sheet/cards.html"
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


def print_sheet(base: str, cards: Sequence[Card]) -> bytes:
    """One page to print: first a card to try with, then one for each link."""
    return render(
        TEMPLATE, base=base, trial=qr(f"{base}/{TRIAL}"), cards=[(card, qr(card.url)) for card in cards]
    )
