"""A ledger as lines: out, and in again. Out, in and out gives the same bytes; so two can be compared."""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

import msgspec

from trafficlight.domain.errors import Refused
from trafficlight.domain.ids import SYSTEM, check_slug
from trafficlight.domain.record import from_line, line
from trafficlight.ledger.archive import Archive, LedgerRow
from trafficlight.ledger.base import KEY_DAYS
from trafficlight.ledger.encoding import micros
from trafficlight.ledger.integrity import IntegrityCheck

_REMEMBERED: Final = timedelta(days=KEY_DAYS - 1)
"""Keys that are older may go while two ledgers are compared."""


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


async def alike(source: Archive, target: Archive) -> bool:
    """Whether the target's boards begin with all of the source's, byte for byte, and it knows all its keys.

    What was appended to the target since does not count, nor do keys that will soon be forgotten.
    """
    heads, since = await source.heads(), datetime.now(UTC) - _REMEMBERED
    return await _sums(source, heads, since) == await _sums(target, heads, since)


async def _sums(ledger: Archive, heads: Mapping[str, int], since: datetime) -> tuple[bytes, int]:
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
