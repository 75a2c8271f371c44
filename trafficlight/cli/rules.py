"""`rules set`: the rule that judges a board, or one of its sites."""

from asyncio import run
from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any, Final

import typer

from trafficlight.actions.ruling import baselines, raw_of
from trafficlight.cli.console import out, say
from trafficlight.cli.ledgers import Data, Url, board_of, opened, site_of
from trafficlight.domain.day import service_day
from trafficlight.domain.event import RuleSet
from trafficlight.domain.rules import dump_rule, load_rule
from trafficlight.domain.state import BoardFold, rule_in_force
from trafficlight.ledger.base import Ledger

app = typer.Typer(
    name="rules",
    help=say("规则：多少人是黄、是红", "Rules: from which count yellow, from which red."),
    no_args_is_help=True,
    rich_markup_mode=None,
)


class RuleKind(StrEnum):
    SHARE = "share"
    COUNTS = "counts"
    USUAL = "usual"


DEFAULT: Final = "default"


@app.command(
    "set",
    help=say(
        "设规则：share 占接诊能力的比例，counts 人数，usual 与平时相比；--reset 取消。",
        "Set the rule: a share of the capacity, plain counts, or against the usual volume.",
    ),
)
def set_(
    *,
    data: Data = None,
    ledger: Url = "",
    board: Annotated[str, typer.Option(metavar="SLUG")] = "",
    site: Annotated[str, typer.Option(metavar="ID")] = "",
    kind: Annotated[RuleKind | None, typer.Option()] = None,
    yellow: Annotated[float | None, typer.Option(help=say("从多少起是黄", "From where yellow."))] = None,
    red: Annotated[float | None, typer.Option(help=say("从多少起是红", "From where red."))] = None,
    reset: Annotated[
        bool, typer.Option("--reset", help=say("改回默认（机构：跟随看板）", "Back to the default."))
    ] = False,
) -> None:
    if bool(board) == bool(site):
        raise typer.BadParameter(
            say("--board 和 --site 要给而且只能给一个", "give one of --board and --site")
        )
    if (kind is None) != reset:
        raise typer.BadParameter(
            say("--kind 和 --reset 要给而且只能给一个", "give one of --kind and --reset")
        )
    steps: dict[str, Any] = {
        name: value for name, value in (("yellow", yellow), ("red", red)) if value is not None
    }
    if kind is RuleKind.COUNTS:
        steps = {name: int(value) if value == int(value) else value for name, value in steps.items()}
    raw = {"kind": kind.value, **steps} if kind else None

    async def put() -> str:
        async with opened(data, ledger) as kept:
            fold = (await site_of(kept, site))[0] if site else await board_of(kept, board)
            await set_rule(kept, fold, site, raw)
            return fold.slug

    slug = run(put())
    out(f"{site or slug}\t{kind.value if kind else DEFAULT}")


async def set_rule(ledger: Ledger, fold: BoardFold, site: str, raw: Mapping[str, Any] | None) -> None:
    """Judge the board, or the site if one is named, by this rule from now on. The same again: no event."""
    rule = None
    if raw is not None:
        fixed = baselines(fold, site, _today(fold)) if raw["kind"] == RuleKind.USUAL else {}
        rule = dump_rule(load_rule({**raw, **fixed}))
    versions = fold.sites[site].rules if site else fold.rules
    in_force = versions[-1].raw if versions else b""
    if in_force != raw_of(rule):
        await ledger.append(fold.slug, [RuleSet(by="cli", site=site, rule=rule)])


def _today(fold: BoardFold) -> date:
    return service_day(datetime.now(UTC), fold.board.cut_off, fold.board.zone)


@app.command(help=say("看板和各机构现在的规则", "The rules in force of a board and its exceptions."))
def show(board: Annotated[str, typer.Option(metavar="SLUG")], data: Data = None, ledger: Url = "") -> None:
    async def read() -> BoardFold:
        async with opened(data, ledger) as kept:
            return await board_of(kept, board)

    fold = run(read())
    now = datetime.now(UTC)
    for key, state in sorted(fold.sites.items()):
        version = rule_in_force(fold, state, now)
        rule = version.rule()
        out(f"{key}\t{rule.kind}\t{version.version}\t{rule.yellow:g}\t{rule.red:g}")
