"""Web servers that know nothing of the program: they send what lies in a folder."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Final

from tests.patience import LONG
from tests.running import NotRunning, free_ports

RUNBOOK: Final = Path(__file__).parents[1] / "docs" / "runbook.md"
DEPLOYED: Final = Path(__file__).parents[1] / "deploy" / "nginx" / "trafficlight.conf"
WHOLE: Final = DEPLOYED.with_name("nginx.conf")
"""What it is included in."""
NGINX: Final = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@contextmanager
def bare(root: Path) -> Iterator[str]:
    """The address of the plainest server there is, Python's own."""
    (port,) = free_ports(1)
    module = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
    with _running([*module, "--directory", str(root)], port) as address:
        yield address


@contextmanager
def nginx(
    root: Path,
    folder: Path,
    source: Path = RUNBOOK,
    nodes: Sequence[int] = (),
    changes: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[str]:
    """The address of an nginx set up as the files to deploy say, or as the runbook changes them.

    With nodes at ports, and with what a test has to change, each of which must be there. `folder` is made for
    its own files.
    """
    if NGINX is None:
        raise NotRunning("nginx is missing: apt-get install nginx")
    (port,) = free_ports(1)
    folder.mkdir()
    text = _configuration(_server(source, nodes), root, port)
    for old, new in changes.items():
        if old not in text:
            raise NotRunning(f"nginx is no longer told: {old}")
        text = text.replace(old, new)
    (folder / "nginx.conf").write_text(text)
    command = [NGINX, "-p", str(folder), "-c", "nginx.conf", "-e", "stderr", "-g", "daemon off;"]
    with _running(command, port) as address:
        yield address


@contextmanager
def _running(command: Sequence[str], port: int) -> Iterator[str]:
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        until = time.monotonic() + LONG
        while True:
            with socket.socket() as knock:
                if knock.connect_ex(("127.0.0.1", port)) == 0:
                    break
            if process.poll() is not None or time.monotonic() > until:
                raise NotRunning(f"{command[0]} does not listen; {process.returncode}")
            time.sleep(0.01)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=LONG)


def _server(source: Path, nodes: Sequence[int]) -> str:
    """What stands inside `http`, without https."""
    text = DEPLOYED.read_text()
    if source == RUNBOOK:
        told = re.search(
            r"^    sed '([^']+)' deploy/nginx/trafficlight.conf", RUNBOOK.read_text(), re.MULTILINE
        )
        if told is None:
            raise NotRunning(f"{RUNBOOK} makes nothing of {DEPLOYED}")
        done = subprocess.run(["sed", told[1], DEPLOYED], capture_output=True, text=True, check=True)
        text = done.stdout
    text = re.sub(r"^server \{\n    listen 80;.*?^\}\n", "", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"^    ssl_\w+ [^;]*;\n", "", text, flags=re.MULTILINE)
    ports = iter(nodes or free_ports(2))
    return re.sub(r"server (node-\d|127\.0\.0\.1):8080", lambda _: f"server 127.0.0.1:{next(ports)}", text)


def _configuration(server: str, root: Path, port: int) -> str:
    """The whole, with the server on another port and folder."""
    server = re.sub(r"listen [^;]*;", f"listen 127.0.0.1:{port};", server)
    server = re.sub(r"\broot [^;]*;", f"root {root};", server)
    places = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    own = "\n".join(f"    {place}_temp_path {place};" for place in places)
    user = "user root;" if os.geteuid() == 0 else ""  # else it could not read the test's folder
    text = WHOLE.read_text()
    for old, new in (
        (r"^user [^;]*;", user),
        (r"^error_log [^;]*;", "error_log stderr warn;"),
        (r"^pid [^;]*;", "pid nginx.pid;"),
        (r"^http \{", f"http {{\n{own}"),
        (r"^    include /etc/nginx/conf\.d/\*\.conf;", server.replace("\\", r"\\")),
    ):
        text, found = re.subn(old, new, text, flags=re.MULTILINE)
        if found != 1:
            raise NotRunning(f"{WHOLE} has {found} of {old}")
    return text
