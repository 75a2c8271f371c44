"""A day under the rule `pace`, on a real server whose clock is moved: all that is published turns at once."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.web.conftest import OTHER, Starter, World, facts
from tests.web.test_live import Stream, live_of, no_rest, read
from trafficlight.domain.board import Board, Site
from trafficlight.domain.event import BoardPut, Reported, RuleSet
from trafficlight.domain.ids import SYSTEM
from trafficlight.domain.judge import judge
from trafficlight.domain.rules import NEW_BOARD_RULE, dump_rule

LONGKOU = ZoneInfo("Asia/Shanghai")
BOARD = Board(slug="longkou", name="龙口市", publisher="龙口市卫生健康局", hotline="0000-5550120")
SITES = (
    Site(id="lk-001", name="东江卫生院", kind="township_centre", hours="8:00-17:30", capacity=50),
    Site(
        id="lk-002", name="大吴家村卫生室", kind="village_clinic", hours="8:00-11:30,14:00-17:00", capacity=10
    ),
    Site(id="lk-003", name="龙口市人民医院", kind="hospital", hours="24小时", capacity=300),
)
COUNTS = (
    ("lk-003", 7, 40, 20),
    ("lk-001", 9, 0, 7),
    ("lk-002", 9, 5, 3),
    ("lk-001", 12, 0, 22),
    ("lk-003", 12, 10, 120),
    ("lk-002", 14, 10, 6),
    ("lk-001", 14, 0, 33),
    ("lk-001", 16, 40, 42),
)
LEAST = timedelta(milliseconds=50)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2022, 12, 24, hour, minute, tzinfo=LONGKOU).astimezone(UTC)


async def heard(stream: Stream, field: str, instant: datetime) -> None:
    """The stream says so; of the hours that this clock leaps over it may have said something before."""
    async with asyncio.timeout(10):
        while datetime.fromisoformat((await stream.next())[field]) != instant:
            pass


class Street:
    """What somebody sees who looks at everything that is published of the board."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world = world
        self.folder = folder
        self.wakes = 0

    async def get(self, path: str) -> str:
        answer = await self.world.client.get(f"/longkou/{path}")
        assert answer.status == 200
        return await answer.text()

    async def lights(self) -> dict[str, dict[str, Any]]:
        return {site["id"]: site for site in json.loads(await self.get("board.json"))["sites"]}

    async def report(self, site: str, patients: int) -> None:
        name = f"{site}-{self.world.clock.at:%H%M}-0123456789"
        day = self.world.clock.at.astimezone(LONGKOU).date()
        await self.world.put(BOARD.slug, Reported(id=name, site=site, service_day=day, patients=patients))

    async def kept(self) -> None:
        """The folder is as the server is: its keeper sleeps by a real clock, and is woken by a neighbour."""
        self.wakes += 1
        await self.world.put(OTHER.slug, BoardPut(board=Board(slug=OTHER.slug, name=f"第{self.wakes}县")))
        names = ["index.html", "board.json", *(f"sites/{site.id}.html" for site in SITES)]
        served = {name: await self.get(name) for name in names}

        async with asyncio.timeout(10):
            while served != await asyncio.to_thread(self._files, names):  # noqa: ASYNC110 - a look from outside
                await asyncio.sleep(0.01)

    def _files(self, names: list[str]) -> dict[str, str]:
        files = {name: self.folder / BOARD.slug / name for name in names}
        return {name: file.read_text() if file.exists() else "" for name, file in files.items()}

    def expected(self) -> dict[str, tuple[str | None, str]]:
        """What the domain says, by itself, of the very instant."""
        fold = self.world.node.current.boards[BOARD.slug]
        judged = {site: judge(fold, state, self.world.clock.at) for site, state in fold.sites.items()}
        return {site: (one.light, str(one.reason)) for site, one in judged.items()}

    async def seen(self) -> dict[str, tuple[str | None, str]]:
        """The lights, by name of site; the board's page and each site's page say the same to people."""
        lights = await self.lights()
        page = await self.get("index.html")
        for site, one in lights.items():
            own = await self.get(f"sites/{site}.html")
            row = page[page.rindex("<li ", 0, page.index(f'href="sites/{site}.html"')) :]
            assert row.startswith(f'<li class="{one["light"] or "none"}'), site
            assert one["action"] in own
            if one["light"]:  # without a script the end of it is all that tells
                till = datetime.fromisoformat(one["valid_until"])
                assert f"有效至{till:%-H:%M}" in own
                assert f"有效至{till:%-H:%M}" in row[: row.index("</li>")]
        return {site: (one["light"], one["reason"]) for site, one in lights.items()}


async def street(start: Starter, tmp_path: Path) -> Street:
    folder = tmp_path / "tree"
    world = await start(targets=(str(folder),))
    world.clock.at = at(0, 1)
    for board, sites in ((BOARD, SITES), (OTHER, ())):
        own, placed = facts(board, sites)
        await world.put(board.slug, *own)
        if placed:
            await world.put(SYSTEM, *placed)
    await world.put(BOARD.slug, RuleSet(rule=dump_rule(NEW_BOARD_RULE)))
    return Street(world, folder)


async def test_a_day_turns_everywhere_at_the_same_instants(start: Starter, tmp_path: Path) -> None:
    road = await street(start, tmp_path)
    clock = road.world.clock
    live_of(road.world).rest = no_rest()
    reports = [(at(hour, minute), site, patients) for site, hour, minute, patients in COUNTS]
    turned: list[tuple[str, str | None, str | None]] = []
    stood = await road.lights()
    while clock.at < at(23, 30):
        until = datetime.fromisoformat(json.loads(await road.get("board.json"))["valid_until"])
        if reports and reports[0][0] < until:
            clock.at, site, patients = reports.pop(0)
            await road.report(site, patients)
            assert await road.seen() == road.expected()
            await road.kept()
            stood = await road.lights()
            continue
        clock.at = until.astimezone(UTC) - LEAST
        before = road.expected()
        assert await road.seen() == before
        assert {key: (one["light"], one["reason"]) for key, one in stood.items()} == before
        stream = await read(road.world)
        await heard(stream, "until", until)
        clock.at += LEAST
        after = road.expected()
        assert await road.seen() == after, f"at the boundary {until}"
        await heard(stream, "as_of", until)
        stream.answer.close()
        await road.kept()
        for site, (light, _) in after.items():
            if before[site][0] and light != before[site][0]:
                turned.append((site, before[site][0], light))
                assert datetime.fromisoformat(stood[site]["valid_until"]) <= until, "a page that was kept"
        stood = await road.lights()
    assert not reports
    assert {("lk-001", "blue", "yellow"), ("lk-003", "blue", "yellow")} <= set(turned), "without a report"
    assert {("lk-001", "yellow", None), ("lk-002", "yellow", None)} <= set(turned), "at closing"
