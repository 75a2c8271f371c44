"""Connections to the Redis that takes writes, in the ledger's words: every driver error ends here."""

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from socket import gaierror
from typing import Any, Final

from hiredis import pack_command
from redis.asyncio.connection import Connection, SSLConnection
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import MasterNotFoundError, Sentinel
from redis.backoff import NoBackoff
from redis.exceptions import (
    AuthenticationError,
    AuthorizationError,
    BusyLoadingError,
    NoPermissionError,
    NoScriptError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    ResponseError,
)

from trafficlight.ledger.base import LedgerUnavailable
from trafficlight.ledger.redis.address import RedisAddress
from trafficlight.ledger.redis.schema import Script

CONNECT_WITHIN: Final = 1.0
"""Seconds for a connection to come up: appends have three in all."""
SENTINEL_WITHIN: Final = 0.5
"""Seconds for one Sentinel to answer: there may be dead ones before the first that lives."""
ANSWER_WITHIN: Final = 2.0
"""Seconds for answers, unless said otherwise."""
_IDLE: Final = 4
"""Connections kept for the next who ask."""

Command = Sequence[str | bytes | int]

_KINDS: Final[tuple[tuple[type[RedisError], str], ...]] = (
    (AuthenticationError, "Redis does not take this user or password"),
    (AuthorizationError, "Redis does not take this user or password"),
    (NoPermissionError, "the Redis user may not do what a ledger needs"),
    (BusyLoadingError, "Redis is still loading its data"),
    (ReadOnlyError, "this Redis is a replica and takes no writes"),
    (OutOfMemoryError, "Redis is full (maxmemory)"),
    (MasterNotFoundError, "no Sentinel knows a primary of this name now"),
    (NoScriptError, "Redis has forgotten a script"),
)
_CODES: Final = {
    "NOAUTH": "Redis does not take this user or password",
    "WRONGPASS": "Redis does not take this user or password",
    "NOPERM": "the Redis user may not do what a ledger needs",
    "LOADING": "Redis is still loading its data",
    "READONLY": "this Redis is a replica and takes no writes",
    "OOM": "Redis is full (maxmemory)",
    "MISCONF": "Redis cannot write to its disk",
    "NOREPLICAS": "too few replicas are connected to Redis",
    "MASTERDOWN": "this Redis has lost its primary",
    "BUSY": "Redis is busy with another script",
    "MOVED": "this Redis is part of a Cluster, and the ledger is on another of its servers",
    "CLUSTERDOWN": "the Redis Cluster is down",
}


def unavailable(error: BaseException) -> LedgerUnavailable:
    """The driver's error in the ledger's words, with it as the cause; no password is ever in them."""
    kind = next((words for kind, words in _KINDS if isinstance(error, kind)), "")
    words = kind or _CODES.get(str(error).partition(" ")[0].rstrip(":"), "")
    if not words:
        if isinstance(error, TimeoutError) or type(error).__name__ == "TimeoutError":
            words = "Redis does not answer"
        elif isinstance(error, ResponseError):
            words = f"Redis refuses: {str(error)[:120]}"
        elif isinstance(error.__context__, gaierror):
            words = "Redis cannot be reached: nobody knows that name"
        else:
            words = "Redis cannot be reached"
    wrapped = LedgerUnavailable(words)
    wrapped.__cause__ = error
    return wrapped


class RedisConnection:
    """One connection. Commands go out together; their answers come in the same order."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def ask(self, *commands: Command, within: float = ANSWER_WITHIN) -> list[Any]:
        """The answers, bytes and numbers; where the server refuses a command, its `ResponseError`.

        Raises `LedgerUnavailable` where not all answers came in time: nobody can say what was done, and the
        connection is gone.
        """
        try:
            async with asyncio.timeout(within):
                # Packed in C: the driver's own packing costs as much as all else of an append together.
                packed = b"".join(pack_command(tuple(command)) for command in commands)  # type: ignore[arg-type]
                await self._connection.send_packed_command(packed)
                return [await self._answer() for _ in commands]
        except (OSError, RedisError, TimeoutError) as error:
            await self.close()
            raise unavailable(error) from error
        except BaseException:
            await self.close()  # answers on their way would be taken for those to the next commands
            raise

    async def load(self, script: Script) -> None:
        """Make the server know the script by its sum, for `EVALSHA`."""
        (loaded,) = await self.ask(("SCRIPT", "LOAD", script.source))
        if isinstance(loaded, RedisError):
            raise unavailable(loaded) from loaded

    async def send(self, *command: str | bytes | int) -> None:
        """Send a command whose answer comes by `receive`."""
        try:
            await self._connection.send_command(*command)
        except (OSError, RedisError) as error:
            await self.close()
            raise unavailable(error) from error

    async def receive(self) -> Any:
        """What comes next, however long that takes."""
        try:
            return await self._connection.read_response(disable_decoding=True, timeout=float("inf"))
        except (OSError, RedisError) as error:
            await self.close()
            raise unavailable(error) from error

    @property
    def open(self) -> bool:
        """Whether nobody has hung up on this side."""
        return bool(self._connection.is_connected)

    async def alive(self) -> bool:
        """Whether the other end has not hung up, as far as is known here."""
        try:
            # Data that nobody asked for is as good as the end.
            return self.open and not await self._connection.can_read()
        except (OSError, RedisError):
            return False

    async def close(self) -> None:
        """Hang up, without waiting for the other end."""
        with suppress(OSError, RedisError):
            await self._connection.disconnect(nowait=True)

    async def _answer(self) -> Any:
        try:
            return await self._connection.read_response(
                disable_decoding=True, timeout=float("inf"), disconnect_on_error=False
            )
        except (ResponseError, BusyLoadingError, AuthorizationError) as refused:
            return refused  # of this command alone; the next one's answer follows


class Server:
    """The Redis at an address: the server itself, or whichever the Sentinels say is the primary now.

    Shared by all that keep something there. Belongs to one event loop.
    """

    def __init__(self, address: RedisAddress) -> None:
        self.address = address
        self._idle: deque[RedisConnection] = deque()
        self._closed = False
        self._common: dict[str, Any] = {
            "socket_connect_timeout": CONNECT_WITHIN,
            # Time is kept here: the driver would send by `asyncio.wait_for`, which loses cancellations before
            # Python 3.12.
            "socket_timeout": None,
            "retry": Retry(NoBackoff(), 0),  # whoever asks knows whether asking twice is safe
            "protocol": 2,
            "client_name": "trafficlight",
            "driver_info": None,  # finding out the driver's version reads files, on the loop
        }
        self._sentinel = self._sentinels() if address.service else None

    async def connect(self) -> RedisConnection:
        """A connection of the caller's own to the primary. Raises `LedgerUnavailable` within 3 s."""
        if self._closed:
            raise LedgerUnavailable("the ledger is closed")
        try:
            async with asyncio.timeout(CONNECT_WITHIN + SENTINEL_WITHIN):
                host, port = await self._primary()
                connection = self._connection(host, port)
                await connection.connect()  # type: ignore[no-untyped-call]
        except (OSError, RedisError, TimeoutError) as error:
            raise LedgerUnavailable(f"{unavailable(error)} ({self.address})") from error
        opened = RedisConnection(connection)
        if self._sentinel is not None:  # one that was demoted a moment ago may still be named
            (role,) = await opened.ask(("ROLE",))
            if isinstance(role, list) and role[0] != b"master":
                await opened.close()
                raise LedgerUnavailable("the primary is being changed")
        return opened

    async def ask(self, *commands: Command, within: float = ANSWER_WITHIN) -> list[Any]:
        """As `RedisConnection.ask`; what the server refuses is raised, as `LedgerUnavailable`.

        For what may be asked twice: where a connection turns out to have been cut meanwhile, it is.
        """
        idle = self._idle_one()
        if idle is not None:
            try:
                return await self._ask(idle, commands, within)
            except LedgerUnavailable as error:
                if idle.open or isinstance(error.__cause__, TimeoutError):
                    raise
        return await self._ask(await self.connect(), commands, within)

    async def forget(self) -> None:
        """Ask anew where the primary is: one without its replicas may have been replaced and not know it."""
        while self._idle:
            await self._idle.pop().close()

    async def close(self) -> None:
        """Hang up everywhere; connections in use when they are given back."""
        self._closed = True
        await self.forget()
        if self._sentinel is not None:
            for one in self._sentinel.sentinels:
                await one.aclose()

    async def _ask(
        self, connection: RedisConnection, commands: Sequence[Command], within: float
    ) -> list[Any]:
        answers = await connection.ask(*commands, within=within)
        if not self._closed and len(self._idle) < _IDLE:
            self._idle.append(connection)
        else:
            await connection.close()
        for answer in answers:
            if isinstance(answer, RedisError):
                raise unavailable(answer) from answer
        return answers

    def _idle_one(self) -> RedisConnection | None:
        while self._idle:
            idle = self._idle.pop()
            if idle.open:
                return idle
        return None

    async def _primary(self) -> tuple[str, int]:
        if self._sentinel is None:
            return self.address.hosts[0]
        host, port = await self._sentinel.discover_master(self.address.service)
        return str(host), int(port)

    def _connection(self, host: str, port: int) -> Connection:
        address = self.address
        kind, tls = self._tls()
        return kind(
            host=host,
            port=port,
            db=address.database,
            username=address.user or None,
            password=address.password or None,
            **tls,
            **self._common,
        )

    def _tls(self) -> tuple[type[Connection], dict[str, Any]]:
        if not self.address.tls:
            return Connection, {}
        return SSLConnection, {"ssl_check_hostname": True, "ssl_ca_certs": self.address.ca or None}

    def _sentinels(self) -> Sentinel:
        address = self.address
        kwargs: dict[str, Any] = {
            "username": address.sentinel_user or None,
            "password": address.sentinel_password or None,
            **self._common,
            "socket_timeout": SENTINEL_WITHIN,
            "socket_connect_timeout": SENTINEL_WITHIN,
        }
        if address.tls:
            kwargs |= {"ssl": True, **self._tls()[1]}
        return Sentinel(address.hosts, sentinel_kwargs=kwargs)  # type: ignore[no-untyped-call]
