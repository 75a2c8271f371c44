"""nginx as it is deployed: what needs the app goes to whichever node there is."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from yarl import URL

from tests import plain
from tests.patience import LONG
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
        asyncio.timeout(LONG),
    ):
        assert await answer.content.readexactly(9) == b"data: 1\n\n"
        app[LET].set()
        assert await answer.content.readexactly(9) == b"data: 2\n\n"


@pytest.mark.parametrize("path", ["/apis", "/desktop.html", "/reporting/x", "/.trafficlight/lock"])
async def test_nothing_else_does(front: tuple[str, web.Application], path: str) -> None:
    async with aiohttp.ClientSession() as session, session.get(f"{front[0]}{path}") as answer:
        assert answer.status == 404


# --- a node that hangs --------------------------------------------------------------------------------------


@pytest.fixture
async def hanging(tmp_path: Path) -> AsyncIterator[tuple[str, list[tuple[str, str]]]]:
    """The address of nginx before a node that answers and one that was stopped; what reached the first."""
    reached: list[tuple[str, str]] = []

    async def kept(request: web.Request) -> web.StreamResponse:
        reached.append((request.raw_path, (await request.read()).decode()))
        return web.Response(status=201)

    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", kept)
    await asyncio.to_thread((tmp_path / "tree").mkdir)
    # To whoever connects, a process stopped by SIGSTOP, or a paused machine's, is this: the kernel takes it.
    with socket.create_server(("127.0.0.1", 0), backlog=128) as stopped:
        async with TestServer(app) as node:
            assert node.port is not None
            ports = (stopped.getsockname()[1], node.port)
            with plain.nginx(tmp_path / "tree", tmp_path / "nginx", plain.DEPLOYED, ports) as address:
                yield address, reached


KEYED = [True, True, False, False] * 5
"""In pairs: nodes that take turns get some of either kind."""


async def post(address: str) -> list[int]:
    """What is answered to twenty posts at once, numbered, with a key or without."""

    async def one(number: int, *, keyed: bool) -> int:
        url = URL(f"{address}/api/v1/sites/%E7%94%B2/reports?{number}", encoded=True)
        headers = {"Idempotency-Key": f"key {number}"} if keyed else {}
        async with session.post(url, data=str(number), headers=headers) as answer:
            return answer.status

    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as session:
        return list(await asyncio.gather(*(one(number, keyed=keyed) for number, keyed in enumerate(KEYED))))


async def test_a_node_that_hangs_is_left_alone_and_nothing_is_sent_twice(
    hanging: tuple[str, list[tuple[str, str]]],
) -> None:
    """Posts under a key are kept by the other node; those without are told, and never repeated by nginx."""
    address, reached = hanging
    told = await post(address)
    assert {status for status, keyed in zip(told, KEYED, strict=True) if keyed} == {201}
    assert set(told) == {201, 504}
    kept = [number for number, status in enumerate(told) if status == 201]
    assert sorted(int(body) for _, body in reached) == kept
    assert all(path == f"/api/v1/sites/%E7%94%B2/reports?{body}" for path, body in reached)
    assert set(await post(address)) == {201}


# --- room ---------------------------------------------------------------------------------------------------


async def test_live_pages_leave_room_for_pages_and_posts(tmp_path: Path) -> None:
    """In a five-hundredth of the room, one worker's: more live pages than it holds, and then the others."""
    app = web.Application()
    app[LET] = asyncio.Event()
    app.router.add_route("*", "/{rest:.*}", echo)
    await asyncio.to_thread((tmp_path / "tree").mkdir)
    await asyncio.to_thread((tmp_path / "tree/index.html").write_text, "the page")
    small = {
        "worker_connections 32768;": "worker_connections 64;",
        "limit_conn live 10000;": "limit_conn live 20;",
    }
    small["worker_processes auto;"] = "worker_processes 1;"
    async with TestServer(app) as node, AsyncExitStack() as stack:
        assert node.port is not None
        ports = (node.port, node.port)
        with plain.nginx(tmp_path / "tree", tmp_path / "nginx", plain.DEPLOYED, ports, small) as address:
            session = await stack.enter_async_context(aiohttp.ClientSession())
            pages = [session.get(f"{address}/api/v1/boards/shili/live") for _ in range(40)]
            told = [(await stack.enter_async_context(page)).status for page in pages]
            assert told == [200] * 20 + [503] * 20
            async with session.get(f"{address}/index.html") as answer:
                assert (answer.status, await answer.text()) == (200, "the page")
            async with session.post(f"{address}/api/v1/sites/a/reports", data="1") as answer:
                assert answer.status == 200
            app[LET].set()
