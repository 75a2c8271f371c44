"""A clinic opens its link and posts; the board's page changes. With and without scripts."""

import html
import json
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Locator, Page, Route, expect

from tests.browser.conftest import County, Site
from tests.here import command
from tests.running import get

OUT = Path(__file__).parents[1] / "_out"
WIDTHS = (320, 360, 1280)


@pytest_asyncio.fixture(params=[True, False], ids=["with scripts", "without scripts"], loop_scope="session")
async def context(browser: Browser, request: pytest.FixtureRequest) -> BrowserContext:
    return await browser.new_context(
        java_script_enabled=request.param, viewport={"width": 360, "height": 740}, locale="zh-CN"
    )


async def row_of(page: Page, county: County, site: Site) -> str:
    """The text of the site's row on the board's page, as it stands now, also where its town is folded."""
    await page.goto(f"{county.base}/shili/")
    row = page.locator("li", has_text=site.name).first
    return " ".join((await row.text_content() or "").split())


async def test_a_clinic_posts_forty_and_the_board_page_changes(
    context: BrowserContext, county: County
) -> None:
    site = county.take()
    page = await context.new_page()
    assert "较多" not in await row_of(page, county, site)

    await page.goto(county.link(site))
    await page.get_by_label("今天到现在登记的").fill("40")
    await page.get_by_role("button", name="的人数").nth(0).click()

    await expect(page.get_by_text("已收到")).to_be_visible()
    await expect(page.get_by_text("黄·较多").first).to_be_visible()
    row = await row_of(page, county, site)
    assert "▲ 黄·较多" in row
    assert "有效至" in row
    assert county.told(site)["light"] == "yellow"


async def test_a_clinic_closes_for_infection_and_the_page_shows_the_cross(
    context: BrowserContext, county: County
) -> None:
    site = county.take()
    page = await context.new_page()
    await page.goto(county.link(site))
    await page.get_by_text("暂停接诊（感染、停电、搬迁等）").click()
    await page.get_by_label("因为什么").select_option("医务人员感染")
    await page.get_by_role("button", name="现在起暂停接诊").click()

    await expect(page.get_by_text("已收到")).to_be_visible()
    row = await row_of(page, county, site)
    assert "✕" in row
    assert "医务人员感染" in row
    assert county.told(site)["light"] == "cross"


async def test_a_one_doctor_site_closes_without_naming_the_illness(
    context: BrowserContext, county: County
) -> None:
    site = county.take("村卫生室")
    page = await context.new_page()
    await page.goto(county.link(site))
    await page.get_by_text("暂停接诊（感染、停电、搬迁等）").click()
    await page.get_by_label("因为什么").select_option("医务人员感染")
    await page.get_by_role("button", name="现在起暂停接诊").click()
    await expect(page.get_by_text("已收到")).to_be_visible()
    row = await row_of(page, county, site)
    assert "✕" in row
    assert "感染" not in row
    assert "感染" not in json.dumps(county.told(site), ensure_ascii=False)
    for path in (f"sites/{site.id}.html", f"sites/{site.id}.svg"):
        assert "感染" not in get(county.server.port, f"/shili/{path}")[1].decode(), path


async def test_undo_takes_the_report_back(context: BrowserContext, county: County) -> None:
    site = county.take("医院")
    page = await context.new_page()
    await page.goto(county.link(site))
    await page.get_by_label("今天到现在登记的").fill("130")
    await page.get_by_role("button", name="的人数").nth(0).click()
    await expect(page.get_by_text("已收到")).to_be_visible()
    assert county.told(site)["light"] == "red"
    await page.get_by_role("button", name="撤销").click()
    await expect(page.get_by_text("已撤销")).to_be_visible()
    assert county.told(site)["light"] is None


async def test_a_lower_number_is_asked_about_once(context: BrowserContext, county: County) -> None:
    site = county.take()
    page, link = await context.new_page(), county.link(site)
    for number in ("40", "12"):
        await page.goto(link)
        await page.get_by_label("今天到现在登记的").fill(number)
        await page.get_by_role("button", name="的人数").nth(0).click()
        await expect(page.get_by_text("已收到" if number == "40" else "更正为 12")).to_be_visible()
    await page.get_by_role("button", name="加上，共 52").click()
    await expect(page.get_by_text("已收到")).to_be_visible()
    assert county.told(site)["light"] == "red"


async def test_an_implausible_number_is_asked_back_with_what_was_typed(
    context: BrowserContext, county: County
) -> None:
    site = county.take()
    page = await context.new_page()
    await page.goto(county.link(site))
    await page.get_by_label("今天到现在登记的").fill("400")
    await page.get_by_role("button", name="的人数").nth(0).click()
    await expect(page.get_by_role("button", name="是的，400 人")).to_be_visible()
    assert county.told(site)["light"] is None
    await expect(page.get_by_label("今天到现在登记的")).to_have_value("400")
    await page.get_by_role("button", name="是的，400 人").click()
    await expect(page.get_by_text("已收到")).to_be_visible()
    assert county.told(site)["light"] == "red"


async def test_what_is_wrong_stays_in_the_field_with_a_sentence(
    context: BrowserContext, county: County
) -> None:
    site = county.take()
    page = await context.new_page()
    await page.goto(county.link(site))
    await page.get_by_label("今天到现在登记的").fill("很多人")
    await page.get_by_role("button", name="的人数").nth(0).click()
    await expect(page.get_by_label("今天到现在登记的")).to_have_value("很多人")
    await expect(page.locator(".wrong").first).to_be_visible()


async def test_the_secret_of_a_link_stays_nowhere(browser: Browser, county: County) -> None:
    site = county.take()
    context = await browser.new_context()
    asked: list[tuple[str, str]] = []
    context.on("request", lambda sent: asked.append((sent.url, sent.headers.get("referer", ""))))
    page, link = await context.new_page(), county.link(site)
    secret = link.rpartition("/")[2]
    await page.goto(link)
    assert secret not in page.url
    await page.get_by_label("今天到现在登记的").fill("7")
    await page.get_by_role("button", name="的人数").nth(0).click()
    await expect(page.get_by_text("已收到")).to_be_visible()
    await page.get_by_role("link", name="看居民看到的页面").click()
    assert [url for url, _ in asked if secret in url] == [link]
    assert not [referer for _, referer in asked if secret in referer]
    while (await page.go_back()) is not None:
        assert secret not in page.url
    assert secret not in json.dumps(await context.cookies())
    assert secret not in county.server.last_words()


async def test_a_revoked_link_says_whom_to_phone(context: BrowserContext, county: County) -> None:
    site = county.take()
    page, link = await context.new_page(), county.link(site)
    await page.goto(link)
    listed = command("links", "list", "--data", county.data)
    mine = next(line for line in listed.splitlines() if site.id in line)
    command("links", "revoke", mine.split()[0], "--data", county.data)
    await page.goto(link)
    await expect(page.get_by_text("0000-5550120").first).to_be_visible()


async def test_the_light_that_a_number_would_give_shows_while_it_is_typed(
    browser: Browser, county: County
) -> None:
    site = county.take()
    page = await (await browser.new_context()).new_page()
    await page.goto(county.link(site))
    field = page.get_by_label("今天到现在登记的")
    for number, pill in (("34", "蓝·人少"), ("35", "黄·较多"), ("49", "黄·较多"), ("５０", "红·很多")):
        await field.fill(number)
        await expect(page.locator("#preview")).to_contain_text(pill)
    await page.get_by_text("不是现在的数？").click()
    await page.get_by_label("这是今天几点的数").fill("00:00")
    await expect(
        page.locator("#preview")
    ).to_be_hidden()  # what an older number means now is the server's to say
    await page.get_by_label("这是今天几点的数").fill("")
    await expect(page.locator("#preview")).to_be_visible()


async def test_the_preview_says_about_when_the_light_will_change(browser: Browser, county: County) -> None:
    """In the words that came with the form, whatever the hour at which this runs."""
    site = county.take()
    page = await (await browser.new_context()).new_page()
    changes = html.escape(json.dumps([[0, ""], [5, "约十点"], [9, "约九点"], [35, ""]]))

    async def foretelling(route: Route) -> None:
        answer = await route.fetch()
        body = (await answer.text()).replace('data-changes="[]"', f'data-changes="{changes}"')
        await route.fulfill(response=answer, body=body)

    await page.goto(county.link(site))
    await page.route("**/report/**", foretelling)
    await page.reload()
    field = page.get_by_label("今天到现在登记的")
    for number, text in (("4", ""), ("5", "约十点"), ("8", "约十点"), ("12", "约九点"), ("36", "")):
        await field.fill(number)
        await expect(page.locator("#preview")).to_contain_text("居民会看到")
        said = await page.locator("#preview").inner_text()
        assert [one for one in ("约十点", "约九点") if one in said] == ([text] if text else []), number


@pytest.mark.parametrize("width", WIDTHS)
async def test_no_page_is_wider_than_the_phone(browser: Browser, county: County, width: int) -> None:
    """Also the pictures that people look at: they end up in tests/_out."""
    site = county.take()
    OUT.mkdir(exist_ok=True)
    context = await browser.new_context(viewport={"width": width, "height": 740})
    page = await context.new_page()
    await page.goto(county.link(site))
    await page.get_by_label("今天到现在登记的").fill("40")
    await page.get_by_role("button", name="的人数").nth(0).click()
    await expect(page.get_by_text("已收到")).to_be_visible()
    form = page.url.rpartition("/")[0] + "/"
    shown = {
        "receipt": page.url,
        "form": form,
        "site": f"/shili/sites/{site.id}.html",
        "board": "/shili/",
        "index": "/",
    }
    for name, address in shown.items():
        await page.goto(address if address.startswith("http") else county.base + address)
        wide = await page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{name} is {wide} px wide"
        await page.screenshot(path=OUT / f"{name}-{width}.png", full_page=name != "board")


class Thumb:
    """A thumb on a phone: counts its taps, and the keys it presses."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.taps = 0
        self.keys = 0

    async def tap(self, what: Locator) -> None:
        self.taps += 1
        await what.tap()

    async def type(self, digits: str) -> None:
        """On the keypad that is up: whatever has the focus gets it."""
        self.keys += len(digits)
        await self.page.keyboard.type(digits)


async def test_a_count_is_two_taps_and_its_digits(browser: Browser, county: County) -> None:
    site = county.take()
    context = await browser.new_context(
        viewport={"width": 360, "height": 640}, has_touch=True, is_mobile=True
    )
    page = await context.new_page()
    await page.goto(county.link(site))
    field, button = page.get_by_label("今天到现在登记的"), page.get_by_role("button", name="提交今天")
    assert await field.get_attribute("inputmode") == "numeric"
    # Without scrolling: what is to be touched is on the first screen.
    for one in (field, button):
        box = await one.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 640
    thumb = Thumb(page)
    await thumb.tap(field)
    await thumb.type("40")
    await expect(page.locator("#preview")).to_contain_text("黄·较多")
    await thumb.tap(button)
    await expect(page.get_by_text("已收到")).to_be_visible()
    assert (thumb.taps, thumb.keys) == (2, 2)
    assert county.told(site)["light"] == "yellow"


async def test_who_counts_as_they_come_taps_once_a_patient(context: BrowserContext, county: County) -> None:
    site = county.take()
    page = await context.new_page()
    await page.goto(county.link(site))
    for total, name in ((1, "+1"), (6, "+5"), (7, "+1")):
        await page.get_by_role("button", name=name, exact=True).click()
        await expect(page.get_by_role("status").filter(has_text="已记")).to_contain_text(f"{total} 人")
    await page.get_by_role("button", name="撤销").click()
    await page.get_by_role("link", name="再填一次").click()
    await expect(page.locator(".days")).to_contain_text("6 人")


async def test_a_busy_phone_is_one_tap(context: BrowserContext, county: County) -> None:
    site = county.take()
    page, link = await context.new_page(), county.link(site)
    await page.goto(link)
    await page.get_by_role("button", name="电话占线").click()
    await expect(page.get_by_text("电话占线多")).to_be_visible()
    await page.goto(link)
    await page.get_by_role("button", name="电话能打进来了").click()
    await expect(page.get_by_text("已收到")).to_be_visible()


async def test_a_pause_shows_what_people_will_read_and_reopening_is_one_tap(
    browser: Browser, county: County
) -> None:
    site = county.take()
    page, link = await (await browser.new_context()).new_page(), county.link(site)
    await page.goto(link)
    await page.get_by_text("暂停接诊（感染、停电、搬迁等）").click()
    await page.get_by_label("因为什么").select_option("医务人员感染")
    await page.get_by_label("预计恢复接诊").select_option(index=3)
    shown = await page.locator("#closing").inner_text()
    assert shown.startswith("因医务人员感染暂停接诊")
    assert "恢复。" in shown
    await page.get_by_label("因为什么").select_option("停电停水")
    shown = await page.locator("#closing").inner_text()
    assert shown.startswith("因停电停水暂停接诊")
    assert "恢复。" in shown
    await page.get_by_role("button", name="现在起暂停接诊").click()
    await expect(page.get_by_text("已收到")).to_be_visible()
    assert shown in await page.locator(".shown").inner_text()
    await page.goto(link)
    await page.get_by_role("button", name="恢复接诊", exact=True).click()
    await expect(page.get_by_text("已收到")).to_be_visible()
    assert county.told(site)["light"] != "cross"
