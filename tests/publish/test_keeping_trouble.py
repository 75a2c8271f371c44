"""A target that fails, is taken away, or is left in the midst of it, is made whole again."""

import asyncio
import random
import resource
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.patience import LONG
from tests.publish.trees import Keeping, becomes, full, happens, left_behind, tree
from tests.publish.worlds import ERXIAN, SHILI, county, lively, report
from trafficlight.publish.publisher import Publisher
from trafficlight.publish.sync_pass import ASSETS, REST
from trafficlight.publish.targets import NOTES
from trafficlight.publish.targets.base import Manifest, PartUnavailable, TargetUnavailable
from trafficlight.publish.targets.folder import FolderTarget


async def test_what_was_torn_by_hand_is_made_whole_after_an_unclean_stop(tmp_path: Path) -> None:
    world = lively()
    root = tmp_path / "t"
    wanted = await Keeping(world, root).once()
    await asyncio.to_thread(tear, root, random.Random(3))
    again = Keeping(world.again(), root)
    assert await again.once() == wanted | {"MP_verify_x.txt": b"theirs"}
    assert again.written < len(wanted)
    assert left_behind(root) == []


def tear(root: Path, chance: random.Random) -> None:
    (root / NOTES / "clean").unlink()
    for number, path in enumerate(chance.sample(sorted(tree(root)), 24)):
        if number % 3 == 0:
            (root / path).unlink()
        elif number % 3 == 1:
            (root / path).write_bytes((root / path).read_bytes()[:-7])
        else:
            (root / path).write_bytes(b"stray")
    (root / "shili/stray.html").write_bytes(b"stray")
    (root / "shili/sites/deep/er").mkdir(parents=True)
    (root / "shili/sites/deep/er/stray.txt").write_bytes(b"stray")
    (root / "MP_verify_x.txt").write_bytes(b"theirs")


async def test_a_cancelled_run_closes_cleanly_and_the_next_rewrites_nothing(
    tmp_path: Path, soon: None
) -> None:
    world = lively()
    keep = Keeping(world, tmp_path / "t")
    async with keep.running():
        await happens(lambda: REST in {one.part for one in keep.passes})
    assert (tmp_path / "t" / NOTES / "clean").is_file()
    again = Keeping(world.again(), tmp_path / "t")
    async with again.running():
        await happens(lambda: {one.part for one in again.passes} >= {ASSETS, REST, SHILI})
    assert again.written == 0


async def test_cancelled_in_the_midst_of_writing_it_finishes_what_it_writes(
    tmp_path: Path, soon: None
) -> None:
    world = county(30)
    for pause in (0.0, 0.005, 0.02, 0.05, 0.1):
        root = tmp_path / f"t{pause}"
        keep = Keeping(world, root)
        async with keep.running():
            await asyncio.sleep(pause)
        await asyncio.to_thread(free, root)
        again = Keeping(world.again(), root)
        shutil.rmtree(tmp_path / "fresh", ignore_errors=True)
        assert await again.once() == await full(world, tmp_path / "fresh")
        assert left_behind(root) == []


def free(root: Path) -> None:
    """The place was let go of."""
    target = FolderTarget(root)
    target.open()
    target.close()


async def test_a_cancelled_run_stays_cancelled_when_the_target_fails_at_that_moment(tmp_path: Path) -> None:
    class Late(FolderTarget):
        def note(self, _part: str, _manifest: Manifest) -> None:
            time.sleep(0.2)
            raise TargetUnavailable("gone")

    keep = Keeping(county(1), tmp_path / "t", Late(tmp_path / "t"))
    task = asyncio.create_task(keep.keeper.run())
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        async with asyncio.timeout(LONG):
            await task
    assert not (tmp_path / "t" / NOTES / "clean").exists()


@contextmanager
def full_disk() -> Iterator[None]:
    """No file can grow beyond 100 bytes: the kernel refuses, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_full_disk_is_announced_and_made_good_later(tmp_path: Path, soon: None) -> None:
    world = lively()
    keep = Keeping(world, tmp_path / "t")
    async with keep.running():
        await happens(lambda: REST in {one.part for one in keep.passes})
        with full_disk():
            world.happen(SHILI, report(0, 79), after=60)
            keep.keeper.wake([SHILI])
            await happens(lambda: len(keep.faults) >= 2)
            page = keep.publisher.find("shili/index.html", world.at)
            assert page is not None
        # What could be written meanwhile is whole.
        for path, body in (await asyncio.to_thread(tree, tmp_path / "t")).items():
            assert not path.endswith(".html") or body.rstrip().endswith((b"</html>", b"</section>")), path
        await becomes(tmp_path / "t", await full(world, tmp_path / "fresh"))
    assert left_behind(tmp_path / "t") == []


async def test_a_place_that_cannot_be_made_is_tried_again(tmp_path: Path, soon: None) -> None:
    world = county(2)
    (tmp_path / "blocked").write_bytes(b"x")
    root = tmp_path / "blocked" / "t"
    keep = Keeping(world, root)
    async with keep.running():
        await happens(lambda: len(keep.faults) >= 2)
        assert keep.passes[-1].lag > 0
        (tmp_path / "blocked").unlink()
        await becomes(root, await full(world, tmp_path / "fresh"))


async def test_a_folder_that_is_taken_away_is_made_anew(tmp_path: Path, soon: None) -> None:
    world = county(2)
    root = tmp_path / "t"
    keep = Keeping(world, root)
    async with keep.running():
        await happens(lambda: REST in {one.part for one in keep.passes})
        await asyncio.to_thread(shutil.rmtree, root)
        world.happen(SHILI, report(0, 5), after=60)
        keep.keeper.wake([SHILI])
        await becomes(root, await full(world, tmp_path / "fresh"))


async def test_a_second_publisher_takes_over_when_the_first_stops(tmp_path: Path, soon: None) -> None:
    world = county(2)
    first, second = Keeping(world, tmp_path / "t"), Keeping(world.again(), tmp_path / "t")
    async with second.running():
        await happens(lambda: len(second.passes) >= 3)
        async with first.running():
            await happens(lambda: len(first.faults) >= 2)
            assert "another publisher" in first.faults[-1]
            await second.stop()
            await happens(lambda: REST in {one.part for one in first.passes if not one.fault})
    assert first.written == 0


async def test_a_part_that_cannot_be_written_hurts_no_other(tmp_path: Path, soon: None) -> None:
    world = lively()
    root = tmp_path / "t"
    (tmp_path / "outside").mkdir()
    root.mkdir()
    (root / "erxian").symlink_to(tmp_path / "outside")
    keep = Keeping(world, root)
    wanted = await full(world, tmp_path / "fresh")
    others = {path: body for path, body in wanted.items() if not path.startswith("erxian/")}
    async with keep.running():
        await becomes(root, others)
        await happens(lambda: len(keep.faults) >= 2)
        assert {one.part for one in keep.passes if one.fault} == {ERXIAN}
        (root / "erxian").unlink()
        await becomes(root, wanted)
    assert list((tmp_path / "outside").iterdir()) == []


async def test_one_pass_writes_what_it_can_and_says_what_it_could_not(tmp_path: Path) -> None:
    world = lively()
    root = tmp_path / "t"
    root.mkdir()
    (root / "erxian").write_bytes(b"theirs")
    with pytest.raises(TargetUnavailable, match="erxian"):
        await Keeping(world, root).once()
    wanted = await full(world, tmp_path / "fresh")
    there = tree(root)
    assert there.pop("erxian") == b"theirs"
    assert there == {path: body for path, body in wanted.items() if not path.startswith("erxian/")}
    await asyncio.to_thread(free, root)


async def test_a_publisher_that_fails_for_one_board_hurts_no_other(
    tmp_path: Path, soon: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = lively()
    keep = Keeping(world, tmp_path / "t")
    subjects = Publisher.subjects

    def fails(publisher: Publisher, slug: str) -> object:
        if slug == SHILI:
            raise RuntimeError("nobody foresaw this")
        return subjects(publisher, slug)

    monkeypatch.setattr(Publisher, "subjects", fails)
    async with keep.running():
        await happens(lambda: len(keep.faults) >= 2 and REST in {one.part for one in keep.passes})
        assert "nobody foresaw this" in keep.faults[0]
        monkeypatch.undo()
        await becomes(tmp_path / "t", await full(world, tmp_path / "fresh"))


def test_a_part_unavailable_is_a_target_unavailable() -> None:
    assert issubclass(PartUnavailable, TargetUnavailable)
