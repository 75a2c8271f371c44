"""Group commit: appends that wait at the same time are written together, so that one sync serves all of them.

What every ledger with one writer shares. Lives on the event loop that opened the ledger.
"""

import asyncio
from abc import ABC, abstractmethod
from asyncio import Future
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import ClassVar, Final, TypeVar

from trafficlight.domain.event import Event
from trafficlight.domain.ids import SYSTEM
from trafficlight.ledger.base import Appended, Key, LedgerUnavailable
from trafficlight.ledger.encoding import check_board, digest, encoded

WAITING_AT_MOST: Final = 10_000
"""Appends that may wait: a second's work, on Redis a few; who comes later is told at once to come back."""
CLOSE_WITHIN: Final = 5.0
"""How long to wait at the end for a store that hangs, in s: a container is killed after 10."""
FROZEN: Final = "the ledger has moved to another place; this one takes nothing any more"
_ANSWER_WITHIN: Final = 2.8
"""When an append is given up on, in s: 3 are promised; unless its store hangs a writer gives up earlier."""
_LOOK_EVERY: Final = 0.1
"""How often to look for such appends, in s."""

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class PendingAppend:
    """An append that waits for its answer; without events it only asks whether its key was used."""

    board: str
    bodies: Sequence[bytes]
    """The encoded events."""
    events: Sequence[Event]
    """The same, as they will be read."""
    key: bytes | None
    """The digest of its key's name, where it has one."""
    body: bytes
    """What was sent under the key, as a digest."""
    expect: int | None
    future: Future[Appended]
    since: float = field(default_factory=monotonic)
    """Since when it waits, in seconds of the monotonic clock."""
    answer: Appended | Exception | None = None
    """Of a writer in a thread of its own: the answer once the group is on disk; None: nobody waits."""


class GroupCommit(ABC):
    """`append`, `used` and `ready` of a `Ledger`: what comes in one turn of the loop is one group."""

    _store: ClassVar[str]
    """What keeps the events, in a sentence: "the disk"."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._coming: list[PendingAppend] = []
        self._waiting: set[PendingAppend] = set()
        self._looking = False
        self._closing = False
        self._only_read = False

    @abstractmethod
    def _submit(self, group: list[PendingAppend]) -> None:
        """Have the writer append the group; `_settled` has to be called for each of it once it is done."""

    async def append(
        self, board: str, events: Sequence[Event], key: Key | None = None, expect: int | None = None
    ) -> Appended:
        """See `Ledger.append`."""
        check_board(board)
        bodies, read_back = encoded(events)
        return await self._answered(board, bodies, read_back, key, expect)

    async def used(self, board: str, key: Key) -> Appended | None:
        """See `Ledger.used`."""
        first = await self._answered(board, (), (), key)
        return first if first.replayed else None

    async def ready(self) -> None:
        """See `Ledger.ready`."""
        await self._answered(SYSTEM, (), ())

    async def _answered(
        self,
        board: str,
        bodies: Sequence[bytes],
        events: Sequence[Event],
        key: Key | None = None,
        expect: int | None = None,
    ) -> Appended:
        self._check_open()
        if len(self._waiting) >= WAITING_AT_MOST:
            raise LedgerUnavailable("too many appends are waiting")
        pending = PendingAppend(
            board=board,
            bodies=bodies,
            events=events,
            key=None if key is None else digest(key.name),
            body=b"" if key is None else key.body,
            expect=expect,
            future=self._loop.create_future(),
        )
        if not self._coming:
            # Whatever else is ready to append in this turn of the loop goes along, and in the next: who is
            # answered in one has often sent again by the other, and a group costs as much as one append.
            self._loop.call_soon(self._loop.call_soon, self._hand_over)
        self._coming.append(pending)
        self._waiting.add(pending)
        return await pending.future

    def _check_open(self) -> None:
        if self._closing:
            raise LedgerUnavailable("the ledger is closed")
        if self._only_read:
            raise LedgerUnavailable("the ledger was opened only to be read")

    def _close_queue(self) -> None:
        """Nothing more is taken; what came before is with the writer."""
        self._closing = True
        self._hand_over()

    def _done(self, group: Iterable[PendingAppend]) -> None:
        """The writer is done with these: they wait no more."""
        self._waiting.difference_update(group)

    def _hand_over(self) -> None:
        if not self._coming:
            return
        self._submit(self._coming)
        self._coming = []
        if not self._looking:
            self._looking = True
            self._loop.call_later(_LOOK_EVERY, self._look)

    def _look(self) -> None:
        """Give up on appends that the store keeps from their answer; the writer goes on with them."""
        long_ago = monotonic() - _ANSWER_WITHIN
        for pending in self._waiting:
            if pending.since < long_ago:
                late = LedgerUnavailable(f"{self._store} does not answer; nobody can say yet")
                resolve(pending.future, late)
        self._looking = bool(self._waiting)
        if self._looking:
            self._loop.call_later(_LOOK_EVERY, self._look)


def resolve(future: Future[T], answer: T | Exception) -> None:
    """Answer whoever waits, if anybody still does."""
    if future.done():
        return
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)
