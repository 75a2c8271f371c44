"""The board within a page of somebody else's, on another port: by a frame, and by one script tag."""

from collections.abc import AsyncIterator
from urllib.parse import unquote

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Frame, Page, expect

from tests.browser.pages import golden

AROUND = "<!doctype html><meta charset=utf-8><title>town</title><h1>某镇网站</h1>{}<p>下面还有</p>"


@pytest_asyncio.fixture(loop_scope="session")
async def tree() -> AsyncIterator[str]:
    """The address of the board's folder on a server of its own, with the policy that the app sends."""

    async def answer(request: web.Request) -> web.StreamResponse:
        path = unquote(request.path).removeprefix("/")
        media, body = golden().get(path, ("", b""))
        around = "*" if path.endswith("/embed.html") else "'none'"
        headers = {
            "Content-Type": media or "text/html",
            "Content-Security-Policy": f"frame-ancestors {around}",
        }
        return web.Response(status=200 if body else 404, body=body, headers=headers)

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    async with TestServer(app) as server:
        yield str(server.make_url("/shili/"))


async def foreign(browser: Browser, inside: str, width: int = 360) -> tuple[Page, TestServer]:
    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(text=AROUND.format(inside), content_type="text/html")

    app = web.Application()
    app.router.add_get("/", answer)
    server = TestServer(app)
    await server.start_server()
    page = await (
        await browser.new_context(viewport={"width": width, "height": 800}, locale="zh-CN")
    ).new_page()
    await page.goto(str(server.make_url("/")))
    return page, server


async def inner(page: Page) -> Frame:
    handle = await page.wait_for_selector("iframe")
    frame = await handle.content_frame() if handle else None
    assert frame
    await frame.wait_for_load_state("load")
    return frame


@pytest.mark.parametrize("width", [320, 768, 1280])
async def test_one_script_tag_becomes_the_board_as_high_as_it_is(
    browser: Browser, tree: str, width: int
) -> None:
    page, server = await foreign(browser, f'<script src="{tree}embed.js" async></script>', width)
    frame = await inner(page)
    await expect(frame.get_by_role("heading", level=1)).to_have_text("示例县")
    high = "document.body.offsetTop + document.body.offsetHeight"
    frames = page.locator("iframe")
    for _ in range(2):
        wanted = await frame.evaluate(high)
        await expect(frames).to_have_css("height", f"{wanted}px")
        assert await frame.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await frame.locator("summary").first.click()  # and again where a town is unfolded
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await page.context.cookies() == []
    await page.context.close()
    await server.close()


@pytest.mark.parametrize(("theme", "paper"), [("dark", "rgb(20, 23, 26)"), ("light", "rgb(255, 255, 255)")])
async def test_it_looks_as_the_page_around_wants_it(
    browser: Browser, tree: str, theme: str, paper: str
) -> None:
    page, server = await foreign(
        browser, f'<script src="{tree}embed.js" data-theme="{theme}" data-large></script>'
    )
    frame = await inner(page)
    await expect(frame.locator("html")).to_have_css("background-color", paper)
    assert await frame.evaluate("document.documentElement.classList.contains('large')")
    await page.context.close()
    await server.close()


async def test_without_scripts_a_frame_shows_it_too_and_links_open_beside(
    browser: Browser, tree: str
) -> None:
    page, server = await foreign(
        browser, f'<iframe src="{tree}embed.html" width="100%" height="500"></iframe>'
    )
    frame = await inner(page)
    summary = frame.locator("summary").first
    await summary.click()
    name = frame.locator("details[open] h3 a").first
    async with page.context.expect_page() as opened:
        await name.click()
    assert "/shili/sites/" in (await opened.value).url
    await expect(page).to_have_url(str(server.make_url("/")))
    await page.context.close()
    await server.close()


async def test_no_other_page_stands_in_a_frame(browser: Browser, tree: str) -> None:
    page, server = await foreign(browser, f'<iframe src="{tree}index.html"></iframe>')
    frame = await inner(page)
    assert await frame.locator("h1").count() == 0
    await page.context.close()
    await server.close()
