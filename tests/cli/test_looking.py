"""Whoever only looks makes nothing, nor needs to be let write; a mistyped folder is no new ledger."""

import os
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
import typer.main

from tests.cli.conftest import LIST, Trafficlight
from trafficlight.cli.program import program

READING: Final[Mapping[str, tuple[str, ...]]] = {
    "sites export": (),
    "boards list": (),
    "teams export": ("--board", "shili"),
    "notices list": ("--board", "shili"),
    "config show": (),
    "tokens list": (),
    "links list": (),
    "users list": (),
    "mismatches list": ("--board", "shili"),
    "publish": ("--to", "{tmp}/tree"),
    "rules show": ("--board", "shili"),
    "rules try": ("--board", "shili", "--kind", "share"),
    "history": ("--to", "{tmp}/history"),
    "truth": ("--board", "shili"),
    "ledger export": (),
    "ledger verify": (),
    "ledger backup": ("{tmp}/backup.sqlite",),
}
CHANGING: Final[Mapping[str, tuple[str, ...]]] = {
    "sites remove": ("a1",),
    "sites merge": ("a1", "a2"),
    "sites split": ("a1", "--name", "a2"),
    "boards guide": ("shili", "--remove"),
    "teams remove": ("--board", "shili"),
    "notices post": ("--board", "shili", "text"),
    "notices take-back": ("--board", "shili", "n"),
    "tokens revoke": ("t",),
    "links issue": ("--site", "a1", "--base-url", "https://x.example"),
    "links sheet": ("--site", "a1", "--base-url", "https://x.example", "--out", "{tmp}/cards.html"),
    "links pin": ("x",),
    "links end-sessions": ("x",),
    "links revoke": ("x",),
    "users remove": ("u",),
    "users password": ("u", "--password-file", "{tmp}/list.csv"),
    "users end-sessions": ("u",),
    "rules set": ("--board", "shili", "--kind", "share"),
    "ledger thaw": (),
}
MAKING: Final = {
    "sites import", "boards put", "config set", "config verify", "tokens issue", "users add", "ledger import",
}  # fmt: skip
"""What may be the first thing said of a county."""
OTHER: Final = {"demo", "serve", "check", "teams import", "wechat check", "wechat push", "ledger archive"}
"""What starts a server, has its own tests, or asks an official account first."""


def commands(group: Any, before: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{before}{name} ")
        elif any(parameter.name in {"data", "ledger"} for parameter in command.params):
            yield f"{before}{name}"


def test_every_command_on_a_ledger_is_one_of_these() -> None:
    assert set(commands(typer.main.get_command(program("")))) == {*READING, *CHANGING, *MAKING, *OTHER}


@pytest.mark.parametrize("name", [*READING, *CHANGING])
def test_where_nobody_made_a_ledger_none_is_made_and_its_place_is_said(
    name: str, tmp_path: Path, trafficlight: Trafficlight
) -> None:
    (tmp_path / "list.csv").write_text(LIST, encoding="utf-8")
    arguments = [word.format(tmp=tmp_path) for word in {**READING, **CHANGING}[name]]
    done = trafficlight(*name.split(), *arguments, "--data", tmp_path / "typo")
    assert (done.code, done.out) == (1, "")
    assert f"{tmp_path}/typo/ledger.sqlite" in done.err
    assert [file.name for file in tmp_path.iterdir()] == ["list.csv"]


@pytest.mark.parametrize("name", READING)
def test_whoever_looks_changes_nothing(
    name: str, data: Path, tmp_path: Path, trafficlight: Trafficlight
) -> None:
    assert trafficlight("teams", "export", "--board", "shili", "--data", data).code == 0
    before = {file.name: file.stat().st_mtime_ns for file in data.iterdir()}
    arguments = [word.format(tmp=tmp_path) for word in READING[name]]
    done = trafficlight(*name.split(), *arguments, "--data", data)
    assert done.code == 0, done.err
    after = {file.name: file.stat().st_mtime_ns for file in data.iterdir()}
    after.pop("last-backup.json", None)  # what the server tells of backups
    assert after == before


WITHOUT_POWERS: Final = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
"""Root writes to everything; like this, to what its rights let it."""


def test_a_folder_that_cannot_be_written_to_is_read(data: Path) -> None:
    before = WITHOUT_POWERS if os.geteuid() == 0 else ()
    if before and subprocess.run([*before, "true"], capture_output=True, check=False).returncode:
        pytest.skip("root cannot lay down its powers here")
    data.chmod(0o500)
    try:
        made = subprocess.run([*before, "touch", data / "x"], capture_output=True, check=False)
        assert made.returncode, "it cannot be written to"
        command = [
            *before,
            Path(sys.executable).with_name("trafficlight"),
            "ledger",
            "verify",
            "--data",
            data,
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (0, "sound, 8 events\n"), done.stderr
    finally:
        data.chmod(stat.S_IRWXU)


def test_a_list_that_is_only_tried_makes_nothing(tmp_path: Path, trafficlight: Trafficlight) -> None:
    (tmp_path / "list.csv").write_text(LIST, encoding="utf-8")
    done = trafficlight("sites", "import", tmp_path / "list.csv", "--dry-run", "--data", tmp_path / "new")
    assert done.code == 0, done.err
    assert not (tmp_path / "new").exists()


def test_an_empty_file_is_no_ledger(tmp_path: Path, trafficlight: Trafficlight) -> None:
    (tmp_path / "ledger.sqlite").touch()
    done = trafficlight("ledger", "verify", "--data", tmp_path)
    assert (done.code, done.out) == (1, "")
    assert (tmp_path / "ledger.sqlite").read_bytes() == b""
