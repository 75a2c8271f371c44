"""A clinic on a bad network: what could not be sent is kept on the phone, and sent once it can be."""

import json
from datetime import datetime, timedelta

import pytest
from playwright.async_api import Browser, BrowserContext, Page, Route, expect

from tests.browser.conftest import County, Site
from tests.here import command

LABEL = "今天到现在登记的"


def reports(county: County, site: Site) -> list[dict[str, object]]:
    """What the ledger has of the site."""
    lines = command("ledger", "export", "--data", county.data).splitlines()
    records = [json.loads(line) for line in lines]
    return [one for one in records if one["type"] == "reported" and one["site"] == site.id]


async def send(page: Page, number: str) -> None:
    await page.get_by_label(LABEL).fill(number)
    await page.get_by_role("button", name="提交今天").click()


async def at_the_clinic(browser: Browser, county: County, site: Site) -> tuple[BrowserContext, Page]:
    context = await browser.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN")
    page = await context.new_page()
    await page.goto(county.link(site))
    return context, page


async def test_what_was_sent_offline_is_sent_once_when_there_is_a_network(
    browser: Browser, county: County
) -> None:
    site = county.take()
    context, page = await at_the_clinic(browser, county, site)
    day = await page.locator("input[name=day]").input_value()
    await context.set_offline(True)
    await send(page, "40")
    await expect(page.get_by_text("还没有发出")).to_be_visible()
    await expect(page.locator("#unsent")).to_contain_text("40")
    assert not reports(county, site)
    await context.set_offline(False)  # the page hears of it by itself
    await expect(page.get_by_text("已收到")).to_be_visible()
    assert [(one["patients"], one["service_day"]) for one in reports(county, site)] == [(40, day)]
    await page.get_by_role("link", name="再填一次").click()
    await expect(page.get_by_text("还没有发出")).to_be_hidden()
    assert len(reports(county, site)) == 1


async def test_what_waited_is_as_old_as_it_was_typed(browser: Browser, county: County) -> None:
    """What lies on the phone is made older, as nobody waits for it here."""
    site = county.take()
    context, page = await at_the_clinic(browser, county, site)
    if await page.evaluate("new Date(Date.now() + 8 * 3600e3).getUTCHours()") == 0:
        pytest.skip("five minutes ago it may have been yesterday")
    await context.set_offline(True)
    await send(page, "40")
    await expect(page.get_by_text("还没有发出")).to_be_visible()
    await page.evaluate(
        """() => {
            const name = Object.keys(localStorage).find((key) => key.startsWith('unsent '));
            const items = JSON.parse(localStorage.getItem(name));
            const typed = items[0].fields.find((field) => field[0] === 'typed_at');
            typed[1] = String(typed[1] - 300000);
            localStorage.setItem(name, JSON.stringify(items));
        }"""
    )
    await context.set_offline(False)
    await expect(page.get_by_text("已收到")).to_be_visible()
    await expect(page.get_by_text("的数）")).to_be_visible()
    told = county.told(site)
    typed, posted = (datetime.fromisoformat(told[name]) for name in ("reported_at", "posted_at"))
    assert timedelta(minutes=4) < posted - typed < timedelta(minutes=8)


async def test_what_was_not_sent_outlives_a_browser_that_is_killed(browser: Browser, county: County) -> None:
    site = county.take()
    context, page = await at_the_clinic(browser, county, site)
    form = page.url
    await context.set_offline(True)
    await send(page, "40")
    await expect(page.get_by_text("还没有发出")).to_be_visible()
    await page.close()
    await context.set_offline(False)
    page = await context.new_page()
    await page.goto(form)
    await expect(page.get_by_text("已收到")).to_be_visible()
    assert [one["patients"] for one in reports(county, site)] == [40]


async def test_what_arrived_but_was_never_answered_is_not_counted_twice(
    browser: Browser, county: County
) -> None:
    site = county.take()
    _, page = await at_the_clinic(browser, county, site)
    answered: list[int] = []

    async def lose_the_first_answer(route: Route) -> None:
        answer = await route.fetch(max_redirects=0)
        answered.append(answer.status)
        await route.abort()

    await page.route("**/report/**", lose_the_first_answer, times=1)
    await send(page, "40")
    await expect(page.get_by_text("还没有发出")).to_be_visible()
    assert answered == [303]
    await page.get_by_role("button", name="现在再发").click()
    await expect(page.get_by_text("已收到")).to_be_visible()
    assert len(reports(county, site)) == 1


async def test_what_waited_never_goes_over_a_newer_report_without_asking(
    browser: Browser, county: County
) -> None:
    site = county.take()
    context, page = await at_the_clinic(browser, county, site)
    await context.set_offline(True)
    await send(page, "40")
    await expect(page.get_by_text("还没有发出")).to_be_visible()
    _, other = await at_the_clinic(browser, county, site)
    await send(other, "60")
    await expect(other.get_by_text("已收到")).to_be_visible()
    await context.set_offline(False)
    await expect(page.get_by_text("此后已有一条更新的填报")).to_be_visible()
    await expect(page.locator(".ask")).to_contain_text("60 人")
    await expect(page.locator(".ask")).to_contain_text("40 人")
    assert [one["patients"] for one in reports(county, site)] == [60]


async def test_nothing_typed_is_lost_where_the_page_is_killed(browser: Browser, county: County) -> None:
    site = county.take()
    context, page = await at_the_clinic(browser, county, site)
    form = page.url
    await page.get_by_label(LABEL).fill("40")
    await page.get_by_text("备注", exact=True).click()
    await page.get_by_label("备注（可能公开").fill("下午只看儿童")
    await page.close()
    page = await context.new_page()
    await page.goto(form)
    await expect(page.get_by_label(LABEL)).to_have_value("40")
    await expect(page.get_by_label("备注（可能公开")).to_have_value("下午只看儿童")
    await expect(page.locator("#preview")).to_contain_text("黄·较多")
    await page.get_by_role("button", name="提交今天").click()
    await expect(page.get_by_text("已收到")).to_be_visible()
    await page.goto(form)
    await expect(page.get_by_label(LABEL)).to_have_value("")


async def test_counting_goes_on_without_a_network(browser: Browser, county: County) -> None:
    site = county.take()
    context, page = await at_the_clinic(browser, county, site)
    await context.set_offline(True)
    for name in ("+5", "+1"):
        await page.get_by_role("button", name=name, exact=True).click()
        await expect(page.locator("#unsent")).to_contain_text(name)
    await context.set_offline(False)
    await expect(page.get_by_role("status").filter(has_text="已记")).to_contain_text("6 人")
    assert [one["patients"] for one in reports(county, site)] == [6]


async def test_nothing_on_the_phone_opens_a_door(browser: Browser, county: County) -> None:
    site = county.take()
    context, page = await at_the_clinic(browser, county, site)
    token = await page.locator("#form input[name=token]").input_value()
    cookies = [cookie.get("value", "") for cookie in await context.cookies()]
    await context.set_offline(True)
    await send(page, "40")
    await expect(page.get_by_text("还没有发出")).to_be_visible()
    kept = await page.evaluate("JSON.stringify(Object.assign({}, localStorage, sessionStorage))")
    assert '"40"' in json.loads(kept).popitem()[1]
    assert token not in kept
    assert not [cookie for cookie in cookies if cookie and cookie in kept]


async def test_what_is_not_to_be_sent_any_more_can_be_let_go(browser: Browser, county: County) -> None:
    site = county.take()
    context, page = await at_the_clinic(browser, county, site)
    await context.set_offline(True)
    await send(page, "40")
    await page.get_by_role("button", name="不发了").click()
    await context.set_offline(False)
    await page.reload()
    await expect(page.get_by_text("还没有发出")).to_be_hidden()
    assert not reports(county, site)
