"""A clock that was wrong for an hour: what was stamped by it is told, and no light outlives the true day."""

import asyncio
from collections.abc import AsyncIterator
from io import StringIO

import pytest
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request

from tests.web.conftest import World
from trafficlight.web import node as node_module
from trafficlight.web.ops import create_ops

Ops = TestClient[Request, Application]


@pytest.fixture
async def ops(world: World) -> AsyncIterator[Ops]:
    client = TestClient(TestServer(create_ops(world.node.health())))
    await client.start_server()
    yield client
    await client.close()


async def lights(world: World) -> tuple[str, dict[str, str | None]]:
    board = await (await world.client.get("/longkou/board.json")).json()
    return board["service_day"], {site["id"]: site["light"] for site in board["sites"]}


async def test_what_was_reported_by_a_clock_two_days_fast_is_no_light_of_today(world: World) -> None:
    assert (await world.report({"patients": 10})).status == 201
    world.clock.turn(days=2)
    assert (await world.report({"patients": 12}, site="lk-002")).status == 201
    assert (await lights(world))[0] == "2022-12-26"
    world.clock.turn(days=-2, minutes=5)
    day, shown = await lights(world)
    assert day == "2022-12-24"
    assert (shown["lk-001"], shown["lk-002"]) == ("blue", None)
    page = await (await world.client.get("/longkou/index.html")).text()
    assert "12月26日" not in page
    assert (await world.report({"patients": 11})).status == 201  # kept, of the true day
    world.clock.turn(hours=20)
    assert set((await lights(world))[1].values()) == {None}  # the next day's morning


async def test_a_clock_that_is_a_little_ahead_is_followed(world: World) -> None:
    world.clock.turn(seconds=30)
    assert (await world.report({"patients": 10})).status == 201
    world.clock.turn(seconds=-30)
    assert (await lights(world))[1]["lk-001"] == "blue"


async def test_a_ledger_ahead_of_the_clock_is_told_and_so_is_its_end(
    world: World, ops: Ops, logged: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(node_module, "LOOK_SECONDS", 0.01)
    watching = asyncio.create_task(world.node.watch_clock())
    assert (await ops.get("/ready/posts")).status == 200
    world.clock.turn(hours=1)
    assert (await world.report({"patients": 10})).status == 201
    world.clock.turn(hours=-1)
    answer = await ops.get("/ready/posts")
    assert (answer.status, await answer.text()) == (
        503,
        "the ledger is 3600 s ahead of this machine's clock\n",
    )
    assert (await ops.get("/ready")).status == 200
    assert "trafficlight_ledger_ahead_seconds 3600.0" in await (await ops.get("/metrics")).text()
    while "ledger_ahead" not in logged.getvalue():  # noqa: ASYNC110 -- the log tells nobody
        await asyncio.sleep(0.01)
    world.clock.turn(hours=1)
    assert (await ops.get("/ready/posts")).status == 200
    while "ledger_ahead_over" not in logged.getvalue():  # noqa: ASYNC110 -- the log tells nobody
        await asyncio.sleep(0.01)
    watching.cancel()
