"""今日 as a bench: taps, keys and page loads are counted; numbers come in by themselves."""

import json
from http.client import HTTPConnection
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, Request, expect

from tests.browser.conftest import County
from tests.browser.test_desk import add, phone, sign_in
from tests.here import command
from tests.running import issue_token

HERE = "/desk/boards/banshi"


@pytest.fixture(scope="module")
def token(county: County, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A board of two towns whose reporting time has passed at any hour, and a token to report with."""
    file = Path(tmp_path_factory.mktemp("bench")) / "sites.csv"
    rows = [f"bs-{n},banshi,办事县,办事{n}号卫生院,镇{n % 2},24小时,40,0000-555200{n}" for n in range(4)]
    file.write_text("\n".join(["id,board,board_name,name,town,hours,capacity,phone", *rows]))
    command("sites", "import", file, "--data", county.data)
    command("boards", "put", "banshi", "--report-by", "00:00", "--data", county.data)
    return issue_token(county.data)


def report(county: County, token: str, site: str, patients: int) -> None:
    connection = HTTPConnection("127.0.0.1", county.server.port, timeout=20)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection.request("POST", f"/api/v1/sites/{site}/reports", json.dumps({"patients": patients}), headers)
    assert connection.getresponse().status == 201
    connection.close()


class Loads:
    """How often a page is loaded."""

    def __init__(self, page: Page) -> None:
        self.count = 0
        page.on("request", self._requested)

    def _requested(self, request: Request) -> None:
        self.count += request.is_navigation_request()


async def at_today(browser: Browser, county: County, name: str) -> Page:
    add(county, name, "viewer")
    page = await phone(browser)
    await sign_in(page, county, name)
    await page.goto(f"{county.base}{HERE}/today")
    return page


async def test_the_daily_report_takes_one_tap_and_no_page(
    browser: Browser, county: County, token: str
) -> None:
    report(county, token, "bs-0", 12)
    page = await at_today(browser, county, "日报一下")
    loads = Loads(page)
    async with page.expect_download() as waiting:
        await page.get_by_role("link", name="日报Excel").click()
    download = await waiting.value
    assert download.suggested_filename.startswith("banshi-daily-")
    assert page.url.endswith("/today")
    print(f"\n日报: 1 tap, {loads.count - 1} page loads")  # noqa: T201 - counted for whoever asks
    assert loads.count == 1, "the file itself"


async def test_a_number_comes_in_by_itself_and_disturbs_nobody(
    browser: Browser, county: County, token: str
) -> None:
    page = await at_today(browser, county, "自己会动")
    loads = Loads(page)
    total = page.locator(".bench-total b")
    before = int(await total.inner_text())
    await page.locator("#closed").scroll_into_view_if_needed()
    await page.locator("summary", has_text="曲线的数字").click()
    report(county, token, "bs-1", 30)
    await expect(total).to_have_text(str(before + 30))
    assert await page.locator(".bench-curve details").get_attribute("open") is not None, "stays as it was"
    assert loads.count == 0
    assert await page.locator("#bench-age").inner_text() == "自动更新"


async def test_from_today_to_who_has_to_be_chased_in_five_keys(
    browser: Browser, county: County, token: str
) -> None:
    page = await at_today(browser, county, "不用鼠标")
    assert token
    loads, keys = Loads(page), 0
    for key in ("Tab", "Enter", "Tab", "Enter"):
        await page.keyboard.press(key)
        keys += 1
    assert page.url.endswith("#due-now")
    await expect(page.locator("#due-now")).to_be_in_viewport()
    print(f"\n今日 → 催报: {keys} keys, {loads.count} page loads")  # noqa: T201 - counted for whoever asks
    assert keys <= 5
    assert loads.count == 0


@pytest.mark.parametrize("width", [360, 1280])
async def test_nothing_is_wider_than_the_screen(
    browser: Browser, county: County, token: str, width: int
) -> None:
    report(county, token, "bs-2", 9)
    page = await at_today(browser, county, f"看{width}")
    await page.set_viewport_size({"width": width, "height": 740})
    for path in ("/today", "/daily"):
        await page.goto(f"{county.base}{HERE}{path}")
        assert await page.evaluate("document.documentElement.scrollWidth") == width
