"""How what somebody changes gets into the ledger: decided on what stands there at that very position.

There are two ways beside others' appends. `Changes` decides anew whenever somebody was faster; it is for
everything that is one event or a few. `append_beside` is for an import, which was planned as a whole and is
appended in parts: others' events may come in between unless they are about the same.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from inspect import isawaitable
from typing import Final, TypeVar

from msgspec.structs import replace

from trafficlight.domain import system
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import Event
from trafficlight.domain.ids import SYSTEM
from trafficlight.domain.replay import Replay
from trafficlight.domain.state import BoardFold
from trafficlight.domain.system import SystemFold
from trafficlight.ledger.base import Appended, Ledger, PositionMoved

TRIES: Final = 50
"""Attempts beside somebody else's appends before it is given up; each takes a millisecond."""
FOLLOWED_AFTER: Final = 1.0
"""Seconds after which every running server has read what was appended: four times what following may take."""

F = TypeVar("F", bound="BoardFold | SystemFold | None")
Decided = Sequence[Event] | Awaitable[Sequence[Event]]


class Changes(ABC):
    """Somebody's way to change things. Everything is on disk, and seen here, when a method returns.

    `decide` gets what stands there and gives the events that the change means, none where it is so already;
    `by` is filled in. It may take its time, and is asked again when somebody was faster. The answer is None
    where nothing was appended. Raises what `decide` raises, `Refused` with `overtaken`, `LedgerUnavailable`.
    """

    def __init__(self, by: str) -> None:
        self.by = by

    async def board(self, slug: str, decide: Callable[[BoardFold], Decided]) -> Appended | None:
        """Change a board; `Refused` with `unknown_board` where it was never put."""

        def decided(fold: BoardFold | None) -> Decided:
            if fold is None:
                raise Refused("unknown_board", "board", text=slug)
            return decide(fold)

        return await self.new_board(slug, decided)

    async def new_board(self, slug: str, decide: Callable[[BoardFold | None], Decided]) -> Appended | None:
        """Change a board that may not be there yet."""
        return await self._change(slug, lambda: self.board_now(slug), decide)

    async def system(self, decide: Callable[[SystemFold], Decided]) -> Appended | None:
        """Change what belongs to no board."""

        async def now() -> tuple[SystemFold, int]:
            fold = await self.system_now()
            return fold, fold.position

        return await self._change(SYSTEM, now, decide)

    async def _change(
        self,
        board: str,
        now: Callable[[], Awaitable[tuple[F, int]]],
        decide: Callable[[F], Decided],
    ) -> Appended | None:
        for _ in range(TRIES):
            fold, position = await now()
            try:
                self.check(fold)
                decided = decide(fold)
                events = await decided if isawaitable(decided) else decided
            except Refused:
                first = await self.first(board)
                if first is None:
                    raise
                return first
            if not events:
                return None
            events = [replace(event, by=self.by) for event in events]
            try:
                return await self.append(board, events, position)
            except PositionMoved:
                await self.catch_up()
        raise Refused("overtaken", board=board)

    @abstractmethod
    async def board_now(self, slug: str) -> tuple[BoardFold | None, int]:
        """The board as it stands, None where it was never put; and its last position."""

    @abstractmethod
    async def system_now(self) -> SystemFold:
        """What belongs to no board, as it stands."""

    @abstractmethod
    async def append(self, board: str, events: Sequence[Event], expect: int) -> Appended:
        """Into the ledger, at that position. Raises `PositionMoved`."""

    def check(self, fold: BoardFold | SystemFold | None) -> None:  # noqa: B027 - most look at nothing
        """`Refused` where what stands is not what was looked at before it was changed."""

    async def first(self, board: str) -> Appended | None:  # noqa: ARG002 - most have no key
        """Where the very same change was taken before; None where it was not, or nobody can tell."""
        return None

    async def followed(self) -> None:  # noqa: B027 - whoever serves people does not keep them waiting
        """Every running server has read what was appended, where somebody relies on it, when this returns."""

    async def catch_up(self) -> None:  # noqa: B027 - most read the ledger each time
        """Somebody was faster: what stands is to be seen anew."""


class LedgerChanges(Changes):
    """Changes by somebody who has nothing but the ledger, which is read each time."""

    def __init__(self, ledger: Ledger, by: str) -> None:
        super().__init__(by)
        self.ledger = ledger

    async def board_now(self, slug: str) -> tuple[BoardFold | None, int]:
        replay = Replay(slug)
        for record in await self.ledger.read(slug):
            replay.apply(record)
        return replay.fold, replay.position

    async def system_now(self) -> SystemFold:
        return await read_system(self.ledger)

    async def append(self, board: str, events: Sequence[Event], expect: int) -> Appended:
        return await self.ledger.append(board, events, expect=expect)

    async def followed(self) -> None:
        await asyncio.sleep(FOLLOWED_AFTER)


async def read_system(ledger: Ledger) -> SystemFold:
    """The system board as it stands in the ledger now."""
    fold = SystemFold()
    for record in await ledger.read(SYSTEM):
        system.apply(fold, record)
    return fold


async def append_beside(
    ledger: Ledger, board: str, events: Sequence[Event], position: int, clashes: Callable[[Event], bool]
) -> int:
    """Append beside others' events, but not over them; the board's last position.

    `clashes`: whether an event is about the same. `Refused("overtaken")` where one came since.
    """
    for _ in range(TRIES):
        try:
            return (await ledger.append(board, events, expect=position)).positions[-1]
        except PositionMoved:
            records = await ledger.read(board, after=position)
            if any(clashes(record.event) for record in records):
                break
            position = records[-1].position if records else position
    raise Refused("overtaken", board=board)
