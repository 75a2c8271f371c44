"""Keeps a target equal to what is published: when to pass over which part, and what to do when that fails."""

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from math import inf
from typing import Final

import msgspec

from trafficlight.publish.publisher import Publisher
from trafficlight.publish.sync_pass import (
    ASSETS,
    NOTHING,
    REST,
    Passes,
    PassResult,
    TargetPictures,
    in_thread,
)
from trafficlight.publish.targets.base import PartUnavailable, Target, TargetUnavailable

BOARD_PAUSE: Final = 0.2
"""Seconds between two passes over a board: at most five a second."""
REST_PAUSE: Final = 1.0
RETRY_SECONDS: Final = 2.0
LONGEST_IDLE: Final = 60.0
"""Seconds after which the clock is looked at again, whatever it said: it may have been set."""
WATCHING_SHARE: Final = 0.5
"""Of the time that may be spent on looking whether somebody else has written to the place."""


class Pass(msgspec.Struct, frozen=True):
    """Announced after each pass over a part of the tree."""

    target: str
    part: str
    written: int
    removed: int
    lag: float
    """Seconds from the wake-up to the last file."""
    unsure: int
    """Parts not yet held, whole, against what is published since the place was taken hold of."""
    fault: str = ""


class TargetSync:
    """One target, and when to look after what. `once` passes over everything once, `run` keeps on."""

    def __init__(
        self,
        publisher: Publisher,
        target: Target,
        clock: Callable[[], datetime],
        on_pass: Callable[[Pass], None] = lambda _pass: None,
        ours: Callable[[], bool] | None = None,
    ) -> None:
        self._publisher = publisher
        self._target = target
        self._clock = clock
        self._on_pass = on_pass
        self._ours = ours
        self._pictures = TargetPictures(publisher.renderer, self._pictures_ready)
        self._passes = Passes(publisher, target, self._pictures)
        self._place = publisher.place()
        self._marked: dict[str, float] = {}
        """Since when a part waits for a pass."""
        self._news: set[str] = set()
        """Those of them on which something happened; the others were only reached by time."""
        self._unseen: dict[str, None] = {}
        """Boards' folders not passed over since the place was taken hold of, those of a board together."""
        self._partly: set[str] = set()
        """Those passed over since then only for what is newer than what was noted there."""
        self._not_before: dict[str, float] = {}
        self._until: dict[str, datetime] = {}
        self._look_at: float = inf
        """When to look whether somebody else has written there."""
        self._woken = asyncio.Event()
        self._since: float = inf
        """Since when what is being done at the place was due; nothing is."""
        self._running = False

    @property
    def target(self) -> str:
        """The place's name."""
        return self._target.name

    def waiting(self) -> float:
        """Seconds for which the oldest news has not been there; 0 while the place is not ours to keep.

        It grows also while a call to the place does not return.
        """
        if not self._running:
            return 0.0
        since = min((self._marked[part] for part in self._news if part in self._marked), default=inf)
        return max(0.0, time.monotonic() - min(since, self._since))

    def wake(self, boards: Iterable[str]) -> None:
        """Something happened on these boards."""
        woken = [*(part for board in boards for part in self._publisher.parts_of(board)), REST]
        self._hurry(woken)
        self._woken.set()

    async def once(self, at: datetime) -> None:
        """Make the target as of the instant and let go of it; `TargetUnavailable` where any part fails."""
        self._pictures.wait_for_all = True
        try:
            await self._open()
            parts = sorted(self._marked, key=self._rank)
            faults = [await self._pass(part, at, whole=True) for part in parts]
        finally:
            await in_thread(self._target.close)
        for fault in filter(None, faults):
            raise TargetUnavailable(fault)

    async def run(self) -> None:
        """Keep the target made until cancelled. One that is down delays nobody and is made whole later."""
        self._marked.clear()  # of the time when it was not ours to keep
        self._news.clear()
        self._running = True
        try:
            await self._keep_equal()
        finally:
            self._running = False

    async def _keep_equal(self) -> None:
        while True:
            try:
                await self._open()
                while True:
                    await self._work()
            except TargetUnavailable as fault:
                self._announce(REST, min(self._marked.values(), default=time.monotonic()), fault=str(fault))
            finally:
                await self._pictures.stop()
                await in_thread(self._target.close)
            await asyncio.sleep(RETRY_SECONDS)

    async def _open(self) -> None:
        """Take hold of the place. Nothing is known of it: everything is to be looked at.

        First of each board what is newer than what was noted there, beginning with that of the last event;
        then whether all the rest is as it should be, which takes a hundred times as long.
        """
        self._passes.forget()
        self._until.clear()
        self._not_before.clear()
        self._unseen = dict.fromkeys(self._publisher.parts())
        self._partly.clear()
        self._mark([ASSETS, *self._unseen, REST])
        with self._doing(time.monotonic()):
            await in_thread(self._target.open, self._ours)
            parts = await in_thread(self._target.parts)
        if not self._unseen and any(not part.startswith("_") for part in parts):
            # A ledger that was lost has no boards; whoever went on would take their pages away.
            raise TargetUnavailable("the ledger knows no board, but boards stand here: nothing is taken away")
        self._mark(parts)
        self._look_at = time.monotonic() + self._target.watch

    # --- when to pass over what -----------------------------------------------------------------------------

    async def _work(self) -> None:
        """Pass over the part that has waited for it most, or wait until there is one."""
        self._woken.clear()
        at, place = self._clock(), self._publisher.place()
        if place != self._place:
            self._place = place
            self._mark([*self._publisher.parts(), REST])
        due = [part for part, until in self._until.items() if until <= at]
        self._mark(due)
        self._hurry([part for part in due if part in self._partly])
        if time.monotonic() >= self._look_at:
            await self._look()
        ready = [part for part in self._marked if self._ready_in(part) <= 0]
        if ready:
            await self._pass(min(ready, key=self._rank), at)
            await asyncio.sleep(0)
        else:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._idle(at)):
                    await self._woken.wait()

    async def _look(self) -> None:
        """What is no longer as it was noted is to be made good."""
        began = time.monotonic()
        for part in await in_thread(self._target.strayed):
            self._passes.forget(part)
            self._partly.discard(part)
            self._mark([part])
        now = time.monotonic()
        rest = (now - began) * (1 / WATCHING_SHARE - 1)
        self._look_at = now + max(self._target.watch, rest)

    def _pictures_ready(self, part: str) -> None:
        """The part's pictures are drawn."""
        self._mark([part])
        self._woken.set()

    def _mark(self, parts: Iterable[str]) -> None:
        now = time.monotonic()
        for part in parts:
            self._marked.setdefault(part, now)

    def _hurry(self, parts: Iterable[str]) -> None:
        """Something is to be told of them. What was only to be held against the note waits from now on."""
        hurried = list(parts)
        for part in hurried:
            if part in self._partly and part not in self._news:
                self._marked.pop(part, None)
        self._mark(hurried)
        self._news.update(hurried)

    def _rank(self, part: str) -> tuple[int, float]:
        """Who comes first.

        Assets before what needs them; boards on which something happened before others; the index after the
        boards that it lists, but it does not wait for ever; then what is no longer published; last what is
        only to be held against what was noted.
        """
        since = self._marked[part]
        if part == ASSETS:
            return 0, since
        if part == REST:
            late = not self._unseen and time.monotonic() - since > REST_PAUSE
            return (0 if late else 3), since
        if not self._publisher.is_part(part):
            return 4, since
        if part in self._news:
            return 1, since
        return (5 if part in self._partly else 2), since

    def _ready_in(self, part: str) -> float:
        """Seconds until the part may be passed over again."""
        return self._not_before.get(part, 0.0) - time.monotonic()

    def _idle(self, at: datetime) -> float:
        """Seconds until there is something to do, if nobody wakes us: the next boundary or end of a pause."""
        waits = [(until - at).total_seconds() for until in self._until.values()]
        waits += [self._ready_in(part) for part in self._marked]
        waits.append(self._look_at - time.monotonic())
        return min(max(0.001, min(waits, default=LONGEST_IDLE)), LONGEST_IDLE)

    @contextmanager
    def _doing(self, since: float) -> Iterator[None]:
        self._since = since
        try:
            yield
        finally:
            self._since = inf

    # --- one pass -------------------------------------------------------------------------------------------

    async def _pass(self, part: str, at: datetime, *, whole: bool = False) -> str:
        """Pass over the part; what went wrong with it, if anything: that hurts no other part."""
        marked = self._marked.pop(part)
        news = part in self._news
        newer_only = part in self._unseen or (part in self._partly and news)
        since = marked if news else time.monotonic()
        self._news.discard(part)
        try:
            with self._doing(since):
                done = await self._passes.over(
                    part, at, whole=whole or not newer_only, news=news and not whole
                )
        except Exception as wrong:
            self._passes.forget(part)
            self._marked.setdefault(part, marked)
            if news:
                self._news.add(part)
            self._not_before[part] = time.monotonic() + RETRY_SECONDS
            if isinstance(wrong, TargetUnavailable) and not isinstance(wrong, PartUnavailable):
                raise
            fault = str(wrong) if isinstance(wrong, PartUnavailable) else repr(wrong)
            self._announce(part, marked, fault=fault)
            return fault
        self._unseen.pop(part, None)
        self._partly.discard(part)
        if not done.whole:
            self._partly.add(part)
            self._mark([part])
        self._until[part] = done.until
        self._not_before[part] = time.monotonic() + (REST_PAUSE if part == REST else BOARD_PAUSE)
        self._announce(part, marked, done)
        return ""

    def _announce(self, part: str, marked: float, done: PassResult = NOTHING, *, fault: str = "") -> None:
        lag = time.monotonic() - marked
        unsure = len(self._unseen) + len(self._partly)
        self._on_pass(Pass(self._target.name, part, done.written, done.removed, lag, unsure, fault))
