"""Programs of the npm registry, locked beside this file and put there by `make quality`."""

import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

HOME: Final = Path(__file__).parent
LONGEST: Final = 180.0
"""Seconds for one run of one judge: Lighthouse takes 15 on a busy machine."""


class NoVerdict(Exception):
    """A judge is missing or did not come to an end: its last words."""


def ask(
    judge: str, *arguments: str | Path, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> str:
    """What the judge prints, whatever its verdict."""
    program = HOME / "node_modules" / ".bin" / judge
    if not program.exists():
        raise NoVerdict(f"{judge} is missing: make quality installs it")
    # Into a file: what a judge writes to a pipe is cut off where it exits before somebody has read it.
    with tempfile.TemporaryFile("w+") as told:
        done = subprocess.run(
            [program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=told,
            stderr=subprocess.PIPE,
            text=True,
            timeout=LONGEST,
            check=False,
            env={**os.environ, **(env or {})},
            cwd=cwd,
        )
        told.seek(0)
        said = told.read()
    if not said:
        raise NoVerdict(f"{judge}: {done.returncode}\n{done.stderr[-2000:]}")
    return said
