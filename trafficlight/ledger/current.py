"""The present: every board as far as its ledger has been read, kept up to date by following it."""

import asyncio
import gc
from collections import defaultdict
from collections.abc import Callable, Sequence

from trafficlight.domain import fold as board_fold
from trafficlight.domain import system
from trafficlight.domain.ids import SYSTEM
from trafficlight.domain.record import Record
from trafficlight.domain.replay import Replay
from trafficlight.domain.state import BoardFold
from trafficlight.domain.system import SystemFold
from trafficlight.ledger.base import Ledger, LedgerUnavailable
from trafficlight.ledger.snapshots import Snapshots

SNAPSHOT_EVERY = 60.0
"""Seconds between looks at which boards have moved far enough to be snapshot again."""
SNAPSHOT_AFTER = 2000
"""Events that a board may be ahead of its snapshot: they are folded again after an unclean stop, in 0.2 s."""
RETRY_SECONDS = 0.5
FOLLOWED_WITHIN = 2.5
"""Seconds for what was appended to be folded here too, unless the ledger cannot be followed."""
FOLD_AT_ONCE = 200
"""Records folded before others get their turn: about 10 ms."""


class Current:
    """The fold of a ledger, live.

    `start` returns when everything that was in the ledger has been folded; `run` then keeps it so until it is
    cancelled. Listeners hear of each batch after it was folded, `on_broken` why it cannot be followed.
    """

    def __init__(self, ledger: Ledger, snapshots: Snapshots | None = None) -> None:
        self.ledger = ledger
        self.system = SystemFold()
        self.boards = dict[str, BoardFold]()
        """Those that were put."""
        self._unput: dict[str, Replay] = {}
        """What is not a board yet: its events changed nothing."""
        self.listeners: list[Callable[[Sequence[Record]], None]] = []
        self.on_broken: Callable[[LedgerUnavailable], None] = lambda _: None
        self._snapshots = snapshots
        self._waiting: dict[str, list[tuple[int, asyncio.Future[None]]]] = defaultdict(list)
        self._saved: dict[str, int] = {}

    def position(self, board: str) -> int:
        """How far the board has been folded."""
        if board == SYSTEM:
            return self.system.position
        found = self.boards.get(board) or self._unput.get(board)
        return found.position if found else 0

    async def start(self) -> None:
        """Fold everything that is in the ledger now, from snapshots where there are any."""
        gc.disable()  # nothing made here is garbage; collections would walk all of it, again and again
        try:
            if self._snapshots is not None:
                self.system, self.boards = await asyncio.to_thread(self._snapshots.load)
                self._saved = {board: self.position(board) for board in (SYSTEM, *self.boards)}
            heads = await self.ledger.heads()
            if self.boards and not heads:
                # Whoever went on would tell everybody that there are no clinics.
                raise LedgerUnavailable(
                    f"the ledger is empty, but the data folder remembers {len(self.boards)} boards of it: "
                    "restore a backup, or remove the folder's `snapshots` to begin anew"
                )
            for board in {SYSTEM, *self.boards, *heads}:
                await self._begin(board)
        finally:
            gc.enable()
            gc.freeze()

    async def run(self) -> None:
        """Follow the ledger; never returns. A ledger that cannot be read is tried again until it can."""
        while True:
            here = {board: self.position(board) for board in (SYSTEM, *self.boards, *self._unput)}
            try:
                async for batch in self.ledger.follow(here):
                    self._take(batch)
            except LedgerUnavailable as error:
                self.on_broken(error)
            await asyncio.sleep(RETRY_SECONDS)

    async def reached(self, board: str, position: int, within: float | None = None) -> None:
        """Return once the board has been folded up to the position.

        Raises `LedgerUnavailable` where that takes longer than `within` seconds: it is kept, but this node
        cannot see it.
        """
        if self.position(board) >= position:
            return
        waiter = asyncio.get_running_loop().create_future()
        self._waiting[board].append((position, waiter))
        try:
            async with asyncio.timeout(within):
                await waiter
        except TimeoutError:
            raise LedgerUnavailable("the ledger cannot be followed") from None

    async def catch_up(self, board: str = SYSTEM) -> None:
        """Return once the board is as it stood on disk when this was called."""
        heads = await self.ledger.heads()
        await self.reached(board, heads.get(board, 0))

    async def save(self, after: int = SNAPSHOT_AFTER) -> None:
        """Snapshot the boards that are at least so many events ahead of their last snapshot."""
        if self._snapshots is None:
            return
        for board in [SYSTEM, *self.boards]:
            position = self.position(board)
            if position - self._saved.get(board, 0) >= after:
                packed = self._snapshots.pack(self.system if board == SYSTEM else self.boards[board])
                await asyncio.to_thread(self._snapshots.write, board, packed)
                self._saved[board] = position

    async def save_regularly(self) -> None:
        """Snapshot what has moved far enough, now and then; never returns."""
        while True:
            await self.save()  # at once: who dies young must not fold everything again each time
            await asyncio.sleep(SNAPSHOT_EVERY)

    async def _begin(self, board: str) -> None:
        # A snapshot's own last record is read once more: if it is another one, the ledger was exchanged.
        position = self.position(board)
        records = await self.ledger.read(board, max(position - 1, 0))
        if position:
            at = self.system.at if board == SYSTEM else self.boards[board].at
            if records and records[0].at == at:
                records = records[1:]
            else:
                self._forget(board)
                records = await self.ledger.read(board)
        for first in range(0, len(records), FOLD_AT_ONCE):
            self._take(records[first : first + FOLD_AT_ONCE])
            await asyncio.sleep(0)

    def _forget(self, board: str) -> None:
        self._saved.pop(board, None)
        if board == SYSTEM:
            self.system = SystemFold()
        else:
            del self.boards[board]

    def _take(self, batch: Sequence[Record]) -> None:
        for record in batch:
            if record.position <= self.position(record.board):
                continue  # delivered at least once, folded exactly once
            if record.board == SYSTEM:
                system.apply(self.system, record)
            else:
                self._fold(record)
        for listener in self.listeners:
            listener(batch)
        for board in {record.board for record in batch} & self._waiting.keys():
            self._wake(board)

    def _fold(self, record: Record) -> None:
        slug = record.board
        fold = self.boards.get(slug)
        if fold is not None:
            board_fold.apply(fold, record)
            return
        replay = self._unput.setdefault(slug, Replay(slug))
        replay.apply(record)
        if replay.fold is not None:
            self.boards[slug] = replay.fold
            del self._unput[slug]

    def _wake(self, board: str) -> None:
        reached = self.position(board)
        still = []
        for position, waiter in self._waiting.pop(board):
            if waiter.done():
                continue  # nobody waits any more
            if position > reached:
                still.append((position, waiter))
            else:
                waiter.set_result(None)
        if still:
            self._waiting[board] = still
