"""Folders for tests: what stands in them, keepers that run, and targets that tell what they were asked."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path

from tests.patience import LONG
from tests.publish.worlds import World
from trafficlight.publish.sync import Pass, TargetSync
from trafficlight.publish.targets import NOTES
from trafficlight.publish.targets.base import File, Manifest, Target
from trafficlight.publish.targets.folder import FolderTarget


def tree(root: Path) -> dict[str, bytes]:
    """Every file with its bytes, but for what the target knows of the folder and for what goes meanwhile."""
    found: dict[str, bytes] = {}
    for folder, _, names in os.walk(root):
        for path in (Path(folder, name).relative_to(root) for name in names):
            if NOTES not in path.parts:
                with suppress(FileNotFoundError):
                    found[path.as_posix()] = (root / path).read_bytes()
    return dict(sorted(found.items()))


def left_behind(root: Path) -> list[str]:
    """What no finished pass leaves: files half written and folders without a file."""
    found = [path for path in root.rglob("*") if ".trafficlight-new-" in path.name]
    found += [path for path in root.rglob("*") if path.is_dir() and not any(path.iterdir())]
    return [path.relative_to(root).as_posix() for path in found]


class Keeping:
    """A keeper of a folder for a world, or of another target, with what it announced."""

    def __init__(self, world: World, root: Path, target: Target | None = None) -> None:
        self.passes: list[Pass] = []
        self.publisher = world.publisher()
        self.root = root
        self.target = target or FolderTarget(root)
        self.keeper = TargetSync(self.publisher, self.target, lambda: world.at, self.passes.append)
        self.world = world

    async def once(self) -> dict[str, bytes]:
        await self.keeper.once(self.world.at)
        return await asyncio.to_thread(tree, self.root)

    @property
    def written(self) -> int:
        return sum(one.written for one in self.passes)

    @property
    def faults(self) -> list[str]:
        return [one.fault for one in self.passes if one.fault]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        self._task = asyncio.create_task(self.keeper.run())
        try:
            yield
        finally:
            await self.stop()

    async def stop(self) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task


async def full(world: World, root: Path) -> dict[str, bytes]:
    """What one pass over everything makes of an empty folder."""
    return await Keeping(world.again(), root).once()


async def becomes(
    place: Path | Callable[[], dict[str, bytes]], wanted: dict[str, bytes], within: float = LONG
) -> None:
    """Returns when the folder (or what tells of another place) is as wanted; else what differs is told."""
    look = partial(tree, place) if isinstance(place, Path) else place
    there: dict[str, bytes] = {}
    with suppress(TimeoutError):
        async with asyncio.timeout(within):
            while (there := await asyncio.to_thread(look)) != wanted:  # noqa: ASYNC110 - files
                await asyncio.sleep(0.01)
    assert sorted(there) == sorted(wanted)
    assert [path for path in wanted if there[path] != wanted[path]] == []


async def happens(what: Callable[[], object], within: float = LONG) -> None:
    """Returns when it does."""
    async with asyncio.timeout(within):
        while not what():  # noqa: ASYNC110 - whatever a test looks at
            await asyncio.sleep(0.005)


class Recording(FolderTarget):
    """A folder that tells in which order it was written to."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.log: list[tuple[str, str]] = []

    def write(self, part: str, files: Sequence[File]) -> None:
        self.log += [("write", file.path) for file in files]
        super().write(part, files)

    def remove(self, part: str, paths: Sequence[str]) -> None:
        self.log += [("remove", path) for path in paths]
        super().remove(part, paths)

    def note(self, part: str, manifest: Manifest) -> None:
        self.log.append(("note", part))
        super().note(part, manifest)
