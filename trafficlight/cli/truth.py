"""`truth`: how true a board's lights were, by what its sites themselves reported later."""

from asyncio import run
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Annotated, Final

import typer

from trafficlight.actions.accuracy import (
    OUTCOME_NAMES,
    PERIODS,
    RuleFigure,
    accuracy_of,
    advice_of,
    figures_of,
)
from trafficlight.cli import console
from trafficlight.cli.console import _, out
from trafficlight.cli.ledgers import Data, Url, board_of, looked_at
from trafficlight.domain.accuracy import PUBLISHED, Accuracy, current_rules
from trafficlight.domain.lookback import look_back
from trafficlight.text.languages import N_
from trafficlight.text.rendering import phrase

HELP: Final = _("颜色准不准：按各机构自己后来的上报，算看到的颜色和赶到时是否一致。")
DAYS: Final = "|".join(map(str, PERIODS))
Days = Annotated[int, typer.Option(metavar=DAYS, help=_("最近多少天，不含今天"))]
HEADS: Final = (N_("规则"), N_("指标"), N_("比例"), N_("是"), N_("可判断"), N_("不知道"), N_("机构日"))


def truth(
    *,
    board: Annotated[str, typer.Option(metavar="SLUG")],
    days: Days = PERIODS[0],
    data: Data = None,
    ledger: Url = "",
) -> None:
    number = checked_days(days)

    async def read() -> Iterator[str]:
        async with looked_at(data, ledger) as store:
            fold = await board_of(store, board)
            records = await store.read(board)
        now = datetime.now(UTC)
        found = accuracy_of(current_rules(fold, now), look_back(fold.board, records, number, now))
        return iter([*_lines(found), *(phrase(one, console.LANG) for one in advice_of(found, fold.board))])

    for line in run(read()):
        out(line)


def checked_days(days: int) -> int:
    """The period; a mistake in usage where it is another."""
    if days not in PERIODS:
        raise typer.BadParameter(DAYS, param_hint="--days")
    return days


def _lines(found: Accuracy) -> Iterator[str]:
    first, last = found.days[0], found.days[-1]
    yield _("{first}到{last}，不含今天；能判断的机构{n}家", first=first, last=last, n=found.sites)
    for outcome, number in found.outcomes.items():
        yield f"{_(OUTCOME_NAMES[outcome])}\t{number}"
    yield from figure_lines(figures_of(found, console.LANG))
    yield "\t".join(map(_, (N_("时刻"), N_("开诊的时刻"), N_("没有颜色"), N_("看到蓝、到时已满"))))
    for one in found.rules[PUBLISHED].hours:
        if one.looks:
            yield f"{one.hour}:00\t{one.looks}\t{one.without}\t{one.misled}"


def figure_lines(figures: Iterable[RuleFigure]) -> Iterator[str]:
    """A table of figures, with a line of heads."""
    yield "\t".join(map(_, HEADS))
    for one in figures:
        rate = one.figure
        numbers = (rate.hits, rate.of, rate.unknown, rate.days)
        yield "\t".join((one.rule, one.rate_name, one.text, *map(str, numbers)))
