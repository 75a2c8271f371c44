"""Leader election: which node writes to a target that cannot keep the others out itself."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final
from uuid import uuid4

from trafficlight.ledger.base import LedgerUnavailable
from trafficlight.ledger.lease import Leases
from trafficlight.publish.sync import TargetSync
from trafficlight.publish.targets.base import TargetUnavailable

LEASE_SECONDS: Final = 4.0
"""So long after a leader that died, and half a second, the next node begins to write."""
RENEW_EVERY: Final = 1.0
"""Seconds: three tries before it is over."""
RETRY_EVERY: Final = 0.5
"""Seconds between the tries of those who do not lead."""
MARGIN: Final = 0.5
"""Seconds by which the leader believes it to be over before anybody else does: a request is on its way."""


def since_start() -> float:
    """Seconds on a clock that nobody sets, and that goes on while the process or the machine sleeps."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class Leadership:
    """A process's lease of one target. `leads` may be asked from any thread; it asks nobody."""

    def __init__(self, leases: Leases, target: str, clock: Callable[[], float] = since_start) -> None:
        self._leases = leases
        self._target = target
        self._holder = uuid4().hex
        self._clock = clock
        self._until = 0.0

    def leads(self) -> bool:
        """Whether nobody else can hold the lease yet, by our own clock."""
        return self._clock() < self._until

    async def acquire(self) -> bool:
        """Acquire the lease, or renew it; whether we lead now."""
        asked = self._clock()
        try:
            if await self._leases.acquire(self._target, self._holder, LEASE_SECONDS):
                self._until = asked + LEASE_SECONDS - MARGIN
        except LedgerUnavailable:  # nobody can acquire it either; ours goes on to its end
            pass
        return self.leads()

    async def renew(self) -> None:
        """Renew it again and again; returns when it is lost."""
        while self.leads():
            await asyncio.sleep(RENEW_EVERY)
            await self.acquire()

    async def release(self) -> None:
        """Let the next one have it at once."""
        self._until = 0.0
        with suppress(LedgerUnavailable):
            await self._leases.release(self._target, self._holder)


async def run_as_leader(sync: TargetSync, leadership: Leadership, on_change: Callable[[bool], None]) -> None:
    """Keep a target made whenever we lead, until cancelled; `on_change` hears when that changes."""
    on_change(False)  # noqa: FBT003 - the fact itself
    while True:
        while not await leadership.acquire():  # noqa: ASYNC110 - a lease announces nothing
            await asyncio.sleep(RETRY_EVERY)
        on_change(True)  # noqa: FBT003 - the fact itself
        working = asyncio.create_task(sync.run())
        renewing = asyncio.create_task(leadership.renew())
        try:
            await asyncio.wait({working, renewing}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (working, renewing):
                task.cancel()
            (fault, _) = await asyncio.gather(working, renewing, return_exceptions=True)
            on_change(False)  # noqa: FBT003 - the fact itself
            await leadership.release()
        if isinstance(fault, Exception):
            raise fault


@asynccontextmanager
async def leading(leases: Leases, target: str) -> AsyncIterator[Leadership]:
    """Lead for as long as the context lasts; `TargetUnavailable` where another does."""
    leadership = Leadership(leases, target)
    if not await leadership.acquire():
        raise TargetUnavailable(f"{target}: another publisher writes there")
    renewing = asyncio.create_task(leadership.renew())
    try:
        yield leadership
    finally:
        renewing.cancel()
        await asyncio.gather(renewing, return_exceptions=True)
        await leadership.release()
