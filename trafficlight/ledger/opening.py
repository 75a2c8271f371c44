"""Which ledgers there are. A new one is one module and one row in `LEDGERS`."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from pathlib import Path

from trafficlight.ledger import sqlite
from trafficlight.ledger.archive import Archive
from trafficlight.ledger.sqlite import now

Opener = Callable[[str, Callable[[], datetime]], Awaitable[Archive]]
"""Takes the whole URL and the clock; `ValueError` for a URL it cannot read, `LedgerUnavailable` else."""

LEDGERS: Mapping[str, Opener] = {
    "sqlite": sqlite.open_url,
}
"""By the URL's scheme."""


async def open_ledger(url: str, clock: Callable[[], datetime] = now) -> Archive:
    """The ledger at that URL. Raises `ValueError` for a URL that is none, else `LedgerUnavailable`."""
    scheme, colon, _ = url.partition(":")
    opener = LEDGERS.get(scheme) if colon else None
    if opener is None:
        known = ", ".join(f"{name}:" for name in sorted(LEDGERS))
        raise ValueError(f"{scheme[:20]!r} is no kind of ledger; a ledger's URL begins with {known}")
    return await opener(url, clock)


def data_ledger_url(data: Path) -> str:
    """The ledger that lives in a data folder."""
    return f"sqlite:{data.absolute() / 'ledger.sqlite'}"
