"""Which ledgers there are. A new one is one module and one row in `LEDGERS`."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from pathlib import Path

from trafficlight.ledger import sqlite
from trafficlight.ledger.archive import Archive

Clock = Callable[[], datetime]

Opener = Callable[[str, Clock | None], Awaitable[Archive]]
"""Takes the whole URL and a clock in place of the ledger's own. Raises `ValueError` for a URL that it cannot
read, else `LedgerUnavailable`."""


async def _redis(url: str, clock: Clock | None) -> Archive:
    opener: Opener = await asyncio.to_thread(_driven_by_redis)
    return await opener(url, clock)


def _driven_by_redis() -> Opener:
    from trafficlight.ledger.redis import open_url  # noqa: PLC0415 - the driver takes long to load: only where it is used

    return open_url


LEDGERS: Mapping[str, Opener] = {
    "sqlite": sqlite.open_url,
    "redis": _redis,
    "rediss": _redis,
    "redis+sentinel": _redis,
}
"""By the URL's scheme."""


async def open_ledger(url: str, clock: Clock | None = None) -> Archive:
    """The ledger at that URL; it stamps by its own time unless a clock is given.

    Raises `ValueError` for a URL that is none, else `LedgerUnavailable`.
    """
    scheme, colon, _ = url.partition(":")
    opener = LEDGERS.get(scheme) if colon else None
    if opener is None:
        known = ", ".join(f"{name}:" for name in sorted(LEDGERS))
        raise ValueError(f"{scheme[:20]!r} is no kind of ledger; a ledger's URL begins with {known}")
    return await opener(url, clock)


def data_ledger_url(data: Path) -> str:
    """The ledger that lives in a data folder."""
    return f"sqlite:{data.absolute() / 'ledger.sqlite'}"
