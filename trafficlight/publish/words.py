"""What is said: marks, pills, sentences and dates. Words never decide; `domain` has decided already.

The sentences are a table by light or reason, and by `light/kind`; a board may replace any of them.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from string import Formatter
from typing import Final

from babel.dates import format_date

from trafficlight.domain.light import Light, Reason

ZH: Final = "zh-Hans"

MARKS: Final[Mapping[str, str]] = {"blue": "●", "yellow": "▲", "red": "■", "cross": "✕", "none": "○"}
HOLLOW: Final[Mapping[str, str]] = {"blue": "○", "yellow": "△", "red": "□", "cross": "✕"}
LIGHT_WORDS: Final[Mapping[str, str]] = {"blue": "人少", "yellow": "较多", "red": "很多", "cross": "暂停"}

PILLS: Final[Mapping[str, str]] = {
    Light.BLUE: "蓝·人少",
    Light.YELLOW: "黄·较多",
    Light.RED: "红·很多",
    Light.CROSS: "暂停",
    Reason.NOT_DUE: "待更新",
    Reason.NOT_REPORTED: "未更新",
    Reason.EXPIRED: "待更新",
    Reason.CLOSED_NOW: "现未开诊",
    Reason.REOPENING_DUE: "待确认",
}

ACTIONS: Final[Mapping[str, str]] = {
    "blue": "就诊人数不多，可直接前往。",
    "yellow": "就诊人数较多，建议先打电话预约时间再前往。",
    "red": "就诊人数很多，请先打电话确认就诊时间，等候可能较长。",
    "red/hospital": "就诊人数很多，等候较长。症状较轻的可先选择附近卫生院；病情较重请直接前来。",
    "cross": "因医务人员感染暂停接诊，请到附近其他机构就诊。{reopen}",
    "paused": "暂停接诊，请到附近其他机构就诊。{reopen}",
    "not_due": "今日信息约{due}更新，前往前请先打电话。",
    "not_reported": "今日信息尚未更新，前往前请先打电话。",
    "expired": "上次更新是{reported}，情况可能有变，前往前请先打电话。",
    "closed_now": "现在不是开诊时间，{opens}",
    "reopening_due": "原定恢复接诊的日期已到，请先打电话确认。",
}

HEADLINES: Final[Mapping[str, str]] = {
    "fault": "信息更新暂时中断，前往前请先打电话。",
    "all_busy": "多数机构就诊人数很多，症状较轻可先联系家庭医生或线上问诊。",
    "holiday": "今天是休息日，多数机构未开诊{opens}。现在开诊的有{open_now}家。",
    "night": "现在多数机构未开诊{opens}。现在开诊的有{open_now}家。",
    "early": "时间尚早{opens}，今日信息约{due}更新。现在开诊的有{open_now}家，前往前请先打电话。",
    "counts": "人少{blue}家，较多{yellow}家，很多{red}家，暂停{cross}家，无最新信息{none}家。",
    "paused": "本页暂停更新，不显示忙闲，前往前请先打电话。",
    "ended": "本服务已结束，不再更新。",
    "empty": "本页还没有登记机构。",
}

ABOUT: Final = (
    "颜色只表示接诊忙闲，与健康码无关；由各机构自行填报，仅供参考，不限制任何人就医。",
    "情况紧急请不要看颜色，直接拨打120。",
)
"""Said once on every page, fragment, poster, print and notice."""


def action(key: str, kind: str, overrides: Mapping[str, str], **values: str) -> str:
    """The sentence for a light or reason, filled in."""
    return fill(sentence(key, kind, overrides), values)


def sentence(key: str, kind: str, overrides: Mapping[str, str]) -> str:
    """The sentence as it is written: the board's for the kind, ours for the kind, the board's, ours."""
    exact, general = f"{key}/{kind}", key
    for table, entry in ((overrides, exact), (ACTIONS, exact), (overrides, general), (ACTIONS, general)):
        text = table.get(entry)
        if text is not None:
            return text
    raise KeyError(key)


def fill(text: str, values: Mapping[str, object]) -> str:
    """The text with `{name}` replaced; a name nobody knows stays: a county's words are not code."""
    out = []
    try:
        for literal, name, _spec, _conversion in Formatter().parse(text):
            out.append(literal)
            if name is not None:
                out.append(str(values.get(name, "{" + name + "}")))
    except ValueError:
        return text
    return "".join(out)


@lru_cache(maxsize=1024)
def day(on: date) -> str:
    """The date: 12月24日."""
    return format_date(on, "M月d日", locale="zh_Hans_CN")


@lru_cache(maxsize=1024)
def day_long(on: date) -> str:
    """The date with its weekday: 12月24日 周六."""
    return format_date(on, "M月d日 EEE", locale="zh_Hans_CN")


def clock(at: datetime) -> str:
    """8:10, as it is spoken; 24:00 is 0:00 of the next day."""
    return f"{at.hour}:{at.minute:02}"


def near_day(on: date, today: date) -> str:
    """今天, 昨天, 明天, 后天, else the date."""
    distance = (on - today) / timedelta(days=1)
    return {0: "今天", -1: "昨天", 1: "明天", 2: "后天"}.get(int(distance)) or day(on)


def near_time(at: datetime, today: date) -> str:
    """8:10 for today, 昨天16:20, 明天8:00, 12月28日8:00."""
    return clock(at) if at.date() == today else f"{near_day(at.date(), today)}{clock(at)}"


def edition(position: int, as_of: datetime) -> str:
    """The edition as it is printed: 第1024版 12月24日 08:10."""
    return f"第{position}版 {day(as_of.date())} {as_of:%H:%M}"
