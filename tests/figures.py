"""Figures that end up in the documents: of which machine they are, and how they get there."""

import os
import platform
import sqlite3
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"


def machine() -> str:
    """What the figures are of, from the operating system's own facts."""
    processor = {"x86_64": "x86-64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{processor}, {os.cpu_count()} cores, {memory:.0f} GiB, Linux {platform.release().partition('-')[0]}"
        f", Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )


def file_system(folder: Path) -> str:
    """What kind the folder is on: a sync costs nothing in memory."""
    mounts = (line.split() for line in Path("/proc/mounts").read_text().splitlines())
    found = [(len(point), kind) for _, point, kind, *_ in mounts if folder.resolve().is_relative_to(point)]
    return max(found)[1]


def today() -> str:
    return datetime.now(UTC).date().isoformat()


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |\n" for line in lines)


def write(document: Path, figures: str) -> None:
    """Put the figures in place of the old ones; the words around them stay."""
    text = document.read_text("utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        sys.exit(f"{document} has no place for figures ({BEGIN} … {END})")
    document.write_text(f"{before}{BEGIN}\n{figures.strip()}\n{END}{after}", "utf-8")
