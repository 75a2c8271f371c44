"""Numbers heard on the phone: two taps at most, and the page is never left."""

import pytest
from playwright.async_api import Browser, expect

from tests.browser.conftest import County
from tests.browser.test_desk import WIDE, add, faults_of, phone, sign_in


@pytest.mark.parametrize("width", [360, WIDE])
async def test_a_number_by_phone_takes_one_field_and_no_page_load(
    browser: Browser, county: County, width: int
) -> None:
    name = f"催报{width}"
    add(county, name)
    page = await phone(browser)
    await page.set_viewport_size({"width": width, "height": 740})
    await sign_in(page, county, name)
    address = f"{county.base}/desk/boards/shili/calls"
    await page.goto(address)
    loads: list[str] = []
    page.on("framenavigated", lambda frame: loads.append(frame.url))
    site = page.locator(".call", has_text=county.take().name)  # of no other test
    row = page.locator(f"#{await site.get_attribute('id')}")
    below = await page.locator(".call").count()
    await row.get_by_label("人数").click()  # the only tap; calling is another
    await page.keyboard.type("7")
    await page.keyboard.press("Enter")
    await expect(row).to_contain_text("✓ 收下 7 人")
    assert await page.locator(".call").count() == below
    assert loads == []
    assert await faults_of(page, [address]) == []
