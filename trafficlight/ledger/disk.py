"""What ledgers that keep files ask of a disk."""

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Whatever the file or folder holds is on disk."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
