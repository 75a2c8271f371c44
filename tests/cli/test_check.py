"""What a machine lacks is told line by line, and looking changes nothing."""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Trafficlight
from trafficlight.domain.event import NoticePosted
from trafficlight.ledger.opening import data_ledger_url, open_ledger


def lines(done: object) -> dict[str, tuple[str, str]]:
    """By what was looked at: good or not, and what is said."""
    rows = [row.split("\t") for row in getattr(done, "lines", [])]
    return {row[1]: (row[0], row[2]) for row in rows}


def everything_in(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


def test_a_machine_that_has_all_is_good(data: Path, tmp_path: Path, trafficlight: Trafficlight) -> None:
    (tmp_path / "tree").mkdir()
    before = everything_in(tmp_path)
    done = trafficlight("check", "--data", data, "--target", tmp_path / "tree")
    found = lines(done)
    assert (done.code, {one for one, _ in found.values()}) == (0, {"good"}), done.out
    assert found["Ledger"][1].startswith("Can be written; ")
    assert {"Version", "Data folder", "Disk", "Secret", "Font", f"Target {tmp_path / 'tree'}"} <= found.keys()
    after = {one for one in everything_in(tmp_path) if not one.name.startswith("ledger.sqlite-")}
    assert after == before


def test_a_slip_in_the_folder_is_told_and_makes_nothing(tmp_path: Path, trafficlight: Trafficlight) -> None:
    done = trafficlight("check", "--data", tmp_path / "typo", "--target", tmp_path / "none")
    found = lines(done)
    assert done.code == 1
    assert [found[name][0] for name in ("Data folder", "Ledger", f"Target {tmp_path / 'none'}")] == ["do"] * 3
    assert not everything_in(tmp_path)


async def test_an_empty_ledger_is_no_success(tmp_path: Path, trafficlight: Trafficlight) -> None:
    await (await open_ledger(data_ledger_url(tmp_path))).close()
    found = lines(_apart(trafficlight, tmp_path))
    assert found["Ledger"][0] == "do"
    assert found["Ledger"][1].startswith("The ledger is empty: import the list")


async def test_a_ledger_ahead_of_the_clock_is_told(tmp_path: Path, trafficlight: Trafficlight) -> None:
    ahead = datetime.now(UTC) + timedelta(days=2)
    ledger = await open_ledger(data_ledger_url(tmp_path), lambda: ahead)
    await ledger.append("shili", [NoticePosted(notice="n1", text="停电")])
    await ledger.close()
    good, text = lines(_apart(trafficlight, tmp_path))["Ledger"]
    assert (good, f"{ahead:%Y-%m-%d}" in text) == ("do", True)


@pytest.mark.parametrize(
    ("key", "mode", "told"),
    [("short", 0o400, "fewer than 32"), ("x" * 40, 0o444, "Anybody can read"), ("", 0o400, "fewer than 32")],
)
def test_a_secret_that_is_none_is_told(
    data: Path, trafficlight: Trafficlight, key: str, mode: int, told: str
) -> None:
    file = data / "secret.key"
    file.write_text(key)
    file.chmod(mode)
    good, text = lines(trafficlight("check", "--data", data))["Secret"]
    assert (good, told in text) == ("do", True), text


def test_files_of_another_user_are_told(data: Path, trafficlight: Trafficlight) -> None:
    if os.geteuid():
        pytest.skip("only root gives files away")
    os.chown(data / "ledger.sqlite", 12345, -1)
    good, text = lines(trafficlight("check", "--data", data))["Data folder"]
    assert (good, "ledger.sqlite" in text) == ("do", True)


def test_a_public_address_that_does_not_answer_is_told(
    data: Path, trafficlight: Trafficlight, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRAFFICLIGHT_PUBLIC_URL", "http://127.0.0.1:9")
    good, text = lines(trafficlight("check", "--data", data))["Public address"]
    assert (good, "127.0.0.1:9" in text) == ("do", True)


def test_settings_are_read_from_a_file_beside_flags_and_environment(
    data: Path, tmp_path: Path, trafficlight: Trafficlight, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(f'data = "{data}"\nfont = "none"\ntargets = ["{tmp_path}"]\n', encoding="utf-8")
    found = lines(trafficlight("check", "--config", file))
    assert (found["Font"], found["Data folder"]) == (("good", "No posters wanted"), ("good", str(data)))
    assert f"Target {tmp_path}" in found
    monkeypatch.setenv("TRAFFICLIGHT_TARGETS", "/nowhere")
    assert "Target /nowhere" in lines(trafficlight("check", "--config", file))
    file.write_text("colour = 'red'\n", encoding="utf-8")
    refused = trafficlight("check", "--config", file)
    assert (refused.code, "colour" in refused.err) == (2, True)


def test_the_version_is_told(trafficlight: Trafficlight) -> None:
    done = trafficlight("--version")
    assert (done.code, done.out.split()[0]) == (0, "trafficlight")
    assert done.out.split()[1][0].isdecimal()


def _apart(trafficlight: Trafficlight, data: Path) -> object:
    """From within a loop: the command has one of its own."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(trafficlight, "check", "--data", data).result()
