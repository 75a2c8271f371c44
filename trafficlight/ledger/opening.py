"""Which ledgers there are. A new one is one module and one row in `LEDGERS`."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Final, Protocol, cast

from trafficlight.ledger.lease import Leases
from trafficlight.ledger.store import LedgerStore

Clock = Callable[[], datetime]


class LedgerModule(Protocol):
    """What the module of a ledger has. Raises `ValueError` for a URL that it cannot read."""

    async def open_url(self, url: str, clock: Clock | None) -> LedgerStore:
        """The ledger at the URL, made where missing; a clock in place of its own. `LedgerUnavailable`."""

    async def open_for_reading(self, url: str) -> LedgerStore:
        """The ledger at the URL, only to be read: it makes nothing. `LedgerMissing` where there is none."""

    async def open_leases(self, url: str) -> Leases:
        """The leases and counters of all who have the ledger at the URL open; connects to nothing yet."""


LEDGERS: Final[Mapping[str, str]] = {
    "sqlite": "trafficlight.ledger.sqlite",
    "redis": "trafficlight.ledger.redis",
    "rediss": "trafficlight.ledger.redis",
    "redis+sentinel": "trafficlight.ledger.redis",
}
"""The module by the URL's scheme; loaded where it is used, for drivers take long to load."""


async def open_ledger(url: str, clock: Clock | None = None) -> LedgerStore:
    """The ledger at that URL; it stamps by its own time unless a clock is given.

    Raises `ValueError` for a URL that is none, else `LedgerUnavailable`.
    """
    return await (await _module_of(url)).open_url(url, clock)


async def open_for_reading(url: str) -> LedgerStore:
    """The ledger at that URL, only to be read: nothing is made, nor changed, whatever is there.

    Raises `ValueError` for a URL that is none, `LedgerMissing` where there is none, `LedgerUnavailable`.
    """
    return await (await _module_of(url)).open_for_reading(url)


async def open_leases(url: str) -> Leases:
    """The leases and counters of all who have the ledger at that URL open. Raises `ValueError`."""
    return await (await _module_of(url)).open_leases(url)


async def _module_of(url: str) -> LedgerModule:
    scheme, colon, _ = url.partition(":")
    module = LEDGERS.get(scheme) if colon else None
    if module is None:
        known = ", ".join(f"{name}:" for name in sorted(LEDGERS))
        raise ValueError(f"{scheme[:20]!r} is no kind of ledger; a ledger's URL begins with {known}")
    return cast("LedgerModule", await asyncio.to_thread(import_module, module))


def data_ledger_url(data: Path) -> str:
    """The ledger that lives in a data folder."""
    return f"sqlite:{data.absolute() / 'ledger.sqlite'}"
