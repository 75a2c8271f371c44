"""The desk as a person at the county's bureau meets it: in a browser, on a phone, without a script."""

from unittest.mock import patch

import pyotp
import pytest
from argon2 import PasswordHasher
from playwright.async_api import Browser, Page

from tests.browser.conftest import County
from tests.browser.judging import asked
from tests.here import command
from trafficlight.actions import passwords

PASSWORD = "correct horse battery"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""A digest of it is held against it in no time; the program's own takes 0.1 s on purpose."""
TONGUES = ("zh-Hans", "zh-Hant", "en")
DARK = "zh-Hant"
"""Looked at by night: colours are the same in every language."""
WIDE = 1280
"""Pixels. There the same elements stand otherwise, alike in every language, so axe looks at them in one."""
ONLY_FAULTS = {"resultTypes": ["violations"]}
"""Every rule is tried; only of what is wrong the places are told."""


def add(county: County, name: str, role: str = "admin") -> str:
    """A user from the command line, and the id."""
    file = county.data.with_name("password")
    file.write_text(f"{PASSWORD}\n")
    with patch.object(passwords, "_hasher", CHEAP):
        reach = ("--all", "--role", role, "--password-file", file)
        return command("users", "add", name, *reach, "--data", county.data).split("\t")[0]


async def phone(browser: Browser, *, scripts: bool = True) -> Page:
    context = await browser.new_context(
        viewport={"width": 360, "height": 740}, locale="zh-CN", java_script_enabled=scripts
    )
    return await context.new_page()


async def sign_in(page: Page, county: County, name: str, code: str = "") -> None:
    await page.goto(f"{county.base}/desk")
    await page.get_by_label("用户名").fill(name)
    await page.get_by_label("密码").fill(PASSWORD)
    await page.get_by_label("动态码").fill(code)
    await page.get_by_role("button", name="登录").click()


async def test_signing_in_with_a_second_step_and_out_again_without_a_script(
    browser: Browser, county: County
) -> None:
    add(county, "王芳")
    page = await phone(browser, scripts=False)
    await sign_in(page, county, "王芳")
    assert await page.get_by_role("heading", name="看板").is_visible()
    await page.get_by_role("link", name="账号").click()
    await page.get_by_role("link", name="开启两步验证").click()
    totp = pyotp.TOTP("".join((await page.locator("code").inner_text()).split()))
    await page.get_by_label("现在的密码").fill(PASSWORD)
    await page.get_by_label("动态码").fill(totp.now())
    await page.get_by_role("button", name="开启两步验证").click()
    assert "两步验证已开启" in await page.get_by_role("status").inner_text()
    await page.get_by_role("button", name="退出").click()
    assert page.url.endswith("/desk/sign-in")
    await sign_in(page, county, "王芳")
    assert "不对" in await page.get_by_role("alert").inner_text()
    assert await page.get_by_label("用户名").input_value() == "王芳"
    await sign_in(page, county, "王芳", totp.now())
    assert await page.get_by_role("heading", name="看板").is_visible()
    await page.go_back()
    await page.goto(f"{county.base}/desk/account")
    assert "已开启" in await page.locator("main").inner_text()


async def test_a_lost_phone_is_signed_out_from_the_desk_at_once(browser: Browser, county: County) -> None:
    add(county, "李明")
    desk, lost = await phone(browser), await phone(browser)
    await sign_in(desk, county, "李明")
    await sign_in(lost, county, "李明")
    await desk.get_by_role("link", name="登录设备").click()
    await desk.get_by_role("button", name="结束其他设备上的登录").click()
    await lost.reload()
    assert "sign-in" in lost.url
    await desk.reload()
    assert "sign-in" not in desk.url


@pytest.mark.parametrize("width", [360, WIDE])
async def test_the_desks_pages_are_accessible_and_never_wider_than_the_screen(
    browser: Browser, county: County, width: int
) -> None:
    name = f"赵六{width}"
    user = add(county, name)
    page = await phone(browser)
    await page.set_viewport_size({"width": width, "height": 740})
    faults = await faults_of(page, [f"{county.base}/desk/sign-in"])
    await sign_in(page, county, name)
    paths = ("", "/account", "/account/second-step", "/sessions", "/users", f"/users/{user}", "/nothing")
    faults += await faults_of(page, [f"{county.base}/desk{path}" for path in paths])
    assert faults == []


async def faults_of(page: Page, addresses: list[str]) -> list[str]:
    """What axe finds on the pages in every language, one of them by night, and which are too wide."""
    found = []
    assert page.viewport_size
    judged = TONGUES[:1] if page.viewport_size["width"] >= WIDE else TONGUES
    for address in addresses:
        for tongue in TONGUES:
            await page.emulate_media(color_scheme="dark" if tongue == DARK else "light")
            await page.goto(f"{address}?lang={tongue}")
            where = f"{address} {tongue}"
            if tongue in judged:
                result = await asked(page, ONLY_FAULTS)
                assert result["passes"] >= 10, "axe looked at nothing"
                found += [
                    f"{where}: {one['id']} {one['nodes'][0]['html'][:120]}" for one in result["violations"]
                ]
            if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.append(f"{where}: too wide")
    await page.goto(f"{addresses[0]}?lang=zh-Hans")
    return found
