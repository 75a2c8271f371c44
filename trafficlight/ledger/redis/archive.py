"""Old rows in an archive, out of the memory of Redis: files of a stretch of a board each, written once."""

import asyncio
import gzip
import os
import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, Final, ParamSpec, Protocol, TypeVar
from urllib.parse import quote
from uuid import uuid4

from trafficlight.bucket import BucketAddress, read_address
from trafficlight.ledger.base import LedgerUnavailable
from trafficlight.ledger.disk import sync
from trafficlight.ledger.encoding import instant
from trafficlight.ledger.redis.address import BUCKET
from trafficlight.ledger.redis.schema import RedisRow
from trafficlight.ledger.store import LedgerRow

if TYPE_CHECKING:
    from trafficlight.bucket.store import Store

FILE_ROWS: Final = 2_000
"""Rows of a file: some 30 KB compressed, and 10 ms of decoding when somebody reads so far back. Files are
found by it: it cannot be changed where there are any."""
_THREADS: Final = 2
"""Of its own: a place that hangs holds up nobody but those who ask for old rows."""

P = ParamSpec("P")
T = TypeVar("T")


# --- where the files are: all of it blocks, and raises `OSError` for what fails -----------------------------


class ArchiveStore(Protocol):
    """Keeps bytes by name; a name is a file in a folder."""

    def put(self, name: str, body: bytes) -> None:
        """Keep them, whole or not at all; safe when it returns."""

    def get(self, name: str) -> bytes:
        """What was kept; `FileNotFoundError` where nothing was."""


class Folder:
    """On a disk that all nodes see."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, name: str, body: bytes) -> None:
        """See `ArchiveStore.put`."""
        path = self._root / name
        path.parent.mkdir(exist_ok=True)  # not the root: a share that is not mounted is no archive
        beside = path.with_name(f".{uuid4().hex}")
        try:
            with beside.open("xb") as out:
                out.write(body)
                out.flush()
                os.fsync(out.fileno())
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
        sync(path.parent)
        sync(self._root)

    def get(self, name: str) -> bytes:
        """See `ArchiveStore.get`."""
        return (self._root / name).read_bytes()


class Bucket:
    """Connected to when it is first asked, and anew after a failure: credentials may have changed."""

    def __init__(self, address: BucketAddress) -> None:
        self._address = address
        self._store: Store | None = None

    def put(self, name: str, body: bytes) -> None:
        """See `ArchiveStore.put`."""
        store = self._connected()
        try:
            store.put(name, body, "")
        except OSError:
            self._store = None
            raise

    def get(self, name: str) -> bytes:
        """See `ArchiveStore.get`."""
        store = self._connected()
        try:
            return store.get(name)[0]
        except FileNotFoundError:
            raise
        except OSError:
            self._store = None
            raise

    def _connected(self) -> "Store":
        # Few ledgers have their archive in a bucket, and the library is large.
        from trafficlight.bucket.store import Store  # noqa: PLC0415

        store = self._store
        if store is None:
            store = self._store = Store(self._address, OSError)
        return store


def place_of(address: str) -> ArchiveStore:
    """`s3://BUCKET/PREFIX?…`, or the path of a folder. `ValueError` says what is wrong with it."""
    return Bucket(read_address(address)) if address.startswith(BUCKET) else Folder(Path(address))


# --- what is in them ----------------------------------------------------------------------------------------


class RedisArchive:
    """Everything raises `LedgerUnavailable` where the archive does not do what it should."""

    def __init__(self, address: str) -> None:
        self._place = place_of(address)
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="ledger-archive")

    async def put(self, board: str, rows: Sequence[RedisRow]) -> None:
        """Keep the rows of one file; safe, and read back as they are, when it returns."""
        await self._run("written", _put, board, rows)

    async def rows(self, board: str, after: int) -> list[RedisRow]:
        """The rows after that position in the file that has the next one."""
        return [one for one in await self._run("read", _get, board, after) if one.row.position > after]

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
        return [_row(board, line) for line in body.split(b"\n")[:-1]]
    except FileNotFoundError:
        raise OSError(f"{name} is not there") from None
    except (EOFError, ValueError, zlib.error) as error:
        raise OSError(f"{name} is damaged: {error}") from error


def _name(board: str, after: int) -> str:
    first = after - after % FILE_ROWS + 1
    return f"board-{quote(board, safe='')}/{first:012}-{first + FILE_ROWS - 1:012}.gz"


def _row(board: str, line: bytes) -> RedisRow:
    position, at, total, body = line.split(b" ", 3)
    return RedisRow(LedgerRow(board, int(position), instant(int(at)), body), int(at), total)
