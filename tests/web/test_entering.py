"""Coming in by a link: its secret, its cookie, its end; and what no form of ours sends."""

import asyncio

import pytest
from lxml import html
from msgspec.structs import replace

from tests.web.conftest import Starter, World
from tests.web.phones import Phone, fields_of, light_of, shown_again, text_of
from trafficlight.domain.event import LinkRevoked, SitePut, SiteRemoved
from trafficlight.domain.ids import SYSTEM


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
