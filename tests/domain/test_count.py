"""What people write where a number is asked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trafficlight.domain.count import MOST_PATIENTS, CountKind, WrittenCount, count_at_end, parse_count
from trafficlight.domain.errors import Refused

DIGITS = "零一二三四五六七八九"


def spelled(number: int) -> str:
    """The number as it is written out in full: 一千零五十, 一百一十二."""
    text, skipped = "", False
    for place, size in (("千", 1000), ("百", 100), ("十", 10), ("", 1)):
        digit, number = divmod(number, size)
        if digit:
            text += ("零" if skipped and text else "") + DIGITS[digit] + place
        skipped = not digit
    return text or "零"


@given(st.integers(0, MOST_PATIENTS))
def test_every_number_is_read_in_digits_of_both_widths_and_in_chinese(number: int) -> None:
    wide = str(number).translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)})
    for text in (
        str(number),
        f"{number}人",
        f" {wide} 例",
        f"约{wide}个",
        spelled(number),
        f"{spelled(number)}人次",
    ):
        assert parse_count("patients", text) == WrittenCount(CountKind.NUMBER, number), text


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("十", 10),
        ("十二", 12),
        ("一百五", 150),
        ("一百零五", 105),
        ("一百十二", 112),
        ("两百", 200),
        ("一千二", 1200),
        ("一〇五", 105),
        ("壹拾贰", 12),
        ("貳拾", 20),
        ("共12个病人", 12),
        ("大约10上下", 10),
        ("12.0", 12),
        ("0012", 12),
    ],
)
def test_a_number_is_read_as_people_say_it(text: str, number: int) -> None:
    assert parse_count("patients", text) == WrittenCount(CountKind.NUMBER, number)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("24+", WrittenCount(CountKind.OPEN, 24)),
        ("２４＋", WrittenCount(CountKind.OPEN, 24)),
        ("24人+", WrittenCount(CountKind.OPEN, 24)),
        ("24 多人", WrittenCount(CountKind.OPEN, 24)),
        ("24人以上", WrittenCount(CountKind.OPEN, 24)),
        ("超过24", WrittenCount(CountKind.OPEN, 24)),
        ("≥24", WrittenCount(CountKind.OPEN, 24)),
        ("十几", WrittenCount(CountKind.OPEN, 10)),
        ("二十多", WrittenCount(CountKind.OPEN, 20)),
        ("满", WrittenCount(CountKind.FULL)),
        ("已满", WrittenCount(CountKind.FULL)),
        ("今天已满", WrittenCount(CountKind.FULL)),
        ("暂停", WrittenCount(CountKind.PAUSED)),
        ("现已暂停接诊", WrittenCount(CountKind.PAUSED)),
        ("停诊", WrittenCount(CountKind.PAUSED)),
        ("", WrittenCount(CountKind.EMPTY)),
        (" \u3000\u200b", WrittenCount(CountKind.EMPTY)),
    ],
)
def test_what_is_no_number_is_what_it_says(text: str, count: WrittenCount) -> None:
    assert parse_count("patients", text) == count


@pytest.mark.parametrize(
    "text",
    [
        *("一二", "三五", "百二十", "二十百", "一千五十", "一百零十", "零五", "一万", "1百2", "1 2", "1,200"),
        *("12.5", "-1", "1e3", "①", "½", "²", "٣", "true", "很多", "12人人", "不满", "12/13", "3-5"),
    ],
)
def test_nothing_is_guessed(text: str) -> None:
    with pytest.raises(Refused, match="not_a_count"):
        parse_count("patients", text)


@pytest.mark.parametrize("text", ["10000", "99999人", "9" * 200])
def test_a_number_is_at_most_what_a_clinic_sees(text: str) -> None:
    with pytest.raises(Refused, match="out_of_range"):
        parse_count("patients", text)
    with pytest.raises(Refused, match="out_of_range"):
        count_at_end(f"大陈家 {text}")


@given(st.text(max_size=20))
def test_whatever_is_written_is_a_count_or_refused(text: str) -> None:
    for read in (lambda: parse_count("patients", text), lambda: count_at_end(text)):
        try:
            read()
        except Refused as refused:
            assert refused.code in {"not_a_count", "out_of_range"}  # noqa: PT017 - most texts are refused


@pytest.mark.parametrize(
    ("line", "before", "written", "is_glued"),
    [
        ("大陈家 12", "大陈家", "12", False),
        ("大陈家：１２人次。", "大陈家", "12人次", False),
        ("大陈家约10人", "大陈家", "约10人", True),
        ("第3社区 8", "第3社区", "8", False),
        ("三里屯八", "三里屯", "八", True),
        ("大陈家 暂停接诊", "大陈家", "暂停接诊", False),
        ("12", "", "12", True),
    ],
)
def test_the_count_of_a_line_stands_at_its_end(line: str, before: str, written: str, is_glued: bool) -> None:
    found = count_at_end(line)
    assert found is not None
    assert (found.before, found.written, found.is_glued) == (before, written, is_glued)
    assert parse_count("patients", found.written) == found.count


@pytest.mark.parametrize("line", ["大陈家", "大陈家很忙", "大陈家12人都好", "三五", ""])
def test_a_line_may_end_in_none(line: str) -> None:
    assert count_at_end(line) is None
