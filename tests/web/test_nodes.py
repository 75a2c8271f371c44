"""Several servers on one ledger in Redis: they agree, and one that has lost it says so and goes on."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from blockbuster import BlockBuster

from tests.patience import LONG, Stopwatch
from tests.proxy import Proxy
from tests.redis_server import ALWAYS, RedisServer
from tests.web.conftest import BOARD, SITES, Clock, World, facts
from trafficlight.domain.ids import SYSTEM
from trafficlight.settings import Settings
from trafficlight.web.access import FAILURES_A_MINUTE
from trafficlight.web.app import NODE, create_app
from trafficlight.web.ops import create_ops

PATHS = (
    "/",
    "/boards.json",
    "/longkou/",
    "/longkou/board.json",
    "/longkou/sites/lk-001.html",
    "/en/longkou/",
)

Start = Callable[[int], Awaitable[World]]


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    server = RedisServer(*ALWAYS).start()
    yield server
    server.stop()


@pytest.fixture
async def nodes(
    server: RedisServer, tmp_path: Path, clock: Clock, nothing_blocks_the_loop: BlockBuster
) -> AsyncIterator[Start]:
    """Starts a node that finds the ledger at a port; each has a folder of its own, all have one secret."""
    server.ask("FLUSHALL")
    clients: list[TestClient[Any, Any]] = []

    async def start(port: int) -> World:
        settings = Settings(
            ledger=f"redis://127.0.0.1:{port}/0", data=tmp_path / str(len(clients)), secret_key="s" * 32
        )
        app = create_app(settings, clock)
        client = TestClient(TestServer(app))
        clients.append(client)
        await client.start_server()
        return World(client, app[NODE], clock)

    yield start
    for client in clients:
        await client.close()


@pytest.fixture
async def both(server: RedisServer, nodes: Start) -> tuple[World, World]:
    """Two nodes and a board with three sites."""
    one, other = await nodes(server.port), await nodes(server.port)
    own, placed = facts(BOARD, SITES)
    await one.put(BOARD.slug, *own)
    await one.put(SYSTEM, *placed)
    return one, other


async def agree(one: World, other: World) -> None:
    """Wait until both have folded what the ledger holds."""
    async with asyncio.timeout(LONG):
        for board, position in (await one.node.current.ledger.heads()).items():
            await one.node.current.reached(board, position)
            await other.node.current.reached(board, position)


async def test_what_one_node_takes_all_show_with_the_same_bytes(both: tuple[World, World]) -> None:
    one, other = both
    assert (await one.report({"patients": 60})).status == 201
    await agree(one, other)
    for path in PATHS:
        here, there = await one.client.get(path), await other.client.get(path)
        assert (here.status, here.headers["ETag"]) == (200, there.headers["ETag"])
        assert await here.read() == await there.read()
    assert "红·很多" in await (await other.client.get("/longkou/")).text()


async def test_a_token_issued_at_one_node_is_good_at_the_other_at_once(both: tuple[World, World]) -> None:
    one, other = both
    token = await one.token(site="lk-001")
    assert (await other.report({"patients": 1}, token=token)).status == 201


async def test_a_key_used_at_one_node_is_used_at_all(both: tuple[World, World]) -> None:
    one, other = both
    token = await one.token()
    first = await one.report({"patients": 7}, token=token, Idempotency_Key="k")
    again = await other.report({"patients": 7}, token=token, Idempotency_Key="k")
    assert (first.status, again.status) == (201, 200)
    assert await first.json() == await again.json()


async def test_reports_of_one_site_at_two_nodes_stand_in_one_order(both: tuple[World, World]) -> None:
    one, other = both
    token = await one.token()
    answers = await asyncio.gather(
        *(node.report({"patients": n}, token=token) for n in range(20) for node in (one, other))
    )
    places = sorted([(await answer.json())["position"] for answer in answers])
    assert places == list(range(places[0], places[0] + 40))
    await agree(one, other)
    assert one.node.current.boards["longkou"] == other.node.current.boards["longkou"]


async def test_guessing_at_two_nodes_is_guessing_once(both: tuple[World, World]) -> None:
    """Sixty wrong tokens a minute from an address, over all nodes; a valid one is never asked to wait."""
    one, other = both
    tries = [(one, other)[number % 2] for number in range(FAILURES_A_MINUTE)]
    told = [(await node.report({"patients": 1}, token=f"guess-{n}")).status for n, node in enumerate(tries)]
    assert set(told) == {401}
    for node in (one, other):
        refused = await node.report({"patients": 1}, token="guess-more")
        assert refused.status == 429
        assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert (await other.report({"patients": 1}, token=await one.token())).status == 201


async def test_who_reads_at_another_node_hears_of_a_report(both: tuple[World, World]) -> None:
    one, other = both
    await agree(one, other)
    stream = await other.client.get("/api/v1/boards/longkou/live")
    async with asyncio.timeout(LONG):
        while b"position" not in await stream.content.readline():
            pass
        answer = await one.report({"patients": 60})
        position = (await answer.json())["position"]
        while b'"position":%d' % position not in (await stream.content.readline()).replace(b" ", b""):
            pass
    stream.close()


async def test_a_report_is_answered_once_the_node_itself_has_folded_it(
    server: RedisServer, both: tuple[World, World]
) -> None:
    one, _ = both
    token = await one.token()
    server.ask("CLIENT", "KILL", "TYPE", "pubsub")  # it appends at once, and follows only after a while
    answer = await one.report({"patients": 60}, token=token)
    assert answer.status == 201
    assert one.node.current.position("longkou") >= (await answer.json())["position"]
    assert "红·很多" in await (await one.client.get("/longkou/")).text()


async def test_a_node_that_lost_the_ledger_goes_on_showing_and_catches_up(
    server: RedisServer, nodes: Start, both: tuple[World, World]
) -> None:
    one, _ = both
    async with Proxy(server.port) as proxy:
        lost = await nodes(proxy.port)
        token = await one.token()
        await agree(one, lost)
        ops = TestClient(TestServer(create_ops(lost.node.health())))
        await ops.start_server()
        assert (await ops.get("/ready/posts")).status == 200
        etag = (await lost.client.get("/longkou/")).headers["ETag"]
        await proxy.cut()
        watch = Stopwatch()
        refused = await lost.report({"patients": 60}, token=token)
        assert watch.seconds < 3
        assert (refused.status, "Retry-After" in refused.headers) == (503, True)
        assert (await refused.json())["code"] == "ledger_unavailable"
        assert (await ops.get("/ready/posts")).status == 503
        assert (await ops.get("/ready")).status == 200
        assert (await one.report({"patients": 30}, token=token)).status == 201
        assert (await lost.client.get("/longkou/")).headers["ETag"] == etag
        await proxy.mend()
        await agree(one, lost)
        assert (await lost.report({"patients": 60}, token=token)).status == 201
        assert (await ops.get("/ready/posts")).status == 200
        assert await (await lost.client.get("/longkou/")).read() != b""
        await ops.close()


async def test_a_node_that_cannot_follow_the_ledger_is_not_ready_for_posts(
    server: RedisServer, both: tuple[World, World], logged: StringIO
) -> None:
    one, _ = both
    ops = TestClient(TestServer(create_ops(one.node.health())))
    await ops.start_server()
    server.ask("ACL", "SETUSER", "default", "-subscribe")
    try:
        server.ask("CLIENT", "KILL", "TYPE", "pubsub")
        async with asyncio.timeout(LONG):
            while "may not do what a ledger needs" not in logged.getvalue():  # noqa: ASYNC110 - a log is silent
                await asyncio.sleep(0.05)
        assert (await ops.get("/ready/posts")).status == 503
        assert "trafficlight_ledger_follow_failed_total 0.0" not in await (await ops.get("/metrics")).text()
        assert "ledger_not_followed" in logged.getvalue()
    finally:
        server.ask("ACL", "SETUSER", "default", "+subscribe")
    async with asyncio.timeout(LONG):
        while (await ops.get("/ready/posts")).status != 200:  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0.05)
    await ops.close()


async def test_a_node_that_has_shown_what_is_lost_since_ends(
    server: RedisServer, both: tuple[World, World]
) -> None:
    one, other = both
    await agree(one, other)
    server.ask("HDEL", "{trafficlight}:heads", "longkou")
    server.ask("DEL", "{trafficlight}:board:longkou")
    server.ask("CLIENT", "KILL", "TYPE", "pubsub")
    async with asyncio.timeout(LONG):
        await one.node.failed.wait()  # the process ends then, and begins anew with what is kept


async def test_a_node_without_a_secret_in_common_is_told(
    server: RedisServer, tmp_path: Path, clock: Clock, logged: StringIO
) -> None:
    app = create_app(Settings(ledger=f"redis://127.0.0.1:{server.port}/0", data=tmp_path), clock)
    client = TestClient(TestServer(app))
    await client.start_server()
    assert "secret_not_shared" in logged.getvalue()
    await client.close()
