"""One pass over a part of a target: what is not there yet is written, what is no longer published goes."""

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import datetime, timedelta
from functools import partial
from itertools import chain
from sys import intern
from typing import Final, ParamSpec, TypeVar

import msgspec

from trafficlight.publish.drawing import DrawingFailed, PictureRenderer
from trafficlight.publish.edition import Published, digest
from trafficlight.publish.formats.base import DATA_SCOPES, DRAWN, FormatScope
from trafficlight.publish.indexing import FAR
from trafficlight.publish.publisher import FormatSubject, Publisher, Stamp
from trafficlight.publish.targets.base import File, Manifest, Target

ASSETS: Final = "_assets"
REST: Final = "_"
"""The part of the tree that is no board's: the index, in every language."""
ASSET_RETENTION: Final = timedelta(days=30)
"""A page in somebody's cache needs its script so long, to know that it has grown old."""
PLAIN: Final = {"": ""}
WRITTEN_AT_ONCE: Final = 64
"""Files written or removed in one call: what is slow there is not asked for in one."""
A_WHILE: Final = 1.0
"""Seconds of writing after which it is looked whether we are to stop."""
DATA_REST: Final = timedelta(seconds=30)
"""So often, where news follows on news, a board's files for programs are made; else right after its pages."""
AT_ONCE: Final = 100
"""Subjects looked at before others get their turn: under 1 ms."""

P = ParamSpec("P")
T = TypeVar("T")


class PassResult(msgspec.Struct, frozen=True):
    """What a pass did, and until when, without an event, the next one would find nothing to do."""

    written: int
    removed: int
    until: datetime
    whole: bool = True
    """Whether all of the part was looked at."""


NOTHING: Final = PassResult(written=0, removed=0, until=FAR)


class _Seen(msgspec.Struct, frozen=True):
    """What was made of a subject: of which facts, between which instants it stands, and where."""

    stamp: Stamp
    until: datetime
    paths: tuple[str, ...]
    made: datetime


class _PassState(msgspec.Struct):
    """What a pass has found out so far."""

    at: datetime
    news: bool
    """Something happened: the pages come first."""

    codings: Mapping[str, str]
    there: dict[str, str]
    wanted: set[str]
    missing: list[tuple[str, str, Published]]
    """Path, coding and artifact of what is to be written."""
    until: datetime = FAR
    retired: dict[str, datetime] = {}
    edition: int = 0
    since: int | None = None
    """The edition after which something must have happened to be looked at; None: all is."""
    whole: bool = True

    def want(self, published: Published) -> Iterable[str]:
        """The artifact and its compressed siblings shall be there; the paths of all of them."""
        codings = self.codings if published.compressible else PLAIN
        # One string for all who remember a path: a hundred thousand sites have six each.
        paths = {intern(published.path + end): coding for coding, end in codings.items()}
        whole = all(self.there.get(path) for path in paths)
        if not whole or self.there[published.path] != published.digest:
            self.missing += [(path, coding, published) for path, coding in paths.items()]
        self.wanted.update(paths)
        return paths


class TargetPictures:
    """Has the sketches of a target drawn; `on_ready` hears of each part whose pictures are ready."""

    def __init__(self, renderer: PictureRenderer | None, on_ready: Callable[[str], None]) -> None:
        self._renderer = renderer
        self._on_ready = on_ready
        self._drawing: dict[str, asyncio.Task[None]] = {}
        self.wait_for_all = False
        """Passes wait for pictures: there is only one."""

    async def ready(self, part: str, sketches: Mapping[str, Published]) -> dict[str, Published] | None:
        """The part's pictures by path, all of one edition, without those that cannot be drawn.

        None: they are being drawn, and the part is to be passed over again when `on_ready` says so.
        """
        renderer = self._renderer
        assert renderer is not None  # noqa: S101 - without one nothing is sketched
        missing = [
            one for one in sketches.values() if one.sketch and not one.drawn and not renderer.failed(one)
        ]
        if missing and not self.wait_for_all:
            if part not in self._drawing:
                task = self._drawing[part] = asyncio.create_task(self._draw(renderer, part, missing))
                task.add_done_callback(lambda _task: self._drawing.pop(part, None))
            return None
        await _drawn(renderer, missing)
        pictures = {path: one.drawn if one.sketch else one for path, one in sketches.items()}
        return {path: picture for path, picture in pictures.items() if picture is not None}

    async def _draw(self, renderer: PictureRenderer, part: str, sketches: list[Published]) -> None:
        await _drawn(renderer, sketches)
        self._on_ready(part)

    async def stop(self) -> None:
        """Nothing is waited for any more."""
        tasks = list(self._drawing.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _drawn(renderer: PictureRenderer, sketches: list[Published]) -> None:
    for sketch in sketches:
        try:
            await renderer.render(sketch)
        except DrawingFailed:  # announced there
            continue


class Passes:
    """What is known to stand at a target, and how to bring it up to what is published."""

    def __init__(self, publisher: Publisher, target: Target, pictures: TargetPictures) -> None:
        self._publisher = publisher
        self._target = target
        self._pictures = pictures
        self._there: dict[str, Manifest] = {}
        self._seen: dict[str, dict[FormatSubject, _Seen]] = {}

    def forget(self, part: str | None = None) -> None:
        """Nothing is known any more of the part, or of any: it is to be looked at."""
        for known in (self._there, self._seen):
            if part is None:
                known.clear()
            else:
                known.pop(part, None)

    async def over(self, part: str, at: datetime, *, whole: bool = True, news: bool = False) -> PassResult:
        """Make the part as it is published at the instant; `TargetUnavailable` where that fails.

        `news`: the files for programs may wait for the next pass. Not `whole`: only the board's own files,
        and the pages of what happened after the edition noted there.
        """
        if part not in self._there:
            published = part.startswith("_") or self._publisher.is_part(part)
            if not published and part not in await in_thread(self._target.parts):
                return NOTHING  # not published and never written: a folder of that name is not ours
            self._there[part] = await in_thread(self._target.manifest, part)
        noted = self._there[part]
        work = _PassState(
            at=at, news=news, codings=self._target.codings, there=noted.files, wanted=set(), missing=[]
        )
        work.since = None if whole else noted.edition
        if part == ASSETS:
            seen: dict[FormatSubject, _Seen] = {}
            self._look_at_assets(noted, work, at)
        else:
            seen = await self._look_at(part, work, at)
        if not work.whole:
            work.wanted.update(work.there)
            work.edition = noted.edition
        gone = sorted(work.there.keys() - work.wanted)
        if work.missing or gone or (work.retired, work.edition) != (noted.retired, noted.edition):
            steps = self._steps(part, work, gone)
            while await in_thread(_take, steps):
                pass
        self._seen[part] = seen
        return PassResult(len(work.missing), len(gone), work.until, work.whole)

    async def _look_at(self, part: str, work: _PassState, at: datetime) -> dict[FormatSubject, _Seen]:
        """What is published of a board, or of the rest; only what may have changed is made."""
        publisher, before, now = self._publisher, self._seen.get(part, {}), {}
        subjects = list(publisher.rest() if part == REST else publisher.subjects(part))
        for number, subject in enumerate(subjects, start=1):
            seen, stamp = before.get(subject), publisher.stamp(subject)
            if stamp is None:
                continue
            if subject.scope is FormatScope.BOARD:
                work.edition = stamp[1]
            elif _waits(subject, stamp, work, seen):
                work.whole = False
                now.update({subject: seen} if seen else {})
                continue
            if seen is None or seen.stamp != stamp or seen.until <= at:
                artifacts, stands = await self._made(subject, at)
                if subject.scope in DRAWN:
                    pictures = await self._pictures.ready(part, artifacts)
                    if pictures is None:  # those that are there stay until the new ones are drawn
                        work.wanted.update(seen.paths if seen else artifacts.keys() & work.there.keys())
                        now.update({subject: seen} if seen else {})
                        continue
                    artifacts = pictures
                paths = chain.from_iterable(work.want(published) for published in artifacts.values())
                seen = _Seen(stamp=stamp, until=stands or FAR, paths=tuple(paths), made=at)
                await asyncio.sleep(0)  # others get their turn between two makings
            elif number % AT_ONCE == 0:
                await asyncio.sleep(0)
            now[subject] = seen
            work.wanted.update(seen.paths)
            work.until = min(work.until, seen.until)
        return now

    async def _made(
        self, subject: FormatSubject, at: datetime
    ) -> tuple[dict[str, Published], datetime | None]:
        """All about the subject. What programs read takes a while: others get their turn in between."""
        if subject.scope not in DATA_SCOPES:
            return self._publisher.made(subject, at)
        artifacts: dict[str, Published] = {}
        ends = []
        for published, until in self._publisher.making(subject, at):
            artifacts.update(published)
            ends.append(until)
            await asyncio.sleep(0)
        return artifacts, min(ends, default=None)

    def _look_at_assets(self, noted: Manifest, work: _PassState, at: datetime) -> None:
        for published in self._publisher.assets().values():
            work.want(published)
        for path in [path for path, held in noted.files.items() if held and path not in work.wanted]:
            since = noted.retired.get(path, at)
            if at < since + ASSET_RETENTION:
                work.wanted.add(path)
                work.retired[path] = since
                work.until = min(work.until, since + ASSET_RETENTION)

    def _steps(self, part: str, work: _PassState, gone: list[str]) -> Iterator[None]:
        """Compress, write, remove and note, bit by bit; in a thread: compressing takes longer than making.

        Compressed siblings first, then pages, then the index: who finds a link finds what it leads to.
        """
        groups: list[list[File]] = [[], [], []]
        stands = {path: held for path, held in work.there.items() if path in work.wanted}
        for path, coding, one in sorted(work.missing, key=lambda missing: missing[0]):
            file = File(path=path, body=one.encoded(coding), media=one.media, coding=coding, cache=one.cache)
            stands[path] = one.digest if path == one.path else digest(file.body)
            listing = path.rpartition("/")[2] in {"index.html", "boards.json"}
            groups[0 if path != one.path else 2 if listing else 1].append(file)
        manifest = Manifest(files=stands, retired=work.retired, edition=work.edition)
        for group in groups:
            for some in _some(group):
                self._target.write(part, some)
                yield
        for paths in _some(gone):
            self._target.remove(part, paths)
            yield
        self._target.note(part, manifest)
        self._there[part] = manifest


def _waits(subject: FormatSubject, stamp: Stamp, work: _PassState, seen: _Seen | None) -> bool:
    """Whether there is nothing new about it, or nothing that residents could not wait for."""
    if subject.scope in DATA_SCOPES and work.news:
        return seen is None or (seen.stamp != stamp and work.at < min(seen.until, seen.made + DATA_REST))
    since = work.since
    return since is not None and (subject.scope in {*DRAWN, *DATA_SCOPES} or stamp[1] <= since)


def _some(these: Sequence[T]) -> Iterator[Sequence[T]]:
    for first in range(0, len(these), WRITTEN_AT_ONCE):
        yield these[first : first + WRITTEN_AT_ONCE]


def _take(steps: Iterator[None]) -> bool:
    """Take steps for a while; whether some may be left."""
    until = time.monotonic() + A_WHILE
    return any(time.monotonic() > until for _ in steps)


_THREADS: Final = ThreadPoolExecutor(max_workers=32, thread_name_prefix="target")
"""One for each target, of our own: where many hang, nothing else of the program waits for a thread."""


async def in_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Done in a thread; who is cancelled meanwhile waits for it: nothing is written behind a closed door."""
    here = partial(copy_context().run, work, *args, **kwargs)
    working = asyncio.get_running_loop().run_in_executor(_THREADS, here)
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError:
        await asyncio.gather(working, return_exceptions=True)
        raise
