"""「与实际不符」 as residents send it and as the desk reads it."""

import asyncio
import json
from typing import Any

import pytest
from aiohttp import ClientResponse
from lxml import html
from msgspec.structs import replace

from tests.web.conftest import BOARD, Starter, World, facts
from tests.web.test_ops import Ops, ops
from tests.web.test_trouble import Away
from trafficlight.domain.board import BoardState, Site
from trafficlight.domain.event import BoardPut, MismatchReported
from trafficlight.domain.ids import SYSTEM
from trafficlight.domain.mismatch import WHATS
from trafficlight.publish.words import MISMATCHES
from trafficlight.web.mismatches import ADDRESS_MOST, BODY_BYTES, SITE_MOST

__all__ = ["ops"]

PATH = "/api/v1/sites/lk-001/mismatches"
LIST = "/api/v1/boards/longkou/mismatches"


async def by_form(world: World, path: str = PATH, **fields: str) -> ClientResponse:
    return await world.client.post(path, data=fields)


async def by_json(world: World, body: Any, path: str = PATH) -> ClientResponse:
    return await world.client.post(path, json=body)


async def kept(world: World, count: int) -> list[MismatchReported]:
    """What the ledger holds, once it is so many."""
    records = await world.node.current.ledger.read("longkou")
    found = [record.event for record in records if isinstance(record.event, MismatchReported)]
    assert len(found) == count
    await world.node.current.reached("longkou", len(records))
    return found


async def listed(world: World, path: str = LIST, *, role: str = "desk", **reach: str) -> tuple[int, Any]:
    token = await world.token(**reach) if role == "reporter" else await world.desk_token(**reach)
    answer = await world.client.get(path, headers={"Authorization": f"Bearer {token}"})
    return answer.status, await answer.json()


def text(page: str) -> str:
    return " ".join("".join(html.fromstring(page).itertext()).split())


def test_every_code_has_its_words_in_the_order_offered() -> None:
    assert tuple(MISMATCHES) == WHATS


async def test_a_form_is_thanked_for_on_a_page_that_leads_back(world: World) -> None:
    answer = await by_form(world, what="closed", hour="")
    page = await answer.text()
    assert (answer.status, answer.content_type) == (200, "text/html")
    assert "已收到，谢谢" in text(page)
    assert "东江卫生院 到了没开门" in text(page)
    assert "0000-5550120" in text(page)
    ways = html.fromstring(page).xpath("//a[contains(., '返回')]/@href")
    assert ways == ["../../../../longkou/sites/lk-001.html", "../../../../longkou/"]
    for back in ways:
        assert (await world.client.get(f"/api/v1/sites/lk-001/{back}")).status == 200
    assert await kept(world, 1) == [MismatchReported(site="lk-001", what="closed")]


async def test_the_way_back_is_the_public_one_where_it_is_known(start: Starter) -> None:
    world = await start(public_url="https://fever.example.cn")
    own, placed = facts(BOARD, [Site(id="lk-001", name="东江卫生院")])
    await world.put("longkou", *own)
    await world.put(SYSTEM, *placed)
    page = await (await by_form(world, what="closed")).text()
    assert 'href="https://fever.example.cn/longkou/sites/lk-001.html"' in page


async def test_a_hotline_that_cannot_be_read_is_no_link(world: World) -> None:
    await world.put("longkou", BoardPut(board=replace(BOARD, hotline="见公告栏")))
    page = await (await by_form(world, what="closed")).text()
    assert "见公告栏" in page
    assert 'href="tel:"' not in page


async def test_an_earlier_hour_can_be_meant(world: World) -> None:
    page = await (await by_form(world, what="not_seen", hour="7", lang="zh-Hans")).text()
    assert "12月24日 周六 7:00" in text(page)
    [event] = await kept(world, 1)
    assert event.about is not None
    assert event.about.isoformat() == "2022-12-23T23:00:00+00:00"


@pytest.mark.parametrize(
    ("lang", "html_lang", "said", "folder"),
    [
        ("zh-Hans", "zh-CN", "到了没看上", ""),
        ("zh-Hant", "zh-Hant", "到了沒看上", "zh-hant/"),
        ("en", "en", "Went there, was not seen", "en/"),
        ("tlh", "zh-CN", "到了没看上", ""),
    ],
)
async def test_the_answer_is_in_the_language_of_the_page_and_leads_back_to_it(
    world: World, lang: str, html_lang: str, said: str, folder: str
) -> None:
    page = await (await by_form(world, what="not_seen", lang=lang)).text()
    assert html.fromstring(page).get("lang") == html_lang
    assert said in text(page)
    assert f'href="../../../../{folder}longkou/sites/lk-001.html"' in page
    refused = html.fromstring(await (await by_form(world, what="?", lang=lang)).text())
    assert refused.get("lang") == html_lang


async def test_without_a_language_the_answer_is_in_the_readers(world: World) -> None:
    english = await world.client.post(PATH, data={"what": "closed"}, headers={"Accept-Language": "en"})
    assert html.fromstring(await english.text()).get("lang") == "en"


async def test_a_program_is_told_what_was_taken(world: World) -> None:
    for answer in (
        await by_json(world, {"what": "wrong_phone", "hour": 7}),
        await world.client.post(
            PATH, data={"what": "wrong_phone", "hour": "7"}, headers={"Accept": "application/json"}
        ),
    ):
        assert answer.status == 201
        assert await answer.json() == {
            "site": "lk-001",
            "what": "wrong_phone",
            "told_at": "2022-12-24T08:10:00+08:00",
            "about": "2022-12-24T07:00:00+08:00",
        }
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Date" in answer.headers["Access-Control-Expose-Headers"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"what": "closed", "hour": "8"}, 422, "wrong_type"),
        ({"what": "闹事"}, 422, "not_listed"),
        ({"what": "closed", "note": "医生姓张"}, 422, "unknown_field"),
        ({"what": "closed", "lang": "en"}, 422, "unknown_field"),
        ({}, 422, "missing"),
        ([], 422, "wrong_type"),
        ({"what": "x" * BODY_BYTES}, 413, "too_large"),
    ],
)
async def test_what_is_wrong_is_refused_with_a_code(world: World, body: Any, status: int, code: str) -> None:
    answer = await by_json(world, body)
    assert (answer.status, (await answer.json())["code"]) == (status, code)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    await kept(world, 0)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("what=closed&hour=24", 422),
        ("what=closed&hour=x", 422),
        ("what=closed&hour=%EF%BC%98", 422),
        ("what=closed&what=not_seen", 400),
        ("what=closed&note=1", 422),
        ("", 422),
        ("what=%ff", 400),
        ("what=" + "x" * BODY_BYTES, 413),
    ],
)
async def test_a_form_that_is_wrong_is_refused_on_a_page(world: World, body: str, status: int) -> None:
    media = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await world.client.post(PATH, data=body.encode(), headers=media)
    page = await answer.text()
    assert (answer.status, answer.content_type) == (status, "text/html")
    assert "没有收下" in text(page)
    assert "返回机构页面" in text(page)
    await kept(world, 0)


async def test_other_media_and_methods_are_not_taken(world: World) -> None:
    plain = await world.client.post(PATH, data=b"what=closed", headers={"Content-Type": "text/plain"})
    assert (plain.status, (await plain.json())["code"]) == (415, "not_json_type")
    got = await world.client.get(PATH)
    assert (got.status, got.headers["Allow"]) == (405, "POST")
    assert (await world.client.post(LIST)).headers["Allow"] == "GET, HEAD"


async def test_an_unknown_site_and_an_ended_board_take_none(world: World) -> None:
    page = await by_form(world, "/api/v1/sites/nowhere/mismatches", what="closed")
    assert (page.status, "返回首页" in text(await page.text())) == (404, True)
    unknown = await by_json(world, {"what": "closed"}, "/api/v1/sites/%3Cb%3E/mismatches")
    assert (unknown.status, (await unknown.json())["code"]) == (404, "unknown_site")
    await world.put("longkou", BoardPut(board=replace(BOARD, state=BoardState.ENDED)))
    gone = await by_json(world, {"what": "closed"})
    assert (gone.status, (await gone.json())["code"]) == (410, "site_gone")


async def test_nobody_sees_any_of_it_on_a_page(world: World) -> None:
    paths = ("/longkou/", "/longkou/board.json", "/longkou/sites/lk-001.html", "/boards.json", "/")
    before = [await (await world.client.get(path)).read() for path in paths]
    stream = await world.client.get("/api/v1/boards/longkou/live")
    told = await stream.content.readuntil(b"\n\n")
    await by_form(world, what="closed")
    await kept(world, 1)
    assert [await (await world.client.get(path)).read() for path in paths] == before
    report = await world.report({"patients": 1})
    later = await stream.content.readuntil(b"\n\n")
    assert json.loads(later.split(b"data: ")[1])["position"] == (await report.json())["position"]
    assert told != later


async def test_an_address_that_tells_too_much_waits(world: World) -> None:
    for _ in range(ADDRESS_MOST):
        assert (await by_json(world, {"what": "?"})).status == 422
    refused = await by_json(world, {"what": "closed"})
    assert (refused.status, (await refused.json())["code"]) == (429, "too_many_mismatches")
    assert int(refused.headers["Retry-After"]) >= 1
    page = await by_form(world, what="closed")
    assert (page.status, page.content_type) == (429, "text/html")
    assert int(page.headers["Retry-After"]) >= 1


async def test_of_one_site_so_many_are_kept_and_the_others_counted(start: Starter) -> None:
    world = await start(trusted_proxies=1)
    own, placed = facts(BOARD, [Site(id="lk-001", name="东江卫生院")])
    await world.put("longkou", *own)
    await world.put(SYSTEM, *placed)

    async def tell(number: int) -> int:
        headers = {"X-Forwarded-For": f"198.51.100.{number}"}
        return (await world.client.post(PATH, json={"what": "closed"}, headers=headers)).status

    statuses = await asyncio.gather(*(tell(number) for number in range(SITE_MOST + 5)))
    assert set(statuses) == {201}
    await kept(world, SITE_MOST)
    assert 'trafficlight_mismatches_total{what="closed"} 30.0' in world.node.metrics.render().decode()
    assert 'trafficlight_mismatches_total{what="dropped"} 5.0' in world.node.metrics.render().decode()


async def test_without_the_ledger_nobody_is_thanked(world: World) -> None:
    away = Away(world)
    answer = await by_form(world, what="closed")
    assert (answer.status, "没有收下" in text(await answer.text())) == (503, True)
    assert "Retry-After" in answer.headers
    away.back()
    await kept(world, 0)


async def test_the_desk_reads_the_last_two_weeks_newest_first(world: World) -> None:
    await by_json(world, {"what": "closed"})
    world.clock.turn(days=10)
    await by_json(world, {"what": "not_seen", "hour": 7}, "/api/v1/sites/lk-003/mismatches")
    await kept(world, 2)
    status, told = await listed(world)
    newer = {
        "site": "lk-003",
        "name": "龙口市人民医院",
        "what": "not_seen",
        "told_at": "2023-01-03T08:10:00+08:00",
        "about": "2023-01-03T07:00:00+08:00",
    }
    assert (status, told["board"], told["mismatches"][0]) == (200, "longkou", newer)
    assert [row["what"] for row in told["mismatches"]] == ["not_seen", "closed"]
    world.clock.turn(days=5)
    assert [row["what"] for row in (await listed(world))[1]["mismatches"]] == ["not_seen"]


async def test_nobody_but_the_boards_desk_reads_it(world: World) -> None:
    assert (await world.client.get(LIST)).status == 401
    assert (await listed(world, role="reporter"))[1]["code"] == "not_desk"
    assert (await listed(world, site="lk-001"))[1]["code"] == "not_desk"
    assert (await listed(world, board="qixia"))[1]["code"] == "not_yours"
    assert (await listed(world, board="longkou"))[0] == 200
    assert (await listed(world, LIST.replace("longkou", "nowhere")))[1]["code"] == "unknown_board"


async def test_it_is_measured(world: World, ops: Ops) -> None:
    await by_form(world, what="not_seen")
    told = await (await ops.get("/metrics")).text()
    assert 'trafficlight_mismatches_total{what="not_seen"} 1.0' in told
