import csv
from collections import Counter
from itertools import chain, pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trafficlight.domain.hours_text import DAY, WHOLE_DAY, Hours, Intervals, Week, parse_day, parse_hours

REAL_SITES = Path(__file__).parents[3] / "shared" / "data" / "sites.csv"

MORNING: Intervals = ((480, 720),)
LONG: Intervals = ((480, 1020),)
TWICE: Intervals = ((480, 720), (870, 1050))
NIGHT: Intervals = ((1200, 1920),)


def daily(intervals: Intervals) -> Week:
    return (intervals,) * 7


def on(days: str, intervals: Intervals) -> Week:
    return tuple(intervals if day in days else () for day in "一二三四五六日")


SURE: list[tuple[str, Week]] = [
    *[
        (text, daily(WHOLE_DAY))
        for text in (
            "24小时",
            " 24 小时 ",
            "２４小时",
            "全天",
            "全天24小时",
            "24小时全天",
            "24小时接诊",
            "每天24小时",
            "24h",
            "24H",
            "24 hours",
            "24/7",
            "0:00-24:00",
            "00:00-23:59",
            "24小时（全年无休）",
        )
    ],
    *[
        (text, daily(TWICE))
        for text in (
            "8:00-12:00,14:30-17:30",
            "08:00-12:00, 14:30-17:30",
            "8：00—12：00；14：30—17：30",
            "８：００－１２：００，１４：３０－１７：３０",
            "8:00–12:00、14:30–17:30",
            "8:00 ~ 12:00 / 14:30 ～ 17:30",
            "8:00至12:00 14:30到17:30",
            "8:00一12:00;14:30一17:30",
            "14:30-17:30,8:00-12:00",
            "8时-12时，14时30分-17时30分",
            "8点—12点，14点半—17点半",
            "8-12点,下午2点半-5点半",
            "上午8:00-12:00下午14:30-17:30",
            "上午8:00-12:00；下午2:30-5:30",
            "上午：8:00-12:00\n下午：14:30-17:30",
            "每天8:00-12:00,14:30-17:30",
            "8:00-12:00，14:30-17:30 每日",
            "门诊时间：8:00-12:00，14:30-17:30",
            "8:00-12:00,14:30-17:30开诊",
            "周一至周日8:00-12:00,14:30-17:30",
            "上午8:00—12:00；下午14:30—17:30。周六、日照常。",
            "8:00-12:00,14:30-17:30，全年无休",
        )
    ],
    ("8时—18时", daily(((480, 1080),))),
    ("8点半-12点", daily(((510, 720),))),
    ("下午2:00-5:00", daily(((840, 1020),))),
    ("早8:00-晚8:00", daily(((480, 1200),))),
    ("8点到下午5点", daily(LONG)),
    ("中午12:00-2:00", daily(((720, 840),))),
    ("晚上6:00-9:00", daily(((1080, 1260),))),
    ("晚上8:00-12:00", daily(((1200, 1440),))),
    ("凌晨0:00-6:00", daily(((0, 360),))),
    ("20:00-8:00", daily(NIGHT)),
    ("20:00-次日8:00", daily(NIGHT)),
    ("夜间20:00-8:00", daily(NIGHT)),
    ("晚8点-早8点", daily(NIGHT)),
    ("12:00-8:00", daily(((720, 1920),))),
    ("8:00-8:00", daily(((480, 1920),))),
    ("22:00-0:00", daily(((1320, 1440),))),
    ("8:00-12:00,14:00-0:00", daily(((480, 720), (840, 1440)))),
    ("8:00-12:00,20:00-次日8:00", daily(((480, 720), (1200, 1920)))),
    ("8:00-12:00,12:00-17:00", daily(((480, 720), (720, 1020)))),
    ("周一至周五 8:00-17:00", on("一二三四五", LONG)),
    ("周一至周五：8:00-17:00", on("一二三四五", LONG)),
    ("周一到五8:00-17:00", on("一二三四五", LONG)),
    ("每周一至周五8:00-17:00", on("一二三四五", LONG)),
    ("星期一至星期五8:00-17:00", on("一二三四五", LONG)),
    ("礼拜一 - 礼拜五 8:00-17:00", on("一二三四五", LONG)),
    ("8:00-17:00（周一至周五）", on("一二三四五", LONG)),
    ("8:00-17:00，周六、周日休息", on("一二三四五", LONG)),
    ("8:00-17:00，周末照常", daily(LONG)),
    ("8:00-17:00，节假日照常", daily(LONG)),
    ("8:00-17:00，周末及节假日照常", daily(LONG)),
    ("周一至周五8:00-17:00，节假日照常", on("一二三四五", LONG)),
    ("周一至周五8:00-17:00（含节假日）", on("一二三四五", LONG)),
    ("24小时，节假日不休息", daily(WHOLE_DAY)),
    ("8:00-17:00，周日休息", on("一二三四五六", LONG)),
    ("周日休息，8:00-17:00", on("一二三四五六", LONG)),
    ("周一、周三、周五8:00-12:00", on("一三五", MORNING)),
    ("周一三五8:00-12:00", on("一三五", MORNING)),
    ("周六、日 8:00-12:00", on("六日", MORNING)),
    ("周日至周四8:00-12:00", on("日一二三四", MORNING)),
    ("周天8:00-12:00", on("日", MORNING)),
    ("周一至周五24小时", on("一二三四五", WHOLE_DAY)),
    ("周一至周五 20:00-8:00", on("一二三四五", NIGHT)),
    ("周一至周五8:00-17:00；周六8:00-12:00", (LONG,) * 5 + (MORNING, ())),
    ("周一至周五8:00-17:00；周六8:00-12:00；周日休息", (LONG,) * 5 + (MORNING, ())),
    ("Mon-Fri 8:00-17:00", on("一二三四五", LONG)),
    ("Monday to Friday 8am-5pm", on("一二三四五", LONG)),
    ("weekdays 8:00 a.m. – 5:00 p.m.", on("一二三四五", LONG)),
    ("Mon, Wed and Fri 8:00-12:00", on("一三五", MORNING)),
    ("Mon–Fri: 08:00–17:00; Sat 08:00–12:00; Sun closed", (LONG,) * 5 + (MORNING, ())),
    ("daily 8:00-17:00", daily(LONG)),
]

UNSURE = [
    "",
    "  ",
    "无",
    "-",
    "见公告",
    "上午",
    "周一",
    "每天",
    "8:00",
    "8-12",
    "8.30-12.00",
    "8:00-12:00-14:00",
    "8:60-9:00",
    "8:00-12:0014:30-17:30",
    "25:00-26:00",
    "24:00-8:00",
    "8:00-24:30",
    "休息",
    "周日休息",
    "全天停诊",
    "24小时值班",
    "24小时急诊",
    "夏令8:00-12:00",
    "夏令上午8:00-12:00。冬令上午8:00-11:30。",
    "节假日",
    "节假日休息",
    "8:00-17:00除外",
    "除节假日外8:00-17:00",
    "8:00-17:00，节假日另行通知",
    "8:00-17:00（含节假日），节假日休息",
    "工作日8:00-17:00，工作日休息",
    "8:00-17:00，工作日照常",
    "8:00-17:00，节假日休息，全年无休",
    "节假日8:00-12:00，节假日休息",
    "8:00-17:00，如有变动另行通知",
    "8:00-17:00接诊儿童",
    "8:00-17:00停诊",
    "8:00-12:00 13:00-17:00停止接诊",
    "8:00-12:00,11:00-13:00",
    "8:00-12:00,12:00-8:00",
    "8:00-12:00,20:00-次日9:00",
    "8:00-次日17:00",
    "8:00-5:00",
    "上午8:00-5:00",
    "上午15:00-17:00",
    "下午0:30-5:00",
    "下午14:00-5:00",
    "下午17:00-8:00",
    "下午5:00-8:00-9:00",
    "晚上3:00-6:00",
    "晚上8:00-7:00",
    "晚上8:00-13:00",
    "中午6:00-8:00",
    "中午12:00-9:00",
    "6:00-9:00pm",
    "周一至周五8:00-12:00，周一8:00-10:00",
    "周一8:00-12:00，周一休息",
    "周一至周日8:00-17:00，周日休息",
    "8:00-12:00，周六9:00-11:00",
    "8:00-12:00周一至周五；9:00-11:00周六",
    "8:00-12:00 周一至周五，周日休息",
    "8:00-12:00 周一至周五；周日休息",
    "8:00-12:00周六照常",
    "周一8:00-12:00周六日照常",
    "周一至周五8:00-17:00，全年无休",
    "周日休息，8:00-12:00，周六休息，9:00-11:00",
    "8:00-12:00，周六休息，周日照常",
    "8:00-12:00 " * 20,
]


@pytest.mark.parametrize(("text", "week"), SURE)
def test_hours_that_are_sure_are_intervals(text: str, week: Week) -> None:
    assert parse_hours(text) == Hours(week, week, week, _through(text, week))


def _through(text: str, week: Week) -> bool:
    return week == daily(WHOLE_DAY) or any(word in text for word in ("全年无休", "节假日"))


WEEK = "一二三四五六日"
MORNINGS = daily(MORNING)


@pytest.mark.parametrize(
    ("text", "usual", "days_off", "worked"),
    [
        ("工作日8:00-17:00", on("一二三四五", LONG), on("", LONG), daily(LONG)),
        ("工作日8:00-17:00，周末休息", on("一二三四五", LONG), on("", LONG), daily(LONG)),
        ("工作日8:00-17:00，节假日休息", on("一二三四五", LONG), on("", LONG), daily(LONG)),
        ("8:00-17:00（周末停诊）", on("一二三四五", LONG), on("一二三四五", LONG), daily(LONG)),
        ("周末8:00-12:00", on("六日", MORNING), on("六日", MORNING), on("", LONG)),
        (
            "工作日8:00-12:00，14:30-17:30；周末8:00-12:00",
            (TWICE,) * 5 + (MORNING,) * 2,
            on("六日", MORNING),
            daily(TWICE),
        ),
        ("工作日8:00-17:00，节假日8:00-12:00", (LONG,) * 5 + (MORNING,) * 2, MORNINGS, daily(LONG)),
        ("周末、节假日8:00-12:00；工作日8:00-17:00", (LONG,) * 5 + (MORNING,) * 2, MORNINGS, daily(LONG)),
        ("8:00-17:00，法定节假日除外", daily(LONG), on("", LONG), daily(LONG)),
        (
            "8:00-17:00，周日及法定节假日休息",
            on("一二三四五六", LONG),
            on("", LONG),
            on("一二三四五六", LONG),
        ),
        ("周六、周日照常，法定节假日休息，8:00-17:00", daily(LONG), on("", LONG), daily(LONG)),
        ("周一至周日8:00-17:00，节假日休息", daily(LONG), on("", LONG), daily(LONG)),
        ("周一至周五8:00-17:00，节假日休息", on("一二三四五", LONG), on("", LONG), on("一二三四五", LONG)),
        ("8:00-17:00，法定节假日8:00-12:00", daily(LONG), MORNINGS, daily(LONG)),
        ("工作日、调休上班日8:00-17:00", on("一二三四五", LONG), on("", LONG), daily(LONG)),
    ],
)
def test_workdays_weekends_and_holidays_are_the_national_calendars(
    text: str, usual: Week, days_off: Week, worked: Week
) -> None:
    assert parse_hours(text) == Hours(usual, days_off, (*usual[:5], *worked[5:]))


@pytest.mark.parametrize(
    ("text", "weekend_off"),
    [
        ("8:00-17:00（节假日休息）", ()),
        ("8:00-17:00，节假日8:00-12:00", MORNING),
        ("24小时，节假日除外", ()),
    ],
)
def test_whether_weekends_are_meant_by_holidays_nobody_knows(text: str, weekend_off: Intervals) -> None:
    hours = parse_hours(text)
    assert hours is not None
    assert hours.usual[5:] == (None, None)
    assert all(hours.usual[:5])
    assert hours.days_off == (weekend_off,) * 7
    assert all(hours.worked)


def test_holidays_as_usual_beside_workdays_leave_weekends_unknown() -> None:
    hours = parse_hours("工作日8:00-17:00，节假日照常")
    assert hours is not None
    assert hours.usual == hours.days_off == (LONG,) * 5 + (None, None)


@pytest.mark.parametrize("text", UNSURE)
def test_hours_that_are_not_sure_decide_nothing(text: str) -> None:
    assert parse_hours(text) is None


@pytest.mark.parametrize(
    ("text", "intervals"),
    [
        ("休息", ()),
        ("停诊", ()),
        ("全天停诊", ()),
        ("不开诊。", ()),
        ("closed", ()),
        ("Closed", ()),
        ("8:00-12:00", MORNING),
        ("上午8:00-12:00；下午2:30-5:30", TWICE),
        ("24小时", WHOLE_DAY),
        ("20:00-次日8:00", NIGHT),
        ("", None),
        ("  ", None),
        ("上午停诊", None),
        ("周日休息", None),
        ("周一8:00-12:00", None),
        ("8:00-12:00 休息", None),
        ("8:00-12:00,11:00-13:00", None),
        ("照常", None),
        ("待定", None),
    ],
)
def test_a_special_day_is_closed_or_has_its_times_or_is_unclear(
    text: str, intervals: Intervals | None
) -> None:
    assert parse_day(text) == intervals


_WORDS = (
    *("8:00-12:00", "8:00-17:00", "20:00-次日8:00", "24小时", "休息", "除外", "照常", "，", "；", "和"),
    *(
        "周一至周五",
        "周六",
        "周日",
        "工作日",
        "周末",
        "节假日",
        "法定节假日",
        "调休上班日",
        "全年无休",
        "含节假日",
    ),
)


@given(
    st.one_of(
        st.text(alphabet="0123456789:-,；周一至五六日上下午休息照常 24小时次晚点半\n", max_size=40),
        st.lists(st.sampled_from(_WORDS), max_size=7).map("".join),
    )
)
def test_whatever_is_believed_is_a_possible_week(text: str) -> None:
    hours = parse_hours(text)
    if hours is None:
        return
    week = hours.usual
    assert all(len(days) == 7 for days in hours[:3])
    assert any(week)
    for intervals in filter(None, chain(*hours[:3])):
        assert all(0 <= start < DAY and start < end <= 2 * DAY for start, end in intervals)
        assert all(earlier[1] <= later[0] for earlier, later in pairwise(intervals))
    for today, tomorrow in pairwise((*week, week[0])):
        assert not today or not tomorrow or today[-1][1] - DAY <= tomorrow[0][0]


_STYLES = ["{}:{:02}", "{:02}：{:02}", "{}时{}分", "{}点{:02}"]


@given(
    st.sets(st.integers(0, DAY - 2), min_size=2, max_size=6).filter(lambda marks: len(marks) % 2 == 0),
    st.sampled_from(_STYLES),
    st.sampled_from(["-", "—", "–", "－", "~", "～", "至", "到"]),
    st.sampled_from(["，", ",", "; ", "；", "、", " / ", " "]),
)
def test_times_mean_the_same_however_they_are_written(
    marks: set[int], style: str, dash: str, between: str
) -> None:
    ordered = sorted(marks)
    intervals = tuple(zip(ordered[::2], ordered[1::2], strict=True))
    text = between.join(
        dash.join(style.format(mark // 60, mark % 60) for mark in interval) for interval in intervals
    )
    found = parse_hours(text)
    assert found is not None
    assert found.usual == daily(intervals)


def test_of_the_real_list_all_but_the_seasons_are_sure() -> None:
    if not REAL_SITES.exists():
        pytest.skip(f"the field's real list is not here: {REAL_SITES}")
    with REAL_SITES.open(encoding="utf-8-sig", newline="") as file:
        written = Counter(row["hours"] for row in csv.DictReader(file) if row["hours"])
    assert {text for text in written if parse_hours(text) is None} == {
        text for text in written if "夏令" in text
    }
    assert parse_hours("24小时") == Hours(*(daily(WHOLE_DAY),) * 3, through_holidays=True)
    assert written["24小时"] == 199
