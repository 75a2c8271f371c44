"""Several nodes on one Redis, which syncs every write (`appendfsync always`) as the ledger asks.

- wrk with 32 connections posts reports, as in `report_rate`, in turn with `redis-benchmark` adding entries of
  a report's size to a stream of the same server with as many connections. The bare echo of `report_rate`,
  which keeps nothing, is held against the same: no node can take more than it.
- One client posts at one node and listens to the live stream of another: from the 201 to the line of the
  stream that tells the position, and from sending the report to that line.
- What a node pays for a report that another took: its CPU time while reports are posted elsewhere, by their
  number.
"""

import asyncio
import os
import re
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from uuid import uuid4

from tests.bench.bare import Bare
from tests.bench.installations import Installation
from tests.bench.measuring import in_turn, percentile, quantiles
from tests.bench.report_rate import Posted
from tests.bench.rig import COUNTIES, SMALL, Rig, Row
from tests.bench.rounds import Rounds
from tests.bench.wrk import CLIENTS
from tests.ledger.facts import DAY
from tests.redis_server import ALWAYS, RedisServer
from tests.running import Server, command
from trafficlight.domain.event import Reported
from trafficlight.ledger.base import Key
from trafficlight.ledger.opening import open_ledger
from trafficlight.web.live import PAUSE_SECONDS

LEAST = 0.3
WITHIN = 0.2
"""Seconds from a report at one node to the stream of another."""
ENTRY = "x" * 260
"""As long as a report in the ledger."""
ENTRIES = 8_000


def run(rig: Rig) -> Iterator[Row]:
    redis = RedisServer(*ALWAYS).start()
    try:
        yield _rate(rig, redis)
        yield _alone(rig, redis)
        yield from _two_nodes(rig, redis)
    finally:
        redis.stop()


def _moved(rig: Rig, redis: RedisServer, installation: Installation) -> str:
    """The installation in the Redis: its URL there."""
    url = f"redis://127.0.0.1:{redis.port}/0?prefix={installation.plan.name}"
    command("ledger", "copy", "--from", f"sqlite:{installation.data / 'ledger.sqlite'}", "--to", url)
    return url


def _node(rig: Rig, url: str, name: str) -> Server:
    return Server(rig.folder / f"node-{name}", ledger=url)


def _rate(rig: Rig, redis: RedisServer) -> Row:
    installation = rig.installation(COUNTIES)
    sites = rig.folder / "redis-sites.txt"
    sites.write_text("\n".join(installation.sites))
    url = _moved(rig, redis, installation)
    with _node(rig, url, "alone") as server, Bare(rig.unpinned()) as echo:
        server.wait_until_ready(120.0)
        posted = Posted(rig.unpinned(), installation, sites)
        pairs = in_turn(rig.pairs, lambda: _xadd(rig, redis), lambda: posted.to(server.port))
        most = in_turn(rig.pairs, lambda: _xadd(rig, redis), lambda: posted.to(echo.port))
    return Row(
        what="durable reports a second on Redis, 32 clients",
        budget="≥ 0.3 × redis-benchmark's XADD, 32 clients, the same server",
        measured=f"{median(pairs.second):,.0f}/s against {median(pairs.first):,.0f}/s",
        ratio=f"{pairs.told()} ×",
        met=pairs.ratio >= LEAST,
        note=f"{posted.answers[server.port]:,} answers; a bare aiohttp JSON echo: {most.told()} ×",
    )


def _alone(rig: Rig, redis: RedisServer) -> Row:
    """The ledger without a server of ours around it, in this process: what keeping a report costs."""
    pairs = in_turn(rig.pairs, lambda: _xadd(rig, redis), lambda: asyncio.run(_appends(rig, redis)))
    return Row(
        what="the ledger in Redis alone: durable appends a second, 32 at a time",
        measured=f"{median(pairs.second):,.0f}/s against {median(pairs.first):,.0f}/s",
        ratio=f"{pairs.told()} ×",
    )


async def _appends(rig: Rig, redis: RedisServer) -> float:
    ledger = await open_ledger(f"redis://127.0.0.1:{redis.port}/0?prefix=alone")
    each = (ENTRIES // (8 if rig.quick else 1)) // CLIENTS

    async def append(client: int) -> None:
        for _ in range(each):
            event = Reported(id=uuid4().hex, site=f"s{client}", service_day=DAY, patients=1)
            await ledger.append(f"b{client}", [event], Key(uuid4().hex, b"0123456789abcdef"))

    began = time.perf_counter()
    await asyncio.gather(*(append(client) for client in range(CLIENTS)))
    took = time.perf_counter() - began
    await ledger.close()
    return each * CLIENTS / took


def _xadd(rig: Rig, redis: RedisServer) -> float:
    """Entries a second."""
    number = str(ENTRIES // (8 if rig.quick else 1))
    load = ["redis-benchmark", "-p", str(redis.port), "-c", str(CLIENTS), "-n", number, "--csv"]
    told = subprocess.run(
        [*load, "XADD", "bench", "*", "b", ENTRY], capture_output=True, text=True, check=True, timeout=120
    ).stdout
    redis.ask("DEL", "bench")
    found = re.search(r'^"XADD[^"]*","([\d.]+)"', told, re.MULTILINE)
    if found is None:
        raise RuntimeError(f"redis-benchmark: {told}")
    return float(found[1])


def _two_nodes(rig: Rig, redis: RedisServer) -> Iterator[Row]:
    installation = rig.installation(SMALL)
    url = _moved(rig, redis, installation)
    with ExitStack() as stack:
        one, other = (stack.enter_context(_node(rig, url, name)) for name in ("one", "other"))
        for node in (one, other):
            node.wait_until_ready(60.0)
        yield _across(rig, installation, one, other)
        yield _added(rig, installation, one, other)


def _across(rig: Rig, installation: Installation, one: Server, other: Server) -> Row:
    listener = Listener(other.port, installation.board)
    client = Rounds(one.port, installation)
    rounds = 5 if rig.quick else 40
    whole, after = [], []
    for _ in range(rounds):
        time.sleep(PAUSE_SECONDS + 0.05)  # within it a stream gathers what comes into one message
        began = time.perf_counter()
        position, took = client.report()
        heard = listener.heard(position)
        whole.append(heard - began)
        after.append(max(heard - began - took, 0.0))
    client.close()
    listener.close()
    return Row(
        what="report at one node → told in the live stream of another",
        budget="p99 ≤ 200 ms",
        measured=f"{quantiles(whole)} ({rounds} rounds)",
        met=percentile(whole, 99) <= WITHIN,
        note=f"after the 201: {quantiles(after)}",
    )


def _added(rig: Rig, installation: Installation, one: Server, other: Server) -> Row:
    sites = rig.folder / "redis-board.txt"
    sites.write_text("\n".join(installation.board_sites))
    posted = Posted(rig.unpinned(), installation, sites)
    before, began = _cpu(other), time.monotonic()
    for _ in range(2 if rig.quick else 5):
        posted.to(one.port)
    reports = posted.answers[one.port]
    time.sleep(0.5)  # it follows at its own pace
    spent, took = _cpu(other) - before, time.monotonic() - began
    return Row(
        what="cost of an added node, for each report that another took",
        measured=f"{spent / reports * 1e6:,.0f} µs of CPU",
        note=f"{reports:,} reports in {took:.0f} s, nobody reading at it",
    )


def _cpu(server: Server) -> float:
    """Seconds of CPU that the process has had."""
    fields = Path(f"/proc/{server.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Listener:
    """Somebody who keeps a board's live stream open, and when each position came."""

    def __init__(self, port: int, board: str) -> None:
        self._line = socket.create_connection(("127.0.0.1", port), timeout=30)
        request = f"GET /api/v1/boards/{board}/live HTTP/1.1\r\nHost: bench\r\n\r\n"
        self._line.sendall(request.encode())
        self._told: dict[int, float] = {}
        self._news = threading.Condition()
        self._begun = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()
        if not self._begun.wait(10):
            raise RuntimeError("the live stream told nothing")

    def heard(self, position: int) -> float:
        """When that position, or a later one, was told; on the clock of `perf_counter`."""
        with self._news:
            if not self._news.wait_for(lambda: any(told >= position for told in self._told), 10):
                raise RuntimeError(f"the live stream never told {position}")
            return min(at for told, at in self._told.items() if told >= position)

    def close(self) -> None:
        self._line.close()

    def _listen(self) -> None:
        while True:
            try:
                data = self._line.recv(65_536)
            except OSError:
                return
            at = time.perf_counter()
            found = re.findall(rb'"position": ?(\d+)', data)
            with self._news:
                for position in found:
                    self._told.setdefault(int(position), at)
                self._news.notify_all()
            if found:
                self._begun.set()
            if not data:
                return
