"""The invented county of the demo on a server whose clock stands still, and a browser whose clock agrees.

Nothing here is left to chance or to the hour: what is drawn at random comes from a seed, so the same program
makes the same pictures. (The shapes of letters are those of the machine's font.)
"""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from random import Random
from typing import Final
from unittest.mock import patch

from aiohttp import web
from playwright.async_api import Browser, BrowserContext, Locator, Page, async_playwright

from tests.browser.conftest import CHROMIUM, FLAGS
from tests.pictures.shrinking import shrink
from tests.running import free_ports
from trafficlight.cli.demo import USER, DemoSummary, _open_doors, seed
from trafficlight.cli.demo_days import story
from trafficlight.ledger.opening import data_ledger_url, open_ledger
from trafficlight.settings import Settings
from trafficlight.web.app import create_app

NOW: Final = datetime(2022, 12, 28, 1, 20, tzinfo=UTC)
"""A Wednesday, 9:20 in the county: the first reporting time has just passed."""
PUBLIC_URL: Final = "https://fever.example.gov.cn"
SEED: Final = 20221228
PHONE: Final = 360
DESK: Final = 800
SHARP: Final = {PHONE: 2, DESK: 1.6}
"""Pixels of the picture for each of the page's: 720 or 1,280 across; pages show those of phones as 360."""
DOCS: Final = Path(__file__).parents[2] / "docs"

RING: Final = "node => { node.style.outline = '3px solid #d6002a'; node.style.outlineOffset = '3px' }"
UNRING: Final = "node => { node.style.outline = ''; node.style.outlineOffset = '' }"
QUIET: Final = "document.activeElement && document.activeElement.blur(), document.fonts.ready"
"""No field has a caret, and letters are there."""
BOTTOM: Final = (
    "Math.max(...[...document.body.children].map(part => part.getBoundingClientRect().bottom + scrollY))"
)
DATES: Final = """() => document.querySelectorAll('input[type^=date]').forEach(field => {
  const [day, time] = field.value.split('T');
  const blank = field.type === 'date' ? '年/月/日' : '年/月/日 --:--';
  field.type = 'text';
  field.value = day ? day.replaceAll('-', '/') + (time ? ' ' + time : '') : blank;
})"""
"""Dates as a browser in Chinese writes them: Debian's engine speaks English alone."""
MARGIN: Final = 16
"""Pixels left around a part."""


class Clock:
    """Stands still until somebody turns it."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        return self.at


class Stage:
    """Where pictures are taken: the county, its links and its desk."""

    def __init__(self, base: str, browser: Browser, clock: Clock, shown: DemoSummary, folder: Path) -> None:
        self.base = base
        self.shown = shown
        self.folder = folder
        """For files that the desk takes in."""
        self._browser = browser
        self._clock = clock

    async def open(self, width: int, path: str = "") -> Page:
        """A phone or a computer of its own, at that address."""
        context: BrowserContext = await self._browser.new_context(
            viewport={"width": width, "height": 740 if width == PHONE else 900},
            device_scale_factor=SHARP[width],
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
            service_workers="block",
            permissions=["clipboard-read", "clipboard-write"],
        )
        await context.clock.set_fixed_time(self._clock.at)
        page = await context.new_page()
        await page.goto(self.base + path)
        return page

    async def desk(self, path: str = "", width: int = DESK) -> Page:
        """The desk, signed in."""
        page = await self.open(width, "/desk")
        await page.get_by_label("用户名").fill(USER)
        await page.get_by_label("密码").fill(self.shown.password)
        await page.get_by_role("button", name="登录").click()
        await page.get_by_role("heading", name="看板").wait_for()
        if path:
            await page.goto(self.base + path)
        return page

    async def enter(self, number: int) -> Page:
        """A phone that came in by one of the demo's links: an early clinic's, a doctor's, a town's."""
        page = await self.open(PHONE, f"/enter/{self.shown.links[number][1]}")
        await page.get_by_text("内部填报").first.wait_for()
        return page

    async def take(
        self, page: Page, name: str, *ringed: Locator, of: Locator | None = None, height: int = 0
    ) -> None:
        """The page as `docs/NAME.png`: what is to be pressed in a red frame; `of` a part; cut at `height`."""
        for one in ringed:
            await one.evaluate(RING)
        await page.evaluate(QUIET)
        await page.evaluate(DATES)
        top, tall = 0.0, float(await page.evaluate(BOTTOM)) + MARGIN
        if of:
            await of.scroll_into_view_if_needed()
            box = await of.bounding_box()
            assert box
            top = max(0.0, box["y"] + await page.evaluate("scrollY") - MARGIN)
            tall = box["height"] + 2 * MARGIN
        view = page.viewport_size
        assert view
        shot = await page.screenshot(
            full_page=True,
            animations="disabled",
            clip={"x": 0, "y": top, "width": view["width"], "height": min(tall, height or tall)},
        )
        file = DOCS / f"{name}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(shrink(shot))
        for one in ringed:
            await one.evaluate(UNRING)

    async def turn(self, page: Page, **by: float) -> None:
        """Let time pass, for the server and for this page alike."""
        self._clock.at += timedelta(**by)
        await page.context.clock.set_fixed_time(self._clock.at)


@asynccontextmanager
async def staged(folder: Path) -> AsyncIterator[Stage]:
    """Everything up, and down again afterwards."""
    clock = Clock()
    with _drawn_from_a_seed():
        data = folder / "data"
        data.mkdir()
        await seed(data, story(NOW))
        ledger = await open_ledger(data_ledger_url(data), clock)
        shown = await _open_doors(ledger, PUBLIC_URL)
        await ledger.close()
        port = free_ports(1)[0]
        settings = Settings(data=data, app_url=PUBLIC_URL, log_level="error")
        app = create_app(settings, clock)

        async def dated(_request: web.BaseRequest, answer: web.StreamResponse) -> None:
            answer.headers["Date"] = format_datetime(clock.at, usegmt=True)

        app.on_response_prepare.append(dated)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        try:
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
                yield Stage(f"http://127.0.0.1:{port}", browser, clock, shown, folder)
                await browser.close()
        finally:
            await runner.cleanup()


@contextmanager
def _drawn_from_a_seed() -> Iterator[None]:
    """Links and keys as the seed has them: these open nothing but the county that is gone afterwards."""
    chance = Random(SEED)
    with (
        patch.object(secrets, "token_bytes", lambda n=32: chance.randbytes(n)),
        patch.object(secrets, "token_hex", lambda n=32: chance.randbytes(n).hex()),
        patch.object(secrets, "token_urlsafe", lambda n=32: _urlsafe(chance.randbytes(n))),
        patch.object(secrets, "randbelow", chance.randrange),
    ):
        yield


def _urlsafe(drawn: bytes) -> str:
    return urlsafe_b64encode(drawn).rstrip(b"=").decode()
