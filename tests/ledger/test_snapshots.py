"""Snapshots: derived, keyed by what made them, and never believed when torn."""

import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.publish.worlds import SHILI, World, lively
from trafficlight import domain
from trafficlight.ledger import snapshots as snapshots_module
from trafficlight.ledger.snapshots import Snapshots, fold_key


def keep(world: World, folder: Path) -> None:
    snapshots = Snapshots(folder)
    for slug, fold in world.boards.items():
        snapshots.write(slug, snapshots.pack(fold))
    snapshots.write("_", snapshots.pack(world.system))


def test_what_is_loaded_equals_what_was_saved(tmp_path: Path) -> None:
    world = lively()
    keep(world, tmp_path)
    assert Snapshots(tmp_path).load() == (world.system, world.boards)


def test_what_is_loaded_goes_on_as_what_was_saved(tmp_path: Path) -> None:
    """Every fact after it gives the same, whether the fold was kept in memory or on disk."""
    world = lively()
    for cut in range(0, len(world.records), 7):
        before = World(world.records[:cut])
        keep(before, tmp_path)
        loaded = World()
        loaded.system, loaded.boards = Snapshots(tmp_path).load()
        loaded.boards = {slug: fold for slug, fold in loaded.boards.items() if slug in before.boards}
        for record in world.records[cut:]:
            loaded._take(record)  # noqa: SLF001 - the test's own
        assert (loaded.system, loaded.boards) == (world.system, world.boards)


def test_nothing_is_loaded_where_nothing_was_saved(tmp_path: Path) -> None:
    system, boards = Snapshots(tmp_path / "none").load()
    assert (system.position, boards) == (0, {})
    assert not (tmp_path / "none").exists()


def test_those_of_another_fold_are_not_loaded_and_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(lively(), tmp_path)
    monkeypatch.setattr(snapshots_module, "fold_key", lambda: "of-another-program")
    other = Snapshots(tmp_path)
    assert other.load()[1] == {}
    other.write(SHILI, other.pack(lively().boards[SHILI]))
    assert [folder.name for folder in tmp_path.iterdir()] == ["of-another-program"]


def test_the_key_follows_every_line_of_the_domain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = {fold_key()}
    home = tmp_path / "domain"
    (home / "rules").mkdir(parents=True)
    for path, text in (("__init__.py", ""), ("fold.py", "a"), ("rules/share.py", "b"), ("fold.py", "c")):
        (home / path).write_text(text)
        monkeypatch.setattr(domain, "__file__", str(home / "__init__.py"))
        keys.add(fold_key())
    assert len(keys) == 5
    assert fold_key() == fold_key()


def test_another_table_of_holidays_is_another_fold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On which days a site was open decides what was kept of its days."""
    keep(lively(), tmp_path / "kept")
    home = tmp_path / "newer" / "chinese_calendar"
    home.mkdir(parents=True)
    (home / "__init__.py").write_text("raise RuntimeError('whoever only wants its key does not load it')")
    (home / "constants.py").write_text("holidays = {}")
    monkeypatch.delitem(sys.modules, "chinese_calendar", raising=False)
    monkeypatch.syspath_prepend(home.parent)
    keys = [fold_key()]
    assert Snapshots(tmp_path / "kept").load()[1] == {}
    (home / "constants.py").write_text("holidays = {2029: 1}")
    assert fold_key() not in keys


def test_a_file_that_cannot_be_read_counts_as_none(tmp_path: Path) -> None:
    world = lively()
    keep(world, tmp_path)
    (file,) = tmp_path.rglob(f"{SHILI}.snapshot")
    file.unlink()
    file.mkdir()
    assert Snapshots(tmp_path).load()[1].keys() == world.boards.keys() - {SHILI}


def test_half_a_file_is_never_put_in_place_of_a_whole_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = lively()
    keep(world, tmp_path)

    def fails(path: Path, body: bytes) -> int:
        with path.open("wb") as file:
            file.write(body[: len(body) // 2])
        raise OSError("no space left")

    monkeypatch.setattr(Path, "write_bytes", fails)
    with pytest.raises(OSError, match="no space"):
        keep(world, tmp_path)
    monkeypatch.undo()
    assert Snapshots(tmp_path).load() == (world.system, world.boards)


@pytest.mark.parametrize("slug", ["../out", "a/b", "A.snapshot", "..", "镇", "_x"])
def test_no_name_of_a_board_leads_out_of_the_folder(tmp_path: Path, slug: str) -> None:
    """A ledger from elsewhere may hold any name."""
    folder = tmp_path / "snapshots"
    snapshots = Snapshots(folder)
    fold = replace(lively().boards[SHILI], slug=slug)
    snapshots.write(slug, snapshots.pack(fold))
    assert Snapshots(folder).load()[1] == {slug: fold}
    assert [path.name for path in tmp_path.iterdir()] == ["snapshots"]
    assert all(path.parent == folder / fold_key() for path in folder.rglob("*.snapshot"))
