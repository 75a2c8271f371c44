"""Every kind of page, judged by axe-core in light and dark, and its inks by their contrast."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from tests.browser.conftest import County
from tests.browser.judging import GOLDEN, SHOWN, TOLD, Ink, faults, inks, opened, seated, show
from tests.browser.pages import BOARD, HOST, SITE
from tests.here import command
from trafficlight.publish.formats import FORMATS

LEAST = 4.5
"""Contrast of any text, whatever its size: WCAG 1.4.3 for small text."""


def faint(seen: list[Ink]) -> list[Ink]:
    return [ink for ink in seen if ink.contrast < LEAST]


def test_every_format_of_pages_has_a_row_that_the_judges_look_at() -> None:
    making = {form.name for form in FORMATS if form.pattern.endswith(".html")} - {"wechat_fragment"}
    assert making == SHOWN.keys(), (
        f"no row in SHOWN: {making - SHOWN.keys()}; rows of no format: {SHOWN.keys() - making}"
    )


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def glass(chromium: Browser) -> AsyncIterator[Page]:
    """Where page after page is loaded, remembering none before it: a new phone for each costs a second."""
    page = await seated(chromium)
    await page.add_init_script("localStorage.clear(); sessionStorage.clear()")
    yield page
    await page.context.close()


async def judge(page: Page) -> None:
    await page.emulate_media(color_scheme="light")
    assert await faults(page) == []
    assert faint(await inks(page)) == []
    await page.emulate_media(color_scheme="dark")
    assert await faults(page, colours_only=True) == []
    assert faint(await inks(page)) == []


@pytest.mark.parametrize("url", [*GOLDEN, *TOLD], ids=lambda url: url.partition("://")[2])
async def test_axe_finds_nothing_and_every_text_stands_out_in_light_and_in_dark(
    glass: Page, url: str
) -> None:
    await show(glass, url)
    await judge(glass)


@pytest.mark.parametrize("url", [f"{HOST}/", BOARD, SITE])
async def test_a_page_whose_time_has_passed_is_as_accessible(browser: Browser, url: str) -> None:
    page = await opened(browser, url, late=True)
    await page.locator("#age").wait_for(state="visible")
    await judge(page)


@pytest.mark.parametrize("url", [BOARD, SITE])
async def test_a_large_page_is_as_accessible(browser: Browser, url: str) -> None:
    page = await opened(browser, url)
    await page.get_by_role("link", name="长辈版").click()
    await page.get_by_role("link", name="标准版").wait_for()
    await judge(page)


async def test_the_clinics_form_and_the_pages_of_wrong_addresses_too(
    browser: Browser, county: County
) -> None:
    page = await (await browser.new_context(viewport={"width": 360, "height": 740})).new_page()
    wrong = (f"{county.base}/shili/none.html", f"{county.base}/enter/none")
    bound = county.link(county.take())
    command("links", "pin", bound, "--data", county.data)
    clinics = (county.link(county.take()), county.town(), bound, f"{county.base}/enter/trial")
    for url in (*clinics, *wrong):
        await page.goto(url)
        await judge(page)


async def test_the_pill_of_every_light_is_among_what_was_measured(browser: Browser) -> None:
    page = await opened(browser, BOARD)
    pills = {ink.words[0] for ink in await inks(page) if ink.of == "pill"}
    assert pills >= set("●▲■✕○")


async def test_a_faint_text_would_be_found(browser: Browser) -> None:
    page = await opened(browser, BOARD)
    await page.evaluate("document.querySelector('.fresh').style.color = '#aaa'")
    assert faint(await inks(page))
    assert any(line.startswith("color-contrast") for line in await faults(page))
