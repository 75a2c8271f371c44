"""What to do, by light or by the reason for none: ours, where a county did not say it otherwise."""

from collections.abc import Mapping
from typing import Final

from trafficlight.text.languages import N_

ADVICE: Final[Mapping[str, str]] = {
    "blue": N_("就诊人数不多，可直接前往。"),
    "yellow": N_("就诊人数较多，建议先打电话预约时间再前往。"),
    "red": N_("就诊人数很多，请先打电话确认就诊时间，等候可能较长。"),
    "red/hospital": N_("就诊人数很多，等候较长。症状较轻的可先选择附近卫生院；病情较重请直接前来。"),
    "cross": N_("因医务人员感染暂停接诊，请到附近其他机构就诊。{reopen}"),
    "paused": N_("暂停接诊，请到附近其他机构就诊。{reopen}"),
    "paused_power": N_("因停电停水暂停接诊，请到附近其他机构就诊。{reopen}"),
    "paused_equipment": N_("因设备故障暂停接诊，请到附近其他机构就诊。{reopen}"),
    "paused_moved": N_("因搬迁暂停接诊，请到附近其他机构就诊。{reopen}"),
    "paused_rebuilding": N_("因装修改造暂停接诊，请到附近其他机构就诊。{reopen}"),
    "not_due": N_("今日信息约{due}更新，前往前请先打电话。"),
    "not_reported": N_("今日信息尚未更新，{next}前往前请先打电话。"),
    "expired": N_("上次更新是{reported}，情况可能有变，{next}前往前请先打电话。"),
    "closed_now": N_("现在不是开诊时间，{opens}"),
    "hours_unknown": N_("开诊时间不详，前往前请先打电话。"),
    "reopening_due": N_("原定恢复接诊的日期已到，请先打电话确认。"),
    "rule_unreadable": N_("系统正在更新，暂时不显示颜色，前往前请先打电话。"),
    "next_visit": N_("下次巡诊：{visit}。"),
    "no_visit": N_("目前没有公布下次巡诊的日期，前往前请先打电话。"),
    "visiting_today": N_("今天巡诊{hours}。"),
}
"""By light or reason, or by `light/kind of site`. What stands in braces is filled in."""

BLANKS: Final[Mapping[str, str]] = {
    "due": "更新时间",
    "reported": "上次更新的时间",
    "next": "下次更新的时间",
    "opens": "几点开诊",
    "reopen": "预计恢复的日期",
    "visit": "巡诊的日期和时间",
    "hours": "今天巡诊的时间",
}
"""What is filled in, by the name in braces: as the desk reads and writes it, in 【】."""


def with_blanks(text: str) -> str:
    """The sentence as whoever edits it reads it: 【更新时间】 for {due}."""
    for name, word in BLANKS.items():
        text = text.replace(f"{{{name}}}", f"【{word}】")
    return text


def with_names(text: str) -> str:
    """The same sentence as it is stored; both ways of writing are taken."""
    for name, word in BLANKS.items():
        text = text.replace(f"【{word}】", f"{{{name}}}")
    return text
