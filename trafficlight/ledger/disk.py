"""What ledgers that keep files ask of a disk."""

import os
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

_LAST_BACKUP: Final = "last-backup.json"
"""In the data folder: what the server tells Prometheus of. No secret, and nothing that is worth keeping."""


class LastBackup(msgspec.Struct, frozen=True):
    """The last backup that was found sound."""

    at: datetime
    events: int


def note_backup(data: Path, at: datetime, events: int) -> None:
    """Tell the server on this data folder that a sound backup was made."""
    beside = data / f".{_LAST_BACKUP}"
    beside.write_bytes(msgspec.json.encode(LastBackup(at, events)))
    beside.replace(data / _LAST_BACKUP)


def last_backup(data: Path) -> LastBackup | None:
    """What was noted last; None where nothing was, or nothing that can be read."""
    try:
        return msgspec.json.decode((data / _LAST_BACKUP).read_bytes(), type=LastBackup)
    except (OSError, msgspec.DecodeError):
        return None


def sync(path: Path) -> None:
    """Whatever the file or folder holds is on disk."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
