"""What the number of a day is, in the same words wherever somebody writes it or reads how to."""

from pathlib import Path

import pytest

from tests.web.conftest import BOARD, Starter, World, facts
from tests.web.desk.conftest import Office, text_of
from tests.web.phones import Phone
from trafficlight.domain.board import Site
from trafficlight.domain.ids import SYSTEM
from trafficlight.domain.kind import COUNTED, KINDS, counted
from trafficlight.publish.cards import card_of, print_sheet
from trafficlight.text.languages import EN, ZH
from trafficlight.text.rendering import phrase
from trafficlight.web.openapi import openapi

ROOT = Path(__file__).parents[2]
FEVER = "今天到现在登记的发热病人，含候诊的"
ALL = "今天到现在登记的病人，含候诊的"
SITES = (
    Site(id="hospital", name="人民医院", kind="hospital", town="甲镇"),
    Site(id="village", name="大吴家村卫生室", kind="village_clinic", town="乙镇"),
    Site(id="centre", name="东江卫生院", kind="township_centre", town="丙镇"),
    Site(id="room", name="东江哨点诊室", kind="sentinel_room", town="丙镇"),
)


@pytest.fixture
async def world(start: Starter) -> World:
    world = await start()
    own, placed = facts(BOARD, SITES)
    await world.put("longkou", *own)
    await world.put(SYSTEM, *placed)
    return world


async def _page(world: World, **reach: str) -> str:
    phone = Phone(world, await world.link(**reach))
    await phone.enter()
    return text_of(await phone.page())


@pytest.mark.parametrize(
    ("site", "town", "said"), [("hospital", "甲镇", FEVER), ("village", "乙镇", ALL), ("centre", "丙镇", ALL)]
)
async def test_a_sites_number_is_the_same_on_form_desk_and_card(
    world: World, site: str, town: str, said: str
) -> None:
    assert said in await _page(world, site=site)
    of_town = await _page(world, board="longkou", town=town)
    assert f"人数：{said if town != '丙镇' else COUNTED.text}。" in of_town, (
        "of several kinds, what each counts"
    )
    office = Office(world)
    person = await office.hire("王芳", {"longkou": "editor"})
    assert said in text_of(await person.page(f"/boards/longkou/corrections/sites/{site}"))
    assert f"人数：{COUNTED.text}。" in text_of(await person.page("/boards/longkou/sites/counts"))
    await office.close()
    fold = world.node.current.boards["longkou"]
    cards = [card_of(key, key, fold, "https://fever.example.cn/enter/x") for key in (site, town)]
    sheet = print_sheet("https://fever.example.cn", cards).decode()
    assert f"填{said}。每天" in sheet
    assert f"填{COUNTED.text}。每天" in sheet, "a captain's"


def test_programs_are_told_the_same() -> None:
    said = phrase(COUNTED, EN.code)
    assert said in (ROOT / "docs" / "api.md").read_text()
    schemas = openapi()["components"]["schemas"]
    for name in ("ReportBody", "BulkReport"):
        assert schemas[name]["properties"]["patients"]["description"] == said


def test_the_sentence_of_all_kinds_names_those_that_count_fever_patients_alone() -> None:
    alone = [kind for kind in KINDS if counted(kind.code).text == FEVER]
    assert [kind.code for kind in alone] == ["fever_clinic", "sentinel_room", "hospital"]
    for kind in alone:
        assert kind.label.text in COUNTED.text
        assert f"{phrase(kind.label, EN.code).lower()}s" in phrase(COUNTED, EN.code)
    assert counted("county’s own").text == ALL
    assert phrase(COUNTED, ZH.code).startswith(ALL)
