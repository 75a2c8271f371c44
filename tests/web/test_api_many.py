"""Many reports in one request: each is kept or refused on its own."""

import asyncio
from typing import Any

import pytest
from aiohttp import ClientResponse

from tests.patience import LONG
from tests.web.conftest import World
from trafficlight.domain.event import Reported
from trafficlight.web import api


async def bulk(world: World, reports: Any, token: str, **headers: str) -> list[dict[str, Any]]:
    answer = await world.client.post(
        "/api/v1/reports", json={"reports": reports}, headers={"Authorization": f"Bearer {token}", **headers}
    )
    assert answer.status == 200
    results: list[dict[str, Any]] = (await answer.json())["results"]
    return results


async def test_each_of_many_is_kept_or_refused_on_its_own_in_order(world: World) -> None:
    token = await world.token(board="longkou")
    results = await bulk(
        world,
        [
            {"site": "lk-001", "patients": 40},
            {"site": "lk-002", "patients": -1},
            {"site": "qx-001", "patients": 1},
            {"site": "nowhere", "patients": 1},
            {"patients": 1},
            7,
            {"site": "lk-003", "patients": 4000},
            {"site": ["lk-001"], "patients": 1},
            {"site": "lk-001", "patients": 60},
        ],
        token,
    )
    told = [(result["status"], result.get("code", result.get("light"))) for result in results]
    assert told == [
        (201, "yellow"),
        (422, "out_of_range"),
        (403, "not_yours"),
        (404, "unknown_site"),
        (422, "missing"),
        (422, "wrong_type"),
        (409, "needs_confirmation"),
        (422, "wrong_type"),
        (201, "red"),
    ]
    assert set(results[1]) == {"status", "code", "field", "detail", "least", "most"}
    assert results[1]["field"] == "patients"


async def test_a_thousand_at_once_and_again(world: World) -> None:
    token = await world.token()
    reports = [{"site": f"lk-00{index % 3 + 1}", "patients": index % 20} for index in range(1000)]
    first = await bulk(world, reports, token, **{"Idempotency-Key": "night"})
    assert {result["status"] for result in first} == {201}
    assert await bulk(world, reports, token, **{"Idempotency-Key": "night"}) == [
        {**result, "status": 200} for result in first
    ]
    records = await world.node.current.ledger.read("longkou")
    kept = [record.event for record in records if isinstance(record.event, Reported)]
    assert len(kept) == 1000
    of_one = [event.patients for event in kept if event.site == "lk-001"]
    assert of_one == [index % 20 for index in range(0, 1000, 3)]


def count_refreshes(world: World, monkeypatch: pytest.MonkeyPatch) -> list[None]:
    asked: list[None] = []
    refresh = world.node.freshness.refresh

    async def counted() -> None:
        asked.append(None)
        await refresh()

    monkeypatch.setattr(world.node.freshness, "refresh", counted)
    return asked


async def test_a_thousand_of_unknown_sites_cost_one_look_and_take_nobodys_place(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = await world.token()
    assert (await world.report({"patients": 1}, token=token)).status == 201
    asked = count_refreshes(world, monkeypatch)
    same: list[dict[str, Any]] = [{"site": "nowhere", "patients": 1}] * 1000
    many = [{"site": f"nowhere-{number % 500}", "patients": 1} for number in range(1000)]
    for reports in (same, many):
        asked.clear()
        *bulks, other = await asyncio.gather(
            *(bulk(world, reports, token) for _ in range(7)), world.report({"patients": 2}, token=token)
        )
        assert isinstance(other, ClientResponse)
        assert other.status == 201
        for results in bulks:
            assert isinstance(results, list)
            assert {(result["status"], result["code"]) for result in results} == {(404, "unknown_site")}
        assert len(asked) == 7


async def test_where_looking_cannot_help_nobody_looks(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    token = await world.token(site="lk-001")
    assert (await world.report({"patients": 1}, token=token)).status == 201
    asked = count_refreshes(world, monkeypatch)
    results = await bulk(
        world, [{"site": site, "patients": 1} for site in ("nowhere", "NO", "lk-002")], token
    )
    assert [result["status"] for result in results] == [404, 404, 403]
    assert (await world.report({"patients": 1}, site="nowhere", token=token)).status == 404
    assert asked == []


async def test_a_place_is_given_back_as_soon_as_its_item_is_answered(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "MOST_AT_ONCE", 3)
    token, held, done = await world.token(), asyncio.Event(), asyncio.Event()
    post = world.node.reporting.post_report

    async def slow(site: str, report: Any, sent: Any) -> Any:
        if site == "lk-002":
            await held.wait()
        kept = await post(site, report, sent)
        if report["patients"] == 7:
            done.set()
        return kept

    monkeypatch.setattr(world.node.reporting, "post_report", slow)
    reports = [{"site": site, "patients": n} for site, n in (("lk-001", 1), ("lk-001", 7), ("lk-002", 1))]
    running = asyncio.create_task(bulk(world, reports, token))
    await asyncio.wait_for(done.wait(), LONG)
    for _ in range(2):
        assert (await world.report({"patients": 2}, site="lk-003", token=token)).status == 201
    held.set()
    assert [result["status"] for result in await running] == [201] * 3
    assert {result["status"] for result in await bulk(world, reports, token)} == {201}


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ([], "wrong_type", None),
        ({}, "missing", "reports"),
        ({"reports": {}}, "wrong_type", "reports"),
        ({"reports": [], "x": 1}, "unknown_field", "x"),
        ({"reports": [{}] * 1001}, "too_many_reports", "reports"),
    ],
)
async def test_a_bulk_request_that_is_none(world: World, body: Any, code: str, field: str | None) -> None:
    headers = {"Authorization": f"Bearer {await world.token()}"}
    answer = await world.client.post("/api/v1/reports", json=body, headers=headers)
    problem = await answer.json()
    assert (answer.status, problem["code"], problem.get("field")) == (422, code, field)
