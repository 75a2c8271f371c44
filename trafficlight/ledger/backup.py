"""Backups: a file gets its name only once it was opened and found sound. And in again, packed or not."""

import asyncio
import gzip
import os
import re
import shutil
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Final, NamedTuple, cast

from trafficlight.ledger.disk import sync
from trafficlight.ledger.opening import data_ledger_url, open_for_reading
from trafficlight.ledger.store import Finding, LedgerStore

_CHUNK: Final = 1 << 20
_SQLITE: Final = b"SQLite format 3\0"
_GZIP: Final = b"\x1f\x8b"


class BackedUp(NamedTuple):
    """What became of a backup."""

    events: int
    """How many it holds; 0: there was nothing to keep, and no file was made."""
    findings: tuple[Finding, ...] = ()
    """What is wrong with it; a file with any is not kept."""
    removed: tuple[Path, ...] = ()
    """Older ones that were one too many."""


async def back_up(ledger: LedgerStore, path: Path, most: int | None = None) -> BackedUp:
    """A sound copy at `path`, packed where it is named `.gz`, on disk when this returns; its owner's alone.

    `most`: of the backups named like it but for the digits (its date), only so many stay, itself included.
    Raises `FileExistsError` rather than overwriting, `OSError`, `LedgerUnavailable`; each leaves nothing.
    """
    if await asyncio.to_thread(os.path.lexists, path):
        raise FileExistsError(f"{path} is there already")
    before = await ledger.heads()
    if not before:
        return BackedUp(0)
    await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent) as folder:
        copy = Path(folder) / "ledger.sqlite"
        await ledger.backup(copy)
        held = await open_for_reading(data_ledger_url(Path(folder)))
        try:
            found, heads = tuple(await held.check()), await held.heads()
        finally:
            await held.close()
        found += tuple(
            Finding("gap", board, head, "the copy ends before it")
            for board, head in before.items()
            if heads.get(board, 0) < head
        )
        if found:
            return BackedUp(sum(heads.values()), found)
        await asyncio.to_thread(_named, copy, path)
    return BackedUp(sum(heads.values()), (), await asyncio.to_thread(_prune, path, most) if most else ())


def _named(copy: Path, path: Path) -> None:
    """Give the copy its name, packed where the name says so; unlike a rename this overwrites nothing."""
    whole = _packed(copy) if path.suffix == ".gz" else copy
    os.link(whole, path)
    sync(path.parent)


def _packed(copy: Path) -> Path:
    """The copy packed, on disk, and unpacked once to see that it is the same."""
    packed = copy.with_suffix(".gz")
    written, read = sha256(), sha256()
    with (
        copy.open("rb") as plain,
        os.fdopen(os.open(packed, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as raw,
        gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as out,
    ):
        while chunk := plain.read(_CHUNK):
            written.update(chunk)
            out.write(chunk)
    sync(packed)
    with gzip.open(packed, "rb") as again:
        while chunk := again.read(_CHUNK):
            read.update(chunk)
    if written.digest() != read.digest():
        raise OSError(f"{packed.name} is not what was written to it")
    return packed


def _prune(path: Path, most: int) -> tuple[Path, ...]:
    """Remove all but the last so many by name of those named like it but for digits; never this one."""
    like = re.compile(re.sub(r"[0-9]+", "[0-9]+", re.escape(path.name)))
    others = sorted(
        (one for one in path.parent.iterdir() if like.fullmatch(one.name) and one.name != path.name),
        key=lambda one: one.name,
    )
    gone = others[: len(others) - (most - 1)] if len(others) >= most else []
    for one in gone:
        one.unlink()
    return tuple(gone)


# --- in again -----------------------------------------------------------------------------------------------


@contextmanager
def unpacked(raw: IO[bytes]) -> Iterator[IO[bytes]]:
    """The file as it was before it was packed, where it was: told by its first bytes, not by its name."""
    if not _begins(raw, _GZIP):
        yield raw
        return
    with gzip.open(raw) as plain:
        yield cast("IO[bytes]", plain)


@asynccontextmanager
async def backup_in(plain: IO[bytes]) -> AsyncIterator[LedgerStore | None]:
    """The ledger that the file is a copy of, to be read; None where it holds lines."""
    if not _begins(plain, _SQLITE):
        yield None
        return
    with TemporaryDirectory() as folder:
        await asyncio.to_thread(_spooled, plain, Path(folder) / "ledger.sqlite")
        store = await open_for_reading(data_ledger_url(Path(folder)))
        try:
            yield store
        finally:
            await store.close()


def lines_of(plain: IO[bytes]) -> Iterator[bytes]:
    """Its lines; `OSError` where what is packed ends too early or is damaged."""
    try:
        yield from plain
    except (EOFError, zlib.error) as torn:
        raise OSError(f"the packed file is damaged: {torn}") from torn


def _begins(stream: IO[bytes], magic: bytes) -> bool:
    return bool(stream.peek(len(magic))[: len(magic)] == magic)  # type: ignore[attr-defined]  # both are buffered


def _spooled(plain: IO[bytes], path: Path) -> None:
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
            shutil.copyfileobj(plain, out, _CHUNK)
    except (EOFError, zlib.error) as torn:
        raise OSError(f"the packed file is damaged: {torn}") from torn
