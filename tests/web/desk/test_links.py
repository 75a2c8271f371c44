"""`/desk/boards/…/links`: posting links are seen, issued, printed, bound to a PIN, ended and revoked."""

import re
from io import StringIO

import pytest
from lxml import html

from tests.web.conftest import Starter, World
from tests.web.desk.conftest import Hire, Office, Person, fields, text_of
from tests.web.phones import Phone
from trafficlight.domain.event import LinkIssued, LinkRevoked, SiteRemoved
from trafficlight.domain.ids import SYSTEM

LINKS = "/boards/longkou/links"
OF = f"{LINKS}/of?site=lk-001"
SHEET = f"{LINKS}/sheet"
BASE = "https://fever.example.cn"
TRIAL = {"base": BASE, "whom": "sites", "anyway": "1"}


async def editor(hire: Hire) -> Person:
    return await hire("王芳", {"longkou": "editor"})


async def issued(person: Person, path: str = OF, **typed: str) -> tuple[str, html.HtmlElement]:
    """The address of a new link, and the page that showed it."""
    number = _form(await person.page(path), "issue")
    answer = await person.send(path, number, act="issue", base=BASE, **typed)
    assert answer.status == 200, await answer.text()
    page = html.document_fromstring(await answer.text())
    (box,) = page.xpath("//textarea[@id='link']")
    return (box.text or "").strip(), page


def secret_of(url: str) -> str:
    return url.rpartition("/")[2]


async def opens(world: World, secret: str) -> int:
    answer = await world.client.get(f"/enter/{secret}", allow_redirects=False)
    return answer.status


async def test_a_new_link_is_shown_once_with_its_code_and_opens_the_form(world: World, hire: Hire) -> None:
    person = await editor(hire)
    url, page = await issued(person)
    assert url.startswith(f"{BASE}/enter/")
    assert page.xpath("//*[local-name()='svg']")
    assert await opens(world, secret_of(url)) == 303
    assert secret_of(url) not in await (await person.get(OF)).text()
    event = (await world.node.ledger.read(SYSTEM))[-1].event
    assert isinstance(event, LinkIssued)
    assert (event.site, event.board, event.by) == ("lk-001", "longkou", f"user:{person.user}")


async def test_its_secret_is_in_no_log_no_cookie_and_no_event(
    world: World, hire: Hire, logged: StringIO
) -> None:
    person = await editor(hire)
    url, _ = await issued(person)
    kept = str([record.event for record in await world.node.ledger.read(SYSTEM)])
    assert secret_of(url) not in logged.getvalue() + kept + str(person.cookies)


async def test_the_same_form_sent_twice_issues_one_link_and_shows_no_second_secret(
    world: World, hire: Hire
) -> None:
    person = await editor(hire)
    page = await person.page(OF)
    form = {**fields(page, _form(page, "issue")), "act": "issue", "base": BASE}
    assert (await person.post(OF, form)).status == 200
    again = await person.post(OF, form)
    assert again.status == 409
    assert "只显示那一次" in await again.text()
    assert len(world.node.current.system.links) == 1


async def test_a_towns_link_is_for_its_captain(world: World, hire: Hire) -> None:
    url, page = await issued(await editor(hire), f"{LINKS}/of?town=东江街道")
    assert "东江街道点位长" in text_of(page)
    answer = await world.client.get(f"/enter/{secret_of(url)}")
    assert "大吴家村卫生室" in await answer.text()


async def test_last_use_is_the_last_report_and_to_open_it_is_none(world: World, hire: Hire) -> None:
    phone = Phone(world, await world.link(site="lk-001"))
    person = await editor(hire)
    await phone.enter()
    assert "没有用过" in text_of(await person.page(OF))
    await phone.send(patients="12")
    assert "最近填报12月24日 周六 8:10" in text_of(await person.page(OF))
    assert "1条 · 最近填报 12月24日 周六 8:10" in text_of(await person.page(LINKS))


async def test_who_issued_a_link_is_said_by_name(world: World, hire: Hire) -> None:
    await world.link(site="lk-001")
    person = await editor(hire)
    await issued(person)
    told = text_of(await person.page(OF))
    assert told.index("王芳", told.index("发的人")) < told.index("命令行")


async def test_a_revoked_link_opens_nothing_from_that_moment(world: World, hire: Hire) -> None:
    phone = Phone(world, await world.link(site="lk-001"))
    await phone.enter()
    person = await editor(hire)
    answer = await person.send(OF, _form(await person.page(OF), "revoke"), act="revoke")
    assert answer.status == 303
    assert (await world.client.get(phone.url)).status != 200
    assert await opens(world, phone.link.secret) != 303
    assert isinstance((await world.node.ledger.read(SYSTEM))[-1].event, LinkRevoked)


async def test_a_lost_phone_has_to_scan_again_and_the_link_stays(world: World, hire: Hire) -> None:
    phone = Phone(world, await world.link(site="lk-001"))
    await phone.enter()
    world.clock.turn(minutes=5)
    person = await editor(hire)
    await person.send(OF, _form(await person.page(OF), "end"), act="end")
    assert (await world.client.get(phone.url)).status != 200
    world.clock.turn(minutes=5)
    await phone.enter()
    assert (await world.client.get(phone.url)).status == 200
    assert "以前打开过的都要重新扫码" in text_of(await person.page(OF))


async def test_a_pin_is_set_and_taken_away_and_never_shown_again(world: World, hire: Hire) -> None:
    phone = Phone(world, await world.link(site="lk-001"))
    await phone.enter()
    person = await editor(hire)
    number = _form(await person.page(OF), "pin")
    refused = await person.send(OF, number, act="pin", pin="12")
    assert refused.status == 422
    assert (await person.send(OF, number, act="pin", pin="730915")).status == 303
    assert (await world.client.get(phone.url)).status == 403
    told = await (await person.get(OF)).text()
    assert "有，每部手机问一次" in told
    assert "730915" not in told
    assert (await person.send(OF, number, act="unpin")).status == 303
    assert (await world.client.get(phone.url)).status == 200


async def test_a_link_of_another_board_is_none_of_ours(world: World, hire: Hire) -> None:
    other = await world.link(site="qx-001")
    await world.link(site="lk-001")
    person = await editor(hire)
    number = _form(await person.page(OF), "revoke")
    answer = await person.send(OF, number, act="revoke", link=other.id)
    assert answer.status == 404
    assert len(world.node.current.system.links) == 2
    assert (await person.get(f"{LINKS}/of?site=qx-001")).status == 404
    assert (await person.get("/boards/qixia/links")).status == 404


async def test_who_may_only_look_finds_no_links(hire: Hire) -> None:
    person = await hire("李明", {"longkou": "viewer"})
    assert (await person.get(LINKS)).status == 403
    page = await person.page("/boards/longkou/today")
    assert not page.xpath("//a[contains(@href, '/links')]")


async def test_the_list_finds_who_has_no_link_and_whose_was_never_used(world: World, hire: Hire) -> None:
    phone = Phone(world, await world.link(site="lk-001"))
    await phone.enter()
    await phone.send(patients="12")
    await world.link(site="lk-002")
    person = await editor(hire)
    assert await names(person, "?show=none") == ["龙口市人民医院"]
    assert await names(person, "?show=unused") == ["大吴家村卫生室"]
    assert await names(person, "?show=stale") == []
    world.clock.turn(days=31)
    await person.sign_in()
    assert await names(person, "?show=stale") == ["东江卫生院"]
    assert await names(person, "?q=人民") == ["龙口市人民医院"]


async def test_once_new_cards_are_out_all_older_links_are_revoked_at_once(world: World, hire: Hire) -> None:
    old, new = await world.link(site="lk-001"), await world.link(site="lk-001")
    only = await world.link(site="lk-002")
    person = await editor(hire)
    several = f"{LINKS}?show=several"
    stale = fields(await person.page(several), -1)
    newest = await world.link(site="lk-001")
    assert (await person.post(several, {**stale, "act": "prune"})).status == 409
    assert (await person.send(several, -1, act="prune")).status == 303
    assert {link.id for link in world.node.current.system.links.values()} == {newest.id, only.id}
    assert [await opens(world, one.secret) == 303 for one in (old, new, newest)] == [False, False, True]


async def test_a_site_that_left_can_still_be_taken_its_link(world: World, hire: Hire) -> None:
    await world.link(site="lk-002")
    await world.put("longkou", SiteRemoved(site="lk-002"))
    person = await editor(hire)
    assert "已不在名单" in text_of(await person.page(LINKS))
    page = await person.page(f"{LINKS}/of?site=lk-002")
    assert "发新链接" not in text_of(page)
    await person.send(f"{LINKS}/of?site=lk-002", _form(page, "revoke"), act="revoke")
    assert world.node.current.system.links == {}


# --- the sheet ----------------------------------------------------------------------------------------------


async def test_the_sheet_has_a_card_to_try_first_and_one_for_each_site(world: World, hire: Hire) -> None:
    old = await world.link(site="lk-001")
    person = await editor(hire)
    answer = await person.send(SHEET, **TRIAL)
    text = await answer.text()
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert text.index("请先用自己的手机（4G）扫这张") < text.index("东江卫生院")
    assert text.count("<svg") == 4
    assert "/enter/" not in text
    assert len(world.node.current.system.links) == 4
    assert await opens(world, old.secret) == 303, "old links stay until they are revoked"


@pytest.mark.parametrize(
    ("chosen", "cards"),
    [
        ({"whom": "sites", "town": "东江街道"}, ["东江卫生院", "大吴家村卫生室"]),
        ({"whom": "sites", "kind": "hospital"}, ["龙口市人民医院"]),
        ({"whom": "lacking"}, ["大吴家村卫生室", "龙口市人民医院"]),
        ({"whom": "towns"}, ["东江街道", "新嘉街道"]),
    ],
)
async def test_the_sheet_is_of_those_that_were_chosen(
    world: World, hire: Hire, chosen: dict[str, str], cards: list[str]
) -> None:
    await world.link(site="lk-001")
    answer = await (await editor(hire)).send(SHEET, **{"base": BASE, **chosen})
    page = html.document_fromstring(await answer.text())
    assert sorted(head.text or "" for head in page.findall(".//h2")[1:]) == sorted(cards)


@pytest.mark.parametrize(
    ("base", "said"),
    [
        ("", "请写填报网址"),
        ("fever.example.cn", "不是可用的网址"),
        ("http://fever.example.cn", "不是 https"),
        ("http://127.0.0.1:8080", "外面的手机打不开"),
        ("https://10.0.0.5", "外面的手机打不开"),
    ],
)
async def test_an_address_that_phones_stumble_over_is_told_before_anything_is_printed(
    world: World, hire: Hire, base: str, said: str
) -> None:
    person = await editor(hire)
    answer = await person.send(SHEET, base=base, whom="sites")
    assert answer.status == 422
    assert said in await answer.text()
    assert world.node.current.system.links == {}


async def test_for_a_trial_such_an_address_is_taken_with_a_tick(world: World, hire: Hire) -> None:
    person = await editor(hire)
    answer = await person.send(SHEET, base="http://127.0.0.1:8080", whom="sites", anyway="1")
    assert answer.status == 200
    assert len(world.node.current.system.links) == 3


async def test_a_sheet_sent_twice_issues_once(world: World, hire: Hire) -> None:
    person = await editor(hire)
    form = {**fields(await person.page(SHEET)), **TRIAL}
    assert (await person.post(SHEET, form)).status == 200
    assert (await person.post(SHEET, form)).status == 409
    assert len(world.node.current.system.links) == 3


async def test_the_usual_address_is_the_apps_own(
    start: Starter, office: Office, hire: Hire, world: World
) -> None:
    second = await start(app_url="http://app.example.cn/", public_url="http://pages.example.cn")
    hired = await hire("周敏", {"*": "admin"}, signed_in=False)
    await second.node.current.reached(SYSTEM, world.node.current.system.position)
    person = office.browser(hired.user, hired.name, second)
    await person.sign_in()
    assert fields(await person.page(SHEET))["base"] == "http://app.example.cn"


def _form(page: html.HtmlElement, act: str) -> int:
    """The first form of the page with that button."""
    return next(n for n, form in enumerate(page.forms) if form.xpath(f".//button[@value='{act}']"))


async def names(person: Person, query: str) -> list[str]:
    page = await person.page(f"{LINKS}{query}")
    return [re.sub(r"\s+", "", text_of(one)) for one in page.xpath("//a[@class='l-name']")]
