"""What scripts rely on, held against the real program, mostly in a process of its own."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.cli.conftest import LIST, Trafficlight
from trafficlight import cli

PROGRAM = Path(sys.executable).with_name("trafficlight")


def command(*arguments: str | Path, lang: str = "C.UTF-8", cwd: Path | None = None) -> CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("TRAFFICLIGHT_", "LC_"))}
    return subprocess.run(
        [PROGRAM, *arguments],
        env={**env, "LANG": lang},
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the list's sites, to be copied."""
    top = tmp_path_factory.mktemp("contract")
    (top / "list.csv").write_text(LIST, encoding="utf-8")
    done = command("sites", "import", "list.csv", "--data", "deep/down/data", cwd=top)
    assert (done.returncode, done.stdout.strip().splitlines()[-1].split(",")[0]) == (0, "added 3")
    return top / "deep" / "down" / "data"


@pytest.fixture
def folder(first: Path, tmp_path: Path) -> Path:
    return shutil.copytree(first, tmp_path / "data")


def test_the_token_is_the_last_line_and_all_of_stdout(folder: Path) -> None:
    for scope in (["--site", "a1"], ["--board", "shili"], ["--all", "--role", "desk"]):
        done = command("tokens", "issue", "--data", folder, *scope)
        assert done.returncode == 0
        assert len(done.stdout.split()) == 1
        assert len(done.stdout.strip()) >= 32
        assert done.stdout.strip() not in done.stderr


def test_links_are_lines_of_site_tab_url_that_end_with_the_secret(folder: Path) -> None:
    done = command("links", "issue", "--data", folder, "--base-url", "https://fever.example.cn/x/", "--all")
    assert done.returncode == 0
    pairs = [line.split("\t") for line in done.stdout.splitlines()]
    assert [site for site, _ in pairs] == ["b1", "a1", "a2"]  # by town
    for _, url in pairs:
        begin, _, secret = url.rpartition("/")
        assert begin == "https://fever.example.cn/x/enter"
        assert len(secret) >= 32
        assert not set(secret) - set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    town = command(
        *("links", "issue", "--data", folder, "--base-url", "https://fever.example.cn"),
        *("--town", "桃源镇", "--board", "shili"),
    )
    assert [line.split("\t")[0] for line in town.stdout.splitlines()] == ["桃源镇"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--help"], 0),
        (["sites", "import", "--help"], 0),
        ([], 2),
        (["nothing-such"], 2),
        (["tokens", "issue", "--data", "d"], 2),
        (["tokens", "issue", "--data", "d", "--all", "--board", "x"], 2),
        (["tokens", "issue", "--data", "d", "--all", "--role", "king"], 2),
        (["tokens", "issue", "--all"], 2),
        (["tokens", "issue", "--ledger", "gopher://x", "--all"], 2),
        (["links", "issue", "--data", "d", "--town", "x"], 2),
        (["sites", "import", "missing.csv", "--data", "d"], 2),
        (["boards", "put", "x", "--data", "d", "--state", "asleep"], 2),
        (["tokens", "issue", "--data", "d", "--site", "nobody"], 1),
        (["tokens", "revoke", "nothing", "--data", "d"], 1),
        (["links", "issue", "--data", "d", "--base-url", "https://x.cn", "--board", "nothing"], 1),
        (["links", "issue", "--data", "d", "--all"], 1),
        (["boards", "put", "api", "--data", "d"], 1),
        (["config", "set", "public_url", "ftp://x", "--data", "d"], 1),
        (["ledger", "backup", "a-file", "--data", "d"], 1),
        (["tokens", "issue", "--data", "a-file", "--all"], 1),
        (["publish", "--data", "d", "--to", "out", "--as-of", "2022-12-24T16:00"], 1),
    ],
)
def test_what_a_user_can_do_wrong_ends_in_a_sentence_and_a_code(
    tmp_path: Path,
    trafficlight: Trafficlight,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    code: int,
) -> None:
    (tmp_path / "a-file").write_text("no ledger")
    monkeypatch.chdir(tmp_path)
    done = trafficlight(*arguments)
    assert done.code == code
    assert "Traceback" not in done.err
    if code:
        assert done.err.strip() or not arguments
        assert done.out == "" or not arguments


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["--help"], 0), (["tokens", "issue", "--data", "d", "--site", "nobody"], 1), (["nothing-such"], 2)],
)
def test_the_process_ends_with_that_code_and_says_nothing_else(
    tmp_path: Path, arguments: list[str], code: int
) -> None:
    done = command(*arguments, cwd=tmp_path)
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert bool(done.stdout) is (code == 0)
    assert bool(done.stderr) is (code != 0)


def test_the_users_language_is_spoken(folder: Path) -> None:
    assert (
        "没有机构“nobody”"
        in command("tokens", "issue", "--data", folder, "--site", "nobody", lang="zh_CN.UTF-8").stderr
    )
    assert "no site “nobody”" in command("tokens", "issue", "--data", folder, "--site", "nobody").stderr
    assert "导入名单" in command("sites", "--help", lang="zh_CN.UTF-8").stdout


def test_a_reader_that_goes_away_is_no_traceback(folder: Path) -> None:
    with subprocess.Popen(
        [PROGRAM, "ledger", "export", "--data", folder], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()


def test_an_export_is_compact_lines_of_json_and_comes_back_the_same(folder: Path, tmp_path: Path) -> None:
    lines = command("ledger", "export", "--data", folder).stdout
    assert lines.splitlines()[0].startswith('{"board":"_","position":1,"at":"')
    (tmp_path / "export.ndjson").write_text(lines, encoding="utf-8")
    assert (
        command("ledger", "import", tmp_path / "export.ndjson", "--data", tmp_path / "other").returncode == 0
    )
    assert command("ledger", "export", "--data", tmp_path / "other").stdout == lines
    assert command("ledger", "import", tmp_path / "export.ndjson", "--data", folder).returncode == 1
    copy = tmp_path / "copies" / "backup.sqlite"
    assert command("ledger", "backup", copy, "--data", folder).returncode == 0
    assert command("ledger", "export", "--ledger", f"sqlite:{copy}").stdout == lines
    assert command("ledger", "verify", "--data", folder).returncode == 0


def test_a_ledger_comes_in_through_a_pipe(folder: Path, tmp_path: Path) -> None:
    lines = command("ledger", "export", "--data", folder).stdout
    env = {**os.environ, "LANG": "C.UTF-8"}
    done = subprocess.run(
        [PROGRAM, "ledger", "import", "-", "--data", tmp_path / "piped"],
        input=lines,
        env=env,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, f"imported {len(lines.splitlines())} events\n")
    bad = subprocess.run(
        [PROGRAM, "ledger", "import", "-", "--data", tmp_path / "bad"],
        input=lines + "no line\n",
        env=env,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert bad.returncode == 1
    assert f"Line {len(lines.splitlines()) + 1}" in bad.stderr


def test_a_terminal_that_shows_no_chinese_is_no_reason_to_fail(folder: Path) -> None:
    env = {**os.environ, "PYTHONIOENCODING": "latin-1"}
    done = subprocess.run(
        [PROGRAM, "boards", "list", "--data", folder], env=env, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout.split(b"\t")[0]) == (0, b"shili")


def test_no_command_keeps_the_language_that_it_was_loaded_with() -> None:
    """One that did would answer in two languages, by which was loaded first."""
    sources = sorted(Path(cli.__file__).parent.glob("*.py"))
    assert len(sources) > 10
    kept = [
        file.name
        for file in sources
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and "LANG" in (one.name for one in node.names)
    ]
    assert kept == []
