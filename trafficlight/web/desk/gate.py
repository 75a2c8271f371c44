"""Whether somebody is who they say: passwords and codes, tried at a bounded rate.

A password costs 64 MiB and a tenth of a second of a core, so few are tried at a time, each in a thread, and
those who would wait long are told to come back: the pages are served meanwhile.
"""

import asyncio
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import pyotp

from trafficlight.actions import passwords
from trafficlight.domain.errors import Refused
from trafficlight.domain.users import User, Users
from trafficlight.web.access import Throttle
from trafficlight.web.node import Node

AT_ONCE: Final = 2
MOST_WAITING: Final = 20
"""Two seconds' worth."""
TRIES: Final = 20
"""Of an account, and of an address, within the window: far from guessing, and nobody mistypes so often."""
WINDOW: Final = 15 * 60.0
"""Seconds."""
ISSUER: Final = "trafficlight"
SECOND_STEP: Final = "desk-second-step"
_STEP: Final = 30
"""Seconds that a code stands for (RFC 6238)."""


class Gate:
    """One for the process."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0
        self._addresses = node.throttle("sign-in-address", TRIES, WINDOW)
        self._accounts = node.throttle("sign-in-account", TRIES, WINDOW)

    async def sign_in(self, name: str, password: str, code: str, address: str) -> tuple[User, int]:
        """The user, and the number of the code that is used up (0 for none).

        `Refused` with `sign_in_wrong` whatever was wrong, after the same work; `too_many`, `desk_busy`.
        """
        account = _account(name)
        await _count(self._addresses, address)  # before it is tried, or a thousand at once would be one
        await _count(self._accounts, account)
        await self._node.freshness.refresh()  # a user added a moment ago may sign in at once
        users: Users = self._node.current.system.users
        user = users.named(name)
        right = await self._fits(user.password if user else "", password)
        step = self.step_of(user, user.seed, code, user.step) if user and user.seed else 0
        if user is None or not right or step is None:
            raise Refused("sign_in_wrong")
        await self._addresses.forgive(address)
        await self._accounts.forgive(account, all_of_them=True)
        return user, step

    async def confirm(self, user: User, password: str) -> None:
        """The user's own password, asked again before something weighty; `Refused` with `password_wrong`."""
        await _count(self._accounts, _account(user.name))
        if not await self._fits(user.password, password):
            raise Refused("password_wrong", "password_now")
        await self._accounts.forgive(_account(user.name), all_of_them=True)

    async def digest(self, password: str) -> str:
        """The digest of a new password."""
        async with self._a_turn():
            return await asyncio.to_thread(passwords.digest_of, password)

    async def _fits(self, digest: str, password: str) -> bool:
        async with self._a_turn():
            return await asyncio.to_thread(passwords.fits, digest, password)

    @asynccontextmanager
    async def _a_turn(self) -> AsyncIterator[None]:
        """A turn at the work that costs; `Refused` with `desk_busy` where too many wait."""
        if self._waiting >= MOST_WAITING:
            raise Refused("desk_busy", retry_after=2)
        self._waiting += 1
        try:
            await self._turn.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._turn.release()

    # --- the second step (RFC 6238) -------------------------------------------------------------------------

    def second_step(self, user: User, seed: str) -> pyotp.TOTP:
        """What makes the codes: a secret kept nowhere, made of the seed and the installation's own."""
        secret = self._node.seal.derived(SECOND_STEP, f"{user.id}\n{seed}")
        return pyotp.TOTP(secret, interval=_STEP, name=user.name, issuer=ISSUER)

    def step_of(self, user: User, seed: str, code: str, after: int = 0) -> int | None:
        """The number of the code, one step early or late included; None where it is wrong or was used."""
        typed = "".join(char for char in code if char.isdigit()).encode()
        now = int(self._node.clock().timestamp()) // _STEP
        made = self.second_step(user, seed)
        for step in (now, now - 1, now + 1):
            if hmac.compare_digest(made.generate_otp(step).encode(), typed) and step > after:
                return step
        return None


def _account(name: str) -> str:
    return name.strip().casefold()[:100]


async def _count(throttle: Throttle, whose: str) -> None:
    wait = await throttle.count(whose)
    if wait:
        raise Refused("too_many", retry_after=wait)
