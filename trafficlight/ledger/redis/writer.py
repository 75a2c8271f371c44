"""Appending: whatever waits goes out together, so that one sync and one wait for replicas serve all of it."""

import asyncio
from asyncio import Future
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Any, Final, TypeVar

from redis.exceptions import BusyLoadingError, NoScriptError, ReadOnlyError, RedisError

from trafficlight.ledger.base import Appended, KeyReused, LedgerUnavailable, PositionMoved
from trafficlight.ledger.encoding import FROZEN, instant, micros
from trafficlight.ledger.redis import durability
from trafficlight.ledger.redis.connection import Command, RedisConnection, Server, told
from trafficlight.ledger.redis.keys import KEPT_MS
from trafficlight.ledger.redis.names import APPEND, Names
from trafficlight.ledger.redis.reader import ANOTHER, SETTLE_MS

UNTOLD: Final = "the Redis user may not tell others what was appended: allow it the channel (docs/redis.md)"
PATIENCE: Final = 2.3
"""How long an append may wait for a server that takes it, in s: it is to have its answer within 3."""
_ANSWER_WITHIN: Final = 1.6
"""Seconds for a group's answers, the wait for replicas included."""
_BREATH: Final = 0.05
"""Between two tries to connect, in s."""
_AT_ONCE: Final = 256
"""Appends of one group: a few ms of Redis, in which nobody else is served."""
_BYTES_AT_ONCE: Final = 1 << 20
_TOLD_WITH: Final = 65_536
"""Bytes of an append's events that are told with its news; longer ones the followers read."""
_KEPT, _REPLAYED, _MOVED, _REUSED, _ANOTHER, _FROZEN, _UNTOLD = range(7)

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class RedisPending:
    """An append that waits for its answer; without events, whoever asks for that of its key alone."""

    board: str
    bodies: Sequence[bytes]
    key: bytes | None
    """The digest of its key's name, where it has one."""
    body: bytes
    expect: int | None
    future: Future[Appended]
    since: float = field(default_factory=monotonic)


class RedisWriter:
    """Takes appends one group after another, in the order in which they came."""

    def __init__(self, server: Server, names: Names, clock: Callable[[], datetime] | None) -> None:
        self._server = server
        self._names = names
        self._clock = clock
        self._waiting: list[RedisPending] = []
        self._news = asyncio.Event()
        self._stopping = False
        self._line: RedisConnection | None = None
        self._task: asyncio.Task[None] | None = None
        self.mark = b""

    def start(self) -> None:
        """Begin to take what is put."""
        self._task = asyncio.create_task(self._run(), name="ledger-writer")

    def put(self, pending: RedisPending) -> None:
        """Have it appended; its future is told what came of it."""
        self._waiting.append(pending)
        self._news.set()

    async def ready(self) -> RedisConnection:
        """A connection to a server that may be trusted with the ledger."""
        if self._line is not None and await self._line.alive():
            return self._line
        await self._drop()
        line = await self._server.connect()
        try:
            await durability.check(line, self._server.address.durability)
            await line.load(APPEND)
        except BaseException:
            await line.close()
            raise
        self._line = line
        return line

    async def stop(self, within: float) -> None:
        """Finish what was put before, then let go of everything; what takes longer is told so."""
        self._stopping = True
        self._news.set()
        if self._task is not None:
            await asyncio.wait({self._task}, timeout=within)
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        for pending in self._waiting:
            _tell(pending.future, LedgerUnavailable("the ledger is closed"))
        await self._drop()

    # --- one group after another ---

    async def _run(self) -> None:
        while self._waiting or not self._stopping:
            await self._news.wait()
            await asyncio.sleep(0)  # whatever else is ready to append in this turn of the loop goes along
            group = self._gather()
            if group:
                try:
                    await self._append(group)
                except Exception as error:  # noqa: BLE001 -- whatever it is, the next group must have its chance
                    await self._drop()
                    _tell_all(group, told(error))
            if not self._waiting and not self._stopping:
                self._news.clear()

    def _gather(self) -> list[RedisPending]:
        group: list[RedisPending] = []
        size = 0
        for pending in self._waiting:
            if len(group) == _AT_ONCE or size > _BYTES_AT_ONCE:
                break
            group.append(pending)
            size += sum(map(len, pending.bodies))
        del self._waiting[: len(group)]
        return [pending for pending in group if not pending.future.done()]

    async def _append(self, group: list[RedisPending]) -> None:
        """See the group answered. What surely was not done is tried again while its patience lasts."""
        while group:
            try:
                line = await self.ready()
            except LedgerUnavailable as error:
                group = _give_up(group, error)
                await asyncio.sleep(_BREATH if group else 0)
                continue
            group = [pending for pending in group if not pending.future.done()]
            try:
                group = await self._ask(line, group)
            except LedgerUnavailable as error:
                await self._drop()
                _tell_all(group, LedgerUnavailable(f"{error}; nobody can say yet what was kept"))
                return

    async def _ask(self, line: RedisConnection, group: list[RedisPending]) -> list[RedisPending]:
        """Have Redis append the group; who has to be tried again, on another connection."""
        replicas = self._server.address.replicas
        commands = [self._command(pending) for pending in group]
        wait: list[Command] = [("WAIT", replicas, SETTLE_MS)] if replicas else []
        answers = await line.ask(*commands, *wait, within=_ANSWER_WITHIN)
        reached = answers.pop() if replicas else 0
        again: list[RedisPending] = []
        short = isinstance(reached, RedisError) or reached < replicas
        for pending, answer in zip(group, answers, strict=True):
            if isinstance(answer, NoScriptError | ReadOnlyError | BusyLoadingError) or _is_masterless(answer):
                again.append(pending)
            elif isinstance(answer, RedisError):
                _tell(pending.future, told(answer))
            elif short:
                _tell(
                    pending.future,
                    LedgerUnavailable(f"{reached} of {replicas} replicas answered; nobody can say yet"),
                )
            else:
                _tell(pending.future, _answer(pending, answer))
        if again or short or any(map(_is_deserted, answers)):
            await self._drop()  # it may be the primary no more: whoever knows is asked anew
        if again:
            again = _give_up(again, LedgerUnavailable("this Redis takes no writes"))
            await asyncio.sleep(_BREATH)
        return again

    def _command(self, pending: RedisPending) -> Command:
        names = self._names
        keys: list[str | bytes] = [names.mark, names.heads, names.board(pending.board)]
        keys += (names.touched, names.frozen, names.brought, names.noted)
        if pending.key is not None:
            keys.append(names.key(pending.key))
        return (
            "EVALSHA",
            APPEND.sha,
            len(keys),
            *keys,
            self.mark,
            pending.board,
            "" if pending.expect is None else pending.expect,
            pending.body,
            "" if self._clock is None else micros(self._clock()),
            KEPT_MS,
            names.news(self.mark),
            # What only the primary has is not told: followers read it once the replicas have it too.
            -1 if self._server.address.replicas else _TOLD_WITH,
            *pending.bodies,
        )

    async def _drop(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            await line.close()


def _answer(pending: RedisPending, answer: list[Any]) -> Appended | Exception:
    if answer[0] in {_KEPT, _REPLAYED}:
        first, count, at = map(int, answer[1:])
        return Appended(tuple(range(first, first + count)), instant(at), replayed=answer[0] == _REPLAYED)
    if answer[0] == _MOVED:
        return PositionMoved(f"{pending.board} stands at {int(answer[1])}, not at {pending.expect}")
    if answer[0] == _REUSED:
        return KeyReused("the key was used for another body")
    return LedgerUnavailable({_FROZEN: FROZEN, _UNTOLD: UNTOLD}.get(answer[0], ANOTHER))


def _is_masterless(answer: object) -> bool:
    return isinstance(answer, RedisError) and str(answer).startswith("MASTERDOWN")


def _is_deserted(answer: object) -> bool:
    return isinstance(answer, RedisError) and str(answer).startswith("NOREPLICAS")


def _give_up(group: Sequence[RedisPending], error: LedgerUnavailable) -> list[RedisPending]:
    """Tell those who have waited long enough; who is left."""
    long_ago = monotonic() - PATIENCE
    _tell_all([pending for pending in group if pending.since <= long_ago], error)
    return [pending for pending in group if not pending.future.done()]


def _tell_all(group: Sequence[RedisPending], error: LedgerUnavailable) -> None:
    for pending in group:
        _tell(pending.future, error)


def _tell(future: Future[T], answer: T | Exception) -> None:
    """Tell whoever waits, if anybody still does."""
    if future.done():
        return
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)
