"""The clinic's pages: one screen, no password, no way to break anything."""

import asyncio
import re
from typing import Any

import pytest
from aiohttp import ClientResponse
from lxml import html
from msgspec.structs import replace

from tests.web.conftest import Starter, World
from trafficlight.domain.event import LinkRevoked, Reported, SitePut, SiteRemoved
from trafficlight.domain.ids import SYSTEM
from trafficlight.doors.credentials import Issued

Fields = dict[str, str]


class Phone:
    """A browser at a clinic: keeps cookies, fills in forms, runs no script."""

    def __init__(self, world: World, link: Issued, path: str = "") -> None:
        self.world = world
        self.link = link
        self.url = f"/report/{link.id}/{path}"

    async def enter(self) -> ClientResponse:
        return await self.world.client.get(f"/enter/{self.link.secret}", allow_redirects=False)

    async def page(self, path: str = "") -> html.HtmlElement:
        answer = await self.world.client.get(self.url + path)
        assert answer.status == 200, await answer.text()
        return html.document_fromstring(await answer.text())

    async def fields(self) -> Fields:
        return fields_of(await self.page())

    async def send(self, fields: Fields | None = None, **typed: str) -> ClientResponse:
        fields = fields or await self.fields()
        return await self.world.client.post(self.url, data={**fields, **typed}, allow_redirects=False)

    async def receipt(self, answer: ClientResponse) -> str:
        assert answer.status == 303, await answer.text()
        where = answer.headers["Location"]
        shown = await self.world.client.get(self.url + where)
        assert shown.status == 200
        return text_of(html.document_fromstring(await shown.text()))


def fields_of(page: html.HtmlElement) -> Fields:
    """What the browser sends without a button: every field of the form as it stands."""
    return {name: value for name, value in _form(page).form_values() if name != "decided"}


def _form(page: html.HtmlElement) -> html.FormElement:
    """The form to be filled in; on a receipt the one that takes back."""
    forms: list[html.FormElement] = page.forms
    return next((form for form in forms if form.get("id") == "form"), forms[0])


def text_of(page: html.HtmlElement) -> str:
    return re.sub(r"\s+", " ", page.text_content())


async def shown_again(answer: ClientResponse) -> tuple[html.HtmlElement, str]:
    page = html.document_fromstring(await answer.text())
    return page, text_of(page)


@pytest.fixture
async def phone(world: World) -> Phone:
    """At 东江卫生院, come in by its link."""
    phone = Phone(world, await world.link(site="lk-001"))
    assert (await phone.enter()).status == 303
    return phone


async def light_of(world: World, site: str = "lk-001") -> str | None:
    board = await (await world.client.get("/longkou/board.json")).json()
    light: str | None = next(one["light"] for one in board["sites"] if one["id"] == site)
    return light


# --- coming in ----------------------------------------------------------------------------------------------


async def test_the_secret_leaves_the_address_bar_and_stays_in_a_cookie_of_its_own(world: World) -> None:
    link = await world.link(site="lk-001")
    answer = await world.client.get(f"/enter/{link.secret}", allow_redirects=False)
    assert answer.status == 303
    assert answer.headers["Location"] == f"../report/{link.id}/"
    cookie = answer.headers["Set-Cookie"]
    assert f"Path=/report/{link.id}/" in cookie
    assert {"HttpOnly", "SameSite=Lax", "Max-Age=15552000"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    assert link.secret not in cookie
    for name, value in (
        ("Referrer-Policy", "no-referrer"),
        ("Cache-Control", "no-store"),
        ("X-Robots-Tag", "noindex, nofollow"),
    ):
        assert answer.headers[name] == value


async def test_under_https_the_cookie_travels_by_https_alone(start: Starter, world: World) -> None:
    link = await world.link(site="lk-001")
    behind = await start(trusted_proxies=1)
    answer = await behind.client.get(
        f"/enter/{link.secret}", allow_redirects=False, headers={"X-Forwarded-Proto": "https"}
    )
    assert "; Secure" in answer.headers["Set-Cookie"]
    at_home = await start(public_url="https://fever.example.cn")
    answer = await at_home.client.get(f"/enter/{link.secret}", allow_redirects=False)
    assert "; Secure" in answer.headers["Set-Cookie"]


async def test_the_test_card_says_that_the_phone_reaches_the_server_and_does_nothing(world: World) -> None:
    before = await world.node.current.ledger.heads()
    answer = await world.client.get("/enter/trial")
    assert answer.status == 200
    assert "这部手机能打开填报页" in await answer.text()
    assert "Set-Cookie" not in answer.headers
    assert await world.node.current.ledger.heads() == before


async def test_the_pages_speak_three_languages_and_remember_which(world: World, phone: Phone) -> None:
    for lang, html_lang, words in (("en", "en", "People see now"), ("zh-Hant", "zh-Hant", "居民現在看到")):
        page = await phone.page(f"?lang={lang}")
        assert page.get("lang") == html_lang
        assert words in text_of(page)
        assert ("病人" in text_of(page)) is (lang == "zh-Hant")  # one page, one language
        again = await phone.page()
        assert words in text_of(again)
        assert "東江" not in text_of(again)  # names stay as they are
    refused = await phone.send(patients="many")
    assert "請只填數字" in await refused.text()
    await phone.page("?lang=nonsense")
    assert "People see now" in text_of(await phone.page("?lang=en"))
    assert (await phone.send(patients="5")).status == 303  # the form's token outlives the switch


async def test_looking_ahead_changes_nothing(world: World) -> None:
    link = await world.link(site="lk-001")
    answer = await world.client.head(f"/enter/{link.secret}", allow_redirects=False)
    assert (answer.status, answer.headers.get("Set-Cookie")) == (303, None)
    phone = Phone(world, link)
    await phone.enter()
    before = await world.node.current.ledger.heads()
    for path in ("", "done"):
        assert (await world.client.head(phone.url + path)).status == 200
    assert await world.node.current.ledger.heads() == before


async def test_an_unknown_link_says_whom_to_ask(world: World) -> None:
    answer = await world.client.get("/enter/nonsense")
    assert answer.status == 404
    assert "这个填报链接不能用了" in await answer.text()
    assert answer.headers["Cache-Control"] == "no-store"


async def test_a_revoked_link_stops_at_once_and_says_whom_to_phone(world: World, phone: Phone) -> None:
    fields = await phone.fields()
    await world.put(SYSTEM, LinkRevoked(link=phone.link.id))
    for answer in (await world.client.get(phone.url), await phone.send(fields, patients="5")):
        assert answer.status == 410
        assert "0000-5550120" in await answer.text()
    card = await phone.enter()  # the printed card says it too
    assert (card.status, "0000-5550120" in await card.text()) == (410, True)
    assert await light_of(world) is None


async def test_guessing_links_is_slowed_down(world: World) -> None:
    answers = await asyncio.gather(*(world.client.get(f"/enter/guess-{n}") for n in range(61)))
    assert sorted(answer.status for answer in answers) == [404] * 60 + [429]


@pytest.mark.parametrize("cookie", [None, "", "x", "Zm9v", "é"])
async def test_without_the_cookie_there_is_no_form(world: World, cookie: str | None) -> None:
    link = await world.link(site="lk-001")
    headers = {} if cookie is None else {"Cookie": f"link={cookie}"}
    answer = await world.client.get(f"/report/{link.id}/", headers=headers)
    assert answer.status == 403
    assert "请从收到的填报链接或二维码重新进入" in await answer.text()


async def test_a_cookie_opens_no_other_link(world: World, phone: Phone) -> None:
    other = await world.link(site="lk-002")
    cookie = world.client.session.cookie_jar.filter_cookies(world.client.make_url(phone.url))["link"].value
    answer = await world.client.get(f"/report/{other.id}/", headers={"Cookie": f"link={cookie}"})
    assert answer.status == 403


async def test_a_session_ends_after_half_a_year(world: World, phone: Phone) -> None:
    world.clock.turn(days=179)
    await phone.page()
    world.clock.turn(days=2)
    assert (await world.client.get(phone.url)).status == 403


# --- the number ---------------------------------------------------------------------------------------------


async def test_a_number_is_one_touch_and_the_receipt_says_what_the_public_sees(
    world: World, phone: Phone
) -> None:
    page = await phone.page()
    assert page.findtext(".//title") == "内部填报 · 东江卫生院"
    assert "提交今天 12月24日 周六 的人数" in text_of(page)
    assert re.findall(r"0–34|35–49|50\+", text_of(page)) == ["0–34", "35–49", "50+"]
    answer = await phone.send(patients="40")
    told = await phone.receipt(answer)
    for part in ("✓ 已收到", "12月24日 周六：40 人", "▲ 黄·较多", "有效至 16:10", "下次请在 14:00 前填报"):
        assert part in told
    assert await light_of(world) == "yellow"


@pytest.mark.parametrize(
    ("typed", "patients"),
    [("12", 12), (" 12 ", 12), ("１２", 12), ("12人", 12), ("012", 12), ("0", 0), ("9999", 9999)],
)
async def test_numbers_are_taken_as_people_type_them(phone: Phone, typed: str, patients: int) -> None:
    fields = await phone.fields()
    answer = await phone.world.client.post(
        phone.url,
        data=[*fields.items(), ("patients", typed), ("decided", f"confirm:{patients}")],
        allow_redirects=False,
    )
    assert answer.status == 303
    last = (await phone.world.node.current.ledger.read("longkou"))[-1].event
    assert isinstance(last, Reported)
    assert last.patients == patients


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"patients": ""}, "请填写人数"),
        ({"patients": "abc"}, "请只填数字"),
        ({"patients": "-1"}, "请只填数字"),
        ({"patients": "1e3"}, "请只填数字"),
        ({"patients": "3.5"}, "请只填数字"),
        ({"patients": "12345"}, "0 到 9999"),
        ({"patients": "5", "note": "张三 13812345678"}, "像是有手机号或证件号"),
        ({"patients": "5", "note": "长" * 61}, "最多 60 个字"),
        ({"act": "part", "capacity": "x"}, "请只填数字"),
        ({"act": "part", "capacity": "99999"}, "0 到 9999"),
        ({"act": "yesterday", "patients": ""}, "请填写人数"),
        ({"act": "yesterday", "patients": "many"}, "请只填数字"),
        ({"act": "close", "reopen": "2022-12-01"}, "恢复日期应在明天至"),
        ({"act": "close", "reopen": "soon"}, "日期应写成"),
        ({"patients": "5", "day": "2022-12-25"}, "不能填报今天"),
        ({"patients": "5", "day": "2022-12-01"}, "只能补报 7 天以内的日子"),
        ({"patients": "5", "day": "someday"}, "日期应写成"),
    ],
)
async def test_what_is_refused_is_shown_again_with_a_sentence(
    world: World, phone: Phone, typed: Fields, sentence: str
) -> None:
    before = await world.node.current.ledger.heads()
    answer = await phone.send(None, **typed)
    assert answer.status == 422
    page, text = await shown_again(answer)
    assert sentence in text
    again = fields_of(page)
    for name in ("patients", "note", "capacity"):
        if name in typed:
            assert again[name] == typed[name]
    assert await world.node.current.ledger.heads() == before


async def test_a_double_tap_posts_once(world: World, phone: Phone) -> None:
    fields = await phone.fields()
    answers = await asyncio.gather(*(phone.send(fields, patients="40") for _ in range(5)))
    assert {answer.status for answer in answers} == {303}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    records = await world.node.current.ledger.read("longkou")
    assert sum(isinstance(record.event, Reported) for record in records) == 1


async def test_reloading_the_receipt_posts_nothing(world: World, phone: Phone) -> None:
    answer = await phone.send(patients="40")
    before = await world.node.current.ledger.heads()
    assert await phone.receipt(answer) == await phone.receipt(answer)
    assert await world.node.current.ledger.heads() == before


async def test_undo_is_as_if_never_posted(world: World, phone: Phone) -> None:
    await phone.send(patients="10")
    answer = await phone.send(patients="60")
    assert await light_of(world) == "red"
    page = await phone.page(answer.headers["Location"])
    undone = await world.client.post(phone.url + "undo", data=fields_of(page), allow_redirects=False)
    assert "已撤销" in await phone.receipt(undone)
    assert await light_of(world) == "blue"
    again = await world.client.post(phone.url + "undo", data=fields_of(page), allow_redirects=False)
    assert "没有撤销" in await phone.receipt(again)
    assert "已撤销，或已过 7 天" in await phone.receipt(answer)


async def test_undo_is_for_ten_minutes(world: World, phone: Phone) -> None:
    answer = await phone.send(patients="60")
    page = await phone.page(answer.headers["Location"])
    assert "8:20 前可以撤销" in text_of(page)
    world.clock.turn(minutes=11)
    assert not (await phone.page(answer.headers["Location"])).forms
    late = await world.client.post(phone.url + "undo", data=fields_of(page), allow_redirects=False)
    assert "已过 10 分钟，不能撤销了" in await phone.receipt(late)
    assert await light_of(world) == "red"


async def test_who_counts_as_they_come_adds_one_or_five_by_a_tap(world: World, phone: Phone) -> None:
    for act, total in (("plus1", 1), ("plus5", 6), ("plus1", 7)):
        assert f"已记 12月24日 周六 {total} 人" in await phone.receipt(await phone.send(act=act))
    page = await phone.page((await phone.send(act="plus1")).headers["Location"])
    token = page.forms[0].form_values()
    undone = await world.client.post(phone.url + "undo", data=dict(token), allow_redirects=False)
    assert "已撤销" in await phone.receipt(undone)
    assert "7 人" in text_of(await phone.page())


async def test_two_taps_on_one_page_add_once(world: World, phone: Phone) -> None:
    await phone.send(patients="12")
    fields = await phone.fields()
    answers = await asyncio.gather(*(phone.send(fields, act="plus1") for _ in range(4)))
    assert {answer.status for answer in answers} == {303}
    assert "13 人" in await phone.receipt(answers[0])


async def test_adding_to_a_number_that_somebody_has_changed_is_asked_about(
    world: World, phone: Phone
) -> None:
    await phone.send(patients="12")
    fields = await phone.fields()
    await world.report({"patients": 20})
    late = await phone.send(fields, act="plus1")
    assert late.status == 409
    assert "您要加的是：+1" in (await shown_again(late))[1]
    assert "21 人" in await phone.receipt(await answer_with(phone, late, "plus1"))


# --- what is asked once -------------------------------------------------------------------------------------


def decided(fields: Fields, *answers: str, **typed: str) -> list[tuple[str, str]]:
    return [*{**fields, **typed}.items(), *(("decided", answer) for answer in answers)]


async def answer_with(phone: Phone, answer: ClientResponse, choice: str) -> ClientResponse:
    """Press the button of that value on the page that asks."""
    page, _ = await shown_again(answer)
    [button] = page.xpath(f'//div[@class="ask"]//button[@value="{choice}"]')
    kept = [(name, value) for name, value in _form(page).form_values() if name != "act"]
    act = page.xpath('//div[@class="ask"]//input[@name="act"]/@value')
    data: list[tuple[str, Any]] = [*kept, *(("act", one) for one in act), (button.get("name"), choice)]
    return await phone.world.client.post(phone.url, data=data, allow_redirects=False)


@pytest.mark.parametrize(("choice", "total"), [("correct:12", 12), ("add:40:12", 52)])
async def test_a_lower_number_is_asked_about_once(
    world: World, phone: Phone, choice: str, total: int
) -> None:
    await phone.send(patients="40")
    asked = await phone.send(patients="12")
    assert asked.status == 409
    _, text = await shown_again(asked)
    assert "更正为 12" in text
    assert "加上，共 52" in text
    told = await phone.receipt(await answer_with(phone, asked, choice))
    assert f"{total} 人" in told


async def test_an_unlikely_number_is_asked_about_once_in_words(world: World, phone: Phone) -> None:
    asked = await phone.send(patients="400")
    assert asked.status == 409
    page, text = await shown_again(asked)
    assert "一天约能看 50 人，确认是 400 人吗？" in text
    assert fields_of(page)["patients"] == "400"
    assert "400 人" in await phone.receipt(await answer_with(phone, asked, "confirm:400"))


async def test_a_corrected_typo_is_not_taken_for_a_confirmation(world: World, phone: Phone) -> None:
    await phone.send(patients="400")
    answer = await world.client.post(
        phone.url, data=decided(await phone.fields(), "confirm:400", patients="500"), allow_redirects=False
    )
    assert answer.status == 409


async def test_two_clinicians_do_not_overwrite_each_other_unseen(world: World, phone: Phone) -> None:
    fields = await phone.fields()
    await world.report({"patients": 30})
    late = await phone.send(fields, patients="12")
    assert late.status == 409
    _, text = await shown_again(late)
    assert "已另有一次填报（8:10）：30 人" in text
    assert "您填的是：12 人" in text
    again = await answer_with(phone, late, "count")
    assert again.status == 409  # lower than 30: the other question
    assert "12 人" in await phone.receipt(await answer_with(phone, again, "correct:12"))


async def test_going_back_and_changing_the_number_is_asked_about(world: World, phone: Phone) -> None:
    fields = await phone.fields()
    await phone.send(fields, patients="30")
    changed = await phone.send(fields, patients="31")
    assert changed.status == 409
    assert "31 人" in await phone.receipt(await answer_with(phone, changed, "count"))


async def test_another_sites_form_is_not_taken_for_ours(world: World, phone: Phone) -> None:
    fields = await phone.fields()
    answer = await phone.send({**fields, "token": "0" * 32}, patients="40")
    assert answer.status == 403
    page, text = await shown_again(answer)
    assert "再提交一次" in text
    assert await light_of(world) is None
    assert (await phone.send(fields_of(page))).status == 303


async def _usual(world: World, patients: int) -> None:
    """A usual day of so many, told yesterday."""
    await world.report({"patients": patients, "service_day": "2022-12-23"})


async def _opens_at_eight(world: World) -> None:
    _, state = await world.node.reporting.place("lk-001")
    await world.put("longkou", SitePut(site=replace(state.site, hours="8:00-12:00,14:00-17:00")))


@pytest.mark.parametrize(
    ("choice", "today", "yesterday"), [("yesterday", None, "30 人"), ("today:30", "blue", "40 人")]
)
async def test_just_after_opening_a_large_number_is_asked_for_its_day(
    world: World, phone: Phone, choice: str, today: str | None, yesterday: str
) -> None:
    await _usual(world, 40)
    await _opens_at_eight(world)
    asked = await phone.send(patients="30")  # at 8:10
    assert asked.status == 409
    _, text = await shown_again(asked)
    assert "刚开诊，30 人已是平时的一半以上" in text
    answer = await answer_with(phone, asked, choice)
    if choice == "yesterday":  # 40 were told of it already
        assert answer.status == 409
        answer = await answer_with(phone, answer, "correct:30")
    await phone.receipt(answer)
    assert await light_of(world) == today
    assert f"昨天 {yesterday}" in text_of(await phone.page())


@pytest.mark.parametrize(("patients", "minutes"), [("20", 0), ("30", 51), ("30", 360)])
async def test_a_likely_number_is_not_asked_for_its_day(
    world: World, phone: Phone, patients: str, minutes: int
) -> None:
    """At most half the usual, an hour after opening, or after the midday break."""
    await _usual(world, 40)
    await _opens_at_eight(world)
    world.clock.turn(minutes=minutes)
    assert (await phone.send(patients=patients)).status == 303


async def test_a_site_that_never_shuts_is_asked_as_the_day_begins(world: World, phone: Phone) -> None:
    await _usual(world, 40)
    _, state = await world.node.reporting.place("lk-001")
    await world.put("longkou", SitePut(site=replace(state.site, hours="24小时")))
    assert (await phone.send(patients="30")).status == 303
    world.clock.turn(hours=16, minutes=20)  # 0:30 of the 25th
    assert (await phone.send(patients="30")).status == 409


# --- days ---------------------------------------------------------------------------------------------------


async def test_a_report_goes_to_the_day_it_was_written_for(world: World, phone: Phone) -> None:
    fields = await phone.fields()
    world.clock.turn(hours=16)  # 00:10 of the 25th
    told = await phone.receipt(await phone.send(fields, patients="40"))
    assert "12月24日 周六：40 人" in told
    assert "已记到 12月24日 周六 那一天，今天的颜色不变" in told
    assert await light_of(world) is None


async def test_yesterdays_total_is_that_of_the_day_before_the_form_was_opened(
    world: World, phone: Phone
) -> None:
    fields = await phone.fields()
    world.clock.turn(hours=16)  # 00:10 of the 25th
    told = await phone.receipt(await phone.send(fields, act="yesterday", patients="7"))
    assert "12月23日 周五：7 人" in told


async def test_yesterdays_total_leaves_todays_light_alone(world: World, phone: Phone) -> None:
    await phone.send(patients="40")
    told = await phone.receipt(await phone.send(act="yesterday", patients="7"))
    assert "12月23日 周五：7 人" in told
    assert await light_of(world) == "yellow"
    assert "昨天 7 人" in text_of(await phone.page())


# --- the rare choices ---------------------------------------------------------------------------------------


async def test_full_is_red(world: World, phone: Phone) -> None:
    assert "今天已满" in await phone.receipt(await phone.send(act="full"))
    assert await light_of(world) == "red"


async def test_part_of_the_staff_ill_is_no_closure(world: World, phone: Phone) -> None:
    await phone.send(patients="30")
    assert "最多能看 30 人" in await phone.receipt(await phone.send(act="part", capacity="30"))
    assert await light_of(world) == "red"
    assert "0–20" in text_of(await phone.page())


async def test_a_closure_and_its_end(world: World, phone: Phone) -> None:
    told = await phone.receipt(await phone.send(act="close", reopen="2022-12-28"))
    assert "暂停接诊，预计12月28日恢复" in told
    assert "因医务人员感染暂停接诊" in told
    assert await light_of(world) == "cross"
    page = text_of(await phone.page())
    assert "现在是暂停接诊，预计12月28日恢复" in page
    assert "恢复接诊" in await phone.receipt(await phone.send(act="reopen", patients="5"))
    assert await light_of(world) == "blue"


async def test_at_a_one_doctor_site_the_public_is_not_told_of_an_illness(world: World) -> None:
    phone = Phone(world, await world.link(site="lk-002"))
    await phone.enter()
    page = await phone.page()
    says = [text_of(one) for one in page.xpath('//p[contains(., "居民会看到")]')]
    assert len(says) == 2
    assert not any("感染" in one for one in says)
    told = await phone.receipt(await phone.send(act="close"))
    assert "感染" not in told


async def test_a_busy_phone_is_one_tap_and_so_is_its_end(world: World, phone: Phone) -> None:
    await phone.send(patients="5")
    told = await phone.receipt(await phone.send(act="busy"))
    assert "电话占线多" in told
    assert "5 人" in text_of(await phone.page())  # the count stands, and is as old as it was
    assert "电话占线多" not in await phone.receipt(await phone.send(act="free"))


async def test_a_busy_phone_is_no_news_of_the_load(world: World, phone: Phone) -> None:
    await phone.send(patients="5")
    world.clock.turn(hours=7)
    told = await phone.receipt(await phone.send(act="busy"))
    assert "有效至 16:10" in told
    world.clock.turn(hours=2)
    assert await light_of(world) is None


# --- towns, and sites that left -----------------------------------------------------------------------------


async def test_a_towns_link_leads_to_the_forms_of_its_sites(world: World) -> None:
    link = await world.link(board="longkou", town="东江街道")
    await Phone(world, link).enter()
    page = html.document_fromstring(await (await world.client.get(f"/report/{link.id}/")).text())
    assert sorted(page.xpath('//ul[@class="rows"]//a/@href')) == ["lk-001/", "lk-002/"]
    phone = Phone(world, link, "lk-002/")
    told = await phone.receipt(await phone.send(patients="5"))
    assert "蓝·人少" in told
    for other in ("lk-003", "qx-001", "nowhere", "Not-An-Id"):
        assert (await world.client.get(f"/report/{link.id}/{other}/")).status == 410


async def test_a_site_that_left_has_no_form(world: World, phone: Phone) -> None:
    await world.put("longkou", SiteRemoved(site="lk-001"))
    answer = await world.client.get(phone.url)
    assert (answer.status, "已不在名单中" in await answer.text()) == (410, True)


async def test_a_site_that_moved_to_another_town_leaves_the_towns_link(world: World) -> None:
    link = await world.link(board="longkou", town="新嘉街道")
    phone = Phone(world, link, "lk-003/")
    await phone.enter()
    await phone.page()
    (_, state) = await world.node.reporting.place("lk-003")
    await world.put("longkou", SitePut(site=replace(state.site, town="别处")))
    assert (await world.client.get(phone.url)).status == 410


# --- nonsense -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "headers", "status"),
    [
        (b"", {}, 400),
        (b"\xff\xfe", {}, 400),
        (b"patients=%ff", {}, 400),
        (b"a=1&" * 100, {}, 400),
        (b"act=explode&key=12345678", {}, 400),
        (b"act=count&key=../../etc", {}, 400),
        (b"{}", {"Content-Type": "application/json"}, 400),
        (b"note=" + b"x" * 17000, {}, 413),
    ],
)
async def test_a_post_that_no_form_of_ours_sends(
    phone: Phone, data: bytes, headers: dict[str, str], status: int
) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded", **headers}
    for path in ("", "undo"):
        answer = await phone.world.client.post(phone.url + path, data=data, headers=headers)
        assert answer.status == status if not path else 400 <= answer.status < 500


async def test_other_methods_and_other_paths(world: World, phone: Phone) -> None:
    assert (await world.client.put(phone.url)).status == 405
    assert (await world.client.get(phone.url + "undo")).status == 405
    assert (await world.client.get("/report/")).status == 404
    assert (await world.client.get("/enter/")).status == 404
    assert (await world.client.get(phone.url + "a/b/c")).status == 404
    moved = await world.client.get(phone.url.rstrip("/"), allow_redirects=False)
    assert (moved.status, moved.headers["Location"]) == (308, f"./{phone.link.id}/")


async def test_what_was_typed_cannot_become_markup(phone: Phone) -> None:
    answer = await phone.send(patients='"><script>alert(1)</script>', note="<b>x</b>")
    page, _ = await shown_again(answer)
    assert not page.xpath("//script[not(@src)]")
    assert fields_of(page)["note"] == "<b>x</b>"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/enter/x", "GET, HEAD"),
        ("PUT", "/report/x/", "GET, HEAD, POST"),
        ("GET", "/report/x/undo", "POST"),
        ("POST", "/report/x/lk-001/done", "GET, HEAD"),
    ],
)
async def test_another_method_is_told_what_is_allowed(
    world: World, method: str, path: str, allowed: str
) -> None:
    answer = await world.client.request(method, path)
    assert (answer.status, answer.headers["Allow"]) == (405, allowed)
