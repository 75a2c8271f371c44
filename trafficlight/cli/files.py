"""Where an exported list goes: stdout, or the file of `--out`, whose ending says what it is."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from trafficlight.cli.console import _

Out = Annotated[Path | None, typer.Option("--out", metavar="FILE.csv|FILE.xlsx", dir_okay=False)]


def is_workbook(file: Path | None) -> bool:
    """Whether it shall be XLSX; CSV else. An ending that is neither is a mistake in usage."""
    if file is not None and file.suffix.lower() not in {".csv", ".xlsx"}:
        raise typer.BadParameter(_("只能是 .csv 或 .xlsx"), param_hint="--out")
    return file is not None and file.suffix.lower() == ".xlsx"


def write_out(body: bytes, file: Path | None) -> None:
    """The list into the file, its folder made where missing; onto stdout where there is none."""
    if file is None:
        sys.stdout.buffer.write(body)
        sys.stdout.buffer.flush()
    else:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)
