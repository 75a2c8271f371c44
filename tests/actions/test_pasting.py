"""Lines from a chat, and the sites that they are of."""

from datetime import date

import pytest

from trafficlight.actions.counts import MOST_LINES, read_pasted
from trafficlight.domain.board import Site

SITES = (
    Site(id="a", name="大陈家村卫生室", also=("南陈家",)),
    Site(id="b", name="小王家村卫生室"),
    Site(id="c", name="小王庄卫生室"),
    Site(id="d", name="第3社区卫生服务站"),
    Site(id="e", name="东河镇中心卫生院"),
)


@pytest.mark.parametrize(
    ("line", "site", "patients"),
    [
        ("大陈家村卫生室 12", "a", 12),
        ("大陈家 12", "a", 12),
        ("大陈家12人", "a", 12),
        ("大陈家：１２人次。", "a", 12),
        ("3、大陈家 今天12", "a", 12),
        ("（2）大陈家,0", "a", 0),
        ("南陈家 7", "a", 7),  # what people call it
        ("大陈加 12", "a", 12),  # as it sounds
        ("dachenjia 12", "a", 12),
        ("xwz 4", "c", 4),
        ("第3社区 8", "d", 8),
        ("东河镇卫生院 30", "e", 30),
        ("大陈家12例", "a", 12),
        ("大陈家十二", "a", 12),
        ("大陈家：约10人", "a", 10),
        ("大陈家 今天共一百零五人", "a", 105),
    ],
)
def test_a_line_is_of_the_site_that_it_names(line: str, site: str, patients: int) -> None:
    [read] = read_pasted(line, SITES)
    assert (read.site, read.patients, read.code) == (site, patients, "")


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("大陈家 24+", "24+"),
        ("大陈家已满", "已满"),
        ("大陈家 暂停接诊", "暂停接诊"),
        ("大陈家停诊。", "停诊"),
    ],
)
def test_what_is_no_number_stands_in_the_field_as_it_was_written(line: str, written: str) -> None:
    """To be asked about, or taken, like what is typed there."""
    [read] = read_pasted(line, SITES)
    assert (read.site, read.patients, read.written, read.code) == ("a", None, written, "")


@pytest.mark.parametrize(
    ("line", "code", "candidates"),
    [
        ("小王 5", "ambiguous_site", ("小王家村卫生室", "小王庄卫生室")),
        ("李家 5", "unknown_site", ()),
        ("12", "count_alone", ()),
        ("大陈家", "no_count", ()),
        ("大陈家很忙", "no_count", ()),
        ("第3", "no_count", ()),  # which is how a site's name begins
        ("大陈家三五个", "no_count", ()),
        ("大陈家" + "很" * 200 + " 12", "no_count", ()),
        ("大陈家 123456", "out_of_range", ()),
    ],
)
def test_what_is_not_sure_is_named_and_kept(line: str, code: str, candidates: tuple[str, ...]) -> None:
    [read] = read_pasted(line, SITES)
    assert (read.text, read.site, read.code, read.candidates) == (line, "", code, candidates)


def test_several_on_one_line_are_each_read() -> None:
    read = read_pasted("大陈家12，小王家8；李家 3\n\n小王庄 1", SITES)
    assert [(one.site, one.patients) for one in read] == [("a", 12), ("b", 8), ("", None), ("c", 1)]
    read = read_pasted("一、大陈家十二，小王家8例、小王庄已满。第3社区 24+\n（二）东河镇卫生院 约30人", SITES)
    assert [(one.site, one.written) for one in read] == [
        ("a", "12"),
        ("b", "8"),
        ("c", "已满"),
        ("d", "24+"),
        ("e", "30"),
    ]


def test_two_numbers_for_one_site_count_neither_and_the_same_twice_counts_once() -> None:
    assert [one.code for one in read_pasted("大陈家 12\n南陈家 13", SITES)] == [
        "counts_differ",
        "counts_differ",
    ]
    assert [one.code for one in read_pasted("大陈家 12\n南陈家 12", SITES)] == ["", ""]


def test_lines_beyond_the_most_are_kept_for_the_next_time() -> None:
    read = read_pasted("\n".join(["大陈家 12"] * (MOST_LINES + 1)), SITES)
    assert [one.code for one in read[-2:]] == ["", "too_many_lines"]


# --- when it was --------------------------------------------------------------------------------------------

TODAY = date(2022, 12, 24)


@pytest.mark.parametrize(
    ("line", "clock", "patients"),
    [
        ("大陈家 9:05 12", "09:05", 12),
        ("9:05 大陈家 12", "09:05", 12),
        ("[9:05] 大陈家 12人", "09:05", 12),
        ("大陈家截至9点12人", "09:00", 12),
        ("大陈家 到上午9点半 12人", "09:30", 12),
        ("大陈家 下午3点 12", "15:00", 12),
        ("大陈家 12", "", 12),
        ("大陈家 25:00 12", "", None),  # no time, and then no name
    ],
)
def test_a_line_says_when_it_was(line: str, clock: str, patients: int | None) -> None:
    [read] = read_pasted(line, SITES, TODAY)
    assert (read.patients, read.clock) == (patients, clock)


@pytest.mark.parametrize(
    "header",
    [
        "张三 2022-12-24 9:05:33",
        "张三 2022/12/24 9:05",
        "张三 12-24 09:05:33",
        "张三 12月24日 9:05",
        "张三 今天 上午9:05",
        "张三(10001) 9:05:33",
        "张三 9:05",
        "大陈家卫生室老王 9:05",
    ],
)
def test_a_message_says_when_its_lines_were(header: str) -> None:
    [first, second] = read_pasted(f"{header}\n大陈家 12\n小王家 5\n", SITES, TODAY)
    assert [(one.site, one.patients, one.clock) for one in (first, second)] == [
        ("a", 12, "09:05"),
        ("b", 5, "09:05"),
    ]


def test_a_line_s_own_time_stands_above_its_messages() -> None:
    [read] = read_pasted("张三 9:05\n大陈家截至8点 12", SITES, TODAY)
    assert read.clock == "08:00"


def test_a_message_of_another_day_is_not_read() -> None:
    lines = read_pasted("张三 2022-12-23 16:05\n大陈家 40\n张三 2022-12-24 9:05\n大陈家 12", SITES, TODAY)
    assert [(one.patients, one.code, one.left) for one in lines] == [
        (None, "another_day", ""),
        (12, "", ""),
    ]


def test_of_two_messages_of_a_site_the_later_one_counts() -> None:
    lines = read_pasted("张三 9:05\n大陈家 12\n张三 13:40\n大陈家 30", SITES, TODAY)
    assert [(one.site, one.code, one.left) for one in lines] == [("", "later_line", ""), ("a", "", "")]
    assert lines[0].params == {"last": "13:40"}
    [other, _] = read_pasted("张三 9:05\n大陈家 12\n大陈家 30", SITES, TODAY)
    assert other.code == "counts_differ", "at the same time there is no later one"
    [timeless, _] = read_pasted("大陈家 30\n张三 9:05\n大陈家 12", SITES, TODAY)
    assert timeless.code == "counts_differ", "of one of them nobody knows when it was"


def test_a_message_without_a_line_is_given_back() -> None:
    [read] = read_pasted("大陈家 12:30", SITES, TODAY)
    assert read.code == "no_count"


def test_what_is_left_to_be_put_right_keeps_its_time() -> None:
    [read] = read_pasted("张三 9:05\n张家湾 12", SITES, TODAY)
    assert (read.code, read.left) == ("unknown_site", "09:05 张家湾 12")
    [again] = read_pasted(read.left.replace("张家湾", "大陈家"), SITES, TODAY)
    assert (again.site, again.patients, again.clock) == ("a", 12, "09:05")


# --- a chat as it is ----------------------------------------------------------------------------------------


def test_a_room_is_not_the_house_that_it_is_in() -> None:
    sites = [Site(id="a", name="东河镇中心卫生院"), Site(id="b", name="东河镇中心卫生院发热诊室")]
    [read] = read_pasted("中心卫生院发热诊室 20", sites)
    assert read.site == "b"


def test_a_name_and_the_number_below_it_are_one_line() -> None:
    read = read_pasted("大陈家\n12\n小王庄卫生室\n已满\n第3社区\n8例", SITES)
    assert [(one.site, one.written) for one in read] == [("a", "12"), ("c", "已满"), ("d", "8")]


def test_a_name_that_may_be_several_sites_keeps_the_number_below_it() -> None:
    [read] = read_pasted("小王\n5", SITES)
    assert (read.code, read.candidates) == ("ambiguous_site", ("小王家村卫生室", "小王庄卫生室"))


def test_a_number_alone_is_of_the_site_in_its_senders_name() -> None:
    read = read_pasted(
        "大陈家卫生室李医生 9:05\n12\n王医生 9:06\n7\n东河镇中心卫生院-赵 9:07\n30人", SITES, TODAY
    )
    assert [(one.site, one.written, one.code) for one in read] == [
        ("a", "12", ""),
        ("", "", "count_alone"),
        ("e", "30", ""),
    ]


def test_of_a_groups_morning_fourteen_clinics_are_read_but_for_those_that_nobody_could() -> None:
    names = (
        "甲庄",
        "乙庄",
        "丙庄",
        "丁庄",
        "戊庄",
        "己庄",
        "庚庄",
        "辛庄",
        "壬庄",
        "癸庄",
        "子庄",
        "丑庄",
        "寅庄",
    )
    sites = [Site(id=name, name=f"{name}村卫生室") for name in names]
    sites += [Site(id="院", name="中心卫生院"), Site(id="室", name="中心卫生院发热诊室")]
    chat = """甲庄村医 2022-12-24 8:01:12
甲庄 12
乙庄老李 2022-12-24 8:02:30
乙庄卫生室12例
丙庄王医生 2022-12-24 8:03:01
9
群主 2022-12-24 8:03:40
@所有人 请大家尽快报数
丁庄 2022-12-24 8:04:00
丁庄
十二
戊庄 2022-12-24 8:05:00
戊庄已满
己庄 2022-12-24 8:05:30
己庄24+
庚庄 2022-12-24 8:06:00
庚庄：今天约10人
辛庄 2022-12-24 8:06:10
辛庄停诊
壬庄 2022-12-24 8:07:00
壬庄7，癸庄8；子庄0
院办 2022-12-24 8:08:00
中心卫生院发热诊室 20
丑庄 2022-12-24 8:09:00
chouzhuang 5
寅庄 2022-12-24 8:10:00
寅庄 收到"""
    read = {one.site: one.written for one in read_pasted(chat, sites, TODAY) if one.site}
    assert read == {
        "甲庄": "12", "乙庄": "12", "丙庄": "9", "丁庄": "12", "戊庄": "已满", "己庄": "24+", "庚庄": "10",
        "辛庄": "停诊", "壬庄": "7", "癸庄": "8", "子庄": "0", "室": "20", "丑庄": "5",
    }  # fmt: skip
