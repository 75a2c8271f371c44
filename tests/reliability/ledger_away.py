"""The ledger's file locked by another process, made immutable, or moved away, and then as before."""

import asyncio
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.reliability.proof import Findings, NotPossible
from tests.reliability.town import import_town
from tests.reliability.trouble import through
from tests.running import Server

NAME = "ledger.sqlite"


async def prove_locked(folder: Path, _rounds: int, found: Findings) -> None:
    """Another program holds SQLite's lock for writing."""
    town = await asyncio.to_thread(import_town, folder, folder / "data")

    @contextmanager
    def locked() -> Iterator[None]:
        with closing(sqlite3.connect(town.data / NAME, isolation_level=None, timeout=5)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")

    await through(town, Server(town.data), locked, found)


async def prove_immutable(folder: Path, _rounds: int, found: Findings) -> None:
    """The file system refuses to change the file and its log: `chattr +i`, as root on ext4."""
    town = await asyncio.to_thread(import_town, folder, folder / "data")
    files = [town.data / NAME, town.data / f"{NAME}-wal"]
    (folder / "trial").touch()
    with immutable([folder / "trial"]):
        pass
    await through(town, Server(town.data), lambda: immutable(files), found)


async def prove_away(folder: Path, _rounds: int, found: Findings) -> None:
    """The file and what belongs to it are moved to another folder, and back."""
    town = await asyncio.to_thread(import_town, folder, folder / "data")
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()

    @contextmanager
    def away() -> Iterator[None]:
        _move(town.data, elsewhere)
        yield
        _move(elsewhere, town.data)

    await through(town, Server(town.data), away, found)


def _move(source: Path, there: Path) -> None:
    for file in sorted(source.glob(f"{NAME}*")):
        shutil.move(file, there / file.name)


@contextmanager
def immutable(files: list[Path]) -> Iterator[None]:
    """Nobody can change, or add to, or remove these files or folders."""
    there = [str(file) for file in files if file.exists()]
    done = subprocess.run(["chattr", "+i", *there], capture_output=True, text=True, check=False)
    if done.returncode:
        subprocess.run(["chattr", "-i", *there], capture_output=True, check=False)
        raise NotPossible(f"nothing can be made immutable here: {done.stderr.strip().splitlines()[-1]}")
    try:
        yield
    finally:
        subprocess.run(["chattr", "-i", *there], check=True)
