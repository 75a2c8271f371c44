"""Under a supervisor that speaks systemd's protocol, a server says when it is ready, alive and stopping."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from tests.patience import LONG
from tests.running import free_ports, get

PROGRAM = Path(sys.executable).with_name("trafficlight")


def test_it_says_that_it_is_ready_alive_and_stopping(data: Path, tmp_path: Path) -> None:
    one, other = free_ports(2)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as hears:
        hears.bind(str(tmp_path / "notify"))
        hears.settimeout(LONG)
        env = {**os.environ, "NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "300000"}
        listen = ("--listen", f"127.0.0.1:{one}", "--ops", f"127.0.0.1:{other}")
        with subprocess.Popen(
            [PROGRAM, "serve", "--data", data, *listen], env=env, stderr=subprocess.DEVNULL
        ) as process:
            heard: list[bytes] = []
            while b"READY=1" not in heard:
                heard.append(hears.recv(100))
            assert get(one, "/")[0] == 200, "ready means that pages can be had"
            alive = 0
            while alive < 3:
                alive += hears.recv(100) == b"WATCHDOG=1"
            process.send_signal(signal.SIGTERM)
            while hears.recv(100) != b"STOPPING=1":
                pass
            assert process.wait(LONG) == 0


def test_without_one_it_is_told_nothing(data: Path, tmp_path: Path) -> None:
    """Also where the supervisor's socket has gone."""
    one, other = free_ports(2)
    env = {**os.environ, "NOTIFY_SOCKET": str(tmp_path / "gone")}
    listen = ("--listen", f"127.0.0.1:{one}", "--ops", f"127.0.0.1:{other}")
    with subprocess.Popen(
        [PROGRAM, "serve", "--data", data, *listen], env=env, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        assert any('"event": "listens"' in line for line in process.stderr)
        process.send_signal(signal.SIGTERM)
        process.stderr.read()
        assert process.wait(LONG) == 0
