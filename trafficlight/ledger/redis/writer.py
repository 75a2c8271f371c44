"""Appending: a group goes out together, so that one sync and one wait for replicas serve all of it.

Whether the server keeps what it acknowledges, as the URL asks, is looked at whenever the writer connects.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from time import monotonic
from typing import Any, Final

from redis.exceptions import BusyLoadingError, NoScriptError, ReadOnlyError, RedisError

from trafficlight.ledger.base import Appended, KeyReused, LedgerUnavailable, PositionMoved
from trafficlight.ledger.encoding import instant, micros
from trafficlight.ledger.group_commit import FROZEN, PendingAppend, resolve
from trafficlight.ledger.redis.address import Durability
from trafficlight.ledger.redis.connection import Command, RedisConnection, Server, unavailable
from trafficlight.ledger.redis.reader import REPLICA_WAIT_MS
from trafficlight.ledger.redis.schema import ANOTHER, APPEND, KEY_MS, Names

MUTE: Final = "the Redis user may not tell others what was appended: allow it the channel (docs/redis.md)"
_PATIENCE: Final = 2.3
"""How long an append may wait for a server that takes it, in s: it is to have its answer within 3."""
_ANSWER_WITHIN: Final = 1.6
"""Seconds for a group's answers, the wait for replicas included."""
_BREATH: Final = 0.05
"""Between two tries to connect, in s."""
_AT_ONCE: Final = 256
"""Appends of one group: a few ms of Redis, in which nobody else is served."""
_BYTES_AT_ONCE: Final = 1 << 20
_PUBLISHED_WITH: Final = 65_536
"""Bytes of an append's events that are published with its message; longer ones the followers read."""
_APPENDED, _REPLAYED, _MOVED, _REUSED, _ANOTHER, _FROZEN, _MUTE = range(7)

_SETTINGS: Final = (
    "appendonly",
    "appendfsync",
    "no-appendfsync-on-rewrite",
    "maxmemory",
    "maxmemory-policy",
)
_UNREADABLE: Final = (
    "Redis does not let this user read its persistence (CONFIG GET). Allow it, or say durability=assume in "
    "the ledger's URL if you know that it syncs every write (appendonly yes, appendfsync always)"
)
_NO_AOF: Final = (
    "Redis keeps no append-only file: a restart loses what was acknowledged. Set `appendonly yes` and "
    "`appendfsync always`, or say durability=none in the ledger's URL"
)
_LATE: Final = (
    "Redis syncs its append-only file {when}: a power cut loses what was acknowledged. Set `appendfsync "
    "always`, or say durability={word} in the ledger's URL"
)
_NOT_WHILE_REWRITING: Final = (
    "Redis syncs nothing while it rewrites its append-only file: a power cut then loses what was "
    "acknowledged. Set `no-appendfsync-on-rewrite no`, or say durability=none in the ledger's URL"
)
_EVICTS: Final = (
    "Redis throws data away when it is full (maxmemory-policy {policy}). A ledger forgets nothing: set "
    "`maxmemory-policy noeviction`"
)


class RedisWriter:
    """Appends one group after another, in the order in which they came; `settled` hears of each once."""

    def __init__(
        self,
        server: Server,
        names: Names,
        clock: Callable[[], datetime] | None,
        on_done: Callable[[Sequence[PendingAppend]], None],
    ) -> None:
        self._server = server
        self._names = names
        self._clock = clock
        self._on_done = on_done
        self._waiting: list[PendingAppend] = []
        self._work = asyncio.Event()
        self._stopping = False
        self._connection: RedisConnection | None = None
        self._task: asyncio.Task[None] | None = None
        self.mark = b""

    def start(self) -> None:
        """Begin to take what is put."""
        self._task = asyncio.create_task(self._run(), name="ledger-writer")

    def put(self, group: Sequence[PendingAppend]) -> None:
        """Have them appended; their futures get what came of it."""
        self._waiting += group
        self._work.set()

    async def ready(self) -> RedisConnection:
        """A connection to a server that may be trusted with the ledger."""
        if self._connection is not None and await self._connection.alive():
            return self._connection
        await self._drop()
        connection = await self._server.connect()
        try:
            await check_durability(connection, self._server.address.durability)
            await connection.load(APPEND)
        except BaseException:
            await connection.close()
            raise
        self._connection = connection
        return connection

    async def stop(self, within: float) -> None:
        """Finish what was put before, then let go of everything; what takes longer is answered so."""
        self._stopping = True
        self._work.set()
        if self._task is not None:
            await asyncio.wait({self._task}, timeout=within)
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        for pending in self._waiting:
            resolve(pending.future, LedgerUnavailable("the ledger is closed"))
        await self._drop()

    # --- one group after another ---

    async def _run(self) -> None:
        while self._waiting or not self._stopping:
            await self._work.wait()
            group = self._gather()
            try:
                await self._append(_unanswered(group))
            except Exception as error:  # noqa: BLE001 -- whatever it is, the next group must have its chance
                await self._drop()
                _fail(group, unavailable(error))
            finally:
                self._on_done(group)
            if not self._waiting and not self._stopping:
                self._work.clear()

    def _gather(self) -> list[PendingAppend]:
        group: list[PendingAppend] = []
        size = 0
        for pending in self._waiting:
            if len(group) == _AT_ONCE or size > _BYTES_AT_ONCE:
                break
            group.append(pending)
            size += sum(map(len, pending.bodies))
        del self._waiting[: len(group)]
        return group

    async def _append(self, group: list[PendingAppend]) -> None:
        """See the group answered. What surely was not done is tried again while its patience lasts."""
        while group:
            try:
                connection = await self.ready()
            except LedgerUnavailable as error:
                group = _give_up(group, error)
                await asyncio.sleep(_BREATH if group else 0)
                continue
            group = _unanswered(group)
            try:
                group = await self._ask(connection, group)
            except LedgerUnavailable as error:
                await self._drop()
                _fail(group, LedgerUnavailable(f"{error}; nobody can say yet what was kept"))
                return

    async def _ask(self, connection: RedisConnection, group: list[PendingAppend]) -> list[PendingAppend]:
        """Have Redis append the group; who has to be tried again, on another connection."""
        replicas = self._server.address.replicas
        commands = [self._command(pending) for pending in group]
        wait: list[Command] = [("WAIT", replicas, REPLICA_WAIT_MS)] if replicas else []
        answers = await connection.ask(*commands, *wait, within=_ANSWER_WITHIN)
        reached = answers.pop() if replicas else 0
        again: list[PendingAppend] = []
        short = isinstance(reached, RedisError) or reached < replicas
        for pending, answer in zip(group, answers, strict=True):
            if isinstance(answer, NoScriptError | ReadOnlyError | BusyLoadingError) or _is_masterless(answer):
                again.append(pending)
            elif isinstance(answer, RedisError):
                resolve(pending.future, unavailable(answer))
            elif short:
                resolve(
                    pending.future,
                    LedgerUnavailable(f"{reached} of {replicas} replicas answered; nobody can say yet"),
                )
            else:
                resolve(pending.future, _answer(pending, answer))
        if again or short or any(map(_is_deserted, answers)):
            await self._drop()  # it may be the primary no more: whoever knows is asked anew
        if again:
            again = _give_up(again, LedgerUnavailable("this Redis takes no writes"))
            await asyncio.sleep(_BREATH)
        return again

    def _command(self, pending: PendingAppend) -> Command:
        names = self._names
        keys: list[str | bytes] = [names.mark, names.heads, names.board(pending.board)]
        keys += (names.touched, names.frozen, names.imported_keys, names.key_log)
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
            KEY_MS,
            names.channel(self.mark),
            # What only the primary has is not published: followers read it once the replicas have it too.
            -1 if self._server.address.replicas else _PUBLISHED_WITH,
            *pending.bodies,
        )

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()


def _answer(pending: PendingAppend, answer: list[Any]) -> Appended | Exception:
    if answer[0] in {_APPENDED, _REPLAYED}:
        first, count, at = map(int, answer[1:])
        return Appended(tuple(range(first, first + count)), instant(at), replayed=answer[0] == _REPLAYED)
    if answer[0] == _MOVED:
        return PositionMoved(f"{pending.board} stands at {int(answer[1])}, not at {pending.expect}")
    if answer[0] == _REUSED:
        return KeyReused("the key was used for another body")
    return LedgerUnavailable({_FROZEN: FROZEN, _MUTE: MUTE}.get(answer[0], ANOTHER))


def _is_masterless(answer: object) -> bool:
    return isinstance(answer, RedisError) and str(answer).startswith("MASTERDOWN")


def _is_deserted(answer: object) -> bool:
    return isinstance(answer, RedisError) and str(answer).startswith("NOREPLICAS")


def _give_up(group: Sequence[PendingAppend], error: LedgerUnavailable) -> list[PendingAppend]:
    """Fail those who have waited long enough; who is left."""
    long_ago = monotonic() - _PATIENCE
    _fail([pending for pending in group if pending.since <= long_ago], error)
    return _unanswered(group)


def _unanswered(group: Sequence[PendingAppend]) -> list[PendingAppend]:
    return [pending for pending in group if not pending.future.done()]


def _fail(group: Sequence[PendingAppend], error: LedgerUnavailable) -> None:
    for pending in group:
        resolve(pending.future, error)


# --- whether the server is to be trusted --------------------------------------------------------------------


async def check_durability(connection: RedisConnection, wanted: Durability) -> None:
    """Return if the server may be trusted with what is `wanted`; else `LedgerUnavailable` says what to do."""
    settings = await _settings(connection)
    if (
        settings.get("maxmemory", "0") != "0"
        and settings.get("maxmemory-policy", "noeviction") != "noeviction"
    ):
        raise LedgerUnavailable(_EVICTS.format(policy=settings["maxmemory-policy"]))
    if wanted not in {"none", "assume"}:
        _check_file(settings, wanted)


def _check_file(settings: Mapping[str, str], wanted: Durability) -> None:
    """How often the append-only file is synced."""
    if "appendonly" not in settings:
        raise LedgerUnavailable(_UNREADABLE)
    if settings["appendonly"] != "yes":
        raise LedgerUnavailable(_NO_AOF)
    if wanted == "everysec" and settings.get("appendfsync") != "no":
        return
    if "appendfsync" not in settings:
        raise LedgerUnavailable(_UNREADABLE)
    if settings["appendfsync"] != "always":
        when, word = (
            ("once a second", "everysec") if settings["appendfsync"] == "everysec" else ("by chance", "none")
        )
        raise LedgerUnavailable(_LATE.format(when=when, word=word))
    if settings.get("no-appendfsync-on-rewrite", "no") != "no":
        raise LedgerUnavailable(_NOT_WHILE_REWRITING)


async def _settings(connection: RedisConnection) -> Mapping[str, str]:
    """The settings that the server tells; those that it does not are missing."""
    (answer,) = await connection.ask(("CONFIG", "GET", *_SETTINGS))
    if not isinstance(answer, RedisError):
        return {_text(name): _text(value) for name, value in zip(answer[::2], answer[1::2], strict=True)}
    refused = unavailable(answer)
    if "NOAUTH" in str(answer) or "user or password" in str(refused):
        raise refused
    return await _settings_by_info(connection)


async def _settings_by_info(connection: RedisConnection) -> dict[str, str]:
    """What can be known without CONFIG; nothing where INFO is refused too."""
    settings: dict[str, str] = {}
    for answer in await connection.ask(("INFO", "persistence"), ("INFO", "memory")):
        if isinstance(answer, bytes):
            lines = (row.partition(":") for row in answer.decode(errors="replace").splitlines())
            settings |= {name: value.strip() for name, colon, value in lines if colon}
    known = {
        "maxmemory": settings.get("maxmemory", "0"),
        "maxmemory-policy": settings.get("maxmemory_policy", "noeviction"),
    }
    if "aof_enabled" in settings:
        known["appendonly"] = "yes" if settings["aof_enabled"] == "1" else "no"
    return known


def _text(value: Any) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
