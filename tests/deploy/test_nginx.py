"""nginx as it is deployed: what needs the app goes to whichever node there is."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests import plain
from tests.running import free_ports


@pytest.fixture(autouse=True)
def nginx_is_there() -> None:
    if plain.NGINX is None:
        if os.environ.get("CI"):
            pytest.fail("nginx is missing")
        pytest.skip("nginx is missing: apt-get install nginx")


async def echo(request: web.Request) -> web.StreamResponse:
    """Tells what it was asked; a live page gets one piece now and the next when it is let."""
    if request.path.endswith("/live"):
        response = web.StreamResponse(headers={"Cache-Control": "no-store"})
        await response.prepare(request)
        await response.write(b"data: 1\n\n")
        await request.app[LET].wait()
        await response.write(b"data: 2\n\n")
        return response
    said = {name.lower(): value for name, value in request.headers.items()}
    asked = {"path": request.path, "body": (await request.read()).decode(), "headers": said}
    return web.json_response(asked, headers={"Cache-Control": "private"})


LET = web.AppKey("let", asyncio.Event)


@pytest.fixture
async def front(tmp_path: Path) -> AsyncIterator[tuple[str, web.Application]]:
    """The address of nginx in front of one node that is there and one that is not."""
    app = web.Application()
    app[LET] = asyncio.Event()
    app.router.add_route("*", "/{rest:.*}", echo)
    (gone,) = free_ports(1)
    await asyncio.to_thread((tmp_path / "tree").mkdir)
    async with TestServer(app) as node:
        assert node.port is not None
        with plain.nginx(tmp_path / "tree", tmp_path / "nginx", plain.DEPLOYED, (gone, node.port)) as address:
            yield address, app


@pytest.mark.parametrize(
    "path", ["/api/v1/sites/a/reports", "/enter/x", "/report/l/", "/desk", "/desk/boards/a"]
)
async def test_what_needs_the_app_reaches_the_node_that_is_there(
    front: tuple[str, web.Application], path: str
) -> None:
    """Although the other one is gone, and nothing that was sent is lost on the way."""
    claimed = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
    said: dict[str, str] = {}
    async with aiohttp.ClientSession() as session:
        for _ in range(3):
            async with session.post(f"{front[0]}{path}", data="x" * 200_000, headers=claimed) as answer:
                told = await answer.json()
                assert (answer.status, told["path"], len(told["body"])) == (200, path, 200_000)
                assert answer.headers.getall("Cache-Control") == ["private"], "the app's own headers stand"
                said = told["headers"]
    assert said["x-forwarded-for"] == "203.0.113.9, 127.0.0.1", "ours is the last: one trusted proxy"
    assert said["x-forwarded-proto"] == "http", "what the client claims is not believed"


async def test_a_live_page_hears_at_once(front: tuple[str, web.Application]) -> None:
    address, app = front
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{address}/api/v1/boards/shili/live") as answer,
        asyncio.timeout(10),
    ):
        assert await answer.content.readexactly(9) == b"data: 1\n\n"
        app[LET].set()
        assert await answer.content.readexactly(9) == b"data: 2\n\n"


@pytest.mark.parametrize("path", ["/apis", "/desktop.html", "/reporting/x", "/.trafficlight/lock"])
async def test_nothing_else_does(front: tuple[str, web.Application], path: str) -> None:
    async with aiohttp.ClientSession() as session, session.get(f"{front[0]}{path}") as answer:
        assert answer.status == 404
