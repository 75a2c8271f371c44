"""The real program in processes of its own, on loopback, for the benches and the proofs of reliability."""

import http.client
import os
import random
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

from tests.patience import Stopwatch

PROGRAM = Path(sys.executable).with_name("trafficlight")
LONGEST_COMMAND = 300.0
"""Seconds: importing or publishing the largest installation takes a tenth of that."""
_PORTS = range(20_000, 32_000)
"""Below the ports that the system gives to outgoing connections: a client that knocks at a server that is
down must never be given that server's own port."""


class NotRunning(Exception):
    """A process did not come up, ended by itself, or did not end: which, and its last words."""


def command(*arguments: str | Path, within: float = LONGEST_COMMAND) -> str:
    """What the command line prints; `NotRunning` where it fails."""
    done = subprocess.run(
        [PROGRAM, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=within,
        check=False,
    )
    if done.returncode:
        raise NotRunning(f"{' '.join(map(str, arguments))}: {done.returncode}\n{done.stderr[-2000:]}")
    return done.stdout


def issue_token(data: Path, ledger: str = "") -> str:
    """A token for every site."""
    where = ["--ledger", ledger] if ledger else ["--data", str(data)]
    return command("tokens", "issue", *where, "--all").strip().splitlines()[-1].strip()


def free_ports(count: int) -> list[int]:
    """So many ports that nobody listens on."""
    found: list[int] = []
    while len(found) < count:
        port = random.choice(_PORTS)
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in found:
            found.append(port)
    return found


def get(
    port: int, path: str, headers: dict[str, str] | None = None, within: float = 10.0
) -> tuple[int, bytes]:
    """Status and body of a GET on a connection of its own; `OSError` where nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=within)
    try:
        connection.request("GET", path, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read()
    except http.client.HTTPException as error:
        raise ConnectionError(str(error)) from error
    finally:
        connection.close()


class Process:
    """A program of ours with its log in a file; killed at the latest when the context ends."""

    def __init__(self, arguments: Sequence[str | Path], log: Path, *, core: int | None = None) -> None:
        self.arguments = arguments
        self.log = log
        self._core = core
        self._running: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def pid(self) -> int:
        if self._running is None:
            raise NotRunning("never started")
        return self._running.pid

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._running = subprocess.Popen(self.arguments, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        if self._core is not None:
            os.sched_setaffinity(self._running.pid, {self._core})  # its threads, made later, inherit this

    def ended(self) -> int | None:
        """The exit code, once it has ended."""
        return self._running.poll() if self._running else None

    def kill(self) -> None:
        """`kill -9`, if it runs."""
        if self._running is not None:
            self._running.kill()
            self._running.wait()

    def stop(self, within: float) -> int:
        """SIGTERM, and the exit code; `NotRunning` where it is still there after so many seconds."""
        self.signal(signal.SIGTERM)
        return self.wait(within)

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def wait(self, within: float) -> int:
        if self._running is None:
            raise NotRunning("never started")
        watch = Stopwatch()
        while (left := within - watch.seconds) > 0:
            with suppress(subprocess.TimeoutExpired):
                return self._running.wait(left)
        raise NotRunning(f"still there after {within:.0f} s\n{self.last_words()}")

    def last_words(self) -> str:
        return self.log.read_text(errors="replace")[-2000:] if self.log.exists() else ""

    def most_memory(self) -> int:
        """The most memory that it has held so far, in bytes."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024

    def file_limit(self, size: int) -> None:
        """No file may be written beyond so many bytes from now on; negative: no limit."""
        _, most = resource.prlimit(self.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (most if size < 0 else size, most))


class Server(Process):
    """`trafficlight serve` with a data folder, on ports that stay the same through restarts."""

    def __init__(
        self,
        data: Path,
        *targets: Path | str,
        ledger: str = "",
        log: Path | None = None,
        core: int | None = None,
    ) -> None:
        self.data = data
        self.port, self.ops = free_ports(2)
        arguments: list[str | Path] = [PROGRAM, "serve", "--data", data]
        arguments += ["--listen", f"127.0.0.1:{self.port}", "--ops", f"127.0.0.1:{self.ops}"]
        arguments += ["--ledger", ledger] if ledger else []
        for target in targets:
            arguments += ["--target", target]
        super().__init__(arguments, log or data.with_name(f"{data.name}.log"), core=core)

    def wait_until_ready(self, within: float = 60.0) -> float:
        """Return once it is ready and listens; how many seconds this took from the call on."""
        began = time.monotonic()
        while time.monotonic() - began < within:
            if self.ended() is not None:
                raise NotRunning(f"ended with {self.ended()} before it was ready\n{self.last_words()}")
            try:
                if get(self.ops, "/ready")[0] == 200:
                    socket.create_connection(("127.0.0.1", self.port), timeout=1.0).close()
                    return time.monotonic() - began
            except OSError:
                pass
            time.sleep(0.01)
        raise NotRunning(f"not ready after {within:.0f} s\n{self.last_words()}")

    def begin(self, within: float = 60.0) -> float:
        """Start and wait; the seconds from one to the other."""
        self.start()
        return self.wait_until_ready(within)

    def metric(self, name: str) -> float:
        """The sum of a metric's samples, over all labels; 0 where there are none."""
        text = get(self.ops, "/metrics")[1].decode()
        samples = [line for line in text.splitlines() if line.partition("{")[0].partition(" ")[0] == name]
        return sum(float(line.rpartition(" ")[2]) for line in samples)
