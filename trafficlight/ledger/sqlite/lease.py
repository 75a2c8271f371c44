"""Leases and counters of the processes of one machine, in a file beside the ledger."""

import asyncio
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final, TypeVar

from trafficlight.ledger.base import LedgerUnavailable
from trafficlight.ledger.lease import Counted

T = TypeVar("T")

_BUSY_SECONDS: Final = 2.0
"""For others who write: each takes under a millisecond."""
_TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS boots (id TEXT PRIMARY KEY)",
    "CREATE TABLE IF NOT EXISTS turns (what TEXT PRIMARY KEY, who TEXT NOT NULL, until REAL NOT NULL)",
    "CREATE TABLE IF NOT EXISTS counts (what TEXT PRIMARY KEY, times INTEGER NOT NULL, until REAL NOT NULL)",
)
"""`until` counts seconds since the machine was started: nobody sets that clock, and every process sees it."""


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text()
    except OSError:
        return ""


class SqliteLeases:
    """See `Leases`. The file is made when it is first needed, and is never worth a backup."""

    shared = False

    def __init__(self, ledger: Path, clock: Callable[[], float] | None = None) -> None:
        self._path = ledger.with_name(f"{ledger.name}-turns")
        self._clock = clock or since_start

    async def acquire(self, name: str, holder: str, seconds: float) -> bool:
        """See `Leases.acquire`."""

        def work(file: sqlite3.Connection, now: float) -> bool:
            acquired = file.execute(
                "INSERT INTO turns VALUES (?1, ?2, ?3) ON CONFLICT (what) DO UPDATE SET who = ?2, until = ?3"
                " WHERE who = ?2 OR until <= ?4",
                (name, holder, now + seconds, now),
            )
            return acquired.rowcount == 1

        return await self._do(work)

    async def release(self, name: str, holder: str) -> None:
        """See `Leases.release`."""

        def work(file: sqlite3.Connection, _now: float) -> None:
            file.execute("DELETE FROM turns WHERE what = ? AND who = ?", (name, holder))

        await self._do(work)

    async def count(self, name: str, seconds: float) -> Counted:
        """See `Leases.count`."""

        def work(file: sqlite3.Connection, now: float) -> Counted:
            file.execute("DELETE FROM counts WHERE until <= ?", (now,))
            (times, until) = file.execute(
                "INSERT INTO counts VALUES (?, 1, ?) ON CONFLICT (what) DO UPDATE SET times = times + 1"
                " RETURNING times, until",
                (name, now + seconds),
            ).fetchone()
            return Counted(times, until - now)

        return await self._do(work)

    async def uncount(self, name: str, *, all_of_them: bool = False) -> None:
        """See `Leases.uncount`."""

        def work(file: sqlite3.Connection, _now: float) -> None:
            less = "0" if all_of_them else "max(times - 1, 0)"
            file.execute(f"UPDATE counts SET times = {less} WHERE what = ?", (name,))  # noqa: S608 - one of two

        await self._do(work)

    async def close(self) -> None:
        """See `Leases.close`."""

    async def _do(self, work: Callable[[sqlite3.Connection, float], T]) -> T:
        return await asyncio.to_thread(self._alone, work)

    def _alone(self, work: Callable[[sqlite3.Connection, float], T]) -> T:
        try:
            with closing(sqlite3.connect(self._path, timeout=_BUSY_SECONDS, isolation_level=None)) as file:
                file.execute("PRAGMA journal_mode = WAL")  # without a sync for each lease
                file.execute("PRAGMA synchronous = NORMAL")
                file.execute("BEGIN IMMEDIATE")
                self._tables(file)
                done = work(file, self._clock())
                file.execute("COMMIT")
                return done
        except (sqlite3.Error, OSError) as wrong:
            raise LedgerUnavailable(f"leases cannot be held now: {wrong}") from wrong

    def _tables(self, file: sqlite3.Connection) -> None:
        """Those of this run of the machine; what is left of another says nothing any more."""
        for table in _TABLES:
            file.execute(table)
        if file.execute("INSERT OR IGNORE INTO boots VALUES (?)", (_boot(),)).rowcount:
            file.execute("DELETE FROM turns")
            file.execute("DELETE FROM counts")
            file.execute("DELETE FROM boots WHERE id <> ?", (_boot(),))


def since_start() -> float:
    """Seconds since the machine was started, its sleep included where the system tells."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
