"""The group is told who has not reported: once for each reporting time, and never into this house."""

import json
from collections.abc import AsyncIterator
from io import StringIO
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.web.conftest import BOARD, SITES, Starter, World, facts
from tests.web.desk.conftest import Office, text_of
from trafficlight.actions.config import read_webhook, robot_setting
from trafficlight.domain.board import Site
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import Chased, ConfigSet, SitePut
from trafficlight.domain.ids import SYSTEM
from trafficlight.web.chase import Chase, body_of, reminder_of
from trafficlight.web.webhook import is_outside, send

WECOM = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6"
FEISHU = "https://open.feishu.cn/open-apis/bot/v2/hook/693a91f6"
TODAY = "/boards/longkou/today"
ROBOT = "/boards/longkou/robot"


class Group:
    """A robot that keeps what it is told, and answers as it is told to."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.answers: list[tuple[int, str]] = []
        app = web.Application()
        app.router.add_post("/hook", self._take)
        self.server = TestServer(app)

    @property
    def url(self) -> str:
        return str(self.server.make_url("/hook?key=s3cr3t-robot"))

    async def _take(self, request: web.Request) -> web.Response:
        self.told.append(await request.json())
        status, body = self.answers.pop(0) if self.answers else (200, '{"errcode":0,"errmsg":"ok"}')
        headers = {"Location": self.url} if status == 302 else {}
        return web.Response(status=status, text=body, headers=headers)


@pytest.fixture
async def group() -> AsyncIterator[Group]:
    made = Group()
    await made.server.start_server()
    yield made
    await made.server.close()


@pytest.fixture
async def county(start: Starter, group: Group) -> World:
    """Of Longkou at 8:10, with a robot in its group."""
    world = await start(private_webhooks=True)
    own, placed = facts(BOARD, SITES)
    await world.put("longkou", *own)
    await world.put(SYSTEM, *placed, ConfigSet(key=robot_setting("longkou"), value=group.url))
    return world


async def pass_by(world: World) -> None:
    await Chase(world.node.current, world.clock, private=True).remind_all(pauses=(0, 0))


async def chased(world: World) -> list[str]:
    events = [record.event for record in await world.node.ledger.read("longkou")]
    return [event.outcome for event in events if isinstance(event, Chased)]


async def test_ten_minutes_after_a_reporting_time_the_group_is_told_once_who_is_missing(
    county: World, group: Group
) -> None:
    await county.report({"patients": 12})
    county.clock.turn(minutes=59)  # 9:09
    await pass_by(county)
    assert group.told == []
    county.clock.turn(minutes=1)
    await pass_by(county)
    await pass_by(county)
    (told,) = group.told
    assert told["msgtype"] == "text"
    assert told["text"]["content"].splitlines() == [
        "【龙口市】12月24日9:00应报的就诊人数，截至9:10还有2家没有填报：",
        "东江街道：大吴家村卫生室",
        "新嘉街道：龙口市人民医院",
        "请打开本机构的填报链接，填今天到现在为止的人数；已暂停接诊的也请报一下。",
        "链接打不开或有困难，请打0000-5550120。",
    ]
    assert [one["id"] for one in told["not_reported"]] == ["lk-002", "lk-003"]
    assert await chased(county) == ["", "sent"]


async def test_the_next_reporting_time_is_told_anew_and_a_late_start_tells_nothing_old(
    county: World, group: Group
) -> None:
    county.clock.turn(hours=3)  # 11:10: after an outage nobody wants the morning's message
    await pass_by(county)
    assert group.told == []
    county.clock.turn(hours=3)  # 14:10
    await pass_by(county)
    assert "14:00应报" in group.told[0]["text"]["content"]


async def test_where_everybody_has_reported_nothing_is_said(county: World, group: Group) -> None:
    for site in SITES:
        await county.report({"patients": 12}, site=site.id)
    county.clock.turn(hours=1)
    await pass_by(county)
    assert group.told == []
    assert await chased(county) == []


async def test_neither_a_restart_nor_another_node_tells_it_again(
    county: World, group: Group, start: Starter
) -> None:
    county.clock.turn(hours=1)
    other = await start(private_webhooks=True)
    await pass_by(county)
    await pass_by(other)
    assert len(group.told) == 1


async def test_it_is_tried_three_times_and_the_failure_is_told_on_todays_page(
    county: World, group: Group, office: Office, logged: StringIO
) -> None:
    office.world = county
    group.answers = [(500, ""), (302, ""), (200, '{"errcode":93000,"errmsg":"invalid webhook url"}')]
    county.clock.turn(hours=1)
    await pass_by(county)
    assert len(group.told) == 3, "a redirect is not followed"
    assert await chased(county) == ["", "robot_93000"]
    person = await office.hire("王芳", {"longkou": "viewer"})
    assert "9:00的催报消息没有发到群里：机器人拒收（代码93000）" in text_of(await person.page(TODAY))
    assert "s3cr3t-robot" not in logged.getvalue()


async def test_todays_page_says_what_was_sent(county: World, office: Office) -> None:
    office.world = county
    county.clock.turn(hours=1)
    await pass_by(county)
    person = await office.hire("王芳", {"longkou": "viewer"})
    assert "9:10已往群里发9:00的催报消息：3家没报" in text_of(await person.page(TODAY))
    county.clock.turn(days=1)
    await person.sign_in()
    assert "催报消息" not in text_of(await person.page(TODAY))


async def test_one_edition_is_not_made_for_what_only_the_desk_knows(county: World) -> None:
    county.clock.turn(hours=1)
    before = county.node.current.boards["longkou"].edition
    await pass_by(county)
    assert county.node.current.boards["longkou"].edition == before


# --- the desk -----------------------------------------------------------------------------------------------


async def test_an_admin_sets_a_robot_tries_it_and_its_address_is_never_shown_again(
    county: World, group: Group, office: Office, logged: StringIO
) -> None:
    office.world = county
    admin = await office.hire("王芳", {"longkou": "admin"})
    await admin.send(ROBOT, -1, act="remove")
    assert (await admin.send(ROBOT, -1, act="save", robot=group.url)).status == 303
    told = await (await admin.get(ROBOT)).text()
    assert "末四位obot" in told
    assert "s3cr3t" not in told + logged.getvalue()
    assert (await admin.send(ROBOT, 1, act="try")).status == 303
    assert "试发" in group.told[0]["text"]["content"]
    group.answers = [(404, "")]
    answer = await admin.send(ROBOT, 1, act="try")
    assert answer.status == 422
    assert "对方回答404" in await answer.text()
    assert (await admin.send(ROBOT, -1, act="remove")).status == 303
    county.clock.turn(hours=1)
    await pass_by(county)
    assert len(group.told) == 2


async def test_who_is_no_admin_of_the_board_sets_no_robot(county: World, office: Office) -> None:
    office.world = county
    editor = await office.hire("李明", {"longkou": "editor"})
    assert (await editor.get(ROBOT)).status == 403


# --- where it may go ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://example.com/hook", "webhook_not_https"),
        ("https://127.0.0.1/hook", "webhook_private"),
        ("https://[::1]/hook", "webhook_private"),
        ("https://[::ffff:10.0.0.1]/hook", "webhook_private"),
        ("https://10.1.2.3/hook", "webhook_private"),
        ("https://169.254.169.254/latest/meta-data", "webhook_private"),
        ("https://2130706433/hook", "webhook_private"),
        ("https://localhost/hook", "webhook_private"),
        ("https://redis/hook", "webhook_private"),
        ("file:///etc/passwd", "bad_url"),
        ("https://user:word@example.com/", "bad_url"),
        ("https://example.com/a b", "bad_url"),
        ("https://[", "bad_url"),
        ("", "bad_url"),
    ],
)
def test_an_address_of_this_house_or_without_https_is_refused(url: str, code: str) -> None:
    with pytest.raises(Refused, match=code):
        read_webhook(url, private=False)
    assert read_webhook(WECOM, private=False) == WECOM


async def test_a_name_that_means_this_house_is_not_connected_to(group: Group) -> None:
    named = group.url.replace("127.0.0.1", "localhost.")
    assert await send(group.url, b"{}", private=False, pauses=()) == "private"
    assert await send(named, b"{}", private=False, pauses=()) == "unreachable"
    assert group.told == []


@pytest.mark.parametrize(
    ("address", "outside"),
    [
        ("8.8.8.8", True),
        ("10.0.0.1", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("fe80::1%eth0", False),
        ("64:ff9b::808:808", True),  # 8.8.8.8 by way of a gateway
        ("64:ff9b::a00:1", False),
        ("64:ff9b:1::808:808", False),
        ("2002:808:808::1", True),
        ("2002:a00:1::1", False),
        ("::10.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("2400:3200::1", True),
    ],
)
def test_what_a_name_resolves_to_is_looked_at(address: str, outside: bool) -> None:
    assert is_outside(address) is outside


# --- the words ----------------------------------------------------------------------------------------------


async def test_each_vendors_robot_is_told_in_its_own_manner_and_within_its_length(county: World) -> None:
    many = [SitePut(site=Site(id=f"m-{n}", name=f"第{n}村卫生室", town=f"第{n % 9}镇")) for n in range(300)]
    await county.put("longkou", *many)
    county.clock.turn(hours=1)
    reminder = reminder_of(county.node.current.boards["longkou"], county.clock.at)
    assert reminder is not None
    wecom, feishu = (json.loads(body_of(reminder, url)) for url in (WECOM, FEISHU))
    assert set(wecom) == {"msgtype", "text"}
    assert len(wecom["text"]["content"].encode()) <= 2048
    assert "第0镇：34家" in wecom["text"]["content"]
    assert feishu["msg_type"] == "text"
    assert "第299村卫生室" in feishu["content"]["text"]
