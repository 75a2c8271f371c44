"""How true a board's lights were, in words: the same for the command line, the desk and the metrics."""

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from trafficlight.domain.accuracy import (
    CURRENT,
    LEAST_DAYS,
    PUBLISHED,
    TRIED,
    Accuracy,
    Rate,
    SiteRules,
    compared_rules,
    measure,
    worst_hour,
)
from trafficlight.domain.board import Board
from trafficlight.domain.lookback import Lookback
from trafficlight.domain.looks import JUDGED, Outcome
from trafficlight.domain.rules import RULES
from trafficlight.domain.sentence import Sentence
from trafficlight.text import rendering
from trafficlight.text.languages import N_

PERIODS: Final = (14, 30, 90)
"""Days: what a site's page shows, a month, and as far as the usual volume looks."""

RATE_NAMES: Final[Mapping[str, str]] = {
    "blue_of_full": N_("赶到时已满的，看到的是蓝"),
    "full_on_arrival": N_("看到蓝的，45分钟后到时已满"),
    "full_at_next_report": N_("看到蓝的，下一次上报时已满"),
    "announced_30": N_("满了的日子，满前30分钟已是黄或红"),
    "announced_60": N_("满了的日子，满前60分钟已是黄或红"),
    "false_alarm": N_("有颜色的时刻，黄或红而其实还有空"),
    "without_light": N_("开诊的时刻，没有颜色"),
}
"""What each figure counts, in the order in which they are given."""
OUTCOME_NAMES: Final[Mapping[Outcome, str]] = {
    Outcome.FILLED: N_("满了，知道几点"),
    Outcome.FILLED_SOMETIME: N_("满了，不知道几点"),
    Outcome.ROOM: N_("没有满"),
    Outcome.UNSURE: N_("不知道满没满：最后一次上报离关门太早"),
    Outcome.FALLING: N_("不能判断：后报的人数比先报的少"),
    Outcome.UNCOUNTED: N_("不能判断：没有报人数"),
    Outcome.CLOSED: N_("不能判断：当天暂停接诊"),
    Outcome.NO_HOURS: N_("不能判断：开诊时间不明"),
}
TOO_FEW: Final = N_("天数太少")


class RuleFigure(msgspec.Struct, frozen=True, kw_only=True):
    """One figure of one rule, in words."""

    rule: str
    """`published`, `current`, `tried`, or a kind."""
    rule_name: str
    rate: str
    """Its name in `RATE_NAMES`."""
    rate_name: str
    text: str
    """In per cent, or that there are too few days."""
    figure: Rate


def accuracy_of(current: SiteRules, back: Lookback) -> Accuracy:
    """How true the lights of these days were: as published, by the rule in force now, and by every kind."""
    return measure(back, compared_rules(current, back))


def rule_names(lang: str) -> dict[str, str]:
    """The rules that are compared, in words."""
    names = {
        PUBLISHED: rendering.render(N_("当时显示的颜色"), {}, lang),
        CURRENT: rendering.render(N_("现在的规则"), {}, lang),
        TRIED: rendering.render(N_("要试的规则"), {}, lang),
    }
    # What stands in brackets is the unit of a kind's numbers.
    labels = {kind.kind: rendering.phrase(kind.label, lang) for kind in RULES}
    return names | {kind: label.partition("（")[0].partition(" (")[0] for kind, label in labels.items()}


def figures_of(accuracy: Accuracy, lang: str) -> Iterator[RuleFigure]:
    """Each figure of each rule."""
    names = rule_names(lang)
    for rule, figures in accuracy.rules.items():
        for rate, label in RATE_NAMES.items():
            yield RuleFigure(
                rule=rule,
                rule_name=names[rule],
                rate=rate,
                rate_name=rendering.render(label, {}, lang),
                text=rate_text(figures.rates[rate], lang),
                figure=figures.rates[rate],
            )


def rate_text(rate: Rate, lang: str) -> str:
    """In per cent, 0 and 100 only where it is so; where too few days stand behind it, that."""
    if rate.ratio is None:
        return rendering.render(TOO_FEW, {}, lang)
    if 0 < rate.ratio < 0.01:  # noqa: PLR2004 - one per cent
        return "<1%"
    if 0.99 < rate.ratio < 1:  # noqa: PLR2004 - 99 per cent
        return ">99%"
    return f"{round(rate.ratio * 100)}%"


def advice_of(accuracy: Accuracy, board: Board) -> Iterator[Sentence]:
    """Where one more reporting time would help most, and why; and whether the days' ends are hardly known."""
    worst = worst_hour(accuracy.rules[PUBLISHED], board.report_by)
    if worst is not None:
        hour, misled = worst
        yield Sentence(
            N_("再加一个{hour}的上报时间最有用：这一小时里，{of}个时刻中有{n}个看到蓝、到时已满。")
            if misled
            else N_("再加一个{hour}的上报时间最有用：这一小时里，{of}个时刻中有{n}个没有颜色可看。"),
            {"hour": f"{hour.hour}:00", "n": hour.misled if misled else hour.without, "of": hour.looks},
        )
    unsure, judged = accuracy.outcomes[Outcome.UNSURE], sum(accuracy.outcomes[one] for one in JUDGED)
    if judged >= LEAST_DAYS and 2 * unsure >= judged:
        yield Sentence(
            N_("{of}个机构日里有{n}个不知道满没满。关门前45分钟以内再报一次，这些数字才完整。"),
            {"n": unsure, "of": judged},
        )
