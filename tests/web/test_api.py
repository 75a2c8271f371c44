"""The API keeps what it promises in docs/api.md."""

import asyncio
from datetime import date
from typing import Any

import pytest
from aiohttp import ClientResponse
from msgspec.structs import replace

from tests.web.conftest import BOARD, Starter, World, facts
from trafficlight.domain.board import Board, Site
from trafficlight.domain.event import AskedBack, BoardPut, Reported, SitePut, TokenRevoked
from trafficlight.domain.ids import SYSTEM
from trafficlight.doors.credentials import Reach, issue_token
from trafficlight.web import api


async def test_a_report_is_answered_with_what_the_public_sees_from_then_on(world: World) -> None:
    answer = await world.report({"patients": 40})
    assert answer.status == 201
    body = await answer.json()
    assert " ".join(body) == (
        "id site service_day patients staff_infected light reason action valid_until position"
    )
    assert len(body.pop("id")) >= 16
    assert body == {
        "site": "lk-001",
        "service_day": "2022-12-24",
        "patients": 40,
        "staff_infected": None,
        "light": "yellow",
        "reason": "rule",
        "action": "就诊人数较多，建议先打电话预约时间再前往。",
        "valid_until": "2022-12-24T16:10:00+08:00",
        "position": 5,
    }
    assert answer.content_type == "application/json"


async def test_acknowledged_means_that_the_next_get_shows_it(world: World) -> None:
    for patients, light in ((10, "blue"), (40, "yellow"), (60, "red")):
        assert (await world.report({"patients": patients})).status == 201
        board = await (await world.client.get("/longkou/board.json")).json()
        shown = next(site for site in board["sites"] if site["id"] == "lk-001")
        assert shown["light"] == light


async def test_the_location_leads_to_the_same_answer(world: World) -> None:
    token = await world.token(site="lk-001")
    answer = await world.report({"patients": 40}, token=token)
    where = answer.headers["Location"]
    again = await world.client.get(where, headers={"Authorization": f"Bearer {token}"})
    assert (again.status, await again.read()) == (200, await answer.read())
    world.clock.turn(days=2)
    await world.report({"patients": 60}, token=token)
    later = await world.client.get(where, headers={"Authorization": f"Bearer {token}"})
    assert (later.status, await later.read()) == (200, await answer.read())


async def test_the_same_key_counts_once_and_is_answered_the_same_byte_for_byte(world: World) -> None:
    token = await world.token()
    first = await world.report({"patients": 40}, token=token, Idempotency_Key="k1")
    await world.report({"patients": 60}, token=token)
    await world.put("longkou", BoardPut(board=replace(BOARD, words={"yellow": "换了说法"})))
    again = await world.report({"patients": 40}, token=token, Idempotency_Key="k1")
    assert (first.status, again.status) == (201, 200)
    assert await again.read() == await first.read()
    assert again.headers["Location"] == first.headers["Location"]


async def test_a_replay_is_answered_however_much_has_changed_since(world: World) -> None:
    token = await world.token()
    body = {"patients": 40, "service_day": "2022-12-24"}
    first = await world.report(body, token=token, Idempotency_Key="k1")
    await world.put(
        "longkou", SitePut(site=replace((await world.node.reporting.place("lk-001"))[1].site, capacity=1))
    )
    world.clock.turn(days=20)
    await world.report({"patients": 3}, token=token)
    again = await world.report(body, token=token, Idempotency_Key="k1")
    assert (again.status, await again.read()) == (200, await first.read())


async def test_a_key_is_its_credentials_and_its_paths_own(world: World) -> None:
    one, two = await world.token(), await world.token()
    statuses = [
        (await world.report({"patients": 4}, token=one, Idempotency_Key="k")).status,
        (await world.report({"patients": 4}, token=two, Idempotency_Key="k")).status,
        (await world.report({"patients": 4}, token=one, site="lk-002", Idempotency_Key="k")).status,
    ]
    assert statuses == [201, 201, 201]


async def test_white_space_and_order_make_no_other_body(world: World) -> None:
    headers = {
        "Authorization": f"Bearer {await world.token()}",
        "Idempotency-Key": "k",
        "Content-Type": "application/json",
    }
    path = "/api/v1/sites/lk-001/reports"
    first = await world.client.post(path, data=b'{"patients": 4, "note": "a"}', headers=headers)
    again = await world.client.post(path, data=b'{ "note":"a","patients":4 }', headers=headers)
    assert (first.status, again.status) == (201, 200)


async def test_a_hundred_of_the_same_at_once_count_once(world: World) -> None:
    token = await world.token()
    answers = await asyncio.gather(
        *(world.report({"patients": 4}, token=token, Idempotency_Key="k") for _ in range(100))
    )
    assert sorted(answer.status for answer in answers) == [200] * 99 + [201]
    assert len({await answer.read() for answer in answers}) == 1


async def test_a_key_is_used_up_only_by_an_accepted_report(world: World) -> None:
    token = await world.token()
    asked = await world.report({"patients": 400}, token=token, Idempotency_Key="k")
    taken = await world.report({"patients": 400, "confirm": True}, token=token, Idempotency_Key="k")
    assert (asked.status, taken.status) == (409, 201)


async def test_an_implausible_number_is_asked_back_until_confirmed(world: World) -> None:
    answer = await world.report({"patients": 400})
    assert answer.status == 409
    assert answer.content_type == "application/problem+json"
    problem = await answer.json()
    assert problem == {
        "type": "about:blank",
        "title": "Conflict",
        "status": 409,
        "detail": "一天约能看 50 人，确认是 400 人吗？如确认无误，请带 confirm: true 再次提交。",
        "code": "needs_confirmation",
        "field": "patients",
        "patients": 400,
        "usual": None,
        "capacity": 50,
        "day": "2022-12-24",
    }
    asked = [record.event for record in await world.node.current.ledger.read("longkou")]
    assert isinstance(asked[-1], AskedBack)
    assert asked[-1].patients == 400


async def test_a_report_that_has_not_seen_the_last_one_is_not_taken(world: World) -> None:
    token = await world.token()
    first = await (await world.report({"patients": 4}, token=token)).json()
    path = "/api/v1/sites/lk-001/reports"
    headers = {"Authorization": f"Bearer {token}"}
    late = await world.client.post(path, json={"patients": 5}, params={"seen": ""}, headers=headers)
    assert late.status == 409
    problem = await late.json()
    assert problem["code"] == "newer_report"
    assert problem["newer"]["id"] == first["id"]
    assert problem["newer"]["patients"] == 4
    fine = await world.client.post(path, json={"patients": 5}, params={"seen": first["id"]}, headers=headers)
    assert fine.status == 201


async def test_of_two_who_saw_the_same_report_one_is_taken(world: World) -> None:
    token = await world.token()
    path = "/api/v1/sites/lk-001/reports"
    headers = {"Authorization": f"Bearer {token}"}
    answers = await asyncio.gather(
        *(
            world.client.post(path, json={"patients": n}, params={"seen": ""}, headers=headers)
            for n in range(10)
        )
    )
    assert sorted(answer.status for answer in answers) == [201] + [409] * 9


async def test_a_withdrawn_report_is_as_if_never_made(world: World) -> None:
    token = await world.token()
    headers = {"Authorization": f"Bearer {token}"}
    await world.report({"patients": 4}, token=token)
    answer = await world.report({"staff_infected": True}, token=token)
    gone = await world.client.delete(answer.headers["Location"], headers=headers)
    assert (gone.status, await gone.read()) == (204, b"")
    board = await (await world.client.get("/longkou/board.json")).json()
    assert board["sites"][0]["light"] == "blue"
    again = await world.client.delete(answer.headers["Location"], headers=headers)
    assert (again.status, (await again.json())["code"]) == (404, "unknown_report")


async def test_guessing_reports_to_take_back_reads_no_ledger(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = {"Authorization": f"Bearer {await world.token()}"}
    assert (await world.report({"patients": 4})).status == 201

    async def read(*_: object) -> None:
        raise AssertionError("the whole board is read")

    monkeypatch.setattr(world.node.current.ledger, "read", read)
    answer = await world.client.delete("/api/v1/sites/lk-001/reports/guessed", headers=headers)
    assert (answer.status, (await answer.json())["code"]) == (404, "unknown_report")


@pytest.mark.parametrize("settled", [False, True])
async def test_a_report_older_than_a_week_stands(world: World, settled: bool) -> None:
    token = await world.token()
    answer = await world.report({"patients": 4}, token=token)
    world.clock.turn(days=8)
    if settled:
        await world.report({"patients": 5}, token=token)
    late = await world.client.delete(answer.headers["Location"], headers={"Authorization": f"Bearer {token}"})
    assert (late.status, (await late.json())["code"]) == (
        (404, "unknown_report") if settled else (422, "too_old")
    )
    assert "7" in (await late.json())["detail"]


async def test_a_closure_at_a_one_doctor_site_is_told_without_its_cause(world: World) -> None:
    answer = await world.report({"staff_infected": True, "expected_reopen": "2022-12-28"}, site="lk-002")
    body = await answer.json()
    assert (body["light"], body["reason"]) == ("cross", "paused")
    assert body["action"] == "暂停接诊，请到附近其他机构就诊。预计12月28日恢复。"
    assert body["staff_infected"] is True
    assert body["valid_until"] == "2022-12-28T00:00:00+08:00"


async def test_without_a_light_there_is_none(world: World) -> None:
    body = await (await world.report({"patients": 4, "service_day": "2022-12-23"})).json()
    assert (body["light"], body["reason"], body["service_day"]) == (None, "not_due", "2022-12-23")
    assert body["action"] == "今日信息约9:00更新，前往前请先打电话。"


# --- many at once ------------------------------------------------------------------------------------------


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
    post = world.node.reporting.post

    async def slow(site: str, report: Any, sent: Any) -> Any:
        if site == "lk-002":
            await held.wait()
        kept = await post(site, report, sent)
        if report.patients == 7:
            done.set()
        return kept

    monkeypatch.setattr(world.node.reporting, "post", slow)
    reports = [{"site": site, "patients": n} for site, n in (("lk-001", 1), ("lk-001", 7), ("lk-002", 1))]
    running = asyncio.create_task(bulk(world, reports, token))
    await asyncio.wait_for(done.wait(), 5)
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


# --- credentials -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reach", "site", "status"),
    [
        ({}, "qx-001", 201),
        ({"board": "longkou"}, "lk-002", 201),
        ({"board": "longkou"}, "qx-001", 403),
        ({"site": "lk-001"}, "lk-001", 201),
        ({"site": "lk-001"}, "lk-002", 403),
        ({"site": "lk-001"}, "nowhere", 404),
    ],
)
async def test_a_token_reaches_what_it_was_issued_for(
    world: World, reach: dict[str, str], site: str, status: int
) -> None:
    assert (await world.report({"patients": 1}, site=site, token=await world.token(**reach))).status == status


async def test_the_desks_tokens_report_too(world: World) -> None:
    issued = await issue_token(world.node.current.ledger, Reach(board="longkou"), role="desk")
    assert (await world.report({"patients": 1}, token=issued.secret)).status == 201


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, "no_token"),
        ("", "no_token"),
        ("Basic YTpi", "no_token"),
        ("Bearer", "no_token"),
        ("Bearer ", "no_token"),
        ("Bearer nonsense", "bad_token"),
        ("Bearer " + "x" * 5000, "bad_token"),
        ("Bearer \u00ff\u00fe", "bad_token"),
    ],
)
async def test_without_a_token_nothing_is_taken(world: World, header: str | None, code: str) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = await world.client.post("/api/v1/sites/lk-001/reports", json={"patients": 1}, headers=headers)
    assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert (await answer.json())["code"] == code


async def test_a_token_works_on_another_server_from_the_moment_it_is_printed(
    world: World, start: Starter
) -> None:
    other = await start()
    for _ in range(5):
        token = await world.token(site="lk-001")
        assert (await other.report({"patients": 1}, token=token)).status == 201


async def test_a_site_can_report_from_the_moment_it_is_imported(world: World, start: Starter) -> None:
    other = await start()
    own, placed = facts(Board(slug="laizhou", name="莱州市"), [Site(id="lz-1", name="一")])
    await world.put("laizhou", *own)
    await world.put(SYSTEM, *placed)
    assert (await other.report({"patients": 1}, site="lz-1", token=await world.token())).status == 201


async def test_a_revoked_token_opens_nothing(world: World) -> None:
    issued = await issue_token(world.node.current.ledger, Reach())
    assert (await world.report({"patients": 1}, token=issued.secret)).status == 201
    await world.put(SYSTEM, TokenRevoked(token=issued.id))
    assert (await world.report({"patients": 1}, token=issued.secret)).status == 401


async def test_guessing_is_slowed_down_and_good_tokens_are_not(world: World) -> None:
    good = await world.token()
    answers = await asyncio.gather(*(world.report({"patients": 1}, token=f"guess-{n}") for n in range(70)))
    statuses = [answer.status for answer in answers]
    assert (statuses.count(401), statuses.count(429)) == (60, 10)
    late = next(answer for answer in answers if answer.status == 429)
    assert 1 <= int(late.headers["Retry-After"]) <= 60
    assert (await late.json())["code"] == "too_many"
    assert (await world.report({"patients": 1}, token=good)).status == 201
    fresh = await world.token()
    assert (await world.report({"patients": 1}, token=fresh)).status == 201


async def test_service_days_are_the_boards_own(world: World) -> None:
    world.clock.turn(hours=15, minutes=49)  # 23:59 in Longkou
    assert (await (await world.report({"patients": 1})).json())["service_day"] == date(
        2022, 12, 24
    ).isoformat()
    world.clock.turn(minutes=1)
    assert (await (await world.report({"patients": 1})).json())["service_day"] == date(
        2022, 12, 25
    ).isoformat()
