"""What every target promises: whole files, nothing of others, never outside, and no note that is not so."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import pytest

from tests.publish.buckets import Bucket
from tests.publish.trees import tree
from trafficlight.publish.edition import digest
from trafficlight.publish.targets import NOTES, TARGETS
from trafficlight.publish.targets.base import File, Manifest, PartUnavailable, Target, TargetUnavailable
from trafficlight.publish.targets.folder import FolderTarget


class Place(Protocol):
    """An empty place, and a stranger's hands on it."""

    def target(self) -> Target:
        """A target for it, not opened yet."""

    def tree(self) -> dict[str, bytes]:
        """Every file with its plain bytes, but for what the target knows of it."""

    def put(self, path: str, body: bytes) -> None: ...

    def delete(self, path: str) -> None: ...

    def spoil(self, note: str) -> None:
        """Tear a part's note."""

    def broken_off(self) -> None:
        """As if the publisher that has let go of it had been killed instead."""


class Folder:
    """A folder that nobody has made yet."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def target(self) -> FolderTarget:
        return FolderTarget(self._root)

    def tree(self) -> dict[str, bytes]:
        return tree(self._root)

    def put(self, path: str, body: bytes) -> None:
        (self._root / path).parent.mkdir(parents=True, exist_ok=True)
        (self._root / path).write_bytes(body)

    def delete(self, path: str) -> None:
        (self._root / path).unlink()

    def spoil(self, note: str) -> None:
        (self._root / NOTES / note).write_bytes(b'{"files":{"shili/in')

    def broken_off(self) -> None:
        (self._root / NOTES / "clean").unlink(missing_ok=True)


class InStore(Bucket):
    """A bucket; nothing in it tells one end of a publisher from another."""

    def spoil(self, note: str) -> None:
        self.put(f"{NOTES}/{note}", b'{"files":{"shili/in')

    def broken_off(self) -> None:
        assert self.tags()


PLACES: dict[str, Callable[[int, Path], Place]] = {
    "folder": lambda _store, empty: Folder(empty / "tree"),
    "bucket": InStore,
}


@pytest.fixture(params=sorted(PLACES))
def place(request: pytest.FixtureRequest, store_port: int, tmp_path: Path) -> Place:
    return PLACES[request.param](store_port, tmp_path)


@pytest.fixture
def target(place: Place) -> Iterator[Target]:
    opened = place.target()
    opened.open()
    yield opened
    opened.close()


def file(path: str, body: bytes = b"x") -> File:
    return File(path=path, body=body, media="text/plain")


def put(target: Target, part: str, *files: File) -> None:
    """Write and note, as a pass does."""
    known = dict(target.manifest(part).files)
    target.write(part, files)
    target.note(part, Manifest(files=known | {one.path: digest(one.body) for one in files}))


def again(target: Target, place: Place, *, killed: bool = False) -> Target:
    """A target for the same place, after the publisher was stopped or killed."""
    target.close()
    if killed:
        place.broken_off()
    other = place.target()
    other.open()
    return other


def test_every_kind_of_target_is_judged(store_port: int, tmp_path: Path) -> None:
    judged = {type(made(store_port, tmp_path).target()) for made in PLACES.values()}
    assert judged == {type(make(f"{name}://abc")) for name, make in TARGETS.items()}


def test_what_is_written_stands_there_and_what_is_removed_does_not(target: Target, place: Place) -> None:
    put(target, "shili", file("shili/sites/a.html"), file("shili/index.html", b"old"))
    put(target, "_", file("index.html"), file("镇/一 二#%?.txt"))
    put(target, "shili", file("shili/index.html", b"new"))
    everything = {"shili/sites/a.html": b"x", "shili/index.html": b"new", "index.html": b"x"}
    assert place.tree() == everything | {"镇/一 二#%?.txt": b"x"}
    target.remove("_", ["镇/一 二#%?.txt", "none.html", "none/none.html"])
    assert place.tree() == everything
    target.remove("shili", ["shili/sites/a.html", "shili/index.html"])
    assert place.tree() == {"index.html": b"x"}


def test_a_part_is_known_while_something_of_it_is_noted(target: Target, place: Place) -> None:
    for part in ("shili", "en/shili", "_", "_assets"):
        put(target, part, file("a.txt" if part.startswith("_") else f"{part}/a.txt"))
    other = again(target, place)
    assert sorted(other.parts()) == ["_", "_assets", "en/shili", "shili"]
    other.manifest("shili")
    other.remove("shili", ["shili/a.txt"])
    other.note("shili", Manifest())
    assert sorted(other.parts()) == ["_", "_assets", "en/shili"]
    assert other.manifest("shili") == Manifest()
    other.close()


@pytest.mark.parametrize("killed", [False, True])
def test_a_part_says_as_of_which_edition_it_was_whole(place: Place, *, killed: bool) -> None:
    first = place.target()
    first.open()
    first.write("shili", [file("shili/a.txt")])
    first.note("shili", Manifest(files={"shili/a.txt": digest(b"x")}, edition=1024))
    if killed:
        first.write("shili", [file("shili/a.txt", b"y")])
    other = again(first, place, killed=killed)
    assert other.manifest("shili").edition == 1024
    other.close()


@pytest.mark.parametrize(
    ("part", "path"),
    [
        *(("_", path) for path in ("../x", "/etc/x", "a/../../x", "", ".", "a//b", "./x", "a\0b")),
        ("_", f"{NOTES}/lock"),
        ("shili", "index.html"),
        ("shili", "erxian/index.html"),
        ("shili", "shili"),
        ("shili", "shili/../erxian/index.html"),
        ("shili", "shili/.."),
    ],
)
def test_no_path_leads_out_of_its_part(
    target: Target, place: Place, tmp_path: Path, part: str, path: str
) -> None:
    with pytest.raises(PartUnavailable):
        target.write(part, [file(path)])
    with pytest.raises(PartUnavailable):
        target.remove(part, [path])
    assert place.tree() == {}
    assert {one.name for one in tmp_path.iterdir()} <= {"tree", "credentials"}


@pytest.mark.parametrize("part", ["../x", "", "a/b", "A", ".", "x" * 65])
def test_no_part_leads_out_of_the_place(target: Target, part: str) -> None:
    with pytest.raises(PartUnavailable):
        target.manifest(part)
    with pytest.raises(PartUnavailable):
        target.note(part, Manifest(files={f"{part}/x": "x"}))


def test_after_a_stop_the_note_holds(target: Target, place: Place) -> None:
    put(target, "shili", file("shili/index.html"), file("shili/index.html.gz", b"gz"))
    put(target, "_", file("index.html"))
    for killed in (False, True):
        target = again(target, place, killed=killed)
        noted = {"shili/index.html": digest(b"x"), "shili/index.html.gz": digest(b"gz")}
        assert target.manifest("shili").files == noted
        assert target.manifest("_").files == {"index.html": digest(b"x")}
    target.close()


def test_after_a_kill_every_file_is_looked_at(target: Target, place: Place) -> None:
    put(target, "shili", *(file(f"shili/{name}.html") for name in "abc"))
    put(target, "_", file("index.html"), file("robots.txt"), file("gone.txt"))
    for path, body in {
        "shili/a.html": b"torn",
        "shili/stray.html": b"stray",
        "index.html": b"torn",
        "foreign.txt": b"theirs",
    }.items():
        place.put(path, body)
    place.delete("shili/b.html")
    place.delete("gone.txt")
    other = again(target, place, killed=True)
    assert other.manifest("shili").files == {
        "shili/a.html": "",
        "shili/c.html": digest(b"x"),
        "shili/stray.html": "",
    }
    assert other.manifest("_").files == {"index.html": "", "robots.txt": digest(b"x")}
    put(other, "shili", file("shili/a.html"), file("shili/b.html"))
    put(other, "_", file("index.html", b"ours"))
    other.remove("shili", ["shili/stray.html"])
    assert place.tree() == {
        **{f"shili/{name}.html": b"x" for name in "abc"},
        "index.html": b"ours",
        "robots.txt": b"x",
        "foreign.txt": b"theirs",
    }
    other.close()


def test_what_stands_in_the_way_of_a_new_file_is_replaced(target: Target, place: Place) -> None:
    place.put("shili/index.html", b"somebody's")
    place.put("index.html", b"somebody's")
    put(target, "shili", file("shili/index.html"))
    put(target, "_", file("index.html"))
    assert place.tree() == {"shili/index.html": b"x", "index.html": b"x"}


def test_a_torn_note_is_no_note(target: Target, place: Place) -> None:
    put(target, "shili", file("shili/index.html"))
    target.close()
    place.spoil("shili.json")
    other = place.target()
    other.open()
    assert other.manifest("shili").files == {"shili/index.html": ""}
    put(other, "shili", file("shili/index.html", b"new"))
    assert other.manifest("shili").files == {"shili/index.html": digest(b"new")}
    other.close()


def test_writing_without_noting_is_looked_at_again(target: Target) -> None:
    put(target, "shili", file("shili/index.html"))
    target.write("shili", [file("shili/index.html", b"new"), file("shili/more.html")])
    assert target.manifest("shili").files == {"shili/index.html": "", "shili/more.html": ""}


def test_a_page_and_its_sibling_that_may_not_belong_together_are_both_doubted(
    target: Target, place: Place
) -> None:
    put(target, "shili", file("shili/index.html"), file("shili/index.html.gz", b"x in gzip"))
    target.write("shili", [file("shili/index.html.gz", b"newer, in gzip")])
    other = again(target, place, killed=True)
    assert other.manifest("shili").files == {"shili/index.html": digest(b"x"), "shili/index.html.gz": ""}
    other.close()


def test_what_was_noted_as_it_is_has_not_strayed(target: Target) -> None:
    put(target, "shili", file("shili/index.html"))
    put(target, "_", file("index.html"))
    assert list(target.strayed()) == []


def test_a_place_that_is_not_held_is_not_written_to(target: Target, place: Place) -> None:
    put(target, "shili", file("shili/index.html"))
    target.close()
    with pytest.raises(TargetUnavailable):
        target.write("shili", [file("shili/index.html", b"new")])
    with pytest.raises(TargetUnavailable):
        target.remove("shili", ["shili/index.html"])
    with pytest.raises(TargetUnavailable):
        target.note("shili", Manifest(files={"shili/index.html": "x"}))
    assert place.tree() == {"shili/index.html": b"x"}
