"""What is published in somebody's own words holds nobody's number, at every place where words come in."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from trafficlight.actions.announcing import read_guide, read_notice
from trafficlight.actions.boards import SETTINGS, BoardSetting
from trafficlight.actions.config import KEYS
from trafficlight.actions.fields import SITES, read_cell
from trafficlight.domain.errors import Refused
from trafficlight.domain.note import refuse_personal

PERSONAL = "患者张三 13812345678 阳性请到"
OF_PHONES = {"hotline", "supervision", "phone"}
"""Fields of their own for numbers that the public is to dial, mobiles among them."""

Reader = Callable[[str], Any]


def _setting(one: BoardSetting, text: str) -> object:
    return one.read(text, one.field)


def readers() -> dict[str, Reader]:
    """By its name, whatever reads words that are published."""
    found: dict[str, Reader] = {
        "notice": read_notice,
        "guide": lambda text: read_guide(f"# 指引\n\n{text}".encode()),
    }
    found |= {f"board {one.field}": partial(_setting, one) for one in SETTINGS if one.field not in OF_PHONES}
    found |= {f"site {one}": partial(read_cell, one) for one in SITES.words if one not in OF_PHONES}
    found["licence"] = lambda text: KEYS["licence"](text, "licence")
    return found


@pytest.mark.parametrize("name", sorted(readers()))
def test_no_place_takes_a_persons_number(name: str) -> None:
    """Refused as such, or because that is no time, number or choice: never kept."""
    try:
        kept = readers()[name](PERSONAL)
    except Refused:
        return
    assert kept in {True, False}, "a yes or no holds none of it"


@pytest.mark.parametrize(
    "name", ["notice", "guide", "board banner", "board closing", "site address", "licence"]
)
def test_it_is_refused_with_the_reason(name: str) -> None:
    with pytest.raises(Refused) as refused:
        readers()[name](PERSONAL)
    assert refused.value.code == "personal_data"
    assert PERSONAL not in str(refused.value.params), "what was typed reaches no log"


@pytest.mark.parametrize(
    "text",
    [
        "咨询电话 0535-8501234，转8005",
        "8:00-11:30，13:30-17:00",
        "人民路138号1234室",
        "1. 先打电话 0000-5551234\n2. 再到门诊 0000-5551235\n3. 情况紧急拨打120",
        "2022-12-24 起执行，2022-12-31 止",
    ],
)
def test_ordinary_words_are_kept(text: str) -> None:
    refuse_personal(text, "text")


def test_where_a_link_of_the_guide_leads_is_nobodys_number() -> None:
    body = "[通知全文](https://www.example.gov.cn/art/13812345678.html)"
    assert read_guide(body.encode()) == body
