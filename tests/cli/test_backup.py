"""Backups that can be relied on: sound before they have a name, and back in however they are packed."""

import gzip
import json
import os
import sqlite3
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.conftest import Trafficlight


def test_a_backup_says_how_much_it_holds_and_is_its_owners_alone(
    data: Path, tmp_path: Path, trafficlight: Trafficlight
) -> None:
    copy = tmp_path / "copies" / "one.sqlite"
    assert trafficlight("ledger", "backup", copy, "--data", data).lines == [f"{copy}\t8"]
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert [file.name for file in copy.parent.iterdir()] == ["one.sqlite"]
    assert json.loads((data / "last-backup.json").read_bytes())["events"] == 8


def test_nothing_is_no_backup(tmp_path: Path, trafficlight: Trafficlight) -> None:
    empty, copy = tmp_path / "empty", tmp_path / "copy.sqlite"
    export = tmp_path / "nothing.ndjson"
    export.touch()
    assert trafficlight("ledger", "import", export, "--data", empty).code == 0
    done = trafficlight("ledger", "backup", copy, "--data", empty)
    assert (done.code, done.out) == (1, "")
    assert str(empty) in done.err
    assert not copy.exists()
    assert not (empty / "last-backup.json").exists()


def test_a_damaged_ledger_gives_no_backup_and_removes_no_older_one(
    data: Path, tmp_path: Path, trafficlight: Trafficlight
) -> None:
    copies = tmp_path / "copies"
    assert trafficlight("ledger", "backup", copies / "l-1.sqlite", "--data", data).code == 0
    with sqlite3.connect(data / "ledger.sqlite") as file:
        file.execute("UPDATE events SET body = replace(body, '桃源', '改过') WHERE board = 'shili'")
    file.close()
    done = trafficlight("ledger", "backup", copies / "l-2.sqlite", "--keep", "1", "--data", data)
    assert (done.code, done.out) == (1, "")
    assert "changed shili" in done.err
    assert [file.name for file in copies.iterdir()] == ["l-1.sqlite"]


def test_so_many_are_kept_and_nothing_else_is_touched(
    data: Path, tmp_path: Path, trafficlight: Trafficlight
) -> None:
    copies = tmp_path / "copies"
    copies.mkdir()
    for other in ("ledger-2026-11-30.ndjson", "notes.txt", "ledger-old.sqlite"):
        (copies / other).touch()
    for day in range(1, 5):
        assert (
            trafficlight(
                "ledger", "backup", copies / f"ledger-2026-12-0{day}.sqlite", "--keep", "2", "--data", data
            ).code
            == 0
        )
    assert {file.name for file in copies.iterdir()} == {
        "ledger-2026-11-30.ndjson",
        "notes.txt",
        "ledger-old.sqlite",
        "ledger-2026-12-03.sqlite",
        "ledger-2026-12-04.sqlite",
    }


@pytest.mark.parametrize("name", ["l.sqlite", "l.sqlite.gz", "l.ndjson", "l.ndjson.gz"])
def test_whatever_was_put_away_is_restored_as_the_runbook_says(
    name: str, data: Path, tmp_path: Path, trafficlight: Trafficlight
) -> None:
    file, new = tmp_path / name, tmp_path / "new"
    exported = trafficlight("ledger", "export", "--data", data).out
    if "ndjson" in name:
        lines = exported.encode()
        file.write_bytes(gzip.compress(lines) if name.endswith(".gz") else lines)
    else:
        assert trafficlight("ledger", "backup", file, "--data", data).code == 0
        assert (file.read_bytes()[:2] == b"\x1f\x8b") is name.endswith(".gz")
    assert trafficlight("ledger", "import", file, "--data", new).lines == ["imported 8 events"]
    assert trafficlight("ledger", "verify", "--data", new).lines == ["sound, 8 events"]
    assert trafficlight("ledger", "export", "--data", new).out == exported


@pytest.mark.parametrize("name", ["l.sqlite.gz", "l.ndjson.gz"])
def test_what_is_packed_and_torn_is_refused_whole(
    name: str, data: Path, tmp_path: Path, trafficlight: Trafficlight
) -> None:
    file = tmp_path / name
    if "ndjson" in name:
        file.write_bytes(gzip.compress(trafficlight("ledger", "export", "--data", data).out.encode()))
    else:
        assert trafficlight("ledger", "backup", file, "--data", data).code == 0
    os.truncate(file, file.stat().st_size - 20)
    done = trafficlight("ledger", "import", file, "--data", tmp_path / "new")
    assert (done.code, done.out) == (1, "")
    assert trafficlight("ledger", "verify", "--data", tmp_path / "new").code == 1


def test_a_full_disk_leaves_no_link_and_no_token_that_nobody_holds(
    data: Path, tmp_path: Path, trafficlight: Trafficlight, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    scope = ("--board", "shili", "--base-url", "https://x.example", "--data", data)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        done = trafficlight("links", "sheet", *scope, "--out", tmp_path / "cards.html")
    assert done.code == 1
    assert "No space left" in done.err
    with monkeypatch.context() as patch:
        patch.setattr("sys.stdout.write", full)
        assert trafficlight("links", "issue", *scope).code == 1
        assert trafficlight("tokens", "issue", "--all", "--data", data).code == 1
    assert trafficlight("links", "list", "--data", data).out == ""
    assert trafficlight("tokens", "list", "--data", data).out == ""
    assert not (tmp_path / "cards.html").exists()
    assert trafficlight("links", "sheet", *scope, "--out", tmp_path / "cards.html").code == 0
    assert stat.S_IMODE((tmp_path / "cards.html").stat().st_mode) == 0o600
    assert len(trafficlight("links", "list", "--data", data).lines) == 3


def test_a_ledger_that_ran_ahead_is_taken_back_to_an_instant_as_the_runbook_says(
    data: Path, tmp_path: Path, trafficlight: Trafficlight
) -> None:
    good = datetime.now(UTC)
    whole = trafficlight("ledger", "export", "--data", data).out
    assert trafficlight("notices", "post", "--board", "shili", "过后的", "--data", data).code == 0
    assert trafficlight("ledger", "export", "--data", data).out != whole
    done = trafficlight("ledger", "export", "--until", good.isoformat(), "--data", data)
    assert done.out == whole
    file = tmp_path / "good.ndjson"
    file.write_text(done.out, encoding="utf-8")
    assert trafficlight("ledger", "import", file, "--data", tmp_path / "new").lines == ["imported 8 events"]
    assert trafficlight("ledger", "verify", "--data", tmp_path / "new").lines == ["sound, 8 events"]
    assert (
        trafficlight("ledger", "export", "--until", "2026-12-01T09:40", "--data", data).code == 1
    )  # no zone
