"""How true the lights were, and a rule on trial: on a phone and on a computer."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from tests.browser.conftest import County
from tests.browser.judging import asked
from tests.browser.test_desk import WIDE, add, faults_of, sign_in
from tests.browser.test_desk_corrections import low
from tests.running import Server, command
from tests.surprise import surprised_ledger

HOME = "/desk/boards/shili"


@pytest.fixture
def surprised(tmp_path: Path) -> Iterator[County]:
    """A county that was surprised on each of the last twelve days."""
    data = tmp_path / "data"
    command("ledger", "import", surprised_ledger(tmp_path / "ledger", of_today=15), "--data", data)
    with Server(data) as server:
        server.wait_until_ready()
        yield County(server, data)


@pytest.mark.parametrize("width", [360, WIDE])
async def test_the_figures_are_accessible_and_fit(browser: Browser, surprised: County, width: int) -> None:
    """The picture stands beside its numbers, and is no wider than the page."""
    add(surprised, "王芳")
    context = await browser.new_context(viewport={"width": width, "height": 740}, locale="zh-CN")
    page = await context.new_page()
    await sign_in(page, surprised, "王芳")
    assert await faults_of(page, [f"{surprised.base}{HOME}/lookback/accuracy"]) == []
    assert await low(page) == []
    picture = await page.locator("svg.columns[role=img]").bounding_box()
    assert picture
    assert 200 < picture["width"] <= width
    assert await page.locator("table.back-figures tbody tr").count() == 10
    await tried(page, surprised)


async def tried(page: Page, county: County) -> None:
    """A rule on trial: today's light beside the other, and the last days; nothing of it is saved."""
    await page.goto(f"{county.base}{HOME}/rules")
    await page.locator("input[name=kind][value=pace]").check()
    await page.get_by_role("button", name="先看会变哪些").click()
    trial = page.locator(".s-trial")
    await trial.wait_for()
    assert "满前30分钟已是黄或红" in await trial.inner_text()
    assert await trial.locator(".back-card").count() == 6
    result = await asked(page, {"resultTypes": ["violations"]})
    assert result["violations"] == []
    assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")
