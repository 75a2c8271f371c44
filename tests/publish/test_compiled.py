"""Templates are compiled once: what is kept of it is used, and whatever is wrong with it costs only time."""

import sys
from pathlib import Path
from types import CodeType

import pytest
from jinja2 import DictLoader, Environment

from trafficlight.publish.templating import TemplateCache

TEMPLATE = "<p>{{ name }}</p>"


@pytest.fixture(autouse=True)
def code_may_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)


class Counted(Environment):
    """Counts what it compiles."""

    compiled = 0

    def _compile(self, source: str, filename: str) -> CodeType:
        self.compiled += 1
        return super()._compile(source, filename)


def start(folder: Path, source: str = TEMPLATE, made_by: Path = Path(__file__)) -> Counted:
    """What one process does with the folder."""
    made = Counted(
        loader=DictLoader({"x.html": source}), autoescape=True, bytecode_cache=TemplateCache(folder, made_by)
    )
    assert made.get_template("x.html").render(name="龙<山>") == source.replace("{{ name }}", "龙&lt;山&gt;")
    return made


def test_the_second_process_compiles_nothing(tmp_path: Path) -> None:
    assert start(tmp_path / "made").compiled == 1
    assert start(tmp_path / "made").compiled == 0


def test_another_environment_in_the_same_process_compiles_nothing(tmp_path: Path) -> None:
    shared = TemplateCache(tmp_path / "no" / "such", Path(__file__))
    for expected in (1, 0):
        made = Counted(loader=DictLoader({"x.html": TEMPLATE}), bytecode_cache=shared)
        made.get_template("x.html")
        assert made.compiled == expected


def test_a_changed_template_is_compiled_anew(tmp_path: Path) -> None:
    start(tmp_path)
    assert start(tmp_path, "<b>{{ name }}</b>").compiled == 1


def test_an_environment_with_other_options_compiles_anew(tmp_path: Path) -> None:
    start(tmp_path)
    other = tmp_path / "templating.py"
    other.write_text("autoescape = False")
    assert start(tmp_path, made_by=other).compiled == 1


@pytest.mark.parametrize("left", [0, 10, 60], ids=["empty", "half a digest", "half the code"])
def test_a_torn_file_counts_as_none(tmp_path: Path, left: int) -> None:
    start(tmp_path)
    [file] = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:left])
    assert start(tmp_path).compiled == 1
    assert start(tmp_path).compiled == 0


def test_a_folder_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert start(tmp_path / "file").compiled == 1
    assert start(tmp_path / "file" / "below").compiled == 1


def test_nothing_is_left_where_python_is_told_to_leave_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert start(tmp_path / "made").compiled == 1
    assert not (tmp_path / "made").exists()
