"""Commands ended at a random instant, from their first moment on, four at once: each ends, leaving nothing.

A demonstration that prepares, a server that starts or serves, an import and a publication are sent SIGTERM,
SIGINT or SIGHUP. Each has ended within ten seconds, with 0 or by the signal, without a traceback; a
demonstration has left no folder; the ledger of an import holds the list whole or not at all, and is sound.
"""

import asyncio
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.reliability.proof import Findings, span
from tests.running import free_ports

PROGRAM = Path(sys.executable).with_name("trafficlight")
AT_ONCE = 4
WITHIN = 10.0
LONGEST = 2.5
"""Seconds in which each of them has done what it does, on a machine that does little else."""
BOOTING = 0.05
"""Seconds in which the interpreter itself begins, before any line of ours."""
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
LIST = "id,name,board,board_name\n" + "".join(f"a{one},第{one}卫生院,shili,示例县\n" for one in range(300))


KINDS = ("demo", "serve", "sites", "publish")


async def prove(folder: Path, rounds: int, found: Findings) -> None:
    endings = Endings(found)
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> None:
        async with gate:
            own = Path(tempfile.mkdtemp(dir=folder))
            kind = KINDS[number % len(KINDS)]
            await endings.end(own, kind)
            if kind == "sites":
                await _whole_or_nothing(own, found)

    await asyncio.gather(*(one(number) for number in range(rounds)))
    found.figures |= {
        "endings": str(rounds),
        "of": ", ".join(KINDS),
        "from the signal to the end": span(endings.seconds),
        "exit codes": ", ".join(f"{code} {times}" for code, times in sorted(endings.codes.items())),
    }


class Endings:
    """What is gathered over all of them."""

    def __init__(self, found: Findings) -> None:
        self.found = found
        self.seconds: list[float] = []
        self.codes: Counter[str] = Counter()
        self._chance = random.Random(9)

    async def end(self, own: Path, kind: str) -> None:
        """Start the command in its own folder, and end it."""
        arguments = await _arguments(kind, own)
        aside = own / "tmp"
        aside.mkdir()
        process = await asyncio.create_subprocess_exec(
            PROGRAM,
            *arguments,
            env={**os.environ, "TMPDIR": str(aside)},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            preexec_fn=_heed_all,
        )
        number = self._chance.choice(SIGNALS)
        saying = asyncio.create_task(process.communicate())
        await asyncio.wait({saying}, timeout=self._chance.uniform(BOOTING, LONGEST))
        over = process.returncode is not None
        began = time.monotonic()
        if not over:
            process.send_signal(number)
        try:
            async with asyncio.timeout(WITHIN):
                _, told = await asyncio.shield(saying)
        except TimeoutError:
            self.found.expect(False, f"{kind}: not ended within {WITHIN:.0f} s of {number.name}")
            process.kill()
            await saying
            return
        self.seconds.append(time.monotonic() - began)
        code = process.returncode or 0
        self.codes[str(code)] += 1
        by = f"{kind}, {number.name}"
        expected = {0} if over else {0, -number, 128 + number}
        self.found.expect(code in expected, f"{by}: ended with {code}: {told.decode()[-500:]}")
        self.found.expect(b"Traceback" not in told, f"{by}: {told.decode()[-500:]}")
        self.found.expect(not list(aside.iterdir()), f"{by}: left something behind")


def _heed_all() -> None:
    """In the child: no signal is ignored, whatever this process was started under."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_DFL)


async def _arguments(kind: str, own: Path) -> list[str | Path]:
    (own / "list.csv").write_text(LIST, encoding="utf-8")
    listed: list[str | Path] = ["sites", "import", own / "list.csv", "--data", own / "data"]
    if kind == "sites":
        return listed
    one, other = free_ports(2)
    if kind == "demo":
        return ["demo", "--port", str(one), "--ops", f"127.0.0.1:{other}"]
    await _done(*listed)
    if kind == "publish":
        return ["publish", "--data", own / "data", "--to", own / "site"]
    return ["serve", "--data", own / "data", "--listen", f"127.0.0.1:{one}", "--ops", f"127.0.0.1:{other}"]


async def _whole_or_nothing(own: Path, found: Findings) -> None:
    if not (own / "data" / "ledger.sqlite").exists():
        return
    code, _ = await _done("ledger", "verify", "--data", own / "data")
    found.expect(code == 0, "sites: the ledger is not sound")
    _, exported = await _done("ledger", "export", "--data", own / "data")
    listed = exported.count(b'"type":"site_put"')
    found.expect(listed in {0, 300}, f"sites: {listed} of 300 were taken")


async def _done(*arguments: str | Path) -> tuple[int, bytes]:
    process = await asyncio.create_subprocess_exec(
        PROGRAM, *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    out, _ = await process.communicate()
    return process.returncode or 0, out
