"""Connections that say nothing leave room for a clinic, and who hangs up is nobody's fault of ours."""

import asyncio
import json
import resource
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from http import HTTPStatus
from pathlib import Path

import pytest

from tests.here import command
from tests.patience import LONG
from tests.running import free_ports
from tests.web.conftest import World
from tests.web.test_process import PROGRAM, ask, county_in

DESCRIPTORS = 256


@pytest.fixture
def nothing_blocks_the_loop() -> None:
    """Sockets of the test's own do."""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return county_in(tmp_path)


@pytest.fixture
def few(data: Path) -> Iterator[tuple[int, int, Path]]:
    """Ports of pages and of operation of a server that has few descriptors, and its log."""
    port, ops = free_ports(2)
    log = data.with_suffix(".log")
    with log.open("w") as out:
        server = subprocess.Popen(
            [PROGRAM, "serve", "--data", data, "--listen", f"127.0.0.1:{port}", "--ops", f"127.0.0.1:{ops}"],
            stderr=out,
        )
        # Before it looks: it takes half a second to load.
        resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                if ask(ops, "GET", "/ready")[0] == HTTPStatus.OK:
                    break
            except OSError:
                assert server.poll() is None, log.read_text()
            time.sleep(0.05)
        yield port, ops, log
        server.kill()
        server.wait()


def test_silent_connections_leave_room_for_a_clinic(few: tuple[int, int, Path], data: Path) -> None:
    port, ops, log = few
    token = command("tokens", "issue", "--data", data, "--site", "lk-001").split()[-1]
    began = [b"", b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "]
    with ExitStack() as stack:
        for number in range(4 * DESCRIPTORS):
            silent = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
            silent.sendall(began[number % 2])
        assert ask(port, "GET", "/longkou/")[0] == HTTPStatus.OK
        given = {"Authorization": f"Bearer {token}"}
        assert ask(port, "POST", "/api/v1/sites/lk-001/reports", {"patients": 60}, **given)[0] == 201
        assert ask(ops, "GET", "/live")[0] == HTTPStatus.OK
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [line["event"] for line in lines] == ["few_descriptors", "ops_listens", "ready", "listens"]
    assert lines[0]["allowed"] == DESCRIPTORS


JSON, FORM = "application/json", "application/x-www-form-urlencoded"
HANGS_UP = [
    ("/api/v1/sites/lk-001/reports", JSON),
    ("/api/v1/reports", JSON),
    ("/api/v1/sites/lk-001/mismatches", JSON),
    ("/desk/sign-in", FORM),
]


def test_who_hangs_up_within_a_body_is_no_fault_of_ours(few: tuple[int, int, Path], data: Path) -> None:
    port, ops, log = few
    token = command("tokens", "issue", "--data", data, "--site", "lk-001").split()[-1]
    said = log.read_text()
    for path, media in HANGS_UP:
        head = (
            f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: {media}\r\n"
        )
        with socket.create_connection(("127.0.0.1", port)) as half:
            half.sendall(f"{head}Content-Length: 500\r\n\r\n{{".encode())
            time.sleep(0.3)
    counted = ""
    until = time.monotonic() + LONG
    while counted.count("\ntrafficlight_http_requests_total{") < len(HANGS_UP) and time.monotonic() < until:
        time.sleep(0.1)
        counted = ask(ops, "GET", "/metrics")[1].decode()
    answers = [line for line in counted.splitlines() if line.startswith("trafficlight_http_requests_total{")]
    assert len(answers) == len(HANGS_UP)
    assert all('status="4xx"' in line for line in answers), answers
    assert log.read_text() == said


async def test_no_header_says_which_versions_run(world: World) -> None:
    for path in ("/", "/longkou/", "/api/v1/sites/x/reports", "/desk/", "/nowhere"):
        assert (await world.client.get(path, allow_redirects=False)).headers["Server"] == "trafficlight"
    reader, writer = await asyncio.open_connection("127.0.0.1", world.client.port)
    writer.write(b"NONSENSE\r\n\r\n")
    answer = await reader.read()
    writer.close()
    assert b"400" in answer.split(b"\r\n")[0]
    assert not [word for word in (b"ython", b"aiohttp", b"bytearray") if word in answer], answer
