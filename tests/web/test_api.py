"""The API keeps what it promises in docs/api.md."""

import asyncio

import pytest
from msgspec.structs import replace

from tests.web.conftest import BOARD, World
from trafficlight.domain.board import BoardState
from trafficlight.domain.event import AskedBack, BoardPut, SitePut


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
        "detail": "一天约能看 50 人，确认是 400 人吗？（confirm: true）",
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


@pytest.mark.parametrize("state", ["paused", "ended"])
async def test_a_board_without_lights_answers_as_its_page_says(world: World, state: str) -> None:
    """The report is kept; what the public sees of it is nothing, at the API as everywhere."""
    fold = world.node.current.boards["longkou"]
    await world.put("longkou", BoardPut(board=replace(fold.board, state=BoardState(state), closing="谢谢")))
    answer = await world.report({"patients": 40})
    body = await answer.json()
    assert (answer.status, body["patients"]) == (201, 40)
    document = await (await world.client.get("/longkou/board.json")).json()
    public = next(one for one in document["sites"] if one["id"] == "lk-001")
    for told in (body, public):
        assert (told["light"], told["reason"]) == (None, f"board_{state}")
    assert {key: body[key] for key in ("action", "valid_until")} == {
        key: public[key] for key in ("action", "valid_until")
    }
