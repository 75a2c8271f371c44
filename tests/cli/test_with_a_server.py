"""The command line beside a running server: what it appends is seen, what it gives out works at once."""

import http.client
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import LIST, Trafficlight
from tests.patience import Stopwatch
from tests.running import Server, get


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with Server(tmp_path / "data") as running:
        running.wait_until_ready()
        yield running


def status(port: int, method: str, path: str, headers: dict[str, str], body: str = "") -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, body=body or None, headers=headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def report(server: Server, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return status(server.port, "POST", "/api/v1/sites/a1/reports", headers, json.dumps({"patients": 7}))


def test_what_the_command_line_does_a_running_server_knows(
    tmp_path: Path, server: Server, trafficlight: Trafficlight
) -> None:
    listed = tmp_path / "list.csv"
    listed.write_text(LIST, encoding="utf-8")
    assert trafficlight("sites", "import", listed, "--data", server.data).code == 0
    watch = Stopwatch()
    while get(server.port, "/shili/")[0] != 200:
        assert watch.seconds < 1
        time.sleep(0.02)

    token = trafficlight("tokens", "issue", "--data", server.data, "--site", "a1").out.strip()
    assert report(server, token) == 201
    assert trafficlight("tokens", "revoke", token, "--data", server.data).code == 0
    assert report(server, token) == 401

    base = f"http://127.0.0.1:{server.port}"
    issued = trafficlight("links", "issue", "--data", server.data, "--base-url", base, "--site", "a1")
    path = issued.out.strip().split("\t")[1].removeprefix(base)
    assert status(server.port, "GET", path, {}) in {200, 302, 303}
    assert trafficlight("links", "revoke", path, "--data", server.data).code == 0
    assert status(server.port, "GET", path, {}) not in {200, 302, 303}
