"""For several machines: a ledger in a Redis. `ledger.py` is the way in."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from trafficlight.ledger.redis.address import parse
from trafficlight.ledger.redis.lease import RedisLease
from trafficlight.ledger.redis.ledger import RedisLedger

__all__ = ["RedisLease", "RedisLedger", "lease_of", "open_url"]


async def open_url(url: str, clock: Callable[[], datetime] | None) -> RedisLedger:
    """`redis://[USER:PASSWORD@]HOST:PORT/DATABASE`, `rediss://` with TLS, `redis+sentinel://H1,H2/SERVICE/DATABASE`."""
    return await RedisLedger.open(await asyncio.to_thread(parse, url), clock)


async def lease_of(url: str) -> RedisLease:
    """The turns of all nodes that have the ledger at the URL open."""
    return RedisLease(await asyncio.to_thread(parse, url))
