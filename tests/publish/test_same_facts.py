"""The same facts give the same bytes: in every run, on every node, however they were read."""

import gzip
import os
import subprocess
import sys
from pathlib import Path

import brotli

from tests.publish.worlds import World, everything, lively
from trafficlight.ledger.snapshots import Snapshots


def test_same_facts_same_bytes() -> None:
    told = [
        subprocess.run(
            [sys.executable, "-m", "tests.publish.tell", str(seed)],
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
            check=True,
            capture_output=True,
            timeout=60,
        ).stdout
        for seed in (1, 2)
    ]
    assert told[0] == told[1]
    assert told[0].count(b"\n") > 40


def test_a_fold_from_snapshots_tells_the_same(tmp_path: Path) -> None:
    world = lively()
    snapshots = Snapshots(tmp_path)
    for slug, fold in world.boards.items():
        snapshots.write(slug, snapshots.pack(fold))
    snapshots.write("_", snapshots.pack(world.system))
    loaded = World()
    loaded.system, loaded.boards = Snapshots(tmp_path).load()
    assert everything(loaded.publisher(), world.at) == everything(world.publisher(), world.at)


def test_encodings_hold_the_bytes_and_no_time_stamp() -> None:
    world = lively()
    page = world.publisher().find("shili/index.html", world.at)
    assert page is not None
    assert page.compressible
    assert gzip.decompress(page.gzip) == page.body == brotli.decompress(page.brotli)
    assert page.gzip[4:8] == bytes(4)
    assert page.encoded("") is page.body
    assert page.encoded("gzip") is page.gzip


def test_entity_tags_follow_the_bytes() -> None:
    world = lively()
    one, other = world.publisher(), world.again().publisher()
    for path in everything(one, world.at):
        first, second = one.find(path, world.at), other.find(path, world.at)
        assert first is not None
        assert second is not None
        assert first.etag == second.etag
        assert first.etag.startswith('"')
    tags = [one.find(path, world.at) for path in everything(one, world.at)]
    assert len({tag.etag for tag in tags if tag}) == len({tag.body for tag in tags if tag})
