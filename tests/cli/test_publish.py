import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from tests.cli.conftest import Trafficlight
from trafficlight.publish.targets.folder import FolderTarget


def tree(root: Path) -> Mapping[str, bytes]:
    """What a web server would serve."""
    files = (path for path in root.rglob("*") if path.is_file())
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in files
        if not path.relative_to(root).parts[0].startswith(".")
    }


def test_the_whole_tree_is_written_once(data: Path, tmp_path: Path, trafficlight: Trafficlight) -> None:
    root = tmp_path / "deep" / "public"
    done = trafficlight("publish", "--data", data, "--to", root)
    assert done.code == 0
    written = tree(root)
    assert {
        "index.html",
        "shili/poster.png",
        "shili/cover.png",
        "boards.json",
        "shili/index.html",
        "shili/sites/a1.html",
        "shili/board.json",
    } <= set(written)
    assert done.lines[0].split()[1] == str(len(written))
    assert trafficlight("publish", "--data", data, "--to", f"file://{root}").lines[0].split()[1] == "0"


def test_it_can_be_written_as_it_was(data: Path, tmp_path: Path, trafficlight: Trafficlight) -> None:
    then = datetime.now(UTC).isoformat()
    time.sleep(0.01)
    trafficlight("boards", "put", "shili", "--data", data, "--name", "新名县")
    trafficlight("boards", "put", "later", "--data", data, "--name", "后来县")
    assert trafficlight("publish", "--data", data, "--to", tmp_path / "now").code == 0
    assert trafficlight("publish", "--data", data, "--to", tmp_path / "then", "--as-of", then).code == 0
    now, before = tree(tmp_path / "now"), tree(tmp_path / "then")
    assert "新名县".encode() in now["shili/index.html"]
    assert "新名县".encode() not in before["shili/index.html"]
    assert "later/index.html" in now
    assert "later/index.html" not in before
    dawn = trafficlight("publish", "--data", data, "--to", tmp_path / "dawn", "--as-of", "2020-01-01T00:00Z")
    assert dawn.code == 0
    assert not [path for path in tree(tmp_path / "dawn") if path.startswith("shili")]


def test_the_public_address_makes_links_absolute(
    data: Path, tmp_path: Path, trafficlight: Trafficlight
) -> None:
    trafficlight("config", "set", "public_url", "https://fever.example.cn", "--data", data)
    trafficlight("publish", "--data", data, "--to", tmp_path / "out")
    assert b"https://fever.example.cn/shili/" in tree(tmp_path / "out")["boards.json"]


def test_where_nothing_can_be_written_is_refused(
    data: Path, tmp_path: Path, trafficlight: Trafficlight
) -> None:
    assert trafficlight("publish", "--data", data, "--to", "gopher://x").code == 2
    assert trafficlight("publish", "--data", data, "--to", data / "ledger.sqlite").code == 1
    other = FolderTarget(tmp_path / "taken")
    other.open()
    done = trafficlight("publish", "--data", data, "--to", tmp_path / "taken")
    other.close()
    assert done.code == 1
    assert "taken" in done.err
