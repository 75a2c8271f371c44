"""Before something unknown is refused the ledger's end is read: what the command line just did holds at once.

At a bounded rate and shared by all who wait, so that guessing costs the ledger nothing.
"""

import asyncio
from time import monotonic

from trafficlight.domain.errors import Refused
from trafficlight.ledger.base import LedgerUnavailable
from trafficlight.ledger.current import Current

WITHIN = 2.5
"""Seconds after which a ledger that does not answer counts as unreachable: 3 are promised."""
LEAST_APART = 0.1
"""Seconds between two readings of the ledger's end: at most ten a second, however many ask."""

MOST_WAITING = 250
"""Who may wait for one reading, which is at most ten a second: more than that are not people who came in by a
link made a moment ago, and are told to come back before they can pile up."""


class Freshness:
    """Catches the present up with the ledger on demand. One for the process."""

    def __init__(self, current: Current, least_apart: float = LEAST_APART) -> None:
        self._current = current
        self._least_apart = least_apart
        self._read_at = float("-inf")
        self._next: asyncio.Task[None] | None = None
        self._waiting = 0

    async def refresh(self) -> None:
        """Return once every board is at least as it stood on disk when this was called.

        Raises `LedgerUnavailable`, or `Refused` with `overloaded` where too many wait already.
        """
        if self._waiting >= MOST_WAITING:
            raise Refused("overloaded", retry_after=1)
        if self._next is None:
            self._next = asyncio.create_task(self._read())
        self._waiting += 1
        try:
            await asyncio.shield(self._next)
        finally:
            self._waiting -= 1

    async def _read(self) -> None:
        await asyncio.sleep(max(0.0, self._read_at + self._least_apart - monotonic()))
        self._read_at = monotonic()
        self._next = None  # who comes from here on may have missed what is now read, and waits for the next
        try:
            async with asyncio.timeout(WITHIN):
                heads = await self._current.ledger.heads()
                for board, position in heads.items():
                    await self._current.reached(board, position)
        except TimeoutError:
            raise LedgerUnavailable("the ledger does not answer") from None
