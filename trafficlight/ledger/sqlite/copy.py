"""A consistent copy of the file while it is written to."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from uuid import uuid4

from trafficlight.ledger.disk import sync


def copy_file(connection: sqlite3.Connection, path: Path) -> None:
    """See `Archive.backup`. Whole or not at all: written beside, synced, then renamed."""
    if path.exists():
        raise FileExistsError(f"{path} is there already")
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        os.close(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        with closing(sqlite3.connect(beside, isolation_level=None)) as copy:
            copy.execute("PRAGMA journal_mode = OFF")  # a half-made copy is thrown away, not rolled back
            copy.execute("PRAGMA synchronous = OFF")  # it is synced below, once
            connection.backup(copy)  # in one step: one moment of the ledger, whoever writes meanwhile
        sync(beside)
        os.link(beside, path)  # unlike a rename it cannot overwrite what somebody put there meanwhile
    finally:
        beside.unlink(missing_ok=True)
    sync(path.parent)
