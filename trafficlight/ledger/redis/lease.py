"""Leases and counters of all nodes, in the Redis that holds their ledger; each expires there by itself."""

from typing import Any, Final

from trafficlight.ledger.lease import Counted
from trafficlight.ledger.redis.address import RedisAddress
from trafficlight.ledger.redis.connection import Server
from trafficlight.ledger.redis.schema import Names, Script

ACQUIRE: Final = Script("acquire")
RELEASE: Final = Script("release")
COUNT: Final = Script("count")
_ANSWER_WITHIN: Final = 1.0
"""Seconds: a lease is renewed every second, and whoever counts lets somebody wait."""


class RedisLeases:
    """See `Leases`. Connects when it is first asked; belongs to the event loop that asks."""

    shared = True

    def __init__(self, address: RedisAddress) -> None:
        self._server = Server(address)
        self._names = Names(address.prefix)

    async def acquire(self, name: str, holder: str, seconds: float) -> bool:
        """See `Leases.acquire`."""
        return bool(await self._run(ACQUIRE, self._names.lease(name), holder, int(seconds * 1000)))

    async def release(self, name: str, holder: str) -> None:
        """See `Leases.release`."""
        await self._run(RELEASE, self._names.lease(name), holder)

    async def count(self, name: str, seconds: float) -> Counted:
        """See `Leases.count`.

        Where an idle connection is cut before the answer, it is asked again, and one try may count as two:
        who tries is refused one try early, within that window. Nobody gains a try, or is kept out longer.
        """
        times, left = await self._run(COUNT, self._names.count(name), "more", int(seconds * 1000))
        return Counted(times, left / 1000)

    async def uncount(self, name: str, *, all_of_them: bool = False) -> None:
        """See `Leases.uncount`."""
        await self._run(COUNT, self._names.count(name), "none" if all_of_them else "fewer", 0)

    async def close(self) -> None:
        """See `Leases.close`."""
        await self._server.close()

    async def _run(self, script: Script, key: str, *given: str | int) -> Any:
        command = ("EVAL", script.source, 1, key, *given)
        (answer,) = await self._server.ask(command, within=_ANSWER_WITHIN)
        return answer
