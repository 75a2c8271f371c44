"""The real program, in a process of its own."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.here import command
from tests.patience import LONG, Stopwatch
from tests.redis_server import ALWAYS, RedisServer
from tests.running import free_ports

PROGRAM = Path(sys.executable).with_name("trafficlight")
LIST = "id,name,kind,capacity\nlk-001,东江卫生院,township_centre,50\n"


def ask(port: int, method: str, path: str, body: object = None, **headers: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        sent = None if body is None else json.dumps(body)
        connection.request(method, path, sent, headers={"Content-Type": "application/json", **headers})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


class Running:
    """`trafficlight serve` on free ports."""

    def __init__(self, data: Path, *options: str) -> None:
        self.port, self.ops = free_ports(2)
        self._log = data.with_suffix(".log").open("w+")
        listen, ops = f"127.0.0.1:{self.port}", f"127.0.0.1:{self.ops}"
        self.process = subprocess.Popen(
            [PROGRAM, "serve", "--data", data, "--listen", listen, "--ops", ops, *options], stderr=self._log
        )

    def wait_until_ready(self) -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                if ask(self.ops, "GET", "/ready")[0] == 200:
                    return
            except OSError:
                assert self.process.poll() is None, self.log()
            time.sleep(0.05)
        raise AssertionError(self.log())

    def log(self) -> str:
        self._log.flush()
        self._log.seek(0)
        return self._log.read()

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self._log.close()


@pytest.fixture(autouse=True)
def nothing_blocks_the_loop() -> None:
    """None runs here: the server has a process of its own."""


def ended(server: Running) -> int:
    """The code with which it ends, in time before whoever keeps containers kills it."""
    watch = Stopwatch()
    code = server.process.wait(LONG)
    assert watch.seconds < 9.5
    return code


def county_in(folder: Path) -> Path:
    """The data folder of a ledger with the list in it."""
    sheet, data = folder / "sites.csv", folder / "data"
    sheet.write_text(LIST)
    command("sites", "import", sheet, "--data", data, "--board", "longkou", "--board-name", "龙口市")
    return data


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return county_in(tmp_path)


@pytest.fixture
def running(data: Path, from_a_terminal: None) -> Iterator[Running]:
    server = Running(data)
    server.wait_until_ready()
    yield server
    server.close()


def assert_it_may_open_as_many_files_as_the_system_lets_it(running: Running) -> None:
    limits = Path(f"/proc/{running.process.pid}/limits").read_text()
    [line] = [line for line in limits.splitlines() if line.startswith("Max open files")]
    soft, hard = line.split()[3:5]
    assert soft == hard


def test_it_starts_takes_a_report_shows_it_and_ends_when_told(running: Running, data: Path) -> None:
    token = command("tokens", "issue", "--data", data, "--site", "lk-001").split()[-1]
    report = {"patients": 60}
    status, body = ask(
        running.port, "POST", "/api/v1/sites/lk-001/reports", report, Authorization=f"Bearer {token}"
    )
    assert (status, json.loads(body)["light"]) == (201, "red")
    status, page = ask(running.port, "GET", "/longkou/")
    assert (status, "红·很多" in page.decode()) == (200, True)
    assert ask(running.ops, "GET", "/metrics")[0] == 200
    assert_it_may_open_as_many_files_as_the_system_lets_it(running)
    running.process.send_signal(signal.SIGTERM)
    assert ended(running) == 0
    log = running.log()
    assert [json.loads(line)["event"] for line in log.splitlines()] == [
        "ops_listens",
        "ready",
        "listens",
        "stopped",
    ]
    assert token not in log
    assert list((data / "snapshots").rglob("longkou.snapshot"))


def test_told_to_end_it_finishes_what_it_has_begun(running: Running, data: Path) -> None:
    token = command("tokens", "issue", "--data", data, "--all").split()[-1]
    statuses: list[int] = []

    def post() -> None:
        headers = {"Authorization": f"Bearer {token}"}
        with suppress(OSError, http.client.HTTPException):  # refused, once it listens no more
            while True:
                path = "/api/v1/sites/lk-001/reports"
                statuses.append(ask(running.port, "POST", path, {"patients": 7}, **headers)[0])

    posters = [threading.Thread(target=post) for _ in range(8)]
    for poster in posters:
        poster.start()
    time.sleep(0.7)
    running.process.send_signal(signal.SIGTERM)
    assert ended(running) == 0
    for poster in posters:
        poster.join()
    assert set(statuses) == {201}
    kept = command("ledger", "export", "--data", data).count('"type":"reported"')
    assert len(statuses) <= kept <= len(statuses) + len(posters)


def test_what_was_acknowledged_survives_a_sudden_end(running: Running, data: Path) -> None:
    token = command("tokens", "issue", "--data", data, "--all").split()[-1]
    for patients in range(20):
        status, _ = ask(
            running.port,
            "POST",
            "/api/v1/sites/lk-001/reports",
            {"patients": patients},
            Authorization=f"Bearer {token}",
        )
        assert status == 201
    os.kill(running.process.pid, signal.SIGKILL)
    running.process.wait()
    exported = command("ledger", "export", "--data", data)
    counts = [
        json.loads(line).get("patients") for line in exported.splitlines() if '"type":"reported"' in line
    ]
    assert counts == list(range(20))


def test_told_to_end_while_it_starts_it_ends(data: Path) -> None:
    server = Running(data)
    until = time.monotonic() + 60
    while "ops_listens" not in server.log() and time.monotonic() < until:
        assert server.process.poll() is None, server.log()
        time.sleep(0.005)
    server.process.send_signal(signal.SIGTERM)
    code = ended(server)
    assert code == 0, server.log()
    server.close()


def test_started_to_go_on_without_its_terminal_it_does_and_ends_by_sigterm(
    data: Path, from_a_terminal: None
) -> None:
    ignored = (signal.SIGINT, signal.SIGHUP)
    for number in ignored:  # as by `nohup`, or in the background of a script
        signal.signal(number, signal.SIG_IGN)
    server = Running(data)
    try:
        server.wait_until_ready()
        for number in ignored:
            server.process.send_signal(number)
        assert ask(server.port, "GET", "/longkou/")[0] == 200
        server.process.send_signal(signal.SIGTERM)
        assert ended(server) == 0
    finally:
        server.close()


def test_told_to_end_by_ctrl_c_it_does_not_wait_for_who_sends_nothing(running: Running, data: Path) -> None:
    token = command("tokens", "issue", "--data", data, "--all").split()[-1]
    with socket.create_connection(("127.0.0.1", running.port)) as slow:
        slow.sendall(
            b"POST /api/v1/sites/lk-001/reports HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            + f"Authorization: Bearer {token}\r\nContent-Length: 20\r\n\r\n{{".encode()
        )
        time.sleep(0.5)
        running.process.send_signal(signal.SIGINT)
        assert ended(running) == 0


def test_told_to_end_by_its_terminal_that_closes_it_ends_the_streams_that_are_open(
    running: Running, data: Path
) -> None:
    readers = [http.client.HTTPConnection("127.0.0.1", running.port, timeout=10) for _ in range(20)]
    streams = []
    for reader in readers:
        reader.request("GET", "/api/v1/boards/longkou/live")
        streams.append(reader.getresponse())
    assert {stream.readline()[:6] for stream in streams} == {b"retry:"}
    running.process.send_signal(signal.SIGHUP)
    assert ended(running) == 0
    for stream in streams:
        assert b'"position"' in stream.read(), "whole to its end, not cut off"
        stream.close()
    assert '"stopped"' in running.log()
    assert "handler_failed" not in running.log()


def test_it_runs_on_a_ledger_in_redis_as_on_one_of_its_own(tmp_path: Path) -> None:
    redis = RedisServer(*ALWAYS).start()
    try:
        ledger = ("--ledger", f"redis://127.0.0.1:{redis.port}/0?prefix=longkou")
        (tmp_path / "sites.csv").write_text(LIST)
        board = ("--board", "longkou", "--board-name", "龙口市")
        command("sites", "import", tmp_path / "sites.csv", *ledger, *board)
        server = Running(tmp_path / "data", *ledger)
        try:
            server.wait_until_ready()
            token = command("tokens", "issue", *ledger, "--site", "lk-001").split()[-1]
            path, authorized = "/api/v1/sites/lk-001/reports", {"Authorization": f"Bearer {token}"}
            status, body = ask(server.port, "POST", path, {"patients": 60}, **authorized)
            assert (status, json.loads(body)["light"]) == (201, "red")
            assert "红·很多" in ask(server.port, "GET", "/longkou/")[1].decode()
            server.process.send_signal(signal.SIGTERM)
            assert ended(server) == 0
            assert not (tmp_path / "data" / "ledger.sqlite").exists()
        finally:
            server.close()
    finally:
        redis.stop()
