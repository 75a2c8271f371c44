"""The first week: steps that turn green, an address made of the name, tokens, and a password of one's own."""

import pytest
from lxml import html
from msgspec.structs import replace

from tests.web.conftest import BOARD, World
from tests.web.desk.conftest import PASSWORD, Hire, Office, fields, text_of
from tests.web.desk.test_daily import A, B, C, report
from trafficlight.actions.boards import propose_slug
from trafficlight.domain import event as e
from trafficlight.domain.ids import SYSTEM

ADMIN = {"*": "admin"}
START = "/boards/longkou/start"
TOKENS = "/boards/longkou/tokens"


def undone(page: html.HtmlElement) -> list[str]:
    return [text_of(one.find("h2"))[2:-4].strip() for one in page.xpath("//ol/li[not(@class)]")]


async def test_steps_turn_green_one_by_one(world: World, hire: Hire) -> None:
    person = await hire("王芳", ADMIN)
    await world.put("longkou", e.BoardPut(board=replace(BOARD, state="draft", hotline="")))
    assert undone(await person.page(START)) == [
        "自己的密码",
        "发布单位和咨询热线",
        "开诊时间",
        "公开网址",
        "发填报链接",
        "每家报过一次",
        "试运行一天",
        "催报机器人",
        "开放看板",
    ]
    await world.put("longkou", e.BoardPut(board=BOARD))
    await world.put(SYSTEM, e.ConfigSet(key="public_url", value="http://fazhi.example.cn"))
    for site in (A, B, C):
        await world.link(site=site)
        await report(world, site, patients=3)
    world.clock.turn(days=1)
    await person.sign_in()
    page = await person.page(START)
    assert undone(page) == ["自己的密码", "开诊时间", "公开网址", "催报机器人"]
    assert "11步里好了7步" in text_of(page)
    assert "3家没有写开诊时间" in text_of(page)


async def test_a_step_that_somebody_may_not_take_says_whom_to_ask(world: World, hire: Hire) -> None:
    person = await hire("王芳", {"longkou": "viewer"})
    page = await person.page(START)
    links = [one.get("href") for one in page.xpath("//ol//p[last()]/a[starts-with(., '→')]")]
    assert all(not href.endswith(("/installation", "/robot", "/links")) for href in links)
    assert "这一步要请有权限的同事做。" in text_of(page)
    assert world.node.current.boards["longkou"].sites


# --- the address --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("龙口市", "longkou-2"),  # it is there already
        ("重庆市", "chongqing"),
        ("平遥县", "pingyao"),
        ("云县", "yunxian"),
        ("API", "api-2"),
        ("吕梁市离石区", "lvliangshilishi"),
        ("…", ""),
    ],
)
def test_an_address_is_proposed_from_the_name(name: str, slug: str) -> None:
    assert propose_slug(name, {"longkou"}) == slug


async def test_what_is_proposed_is_looked_at_before_it_stands(world: World, hire: Hire) -> None:
    person = await hire("王芳", ADMIN)
    answer = await person.send("/boards/new", name="招远市", slug="")
    assert answer.status == 200
    page = html.document_fromstring(await answer.text())
    assert "定了不能改" in text_of(page)
    assert fields(page)["slug"] == "zhaoyuan"
    assert "zhaoyuan" not in world.node.current.boards
    answer = await person.post("/boards/new", fields(page))
    assert answer.status == 303
    assert world.node.current.boards["zhaoyuan"].board.name == "招远市"


async def test_without_a_name_that_can_be_typed_the_address_is_asked_for(world: World, hire: Hire) -> None:
    person = await hire("王芳", ADMIN)
    answer = await person.send("/boards/new", name="…", slug="")
    assert answer.status == 422
    assert set(world.node.current.boards) == {"longkou", "qixia"}


# --- tokens and the public address --------------------------------------------------------------------------


async def test_a_token_is_shown_once_reports_and_stops(world: World, hire: Hire) -> None:
    person = await hire("王芳", {"longkou": "admin"})
    filled = {**fields(await person.page(TOKENS), 1), "act": "issue", "label": "人民医院HIS", "site": C}
    answer = await person.post(TOKENS, {**filled, "role": "reporter"})
    page = html.document_fromstring(await answer.text())
    secret = str(page.get_element_by_id("secret").text).strip()
    assert (await world.report({"patients": 7}, site=C, token=secret)).status == 201
    assert (await world.report({"patients": 7}, site=A, token=secret)).status == 403
    again = await person.post(TOKENS, {**filled, "role": "reporter"})
    assert "只显示那一次" in await again.text(), "a second tap gives no secret that opens nothing"
    assert secret not in await (await person.get(TOKENS)).text()
    listed = await person.page(TOKENS)
    assert "人民医院HIS" in text_of(listed)
    answer = await person.send(TOKENS, -1, act="revoke")
    assert answer.status == 303
    assert (await world.report({"patients": 8}, site=C, token=secret)).status == 401


async def test_tokens_of_other_boards_are_neither_seen_nor_touched(world: World, hire: Hire) -> None:
    await world.token(board="qixia")
    await world.token()
    person = await hire("王芳", {"longkou": "admin"})
    page = await person.page(TOKENS)
    assert "没有。" in text_of(page)
    for token in world.node.current.system.tokens.values():
        filled = {**fields(page, 1), "act": "revoke", "named": token.id}
        assert (await person.post(TOKENS, filled)).status == 404
    assert len(world.node.current.system.tokens) == 2


@pytest.mark.parametrize("typed", [{"label": ""}, {"site": "qx-001"}, {"role": "root"}])
async def test_a_token_for_nobody_or_for_others_sites_is_refused(
    world: World, hire: Hire, typed: dict[str, str]
) -> None:
    person = await hire("王芳", {"longkou": "admin"})
    filled = {**fields(await person.page(TOKENS), 1), "act": "issue", "label": "x", "role": "reporter"}
    assert (await person.post(TOKENS, {**filled, **typed})).status in {404, 422}
    assert not world.node.current.system.tokens


async def test_the_public_address_is_set_at_the_desk(world: World, hire: Hire) -> None:
    person = await hire("王芳", ADMIN)
    answer = await person.send(
        "/installation", act="save", public_url="http://fazhi.example.cn", contact="数据科"
    )
    assert answer.status == 303
    assert world.node.current.system.config["public_url"] == "http://fazhi.example.cn"
    old = fields(await person.page("/installation"))
    await world.put(SYSTEM, e.ConfigSet(key="contact", value="别人改的"))
    answer = await person.post("/installation", {**old, "act": "save", "contact": "我改的"})
    assert answer.status == 409
    assert "别人改的" in await answer.text()
    answer = await person.send("/installation", act="save", public_url="ftp://x", contact="新的")
    assert answer.status == 422
    assert world.node.current.system.config["contact"] == "别人改的", "nothing of it is half done"


async def test_an_address_that_would_sign_everybody_out_is_refused_with_the_way(
    world: World, hire: Hire
) -> None:
    person = await hire("王芳", ADMIN)
    answer = await person.send("/installation", act="save", public_url="https://fazhi.example.cn")
    assert answer.status == 422
    assert "请先用 https 打开后台" in await answer.text()
    assert not world.node.current.system.config
    assert (await person.get("/installation")).status == 200


async def test_who_manages_one_board_sets_nothing_for_all(hire: Hire) -> None:
    person = await hire("王芳", {"longkou": "admin"})
    assert (await person.get("/installation")).status == 403


# --- the first password -------------------------------------------------------------------------------------


async def test_a_password_that_somebody_else_gave_is_changed_before_anything_else(
    world: World, hire: Hire, office: Office
) -> None:
    boss = await hire("王芳", ADMIN)
    answer = await boss.send("/users", name="李强", password=PASSWORD, **{"role:longkou": "editor"})
    assert answer.status == 303, await answer.text()
    person = office.browser("", "李强")
    assert (await person.sign_in()).status == 303
    for path in ("", "/boards/longkou/today", "/sessions"):
        answer = await person.get(path)
        assert (answer.status, answer.headers["Location"].rpartition("desk")[2]) == (303, "/account"), path
    token = fields(await person.page("/account"))["token"]
    refused = await person.post("/boards/longkou/today", {"token": token, "key": "k", "act": "end"})
    assert refused.status == 403
    same = {"password_now": PASSWORD, "password": PASSWORD, "again": PASSWORD}
    assert (await person.send("/account", **same)).status == 422
    other = "another good phrase"
    assert (await person.send("/account", **{**same, "password": other, "again": other})).status == 303
    assert (await person.get("/boards/longkou/today")).status == 200
    assert world.node.current.system.users.named("李强").own_password  # type: ignore[union-attr] # it is there
