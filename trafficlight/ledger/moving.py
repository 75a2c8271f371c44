"""Moving house: a ledger into another that is empty, which stays so until all of it is there."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from math import inf
from time import monotonic
from typing import Final, NamedTuple

from trafficlight.ledger.archive import Archive, LedgerRow, Moving
from trafficlight.ledger.base import LedgerUnavailable

CLOSE: Final = 500
"""Rows that came during a round: so few are copied in a fraction of a second, while posts are refused."""


class Moved(NamedTuple):
    """How many rows were copied; for how many seconds neither ledger could have taken a post."""

    rows: int
    refused: float


async def copy(source: Archive, target: Archive) -> int:
    """Keep in the empty target what the source holds now, used keys too; how many rows there were.

    All or nothing. Raises `NotEmpty` and `LedgerUnavailable`.
    """
    return (await _moved(_Flow(source, last=False), target)).rows


async def move(source: Archive, target: Archive) -> Moved:
    """As `copy`, but what the source is given meanwhile goes along; once little of that is left it is frozen.

    It stays frozen when this returns, and takes posts again where this fails.
    """
    return await _moved(_Flow(source, last=True), target)


async def _moved(flow: "_Flow", target: Archive) -> Moved:
    restoring = asyncio.create_task(target.restore(flow.pulled(asyncio.get_running_loop())))
    try:
        try:
            await asyncio.wait({restoring})
        except asyncio.CancelledError:
            flow.stop()
            await asyncio.wait({restoring})  # only then it is sure which of the two is to take posts
        rows = restoring.result()
    except BaseException:
        await flow.undo()
        raise
    return Moved(rows, monotonic() - flow.frozen_at)


class _Flow:
    """What a ledger holds and is given, in one stream that ends."""

    def __init__(self, source: Archive, *, last: bool) -> None:
        self._source = source
        self._last = last
        """Whether nothing may come after the end."""
        self._froze = False
        self._stopped = False
        self._here: dict[str, int] = {}
        self.frozen_at = monotonic()

    def pulled(self, loop: asyncio.AbstractEventLoop) -> Iterator[Moving]:
        """The stream, for another thread than the loop's."""
        batches = self._batches()

        async def more() -> Sequence[Moving]:
            async for batch in batches:
                if batch:
                    return batch
            return ()

        batch: Sequence[Moving] | None = None
        while batch is None or batch:
            yield from batch or ()
            batch = asyncio.run_coroutine_threadsafe(more(), loop).result()
            if self._stopped:
                raise LedgerUnavailable("the copy was broken off; the new ledger is empty as before")

    def stop(self) -> None:
        """Have the stream fail rather than go on."""
        self._stopped = True

    async def undo(self) -> None:
        """Have the ledger take posts again, if it was the stream that ended this."""
        if self._froze:
            await self._source.freeze(frozen=False)

    async def _batches(self) -> AsyncIterator[Sequence[Moving]]:
        if self._last:
            await self._source.note_keys()
        async for keys in self._source.keys():
            yield keys
        came: float = inf
        while came > CLOSE:
            before, came = came, 0
            async for rows in self._rows():
                came += len(rows)
                yield rows
            if not self._last:
                return
            async for keys in self._source.noted_keys():
                yield keys
            if came >= before:
                break  # posts come as fast as they are copied: it will not come closer
        self.frozen_at = monotonic()
        self._froze = True  # where the answer is lost, it may be so
        self._froze = await self._source.freeze(frozen=True)
        async for rows in self._rows():
            yield rows
        async for keys in self._source.noted_keys():
            yield keys

    async def _rows(self) -> AsyncIterator[Sequence[LedgerRow]]:
        """What has come since the last time."""
        async for rows in self._source.rows(self._here):
            self._here[rows[-1].board] = rows[-1].position
            yield rows
