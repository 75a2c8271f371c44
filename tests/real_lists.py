"""Every list in a folder, read as a first import would read it: a table of what of it was understood.

`python -m tests.real_lists FOLDER`. A list of several boards has a line for the whole, and one for each.
"""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from tests.actions.lists import Known
from trafficlight.actions.fields import SITES
from trafficlight.actions.importing import plan_import
from trafficlight.actions.plan import ImportPlan, Options
from trafficlight.actions.sandbox import read_apart
from trafficlight.actions.sheet import Sheet, arranged
from trafficlight.domain.board import Site
from trafficlight.domain.errors import Refused
from trafficlight.domain.hours_text import parse_hours
from trafficlight.text.languages import ZH
from trafficlight.text.rendering import explain

KINDS = frozenset({".xlsx", ".xls", ".ods", ".csv", ".tsv", ".txt"})


class ListRead(NamedTuple):
    """What became of a list: rows and sites, what was understood, and where all its cells went."""

    list: str
    rows: int
    sites: int
    phones: int
    without: int
    """Sites without a phone."""
    hours: int
    """Sites whose hours decide; of others they are only shown, or there are none."""
    asked: int
    refused: int
    """Rows and cells that nobody understood."""
    cells: int
    taken: int
    left: int
    """Cells left out, each with its reason."""
    why: str = ""
    """Why it is no list."""


def read_list(path: Path) -> tuple[Sheet, ImportPlan]:
    """As `sites import FILE [--board SLUG] --dry-run` into an empty ledger. `Refused` where it is no list."""
    sheet = arranged(read_apart(path.read_bytes(), SITES))
    board = "" if "board" in sheet.headers else "liebiao"
    return sheet, plan_import(sheet, Known(), Options(board=board))


def rows_of(path: Path) -> Iterator[ListRead]:
    """The list as a whole, and of several boards each."""
    try:
        sheet, plan = read_list(path)
    except Refused as refused:
        yield ListRead(path.name, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, explain(refused, ZH.code))
        return
    cells = plan.cells
    yield ListRead(
        path.name,
        len(sheet.rows),
        *_figures(plan.standing.values()),
        len(plan.open),
        len(plan.faults),
        sheet.cells,
        cells["taken"],
        cells["left"],
    )
    for board, sites in plan.sites.items() if len(plan.sites) > 1 else ():
        yield ListRead(f"– {board}", len(sites), *_figures(sites), 0, 0, 0, 0, 0)


def _figures(sites: Iterable[Site]) -> tuple[int, int, int, int]:
    every = list(sites)
    return (
        len(every),
        sum(len(site.phones) for site in every),
        sum(not site.phones for site in every),
        sum(parse_hours(site.hours) is not None for site in every),
    )


def table(folder: Path) -> Iterator[ListRead]:
    """Every list of the folder, in the order of their names."""
    for path in sorted(folder.iterdir()):
        if path.suffix in KINDS:
            yield from rows_of(path)


def main(folder: Path) -> None:
    """Print it."""
    names = ListRead._fields
    lines = [names, ["---"] * len(names), *table(folder)]
    for cells in lines:
        sys.stdout.write("| " + " | ".join(str(cell) if cell != 0 else "" for cell in cells) + " |\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
