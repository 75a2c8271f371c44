"""Posts to an address that an admin of a board gave: never in a private network, never redirected."""

import asyncio
import ipaddress
import socket
from collections.abc import Sequence
from typing import Any, Final

import aiohttp
import msgspec
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from trafficlight.actions.values import is_global, is_private

SENT: Final = "sent"
PAUSES: Final = (5.0, 30.0)
"""Seconds before the second and the third try."""
_TIMEOUT: Final = aiohttp.ClientTimeout(total=10, connect=5)
_MOST_ANSWER: Final = 4096


class _Outside(AbstractResolver):
    """Finds public addresses alone, at the moment of connecting: what a name means may change."""

    def __init__(self) -> None:
        self._inner = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        outside = [one for one in found if is_outside(one["host"])]
        if not outside:
            raise OSError("an address in a private network")
        return outside

    async def close(self) -> None:
        await self._inner.close()


def is_outside(address: str) -> bool:
    """Whether the address is one of the internet's."""
    try:
        one = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return is_global(one)


async def send(url: str, body: bytes, *, private: bool, pauses: Sequence[float] = PAUSES) -> str:
    """Post it, with a try more after each pause; `SENT`, or what went wrong at last, as a code."""
    fault = ""
    for pause in (0.0, *pauses):
        await asyncio.sleep(pause)
        fault = await _try(url, body, private=private)
        if fault in {SENT, "private"}:
            break
    return fault


async def _try(url: str, body: bytes, *, private: bool) -> str:
    if not private and is_private(url):
        return "private"
    resolver = None if private else _Outside()
    connector = aiohttp.TCPConnector(resolver=resolver, limit=4)
    try:
        async with (
            aiohttp.ClientSession(connector=connector, timeout=_TIMEOUT, trust_env=False) as session,
            session.post(
                url, data=body, headers={"Content-Type": "application/json"}, allow_redirects=False
            ) as answer,
        ):
            if not 200 <= answer.status < 300:  # noqa: PLR2004 - as HTTP has them
                return f"status_{answer.status}"
            return _judged(await answer.content.read(_MOST_ANSWER))
    except TimeoutError:
        return "timeout"
    except (aiohttp.ClientError, OSError, ValueError):
        return "unreachable"  # without the text: it holds the address


def _judged(answer: bytes) -> str:
    """Robots answer 200 and say inside whether they took it."""
    try:
        decoded: Any = msgspec.json.decode(answer)
    except msgspec.DecodeError:
        return SENT
    for name in ("errcode", "code", "StatusCode"):
        code = decoded.get(name) if isinstance(decoded, dict) else None
        if type(code) is int and code != 0:
            return f"robot_{code}"
    return SENT
