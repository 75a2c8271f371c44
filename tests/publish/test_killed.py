"""A real process is killed in the midst of writing."""

import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from tests.patience import LONG
from tests.publish.trees import Keeping, full, left_behind, tree
from tests.publish.worlds import SHILI, report
from tests.publish.writer import large
from trafficlight.publish.targets import NOTES

ROUNDS = 10


def killed(root: Path, seed: int, after: float) -> None:
    """What `kill -9` leaves of a process that has been writing for so many seconds."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.publish.writer", str(root), str(seed), "60"], stdout=subprocess.PIPE
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        until = time.monotonic() + LONG
        while (root / NOTES / "clean").exists():  # on a busy machine it has not come to the folder yet
            assert time.monotonic() < until
            time.sleep(0.002)
        time.sleep(after)
        assert process.poll() is None
        process.kill()


def whole(path: str, body: bytes) -> bool:
    if path.endswith(".html"):
        return body.rstrip().endswith((b"</html>", b"</section>"))  # a fragment of an article is no document
    if path.endswith(".json"):
        return msgspec.json.decode(body) is not None
    return body != b""


@pytest.mark.timeout(400)  # twenty processes, one after the other
async def test_killed_at_any_moment_every_file_is_whole_and_the_next_start_makes_it_good(
    tmp_path: Path,
) -> None:
    root, chance = tmp_path / "t", random.Random(7)
    world = large()
    world.happen(SHILI, report(0, 60, site="shili-3"), after=60)
    wanted = await full(world, tmp_path / "fresh")
    unfinished = 0
    for number in range(ROUNDS):
        if number == ROUNDS // 2:
            shutil.rmtree(root)  # from nothing too, not only on top of what was there
        killed(root, number, chance.uniform(0.01, 0.6))
        there = tree(root)
        assert [
            path for path, body in there.items() if ".trafficlight-new-" not in path and not whole(path, body)
        ] == []
        assert not (root / NOTES / "clean").exists()
        unfinished += there.keys() < wanted.keys() or bool(left_behind(root))
        assert await Keeping(world, root).once() == wanted
        assert left_behind(root) == []
        assert not list((root / NOTES).glob(".trafficlight-new-*"))
    assert unfinished > 0  # else nothing was shown
