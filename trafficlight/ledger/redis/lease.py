"""Turns and counts of all nodes, in the Redis that holds their ledger; each forgotten there by itself."""

from typing import Any, Final

from trafficlight.ledger.lease import Counted
from trafficlight.ledger.redis.address import RedisAddress
from trafficlight.ledger.redis.connection import Server
from trafficlight.ledger.redis.schema import Names, Script

TAKE: Final = Script("take")
LEAVE: Final = Script("leave")
COUNT: Final = Script("count")
_ANSWER_WITHIN: Final = 1.0
"""Seconds: a turn is kept every second, and whoever counts lets somebody wait."""


class RedisLease:
    """See `Lease`. Connects when it is first asked; belongs to the event loop that asks."""

    shared = True

    def __init__(self, address: RedisAddress) -> None:
        self._server = Server(address)
        self._names = Names(address.prefix)

    async def take(self, what: str, who: str, seconds: float) -> bool:
        """See `Lease.take`."""
        return bool(await self._run(TAKE, self._names.lease(what), who, int(seconds * 1000)))

    async def leave(self, what: str, who: str) -> None:
        """See `Lease.leave`."""
        await self._run(LEAVE, self._names.lease(what), who)

    async def count(self, what: str, seconds: float) -> Counted:
        """See `Lease.count`.

        Where a kept connection is cut before the answer, it is asked again, and one try may count as two:
        who tries is refused one try early, within that window. Nobody gains a try, or is kept out longer.
        """
        times, left = await self._run(COUNT, self._names.count(what), "more", int(seconds * 1000))
        return Counted(times, left / 1000)

    async def forgive(self, what: str, *, all_of_them: bool = False) -> None:
        """See `Lease.forgive`."""
        await self._run(COUNT, self._names.count(what), "none" if all_of_them else "fewer", 0)

    async def close(self) -> None:
        """See `Lease.close`."""
        await self._server.close()

    async def _run(self, script: Script, key: str, *given: str | int) -> Any:
        command = ("EVAL", script.source, 1, key, *given)
        (answer,) = await self._server.ask(command, within=_ANSWER_WITHIN)
        return answer
