"""The same tree from a plain web server as from the app: nginx on the folder, set up as our pages say."""

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests import plain
from tests.patience import LONG
from tests.publish.trees import tree
from tests.publish.worlds import lively, paths
from trafficlight.ledger.opening import data_ledger_url, open_ledger
from trafficlight.publish.publisher import Publisher
from trafficlight.publish.targets.base import File
from trafficlight.publish.targets.folder import FolderTarget
from trafficlight.settings import Settings
from trafficlight.web.app import NODE, create_app

pytestmark = pytest.mark.asyncio(loop_scope="module")

SAME_MEDIA = {"application/javascript": "text/javascript"}
"""Two names of one type: RFC 9239 has the second, mime.types of older nginx the first."""


@pytest.fixture(autouse=True)
def nginx_is_there() -> None:
    if plain.NGINX is None:
        if os.environ.get("CI"):
            pytest.fail("nginx is missing")
        pytest.skip("nginx is missing: apt-get install nginx")


class Served:
    """One busy morning, from the app and from nginx on the folder that the app keeps."""

    def __init__(self, app: str, plain: str, publisher: Publisher, at: datetime, root: Path) -> None:
        self.app = app
        self.plain = plain
        self.publisher = publisher
        self.at = at
        self.root = root
        self.paths = sorted(paths(publisher, at))


BOTH = pytest.mark.parametrize(
    "served", [plain.RUNBOOK, plain.DEPLOYED], ids=["runbook", "deploy"], indirect=True
)
"""The server for one machine, and the one in front of several."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Served]:
    """One for all tests of a kind of server: they only look."""
    world, folder = lively(), tmp_path_factory.mktemp("served")
    data, root = folder / "data", folder / "tree"
    await asyncio.to_thread(data.mkdir)
    now = world.at
    ledger = await open_ledger(data_ledger_url(data), lambda: now)
    for record in world.records:
        now = record.at
        await ledger.append(record.board, [record.event])
    await ledger.close()
    app: web.Application = create_app(Settings(data=data, targets=(str(root),)), lambda: world.at)
    async with TestServer(app) as server:
        publisher = app[NODE].publisher
        wanted = paths(publisher, world.at)
        async with asyncio.timeout(LONG):
            while not wanted <= (await asyncio.to_thread(tree, root)).keys():  # noqa: ASYNC110 - files
                await asyncio.sleep(0.02)
        with plain.nginx(root, folder / "nginx", getattr(request, "param", plain.RUNBOOK)) as address:
            yield Served(str(server.make_url("")).rstrip("/"), address, publisher, world.at, root)


async def answers(address: str, path: str, accepted: str) -> tuple[int, dict[str, str], bytes]:
    """What is answered, its body as it was sent."""
    async with (
        aiohttp.ClientSession(auto_decompress=False, skip_auto_headers=["Accept-Encoding"]) as session,
        session.get(
            f"{address}/{quote(path)}",
            headers={"Accept-Encoding": accepted} if accepted else {},
            allow_redirects=False,
        ) as answer,
    ):
        return (
            answer.status,
            {name.lower(): value for name, value in answer.headers.items()},
            await answer.read(),
        )


def media(headers: dict[str, str]) -> tuple[str, str]:
    """Type and charset."""
    kind, _, rest = headers["content-type"].partition(";")
    kind = kind.strip()
    return SAME_MEDIA.get(kind, kind), rest.strip().lower().removeprefix("charset=")


@BOTH
async def test_a_plain_server_answers_as_the_app_does(served: Served) -> None:
    """Every path, plain and in gzip: bytes, encodings and types, Chinese names too."""
    assert any("镇" in path for path in served.paths)
    for path in served.paths:
        published = served.publisher.find(path, served.at)
        assert published is not None
        if published.sketch:
            assert served.publisher.renderer is not None
            published = await served.publisher.renderer.render(published)
        for accepted in ("", "gzip"):
            told = [await answers(address, path, accepted) for address in (served.app, served.plain)]
            coding = accepted if published.compressible else ""
            for status, headers, body in told:
                assert status == 200, path
                assert headers.get("content-encoding", "") == coding, path
                assert body == published.encoded(coding), path
                kind, charset = media(headers)
                assert kind == published.media.partition(";")[0]
                if kind in {"text/html", "text/plain"}:
                    assert charset == "utf-8", path
            assert told[0][1]["cache-control"] == told[1][1]["cache-control"] == published.cache, path
            for name in ("cdn-cache-control", "access-control-allow-origin"):
                assert told[0][1].get(name) == told[1][1].get(name), (path, name)


async def test_brotli_lies_beside_what_the_app_sends(served: Served) -> None:
    for path in served.paths:
        status, headers, body = await answers(served.app, path, "br")
        assert status == 200
        if headers.get("content-encoding") == "br":
            assert await asyncio.to_thread((served.root / f"{path}.br").read_bytes) == body


@pytest.mark.parametrize("path", ["", "shili/", "caogao/"])
async def test_a_folders_address_is_its_index(served: Served, path: str) -> None:
    for address in (served.app, served.plain):
        status, headers, body = await answers(address, path, "")
        published = served.publisher.find(f"{path}index.html", served.at)
        assert published is not None
        assert (status, body) == (200, published.body)
        assert media(headers) == ("text/html", "utf-8")


async def test_a_folder_without_its_slash_leads_to_it(served: Served) -> None:
    for address in (served.app, served.plain):
        status, headers, _ = await answers(address, "shili", "")
        assert status == 301
        assert headers["location"].rstrip("/").endswith("shili")


@BOTH
@pytest.mark.parametrize(
    "path", ["none.html", "shili/sites/none.html", ".trafficlight/_.json", "_/index.html"]
)
async def test_nothing_else_is_served(served: Served, path: str) -> None:
    for address in (served.app, served.plain):
        assert (await answers(address, path, ""))[0] == 404


async def test_two_versions_of_one_second_are_not_taken_for_each_other(served: Served) -> None:
    """Whoever has one and asks whether it still stands is sent the other, also by nginx."""
    target, path = FolderTarget(served.root.parent / "other"), "shili/index.html"
    await asyncio.to_thread(target.open)
    with plain.nginx(served.root.parent / "other", served.root.parent / "nginx-2") as address:
        tags = set()
        for body in (b"version 1", b"version two", b"version 3"):
            await asyncio.to_thread(target.write, "shili", [File(path=path, body=body, media="text/html")])
            tags.add((await answers(address, path, ""))[1]["etag"])
    await asyncio.to_thread(target.close)
    assert len(tags) == 3
