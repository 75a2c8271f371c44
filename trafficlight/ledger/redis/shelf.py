"""Old rows in a folder, out of the memory of Redis: files of a stretch of a board each, written once."""

import gzip
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from urllib.parse import quote
from uuid import uuid4

from trafficlight.ledger.archive import Row
from trafficlight.ledger.kept import instant
from trafficlight.ledger.redis.rows import Kept

FILE_ROWS: Final = 2_000
"""Rows of a file: some 30 KB compressed, and 10 ms of decoding when somebody reads so far back."""


class Shelf:
    """Everything here blocks, and raises `OSError` where the folder does not do what it should."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, board: str, rows: Sequence[Kept]) -> None:
        """Keep the rows; on disk, and read back as they are, when it returns."""
        folder = self._of(board)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{rows[0].row.position:012}-{rows[-1].row.position:012}.gz"
        beside = folder / f".{uuid4().hex}"
        body = b"".join(b"%d %d %s %s\n" % (r.row.position, r.at, r.sum, r.row.body) for r in rows)
        try:
            with beside.open("xb") as out:
                out.write(gzip.compress(body, mtime=0))
                out.flush()
                os.fsync(out.fileno())
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
        _sync(folder)
        _sync(self._folder)
        if _read(board, path) != list(rows):
            raise OSError(f"{path} does not read as it was written")

    def stretch(self, board: str, after: int) -> list[Kept]:
        """Rows after that position, those of one file; `FileNotFoundError` where the next one is in none."""
        for path in sorted(self._of(board).glob("*.gz")):
            first, _, last = path.stem.partition("-")
            if int(first) <= after + 1 <= int(last):
                return [kept for kept in _read(board, path) if kept.row.position > after]
        raise FileNotFoundError(f"{self._of(board)} lacks {after + 1}")

    def _of(self, board: str) -> Path:
        return self._folder / f"board-{quote(board, safe='')}"


def _read(board: str, path: Path) -> list[Kept]:
    found = []
    for line in gzip.decompress(path.read_bytes()).split(b"\n")[:-1]:
        position, at, total, body = line.split(b" ", 3)
        found.append(Kept(Row(board, int(position), instant(int(at)), body), int(at), total))
    return found


def _sync(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
