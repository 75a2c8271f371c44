"""For several machines: a ledger in a Redis. `ledger.py` is the way in."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from trafficlight.ledger.redis.address import parse
from trafficlight.ledger.redis.lease import RedisLeases
from trafficlight.ledger.redis.ledger import RedisLedger

__all__ = ["RedisLeases", "RedisLedger", "open_for_reading", "open_leases", "open_url"]


async def open_url(url: str, clock: Callable[[], datetime] | None) -> RedisLedger:
    """`redis://[USER:PASSWORD@]HOST:PORT/DATABASE`, `rediss://` with TLS, `redis+sentinel://H1,H2/SERVICE/DATABASE`."""
    return await RedisLedger.open(await asyncio.to_thread(parse, url), clock)


async def open_for_reading(url: str) -> RedisLedger:
    """The ledger at the URL as it is; nothing is written, nor asked about the server's durability."""
    return await RedisLedger.open_for_reading(await asyncio.to_thread(parse, url))


async def open_leases(url: str) -> RedisLeases:
    """The leases of all nodes that have the ledger at the URL open."""
    return RedisLeases(await asyncio.to_thread(parse, url))
