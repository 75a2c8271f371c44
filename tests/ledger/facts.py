"""Events for tests, and what tests ask of a ledger again and again."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from datetime import date

from tests.patience import LONG
from trafficlight.domain.event import Event, NoticePosted, Reported
from trafficlight.domain.record import Record
from trafficlight.ledger.base import Key, Ledger
from trafficlight.ledger.store import LedgerStore
from trafficlight.ledger.transfer import export

DAY = date(2022, 12, 24)


def report(n: int) -> Reported:
    """The n-th report; each number's differs."""
    return Reported(id=f"report-{n:016}", site="clinic-1", service_day=DAY, patients=n % 1000, by="token:t1")


def reports(n: int) -> list[Event]:
    return [report(i) for i in range(n)]


def notice(text: str) -> NoticePosted:
    return NoticePosted(notice="n1", text=text)


def key(name: str, body: bytes = b"body") -> Key:
    return Key(f"token:t1 /api/v1/sites/clinic-1/reports {name}", body)


async def fill(ledger: Ledger, boards: Mapping[str, int]) -> None:
    """So many events on each board, in appends of a few."""
    for board, n in boards.items():
        events = reports(n)
        for first in range(0, n, 7):
            await ledger.append(board, events[first : first + 7])


async def take(ledger: Ledger, n: int, after: Mapping[str, int]) -> list[Record]:
    """The first `n` records, or a few more, that a follower is given within ten seconds."""
    found: list[Record] = []
    # `aclosing` wants a generator, which the contract leaves open.
    async with asyncio.timeout(LONG), aclosing(ledger.follow(after)) as batches:  # type: ignore[type-var]
        async for batch in batches:
            assert batch
            found += batch
            if len(found) >= n:
                break
    return found


def positions(records: Sequence[Record]) -> dict[str, list[int]]:
    """Each board's positions, in the order in which they came."""
    found: dict[str, list[int]] = {}
    for record in records:
        found.setdefault(record.board, []).append(record.position)
    return found


async def exported(ledger: LedgerStore) -> bytes:
    return b"".join([line async for line in export(ledger)])
