"""PINs of posting links: short, so each try is slow and few are taken."""

import asyncio
from typing import Final

from aiohttp import web

from trafficlight.actions.credentials import check_pin
from trafficlight.actions.passwords import fits
from trafficlight.domain.errors import Refused
from trafficlight.web.access import Throttles, client_address
from trafficlight.web.link_auth import LinkRequest

PIN_CODES: Final = frozenset({"pin_needed", "pin_wrong", "bad_pin", "too_many_pins"})
"""Refusals that are told on the page that asks for the PIN."""
ADDRESS_TRIES: Final = 6
ADDRESS_WINDOW: Final = 600.0
"""Seconds. Who has forgotten a PIN phones before the sixth try."""
LINK_TRIES: Final = 30
LINK_WINDOW: Final = 3600.0
"""Seconds. From many addresses: ten thousand PINs take a fortnight, and the desk has changed the link."""


class Pins:
    """Checks PINs, and counts the wrong ones by link and by where they come from."""

    def __init__(self, throttles: Throttles, trusted_proxies: int) -> None:
        self._trusted_proxies = trusted_proxies
        self._addresses = throttles.of("pin-address", ADDRESS_TRIES, ADDRESS_WINDOW)
        self._links = throttles.of("pin-link", LINK_TRIES, LINK_WINDOW)
        self._one_at_a_time = asyncio.Lock()
        """A digest takes 64 MiB."""

    async def check(self, request: web.Request, linked: LinkRequest, pin: str) -> None:
        """`Refused` with `bad_pin`, `pin_wrong` or `too_many_pins`."""
        if not linked.link.pin:
            return
        board = linked.session.board
        address = client_address(request, self._trusted_proxies)
        whose = f"{linked.link.id} {address}"
        wait = max(await self._addresses.count(whose), await self._links.count(linked.link.id))
        if wait:
            raise Refused("too_many_pins", retry_after=wait, board=board)
        try:
            plain = check_pin(pin)
        except Refused as refused:
            raise Refused(refused.code, board=board) from None
        async with self._one_at_a_time:
            right = await asyncio.to_thread(fits, linked.link.pin, plain)
        if not right:
            raise Refused("pin_wrong", board=board)
        await self._addresses.forgive(whose, all_of_them=True)
        await self._links.forgive(linked.link.id)
