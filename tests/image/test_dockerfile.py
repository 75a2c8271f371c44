"""What can be promised of the image without building it; `make image-proof` builds it."""

from pathlib import Path

import pytest

from tests.image.context import context
from tests.image.dockerfile import Instruction, Stage, UnknownInstruction, assignments, parse
from trafficlight.publish.drawing import PACKAGE

PROJECT = Path(__file__).parents[2]


@pytest.fixture
def stages() -> list[Stage]:
    return parse((PROJECT / "Dockerfile").read_text("utf-8"))


def test_the_image_runs_as_a_user_of_its_own(stages: list[Stage]) -> None:
    user = stages[-1].last("USER")

    assert user is not None
    assert user.rest not in {"root", "0"}


@pytest.mark.parametrize("verb", ["ENTRYPOINT", "CMD"])
def test_the_program_gets_the_stop_signal_itself(stages: list[Stage], verb: str) -> None:
    instruction = stages[-1].last(verb)

    assert instruction is not None
    assert instruction.rest.startswith("[")


def test_every_package_of_the_image_is_locked(stages: list[Stage]) -> None:
    commands = [
        command
        for stage in stages
        for run in stage.instructions
        if run.verb == "RUN"
        for command in run.rest.split("&&")
        if "pip install" in command
    ]

    assert commands
    assert all("--require-hashes" in each or "--no-deps --no-index" in each for each in commands)


def test_the_image_holds_the_font_of_posters(stages: list[Stage]) -> None:
    commands = [run.rest for run in stages[-1].instructions if run.verb == "RUN"]

    assert [command for command in commands if "apt-get install" in command and PACKAGE in command]


def test_the_image_asks_its_own_ops_port_whether_it_lives(stages: list[Stage]) -> None:
    check, command = stages[-1].last("HEALTHCHECK"), stages[-1].last("CMD")

    assert check is not None
    assert command is not None
    ops = command.words[command.words.index("--ops") + 1]
    assert f"http://{ops}/live" in check.rest


def test_nothing_but_the_product_enters_the_image() -> None:
    tops = {path.parts[0] for path in context(PROJECT)}
    files = {
        "pyproject.toml",
        "hatch_build.py",
        "requirements.txt",
        "requirements-build.txt",
        "LICENSE",
        "README.md",
    }

    assert tops <= files | {"trafficlight", "templates", "static"}
    assert tops >= files - {"README.md"} | {"trafficlight"}


def test_the_last_line_of_dockerignore_that_matches_decides(tmp_path: Path) -> None:
    for name in ("a/keep.py", "a/__pycache__/x.pyc", "a/b/__pycache__/y.pyc", "c.txt", "d.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / ".dockerignore").write_text("# ours\n*\n!a\n!?.txt\nd.*\n**/__pycache__\n", "utf-8")

    assert [str(path) for path in context(tmp_path)] == ["c.txt", "a/keep.py"]


def test_lines_are_continued_across_comments() -> None:
    (stage,) = parse("FROM base AS one\nRUN a \\\n# why\n && b\n")

    assert (stage.base, stage.name) == ("base", "one")
    assert stage.instructions[0].rest.split() == ["a", "&&", "b"]


def test_env_sees_what_was_set_before_it() -> None:
    env = Instruction(verb="ENV", flags={}, rest="PATH=/opt/bin:$PATH QUIET=1")

    assert assignments(env, {"PATH": "/bin"}) == {"PATH": "/opt/bin:/bin", "QUIET": "1"}


def test_what_the_proof_cannot_carry_out_it_refuses() -> None:
    with pytest.raises(UnknownInstruction):
        parse("FROM base\nADD x /y\n")
