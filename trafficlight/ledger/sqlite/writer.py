"""The one thread that writes, and owns the connection it writes with."""

import sqlite3
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from queue import Empty, SimpleQueue
from time import monotonic, sleep
from typing import Protocol

from trafficlight.ledger.base import LedgerUnavailable
from trafficlight.ledger.group_commit import PendingAppend
from trafficlight.ledger.sqlite.file import (
    connect,
    create,
    establish,
    identity,
    is_busy,
    leaves_doubt,
    unavailable,
    write_back,
)
from trafficlight.ledger.sqlite.reader import Batch
from trafficlight.ledger.sqlite.transactions import Transactions
from trafficlight.ledger.store import Moving

_POLL = 0.1
"""How often to look for other processes' commits when idle, in s: they are to be seen within 250 ms."""

_PATIENCE = 2.5
"""How long an append may wait for another process's lock, in s: it is to have its answer within 3."""

_BREATH = 0.01
"""Between two tries for the lock, in s, where SQLite answers at once instead of waiting itself."""


_LOGGED = 2000
"""Appends, or tens of events, until the log is written back: each touches some pages, many of them again and
again, which are then written once. It is up to 30 MB, written in some 15 ms."""

_AGAIN_AFTER = 1.0
"""Until the next try, in s, when somebody reading an old state kept the log from being written back."""


class Restore:
    """Rows to be kept as they are, and what came of it."""

    def __init__(self, rows: Iterable[Moving], done: Callable[[int | Exception], None]) -> None:
        self.rows = rows
        self.done = done


class WriterListener(Protocol):
    """What the writer calls, in its own thread, when something happened."""

    def opened(self, last: int | Exception) -> None:
        """The ledger is open and ends at this sequence number, or cannot be opened."""

    def written(self, group: Sequence[PendingAppend], batch: Batch | None) -> None:
        """The group has its answers, and the ledger grew by the batch."""

    def closed(self) -> None:
        """The thread is about to end; the file is closed."""


class SqliteWriter:
    """Takes all waiting appends into one transaction at a time, so that one sync serves all of them."""

    def __init__(self, path: Path, clock: Callable[[], datetime], listener: WriterListener) -> None:
        self._path = path
        self._listener = listener
        self._transactions = Transactions(clock)
        self._connection: sqlite3.Connection | None = None
        self._identity: tuple[int, int] | None = None
        self._doubt = False
        self._logged = 0
        self._write_back_from = 0.0
        self._stopping = False
        self._queue: SimpleQueue[list[PendingAppend] | Restore | None] = SimpleQueue()
        # A daemon: a disk that hangs must not keep the process from ending.
        self._thread = threading.Thread(target=self._run, name=f"ledger-writer:{path.name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def put(self, item: list[PendingAppend] | Restore) -> None:
        self._queue.put(item)

    def stop(self) -> None:
        """Finish what was put before, then end."""
        self._queue.put(None)

    # --- the thread ---

    def _run(self) -> None:
        try:
            last = self._open()
        except Exception as error:  # noqa: BLE001 -- whatever it is, who opens must hear it
            self._listener.opened(error if isinstance(error, LedgerUnavailable) else unavailable(error))
        else:
            self._listener.opened(last)
            while not self._stopping:
                group, restores = self._gather(_POLL)
                if group:
                    self._write(group)
                elif not restores:
                    self._poll()
                for restore in restores:
                    self._restore(restore)
                if self._logged >= _LOGGED and monotonic() >= self._write_back_from:
                    self._write_back()
        finally:
            self._drop()
            self._listener.closed()

    def _open(self) -> int:
        """The last sequence number of the ledger, made where missing, once nobody else has it locked."""
        create(self._path)
        self._identity = identity(self._path)
        self._connection = self._connect()
        last = self._transactions.begin_at(self._connection)
        try:
            establish(self._connection, self._path, doubt=False)
        except (sqlite3.Error, OSError):
            # Such as a full disk: it can still be read. Nothing is written before it could be made sure.
            self._drop(doubt=True)
        return last

    def _connect(self) -> sqlite3.Connection:
        until = monotonic() + _PATIENCE
        while True:
            try:
                return connect(self._path)
            except sqlite3.Error as error:
                if not is_busy(error) or monotonic() > until:
                    raise
                sleep(_BREATH)

    def _gather(self, patience: float) -> tuple[list[PendingAppend], list[Restore]]:
        """Whatever waits, in order; if nothing does, whatever comes within that time in seconds."""
        group: list[PendingAppend] = []
        restores: list[Restore] = []
        with suppress(Empty):
            item = self._queue.get(timeout=patience) if patience else self._queue.get_nowait()
            while True:
                if item is None:
                    self._stopping = True
                elif isinstance(item, list):
                    group += item
                else:
                    restores.append(item)
                item = self._queue.get_nowait()
        return group, restores

    def _write(self, group: list[PendingAppend]) -> None:
        """Write the group, with those who come while another process has the file locked."""
        restores: list[Restore] = []
        while group:
            try:
                batch = self._transactions.append(self._ready(), group)
            except sqlite3.Error as error:
                if not is_busy(error):
                    self._fail(group, error)
                    break
                group = self._give_up(group, error)
                sleep(_BREATH)
                more, others = self._gather(0)
                group += more
                restores += others
            except Exception as error:  # noqa: BLE001 -- whatever it is, the next group must have its chance
                self._fail(group, error)
                break
            else:
                self._listener.written(group, batch)
                self._logged += sum(1 + len(pending.bodies) // 10 for pending in group)
                break
        for restore in restores:
            self._restore(restore)

    def _give_up(self, group: list[PendingAppend], error: sqlite3.Error) -> list[PendingAppend]:
        """Answer those who waited too long for another process's lock; who is left."""
        late = [pending for pending in group if monotonic() - pending.since > _PATIENCE]
        if late:
            self._answer(late, error)
        return [pending for pending in group if pending not in late]

    def _fail(self, group: Sequence[PendingAppend], error: Exception) -> None:
        if not isinstance(error, sqlite3.Error) or leaves_doubt(error):
            self._drop(doubt=True)
        self._answer(group, error)

    def _answer(self, group: Sequence[PendingAppend], error: Exception) -> None:
        for pending in group:
            pending.answer = unavailable(error)
        self._listener.written(group, None)

    def _restore(self, restore: Restore) -> None:
        try:
            batch, n = self._transactions.restore(self._ready(), restore.rows)
        except sqlite3.Error as error:
            if not is_busy(error) and leaves_doubt(error):
                self._drop(doubt=True)
            restore.done(unavailable(error))
        except Exception as error:  # noqa: BLE001 -- the rows come from a caller, whose errors are passed on
            restore.done(error)
        else:
            self._listener.written((), batch)
            self._logged += n
            restore.done(n)

    def _write_back(self) -> None:
        try:
            whole = write_back(self._ready())
        except (sqlite3.Error, OSError, LedgerUnavailable) as error:
            if isinstance(error, sqlite3.Error) and not is_busy(error) and leaves_doubt(error):
                self._drop(doubt=True)
            whole = False
        if whole:
            self._logged = 0
        else:
            self._write_back_from = monotonic() + _AGAIN_AFTER

    def _poll(self) -> None:
        try:
            batch = self._transactions.poll(self._ready())
        except (sqlite3.Error, OSError, LedgerUnavailable):
            return  # an append will say so; the next look may succeed
        if batch is not None:
            self._listener.written((), batch)

    def _ready(self) -> sqlite3.Connection:
        """A connection to be trusted; after doubt a new one, once all that is visible is durable.

        `LedgerUnavailable` while another file, or none, stands at the path: what were written to the one that
        was moved away would be acknowledged and lost.
        """
        if identity(self._path) != self._identity:
            raise LedgerUnavailable(f"{self._path} is not the file that was opened")
        if self._connection is None:
            connection = connect(self._path)
            try:
                establish(connection, self._path, doubt=self._doubt)
            except BaseException:
                connection.close()
                raise
            self._connection, self._doubt = connection, False
        return self._connection

    def _drop(self, *, doubt: bool = False) -> None:
        self._doubt = self._doubt or doubt
        self._transactions.forget()
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None
