"""Which ledgers there are. A new one is one module and one row in `LEDGERS`."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from trafficlight.ledger import sqlite
from trafficlight.ledger.lease import Leases
from trafficlight.ledger.store import LedgerStore

T = TypeVar("T")

Clock = Callable[[], datetime]

Opener = Callable[[str, Clock | None], Awaitable[LedgerStore]]
"""Takes the whole URL and a clock in place of the ledger's own. Raises `ValueError` for a URL that it cannot
read, else `LedgerUnavailable`."""

LeasesOpener = Callable[[str], Awaitable[Leases]]
"""Takes the whole URL of the ledger; connects to nothing yet. Raises `ValueError` as above."""


async def _redis(url: str, clock: Clock | None) -> LedgerStore:
    opener: Opener = await asyncio.to_thread(_driven_by_redis)
    return await opener(url, clock)


def _driven_by_redis() -> Opener:
    from trafficlight.ledger.redis import open_url  # noqa: PLC0415 - the driver takes long to load: only where it is used

    return open_url


async def _redis_leases(url: str) -> Leases:
    opener: LeasesOpener = await asyncio.to_thread(_leases_driven_by_redis)
    return await opener(url)


def _leases_driven_by_redis() -> LeasesOpener:
    from trafficlight.ledger.redis import open_leases  # noqa: PLC0415 - as above

    return open_leases


LEDGERS: Mapping[str, Opener] = {
    "sqlite": sqlite.open_url,
    "redis": _redis,
    "rediss": _redis,
    "redis+sentinel": _redis,
}
"""By the URL's scheme."""
LEASES: Mapping[str, LeasesOpener] = {
    "sqlite": sqlite.open_leases,
    "redis": _redis_leases,
    "rediss": _redis_leases,
    "redis+sentinel": _redis_leases,
}
"""By the scheme of the ledger's URL."""


async def open_ledger(url: str, clock: Clock | None = None) -> LedgerStore:
    """The ledger at that URL; it stamps by its own time unless a clock is given.

    Raises `ValueError` for a URL that is none, else `LedgerUnavailable`.
    """
    return await _of_kind(LEDGERS, url)(url, clock)


async def open_leases(url: str) -> Leases:
    """The leases and counters of all who have the ledger at that URL open. Raises `ValueError`."""
    return await _of_kind(LEASES, url)(url)


def _of_kind(openers: Mapping[str, T], url: str) -> T:
    scheme, colon, _ = url.partition(":")
    opener = openers.get(scheme) if colon else None
    if opener is None:
        known = ", ".join(f"{name}:" for name in sorted(openers))
        raise ValueError(f"{scheme[:20]!r} is no kind of ledger; a ledger's URL begins with {known}")
    return opener


def data_ledger_url(data: Path) -> str:
    """The ledger that lives in a data folder."""
    return f"sqlite:{data.absolute() / 'ledger.sqlite'}"
