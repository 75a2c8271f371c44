"""A folder as a target: whole files, nothing of others, never outside."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.publish.trees import left_behind, tree
from trafficlight.publish.edition import digest
from trafficlight.publish.targets import NOTES, TARGETS, target_of
from trafficlight.publish.targets import folder as folder_module
from trafficlight.publish.targets.base import File, Manifest, PartUnavailable, TargetUnavailable
from trafficlight.publish.targets.folder import FolderTarget


def file(path: str, body: bytes = b"x") -> File:
    return File(path=path, body=body, media="text/plain")


def put(target: FolderTarget, part: str, *files: File) -> None:
    """Write and note, as a pass does."""
    known = dict(target.manifest(part).files)
    target.write(part, files)
    target.note(part, Manifest(files=known | {one.path: digest(one.body) for one in files}))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "tree"


@pytest.fixture
def target(root: Path) -> Iterator[FolderTarget]:
    opened = FolderTarget(root)
    opened.open()
    yield opened
    opened.close()


def reopened(target: FolderTarget, root: Path, *, clean: bool) -> FolderTarget:
    """The same folder after the publisher was stopped, or died."""
    target.close()
    if not clean:
        (root / NOTES / "clean").unlink(missing_ok=True)
    again = FolderTarget(root)
    again.open()
    return again


def test_folders_are_made_and_go_when_they_are_empty(target: FolderTarget, root: Path) -> None:
    put(target, "shili", file("shili/sites/a.html"), file("shili/index.html"))
    assert tree(root) == {"shili/sites/a.html": b"x", "shili/index.html": b"x"}
    target.remove("shili", ["shili/sites/a.html", "shili/none.html", "shili/none/none.html"])
    assert not (root / "shili/sites").exists()
    target.remove("shili", ["shili/index.html"])
    assert sorted(path.name for path in root.iterdir()) == [NOTES]


def test_files_are_replaced_and_never_changed_in_place(target: FolderTarget, root: Path) -> None:
    put(target, "_", file("index.html", b"old"))
    with (root / "index.html").open("rb") as reader:
        put(target, "_", file("index.html", b"new"))
        assert reader.read() == b"old"
    assert (root / "index.html").read_bytes() == b"new"
    assert left_behind(root) == []


def test_no_two_versions_of_a_page_have_one_second(target: FolderTarget, root: Path) -> None:
    """A web server that tells them by size and second would answer 304 to whoever has the other."""
    seconds = []
    for body in (b"old", b"newer", b"new"):
        put(target, "shili", file("shili/index.html", body))
        seconds.append(int((root / "shili/index.html").stat().st_mtime))
    assert seconds == sorted(set(seconds))
    os.utime(root / "shili/index.html", (1, 1))
    put(target, "shili", file("shili/index.html", b"now"))
    assert (root / "shili/index.html").stat().st_mtime > seconds[0] - 1


@pytest.fixture
def closed_umask() -> Iterator[None]:
    """What a careful machine gives its services: nobody else reads what they make."""
    before = os.umask(0o077)
    yield
    os.umask(before)


@pytest.mark.usefixtures("closed_umask")
def test_everybody_may_read_what_is_published_whatever_the_umask(target: FolderTarget, root: Path) -> None:
    """The web server is another user's."""
    put(target, "shili", file("shili/sites/a.html"), file("shili/index.html"))
    put(target, "shili", file("shili/index.html", b"newer"))
    folders = (root, root / "shili", root / "shili/sites")
    assert [folder.stat().st_mode & 0o777 for folder in folders] == [0o755] * 3
    files = (root / "shili/sites/a.html", root / "shili/index.html")
    assert [one.stat().st_mode & 0o777 for one in files] == [0o644] * 2


def test_a_boards_folder_that_is_a_link_is_refused(target: FolderTarget, root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "index.html").write_bytes(b"theirs")
    (root / "shili").symlink_to(outside)
    for touch in (
        lambda: target.write("shili", [file("shili/index.html")]),
        lambda: target.remove("shili", ["shili/index.html"]),
        lambda: target.manifest("shili"),
    ):
        with pytest.raises(PartUnavailable):
            touch()
    assert tree(outside) == {"index.html": b"theirs"}
    put(target, "erxian", file("erxian/index.html"))


def test_a_link_below_a_boards_folder_is_not_followed(
    target: FolderTarget, root: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    put(target, "shili", file("shili/index.html"))
    (root / "shili/sites").symlink_to(outside)
    (root / "shili/index.html").unlink()
    (root / "shili/index.html").symlink_to(outside / "index.html")
    put(target, "shili", file("shili/sites/a.html"), file("shili/index.html", b"new"))
    assert tree(outside) == {}
    assert tree(root) == {"shili/sites/a.html": b"x", "shili/index.html": b"new"}
    assert not (root / "shili/index.html").is_symlink()


def test_a_link_put_in_place_while_it_runs_is_not_followed(
    target: FolderTarget, root: Path, tmp_path: Path
) -> None:
    put(target, "shili", file("shili/index.html"))
    (root / "shili").rename(tmp_path / "outside")
    (root / "shili").symlink_to(tmp_path / "outside")
    with pytest.raises(PartUnavailable):
        target.write("shili", [file("shili/index.html", b"new")])
    assert tree(tmp_path / "outside") == {"index.html": b"x"}


def test_what_stands_in_the_way_in_a_folder_of_ours_goes(target: FolderTarget, root: Path) -> None:
    (root / "shili/index.html/deep").mkdir(parents=True)
    (root / "shili/index.html/deep/x").write_bytes(b"x")
    (root / "shili/sites").write_bytes(b"x")
    found = target.manifest("shili")
    put(target, "shili", file("shili/sites/a.html"), file("shili/index.html"))
    target.remove("shili", sorted(set(found.files) - {"shili/sites/a.html", "shili/index.html"}))
    assert tree(root) == {"shili/sites/a.html": b"x", "shili/index.html": b"x"}


def test_what_stands_in_the_way_at_the_root_stays(target: FolderTarget, root: Path) -> None:
    (root / "index.html").mkdir(parents=True)
    (root / "shili").write_bytes(b"theirs")
    with pytest.raises(PartUnavailable):
        target.write("_", [file("index.html")])
    with pytest.raises(PartUnavailable):
        target.write("shili", [file("shili/index.html")])
    assert tree(root) == {"shili": b"theirs"}
    assert left_behind(root) == ["index.html"]


def test_a_second_publisher_is_refused_until_the_first_has_gone(target: FolderTarget, root: Path) -> None:
    second = FolderTarget(root)
    with pytest.raises(TargetUnavailable, match="another publisher"):
        second.open()
    second.close()
    target.close()
    second.open()
    second.close()


def test_after_a_clean_stop_the_note_is_believed(target: FolderTarget, root: Path) -> None:
    put(target, "shili", file("shili/index.html"))
    (root / "shili/index.html").write_bytes(b"torn")
    again = reopened(target, root, clean=True)
    assert again.manifest("shili").files == {"shili/index.html": digest(b"x")}
    again.close()


def test_after_an_unclean_stop_every_file_is_looked_at(target: FolderTarget, root: Path) -> None:
    put(target, "shili", *(file(f"shili/{name}.html") for name in "abc"))
    put(target, "_", file("index.html"), file("robots.txt"))
    (root / "shili/a.html").write_bytes(b"torn")
    (root / "shili/b.html").unlink()
    (root / "shili/stray.html").write_bytes(b"stray")
    (root / "shili/.trafficlight-new-1").write_bytes(b"half")
    os.mkfifo(root / "shili/pipe")
    (root / "shili/link").symlink_to(root)
    (root / "index.html").write_bytes(b"torn")
    (root / ".trafficlight-new-1").write_bytes(b"half")
    (root / NOTES / ".trafficlight-new-1").write_bytes(b"half")
    (root / "foreign.txt").write_bytes(b"theirs")
    again = reopened(target, root, clean=False)
    assert again.manifest("shili").files == {
        "shili/a.html": "",
        "shili/c.html": digest(b"x"),
        "shili/stray.html": "",
    }
    assert again.manifest("_").files == {"index.html": "", "robots.txt": digest(b"x")}
    assert left_behind(root) == []
    assert not (root / "shili/link").is_symlink()
    assert not (root / "shili/pipe").exists()
    assert (root / "foreign.txt").read_bytes() == b"theirs"
    again.close()


def test_a_file_with_an_unreadable_name_goes(target: FolderTarget, root: Path) -> None:
    put(target, "shili", file("shili/index.html"))
    Path(os.fsdecode(os.fsencode(root / "shili") + b"/\xff.html")).write_bytes(b"stray")
    again = reopened(target, root, clean=False)
    assert again.manifest("shili").files == {"shili/index.html": digest(b"x")}
    assert list(tree(root)) == ["shili/index.html"]
    again.close()


def test_a_pipe_in_the_place_of_a_page_holds_nobody_up(target: FolderTarget, root: Path) -> None:
    put(target, "_", file("index.html"))
    (root / "index.html").unlink()
    os.mkfifo(root / "index.html")
    again = reopened(target, root, clean=False)
    assert again.manifest("_").files == {"index.html": ""}
    put(again, "_", file("index.html"))
    assert tree(root) == {"index.html": b"x"}
    again.close()


def test_after_a_power_cut_nothing_is_believed(
    target: FolderTarget, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(target, "shili", file("shili/index.html"))
    target.close()
    (root / "shili/index.html").write_bytes(b"")
    monkeypatch.setattr(folder_module, "_boot", lambda: "another run of the machine")
    again = FolderTarget(root)
    again.open()
    assert again.manifest("shili").files == {"shili/index.html": ""}
    again.close()


def test_where_runs_of_the_machine_cannot_be_told_apart_nothing_is_believed(
    target: FolderTarget, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder_module, "_boot", lambda: "")
    put(target, "shili", file("shili/index.html"))
    (root / "shili/index.html").write_bytes(b"")
    again = reopened(target, root, clean=True)
    assert again.manifest("shili").files == {"shili/index.html": ""}
    again.close()


def test_a_start_that_did_not_look_at_everything_is_not_believed_by_the_next(
    target: FolderTarget, root: Path
) -> None:
    put(target, "shili", file("shili/index.html"))
    put(target, "erxian", file("erxian/index.html"))
    (root / "erxian/index.html").write_bytes(b"torn")
    second = reopened(target, root, clean=False)
    second.manifest("shili")
    third = FolderTarget(root)
    second.close()
    third.open()
    assert third.manifest("erxian").files == {"erxian/index.html": ""}
    third.close()
    fourth = FolderTarget(root)
    fourth.open()
    assert fourth.parts() == ["erxian", "shili"]
    fourth.close()


def test_a_folder_that_was_taken_away_is_told_from_a_part_that_fails(
    target: FolderTarget, root: Path, tmp_path: Path
) -> None:
    root.rename(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "shili").write_bytes(b"in the way")
    with pytest.raises(TargetUnavailable) as failed:
        target.write("shili", [file("shili/index.html")])
    assert not isinstance(failed.value, PartUnavailable)


def test_addresses_of_targets(tmp_path: Path) -> None:
    for address in (str(tmp_path / "a"), f"file://{tmp_path / 'a'}"):
        target = target_of(address)
        assert target.name == "folder:a"
        target.open()
        target.close()
    with pytest.raises(ValueError, match="ftp"):
        target_of("ftp://deng.example/x")
    assert set(TARGETS) >= {"", "file"}
