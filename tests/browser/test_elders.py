"""The version for elders: one column, five clinics, contrasts of 7 to 1, read aloud, in both languages."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.counties import COUNTY, DAWN, HOURS, MORNING, TOWN, county_at
from tests.browser.judging import inks
from tests.browser.pages import HOST, phone
from trafficlight.cli.demo_county import SLUG
from trafficlight.text.languages import EN, ZH, Language

LEAST: Final = 7
"""Contrast of any text: WCAG 1.4.6, level AAA."""
THUMB: Final = 60
"""Pixels that whatever is pressed is high."""
HEIGHT: Final = 640
MOST: Final = 5
"""Clinics of the town, and of other towns in its stead, that stand open: more are behind a fold."""

tongues = pytest.mark.parametrize("tongue", [ZH, EN], ids=lambda one: one.code)
each_hour = pytest.mark.parametrize("at", HOURS, ids=lambda at: f"{at:%H%M}")
_UNSURE: Final = {ZH: "不知是否开诊", EN: "Perhaps open"}
_MINE: Final = ".first > .rows > li"


async def opened(browser: Browser, at: datetime, path: str, tongue: Language = ZH, *, mute: str = "") -> Page:
    context = await phone(browser, more=county_at(at, tongue))
    page = await context.new_page()
    await page.add_init_script(f"localStorage.setItem('large', '1'); {mute}")
    await page.clock.set_fixed_time(at + timedelta(minutes=1))
    await page.goto(f"{HOST}/{tongue.folder}{SLUG}/{path}")
    return page


@tongues
@each_hour
async def test_the_first_phone_stands_in_the_first_view_in_one_column_of_five(
    browser: Browser, at: datetime, tongue: Language
) -> None:
    page = await opened(browser, at, f"?town={TOWN}", tongue)
    call = await page.locator(f"{_MINE} .call a").first.bounding_box()
    assert call
    assert call["y"] + call["height"] <= HEIGHT
    assert call["height"] >= THUMB
    rows = page.locator(_MINE)
    boxes = [await row.bounding_box() for row in await rows.all()]
    assert len({(box["x"], box["width"]) for box in boxes if box}) == 1
    assert all(one["y"] + one["height"] <= two["y"] + 1 for one, two in pairwise(boxes) if one and two)
    unsure = page.locator(".first > .g").filter(has_text=_UNSURE[tongue]).locator("~ .rows > li")
    assert len(boxes) - await unsure.count() <= MOST
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360


@tongues
@pytest.mark.parametrize("path", [f"?town={TOWN}", "", f"towns/{TOWN}.html", f"sites/{SLUG}-011.html"])
async def test_every_text_stands_out_by_seven_to_one(browser: Browser, path: str, tongue: Language) -> None:
    page = await opened(browser, MORNING, path, tongue)
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)
        seen = await inks(page)
        assert len(seen) > 20
        assert [ink for ink in seen if ink.contrast < LEAST] == [], scheme


@tongues
async def test_the_first_clinics_are_read_aloud_in_the_language_of_the_page(
    browser: Browser, tongue: Language
) -> None:
    heard = (
        "self.said = []; speechSynthesis.cancel = () => {};"
        "speechSynthesis.speak = (one) => said.push([one.lang, one.text]);"
    )
    page = await opened(browser, MORNING, f"?town={TOWN}", tongue, mute=heard)
    await page.get_by_role("button", name={"en": "Read aloud"}.get(tongue.code, "读给我听")).click()
    said: list[tuple[str, str]] = [tuple(one) for one in await page.evaluate("said")]
    assert len(said) == MOST + 1
    assert {lang for lang, _ in said} == {tongue.html}
    if tongue is EN:
        assert all(text.isascii() for _, text in said), said
        assert said[1][1].startswith("Xiaping Village Clinic, Blue: quiet, 0 0 0 0, 5 5 5 0 5 0 2, Reported ")


async def test_a_phone_without_a_voice_does_not_pretend_to_speak(browser: Browser) -> None:
    silent = (
        "Object.defineProperty(speechSynthesis, 'speaking', {value: false});speechSynthesis.speak = () => {};"
    )
    context = await phone(browser, more=county_at(DAWN))
    page = await context.new_page()
    await page.add_init_script(f"localStorage.setItem('large', '1'); {silent}")
    await page.clock.install(time=DAWN + timedelta(minutes=1))
    await page.goto(f"{COUNTY}?town={TOWN}")
    button = page.locator("#find [name=speak]")
    await button.click()
    await expect(button).to_have_text("停")
    await page.clock.run_for(6000)
    await expect(button).to_have_text("读给我听")


async def test_on_a_first_visit_the_towns_begin_in_the_first_view(browser: Browser) -> None:
    """What the county says of the hour is left out for them, but for what everybody has to know."""
    for at in HOURS:
        page = await opened(browser, at, "")
        tile = await page.locator(".folds > details").first.bounding_box()
        assert tile
        assert tile["y"] + tile["height"] <= HEIGHT
