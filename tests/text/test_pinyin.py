"""How Chinese is read: what people type to find a name, and what a stranger says."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypinyin import lazy_pinyin

from tests.readings import table
from trafficlight.text import pinyin


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("东庄镇中心卫生院", "dzzzxwsy"),
        ("长沙路卫生室", "cslwss"),
        ("重庆道社区卫生服务站", "cqdsqwsfwz"),
        ("示例县人民医院A区（2号楼）", "slxrmyyaq2hl"),
        ("诊所①·Ünï", "zs"),
        ("", ""),
    ],
)
def test_initials_are_what_people_type(name: str, typed: str) -> None:
    assert pinyin.initials(name).startswith(typed)
    assert pinyin.initials(name).isascii()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("重庆道", "chong qing dao"),
        ("长春街", "chang chun jie"),
        ("六安路", "lu an lu"),
        ("绿城 A座", "lü cheng  A zuo"),
        ("乐亭县", "lao ting xian"),
        ("𡐓头", "kang tou"),
        ("Ward 3", "Ward 3"),
        ("", ""),
    ],
)
def test_a_name_is_read_by_its_words(name: str, said: str) -> None:
    assert " ".join(pinyin.syllables(name)) == said


def test_what_is_typed_has_no_other_letters() -> None:
    assert pinyin.typed("绿城·A座（3）") == ("lv", "cheng", "a", "zuo", "3")


OTHER = "A3 ·，"


@given(
    st.text(st.sampled_from(f"东西中长重庆乐安县镇乡街道路卫生院发热门诊单行朝阳六绿{OTHER}"), max_size=12)
)
def test_each_character_is_a_syllable_and_nothing_else_of_a_name_is_lost(name: str) -> None:
    said = pinyin.syllables(name)
    assert "".join(one for one in "".join(said) if one in OTHER) == "".join(
        one for one in name if one in OTHER
    )
    assert sum(one.islower() for one in said) == sum(one not in OTHER for one in name)


NAMES = """
东庄镇中心卫生院 西岭镇卫生院 示例县人民医院发热门诊 县妇幼保健院 中医院 第二人民医院 朝阳街道社区卫生服务中心
柳林乡卫生院 石桥乡杨家村卫生室 海滨街道 人民路 解放大街 建设路 单县 解州镇 蔚县 牟平区 莒南县 东阿县 浚县
六合区 番禺区 台州市 铅山县 洪洞县 丽水市 侯马市 大埔县 乐亭县 涡阳县 亳州市 歙县 黟县 盱眙县 长沙县 长治市
"""


@pytest.mark.parametrize("name", NAMES.split())
def test_a_name_is_read_as_by_the_dictionary_that_the_table_is_from(name: str) -> None:
    assert list(pinyin.typed(name)) == lazy_pinyin(name)


def test_the_table_is_that_of_the_dictionary() -> None:
    assert pinyin.READINGS.read_text(encoding="utf-8") == table(), "make readings"


def test_a_server_starts_without_the_dictionary() -> None:
    """It takes 55 MB and a tenth of a second for what our table says in four."""
    code = "import sys, trafficlight.web.server; sys.exit(int('pypinyin' in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
