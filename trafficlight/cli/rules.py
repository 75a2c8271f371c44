"""`rules set`: the rule that judges a board, or one of its sites, from the table of rules."""

from asyncio import run
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import typer

from trafficlight.actions.accuracy import PERIODS, figures_of
from trafficlight.actions.changing import LedgerChanges
from trafficlight.actions.rules import PERCENT, RuleWish, number_text, set_rule, try_rule
from trafficlight.cli import console
from trafficlight.cli.console import _, out
from trafficlight.cli.ledgers import Data, Url, board_of, looked_at, opened, site_of
from trafficlight.cli.options import with_options
from trafficlight.cli.truth import Days, checked_days, figure_lines
from trafficlight.domain.accuracy import PUBLISHED, measure
from trafficlight.domain.ids import check_slug
from trafficlight.domain.lookback import look_back
from trafficlight.domain.record import Record
from trafficlight.domain.rules import RULES, dump_rule, inputs_of
from trafficlight.domain.state import BoardFold, rule_in_force
from trafficlight.text.rendering import phrase

app = typer.Typer(
    name="rules",
    help=_("规则：多少人是黄、是红"),
    no_args_is_help=True,
    rich_markup_mode=None,
)

DEFAULT: Final = "default"
_KINDS: Final = [rule.kind for rule in RULES]
_HELP: Final = "; ".join(f"{rule.kind} {phrase(rule.label, console.LANG)}" for rule in RULES)


def _options() -> dict[str, Any]:
    """An option for each number that a kind of rule is set with."""
    notes: dict[str, list[str]] = {}
    for rule in RULES:
        for one in inputs_of(rule):
            default = number_text(one, one.default) + one.field.unit * (one.field.unit == PERCENT)
            label = phrase(one.field.label, console.LANG)
            notes.setdefault(one.name, []).append(f"{rule.kind}: {label} [{default}]")
    return {
        name: Annotated[str | None, typer.Option(help="; ".join(lines), metavar="N")]
        for name, lines in notes.items()
    }


BoardName = Annotated[str, typer.Option("--board", metavar="SLUG")]
SiteName = Annotated[str, typer.Option("--site", metavar="ID")]
Kind = Annotated[str | None, typer.Option(metavar="|".join(_KINDS))]
Reset = Annotated[bool, typer.Option("--reset", help=_("改回默认（机构：跟随看板）"))]


def _wish(
    board: str, site: str, kind: str | None, *, reset: bool, inputs: Mapping[str, str | None]
) -> RuleWish:
    """The rule that is asked for; a mistake in usage where it is not plain whose, or which."""
    if bool(board) == bool(site):
        raise typer.BadParameter(_("--board 和 --site 要给而且只能给一个"))
    if (kind is None) != reset:
        raise typer.BadParameter(_("--kind 和 --reset 要给而且只能给一个"))
    if kind and kind not in _KINDS:
        raise typer.BadParameter("|".join(_KINDS), param_hint="--kind")
    written = {name: text for name, text in inputs.items() if text is not None}
    return RuleWish(site=site, kind=kind or "", written=written)


@app.command(
    "set",
    help=_("设规则，从现在起生效；--reset 取消。种类：{kinds}。", kinds=_HELP),
)
@with_options(_options())
def set_(
    *,
    data: Data = None,
    ledger: Url = "",
    board: BoardName = "",
    site: SiteName = "",
    kind: Kind = None,
    reset: Reset = False,
    **inputs: str | None,
) -> None:
    wish = _wish(board, site, kind, reset=reset, inputs=inputs)

    async def put() -> str:
        async with opened(data, ledger) as store:
            slug = (await site_of(store, site))[0].slug if site else check_slug(board)
            await set_rule(LedgerChanges(store, "cli"), slug, wish, datetime.now(UTC))
            return slug

    slug = run(put())
    out(f"{site or slug}\t{kind or DEFAULT}")


@app.command(
    "try",
    help=_("试规则，什么也不改：按今天的人数哪些会变，最近几天会准多少。种类：{kinds}。", kinds=_HELP),
)
@with_options(_options())
def try_(
    *,
    data: Data = None,
    ledger: Url = "",
    board: BoardName = "",
    site: SiteName = "",
    kind: Kind = None,
    reset: Reset = False,
    days: Days = PERIODS[0],
    **inputs: str | None,
) -> None:
    wish, number, now = (
        _wish(board, site, kind, reset=reset, inputs=inputs),
        checked_days(days),
        datetime.now(UTC),
    )

    async def read() -> tuple[BoardFold, list[Record]]:
        async with looked_at(data, ledger) as store:
            fold = (await site_of(store, site))[0] if site else await board_of(store, board)
            return fold, list(await store.read(fold.slug))

    fold, records = run(read())
    trial = try_rule(fold, wish, now)
    for one in trial.compared:
        lights = (light or "none" for light in (one.before, one.after))
        out("\t".join((one.site, one.name, str(one.patients), *lights)))
    found = measure(look_back(fold.board, records, number, now), trial.rules, trial.sites)
    for line in figure_lines(one for one in figures_of(found, console.LANG) if one.rule != PUBLISHED):
        out(line)


@app.command(help=_("看板和各机构现在的规则"))
def show(board: Annotated[str, typer.Option(metavar="SLUG")], data: Data = None, ledger: Url = "") -> None:
    async def read() -> BoardFold:
        async with looked_at(data, ledger) as store:
            return await board_of(store, board)

    fold = run(read())
    now = datetime.now(UTC)
    for key, state in sorted(fold.sites.items()):
        version = rule_in_force(fold, state, now)
        rule = version.rule()
        plain = dump_rule(rule) if rule else {}
        numbers = (f"{plain[one.name]:g}" for one in inputs_of(type(rule))) if rule else ("?",)
        out("\t".join((key, version.kind, str(version.version), *numbers)))
