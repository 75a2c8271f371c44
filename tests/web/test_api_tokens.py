"""Who may report over the API: tokens, what they reach, and their end."""

import asyncio
from datetime import date

import pytest

from tests.web.conftest import Starter, World, facts
from trafficlight.actions.credentials import Scope, issue_token
from trafficlight.domain.board import Board, Site
from trafficlight.domain.event import TokenRevoked
from trafficlight.domain.ids import SYSTEM


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
    issued = await issue_token(world.changes, Scope(board="longkou"), role="desk")
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
    issued = await issue_token(world.changes, Scope())
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
