"""Health and metrics."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request

from tests.web.conftest import Clock, World
from tests.web.test_trouble import Away
from trafficlight.domain.event import RuleSet
from trafficlight.metrics import LIGHTS, MOST_BOARDS, OTHER, BoardFacts, Metrics
from trafficlight.settings import Settings
from trafficlight.web.app import NODE, create_app
from trafficlight.web.ops import create_ops

Ops = TestClient[Request, Application]


@pytest.fixture
async def ops(world: World) -> AsyncIterator[Ops]:
    client = TestClient(TestServer(create_ops(world.node.health())))
    await client.start_server()
    yield client
    await client.close()


async def status(ops: Ops, path: str) -> int:
    return (await ops.get(path)).status


async def test_before_the_first_fold_it_lives_and_is_not_ready(tmp_path: Path, clock: Clock) -> None:
    node = create_app(Settings(data=tmp_path), clock)[NODE]
    client = TestClient(TestServer(create_ops(node.health())))
    await client.start_server()
    assert [await status(client, path) for path in ("/live", "/ready", "/ready/posts", "/metrics")] == [
        200, 503, 503, 200,
    ]  # fmt: skip
    await client.close()


async def test_pages_are_ready_without_the_ledger_and_posts_are_not(world: World, ops: Ops) -> None:
    assert [await status(ops, path) for path in ("/live", "/ready", "/ready/posts")] == [200, 200, 200]
    away = Away(world)
    assert [await status(ops, path) for path in ("/live", "/ready", "/ready/posts")] == [200, 200, 503]
    away.back()


async def test_a_program_too_old_for_a_rule_shows_no_light_of_it_and_is_not_ready(
    world: World, ops: Ops
) -> None:
    await world.report({"patients": 10})
    await world.put("longkou", RuleSet(site="", rule={"kind": "tomorrows", "share": 3}))
    board = await (await world.client.get("/longkou/board.json")).json()
    seen = {site["id"]: (site["light"], site["reason"]) for site in board["sites"]}
    assert seen["lk-001"] == (None, "rule_unreadable")
    page = await (await world.client.get("/longkou/sites/lk-001.html")).text()
    assert "系统正在更新，暂时不显示颜色，前往前请先打电话。" in page
    answer = await ops.get("/ready")
    assert answer.status == 503
    assert "too old for a rule of longkou" in await answer.text()
    assert await status(ops, "/ready/posts") == 200, "reports are taken all the same"
    assert (await world.report({"patients": 12})).status == 201
    await world.put("longkou", RuleSet(site="", rule={"kind": "share"}))
    assert await status(ops, "/ready") == 200


async def test_everything_that_happens_is_measured(world: World, ops: Ops) -> None:
    token = await world.token()
    await world.report({"patients": 40}, token=token, Idempotency_Key="k")
    await world.report({"patients": 40}, token=token, Idempotency_Key="k")
    kept = await world.report({"staff_infected": True}, token=token, site="lk-002")
    await world.report({"patients": 400}, token=token)
    await world.report({"patients": 4, "service_day": "2022-12-25"}, token=token)
    await world.client.delete(kept.headers["Location"], headers={"Authorization": f"Bearer {token}"})
    await world.client.get("/longkou/")
    world.clock.turn(hours=1)  # 09:10, past the first reporting time
    answer = await ops.get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    told = (await answer.text()).splitlines()
    route = 'route="/api/v1/sites/{site}/reports"'
    for line in (
        "trafficlight_reports_accepted_total 2.0",
        "trafficlight_reports_replayed_total 1.0",
        "trafficlight_reports_withdrawn_total 1.0",
        "trafficlight_reports_asked_back_total 1.0",
        'trafficlight_reports_refused_total{code="needs_confirmation"} 1.0',
        'trafficlight_reports_refused_total{code="future_day"} 1.0',
        'trafficlight_lights{board="longkou",light="yellow"} 1.0',
        'trafficlight_lights{board="longkou",light="cross"} 0.0',
        'trafficlight_lights{board="longkou",light="none"} 2.0',
        'trafficlight_lights{board="qixia",light="none"} 1.0',
        'trafficlight_sites_not_reported{board="longkou"} 2.0',
        'trafficlight_report_age_seconds{board="longkou",of="max"} 3600.0',
        'trafficlight_report_age_seconds{board="longkou",of="median"} 3600.0',
        'trafficlight_publish_seconds_count{format="board_page"} 1.0',
        f'trafficlight_http_requests_total{{method="POST",{route},status="2xx"}} 3.0',
        f'trafficlight_http_requests_total{{method="POST",{route},status="4xx"}} 2.0',
    ):
        names = set(line.replace("{", ",").replace("}", ",").split(","))
        assert any(
            names == set(one.replace("{", ",").replace("}", ",").split(",")) or one == line for one in told
        ), line
    assert any(one.startswith("trafficlight_ledger_append_seconds_bucket") for one in told)


async def test_strangers_make_no_labels(world: World, ops: Ops) -> None:
    for number in range(20):
        await world.client.get(f"/nowhere-{number}")
        await world.client.get(f"/api/nowhere-{number}")
        await world.client.get(f"/enter/guess-{number}")
        await world.client.request("PROPFIND", f"/api/v1/sites/s-{number}/reports")
    before = len((await (await ops.get("/metrics")).text()).splitlines())
    for number in range(20, 60):
        await world.client.get(f"/nowhere-{number}")
        await world.client.get(f"/api/nowhere-{number}")
        await world.client.request("PROPFIND", f"/api/v1/sites/s-{number}/reports")
    assert len((await (await ops.get("/metrics")).text()).splitlines()) == before


def test_boards_beyond_the_bound_are_told_together() -> None:
    metrics = Metrics()
    facts = [
        BoardFacts(board=f"b{n:04}", lights=dict.fromkeys(LIGHTS, 1), not_reported=2, ages=(float(n),))
        for n in range(MOST_BOARDS + 10)
    ]
    metrics.boards = lambda: facts
    told = metrics.render().decode()
    assert told.count("trafficlight_sites_not_reported{") == MOST_BOARDS + 1
    assert f'trafficlight_sites_not_reported{{board="{OTHER}"}} 20.0' in told
    assert f'trafficlight_lights{{board="{OTHER}",light="blue"}} 10.0' in told
    assert f'trafficlight_report_age_seconds{{board="{OTHER}",of="max"}} 209.0' in told
