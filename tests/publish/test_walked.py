"""The published folder on a server that knows nothing of the program, walked by its links."""

import asyncio
import http.client
import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote, urljoin, urlsplit

import pytest
from lxml import html
from lxml.html import HtmlElement

from tests import plain
from tests.publish.worlds import CAOGAO, World, lively
from tests.running import command
from trafficlight.domain.event import ConfigSet
from trafficlight.domain.ids import SYSTEM
from trafficlight.ledger.opening import data_ledger_url, open_ledger

PUBLIC = "https://deng.example"
BELOW = "health/fever"
"""Where in the server's folder the tree lies: a link from the top would miss it."""

UNLINKED = {
    *("erxian/sites/er-1.html", "erxian/sites/er-2.html"),
    *(f"{board}/{name}" for board in ("erxian", "shili") for name in ("wechat.html", "wechat-fragment.html")),
}
"""Pages of sites that left, for those who kept the link, and articles, for editors."""

LOADING = (
    "//@src | //@srcset | //@poster | //object/@data | //link[not(contains(@rel, 'canonical'))]/@href"
    " | //use/@href | //image/@href"
)
"""What a browser fetches by itself, and the page's own other forms."""


class Link(NamedTuple):
    page: str
    """The path of the page that it is on."""
    to: str
    """As it is written."""
    loads: bool
    """It is fetched without anybody's doing."""

    @property
    def elsewhere(self) -> bool:
        return bool(urlsplit(self.to).scheme or urlsplit(self.to).netloc)


class Walk:
    """Everything that links lead to from the pages that were begun with."""

    def __init__(self, address: str) -> None:
        self.base = f"{address}/{BELOW}/"
        self.pages: dict[str, HtmlElement] = {}
        self.files: set[str] = set()
        self.links: list[Link] = []
        self.lost: list[Link] = []
        self._connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=10)

    def begin(self, path: str) -> None:
        """With the page, on to all that can be reached from it."""
        waiting = deque([Link("", quote(path), False)])
        while waiting:
            link = waiting.popleft()
            path = self._path(link)
            if path in self.pages or path in self.files:
                continue
            body = self._get(path)
            if body is None:
                self.lost.append(link)
            elif path.endswith((".html", "/")):
                page = self.pages[path] = html.document_fromstring(body.decode())
                links = list(_links(path, page))
                self.links += links
                waiting += [one for one in links if not one.elsewhere]
            else:
                self.files.add(path)
                links = list(_of_style(path, body))
                self.links += links
                waiting += [one for one in links if not one.elsewhere]

    def close(self) -> None:
        self._connection.close()

    def _path(self, link: Link) -> str:
        """Where the link leads, from the top of the tree; a path outside of it begins with `..`."""
        # What follows a question mark is for the page's own script: a file's name has none.
        there = re.split("[?#]", urljoin(f"{self.base}{quote(link.page)}", link.to))[0]
        return unquote(there.removeprefix(self.base)) if there.startswith(self.base) else f"../{there}"

    def _get(self, path: str) -> bytes | None:
        if path.startswith("../"):
            return None
        self._connection.request("GET", f"/{BELOW}/{quote(path)}")
        answer = self._connection.getresponse()
        body = answer.read()
        return body if answer.status == 200 else None

    def missed(self) -> Iterator[Link]:
        """Links to a place on a page that is not there."""
        for link in self.links:
            place = unquote(urlsplit(link.to).fragment)
            if place and not link.elsewhere:
                page = self.pages[self._path(link)]
                if not page.xpath("//*[@id=$place]", place=place):
                    yield link


def _links(path: str, page: HtmlElement) -> Iterator[Link]:
    for href in page.xpath("//a/@href | //area/@href"):
        yield Link(path, str(href), False)
    for href in page.xpath(LOADING):
        for one in str(href).split(","):
            yield Link(path, one.split()[0] if one.strip() else "", True)


def _of_style(path: str, body: bytes) -> Iterator[Link]:
    if path.endswith(".css"):
        for url in re.findall(r"url\(['\"]?([^)'\"]+)|@import ['\"]([^'\"]+)", body.decode()):
            yield Link(path, "".join(url), True)


def put(world: World, data: Path) -> None:
    """A data folder with what happened."""

    async def restore() -> None:
        now = world.at
        ledger = await open_ledger(data_ledger_url(data), lambda: now)
        for record in world.records:
            now = record.at
            await ledger.append(record.board, [record.event])
        await ledger.close()

    data.mkdir()
    asyncio.run(restore())


class Published(NamedTuple):
    address: str
    """Its own, if it knows it."""
    root: Path
    reached: set[str]
    """What can be reached from the index."""
    walk: Walk
    """From every page of the folder."""


@pytest.fixture(scope="module", params=["", PUBLIC], ids=["without an address", "with its address"])
def published(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Published]:
    world = lively()
    world.happen(SYSTEM, ConfigSet(key="public_url", value=request.param))
    folder = tmp_path_factory.mktemp("walked")
    root = folder / "served" / BELOW
    put(world, folder / "data")
    command("publish", "--data", folder / "data", "--to", root, "--as-of", world.at.isoformat())
    with plain.bare(folder / "served") as address:
        walk = Walk(address)
        walk.begin("index.html")
        reached = set(walk.pages) | walk.files
        for page in root.rglob("*.html"):
            walk.begin(page.relative_to(root).as_posix())
        walk.close()
        yield Published(request.param, root, reached, walk)


def test_every_link_leads_somewhere_and_to_the_place_it_names(published: Published) -> None:
    assert published.walk.lost == []
    assert list(published.walk.missed()) == []
    assert len(published.walk.links) > 100


def test_every_page_is_found_by_walking_but_drafts_and_sites_that_left(published: Published) -> None:
    left = {re.sub("^(en|zh-hant)/", "", page) for page in published.walk.pages.keys() - published.reached}
    assert {path for path in left if not path.startswith(f"{CAOGAO}/")} == UNLINKED
    assert f"{CAOGAO}/index.html" in left


def test_nothing_is_fetched_from_elsewhere(published: Published) -> None:
    loaded = [link for link in published.walk.links if link.loads]
    assert loaded
    away = [link for link in loaded if link.elsewhere and not link.to.startswith("data:")]
    assert [link for link in away if not link.to.startswith(f"{PUBLIC}/")] == []


def test_the_tree_names_its_own_address_only_where_it_is_known(
    published: Published, request: pytest.FixtureRequest
) -> None:
    """An address in a page is the county's, or leads to a page that is there."""
    own = [str(one) for page in published.walk.pages.values() for one in page.xpath("//link/@href")]
    absolute = {one for one in own if urlsplit(one).netloc}
    assert bool(absolute) == bool(published.address)
    for one in absolute:
        assert one.startswith(f"{PUBLIC}/")
        path = unquote(one.removeprefix(f"{PUBLIC}/"))
        assert (published.root / path).exists(), one
