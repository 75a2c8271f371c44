"""`/api/v1/wechat/signature`: for pages that were named, and for nobody else's."""

from collections.abc import AsyncIterator
from io import StringIO
from typing import Any
from urllib.parse import quote

import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestServer

from tests.web.conftest import Clock, Starter, World
from tests.wechat.standin import APPID, SECRET, TICKET, StandIn
from trafficlight.domain.event import ConfigSet
from trafficlight.domain.ids import SYSTEM
from trafficlight.settings import WrongSetting
from trafficlight.web import signing
from trafficlight.wechat.signing import signed

SIGN = "/api/v1/wechat/signature"
PAGE = "https://fever.example.cn/longkou/?v=202212240810"
COUNTY = "https://www.example.gov.cn/fever"


@pytest.fixture
def standin(clock: Clock) -> StandIn:
    return StandIn(lambda: clock().timestamp())


@pytest.fixture
async def account(standin: StandIn) -> AsyncIterator[dict[str, Any]]:
    async with TestServer(standin.app()) as server:
        url = str(server.make_url("")).rstrip("/")
        yield {"wechat_appid": APPID, "wechat_secret": SECRET, "wechat_url": url}


@pytest.fixture
async def world(start: Starter, account: dict[str, Any]) -> World:
    world = await start(**account, wechat_js=("yes", COUNTY), app_url="https://app.example.cn")
    await world.put(SYSTEM, ConfigSet(key="public_url", value="https://fever.example.cn"))
    return world


async def ask(world: World, url: str, **headers: str) -> ClientResponse:
    return await world.client.get(f"{SIGN}?url={quote(url, safe='')}", headers=headers)


async def test_a_page_of_ours_or_of_the_countys_is_signed_for(world: World) -> None:
    for page in (PAGE, "https://app.example.cn/longkou/", f"{COUNTY}/today.html?a=1&b=2"):
        answer = await ask(world, f"{page}#x")
        told = await answer.json()
        assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-store")
        assert set(told) == {"appId", "timestamp", "nonceStr", "signature"}
        assert (told["appId"], told["timestamp"]) == (APPID, int(world.clock().timestamp()))
        assert told["signature"] == signed(TICKET, told["nonceStr"], told["timestamp"], page)


@pytest.mark.parametrize(
    "url", ["https://evil.example/", "https://www.example.gov.cn/other", "http://fever.example.cn/", "x"]
)
async def test_nobody_elses_page_is(world: World, standin: StandIn, url: str) -> None:
    answer = await ask(world, url)
    assert (answer.status, answer.content_type) == (403, "application/problem+json")
    assert (await answer.json())["code"] == "not_our_page"
    assert standin.log == []


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "missing"),
        ("?url=", "missing"),
        (f"?url={PAGE}&url={PAGE}", "missing"),
        (f"?url={PAGE}&from=timeline", "unknown_field"),
        (f"?url=https://fever.example.cn/{'x' * 2000}", "too_long"),
    ],
)
async def test_what_would_be_signed_wrong_is_refused(world: World, query: str, code: str) -> None:
    answer = await world.client.get(SIGN + query)
    assert (answer.status, (await answer.json())["code"]) == (422, code)


async def test_only_the_named_pages_may_read_it_from_another_origin(world: World) -> None:
    allowed = "Access-Control-Allow-Origin"
    answer = await ask(world, PAGE, Origin="https://www.example.gov.cn")
    assert (answer.headers[allowed], answer.headers["Vary"]) == ("https://www.example.gov.cn", "Origin")
    for origin in ("https://evil.example", "null", "https://www.example.gov.cn.evil.example"):
        assert allowed not in (await ask(world, PAGE, Origin=origin)).headers
    assert allowed not in (await ask(world, PAGE)).headers


async def test_one_address_may_not_ask_for_ever(
    start: Starter, account: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing, "MOST", 2)
    world = await start(**account, wechat_js=(COUNTY,))
    assert [(await ask(world, COUNTY)).status for _ in range(3)] == [200, 200, 429]
    answer = await ask(world, COUNTY)
    assert int(answer.headers["Retry-After"]) > 0
    assert (await answer.json())["code"] == "too_many_signatures"


async def test_what_wechat_refuses_is_told_to_the_operator_and_not_to_strangers(
    world: World, standin: StandIn, logged: StringIO
) -> None:
    standin.address_listed = False
    answer = await ask(world, PAGE)
    text = await answer.text()
    assert (answer.status, answer.headers["Retry-After"]) == (503, "60")
    assert "wechat_unavailable" in text
    assert "203.0.113.7" not in text
    assert "wechat_address" in logged.getvalue()
    assert SECRET not in text + logged.getvalue()


async def test_it_is_not_there_unless_the_operator_wants_it(start: Starter, account: dict[str, Any]) -> None:
    for settings in ({}, account):
        world = await start(**settings)
        assert (await ask(world, PAGE)).status == 404
    with pytest.raises(WrongSetting, match="TRAFFICLIGHT_WECHAT_JS: needs an account"):
        await start(wechat_js=("yes",))
