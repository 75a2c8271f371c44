import csv
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trafficlight.domain.errors import Refused
from trafficlight.domain.phone import Phone, area_code_of, dial, parse_phones

REAL_SITES = Path(__file__).parents[3] / "shared" / "data" / "sites.csv"

ODD: list[tuple[str, list[Phone]]] = [
    ("", []),
    (" \n", []),
    ("/", []),
    ("0535-8512345", [Phone("0535-8512345")]),
    ("０５３５－８５１２３４５", [Phone("0535-8512345")]),
    ("٠٥٣٥-٨٥١٢٣٤٥", [Phone("0535-8512345")]),
    ("0535—8512345", [Phone("0535-8512345")]),
    ("0535一8512345", [Phone("0535-8512345")]),
    ("0535 - 8512345", [Phone("0535-8512345")]),
    ("0535 8512345", [Phone("0535 8512345")]),
    ("\u202d13812345678\u202c", [Phone("13812345678")]),
    ("138 1234 5678", [Phone("138 1234 5678")]),
    ("(0471)3283999", [Phone("(0471)3283999")]),
    ("（0471）3283999", [Phone("(0471)3283999")]),
    ("010-8888-6666", [Phone("010-8888-6666")]),
    ("400-820-8820", [Phone("400-820-8820")]),
    ("400-8208-820", [Phone("400-8208-820")]),
    ("+86-535-8512345", [Phone("+86-535-8512345")]),
    ("+86-535-8512345-12", [Phone("+86-535-8512345", ext="12")]),
    ("+86 138 1234 5678 8512345", [Phone("+86 138 1234 5678"), Phone("8512345")]),
    ("120、12320；95598", [Phone("120"), Phone("12320"), Phone("95598")]),
    ("0535-8512345，8512346", [Phone("0535-8512345"), Phone("8512346")]),
    ("0535-8512345, 8512346,", [Phone("0535-8512345"), Phone("8512346")]),
    ("0535-8512345\n0535-8512346", [Phone("0535-8512345"), Phone("0535-8512346")]),
    ("8512345 8512346", [Phone("8512345"), Phone("8512346")]),
    ("0535-8512345或8512346", [Phone("0535-8512345"), Phone("8512346")]),
    ("0315-7710068-5210", [Phone("0315-7710068", ext="5210")]),
    ("7710068-5210", [Phone("7710068", ext="5210")]),
    ("4008208820-1", [Phone("4008208820", ext="1")]),
    ("82981199转51131", [Phone("82981199", ext="51131")]),
    ("82981199总机转1234", [Phone("82981199", ext="1234", label="总机")]),
    ("0535-8512345（转 8005）", [Phone("0535-8512345", ext="8005")]),
    ("0535-8512345 ext. 8005", [Phone("0535-8512345", ext="8005")]),
    ("0535-8512345x8005", [Phone("0535-8512345", ext="8005")]),
    ("0535-8512345转发热门诊", [Phone("0535-8512345", label="转发热门诊")]),
    (
        "0351-6695500转8005 / 0351-6695500转8141",
        [Phone("0351-6695500", ext="8005"), Phone("0351-6695500", ext="8141")],
    ),
    (
        "0351-5656340（白天）0351-5656300（夜间）",
        [Phone("0351-5656340", when="白天"), Phone("0351-5656300", when="夜间")],
    ),
    (
        "白天0319-3721657 / 夜晚0319-3721658",
        [Phone("0319-3721657", when="白天"), Phone("0319-3721658", when="夜晚")],
    ),
    ("白天0535-8512345夜间8512346", [Phone("0535-8512345", when="白天"), Phone("8512346", when="夜间")]),
    ("0535-8512345白天8512346夜间", [Phone("0535-8512345", when="白天"), Phone("8512346", when="夜间")]),
    (
        "〈白天〉0358-4421376 / <夜晚>0358-4427072",
        [Phone("0358-4421376", when="白天"), Phone("0358-4427072", when="夜晚")],
    ),
    ("0359-6305200（白）", [Phone("0359-6305200", when="白")]),
    ("0535-8512345（白天、周末）", [Phone("0535-8512345", when="白天、周末")]),
    ("0535-8512345(24小时)", [Phone("0535-8512345", when="24小时")]),
    ("0535-8512345（周一至周五 8:00-17:00）", [Phone("0535-8512345", when="周一至周五 8:00-17:00")]),
    ("24小时值班电话0535-8512345", [Phone("0535-8512345", label="值班电话", when="24小时")]),
    ("0535-8512345（值班室）（夜间）", [Phone("0535-8512345", label="值班室", when="夜间")]),
    (
        "发热门诊：0535-8512345（白天）8512346（夜间）",
        [Phone("0535-8512345", label="发热门诊", when="白天"), Phone("8512346", when="夜间")],
    ),
    ("座机8512345（夜间8512346）", [Phone("8512345", label="座机"), Phone("8512346", when="夜间")]),
    ("总值班电话：0912-3362000", [Phone("0912-3362000", label="总值班电话")]),
    ("平旺：0352-7028336", [Phone("0352-7028336", label="平旺")]),
    ("电话：0535-8512345", [Phone("0535-8512345")]),
    ("Tel:0535-8512345", [Phone("0535-8512345")]),
    ("Tel0535-8512345", [Phone("0535-8512345")]),
    ("8523661(总)", [Phone("8523661", label="总")]),
    ("0472-4113982（东河院）", [Phone("0472-4113982", label="东河院")]),
    ("0319-5520350(诊室）", [Phone("0319-5520350", label="诊室")]),
    (
        "门诊1：0535-8512345、门诊2：8512346",
        [Phone("0535-8512345", label="门诊1"), Phone("8512346", label="门诊2")],
    ),
    ("3号楼0535-8512345", [Phone("0535-8512345", label="3号楼")]),
    ("B超室0535-8512345", [Phone("0535-8512345", label="B超室")]),
    ("0793-8305120 / 8305120", [Phone("0793-8305120")]),
    ("8512345、8512345", [Phone("8512345")]),
    ("8512345（白天）、8512345（夜间）", [Phone("8512345", when="白天"), Phone("8512345", when="夜间")]),
]


@pytest.mark.parametrize(("text", "phones"), ODD)
def test_a_cell_is_read_as_people_write_it(text: str, phones: list[Phone]) -> None:
    assert parse_phones(text) == tuple(phones)


@pytest.mark.parametrize(
    ("text", "culprit"),
    [
        ("暂无", "暂无"),
        ("abc", "abc"),
        ("一二〇", "一二〇"),
        ("0535", "0535"),
        ("1234", "1234"),
        ("8512345/46", "46"),
        ("0535-8512345、见公告", "见公告"),
        ("1234567890123456", "1234567890123456"),
        ("0535-8512345-8512346", "0535-8512345-8512346"),
        ("0535-8512345A", "0535-8512345"),
        ("O535-8512345", "535-8512345"),
        ("0535-85l2345", "0535-85"),
        ("0535-8512345(8005)", "8005"),
        ("转8005", "转8005"),
        ("8512345转1转2", "8512345转1转2"),
        ("8512345-12转3", "8512345-12"),
        ("8512345\x00", "8512345\x00"),
        ("8512345（" + "很" * 41 + "）", "很" * 41),
        ("8512345、" * 200, ("8512345、" * 8)[:60]),
    ],
)
def test_what_cannot_be_read_is_refused_and_named(text: str, culprit: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_phones(text)
    assert (refused.value.code, refused.value.field) == ("phone_unreadable", "phone")
    assert refused.value.params == {"text": culprit}


@pytest.mark.parametrize(
    ("phone", "area", "target"),
    [
        (Phone("8512345"), "0535", "05358512345"),
        (Phone("85123456"), "010", "01085123456"),
        (Phone("851-2345"), "0535", "05358512345"),
        (Phone("8512345"), "535", "05358512345"),
        (Phone("8512345"), "", "8512345"),
        (Phone("8512345", ext="8005"), "0535", "05358512345,8005"),
        (Phone("0535-8512345", ext="8005"), "010", "05358512345,8005"),
        (Phone("(0471)3283999"), "0535", "04713283999"),
        (Phone("3163339343"), "0316", "03163339343"),
        (Phone("3163339343"), "0535", "3163339343"),
        (Phone("0580-605899"), "0535", "0580605899"),
        (Phone("138 1234 5678"), "0535", "13812345678"),
        (Phone("400-820-8820"), "0535", "4008208820"),
        (Phone("8008208820"), "0535", "8008208820"),
        (Phone("120"), "0535", "120"),
        (Phone("12320"), "0535", "12320"),
        (Phone("95598"), "0535", "95598"),
        (Phone("9510105"), "0535", "9510105"),
        (Phone("+86-535-8512345"), "010", "+865358512345"),
        (Phone("+86 (0)535-8512345"), "", "+865358512345"),
        (Phone("(+86)13812345678"), "0535", "+8613812345678"),
        (Phone("86-535-8512345"), "0535", "+865358512345"),
    ],
)
def test_a_number_is_dialled_complete(phone: Phone, area: str, target: str) -> None:
    assert dial(phone, area) == target


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("0315-7605260 / 7638070", "0315"),
        ("7638070 / 0315-7605260", "0315"),
        ("03157605260", "0315"),
        ("(0471)3283999", "0471"),
        ("010-88886666", "010"),
        ("02163299999", "021"),
        ("0580-605899", "0580"),
        ("7638070", "0999"),
        ("13812345678、120", "0999"),
        ("", "0999"),
    ],
)
def test_the_area_code_is_the_siblings_else_the_countys(text: str, area: str) -> None:
    assert area_code_of(parse_phones(text), fallback="0999") == area


@given(st.text(alphabet="0123456789-（）()/、转白天夜间值班室: +x\n86", max_size=40))
def test_any_text_is_read_or_refused_and_dialled_as_a_number(text: str) -> None:
    try:
        phones = parse_phones(text)
    except Refused:
        return
    assert len(set(phones)) == len(phones)
    for phone in phones:
        assert re.fullmatch(r"\+?\d{3,19}(,\d{1,6})?", dial(phone, "0535"))
        assert phone.number in parse_phones(phone.number)[0].number


@given(
    st.lists(
        st.from_regex(r"0(10|2[1-9]|[3-9][1-9][0-9])-[2-8][0-9]{6}", fullmatch=True), min_size=1, unique=True
    ),
    st.sampled_from(["/", " / ", "、", "；", "; ", "，", ",", "\n", " "]),
)
def test_numbers_are_kept_in_order_whatever_separates_them(numbers: list[str], between: str) -> None:
    assert [phone.number for phone in parse_phones(between.join(numbers))] == numbers


def _real_cells() -> list[str]:
    if not REAL_SITES.exists():
        pytest.skip(f"the field's real list is not here: {REAL_SITES}")
    with REAL_SITES.open(encoding="utf-8-sig", newline="") as file:
        return [row["phone"] for row in csv.DictReader(file)]


def test_every_phone_of_the_real_list_is_read_to_the_last_digit() -> None:
    cells = _real_cells()
    assert len(cells) == 1079
    for cell in set(cells):
        phones = parse_phones(cell)
        shown = "".join(phone.number + phone.ext for phone in phones)
        dialled = " ".join(dial(phone, area_code_of(phones)) for phone in phones)
        assert phones, cell
        for run in re.findall(r"\d+", cell):
            assert run in re.sub(r"\D", "", shown), cell
            assert run in dialled, cell


def test_in_the_real_list_every_label_is_words() -> None:
    for cell in set(_real_cells()):
        for phone in parse_phones(cell):
            assert not re.search(r"\d", phone.label + phone.when), cell
