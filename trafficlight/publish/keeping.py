"""Keeps a target equal to what is published: writes what differs, in an order that a reader never trips over."""

import asyncio
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

import msgspec

from trafficlight.publish.edition import Published
from trafficlight.publish.formats.base import Scope
from trafficlight.publish.publisher import FAR, Publisher, Subject
from trafficlight.publish.targets.base import File, Target, TargetUnavailable
from trafficlight.publish.targets.folder import digest

REST: Final = "_"
"""The part of the tree that is no board's: the index and the assets."""
BOARD_PAUSE = 0.2
"""Seconds between two passes over a board: at most five a second."""
REST_PAUSE = 1.0
ASSET_DAYS = 30
"""A page in somebody's cache needs its script so long, to know that it has grown old."""
RETRY_SECONDS = 2.0
LONGEST_IDLE = 60.0
CODINGS = {"gzip": ".gz", "br": ".br"}


class Pass(msgspec.Struct, frozen=True):
    """Announced after each pass over a part of the tree."""

    target: str
    part: str
    written: int
    removed: int
    lag: float
    """Seconds from the wake-up to the last file."""
    fault: str = ""


class _Seen(msgspec.Struct, frozen=True):
    """What was made of a subject: of which facts, until when it stands, and where."""

    stamp: tuple[object, ...]
    until: datetime
    paths: frozenset[str]


class Keeper:
    """One target and what is known to stand there. `once` for a single pass over everything, `run` to keep on."""

    def __init__(
        self,
        publisher: Publisher,
        target: Target,
        clock: Callable[[], datetime],
        on_pass: Callable[[Pass], None] = lambda _pass: None,
    ) -> None:
        self._publisher = publisher
        self._target = target
        self._clock = clock
        self._on_pass = on_pass
        self._there: dict[str, dict[str, str]] = {}
        self._seen: dict[str, dict[Subject, _Seen]] = {}
        self._marked: dict[str, float] = {}
        self._last: dict[str, float] = {}
        self._until: dict[str, datetime] = {}
        self._woken = asyncio.Event()

    def wake(self, boards: Iterable[str]) -> None:
        """Something happened on these boards."""
        now = time.monotonic()
        for part in (*boards, REST):
            self._marked.setdefault(part, now)
        self._woken.set()

    async def once(self, at: datetime) -> None:
        """Make the whole target as of the instant, and let go of it; `TargetUnavailable` where that fails."""
        await asyncio.to_thread(self._target.open)
        clean = False
        try:
            for part in [*self._publisher.boards(), REST]:
                await self._pass(part, at, time.monotonic())
            clean = True
        finally:
            await asyncio.to_thread(self._target.close, clean=clean)

    async def run(self) -> None:
        """Keep the target made until cancelled. A target that is down delays nobody and is made whole later."""
        while True:
            clean = False
            try:
                await asyncio.to_thread(self._target.open)
                self._forget()
                while True:
                    await self._work()
            except TargetUnavailable as fault:
                self._on_pass(Pass(self._target.name, REST, 0, 0, self._lag(), fault=str(fault)))
            except asyncio.CancelledError:
                clean = True
                raise
            finally:
                await asyncio.shield(asyncio.to_thread(self._target.close, clean=clean))
            await asyncio.sleep(RETRY_SECONDS)

    def _forget(self) -> None:
        """Nothing is known of the place any more: everything is to be looked at."""
        self._there.clear()
        self._seen.clear()
        self.wake(self._publisher.boards())

    # --- when to pass over what -----------------------------------------------------------------------------------

    async def _work(self) -> None:
        """Pass over what is marked or has run out, the index last; then wait for more."""
        self._woken.clear()
        at, now = self._clock(), time.monotonic()
        for part in [part for part, until in self._until.items() if until <= at]:
            self._marked.setdefault(part, now)
        for part in sorted(self._marked, key=lambda part: (part == REST, self._marked[part])):
            if self._ready_in(part) <= 0:
                await self._pass(part, self._clock(), self._marked[part])
        with suppress(TimeoutError):
            async with asyncio.timeout(self._idle()):
                await self._woken.wait()

    def _ready_in(self, part: str) -> float:
        """Seconds until the part may be passed over again."""
        pause = REST_PAUSE if part == REST else BOARD_PAUSE
        return self._last.get(part, -pause) + pause - time.monotonic()

    def _idle(self) -> float:
        """Seconds until there is something to do again, if nobody wakes us: the next boundary or end of a pause."""
        at = self._clock()
        waits = [(until - at).total_seconds() for until in self._until.values()]
        waits += [self._ready_in(part) for part in self._marked]
        return min(max(0.005, min(waits, default=LONGEST_IDLE)), LONGEST_IDLE)

    def _lag(self) -> float:
        return max((time.monotonic() - marked for marked in self._marked.values()), default=0.0)

    # --- one pass -------------------------------------------------------------------------------------------------

    async def _pass(self, part: str, at: datetime, marked: float) -> None:
        if part not in self._there:
            self._there[part] = dict(await asyncio.to_thread(self._target.manifest, part))
        there = self._there[part]
        # What is marked from here on is for the next pass; what fails is looked at anew from the ground up.
        self._marked.pop(part, None)
        wanted: set[str] = set()
        files: list[File] = []
        if part == REST:
            published = [*self._publisher.assets().values()]
            self._differing(published, there, wanted, files)
            wanted |= self._assets_kept(there, at)
            subjects: Iterable[Subject] = [Subject(Scope.INDEX)]
        else:
            subjects = self._publisher.subjects(part)
        until = FAR
        seen_before, seen_now = self._seen.get(part, {}), {}
        for subject in list(subjects):
            seen = seen_before.get(subject)
            stamp = self._publisher.stamp(subject)
            if stamp is None:
                continue
            if seen is None or seen.stamp != stamp or seen.until <= at:
                artifacts, stands = self._publisher.made(subject, at)
                paths: set[str] = set()
                self._differing(artifacts.values(), there, paths, files)
                seen = _Seen(stamp=stamp, until=stands or FAR, paths=frozenset(paths))
                await asyncio.sleep(0)  # others get their turn between two makings
            seen_now[subject] = seen
            wanted |= seen.paths
            until = min(until, seen.until)
        gone = sorted(there.keys() - wanted)
        await self._write(part, files, gone)
        self._seen[part], self._until[part] = seen_now, until
        self._last[part] = time.monotonic()
        if files and part != REST:
            self._marked.setdefault(REST, marked)
        self._on_pass(Pass(self._target.name, part, len(files), len(gone), time.monotonic() - marked))

    def _differing(
        self, published: Iterable[Published], there: dict[str, str], wanted: set[str], files: list[File]
    ) -> None:
        """Gather what is not there yet, compressed siblings first, and the paths that shall be."""
        for one in published:
            siblings = (
                [(one.path + end, coding) for coding, end in CODINGS.items()] if one.compressible else []
            )
            wanted.update([one.path, *(path for path, _ in siblings)])
            if there.get(one.path) == one.digest and all(path in there for path, _ in siblings):
                continue
            files += [
                File(path=path, body=one.encoded(coding), media=one.media, coding=coding, cache=one.cache)
                for path, coding in [*siblings, (one.path, "")]
            ]

    async def _write(self, part: str, files: list[File], gone: list[str]) -> None:
        """Write in the order in which readers need it: assets, compressed, pages, index; removals last."""
        there = {**self._there[part], **{file.path: digest(file.body) for file in files}}
        for path in gone:
            del there[path]
        if files or there != self._there[part]:
            # A stop waits for the thread: the place is let go of when nothing is being written any more.
            writing = asyncio.ensure_future(asyncio.to_thread(self._commit, part, files, gone, there))
            try:
                await asyncio.shield(writing)
            except asyncio.CancelledError:
                await writing
                raise
        self._there[part] = there

    def _commit(self, part: str, files: list[File], gone: list[str], there: dict[str, str]) -> None:
        self._target.write(sorted(files, key=_order))
        self._target.remove(part, gone)
        self._target.note(part, there)

    def _assets_kept(self, there: dict[str, str], at: datetime) -> set[str]:
        """Assets of earlier versions that are still young enough to be kept. The instant since when an asset has
        been out of use stands in the manifest under `since:` and its path."""
        current = self._publisher.assets()
        kept: set[str] = set()
        for path in [path for path in there if path.startswith("assets/")]:
            plain = path.removesuffix(".gz").removesuffix(".br")
            if plain in current:
                continue
            since = there.setdefault(f"since:{plain}", at.isoformat())
            if at - datetime.fromisoformat(since) < timedelta(days=ASSET_DAYS):
                kept.update({path, f"since:{plain}"})
        return kept


def _order(file: File) -> tuple[int, str]:
    if file.path.startswith("assets/"):
        return 0, file.path
    if file.coding:
        return 1, file.path
    name = file.path.rpartition("/")[2]
    return (3 if name in {"index.html", "boards.json"} else 2), file.path
