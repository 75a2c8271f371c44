"""A day of a board, as residents look at it: early, at opening, after the reporting time, at noon, at night.

A real server whose clock is turned, and a real browser whose clock is turned with it.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest_asyncio
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, BrowserContext, Error, Page, Route, expect

from tests.web.conftest import Clock, facts
from trafficlight.domain.board import Board, Site
from trafficlight.domain.event import Reported
from trafficlight.domain.ids import SYSTEM
from trafficlight.settings import Settings
from trafficlight.web.app import NODE, create_app

LONGKOU = ZoneInfo("Asia/Shanghai")
BOARD = Board(slug="shili", name="示例县", publisher="示例县卫生健康局", hotline="0000-5550120")
HOSPITAL = Site(id="h", name="示例县人民医院", kind="hospital", town="东庄镇", hours="24小时", capacity=100)
CENTRE = Site(
    id="c",
    name="东庄镇卫生院",
    kind="township_centre",
    town="东庄镇",
    hours="8:00-12:00,14:00-17:30",
    capacity=50,
)
SILENT = Site(id="v", name="马家村卫生室", kind="village_clinic", town="东庄镇", hours="24小时", capacity=20)
STOP = Site(id="m", name="山后村巡诊点", kind="mobile_stop", town="东庄镇", rota="每周六", hours="9:00-11:00")
LIGHTS = ("blue", "yellow", "red", "cross")
OUT = "已过有效时间，前往前请先打电话。"


def at(hour: int, minute: int = 0, day: int = 24) -> datetime:
    return datetime(2022, 12, day, hour, minute, tzinfo=LONGKOU)


class Street:
    """The server and a phone; both clocks are turned together."""

    def __init__(self, server: TestServer, clock: Clock, context: BrowserContext, page: Page) -> None:
        self.server = server
        self.clock = clock
        self.context = context
        self.page = page
        self.away = False
        """Nothing that the page asks reaches the server."""

    async def go_away(self) -> None:
        """Cut the network; what is routed by the test would go on whatever the browser is told."""
        self.away = True
        await self.context.set_offline(offline=True)

    async def answer(self, route: Route) -> None:
        """The server's clock is the test's: so is the date that it sends."""
        try:
            answer = None if self.away else await route.fetch()
        except Error:  # the network was cut meanwhile
            answer = None
        if answer is None or self.away:
            await route.abort()
            return
        headers = {name: said for name, said in answer.headers.items() if name != "content-encoding"}
        headers["date"] = format_datetime(self.clock.at.replace(microsecond=0), usegmt=True)
        await route.fulfill(status=answer.status, body=await answer.body(), headers=headers)

    async def report(self, site: str, patients: int) -> None:
        node = self.server.app[NODE]
        day = self.clock.at.astimezone(LONGKOU).date()
        told = Reported(
            id=f"{site}{self.clock.at:%d%H%M}-0123456789", site=site, service_day=day, patients=patients
        )
        positions = (await node.current.ledger.append("shili", [told])).positions
        await node.current.reached("shili", positions[-1])

    async def turn(self, when: datetime) -> None:
        self.clock.at = when.astimezone(UTC)
        await self.page.clock.set_fixed_time(when)

    async def look(self, when: datetime) -> dict[str, str]:
        """What a phone that opens the page at the instant shows: the first class of each row by its site."""
        await self.turn(when)
        await self.page.goto(str(self.server.make_url("/shili/")))
        return await self.shown()

    async def shown(self) -> dict[str, str]:
        rows = self.page.locator("main li:has(h3 a)")
        said = "rows => rows.map(row => [row.querySelector('h3 a').textContent, row.className.split(' ')[0]])"
        return dict(await rows.evaluate_all(said))

    async def explains(self, site: Site, *texts: str) -> None:
        """What the site's own page says: a row has no room for sentences."""
        answer = await self.context.request.get(str(self.server.make_url(f"/shili/sites/{site.id}.html")))
        body = await answer.text()
        for text in texts:
            assert text in body, text

    def row(self, site: Site) -> "Row":
        return Row(self.page, site)


class Row:
    def __init__(self, page: Page, site: Site) -> None:
        self.row = page.locator("main li", has_text=site.name)

    async def says(self, *texts: str) -> None:
        for text in texts:
            await expect(self.row).to_contain_text(text)


@pytest_asyncio.fixture(loop_scope="session")
async def street(browser: Browser, tmp_path: Path) -> AsyncIterator[Street]:
    clock = Clock()
    clock.at = at(15, day=23).astimezone(UTC)
    server = TestServer(create_app(Settings(data=tmp_path), clock))
    await server.start_server()
    node = server.app[NODE]
    events, placed = facts(BOARD, (HOSPITAL, CENTRE, SILENT, STOP))
    await node.current.ledger.append(SYSTEM, placed)
    positions = (await node.current.ledger.append("shili", events)).positions
    await node.current.reached("shili", positions[-1])
    context = await browser.new_context(
        viewport={"width": 360, "height": 740}, locale="zh-CN", service_workers="block"
    )

    made = Street(server, clock, context, await context.new_page())
    await context.route("**/*", made.answer)
    yield made
    await context.close()
    await server.close()


async def test_a_day_from_early_morning_to_midnight(street: Street) -> None:
    await street.turn(at(16, day=23))
    await street.report("c", 20)
    await street.report("h", 120)

    for early in (at(5), at(6, 30)):
        shown = await street.look(early)
        assert not set(shown.values()) & set(LIGHTS), "yesterday's lights are not today's"
        await street.row(HOSPITAL).says("待更新", "12月24日 周六，有效至9:00")
        await street.explains(HOSPITAL, "今日信息约9:00更新", "昨天16:00", "□很多")
        await street.row(CENTRE).says("现未开诊", "8:00开诊", "暂无电话")
        await street.explains(CENTRE, "昨天16:00", "○人少")
        await street.row(STOP).says("今天巡诊，9:00-11:00")
    await expect(street.page.locator("header .do")).to_contain_text("9:00")

    shown = await street.look(at(8))
    assert shown[CENTRE.name] == "none"
    await street.row(CENTRE).says("待更新", "有效至9:00")

    await street.turn(at(8, 30))
    await street.report("c", 10)
    await street.report("h", 75)
    shown = await street.look(at(9, 5))
    assert shown[CENTRE.name] == "blue"
    assert shown[HOSPITAL.name] == "yellow"
    await street.row(CENTRE).says("人少", "8:30填报", "有效至12:00")
    await street.explains(CENTRE, "可直接前往")
    await street.row(HOSPITAL).says("较多", "有效至16:30")
    await street.explains(HOSPITAL, "预约")
    await street.row(SILENT).says("未更新")
    await street.explains(SILENT, "今日信息尚未更新", "14:00")

    shown = await street.look(at(12, 30))
    assert shown[CENTRE.name] == "none"
    await street.row(CENTRE).says("现未开诊", "14:00开诊")
    assert shown[HOSPITAL.name] == "yellow"

    shown = await street.look(at(17, 31))
    assert not set(shown.values()) & set(LIGHTS)
    await street.row(CENTRE).says("现未开诊", "12月25日 周日 8:00开诊")
    await street.row(HOSPITAL).says("待更新")
    await street.explains(HOSPITAL, "上次更新是8:30", "情况可能有变")

    await street.look(at(0, day=25))
    await street.row(HOSPITAL).says("待更新", "12月25日 周日，有效至9:00")
    await street.explains(HOSPITAL, "今日信息约9:00更新", "昨天8:30", "△较多")
    await street.row(STOP).says("下次巡诊", "12月31日")


async def test_a_page_left_open_without_network_puts_each_light_out_at_its_instant(street: Street) -> None:
    street.clock.at = at(8, 30).astimezone(UTC)
    await street.report("c", 10)
    await street.report("h", 75)
    street.clock.at = at(8, 32).astimezone(UTC)
    await street.page.clock.install(time=at(8, 31))
    await street.page.clock.pause_at(at(8, 32))
    await street.page.goto(str(street.server.make_url("/shili/")))
    await street.page.wait_for_load_state("networkidle")
    await street.go_away()
    steps = {
        at(11, 59): {CENTRE.name: "blue", HOSPITAL.name: "yellow"},
        at(12, 1): {CENTRE.name: "none", HOSPITAL.name: "yellow"},
        at(16, 29): {CENTRE.name: "none", HOSPITAL.name: "yellow"},
        at(16, 31): {CENTRE.name: "none", HOSPITAL.name: "none"},
        at(0, 1, day=25): {CENTRE.name: "none", HOSPITAL.name: "none"},
    }
    for when, wanted in steps.items():
        now = datetime.fromisoformat(await street.page.evaluate("new Date().toISOString()"))
        await street.page.clock.run_for(int((when - now) / timedelta(milliseconds=1)))
        await street.page.clock.run_for(2000)  # ms: whatever was due by now is done
        shown = await street.shown()
        assert {name: shown[name] for name in wanted} == wanted, when
    await street.row(CENTRE).says(OUT, "暂无电话")
    await expect(street.page.locator("#age")).to_be_visible()
