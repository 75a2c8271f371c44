"""A full disk, and then room again.

The data folder is on a small file system in memory; everything that is free on it is filled, and later
given back. Once the server is also killed meanwhile and has to start without room. Mounting needs root;
without, and besides, the system refuses every write beyond a size (`RLIMIT_FSIZE`), which the server
meets as an I/O error.
"""

import asyncio
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.reliability.proof import Findings, NotPossible
from tests.reliability.town import import_town
from tests.reliability.trouble import through
from tests.running import Server

SIZE = "48m"
A_PAGE = 4096
"""Bytes: a page and its head no longer fit into the ledger's log."""


async def prove_full(folder: Path, _rounds: int, found: Findings) -> None:
    disk = folder / "disk"
    with _mounted(disk):
        town = await asyncio.to_thread(import_town, folder, disk / "data")
        server = Server(town.data, folder / "target", log=folder / "server.log")
        await through(town, server, lambda: _filled(disk), found, restart=True)


async def prove_refused(folder: Path, _rounds: int, found: Findings) -> None:
    town = await asyncio.to_thread(import_town, folder, folder / "data")
    server = Server(town.data, folder / "target")

    @contextmanager
    def refused() -> Iterator[None]:
        server.file_limit(A_PAGE)
        yield
        server.file_limit(-1)

    await through(town, server, refused, found)


@contextmanager
def _mounted(disk: Path) -> Iterator[None]:
    disk.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(disk)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NotPossible(f"no file system can be mounted here: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=False)


@contextmanager
def _filled(disk: Path) -> Iterator[None]:
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as out:
        for size in (2**20, 2**12):
            with suppress(OSError):
                while True:
                    out.write(os.urandom(size))
    try:
        yield
    finally:
        filler.unlink()
