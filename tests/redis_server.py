"""Redis servers of the tests' own: Debian's, on loopback, each in a folder that goes with it."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Self

import pytest

PROGRAM = shutil.which("redis-server")
ALWAYS = ("--appendonly", "yes", "--appendfsync", "always")
"""What a ledger asks of its server."""
SENTINEL = """port {port}
bind 127.0.0.1
sentinel monitor county 127.0.0.1 {watches} 1
sentinel down-after-milliseconds county {down_after}
sentinel failover-timeout county 4000
"""
_UP_WITHIN = 20.0
_NEVER = 3_600_000
"""Milliseconds: of servers that nobody kills, none is dead, however busy the machine is."""
WATCHER = ("sh", "-c", 'read _; kill -9 "$0"')
"""Ends a process once nobody holds the other end of its pipe any more: the tests were killed. The kernel's
own way, a signal at the parent's death, goes by the thread that started it, which may be a passing one."""


def needed() -> str:
    """The program; without it the test is left out, except where everything has to be there."""
    if PROGRAM is None:
        if "CI" in os.environ:
            pytest.fail("redis-server is missing")
        pytest.skip("redis-server is missing")
    return PROGRAM


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


class RedisServer:
    """One server, with its data through restarts. Blocks: not for an event loop."""

    def __init__(self, *options: str, watches: int = 0, down_after: int = 700) -> None:
        self._program = needed()
        self.folder = Path(tempfile.mkdtemp(prefix="trafficlight-redis-"))
        self.options = options
        self.port = 0
        self._watches = watches
        """The port of the primary that it watches over, if it is a Sentinel."""
        self._down_after = down_after
        """Milliseconds without an answer after which it takes the primary for dead."""
        self._running: subprocess.Popen[bytes] | None = None
        self._watcher: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        """Run it; returns once it answers."""
        for _ in range(5):  # somebody may take the port between its choice and its use
            self.port = self.port or free_port()
            self._running = subprocess.Popen(
                [self._program, *self._arguments()],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            self._watcher = subprocess.Popen([*WATCHER, str(self._running.pid)], stdin=subprocess.PIPE)
            until = time.monotonic() + _UP_WITHIN
            while time.monotonic() < until and self._running.poll() is None:
                if self._answers():
                    return self
                time.sleep(0.02)
            self.kill()
            self.port = 0
        raise RuntimeError((self.folder / "log").read_text(errors="replace")[-2000:])

    def _arguments(self) -> list[str]:
        if self._watches:
            conf = SENTINEL.format(port=self.port, watches=self._watches, down_after=self._down_after)
            (self.folder / "conf").write_text(conf)
            return [str(self.folder / "conf"), "--sentinel", "--logfile", str(self.folder / "log")]
        common = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder)]
        common += ["--repl-diskless-sync-delay", "0"]  # else a replica is kept waiting for others to come
        return [*common, "--logfile", str(self.folder / "log"), *self.options]

    def _answers(self) -> bool:
        try:
            return b"LOADING" not in self.ask("PING")
        except OSError:
            return False

    def ask(self, *words: str) -> bytes:
        """The beginning of the raw answer to a command."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as line:
            command = b"".join(b"$%d\r\n%s\r\n" % (len(word.encode()), word.encode()) for word in words)
            line.sendall(b"*%d\r\n%s" % (len(words), command))
            return line.recv(65_536)

    def wait_for(self, what: bytes, *words: str) -> None:
        """Return once the answer to a command holds it."""
        until = time.monotonic() + _UP_WITHIN
        while what not in self.ask(*words):
            if time.monotonic() > until:
                raise RuntimeError(f"{words}: never {what!r}")
            time.sleep(0.02)

    def signal(self, number: signal.Signals) -> None:
        assert self._running is not None
        self._running.send_signal(number)

    def kill(self) -> None:
        """`kill -9`, if it runs."""
        if self._watcher is not None:
            self._watcher.kill()  # before the process goes, whose number may be another's then
            self._watcher.communicate()
            self._watcher = None
        if self._running is not None:
            self._running.kill()
            self._running.wait()
            self._running = None

    def stop(self) -> None:
        """End it and take its folder away."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


class Watched:
    """A primary with replicas, and the Sentinel that makes one of them the primary when it dies."""

    def __init__(self, replicas: int, *options: str, down_after: int = 700) -> None:
        self.primary = RedisServer(*ALWAYS).start()
        replica_of = ("--replicaof", "127.0.0.1", str(self.primary.port))
        self.replicas = [RedisServer(*options, *replica_of).start() for _ in range(replicas)]
        for replica in self.replicas:
            replica.wait_for(b"master_link_status:up", "INFO", "replication")
        self.sentinel = RedisServer(watches=self.primary.port, down_after=down_after).start()
        self.sentinel.wait_for(b"slaves=%d" % replicas, "INFO", "sentinel")

    def url(self, query: str = "") -> str:
        return f"redis+sentinel://127.0.0.1:{self.sentinel.port}/county/0?replicas=1{query}"

    def stop(self) -> None:
        for one in (self.sentinel, self.primary, *self.replicas):
            one.stop()


class Shared:
    """Servers for all tests of a process, started by the first that asks. Each has a prefix of its own."""

    def __init__(self) -> None:
        self._server: RedisServer | None = None
        self._watched: Watched | None = None
        self._given = 0

    def url(self) -> str:
        """The URL of an empty ledger."""
        if self._server is None:
            self._server = RedisServer(*ALWAYS).start()
        return f"redis://127.0.0.1:{self._server.port}/0?prefix={self._prefix()}"

    def watched_url(self) -> str:
        """The same, found by a Sentinel, with replicas."""
        if self._watched is None:
            self._watched = Watched(1, down_after=_NEVER)
        return self._watched.url(f"&prefix={self._prefix()}")

    def _prefix(self) -> str:
        self._given += 1
        return f"test-{self._given}"

    def stop(self) -> None:
        if self._server is not None:
            self._server.stop()
        if self._watched is not None:
            self._watched.stop()
        self._server = self._watched = None


SHARED = Shared()
