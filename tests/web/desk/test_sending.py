"""`/desk/boards/…/wechat`: the button that sends the article, and what became of the last push."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
from aiohttp.test_utils import TestServer

from tests.web.conftest import BOARD, SITES, Clock, Starter, World, facts
from tests.web.desk.conftest import Hire, Office, text_of
from tests.wechat.standin import APPID, SECRET, StandIn
from trafficlight.domain.event import ArticlePushed
from trafficlight.domain.ids import SYSTEM
from trafficlight.web.desk import wechat

WECHAT = "/boards/longkou/wechat"


@pytest.fixture
def standin(clock: Clock) -> StandIn:
    return StandIn(lambda: clock().timestamp())


@pytest.fixture
async def world(start: Starter, standin: StandIn) -> AsyncIterator[World]:
    """Longkou, with an account."""
    async with TestServer(standin.app()) as server:
        url = str(server.make_url("")).rstrip("/")
        account: dict[str, Any] = {"wechat_appid": APPID, "wechat_secret": SECRET, "wechat_url": url}
        world = await start(**account)
        own, placed = facts(BOARD, SITES)
        await world.put(BOARD.slug, *own)
        await world.put(SYSTEM, *placed)
        yield world


async def test_one_tap_sends_the_article_and_says_what_became_of_it(
    world: World, hire: Hire, standin: StandIn
) -> None:
    person = await hire("王芳", {"longkou": "editor"})
    assert (await person.send(WECHAT)).status == 303
    (section,) = (await person.page(WECHAT)).find_class("wx-push")
    assert "12月24日 周六 8:10 · 新建了草稿 · 王芳" in text_of(section)
    assert len(standin.drafts) == 1
    assert (await person.send(WECHAT)).status == 303
    assert "更新了当天的草稿" in text_of((await person.page(WECHAT)).find_class("wx-push")[0])
    assert len(standin.drafts) == 1


async def test_what_stops_it_is_told_in_words_and_in_every_language(
    world: World, hire: Hire, standin: StandIn
) -> None:
    standin.quotas["draft/add"] = 0
    person = await hire("王芳", {"longkou": "editor"})
    await person.send(WECHAT)
    for query, told in (
        ("", "明天零点后恢复"),
        ("?lang=en", "used up until midnight"),
        ("?lang=zh-Hant", "明天零點"),
    ):
        assert told in text_of((await person.page(f"{WECHAT}{query}")).find_class("wx-push")[0])


async def test_a_push_that_takes_long_goes_on_behind_the_page(
    world: World, hire: Hire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wechat, "PATIENCE", 0.0)
    person = await hire("王芳", {"longkou": "editor"})
    await person.send(WECHAT)
    assert "还在推送" in text_of(await person.page(WECHAT))


async def test_who_only_looks_sees_what_became_of_it_and_no_button(world: World, hire: Hire) -> None:
    await world.put(
        BOARD.slug,
        ArticlePushed(
            by="schedule", outcome="published", day=date(2022, 12, 24), url="http://mp.weixin.qq.com/s/abc"
        ),
    )
    person = await hire("李四", {"longkou": "viewer"})
    (section,) = (await person.page(WECHAT)).find_class("wx-push")
    assert "已发布 · 定时推送 · 看文章" in text_of(section)
    assert section.xpath(".//form") == []
    answer = await person.post(WECHAT, {})
    assert answer.status == 403


async def test_without_an_account_there_is_no_button(start: Starter, office: Office, hire: Hire) -> None:
    known = await hire("王芳", {"longkou": "editor"})
    person = office.browser(known.user, known.name, world=await start())
    await person.sign_in()
    page = await person.page(WECHAT)
    assert page.find_class("wx-push") == []
