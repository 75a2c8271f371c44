"""Web servers that know nothing of the program: they send what lies in a folder."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.running import NotRunning, free_ports

RUNBOOK: Final = Path(__file__).parents[1] / "docs" / "runbook.md"
DEPLOYED: Final = Path(__file__).parents[1] / "deploy" / "nginx" / "trafficlight.conf"
NGINX: Final = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@contextmanager
def bare(root: Path) -> Iterator[str]:
    """The address of the plainest server there is, Python's own."""
    (port,) = free_ports(1)
    module = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
    with _running([*module, "--directory", str(root)], port) as address:
        yield address


@contextmanager
def nginx(root: Path, folder: Path, source: Path = RUNBOOK, nodes: Sequence[int] = ()) -> Iterator[str]:
    """The address of an nginx set up as the runbook says, or as the file to deploy does, with nodes at ports.

    `folder` is made for its own files.
    """
    if NGINX is None:
        raise NotRunning("nginx is missing: apt-get install nginx")
    (port,) = free_ports(1)
    folder.mkdir()
    (folder / "nginx.conf").write_text(_configuration(_server(source, nodes), root, port))
    with _running([NGINX, "-p", str(folder), "-c", "nginx.conf", "-e", "stderr"], port) as address:
        yield address


@contextmanager
def _running(command: Sequence[str], port: int) -> Iterator[str]:
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        for _ in range(1000):
            with socket.socket() as knock:
                if knock.connect_ex(("127.0.0.1", port)) == 0:
                    break
            if process.poll() is not None:
                raise NotRunning(f"{command[0]} ended with {process.returncode}")
            time.sleep(0.01)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=10)


def _server(source: Path, nodes: Sequence[int]) -> str:
    """What stands inside `http`, without https."""
    text = source.read_text()
    if source == RUNBOOK:
        block = re.search(r"^    server \{\n.*?^    \}\n", text, re.MULTILINE | re.DOTALL)
        if block is None:
            raise NotRunning(f"{RUNBOOK} has no server for nginx")
        return block[0]
    text = re.sub(r"^server \{\n    listen 80;.*?^\}\n", "", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"^    ssl_\w+ [^;]*;\n", "", text, flags=re.MULTILINE)
    ports = iter(nodes or free_ports(2))
    return re.sub(r"server node-\d:8080", lambda _: f"server 127.0.0.1:{next(ports)}", text)


def _configuration(server: str, root: Path, port: int) -> str:
    """The server, on another port and folder."""
    server = re.sub(r"listen [^;]*;", f"listen 127.0.0.1:{port};", server)
    server = re.sub(r"\broot [^;]*;", f"root {root};", server)
    places = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    return "\n".join(
        [
            *(["user root;"] if os.geteuid() == 0 else []),  # else it could not read the test's folder
            "daemon off; pid nginx.pid; error_log stderr; events {}",
            "http { include /etc/nginx/mime.types; access_log off;",
            *(f"{place}_temp_path {place};" for place in places),
            server,
            "}",
        ]
    )
