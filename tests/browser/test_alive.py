"""A page left open: it takes over what is new, and knows what to say when network or clock are wrong."""

import json
from collections.abc import AsyncIterator
from http.client import HTTPConnection

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import County, Site
from tests.running import Server, issue_token

ANNOUNCED = "1家有更新"


@pytest.fixture(scope="module")
def token(county: County) -> str:
    return issue_token(county.data)


@pytest_asyncio.fixture(loop_scope="session")
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    context = await browser.new_context(viewport={"width": 360, "height": 640}, locale="zh-CN")
    yield context
    await context.close()


def report(county: County, token: str, site: Site, patients: int) -> None:
    """What a clinic posts over the API."""
    connection = HTTPConnection("127.0.0.1", county.server.port, timeout=10)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    body = json.dumps({"patients": patients, "confirm": True})
    connection.request("POST", f"/api/v1/sites/{site.id}/reports", body, headers)
    assert connection.getresponse().status == 201
    connection.close()


async def come_back(page: Page) -> None:
    """As a phone does that was put away: the page asks at once."""
    await page.evaluate("dispatchEvent(new Event('online'))")


async def test_a_report_appears_without_reload_and_nothing_of_the_persons_is_lost(
    context: BrowserContext, county: County, token: str
) -> None:
    site = county.take()
    page = await context.new_page()
    await page.goto(f"{county.base}/shili/?q={site.name}")
    row = page.locator("main section li:visible")
    await expect(row).to_have_count(1)
    await row.locator("h3 a").focus()
    await page.evaluate("window.mine = document.activeElement")
    report(county, token, site, 40)
    await come_back(page)
    await expect(row.locator(".pill")).to_have_text("▲ 黄·较多")
    await expect(page.locator("#said")).to_have_text(ANNOUNCED)
    await expect(row).to_have_count(1)
    await expect(page.get_by_label("查找机构")).to_have_value(site.name)
    assert await page.evaluate("window.mine === document.activeElement")


async def test_what_is_scrolled_to_stays_where_it_is(
    context: BrowserContext, county: County, token: str
) -> None:
    site, other = county.take(), county.take()
    page = await context.new_page()
    await page.goto(f"{county.base}/shili/")
    await page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
    row = page.locator("main section li", has_text=other.name)
    await row.evaluate("row => scrollTo(0, row.getBoundingClientRect().top + scrollY)")
    before = await row.bounding_box()
    report(county, token, site, 100)
    await come_back(page)
    await expect(page.locator("#said")).to_have_text(ANNOUNCED)
    after = await row.bounding_box()
    assert before
    assert after
    assert abs(before["y"] - after["y"]) <= 2


async def test_an_older_edition_is_never_taken_over(
    context: BrowserContext, county: County, token: str
) -> None:
    site = county.take()
    page = await context.new_page()
    await page.goto(f"{county.base}/shili/")
    old = await (await context.request.get(f"{county.base}/shili/")).text()
    report(county, token, site, 40)
    await come_back(page)
    row = page.locator("main section li", has_text=site.name)
    await expect(row.locator(".pill")).to_have_text("▲ 黄·较多")
    await context.route("**/shili/", lambda route: route.fulfill(body=old, content_type="text/html"))
    await context.route("**/board.json", lambda route: route.fulfill(headers={"etag": '"another"'}))
    for _ in range(2):  # by the second question the first answer has been dealt with
        async with page.expect_response("**/shili/"):
            await come_back(page)
    await expect(row.locator(".pill")).to_have_text("▲ 黄·较多")


async def test_while_nobody_answers_it_asks_less_and_less_and_then_goes_on(
    context: BrowserContext, county: County, token: str
) -> None:
    site = county.take()
    page = await context.new_page()
    await page.clock.install()
    await page.goto(f"{county.base}/shili/")
    async with page.expect_response("**/shili/"):
        await page.clock.run_for(15_000)
    tried: list[str] = []
    await context.route("**/board.json", lambda route: route.abort())
    page.on("requestfailed", lambda request: tried.append(request.url))
    for _ in range(20):
        await page.clock.run_for(60_000)
    assert 2 <= len(tried) <= 8
    await context.unroute("**/board.json")
    report(county, token, site, 40)
    await come_back(page)
    await expect(page.locator("main section li", has_text=site.name).locator(".pill")).to_have_text(
        "▲ 黄·较多"
    )


async def test_a_page_out_of_the_browsers_memory_asks_for_what_is_new(
    context: BrowserContext, county: County, token: str
) -> None:
    site = county.take()
    page = await context.new_page()
    await page.clock.install()
    await page.goto(f"{county.base}/shili/")
    async with page.expect_response("**/shili/"):
        await page.clock.run_for(15_000)
    await page.clock.run_for(6_000)  # it has asked; by itself it asks again in a minute
    report(county, token, site, 40)
    async with page.expect_response("**/shili/", timeout=20_000):
        await page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    row = page.locator("main section li", has_text=site.name)
    await expect(row.locator(".pill")).to_have_text("▲ 黄·较多")


async def test_where_there_is_an_app_its_stream_tells_at_once(
    context: BrowserContext, county: County, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing wakes the page, and its minute has not passed."""
    site = county.take()
    with Server(county.data, log=county.data.with_name("app.log")) as server:
        base = f"http://127.0.0.1:{server.port}"
        server.kill()
        monkeypatch.setenv("TRAFFICLIGHT_APP_URL", base)
        server.begin()
        page = await context.new_page()
        async with page.expect_response("**/api/v1/boards/shili/live"):
            await page.goto(f"{base}/shili/")
        report(county, token, site, 40)
        await expect(page.locator("main section li", has_text=site.name).locator(".pill")).to_have_text(
            "▲ 黄·较多"
        )


async def test_without_network_the_last_edition_is_shown_as_such_and_with_it_the_new_one(
    context: BrowserContext, county: County, token: str
) -> None:
    site = county.take()
    page = await context.new_page()
    await page.goto(f"{county.base}/shili/")
    await page.evaluate("navigator.serviceWorker.ready.then(() => 0)")
    await page.evaluate(
        "async () => { while (!(await caches.match(location.href, {ignoreVary: true}))) "
        "await new Promise(done => setTimeout(done, 50)); }"
    )
    await page.reload()
    await context.set_offline(True)
    await page.reload()
    await expect(page.locator("#age")).to_contain_text("网络不通，这是")
    await expect(page.locator("main section li", has_text=site.name)).to_have_count(1)
    await context.set_offline(False)
    report(county, token, site, 40)
    await page.reload()
    await expect(page.locator("#age")).to_be_hidden()
    await expect(page.locator("main section li", has_text=site.name).locator(".pill")).to_have_text(
        "▲ 黄·较多"
    )


async def test_a_clock_that_is_wrong_is_set_right_by_the_server(
    context: BrowserContext, county: County, token: str
) -> None:
    """Half a day ahead, every light would be out; three hours behind, none would ever be."""
    site = county.take()
    report(county, token, site, 40)
    page = await context.new_page()
    await page.add_init_script("{ const now = Date.now; Date.now = () => now.call(Date) + 12 * 3600e3; }")
    await page.goto(f"{county.base}/shili/")
    await expect(page.locator("main section li", has_text=site.name).locator(".pill")).to_have_text(
        "▲ 黄·较多"
    )
    await expect(page.locator("#age")).to_be_hidden()


async def test_what_an_earlier_version_of_the_worker_kept_goes(
    context: BrowserContext, county: County
) -> None:
    page = await context.new_page()
    await page.goto(f"{county.base}/robots.txt")  # no page of ours: no worker yet
    old = f"trafficlight {county.base}/ 0000000000 page"
    await page.evaluate("name => caches.open(name).then(() => 0)", old)
    await page.goto(f"{county.base}/shili/")
    await page.evaluate("navigator.serviceWorker.ready.then(() => 0)")
    await page.evaluate(
        "async name => { while (await caches.has(name)) await new Promise(done => setTimeout(done, 50)); }",
        old,
    )
