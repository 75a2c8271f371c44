"""Starting with 100,000 sites on 1,000 boards and 1,000,000 reports.

From starting the process to `/ready` answering 200 and the public port taking connections; the most
memory that the process has held by then. First without snapshots; its stop writes them; then from them.
Of those starts the median time and the greatest memory count. The file is in the page cache, as after a
restart of the process.
"""

import shutil
import time
from collections.abc import Iterator
from statistics import median

from tests.bench.installations import Installation
from tests.bench.rig import LARGE, Rig, Row
from tests.running import Server

SECONDS, BYTES = 10.0, 2**30
STARTS = 3
WITHIN = 120.0


def run(rig: Rig) -> Iterator[Row]:
    installation = rig.installation(LARGE)
    shutil.rmtree(installation.data / "snapshots", ignore_errors=True)
    folded, memory, stopped = _start(rig, installation)
    yield Row(
        what="the same start without snapshots",
        measured=f"{folded:.1f} s, {memory / 2**20:,.0f} MiB",
        note=f"its stop, which writes them, takes {stopped:.1f} s",
    )
    starts = [_start(rig, installation) for _ in range(1 if rig.quick else STARTS)]
    seconds, most = median(start[0] for start in starts), max(start[1] for start in starts)
    yield Row(
        what=f"start with {len(installation.sites):,} sites and {installation.plan.reports:,} reports",
        budget="≤ 10 s, ≤ 1,024 MiB",
        measured=f"{seconds:.1f} s, {most / 2**20:,.0f} MiB",
        ratio=f"{seconds / SECONDS:.2f} ×, {most / BYTES:.2f} ×",
        met=seconds <= SECONDS and most <= BYTES,
        note=f"from snapshots; {len(starts)} starts",
    )


def _start(rig: Rig, installation: Installation) -> tuple[float, int, float]:
    """Seconds to ready, bytes at most until then, seconds to stop."""
    with Server(installation.data, core=rig.server_core) as server:
        seconds = server.wait_until_ready(WITHIN)
        memory = server.most_memory()
        began = time.monotonic()
        code = server.stop(WITHIN)
        if code:
            raise RuntimeError(f"stopped with {code}\n{server.last_words()}")
        return seconds, memory, time.monotonic() - began
