"""`rules set`: the rule that judges a board, or one of its sites, from the table of rules."""

from asyncio import run
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import typer

from trafficlight.actions.changing import LedgerChanges
from trafficlight.actions.rules import PERCENT, RuleWish, number_text, set_rule
from trafficlight.cli.console import LANG, _, out
from trafficlight.cli.ledgers import Data, Url, board_of, opened, site_of
from trafficlight.cli.options import with_options
from trafficlight.domain.ids import check_slug
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
_HELP: Final = "; ".join(f"{rule.kind} {phrase(rule.label, LANG)}" for rule in RULES)


def _options() -> dict[str, Any]:
    """An option for each number that a kind of rule is set with."""
    notes: dict[str, list[str]] = {}
    for rule in RULES:
        for one in inputs_of(rule):
            default = number_text(one, one.default) + one.field.unit * (one.field.unit == PERCENT)
            label = phrase(one.field.label, LANG)
            notes.setdefault(one.name, []).append(f"{rule.kind}: {label} [{default}]")
    return {
        name: Annotated[str | None, typer.Option(help="; ".join(lines), metavar="N")]
        for name, lines in notes.items()
    }


@app.command(
    "set",
    help=_("设规则，从现在起生效；--reset 取消。种类：{kinds}。", kinds=_HELP),
)
@with_options(_options())
def set_(
    *,
    data: Data = None,
    ledger: Url = "",
    board: Annotated[str, typer.Option(metavar="SLUG")] = "",
    site: Annotated[str, typer.Option(metavar="ID")] = "",
    kind: Annotated[str | None, typer.Option(metavar="|".join(_KINDS))] = None,
    reset: Annotated[bool, typer.Option("--reset", help=_("改回默认（机构：跟随看板）"))] = False,
    **inputs: str | None,
) -> None:
    if bool(board) == bool(site):
        raise typer.BadParameter(_("--board 和 --site 要给而且只能给一个"))
    if (kind is None) != reset:
        raise typer.BadParameter(_("--kind 和 --reset 要给而且只能给一个"))
    if kind and kind not in _KINDS:
        raise typer.BadParameter("|".join(_KINDS), param_hint="--kind")
    written = {name: text for name, text in inputs.items() if text is not None}

    async def put() -> str:
        async with opened(data, ledger) as store:
            slug = (await site_of(store, site))[0].slug if site else check_slug(board)
            wish = RuleWish(site=site, kind=kind or "", written=written)
            await set_rule(LedgerChanges(store, "cli"), slug, wish, datetime.now(UTC))
            return slug

    slug = run(put())
    out(f"{site or slug}\t{kind or DEFAULT}")


@app.command(help=_("看板和各机构现在的规则"))
def show(board: Annotated[str, typer.Option(metavar="SLUG")], data: Data = None, ledger: Url = "") -> None:
    async def read() -> BoardFold:
        async with opened(data, ledger) as store:
            return await board_of(store, board)

    fold = run(read())
    now = datetime.now(UTC)
    for key, state in sorted(fold.sites.items()):
        version = rule_in_force(fold, state, now)
        rule = version.rule()
        plain = dump_rule(rule) if rule else {}
        numbers = (f"{plain[one.name]:g}" for one in inputs_of(type(rule))) if rule else ("?",)
        out("\t".join((key, version.kind, str(version.version), *numbers)))
