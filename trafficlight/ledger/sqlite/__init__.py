"""The embedded default: a ledger in one SQLite file. `ledger.py` is the way in."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from trafficlight.ledger.sqlite.ledger import SqliteLedger, now

__all__ = ["SqliteLedger", "now", "open_url"]


async def open_url(url: str, clock: Callable[[], datetime] | None) -> SqliteLedger:
    """`sqlite:PATH` or `sqlite:///PATH`; the path is taken as written."""
    path = url.partition(":")[2]
    if path.startswith("//"):
        host, slash, rest = path[2:].partition("/")
        if host:
            raise ValueError(f"{url}: a file has no host; write sqlite:PATH or sqlite:///PATH")
        path = slash + rest
    if path in {"", "/"}:
        raise ValueError(f"{url}: the path is missing; write sqlite:PATH or sqlite:///PATH")
    return await SqliteLedger.open(Path(path), clock or now)
