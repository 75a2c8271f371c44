"""Chinese names and notes in English: by the standard for public signs, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trafficlight.text import english


@pytest.mark.parametrize(
    ("chinese", "said"),
    [
        ("桃源镇卫生院", "Taoyuan Township Health Centre"),
        ("东河镇中心卫生院", "Donghe Township Central Health Centre"),
        ("示例县人民医院发热门诊", "Shili County People's Hospital Fever Clinic"),
        ("示例县第二人民医院（南院区）", "Shili County Second People's Hospital (South Campus)"),
        ("李家村卫生室", "Lijia Village Clinic"),
        ("李家村村卫生室", "Lijia Village Clinic"),
        ("县人民医院", "County People's Hospital"),
        ("市中医院", "City Hospital of Traditional Chinese Medicine"),
        ("西安市", "Xi'an City"),
        ("重庆市长安区", "Chongqing City Chang'an District"),
        ("吕四港镇", "Lüsigang Town"),
        ("泾县人民医院", "Jingxian County People's Hospital"),
        ("武乡县人民医院", "Wuxiang County People's Hospital"),
        ("朔州市妇幼保健院", "Shuozhou City Maternal and Child Health Hospital"),
        ("新市镇卫生院", "Xinshi Township Health Centre"),
        ("大路镇", "Dalu Town"),
        ("北镇街道", "Beizhen Subdistrict"),
        ("城关镇社区卫生服务中心", "Chengguan Town Community Health Centre"),
        ("王秀英诊所", "Wangxiuying Clinic"),
        ("示例县卫生健康局", "Shili County Health Bureau"),
        ("Clinic 3", ""),
    ],
)
def test_what_a_place_is_gets_translated_and_what_it_is_called_stands_in_pinyin(
    chinese: str, said: str
) -> None:
    assert english.name(chinese) == said


@pytest.mark.parametrize(
    ("chinese", "said"),
    [
        ("桃源镇人民东路88号", "Taoyuan Town, Renmin East Road, No. 88"),
        ("江北路5号", "Jiangbei Road, No. 5"),
        ("东河镇河滨路6号2号楼一楼", "Donghe Town, Hebin Road, No. 6, Building 2, Floor 1"),
        ("城区新市西街1917号", "Chengqu District, Xinshi West Street, No. 1917"),
        ("县医院对面", "County Hospital (opposite)"),
        ("李庄村委会东侧", "Lizhuang Village Committee (east side)"),
        ("下坪村村委会旁", "Xiaping Village Committee (beside)"),
        ("后庄村", "Houzhuang Village"),
        ("东头村", "Dongtou Village"),
    ],
)
def test_an_address_goes_from_the_large_to_the_small(chinese: str, said: str) -> None:
    assert english.address(chinese) == said


@pytest.mark.parametrize(
    ("chinese", "said"),
    [
        ("周一至周五 8:00-17:00，节假日休息", "Mon to Fri 8:00-17:00, closed on public holidays"),
        ("每周二、五", "Tue, Fri"),
        ("24小时", "24 hours"),
        ("8:00-12:00，14:30-17:30", "8:00-12:00, 14:30-17:30"),
        ("14周岁以上", "aged 14 and over"),
        ("12月24日起", "24 Dec onwards"),
        ("夜间", "at night"),
        ("值班室", "duty room"),
    ],
)
def test_a_note_is_translated_word_by_word(chinese: str, said: str) -> None:
    assert english.phrase(chinese) == said


@pytest.mark.parametrize("chinese", ["找老王", "除周三外8:00-17:00", "8:00-17:00（集日提前）", "周五看情况"])
def test_a_note_with_a_word_that_nobody_knows_is_not_half_said(chinese: str) -> None:
    assert english.phrase(chinese) == ""


def test_a_name_is_said_in_words() -> None:
    assert english.pronounced("示例县人民医院发热门诊") == "Shili Xian Renmin Yiyuan Fare Menzhen"
    assert english.pronounced("桃源镇人民东路88号") == "Taoyuan Zhen Renmin Donglu 88hao"


PIECES = "桃源镇市县区村路街道东西南北号楼米第一二十卫生院医院（）、，：-88"


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from(PIECES))))
def test_whatever_is_written_a_reading_is_of_one_line_and_holds_no_chinese(text: str) -> None:
    for read in (english.name, english.address, english.phrase, english.pronounced):
        said = read(text)
        assert not english.is_chinese(said)
        assert "\n" not in said
        assert "\0" not in said


def test_a_character_of_which_nobody_knows_the_reading_is_marked_and_not_left_out() -> None:
    assert english.name("王\U0002a6d5卫生院") == "Wang? Health Centre"
