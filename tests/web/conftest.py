"""A real server on a real ledger, with the clock in the test's hands."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import structlog
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request
from blockbuster import BlockBuster

from tests.blocking import nothing_of_ours_blocks
from tests.web.phones import Phone
from trafficlight import logs
from trafficlight.actions.changing import LedgerChanges
from trafficlight.actions.credentials import Issued, Scope, issue_links, issue_token
from trafficlight.domain.board import Board, Site
from trafficlight.domain.event import BoardPut, Event, SitePlaced, SitePut
from trafficlight.domain.ids import SYSTEM
from trafficlight.settings import Settings
from trafficlight.web.app import NODE, create_app
from trafficlight.web.node import Node

BOARD = Board(slug="longkou", name="龙口市", publisher="龙口市卫生健康局", hotline="0000-5550120")
OTHER = Board(slug="qixia", name="栖霞市")
SITES = (
    Site(id="lk-001", name="东江卫生院", kind="township_centre", town="东江街道", capacity=50),
    Site(id="lk-002", name="大吴家村卫生室", kind="village_clinic", town="东江街道", capacity=20),
    Site(id="lk-003", name="龙口市人民医院", kind="hospital", town="新嘉街道", capacity=120),
)
ELSEWHERE = Site(id="qx-001", name="栖霞市中医院", capacity=50)


class Clock:
    """Stands at 08:10 of 24 December 2022 in Longkou until the test turns it."""

    def __init__(self) -> None:
        self.at = datetime(2022, 12, 24, 0, 10, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def turn(self, **by: float) -> None:
        self.at += timedelta(**by)


class World:
    """The server, its parts, and what tests do to it."""

    def __init__(self, client: TestClient[Request, Application], node: Node, clock: Clock) -> None:
        self.client = client
        self.node = node
        self.clock = clock

    async def put(self, board: str, *events: Event) -> int:
        """Append as another process would; seen here when this returns."""
        positions = (await self.node.current.ledger.append(board, events)).positions
        await self.node.current.reached(board, positions[-1])
        return positions[-1]

    @property
    def changes(self) -> LedgerChanges:
        """Whoever sits at the command line."""
        return LedgerChanges(self.node.current.ledger, "cli")

    async def token(self, **reach: str) -> str:
        return (await issue_token(self.changes, Scope(**reach))).secret

    async def desk_token(self, **reach: str) -> str:
        return (await issue_token(self.changes, Scope(**reach), role="desk")).secret

    async def link(self, **reach: str) -> Issued:
        return (await issue_links(self.changes, [Scope(**reach)]))[0]

    async def report(
        self, body: Any, *, site: str = "lk-001", token: str | None = None, **headers: str
    ) -> ClientResponse:
        token = await self.token() if token is None else token
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.post(
            f"/api/v1/sites/{site}/reports",
            json=body,
            headers={"Authorization": f"Bearer {token}", **named},
        )


@pytest.fixture(autouse=True)
def nothing_blocks_the_loop() -> Iterator[BlockBuster]:
    with nothing_of_ours_blocks() as blockbuster:
        yield blockbuster


@pytest.fixture(autouse=True)
def logged() -> Iterator[StringIO]:
    """What the test's servers log."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    stream = StringIO()
    logs.configure("debug", stream)
    yield stream
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


@pytest.fixture
def clock() -> Clock:
    return Clock()


Starter = Callable[..., Awaitable[World]]


@pytest.fixture
async def start(tmp_path: Path, clock: Clock) -> AsyncIterator[Starter]:
    """Starts servers on the same data folder."""
    clients: list[TestClient[Request, Application]] = []

    async def starter(**settings: Any) -> World:
        app = create_app(Settings(data=tmp_path, **settings), clock)
        client = TestClient(TestServer(app))
        clients.append(client)
        await client.start_server()
        return World(client, app[NODE], clock)

    yield starter
    for client in clients:
        await client.close()


def facts(board: Board, sites: Sequence[Site]) -> tuple[list[Event], list[Event]]:
    """What puts sites on a board: the board's events, and the directory's."""
    return (
        [BoardPut(board=board), *(SitePut(site=site) for site in sites)],
        [SitePlaced(site=site.id, board=board.slug) for site in sites],
    )


@pytest.fixture
async def world(start: Starter) -> World:
    """Three sites in Longkou, one in Qixia, nothing reported."""
    world = await start()
    for board, sites in ((BOARD, SITES), (OTHER, (ELSEWHERE,))):
        own, placed = facts(board, sites)
        await world.put(board.slug, *own)
        await world.put(SYSTEM, *placed)
    return world


@pytest.fixture
async def phone(world: World) -> Phone:
    """At 东江卫生院, come in by its link."""
    phone = Phone(world, await world.link(site="lk-001"))
    assert (await phone.enter()).status == 303
    return phone
