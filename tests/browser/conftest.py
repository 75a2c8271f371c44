"""A real browser before a real server: what a clinic and a resident see."""

import json
import time
from collections.abc import AsyncIterator, Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from tests.here import command
from tests.patience import LONG
from tests.running import Server, get, issue_token

CHROMIUM = "/usr/bin/chromium-headless-shell"
"""The engine without a browser's windows and menus, which took three quarters of the time of a page."""
FLAGS = (
    "--headless",
    "--no-sandbox",  # tests may run as root, where Chromium's own sandbox does not start
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
TOWN = "东河镇"
expect.set_options(timeout=LONG * 1000)


class Kind(NamedTuple):
    capacity: int
    sites: int
    """A test takes its own, so that one server serves them all."""


KINDS = {"乡镇卫生院": Kind(50, 90), "村卫生室": Kind(20, 12), "医院": Kind(120, 12)}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests that use the browser live in the loop that it lives in."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here) and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


class Site(NamedTuple):
    id: str
    name: str


class County:
    """A county whose sites are always open, its server, and the links of its clinics."""

    def __init__(self, server: Server, data: Path) -> None:
        self.server = server
        self.data = data
        self.base = f"http://127.0.0.1:{server.port}"
        self._free = {kind: sites_of(kind) for kind in KINDS}

    def take(self, kind: str = "乡镇卫生院") -> Site:
        """A site that no other test has touched."""
        return self._free[kind].pop()

    def link(self, site: Site) -> str:
        """A new posting link of the site."""
        printed = command("links", "issue", "--data", self.data, "--base-url", self.base, "--site", site.id)
        named, url = printed.strip().splitlines()[-1].split("\t")
        assert named == site.id
        return url

    def town(self) -> str:
        """A new link for the town that has every site."""
        issue = ("links", "issue", "--data", self.data, "--base-url", self.base)
        return command(*issue, "--town", TOWN, "--board", "shili").strip().split("\t")[1]

    def told(self, site: Site) -> dict[str, Any]:
        """What `board.json` says of the site."""
        sites = json.loads(get(self.server.port, "/shili/board.json")[1])["sites"]
        told: dict[str, Any] = next(one for one in sites if one["id"] == site.id)
        return told


class Few(NamedTuple):
    board: str
    sites: tuple[str, ...]


def sites_of(kind: str) -> list[Site]:
    number = list(KINDS).index(kind)
    return [Site(f"yi-{number}{i:02}", f"示例{number}{i:02}号{kind}") for i in range(KINDS[kind].sites)]


def sheet() -> str:
    rows = ["id,board,board_name,name,kind,town,address,phone,hours,capacity"]
    for kind, (capacity, _) in KINDS.items():
        rows += [
            f"{site.id},shili,示例县,{site.name},{kind},{TOWN},建设路1号,0000-5551001,24小时,{capacity}"
            for site in sites_of(kind)
        ]
    return "\n".join(rows)


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    folder = tmp_path_factory.mktemp("county")
    data, file = folder / "data", folder / "sites.csv"
    file.write_text(sheet())
    command("sites", "import", file, "--data", data)
    command(
        "boards",
        "put",
        "shili",
        "--publisher",
        "示例县卫生健康局",
        "--hotline",
        "0000-5550120",
        "--data",
        data,
    )
    # A light that changes by itself would make a test depend on the hour at which it runs.
    command("rules", "set", "--board", "shili", "--kind", "share", "--data", data)
    with Server(data) as server:
        server.wait_until_ready()
        yield County(server, data)
        assert server.stop(within=12) == 0


@pytest.fixture(scope="session")
def few(county: County) -> Few:
    """A board with a site of each light and two that said nothing: rows of every kind, not a hundred."""
    sites = tuple(f"few-{number}" for number in range(6))
    rows = ["id,board,board_name,name,kind,town,address,phone,hours,capacity"]
    kinds = tuple(KINDS)
    rows += [
        f"{site},few,几家,第{number}{kinds[number % 3]},{kinds[number % 3]},镇{number % 2},建设路{number}号,"
        f"0000-555200{number},24小时,50"
        for number, site in enumerate(sites)
    ]
    file = county.data.with_name("few.csv")
    file.write_text("\n".join(rows))
    command("sites", "import", file, "--data", county.data)
    command("rules", "set", "--board", "few", "--kind", "share", "--data", county.data)
    while get(county.server.port, "/few/board.json")[0] != 200:
        time.sleep(0.02)
    said: list[dict[str, int]] = [
        *({"patients": so_many} for so_many in (5, 40, 60)),
        {"staff_infected": True},
    ]
    body = {"reports": [{"site": site} | one for site, one in zip(sites, said, strict=False)]}
    headers = {"Authorization": f"Bearer {issue_token(county.data)}", "Content-Type": "application/json"}
    connection = HTTPConnection("127.0.0.1", county.server.port, timeout=10)
    connection.request("POST", "/api/v1/reports", json.dumps(body), headers)
    told = json.loads(connection.getresponse().read())
    connection.close()
    assert [one["status"] for one in told["results"]] == [201] * len(said), told
    return Few("few", sites)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield started
        await started.close()


@pytest_asyncio.fixture(loop_scope="session")
async def browser(chromium: Browser) -> AsyncIterator[Browser]:
    """One process for all tests; what a test opened in it is closed with it."""
    before = set(chromium.contexts)
    yield chromium
    for context in set(chromium.contexts) - before:
        await context.close()
