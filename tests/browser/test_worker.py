"""What a phone keeps for when there is no network: it never stands in the way of what is newer, or true."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final
from urllib.parse import unquote

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, expect

from tests.browser.pages import golden
from tests.golden.views import INDEX
from trafficlight.publish.formats.service_worker import ServiceWorker

WORKER: Final = ServiceWorker().make(INDEX)[0].body.decode()
VERSION: Final = WORKER.partition("VERSION = '")[2].partition("'")[0]
PATIENT, HASTY = "PATIENCE = 4000", "PATIENCE = 1000"
OFFLINE: Final = "网络不通，这是"
KEPT: Final = """async ([address, version]) => {
  const kept = async () => {
    for (const name of (await caches.keys()).filter(one => one.includes(` ${version} `))) {
      if (await (await caches.open(name)).match(address, {ignoreVary: true})) return true;
    }
    return false;
  };
  while (!(await kept())) await new Promise(done => setTimeout(done, 50));
}"""
GONE: Final = """async version => {
  while ((await caches.keys()).some(name => name.includes(` ${version} `))) {
    await new Promise(done => setTimeout(done, 50));
  }
}"""
PORTAL: Final = "<!doctype html><title>portal</title><p>Please sign in to this network."


class Street:
    """A server of files that can be slow, broken, or behind a network that asks for a password."""

    def __init__(self) -> None:
        self.base = ""
        self.worker = WORKER.replace(PATIENT, HASTY)
        self.mood = "well"
        self.awake = asyncio.Event()
        self.awake.set()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        path = unquote(request.path).removeprefix("/")
        if path == "sw.js":
            return web.Response(text=self.worker, content_type="text/javascript")
        page = path.endswith("/")
        if page and self.mood == "broken":
            return web.Response(status=500, text="broken")
        if page and self.mood == "moved":
            raise web.HTTPFound("/portal")
        if (page and self.mood == "caught") or path == "portal":
            return web.Response(text=PORTAL, content_type="text/html")
        if page:
            await self.awake.wait()
        media, body = golden().get(f"{path}index.html" if page else path, ("", b""))
        return web.Response(
            status=200 if body else 404, body=body, headers={"Content-Type": media or "text/html"}
        )


@pytest_asyncio.fixture(loop_scope="session")
async def street() -> AsyncIterator[Street]:
    street = Street()
    app = web.Application()
    app.router.add_get("/{path:.*}", street.answer)
    server = TestServer(app)
    await server.start_server()
    street.base = str(server.make_url("/shili/"))
    yield street
    street.awake.set()
    await server.close()


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, street: Street) -> Page:
    """A board's page of which the phone has kept the last edition."""
    assert PATIENT in WORKER
    page = await (await browser.new_context(locale="zh-CN")).new_page()
    await page.goto(street.base)
    await page.evaluate("navigator.serviceWorker.ready.then(() => 0)")
    await page.evaluate(KEPT, [street.base, VERSION])
    return page


async def shows_what_is_kept(page: Page, street: Street) -> None:
    await page.goto(street.base)
    await expect(page.locator("#age")).to_contain_text(OFFLINE)
    await expect(page.get_by_role("heading", level=1)).to_have_text("示例县发热就诊")


@pytest.mark.parametrize("beside", ["guide.html", "teams.html"])
async def test_guide_and_family_doctors_are_there_without_a_network_before_anybody_looked_at_them(
    page: Page, street: Street, beside: str
) -> None:
    await page.evaluate(KEPT, [street.base + beside, VERSION])
    await page.context.set_offline(True)
    await page.goto(street.base + beside)
    await expect(page.locator("#age")).to_contain_text(OFFLINE)
    looks = "Array.from(document.styleSheets, sheet => sheet.cssRules.length)"
    assert all(rules > 5 for rules in await page.evaluate(looks))


async def test_another_version_of_the_worker_takes_over_and_keeps_anew(page: Page, street: Street) -> None:
    street.worker = street.worker.replace(VERSION, "another")
    await page.reload()
    await page.evaluate(GONE, VERSION)
    await page.reload()
    await page.evaluate(KEPT, [street.base, "another"])
    await page.context.set_offline(True)
    await shows_what_is_kept(page, street)


async def test_a_servers_fault_neither_stands_there_nor_is_kept(page: Page, street: Street) -> None:
    street.mood = "broken"
    await shows_what_is_kept(page, street)
    answer = await page.goto(
        street.base.replace("shili", "gongkai")
    )  # was never looked at: nothing else is there
    assert answer
    assert answer.status == 500
    street.mood = "well"
    await page.goto(street.base)
    await expect(page.locator("#age")).not_to_contain_text(OFFLINE)
    await page.context.set_offline(True)
    await shows_what_is_kept(page, street)


async def test_a_clinics_name_opens_what_is_kept_of_it_without_a_network(page: Page, street: Street) -> None:
    """Nobody has looked at its own page: its row on the board's is what the phone knows."""
    await page.context.set_offline(True)
    await page.goto(f"{street.base}sites/shili-011.html")
    await expect(page).to_have_url(f"{street.base}index.html?site=shili-011")
    await expect(page.locator("#age")).to_contain_text(OFFLINE)
    row = page.locator("main li", has=page.locator("h3 a[href='sites/shili-011.html']"))
    await expect(row.locator("h3 a")).to_be_focused()
    await expect(row.locator("a[href^='tel:']")).to_be_in_viewport()


async def test_where_nothing_is_kept_it_says_so_and_120(page: Page, street: Street) -> None:
    await page.context.set_offline(True)
    await page.goto(f"{street.base.replace('shili', 'gongkai')}sites/gongkai-1.html")
    await expect(page.get_by_role("heading", level=1)).to_have_text("网络不通")
    await expect(page.locator("a[href='tel:120']")).to_be_visible()


@pytest.mark.parametrize("mood", ["moved", "caught"])
async def test_a_network_that_asks_for_a_password_can_and_is_never_kept(
    page: Page, street: Street, mood: str
) -> None:
    street.mood = mood
    await page.goto(street.base)
    await expect(page.get_by_text("Please sign in")).to_be_visible()
    await page.context.set_offline(True)
    await shows_what_is_kept(page, street)


async def test_while_a_server_is_silent_the_last_edition_stands_there_marked_until_it_speaks(
    page: Page, street: Street
) -> None:
    street.awake.clear()
    await shows_what_is_kept(page, street)
    street.awake.set()
    await expect(page.locator("#age")).not_to_contain_text(OFFLINE)


async def test_without_a_network_a_filter_finds_nothing_out_and_says_so(page: Page, street: Street) -> None:
    """The page was kept, the list beside it was never asked for: all were found to be village clinics."""
    await page.context.set_offline(True)
    await page.goto(f"{street.base}?kind=village_clinic")
    await expect(page.locator("#find output")).to_contain_text("不能按类别")
    await expect(page.locator("#find output")).not_to_contain_text("找到")
    await expect(page.locator("#none")).to_be_hidden()
    await page.context.set_offline(False)
    await page.locator("#q").fill("卫")
    await expect(page.locator("#find output")).to_contain_text("找到")
