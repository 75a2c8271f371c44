"""Old rows in an archive, out of the memory of Redis: files of a stretch of a board each, written once."""

import asyncio
import gzip
import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Concatenate, Final, ParamSpec, TypeVar
from urllib.parse import quote

from trafficlight.ledger.archive import LedgerRow
from trafficlight.ledger.base import LedgerUnavailable
from trafficlight.ledger.encoding import instant
from trafficlight.ledger.redis.archive_store import ArchiveStore, place_of
from trafficlight.ledger.redis.rows import RedisRow

FILE_ROWS: Final = 2_000
"""Rows of a file: some 30 KB compressed, and 10 ms of decoding when somebody reads so far back. Files are
found by it: it cannot be changed where there are any."""
_THREADS: Final = 2
"""Of its own: a place that hangs holds up nobody but those who ask for old rows."""

P = ParamSpec("P")
T = TypeVar("T")


class RedisArchive:
    """Everything raises `LedgerUnavailable` where the archive does not do what it should."""

    def __init__(self, address: str) -> None:
        self._place = place_of(address)
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="ledger-archive")

    async def put(self, board: str, rows: Sequence[RedisRow]) -> None:
        """Keep the rows of one file; safe, and read back as they are, when it returns."""
        await self._run("written", _put, board, rows)

    async def stretch(self, board: str, after: int) -> list[RedisRow]:
        """The rows after that position in the file that has the next one."""
        return [kept for kept in await self._run("read", _get, board, after) if kept.row.position > after]

    def close(self) -> None:
        """Let go of the threads, without waiting for a place that hangs."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _run(
        self, done: str, work: Callable[Concatenate[ArchiveStore, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        try:
            return await asyncio.wrap_future(self._threads.submit(work, self._place, *args, **kwargs))
        except OSError as error:
            raise LedgerUnavailable(f"the archive cannot be {done}: {error}") from error
        except RuntimeError as error:  # the threads were shut down
            raise LedgerUnavailable("the ledger is closed") from error


def _put(place: ArchiveStore, board: str, rows: Sequence[RedisRow]) -> None:
    before = rows[0].row.position - 1
    body = b"".join(b"%d %d %s %s\n" % (r.row.position, r.at, r.sum, r.row.body) for r in rows)
    place.put(_name(board, before), gzip.compress(body, mtime=0))
    if _get(place, board, before) != list(rows):
        raise OSError(f"{_name(board, before)} does not read as it was written")


def _get(place: ArchiveStore, board: str, after: int) -> list[RedisRow]:
    name = _name(board, after)
    try:
        body = gzip.decompress(place.get(name))
        return [_kept(board, line) for line in body.split(b"\n")[:-1]]
    except FileNotFoundError:
        raise OSError(f"{name} is not there") from None
    except (EOFError, ValueError, zlib.error) as error:
        raise OSError(f"{name} is damaged: {error}") from error


def _name(board: str, after: int) -> str:
    first = after - after % FILE_ROWS + 1
    return f"board-{quote(board, safe='')}/{first:012}-{first + FILE_ROWS - 1:012}.gz"


def _kept(board: str, line: bytes) -> RedisRow:
    position, at, total, body = line.split(b" ", 3)
    return RedisRow(LedgerRow(board, int(position), instant(int(at)), body), int(at), total)
