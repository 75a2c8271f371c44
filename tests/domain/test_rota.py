"""The rota of a mobile stop, as it is written."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trafficlight.domain.hours_text import Hours
from trafficlight.domain.rota import Rota, parse_rota

WRITTEN = date(2022, 11, 25)
FIRST, SIXTH = date(2022, 12, 1), date(2022, 12, 6)
MORNING = Hours(*((((510, 690),),) * 7,) * 3)


def read(text: str, written: date = WRITTEN) -> Rota | None:
    return parse_rota(text, written)


@pytest.mark.parametrize(
    "text",
    [
        "每5天一次，自12月1日起",
        "每5天1次,从12月1日开始",
        "每五天巡诊一次，自12月1日起。",
        "自12月1日起每5天一次",
        "自2022年12月1日起，每5天一次",
        "2022-12-01起每5天",
        "2022/12/1起 每5日",
        "12月1号起，每５天一次",
        "every 5 days from 1 December",
        "Every 5 days from December 1st",
        "every 5 days starting on Dec 1, 2022",
        "every 5 days from 1 December 2022",
    ],
)
def test_so_many_days_apart(text: str) -> None:
    assert read(text) == Rota(every=5, start=FIRST)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("每周二、五", {1, 4}),
        ("周二、周五", {1, 4}),
        ("每周二和周五巡诊", {1, 4}),
        ("星期二、星期五各", None),
        ("每星期日", {6}),
        ("周一至周五", {0, 1, 2, 3, 4}),
        ("Tuesdays", {1}),
        ("every Tuesday and Friday", {1, 4}),
    ],
)
def test_weekdays(text: str, days: set[int] | None) -> None:
    assert read(text) == (Rota(weekdays=frozenset(days)) if days else None)


def test_workdays_are_the_national_calendars() -> None:
    rota = read("工作日 8:30-11:30")
    assert rota is not None
    assert rota.visits(date(2022, 9, 30))
    assert not rota.visits(date(2022, 10, 3)), "a Monday of a holiday"
    assert rota.visits(date(2022, 10, 8)), "a Saturday that is worked for it"
    assert rota.next_from(date(2022, 10, 1)) == date(2022, 10, 8)
    assert rota.next_from(date(2050, 10, 3)) is None, "of that year nobody knows the holidays yet"


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("每月1日、15日", {1, 15}),
        ("每月1、15日", {1, 15}),
        ("每月5号、15号和25号", {5, 15, 25}),
        ("每月31日", {31}),
        ("1st and 15th of every month", {1, 15}),
        ("on the 1st of each month", {1}),
    ],
)
def test_days_of_the_month(text: str, days: set[int]) -> None:
    assert read(text) == Rota(month_days=frozenset(days))


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("12月1日、12月6日", (FIRST, SIXTH)),
        ("12月1日、6日", (FIRST, SIXTH)),
        ("2022年12月1日、6日", (FIRST, SIXTH)),
        ("2022-12-01, 2022-12-06", (FIRST, SIXTH)),
        ("1 December and 6 December", (FIRST, SIXTH)),
        ("Dec 1, Dec 6", (FIRST, SIXTH)),
        ("12月28日、1月3日", (date(2022, 12, 28), date(2023, 1, 3))),
        ("12月1日", (FIRST,)),
    ],
)
def test_lists_of_dates(text: str, dates: tuple[date, ...]) -> None:
    assert read(text) == Rota(dates=dates)


@pytest.mark.parametrize(
    "text",
    ["每月1日 8:30-11:30", "每月1日，上午8:30-11:30", "每月1日8:30至11:30", "每月1日(8:30-11:30)"],
)
def test_hours_may_follow_the_days(text: str) -> None:
    assert read(text) == Rota(month_days=frozenset({1}), hours=MORNING)


def test_hours_may_follow_weekdays_dates_and_distances() -> None:
    weekly = read("每周二8:30-11:30")
    assert weekly == Rota(
        weekdays=frozenset({1}), hours=Hours(*(((), ((510, 690),), (), (), (), (), ()),) * 3)
    )
    assert read("12月1日、6日 8:30-11:30") == Rota(dates=(FIRST, SIXTH), hours=MORNING)
    assert read("每5天一次，自12月1日起，8:30-11:30") == Rota(every=5, start=FIRST, hours=MORNING)


@pytest.mark.parametrize(
    "text",
    [
        *("", "   ", "另行通知", "看通知", "赶集日", "8:30-11:30", "24小时", "每天8:00-12:00"),
        *("每隔5天一次，自12月1日起", "每5天一次", "每0天一次，自12月1日起", "每5天一次，12月1日"),
        *(
            "隔周周二",
            "每两周周二",
            "单周周二",
            "每月第一个周二",
            "12月1日起每周二",
            "每周一次",
            "每周二上午",
        ),
        *("每月0日", "每月32日", "每月1", "每月初", "1日、15日", "每月1日、中旬", "每月1日 休息"),
        *(
            "12月6日、12月1日",
            "12月1日、12月1日",
            "2月30日",
            "13月1日",
            "2022-02-30",
            "12月1日前后",
            "12月1日？",
        ),
        *("12月1日、2024年12月6日", "12月1日至12月6日", "每5天一次，自12月1日起至12月31日"),
        *("每周二、五 " + "请提前联系村医，" * 30,),
    ],
)
def test_what_is_not_plain_decides_nothing(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    ("written", "year"),
    [
        (date(2022, 11, 25), 2022),
        (date(2022, 12, 1), 2022),
        (date(2023, 1, 20), 2022),
        (date(2023, 5, 31), 2022),
        (date(2023, 6, 30), 2023),
    ],
)
def test_a_date_without_a_year_is_the_one_nearest_to_the_day_on_which_it_was_told(
    written: date, year: int
) -> None:
    assert read("12月1日", written) == Rota(dates=(date(year, 12, 1),))
    assert read("每5天一次，自12月1日起", written) == Rota(every=5, start=date(year, 12, 1))


def test_a_leap_day_is_a_date_in_leap_years_only() -> None:
    assert read("2月29日", date(2024, 1, 5)) == Rota(dates=(date(2024, 2, 29),))
    assert read("2月29日", date(2023, 1, 5)) is None


def test_the_next_visit_is_counted_from_the_first() -> None:
    rota = Rota(every=5, start=FIRST)
    assert rota.next_from(date(2022, 11, 1)) == FIRST
    assert rota.next_from(FIRST) == FIRST
    assert rota.next_from(date(2022, 12, 2)) == SIXTH
    assert rota.next_from(SIXTH) == SIXTH
    assert rota.next_from(date(2023, 1, 1)) == date(2023, 1, 5)


def test_after_the_last_date_nothing_is_known() -> None:
    rota = Rota(dates=(FIRST, SIXTH))
    assert rota.next_from(SIXTH) == SIXTH
    assert rota.next_from(date(2022, 12, 7)) is None


def test_a_month_without_the_day_is_passed_over() -> None:
    rota = Rota(month_days=frozenset({31}))
    assert rota.next_from(date(2023, 2, 1)) == date(2023, 3, 31)
    assert rota.next_from(date(2023, 6, 1)) == date(2023, 7, 31)


TEXTS = ("每周二、五", "每5天一次，自12月1日起", "每月1日、31日", "每月30日", "12月1日、12月6日、1月20日")


@given(st.sampled_from(TEXTS), st.dates(date(2022, 11, 1), date(2024, 12, 31)))
def test_the_next_visit_is_the_first_day_that_is_visited(text: str, day: date) -> None:
    rota = read(text)
    assert rota is not None
    days = [day + timedelta(days=ahead) for ahead in range(120)]
    assert rota.next_from(day) == next((one for one in days if rota.visits(one)), None)


@given(st.text(max_size=40), st.dates(date(1, 1, 1), date(9999, 12, 31)))
def test_no_text_is_too_strange_to_be_read(text: str, written: date) -> None:
    parse_rota(text, written)


@given(
    st.lists(
        st.sampled_from(
            ["每", "5", "12", "月", "日", "天", "自", "起", "周二", "、", " ", "2022-", "8:30-11:30"]
        )
    ),
    st.dates(date(1, 1, 1), date(9999, 12, 31)),
)
def test_no_pieces_of_a_rota_are_too_strange_to_be_read(pieces: list[str], written: date) -> None:
    parse_rota("".join(pieces), written)
