"""The daily report: every site on one day, as a page, as files, and in a paragraph."""

from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from openpyxl import load_workbook

from tests.web.conftest import World
from tests.web.desk.conftest import Hire, Person, text_of
from trafficlight.domain import event as e
from trafficlight.domain.board import Site

HERE = "/boards/longkou/daily"
VIEWER = {"longkou": "viewer"}
A, B, C = "lk-001", "lk-002", "lk-003"


async def report(world: World, site: str, **what: object) -> None:
    """A report of now, about today unless it says otherwise."""
    what = {"service_day": world.clock.at.date(), **what}
    name = f"{site}-{world.clock.at:%d%H%M}-{what.get('patients')}".ljust(24, ".")
    await world.put("longkou", e.Reported(by="cli", id=name, site=site, **what))  # type: ignore[arg-type]


async def three_mornings(world: World) -> None:
    """8:10 on the 24th, 25th and 26th, and an afternoon in between; it is then 9:30 on the 26th."""
    await report(world, A, patients=20)
    await report(world, B, patients=5)
    world.clock.turn(hours=8)
    await report(world, A, patients=60)
    world.clock.turn(hours=16)
    await report(world, A, patients=10)
    await report(world, C, patients=30)
    world.clock.turn(hours=24)
    await report(world, A, patients=15)
    await report(world, B, patients=7)
    await report(world, C, staff_infected=True)
    world.clock.turn(hours=1, minutes=20)


async def csv(person: Person, name: str, query: str = "") -> dict[str, dict[str, str]]:
    answer = await person.get(f"{HERE}/{name}{query}")
    assert answer.status == 200
    assert answer.content_type == "text/csv"
    head, *rows = [line.split(",") for line in (await answer.read()).decode("utf-8-sig").splitlines()]
    key = head.index("编号") if "编号" in head else 0
    return {row[key]: dict(zip(head, row, strict=True)) for row in rows}


async def test_today_stands_beside_yesterday_at_the_same_hour(world: World, hire: Hire) -> None:
    await three_mornings(world)
    person = await hire("王芳", VIEWER)
    table = await csv(person, "day.csv")
    assert table[A] == {
        "乡镇": "东江街道",
        "机构名称": "东江卫生院",
        "类别": "乡镇卫生院",
        "就诊人数": "15",
        "接诊能力": "50",
        "占接诊能力（%）": "30",
        "忙闲": "● 蓝·人少",
        "首次填报": "8:10",
        "最后填报": "8:10",
        "9:00应报": "按时",
        "昨天此时": "10",
        "增减": "5",
        "编号": A,
        "当天开诊时间": "",
    }
    assert table[B]["昨天此时"] == table[B]["增减"] == "", "what nobody reported is not zero"
    assert table[C]["就诊人数"] == ""
    assert table[C]["忙闲"] == "✕ 暂停"
    assert table[C]["9:00应报"] == "", "who is closed owes nothing"


async def test_sums_compare_only_sites_that_reported_on_both_days(world: World, hire: Hire) -> None:
    await three_mornings(world)
    person = await hire("王芳", VIEWER)
    towns = await csv(person, "towns.csv")
    assert list(towns) == ["东江街道", "新嘉街道", "合计"]
    total = towns["合计"]
    assert (total["就诊人数"], total["报了人数的"], total["机构数"]) == ("22", "2", "3")
    assert (total["昨天此时"], total["昨天此时报了的"], total["比昨天增减"]) == ("40", "2", "5")
    assert total["比昨天增减（%）"] == "50"
    assert (total["上周此时"], total["比上周增减"]) == ("", "")
    assert (total["✕ 暂停"], total["● 人少"]) == ("1", "2")


async def test_a_week_ago_is_the_same_hour_of_that_day(world: World, hire: Hire) -> None:
    await report(world, A, patients=20)
    world.clock.turn(hours=8)
    await report(world, A, patients=60)
    world.clock.turn(days=7, hours=-8)
    await report(world, A, patients=25)
    person = await hire("王芳", VIEWER)
    assert (await csv(person, "towns.csv"))["合计"]["上周此时"] == "20"
    world.clock.turn(hours=9)
    assert (await csv(person, "towns.csv"))["合计"]["上周此时"] == "60"


async def test_a_day_that_is_over_counts_to_its_end_and_as_corrected_since(world: World, hire: Hire) -> None:
    await three_mornings(world)
    person = await hire("王芳", VIEWER)
    table = await csv(person, "day.csv", "?day=2022-12-24")
    assert table[A]["就诊人数"] == "60"
    assert table[A]["忙闲"] == "■ 红·很多"
    assert (table[A]["首次填报"], table[A]["最后填报"]) == ("8:10", "16:10")
    assert (table[B]["9:00应报"], table[B]["14:00应报"]) == ("按时", "没报")
    assert table[C]["9:00应报"] == "", "on its first day on the board none was expected"
    await report(world, C, patients=44, service_day=date(2022, 12, 24))
    assert (await csv(person, "day.csv", "?day=2022-12-24"))[C]["就诊人数"] == "44"
    yesterday = await csv(person, "day.csv", "?day=2022-12-25")
    assert (yesterday[A]["前一天"], yesterday[A]["增减"]) == ("60", "-50")
    assert (yesterday[B]["9:00应报"], yesterday[B]["忙闲"]) == ("没报", "○ 没有填报")


async def test_what_was_withdrawn_counts_as_if_never_made(world: World, hire: Hire) -> None:
    await report(world, A, patients=20)
    world.clock.turn(minutes=5)
    await report(world, A, patients=200)
    last = world.node.current.boards["longkou"].sites[A].reports[-1].id
    person = await hire("王芳", VIEWER)
    world.clock.turn(days=1)
    await world.put("longkou", e.Withdrawn(site=A, report=last))
    await report(world, A, patients=30)
    await person.sign_in()
    assert (await csv(person, "day.csv"))[A]["昨天此时"] == "20"


async def test_sites_stand_on_a_past_day_as_they_were_then(world: World, hire: Hire) -> None:
    await report(world, A, patients=40)
    world.clock.turn(days=1)
    await world.put("longkou", e.SitePut(site=Site(id=A, name="新名字", town="东江街道", capacity=80)))
    await world.put("longkou", e.SitePut(site=Site(id="lk-009", name="后来的")))
    person = await hire("王芳", VIEWER)
    table = await csv(person, "day.csv", "?day=2022-12-24")
    assert (table[A]["机构名称"], table[A]["接诊能力"]) == ("东江卫生院", "50")
    assert "lk-009" not in table
    assert "lk-009" in await csv(person, "day.csv")


async def test_the_workbook_has_sums_sites_and_the_paragraph(world: World, hire: Hire) -> None:
    await world.put("longkou", e.SitePut(site=Site(id="lk-009", name="=1+1", town="@乡")))
    await three_mornings(world)
    await report(world, "lk-009", patients=3)
    person = await hire("王芳", VIEWER)
    answer = await person.get(f"{HERE}/day.xlsx")
    assert 'filename="longkou-daily-20221226-0930.xlsx"' in answer.headers["Content-Disposition"]
    book = load_workbook(BytesIO(await answer.read()))
    assert book.sheetnames == ["各乡镇", "各机构", "各类机构", "说明"]
    rows = list(book["各机构"].iter_rows(values_only=True))
    named = {row[1]: row for row in rows[1:]}
    assert named["东江卫生院"][3:6] == (15, 50, 30), "numbers are numbers"
    cell = next(row[1] for row in book["各机构"].iter_rows() if row[1].value == "=1+1")
    assert cell.data_type != "f", "no clinic's name is run"
    assert "15" not in str(book["说明"]["A1"].value) or "龙口市" in str(book["说明"]["A1"].value)


async def test_the_paragraph_says_what_a_meeting_asks(world: World, hire: Hire) -> None:
    await three_mornings(world)
    person = await hire("王芳", VIEWER)
    page = await person.page(HERE)
    assert str(page.get_element_by_id("paragraph").text).strip() == (
        "龙口市发热就诊情况，截至12月26日 周一 9:30：3家机构中2家报了人数，共22人。"
        "与昨天此时都报了的1家相比，增加5人（50%）。"
        "●人少2，▲较多0，■很多0，✕暂停1，○无最新信息0。"
        "暂停接诊1家：龙口市人民医院。"
    )
    past = await person.page(f"{HERE}?day=2022-12-24")
    assert "12月24日 周六全天" in text_of(past)
    assert "到了接诊能力的1家：东江卫生院。" in text_of(past)


@pytest.mark.parametrize("day", ["2022-12-27", "2021-01-01", "gestern", "2022-13-41"])
async def test_a_day_that_is_none_is_answered_with_the_reason_and_today(
    world: World, hire: Hire, day: str
) -> None:
    await three_mornings(world)
    person = await hire("王芳", VIEWER)
    for path in ("", "/day.xlsx", "/day.csv", "/towns.csv"):
        answer = await person.get(f"{HERE}{path}?day={day}")
        assert answer.status == 404
        assert f"没有“{day}”的日报" in await answer.text()


async def test_who_may_not_see_the_board_gets_no_report_of_it(world: World, hire: Hire) -> None:
    person = await hire("李强", {"qixia": "admin"})
    for path in ("", "/day.xlsx", "/day.csv", "/towns.csv"):
        assert (await person.get(f"{HERE}{path}")).status == 404
    assert world.clock.at == datetime(2022, 12, 24, 0, 10, tzinfo=UTC)


async def test_a_board_without_sites_has_an_empty_sheet(world: World, hire: Hire) -> None:
    for site in (A, B, C):
        await world.put("longkou", e.SiteRemoved(site=site))
    person = await hire("王芳", VIEWER)
    assert "0家机构" in text_of(await person.page(HERE))
    assert list(await csv(person, "towns.csv")) == ["合计"]
