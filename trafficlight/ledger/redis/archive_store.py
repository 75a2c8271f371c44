"""Where the archive is: a folder, or a bucket. All of it blocks, and raises `OSError` for what fails."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from uuid import uuid4

from trafficlight.bucket.address import BucketAddress, read_address
from trafficlight.ledger.disk import sync
from trafficlight.ledger.redis.address import BUCKET

if TYPE_CHECKING:
    from trafficlight.bucket.store import Store


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
