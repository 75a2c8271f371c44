"""`/desk/boards/…/lookback/accuracy`: how true the lights were (颜色准不准), by what was reported later."""

from collections.abc import Iterator
from itertools import groupby

import msgspec
from aiohttp import web
from markupsafe import Markup

from trafficlight.actions.accuracy import (
    OUTCOME_NAMES,
    PERIODS,
    RuleFigure,
    accuracy_of,
    advice_of,
    figures_of,
)
from trafficlight.domain.accuracy import LEAST_DAYS, PUBLISHED, RATES, Accuracy, HourLooks, current_rules
from trafficlight.domain.lookback import Lookback
from trafficlight.domain.looks import JUDGED
from trafficlight.publish import words
from trafficlight.publish.sync_pass import in_thread
from trafficlight.text.languages import N_
from trafficlight.text.rendering import phrase
from trafficlight.web.desk.charts import Column, bar, column_signs, columns
from trafficlight.web.desk.lookback import looked, sheet
from trafficlight.web.desk.request import DeskRequest


class FigureLine(msgspec.Struct, frozen=True, kw_only=True):
    """One figure of one rule, drawn."""

    figure: RuleFigure
    picture: Markup


class FigureCard(msgspec.Struct, frozen=True, kw_only=True):
    """One figure, of every rule."""

    name: str
    lines: list[FigureLine]


async def show_accuracy(desk: DeskRequest) -> web.Response:
    """The figures, rule beside rule; the hours as a picture; the days by what is known of them."""
    found, back = await _measured(desk)
    published = found.rules[PUBLISHED]
    hours = [one for one in published.hours if one.looks]
    return desk.page(
        "desk/lookback/accuracy.html",
        back=back,
        periods=PERIODS,
        sites=found.sites,
        lead=[one for one in figures_of(found, desk.lang) if one.rule == PUBLISHED],
        advice=[phrase(one, desk.lang) for one in advice_of(found, desk.fold.board)],
        hours=hours,
        picture=columns([_column(one) for one in published.hours], _summed(desk, hours)),
        signs=column_signs(),
        cards=cards_of(found, desk.lang),
        outcomes=[
            (desk.say(name), found.outcomes[one], one in JUDGED) for one, name in OUTCOME_NAMES.items()
        ],
        least=LEAST_DAYS,
    )


async def accuracy_csv(desk: DeskRequest) -> web.Response:
    """The same figures: a row for each of every rule."""
    found, back = await _measured(desk)
    heads = (N_("规则"), N_("指标"), N_("比例"), N_("是"), N_("可判断"), N_("不知道"), N_("机构日"))
    rows = [[desk.say(head) for head in heads]]
    for one in figures_of(found, desk.lang):
        rate = one.figure
        numbers = (rate.hits, rate.of, rate.unknown, rate.days)
        rows.append([one.rule_name, one.rate_name, one.text, *map(str, numbers)])
    return await sheet(desk, back, "accuracy", rows)


async def _measured(desk: DeskRequest) -> tuple[Accuracy, Lookback]:
    """In a thread: of 152 sites and 90 days it takes seconds."""
    back = await looked(desk)
    return await in_thread(accuracy_of, current_rules(desk.fold, desk.at), back), back


def cards_of(found: Accuracy, lang: str) -> list[FigureCard]:
    """Each figure that depends on the rule, with a line for every rule."""
    order = [rate for rate in RATES if rate != "without_light"]
    lines = sorted(
        (one for one in figures_of(found, lang) if one.rate in order), key=lambda one: order.index(one.rate)
    )
    return [
        FigureCard(name=name, lines=list(_lines(group)))
        for name, group in groupby(lines, key=lambda one: one.rate_name)
    ]


def _lines(group: Iterator[RuleFigure]) -> Iterator[FigureLine]:
    for one in group:
        enough = one.figure.ratio is not None
        yield FigureLine(figure=one, picture=bar([("plain", one.figure.hits * enough)], one.figure.of))


def _column(one: HourLooks) -> Column:
    return Column(one.hour, one.looks, one.misled, one.without)


def _summed(desk: DeskRequest, hours: list[HourLooks]) -> str:
    """What the picture says to whoever does not see it."""
    each = (
        desk.say(
            N_("%(hour)d点：没有颜色%(without)d，看到蓝、到时已满%(misled)d，共%(looks)d"),
            hour=one.hour,
            without=one.without,
            misled=one.misled,
            looks=one.looks,
        )
        for one in hours
    )
    return words.joined(each, desk.lang)
