"""Measures the budgets and prints their table: `make bench`.

    python -m tests.bench [--quick] [--only NAME]... [--write]

`--quick` is a smoke run, whose figures are not judged; `--write` puts the table into docs/performance.md.
Ends with 1 where a budget was missed or could not be measured.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from tests import figures
from tests.bench import (
    against_hugo,
    around,
    crossings,
    many_boards,
    on_redis,
    page_rate,
    page_size,
    report_rate,
    report_to_page,
    start,
)
from tests.bench.rig import Rig, Row, cores, say
from tests.running import NotRunning

IDLE = 0.7
"""Load of the last minute above which somebody else is working on this machine."""


class Bench(NamedTuple):
    """A name, what measures, and the programs from Debian that it needs."""

    name: str
    run: Callable[[Rig], Iterator[Row]]
    needs: Sequence[str] = ()


BENCHES = (
    Bench("report-to-page", report_to_page.run),
    Bench("many-boards", many_boards.run),
    Bench("against-hugo", against_hugo.run, ["hugo"]),
    Bench("page-rate", page_rate.run, ["wrk"]),
    Bench("report-rate", report_rate.run, ["wrk"]),
    Bench("on-redis", on_redis.run, ["wrk", "redis-server", "redis-benchmark"]),
    Bench("page-size", page_size.run),
    Bench("start", start.run),
    Bench("crossings", crossings.run),
    Bench("around", around.run),
)
VERDICTS = {True: "met", False: "**missed**", None: ""}
HEAD = ("what", "budget", "measured", "ratio", "", "")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--quick", action="store_true", help="a smoke run")
    parser.add_argument("--only", action="append", choices=[bench.name for bench in BENCHES], default=[])
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
    given = parser.parse_args()
    busy = os.getloadavg()[0]
    if busy > IDLE:
        say(f"the machine is busy (load {busy:.1f}): ratios still hold, times do not")
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="trafficlight-bench-") as folder:
        rig = Rig(Path(folder), given.quick, *cores())
        disk = figures.file_system(rig.folder)
        for bench in BENCHES:
            if not given.only or bench.name in given.only:
                rows += _rows(rig, bench)
    told = figures.table(HEAD, map(_cells, rows))
    words = f"{figures.today()}, {figures.machine()}, {disk}; load before: {busy:.2f}; {_pinning(rig)}."
    print(f"{words}\n\n{told}")
    if given.write:
        figures.write(figures.DOCS / "performance.md", f"{words}\n\n{told}")
    return 1 if any(row.met is False for row in rows) else 0


def _rows(rig: Rig, bench: Bench) -> list[Row]:
    missing = [program for program in bench.needs if shutil.which(program) is None]
    if missing:
        say(f"{bench.name}: {', '.join(missing)} is missing: apt-get install {' '.join(missing)}")
        return [Row(what=bench.name, measured=f"not measured: {', '.join(missing)} is missing", met=False)]
    say(bench.name)
    rows = []
    try:
        for row in bench.run(rig):
            judged = replace(row, met=None) if rig.quick else row
            say(f"  {row.what}: {row.measured} {row.ratio} {VERDICTS[judged.met]}")
            rows.append(judged)
    except (NotRunning, RuntimeError, OSError, subprocess.SubprocessError) as error:
        say(f"  {bench.name} failed: {error}")
        rows.append(Row(what=bench.name, measured=f"not measured: {type(error).__name__}", met=False))
    return rows


def _cells(row: Row) -> tuple[str, ...]:
    return row.what, row.budget, row.measured, row.ratio, VERDICTS[row.met], row.note


def _pinning(rig: Rig) -> str:
    return "one core, nothing pinned" if rig.server_core is None else "server on one core, load on the other"


if __name__ == "__main__":
    sys.exit(main())
