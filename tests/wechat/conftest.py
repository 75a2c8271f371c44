"""A client and the stand-in that it speaks to; no test reaches any other host, and none waits."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.test_utils import TestServer

from tests.wechat.standin import APPID, SECRET, StandIn
from trafficlight.wechat.client import Account, Client

MORNING = 1671840000.0
"""08:00 of 24 December 2022 in Longkou."""


class Nobody(AbstractResolver):
    """Knows no host: only a number of this machine can be reached."""

    async def resolve(self, host: str, *_: object) -> list[ResolveResult]:
        raise OSError(f"no test speaks to {host}")

    async def close(self) -> None:
        pass


class Time:
    """Stands until a test, or a client that pauses, lets it go on."""

    def __init__(self) -> None:
        self.now = MORNING
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def standin(time: Time) -> StandIn:
    return StandIn(time)


@pytest.fixture
async def url(standin: StandIn) -> AsyncIterator[str]:
    async with TestServer(standin.app()) as server:
        yield str(server.make_url("")).rstrip("/")


@pytest.fixture
async def client(url: str, time: Time) -> AsyncIterator[Client]:
    account = Account(appid=APPID, secret=SECRET, url=url)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(resolver=Nobody())) as session:
        yield Client(account, session, clock=time, sleep=time.sleep)
