"""The documentation of the command line names every command, option and column that there is."""

from collections.abc import Iterator
from pathlib import Path

import typer

from trafficlight.actions.fields import FIELD_OF, SITES
from trafficlight.actions.teams import TEAM_COLUMNS
from trafficlight.cli.program import program

PAGE = (Path(__file__).parents[2] / "docs" / "cli.md").read_text(encoding="utf-8")
EVERYWHERE = {"--help", "--data", "--ledger"}


def commands(group: object, name: str = "") -> Iterator[tuple[str, set[str]]]:
    """Every command by its name, with its options."""
    inside = getattr(group, "commands", None)
    if inside is None:
        params = getattr(group, "params", [])
        yield (
            name,
            {option for param in params for option in (*param.opts, *param.secondary_opts) if "--" in option},
        )
    else:
        for key, command in inside.items():
            yield from commands(command, f"{name} {key}".strip())


def test_every_command_and_option_is_documented() -> None:
    found = dict(commands(typer.main.get_command(program(""))))
    assert len(found) > 20
    for name, options in found.items():
        assert f"`{name}" in PAGE, name
        for option in options - EVERYWHERE:
            assert option in PAGE, f"{name} {option}"


def test_every_column_is_documented_and_read() -> None:
    for column in (*SITES.words, *TEAM_COLUMNS):
        assert f"`{column}`" in PAGE
    assert set(SITES.words) == {*FIELD_OF, "id", "board", "board_name"}
