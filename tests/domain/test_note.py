from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trafficlight.domain.errors import Refused
from trafficlight.domain.note import check_note

MOBILES = [
    "13812345678",
    "请打13812345678",
    "电话 138 1234 5678",
    "138-1234-5678",
    "138–1234—5678",
    "１３８ 1234 5678",
    "１３８１２３４５６７８",
    "138、1234、5678",
    "138，1234，5678",
    "138。1234。5678",
    "138.1234.5678",
    "138：1234：5678",
    "138_1234_5678",
    "(138)12345678",
    "1 3 8 1 2 3 4 5 6 7 8",
    "1-3-8-1-2-3-4-5-6-7-8",
    "+86 138 1234 5678",
    "+8613812345678",
    "8613812345678",
    "86-138-1234-5678",
    "电话2 19912345678",
    "2 138 1234 5678",
    "周一13812345678",
    "周一138-1234-5678",
    "一三八一二三四五六七八",
    "幺三八 一二三四 五六七八",
    "①③⑧①②③④⑤⑥⑦⑧",
    "𝟏𝟑𝟖𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖",
    "١٣٨١٢٣٤٥٦٧٨",
    "138\u200b1234\u200b5678",
    "138\u200d1234\u200d5678",
    "138\n1234\n5678",
    "微信16612345678同号",
    "壹叁捌壹贰叁肆伍陆柒捌",
    "壹叁零 零零零零 玖玖玖玖",
    "㈠㈢㈧㈠㈡㈢㈣㈤㈥㈦㈧",
    "㊀㊂㊇㊀㊁㊂㊃㊄㊅㊆㊇",
    "l38l2345678",
    "I38 I234 5678",
    "|38|2345678",
    "138OOOO5678",
    "138-oooo-5678",
    "电话l38l2345678",
    "ｌ３８ｌ２３４５６７８",
    "138----1234----5678",
    "138____1234____5678",
    "138……1234……5678",
    "138————1234————5678",
    "13812----345678",
]

IDENTITIES = [
    "370681198001011234",
    "37068119800101123X",
    "37068119800101123x",
    "３７０６８１１９８００１０１１２３Ｘ",
    "370681 19800101 1234",
    "370681-19800101-123X",
    "370681，1980，0101，1234",
    "3 7 0 6 8 1 1 9 8 0 0 1 0 1 1 2 3 X",
    "身份证370681800101123",
    "370681 800101 123",
    "三七〇六八一一九八〇〇一〇一一二三四",
    "叁柒零陆捌壹壹玖捌零零壹零壹壹贰叁肆",
    "37O68ll98OOlOl1234",
    "370681----19800101----1234",
    "3706811990年01月01日1234",
    "370681 1990年1月1日 123X",
]

FINE = [
    "",
    "今天只看儿童",
    "请打0535-1234567",
    "电话05351234567",
    "0531-88123456、88123457",
    "0535-8512345 8512346",
    "0535-8512345，0535-8512346，0535-8512347",
    "400-820-8820",
    "急救120，热线12345、12320",
    "13:30-17:30、18:00-20:00接诊",
    "上午8:00-12:00，下午13:30-17:00",
    "12月24日已挂号135人，昨天142人",
    "2022-12-24 至 2022-12-31 休息",
    "体温<38度的请到楼下",
    "等候约2小时，3<5",
    "人多😷请戴口罩👨‍⚕️",
    "周一至周五8点到17点",
    "0535-8512345|0535-8512346|8512347",
    "8512345|8512346",
    "12345|12320",
    "上午135人……下午142人",
    "伍家村、陆家村、柒号楼二〇二二年",
    "今天看到㈠诊室，㈡诊室休息",
    "2022年12月24日08:00-12:00、2022年12月25日休息",
    "查询WIFI：lol138，OK",
    "8:00----12:00，13:30----17:30",
    "1390号已叫到，共1450号",
]


@pytest.mark.parametrize("text", MOBILES)
def test_a_mobile_is_refused_however_it_is_written(text: str) -> None:
    with pytest.raises(Refused) as refused:
        check_note(text)
    assert (refused.value.code, refused.value.field) == ("personal_data", "note")


@pytest.mark.parametrize("text", IDENTITIES)
def test_an_identity_number_is_refused_however_it_is_written(text: str) -> None:
    with pytest.raises(Refused) as refused:
        check_note(text)
    assert (refused.value.code, refused.value.field) == ("personal_data", "note")


@pytest.mark.parametrize("text", FINE)
def test_landlines_short_numbers_hours_and_dates_are_fine(text: str) -> None:
    assert check_note(text) == text


def test_a_refusal_never_repeats_what_was_typed() -> None:
    with pytest.raises(Refused) as refused:
        check_note("张三 13812345678")
    assert "138" not in repr(refused.value)
    assert "138" not in str(refused.value)


def test_sixty_characters_are_taken_and_not_one_more() -> None:
    assert check_note("  " + "人" * 60 + "\n") == "人" * 60
    with pytest.raises(Refused) as refused:
        check_note("人" * 61)
    assert (refused.value.code, refused.value.field, refused.value.params) == (
        "too_long",
        "note",
        {"max": 60},
    )


@pytest.mark.parametrize("value", [None, 0, True, 12, 1.5, b"text", ["text"], {"a": 1}])
def test_what_is_not_text_is_refused(value: object) -> None:
    with pytest.raises(Refused) as refused:
        check_note(value)
    assert (refused.value.code, refused.value.field) == ("wrong_type", "note")


@pytest.mark.parametrize(
    "text", ["a\x00b", "a\x07b", "a\x7fb", "\ud800", "a\uffffb", "<b>忙</b>", "</p>", "<!-- -->"]
)
def test_what_is_not_plain_text_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        check_note(text)
    assert (refused.value.code, refused.value.field) == ("not_plain", "note")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("上午忙\n下午不忙", "上午忙 下午不忙"),
        ("上午忙\r\n\r\n下午不忙", "上午忙 下午不忙"),
        ("上午忙\t下午\u2028不忙", "上午忙 下午 不忙"),
        ("\ufeff 人多\u202e ", "人多"),
        ("\u3000人多\u3000", "人多"),
    ],
)
def test_a_note_is_one_visible_line(text: str, kept: str) -> None:
    assert check_note(text) == kept


@given(st.text(max_size=80))
def test_a_note_that_was_taken_is_taken_again_unchanged(text: str) -> None:
    try:
        note = check_note(text)
    except Refused:
        return
    assert check_note(note) == note
    assert len(note) <= 60
    assert "\n" not in note


_GAPS = st.sampled_from(["", " ", "-", "—", "、", "．", " - ", "\u3000"])


@given(
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    st.lists(_GAPS, min_size=11, max_size=11),
    st.booleans(),
    st.sampled_from(["", "电话", "请打 ", "(", "周一"]),
)
def test_no_mobile_hides_behind_gaps(number: str, gaps: list[str], wide: bool, before: str) -> None:
    shown = number.translate(str.maketrans("0123456789", "０１２３４５６７８９")) if wide else number
    text = before + "".join(digit + gap for digit, gap in zip(shown, gaps, strict=True))
    with pytest.raises(Refused) as refused:
        check_note(text)
    assert refused.value.code == ("too_long" if len(text.strip()) > 60 else "personal_data")


@given(
    st.dates(min_value=date(1900, 1, 1), max_value=date(2029, 12, 31)),
    st.lists(_GAPS, min_size=18, max_size=18),
)
def test_no_identity_number_hides_behind_gaps(born: date, gaps: list[str]) -> None:
    number = f"370681{born:%Y%m%d}012X"
    text = "".join(digit + gap for digit, gap in zip(number, gaps, strict=True))
    with pytest.raises(Refused) as refused:
        check_note(text)
    assert refused.value.code == ("too_long" if len(text.strip()) > 60 else "personal_data")


@given(
    st.lists(
        st.from_regex(r"0(10|2[1-9]|[3-9][1-9][0-9])-[2-8][0-9]{6}", fullmatch=True), min_size=1, max_size=4
    ),
    st.sampled_from(["、", " / ", "，", " 或 "]),
)
def test_landlines_are_never_taken_for_a_person(numbers: list[str], between: str) -> None:
    text = between.join(numbers)
    assert check_note(text) == text
