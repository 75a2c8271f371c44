"""A ledger as lines, out and in again, and into another ledger that is empty until all of it is there.

Out, in and out gives the same bytes; so two can be compared.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from math import inf
from time import monotonic
from typing import Final, NamedTuple

import msgspec

from trafficlight.domain.errors import Refused
from trafficlight.domain.ids import SYSTEM, check_slug
from trafficlight.domain.record import from_line, line
from trafficlight.ledger.base import KEY_DAYS, LedgerUnavailable
from trafficlight.ledger.encoding import micros
from trafficlight.ledger.store import IntegrityCheck, LedgerRow, LedgerStore, Moving

CLOSE: Final = 500
"""Rows that came during a round: so few are copied in a fraction of a second, while posts are refused."""
_REMEMBERED: Final = timedelta(days=KEY_DAYS - 1)
"""Keys that are older may go while two ledgers are compared."""


class BadLine(Exception):
    """A line that cannot stand in a ledger, by its number from 1; nothing was imported."""

    def __init__(self, number: int, reason: str) -> None:
        super().__init__(f"line {number}: {reason}")
        self.number = number
        self.reason = reason


async def export(ledger: LedgerStore, until: datetime | None = None) -> AsyncIterator[bytes]:
    """Every record as a line with its newline: the system board first, then by board, by position.

    A function of what is kept alone: the bytes of an event are passed on as they were written. `until`: each
    board up to that instant. Instants never run backwards on a board, so this is a ledger of its own.
    """
    async for rows in ledger.rows():
        for row in rows:
            if until is not None and row.at > until:
                break
            yield line(*row) + b"\n"


async def import_lines(ledger: LedgerStore, lines: Iterable[bytes]) -> int:
    """Keep the lines of an export, positions and instants as they are, all or none; how many there were.

    Raises `BadLine`, `NotEmpty` and `LedgerUnavailable`. `lines` is run in another thread.
    """
    return await ledger.restore(_rows(lines))


async def alike(source: LedgerStore, target: LedgerStore) -> bool:
    """Whether the target's boards begin with all of the source's, byte for byte, and it knows all its keys.

    What was appended to the target since does not count, nor do keys that will soon be forgotten.
    """
    heads, since = await source.heads(), datetime.now(UTC) - _REMEMBERED
    return await _sums(source, heads, since) == await _sums(target, heads, since)


async def _sums(ledger: LedgerStore, heads: Mapping[str, int], since: datetime) -> tuple[bytes, int]:
    """Of the lines of an export up to those positions, and of the keys used there since then."""
    lines = sha256()
    async for rows in ledger.rows():
        for row in rows:
            if row.position <= heads.get(row.board, 0):
                lines.update(line(*row) + b"\n")
    young, keys = micros(since), 0
    async for used in ledger.keys():
        for key in used:
            if key.at >= young and not key.is_after(heads):
                keys += int.from_bytes(sha256(msgspec.msgpack.encode(key)).digest())  # they come in any order
    return lines.digest(), keys


def _rows(lines: Iterable[bytes]) -> Iterator[LedgerRow]:
    walk = IntegrityCheck()
    for number, raw in enumerate(lines, start=1):
        row = _row(number, raw.rstrip(b"\n"))
        for finding in walk.step(row):
            raise BadLine(number, f"{finding.kind} on board {finding.board}: {finding.detail}")
        yield row


def _row(number: int, raw: bytes) -> LedgerRow:
    """The line taken apart; the event's bytes are kept, not made anew by this program."""
    try:
        record = from_line(raw)
    except msgspec.DecodeError as error:
        raise BadLine(number, str(error)) from error
    if record.board != SYSTEM:
        try:
            check_slug(record.board)
        except Refused as refused:
            raise BadLine(number, f"{refused.code}: {record.board!r}") from refused
    prefix = line(record.board, record.position, record.at, b"{")
    return LedgerRow(record.board, record.position, record.at, b"{" + raw[len(prefix) :])


# --- into another ledger --------------------------------------------------------------------------------


class Moved(NamedTuple):
    """How many rows were copied; for how many seconds neither ledger could have taken a post."""

    rows: int
    refused: float


async def copy(source: LedgerStore, target: LedgerStore) -> int:
    """Keep in the empty target what the source holds now, used keys too; how many rows there were.

    All or nothing. Raises `NotEmpty` and `LedgerUnavailable`.
    """
    return (await _moved(_Flow(source, last=False), target)).rows


async def move(source: LedgerStore, target: LedgerStore) -> Moved:
    """As `copy`, but what the source is given meanwhile goes along; once little of that is left it is frozen.

    It stays frozen when this returns, and takes posts again where this fails.
    """
    return await _moved(_Flow(source, last=True), target)


async def _moved(flow: "_Flow", target: LedgerStore) -> Moved:
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

    def __init__(self, source: LedgerStore, *, last: bool) -> None:
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
