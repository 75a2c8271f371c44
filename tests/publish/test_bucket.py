"""A bucket as a target: what its store sends, in which order it is written, and what is repaired."""

import asyncio
from itertools import chain
from pathlib import Path

import pytest

from tests.publish.buckets import Bucket, Gate
from tests.publish.trees import Keeping, becomes, full, happens
from tests.publish.worlds import SHILI, World, county, lively, report
from trafficlight.bucket import read_address
from trafficlight.domain import event as e
from trafficlight.publish.sync_pass import REST
from trafficlight.publish.targets import NOTES
from trafficlight.publish.targets import bucket as bucket_module
from trafficlight.publish.targets.base import File, Manifest, PartUnavailable, TargetUnavailable
from trafficlight.publish.targets.bucket import WATCH, WATCH_CONDITIONAL, BucketTarget


def keeping(world: World, bucket: Bucket, gate: Gate | None = None) -> Keeping:
    return Keeping(world, Path(), bucket.target(gate.port if gate else 0))


async def wanted_of(world: World, folder: Path) -> dict[str, bytes]:
    """What a folder would hold, but for the compressed siblings."""
    there = await full(world, folder)
    return {path: body for path, body in there.items() if not path.endswith((".gz", ".br"))}


async def test_a_bucket_holds_what_a_folder_does_and_sends_it_as_the_app_would(
    bucket: Bucket, tmp_path: Path
) -> None:
    """Types and cache times as the app's; what is compressible once, in gzip, under its plain name."""
    world = lively()
    await keeping(world, bucket).keeper.once(world.at)
    objects = await asyncio.to_thread(bucket.objects)
    assert {path: one.plain for path, one in objects.items()} == await wanted_of(world, tmp_path / "t")
    publisher = world.again().publisher()
    coded = set()
    for path, one in objects.items():
        published = publisher.find(path, world.at)
        assert published is not None
        assert one.headers["content-type"] == published.media
        assert one.headers["cache-control"] == published.cache
        assert one.body == published.encoded(one.headers.get("content-encoding", ""))
        coded |= {path} if "content-encoding" in one.headers else set()
        assert (path in coded) == published.compressible
    assert {"shili/index.html", "shili/board.json"} <= coded
    assert "shili/wechat-qr.png" in objects.keys() - coded


async def test_a_bucket_behind_what_compresses_by_itself_takes_plain_bytes(
    bucket: Bucket, tmp_path: Path
) -> None:
    world = county(2)
    plain = BucketTarget(read_address(bucket.address(more="&gzip=no")))
    await Keeping(world, Path(), plain).keeper.once(world.at)
    objects = await asyncio.to_thread(bucket.objects)
    assert {path: one.body for path, one in objects.items()} == await wanted_of(world, tmp_path / "t")
    assert not [path for path, one in objects.items() if "content-encoding" in one.headers]


async def test_only_what_changed_is_written_links_after_what_they_lead_to(bucket: Bucket, gate: Gate) -> None:
    world = lively()

    async def wrote() -> list[str]:
        """Without asking whether the store keeps conditions."""
        gate.asked.clear()
        await keeping(world.again(), bucket, gate).keeper.once(world.at)
        keys = [path.removeprefix(f"/{bucket.name}/tree/") for path in gate.wrote()]
        return [key for key in keys if key != f"{NOTES}/probe"]

    def place(key: str) -> tuple[int, int]:
        part = 0 if key.startswith("assets/") else 1 if "/" in key else 2
        return part, 1 if key.rpartition("/")[2] in {"index.html", "boards.json"} else 0

    first = await wrote()
    for part, note in (("assets/", "_assets"), ("shili/", "shili"), ("erxian/", "erxian")):
        keys = [key for key in first if key.startswith(part) or key == f"{NOTES}/{note}.json"]
        assert keys[-1] == f"{NOTES}/{note}.json"
        assert [place(key) for key in keys[:-1]] == sorted(place(key) for key in keys[:-1])
    pages = [place(key)[0] for key in first if not key.startswith(NOTES)]
    assert pages == sorted(pages)
    assert await wrote() == []
    world.happen("erxian", report(0, 5, site="er-0"), after=60)
    after = await wrote()
    assert {"erxian/index.html", "erxian/sites/er-0.html", "index.html"} <= set(after)
    assert not [key for key in after if key.startswith(("shili/", "assets/"))]
    world.happen(SHILI, e.SiteRemoved(site="clinic-7"))
    world.happen(SHILI, report(0, 5), after=91 * 24 * 3600)
    after = await wrote()
    gone = [after.index(f"shili/sites/clinic-7.{end}") for end in ("html", "svg")]
    assert min(gone) > after.index("shili/index.html")
    assert max(gone) < after.index(f"{NOTES}/shili.json")
    assert "shili/sites/clinic-7.html" not in await asyncio.to_thread(bucket.tree)


async def test_a_bucket_kept_all_the_way_equals_one_made_at_the_end(
    bucket: Bucket, tmp_path: Path, soon: None
) -> None:
    world = lively()
    keep = keeping(world, bucket)
    async with keep.running():
        await happens(lambda: REST in {one.part for one in keep.passes})
        for number in range(6):
            world.happen(SHILI, report(number, 10 * number), after=60)
            keep.keeper.wake([SHILI])
            await asyncio.sleep(0.1)
        await becomes(bucket.tree, await wanted_of(world, tmp_path / "fresh"))
    assert keep.faults == []


@pytest.fixture
def short(soon: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten times as often as in life."""
    assert WATCH + 2 <= 5
    monkeypatch.setattr(bucket_module, "WATCH_CONDITIONAL", WATCH_CONDITIONAL / 10)
    monkeypatch.setattr(bucket_module, "WATCH", WATCH / 10)


@pytest.mark.parametrize("deaf_to", [(), ("if-match", "if-none-match")], ids=["conditional", "deaf"])
async def test_what_somebody_else_writes_there_is_repaired(
    bucket: Bucket, gate: Gate, tmp_path: Path, short: None, deaf_to: tuple[str, ...]
) -> None:
    """Within five seconds where the store keeps no conditions; nothing has to happen for it."""
    gate.deaf_to = deaf_to
    world = county(2)
    wanted = await wanted_of(world, tmp_path / "fresh")
    keep = keeping(world, bucket, gate)
    async with keep.running():
        await happens(lambda: REST in {one.part for one in keep.passes})
        assert keep.target.watch == (WATCH if deaf_to else WATCH_CONDITIONAL) / 10
        await asyncio.to_thread(bucket.put, "shili/index.html", b"old")
        await asyncio.to_thread(bucket.put, "shili/stray.html", b"old")
        await asyncio.to_thread(bucket.delete, "shili/board.json")
        await asyncio.to_thread(bucket.put, "boards.json", b"old")
        await becomes(bucket.tree, wanted)
    assert keep.faults == []


def target_with(bucket: Bucket, ours: bool = True) -> tuple[BucketTarget, list[bool]]:
    """A target that has written a page and noted it; whether the place is ours is in the list."""
    target, turns = bucket.target(), [True]
    target.open(lambda: turns[0])
    put(target, b"first")
    turns[0] = ours
    return target, turns


def put(target: BucketTarget, body: bytes) -> None:
    path = "shili/index.html"
    target.manifest("shili")
    target.write("shili", [File(path=path, body=body, media="text/html", cache="no-cache")])
    target.note("shili", Manifest(files={path: body.hex()}))


def test_who_has_lost_the_place_writes_nothing(bucket: Bucket) -> None:
    target, _ = target_with(bucket, ours=False)
    before = bucket.tags()
    for touch in (
        lambda: put(target, b"late"),
        lambda: target.remove("shili", ["shili/index.html"]),
        lambda: target.note("shili", Manifest()),
        target.strayed,
    ):
        with pytest.raises(TargetUnavailable, match="another node's turn"):
            touch()
    assert bucket.tags() == before
    target.close()


def test_who_does_not_know_that_he_has_lost_it_overwrites_nothing_newer(bucket: Bucket) -> None:
    """The store keeps conditions: he is told, looks again, and knows what the other has written."""
    late, _ = target_with(bucket)
    other, _ = target_with(bucket)
    put(other, b"newer")
    with pytest.raises(PartUnavailable, match="written by somebody else"):
        late.write("shili", [File(path="shili/index.html", body=b"late", media="text/html")])
    with pytest.raises(PartUnavailable, match="written by somebody else"):
        late.note("shili", Manifest(files={"shili/index.html": "late"}))
    assert bucket.tree() == {"shili/index.html": b"newer"}
    assert late.manifest("shili").files == {"shili/index.html": b"newer".hex()}
    put(late, b"now")
    assert bucket.tree() == {"shili/index.html": b"now"}
    late.close()
    other.close()


def test_many_parts_are_looked_at_in_turns(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bucket_module, "LOOKED_AT_ONCE", 2)
    target = bucket.target()
    target.open()
    parts = [f"b-{number}" for number in range(5)]
    for part in parts:
        target.manifest(part)
        target.write(part, [File(path=f"{part}/x.txt", body=b"x", media="text/plain")])
        target.note(part, Manifest(files={f"{part}/x.txt": "x"}))
        bucket.put(f"{part}/x.txt", b"other")
    found = [list(target.strayed()) for _ in range(3)]
    assert sorted(chain.from_iterable(found)) == parts
    assert all(len(some) <= 2 for some in found)
    assert target.manifest("b-0").files == {"b-0/x.txt": ""}
    target.close()


async def test_notes_are_no_part_of_the_tree_and_hold_no_secret(bucket: Bucket) -> None:
    world = county(1)
    await keeping(world, bucket).keeper.once(world.at)
    kept = [key for key in bucket.tags() if f"/{NOTES}/" in key]
    assert {key.rpartition("/")[2] for key in kept} == {"_.json", "_assets.json", "shili.json", "probe"}
    for key in kept:
        one = bucket.get(key)
        assert b"geheim" not in one.body
