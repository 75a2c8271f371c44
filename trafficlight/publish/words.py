"""What is said: marks, colours, pills and sentences. Words never decide; `domain` has decided already.

The sentences are a table by light or reason, and by `light/kind`; a board may replace any of them.
"""

from collections.abc import Mapping
from typing import Final

from trafficlight.domain.light import Light, Reason
from trafficlight.text import languages
from trafficlight.text.languages import N_, translate
from trafficlight.text.rendering import fill

ZH: Final = languages.ZH.code

MARKS: Final[Mapping[str, str]] = {
    "blue": "●",
    "yellow": "▲",
    "red": "■",
    "cross": "✕",
    "none": "○",
    "visit": "◇",
}
HOLLOW: Final[Mapping[str, str]] = {"blue": "○", "yellow": "△", "red": "□", "cross": "✕"}
LIGHT_WORDS: Final[Mapping[str, str]] = {
    "blue": N_("人少"),
    "yellow": N_("较多"),
    "red": N_("很多"),
    "cross": N_("暂停"),
}

FILLS: Final[Mapping[str, str]] = {
    "blue": "#1565c0",
    "yellow": "#f5b400",
    "red": "#c62828",
    "cross": "#5c6370",
}
INKS: Final[Mapping[str, str]] = {
    "blue": "#ffffff",
    "yellow": "#191919",
    "red": "#ffffff",
    "cross": "#ffffff",
}
"""Colours of the lights and of the words on them, for badges, articles and pictures; `static/board.css` says
the same to browsers. Each word stands out from its colour by at least 4.5 to 1, in WeChat's dark mode too."""
INK: Final = "#1a1d21"
MUTED: Final = "#555c66"
"""Of what stands beside the lights: text, and lesser text and outlines."""

PILLS: Final[Mapping[str, str]] = {
    Light.BLUE: N_("蓝·人少"),
    Light.YELLOW: N_("黄·较多"),
    Light.RED: N_("红·很多"),
    Light.CROSS: N_("暂停"),
    Reason.NOT_DUE: N_("待更新"),
    Reason.NOT_REPORTED: N_("未更新"),
    Reason.EXPIRED: N_("待更新"),
    Reason.CLOSED_NOW: N_("现未开诊"),
    Reason.REOPENING_DUE: N_("待确认"),
    Reason.NEXT_VISIT: N_("定期巡诊"),
    Reason.VISITING_TODAY: N_("今天巡诊"),
}

ACTIONS: Final[Mapping[str, str]] = {
    "blue": N_("就诊人数不多，可直接前往。"),
    "yellow": N_("就诊人数较多，建议先打电话预约时间再前往。"),
    "red": N_("就诊人数很多，请先打电话确认就诊时间，等候可能较长。"),
    "red/hospital": N_("就诊人数很多，等候较长。症状较轻的可先选择附近卫生院；病情较重请直接前来。"),
    "cross": N_("因医务人员感染暂停接诊，请到附近其他机构就诊。{reopen}"),
    "paused": N_("暂停接诊，请到附近其他机构就诊。{reopen}"),
    "not_due": N_("今日信息约{due}更新，前往前请先打电话。"),
    "not_reported": N_("今日信息尚未更新，{next}前往前请先打电话。"),
    "expired": N_("上次更新是{reported}，情况可能有变，{next}前往前请先打电话。"),
    "closed_now": N_("现在不是开诊时间，{opens}"),
    "reopening_due": N_("原定恢复接诊的日期已到，请先打电话确认。"),
    "next_visit": N_("下次巡诊：{visit}。"),
    "no_visit": N_("目前没有公布下次巡诊的日期，前往前请先打电话。"),
    "visiting_today": N_("今天巡诊{hours}。"),
}

HEADLINES: Final[Mapping[str, str]] = {
    "fault": N_("信息更新暂时中断，前往前请先打电话。"),
    "all_busy": N_("多数机构就诊人数很多，症状较轻可先联系家庭医生或线上问诊。"),
    "holiday": N_("今天是休息日，多数机构未开诊{opens}。现在开诊的有{open_now}家。"),
    "night": N_("现在多数机构未开诊{opens}。现在开诊的有{open_now}家。"),
    "early": N_("时间尚早{opens}，今日信息约{due}更新。现在开诊的有{open_now}家，没有颜色的请先打电话。"),
    "counts": N_("人少{blue}家，较多{yellow}家，很多{red}家，暂停{cross}家，无最新信息{none}家。"),
    "visits": N_("今天有{visited_today}处巡诊，各点的下次巡诊日期见下。"),
    "paused": N_("本页暂停更新，不显示忙闲，前往前请先打电话。"),
    "ended": N_("本服务已结束，不再更新。"),
    "empty": N_("本页还没有登记机构。"),
}

ABOUT: Final = (
    N_("颜色只表示接诊忙闲，与健康码无关；由各机构自行填报，仅供参考，不限制任何人就医。"),
    N_("情况紧急请不要看颜色，直接拨打120。"),
)
"""Said once on every page, fragment, poster, print and notice."""

MISMATCHES: Final[Mapping[str, str]] = {
    "wrong_phone": N_("电话有误"),
    "closed": N_("到了没开门"),
    "not_seen": N_("到了没看上"),
}
"""By the codes of `domain.mismatch.WHATS`, in the order in which they are offered."""


def about(lang: str) -> tuple[str, ...]:
    """What is said once on everything, in the language."""
    return tuple(translate(text, lang) for text in ABOUT)


def action(key: str, kind: str, overrides: Mapping[str, str], lang: str, **values: str) -> str:
    """The sentence for a light or reason, filled in."""
    return fill(sentence(key, kind, overrides, lang), values)


def sentence(key: str, kind: str, overrides: Mapping[str, str], lang: str) -> str:
    """The sentence as it is written: the board's for the kind, ours for the kind, the board's, ours.

    What the county wrote stands in the language in which it wrote; in the others ours says the same.
    """
    own = overrides if lang == ZH else {}
    exact, general = f"{key}/{kind}", key
    for entry in (exact, general):
        if entry in own:
            return own[entry]
        if entry in ACTIONS:
            return translate(ACTIONS[entry], lang)
    raise KeyError(key)
