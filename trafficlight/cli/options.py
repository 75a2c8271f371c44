"""Options that several commands have, and options that a table of the actions says."""

import sys
from collections.abc import Callable, Mapping
from inspect import Parameter, signature
from pathlib import Path
from typing import Annotated, Any

import typer

from trafficlight.actions.credentials import Scope
from trafficlight.cli.console import _
from trafficlight.cli.ledgers import board_of, site_of, slugs
from trafficlight.domain.errors import Refused
from trafficlight.domain.state import BoardFold
from trafficlight.ledger.base import Ledger

SiteOption = Annotated[str, typer.Option("--site", metavar="ID", help=_("一个机构"))]
BoardOption = Annotated[str, typer.Option("--board", metavar="SLUG", help=_("一个看板"))]
TownOption = Annotated[
    str,
    typer.Option("--town", metavar="NAME", help=_("看板里的一个乡镇（同时给 --board）")),
]
AllOption = Annotated[bool, typer.Option("--all", help=_("所有看板的全部机构"))]


class ScopeOptions:
    """Exactly one of `--site ID`, `--board SLUG`, `--town NAME --board SLUG` and `--all`."""

    def __init__(self, *, site: str = "", board: str = "", town: str = "", everything: bool = False) -> None:
        self.site, self.board, self.town, self.everything = site, board, town, everything
        if town and not board:
            raise typer.BadParameter(_("要同时给 --board"), param_hint="--town")
        if [bool(site), bool(board), everything].count(True) != 1:
            message = _("--site、--board、--all 要给而且只能给一个")
            raise typer.BadParameter(message)

    async def scope(self, ledger: Ledger) -> Scope:
        """As one token has it: a site, a board or everything."""
        if self.site:
            await site_of(ledger, self.site)
        if self.board:
            await board_of(ledger, self.board)
        return Scope(site=self.site, board=self.board)

    async def sites(self, ledger: Ledger) -> list[tuple[BoardFold, list[str]]]:
        """The sites that are meant, by board; each board's in the order of towns and names."""
        if self.site:
            fold, _ = await site_of(ledger, self.site)
            return [(fold, [self.site])]
        boards = [self.board] if self.board else await slugs(ledger)
        folds = [await board_of(ledger, slug) for slug in boards]
        chosen = [(fold, _ordered(fold, self.town)) for fold in folds]
        if self.town and not chosen[0][1]:
            raise Refused("unknown_town", "town", text=self.town, board=self.board)
        return chosen


def _ordered(fold: BoardFold, town: str) -> list[str]:
    sites = [state.site for state in fold.sites.values() if not town or state.site.town == town]
    return [site.id for site in sorted(sites, key=lambda site: (site.town, site.id))]


# --- from a table -------------------------------------------------------------------------------------------


def with_options(options: Mapping[str, Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Gives a command, which takes `**options`, an option for each of these names, None where it is left out.

    The values are types annotated with a `typer.Option`.
    """

    def decorated(command: Callable[..., None]) -> Callable[..., None]:
        shape = signature(command, eval_str=True)
        fixed = [one for one in shape.parameters.values() if one.kind is not Parameter.VAR_KEYWORD]
        more = [
            Parameter(name, Parameter.KEYWORD_ONLY, default=None, annotation=annotation)
            for name, annotation in options.items()
        ]
        vars(command)["__signature__"] = shape.replace(parameters=[*fixed, *more])
        return command

    return decorated


# --- a list out ---------------------------------------------------------------------------------------------

Out = Annotated[Path | None, typer.Option("--out", metavar="FILE.csv|FILE.xlsx", dir_okay=False)]


def is_workbook(file: Path | None) -> bool:
    """Whether it shall be XLSX; CSV else. An ending that is neither is a mistake in usage."""
    if file is not None and file.suffix.lower() not in {".csv", ".xlsx"}:
        raise typer.BadParameter(_("只能是 .csv 或 .xlsx"), param_hint="--out")
    return file is not None and file.suffix.lower() == ".xlsx"


def write_out(body: bytes, file: Path | None) -> None:
    """The list into the file, its folder made where missing; onto stdout where there is none."""
    if file is None:
        sys.stdout.buffer.write(body)
        sys.stdout.buffer.flush()
    else:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)
