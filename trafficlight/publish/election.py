"""Which node writes to a place that cannot keep the others out itself."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final
from uuid import uuid4

from trafficlight.ledger.base import LedgerUnavailable
from trafficlight.ledger.lease import Lease
from trafficlight.publish.sync import TargetSync
from trafficlight.publish.targets.base import TargetUnavailable

LASTS: Final = 4.0
"""Seconds. So long after one that died, and half a second, the next node begins to write."""
KEPT_EVERY: Final = 1.0
"""Seconds: three tries before it is over."""
ASKED_EVERY: Final = 0.5
MARGIN: Final = 0.5
"""Seconds by which the holder believes it to be over before anybody else does: a request is on its way."""


def since_start() -> float:
    """Seconds on a clock that nobody sets, and that goes on while the process or the machine sleeps."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class Leadership:
    """A process's turn at one place. `ours` may be asked from any thread; it asks nobody."""

    def __init__(self, lease: Lease, place: str, clock: Callable[[], float] = since_start) -> None:
        self._lease = lease
        self._place = place
        self._who = uuid4().hex
        self._clock = clock
        self._until = 0.0

    def ours(self) -> bool:
        """Whether nobody else can have the turn yet, by our own clock."""
        return self._clock() < self._until

    async def take(self) -> bool:
        """Take it, or keep it; whether it is ours now."""
        asked = self._clock()
        try:
            if await self._lease.take(self._place, self._who, LASTS):
                self._until = asked + LASTS - MARGIN
        except LedgerUnavailable:  # nobody can take it either; ours goes on to its end
            pass
        return self.ours()

    async def keep(self) -> None:
        """Keep it; returns when it is lost."""
        while self.ours():
            await asyncio.sleep(KEPT_EVERY)
            await self.take()

    async def leave(self) -> None:
        """Let the next one have it at once."""
        self._until = 0.0
        with suppress(LedgerUnavailable):
            await self._lease.leave(self._place, self._who)


async def run_in_turn(keeper: TargetSync, turn: Leadership, on_turn: Callable[[bool], None]) -> None:
    """Keep a target made whenever it is our turn, until cancelled; `on_turn` hears when that changes."""
    on_turn(False)  # noqa: FBT003 - the fact itself
    while True:
        while not await turn.take():  # noqa: ASYNC110 - a lease announces nothing
            await asyncio.sleep(ASKED_EVERY)
        on_turn(True)  # noqa: FBT003 - the fact itself
        working = asyncio.create_task(keeper.run())
        keeping = asyncio.create_task(turn.keep())
        try:
            await asyncio.wait({working, keeping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (working, keeping):
                task.cancel()
            (fault, _) = await asyncio.gather(working, keeping, return_exceptions=True)
            on_turn(False)  # noqa: FBT003 - the fact itself
            await turn.leave()
        if isinstance(fault, Exception):
            raise fault


@asynccontextmanager
async def one_turn(lease: Lease, place: str) -> AsyncIterator[Leadership]:
    """The turn for as long as the context lasts; `TargetUnavailable` where another has it."""
    turn = Leadership(lease, place)
    if not await turn.take():
        raise TargetUnavailable(f"{place}: another publisher writes there")
    keeping = asyncio.create_task(turn.keep())
    try:
        yield turn
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        await turn.leave()
