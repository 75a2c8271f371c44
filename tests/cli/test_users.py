"""Users of the desk from the command line: the first one comes from here."""

from io import StringIO
from pathlib import Path

import pytest

from tests.cli.conftest import Trafficlight

PASSWORD = "correct horse battery"


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The password comes through a pipe."""
    monkeypatch.setattr("sys.stdin", StringIO(f"{PASSWORD}\n"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "password.txt"
    path.write_text(f"{PASSWORD}\nnot this\n")
    return path


def test_a_user_is_added_and_listed_with_rights(trafficlight: Trafficlight, data: Path, typed: None) -> None:
    done = trafficlight("users", "add", "王芳", "--all", "--role", "admin", "--data", data)
    assert done.code == 0
    user, name = done.lines[0].split("\t")
    assert name == "王芳"
    assert trafficlight("users", "list", "--data", data).lines == [f"{user}\t王芳\t*:admin\t-\t0"]
    assert PASSWORD not in trafficlight("ledger", "export", "--data", data).out


def test_rights_may_be_on_several_boards_and_never_on_one_that_is_not(
    trafficlight: Trafficlight, data: Path, file: Path
) -> None:
    options = ("--role", "editor", "--password-file", file, "--data", data)
    assert trafficlight("users", "add", "甲", "--board", "shili", *options).code == 0
    assert trafficlight("users", "list", "--data", data).lines[0].split("\t")[2] == "shili:editor"
    assert trafficlight("users", "add", "乙", "--board", "nothing", *options).code == 1
    assert trafficlight("users", "add", "丙", *options).code == 2
    assert trafficlight("users", "add", "丁", "--all", "--board", "shili", *options).code == 2
    assert trafficlight("users", "add", "甲", "--all", *options).code == 1, "the name is taken"


@pytest.mark.parametrize("bad", ["short", "aaaaaaaaaaaa", "1234567890", "王芳王芳王芳王芳王芳"])
def test_a_password_that_would_be_guessed_is_refused(
    trafficlight: Trafficlight, data: Path, monkeypatch: pytest.MonkeyPatch, bad: str
) -> None:
    monkeypatch.setattr("sys.stdin", StringIO(f"{bad}\n"))
    done = trafficlight("users", "add", "王芳", "--all", "--role", "admin", "--data", data)
    assert done.code == 1
    assert bad not in done.err
    assert trafficlight("users", "list", "--data", data).out == ""


def test_a_password_typed_twice_differently_is_refused(
    trafficlight: Trafficlight, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([PASSWORD, "another one", PASSWORD, PASSWORD])
    monkeypatch.setattr("trafficlight.cli.users.getpass", lambda _: next(answers))
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    add = ("users", "add", "王芳", "--all", "--role", "admin", "--data", data)
    assert trafficlight(*add).code == 1
    assert trafficlight(*add).code == 0


def test_the_last_who_manages_everything_cannot_be_removed(
    trafficlight: Trafficlight, data: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trafficlight.actions.changing.FOLLOWED_AFTER", 0)
    options = ("--password-file", file, "--data", data)
    trafficlight("users", "add", "王芳", "--all", "--role", "admin", *options)
    assert trafficlight("users", "remove", "王芳", "--data", data).code == 1
    trafficlight("users", "add", "李明", "--all", "--role", "admin", *options)
    assert trafficlight("users", "remove", "王芳", "--data", data).code == 0
    assert trafficlight("users", "remove", "王芳", "--data", data).code == 1
    assert [line.split("\t")[1] for line in trafficlight("users", "list", "--data", data).lines] == ["李明"]


def test_password_and_sessions_are_set_anew_from_here(
    trafficlight: Trafficlight, data: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trafficlight.actions.changing.FOLLOWED_AFTER", 0)
    options = ("--password-file", file, "--data", data)
    trafficlight("users", "add", "王芳", "--all", "--role", "admin", *options)
    assert trafficlight("users", "password", "王芳", "--no-totp", *options).code == 0
    assert trafficlight("users", "end-sessions", "王芳", "--data", data).code == 0
    assert trafficlight("users", "end-sessions", "nobody", "--data", data).code == 1
    kinds = trafficlight("ledger", "export", "--data", data).out
    assert kinds.count('"type":"password_set"') == 2
    assert kinds.count('"type":"second_step_set"') == 1
