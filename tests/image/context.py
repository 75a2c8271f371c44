"""The build context: the files that `.dockerignore` lets through."""

import os
import re
from collections.abc import Iterator
from pathlib import Path


def context(root: Path) -> Iterator[Path]:
    """Every file under `root` that a COPY may see, relative to it, sorted.

    The last pattern that matches a file or a folder above it decides; `!` lets through again.
    """
    ignore = root / ".dockerignore"
    rules = _rules(ignore.read_text("utf-8")) if ignore.exists() else []
    for folder, folders, names in os.walk(root):
        # Never part of ours, and too large to look through.
        folders[:] = sorted(set(folders) - {".git", ".venv"})
        for name in sorted(names):
            path = (Path(folder) / name).relative_to(root)
            if not _ignored(path, rules):
                yield path


def _ignored(path: Path, rules: list[tuple[bool, re.Pattern[str]]]) -> bool:
    parts = [str(path), *(str(parent) for parent in path.parents if parent.name)]
    ignored = False
    for lets_through, pattern in rules:
        if any(pattern.fullmatch(part) for part in parts):
            ignored = not lets_through
    return ignored


def _rules(text: str) -> list[tuple[bool, re.Pattern[str]]]:
    lines = (line.strip() for line in text.splitlines())
    return [(line.startswith("!"), _pattern(line.lstrip("!"))) for line in lines if line and line[0] != "#"]


def _pattern(glob: str) -> re.Pattern[str]:
    meanings = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    pieces = re.split(r"(\*\*/|\*\*|\*|\?)", glob.strip("/"))
    return re.compile("".join(meanings.get(piece, re.escape(piece)) for piece in pieces))
