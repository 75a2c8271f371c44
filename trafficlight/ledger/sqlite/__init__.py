"""The embedded default: a ledger in one SQLite file. `ledger.py` is the way in."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from trafficlight.ledger.sqlite.lease import SqliteLeases
from trafficlight.ledger.sqlite.ledger import SqliteLedger, now

__all__ = ["SqliteLeases", "SqliteLedger", "now", "open_for_reading", "open_leases", "open_url"]


async def open_url(url: str, clock: Callable[[], datetime] | None) -> SqliteLedger:
    """`sqlite:PATH` or `sqlite:///PATH`; the path is taken as written."""
    return await SqliteLedger.open(path_of(url), clock or now)


async def open_for_reading(url: str) -> SqliteLedger:
    """The file that the URL names, as it is, on a medium that cannot be written to either."""
    return await SqliteLedger.open_for_reading(path_of(url))


async def open_leases(url: str) -> SqliteLeases:
    """The leases of the processes that have the ledger at the URL open."""
    return SqliteLeases(path_of(url))


def path_of(url: str) -> Path:
    """The file that the URL names; `ValueError` where it names none."""
    path = url.partition(":")[2]
    if path.startswith("//"):
        host, slash, rest = path[2:].partition("/")
        if host:
            raise ValueError(f"{url}: a file has no host; write sqlite:PATH or sqlite:///PATH")
        path = slash + rest
    if path in {"", "/"}:
        raise ValueError(f"{url}: the path is missing; write sqlite:PATH or sqlite:///PATH")
    return Path(path)
