"""Moving a ledger: out as lines, in from lines. Out, in and out again gives the same bytes."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from hashlib import sha256

import msgspec

from trafficlight.domain.errors import Refused
from trafficlight.domain.ids import SYSTEM, check_slug
from trafficlight.domain.record import from_line, line
from trafficlight.ledger.archive import Archive, Row
from trafficlight.ledger.walk import Walk


class BadLine(Exception):
    """A line that cannot stand in a ledger, by its number from 1; nothing was imported."""

    def __init__(self, number: int, reason: str) -> None:
        super().__init__(f"line {number}: {reason}")
        self.number = number
        self.reason = reason


async def export(ledger: Archive) -> AsyncIterator[bytes]:
    """Every record as a line with its newline: the system board first, then by board, by position.

    A function of what is kept alone: the bytes of an event are passed on as they were written.
    """
    async for rows in ledger.rows():
        for row in rows:
            yield line(*row) + b"\n"


async def import_lines(ledger: Archive, lines: Iterable[bytes]) -> int:
    """Keep the lines of an export, positions and instants as they are, all or none; how many there were.

    Raises `BadLine`, `NotEmpty` and `LedgerUnavailable`. `lines` is run in another thread.
    """
    return await ledger.restore(_rows(lines))


async def digest(ledger: Archive) -> str:
    """The SHA-256 of the export."""
    found = sha256()
    async for line_ in export(ledger):
        found.update(line_)
    return found.hexdigest()


async def copy(source: Archive, target: Archive) -> int:
    """Keep in the empty target what the source holds now, used keys too; how many rows there were.

    Raises `NotEmpty` and `LedgerUnavailable`.
    """
    rows = await target.restore(_pulled(source.rows(), asyncio.get_running_loop()))
    async for keys in source.keys():
        await target.remember(keys)
    return rows


def _pulled(batches: AsyncIterator[Sequence[Row]], loop: asyncio.AbstractEventLoop) -> Iterator[Row]:
    """The rows, for another thread than the loop's."""

    async def more() -> Sequence[Row]:
        async for rows in batches:
            return rows
        return ()

    while rows := asyncio.run_coroutine_threadsafe(more(), loop).result():
        yield from rows


def _rows(lines: Iterable[bytes]) -> Iterator[Row]:
    walk = Walk()
    for number, raw in enumerate(lines, start=1):
        row = _row(number, raw.rstrip(b"\n"))
        for finding in walk.step(row):
            raise BadLine(number, f"{finding.kind} on board {finding.board}: {finding.detail}")
        yield row


def _row(number: int, raw: bytes) -> Row:
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
    return Row(record.board, record.position, record.at, b"{" + raw[len(prefix) :])
