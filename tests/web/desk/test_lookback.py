"""Looking back: days gone by as pictures and as CSV, told from the ledger."""

from datetime import date

import pytest
from lxml import html

from tests.web.conftest import World
from tests.web.desk.conftest import Hire, Person, text_of
from trafficlight.domain import event as e
from trafficlight.domain.board import Site

HOME = "/boards/longkou/lookback"
VIEWER = {"longkou": "viewer"}
A, B, C = "lk-001", "lk-002", "lk-003"


async def reports(world: World, *told: tuple[str, int], about: date | None = None) -> None:
    """Counts of today, or of the day that they are about."""
    await world.put(
        "longkou",
        *[
            e.Reported(
                by="cli",
                id=f"{site}-{count}-{world.clock.at:%d%H}".ljust(16, "."),
                site=site,
                service_day=about or world.clock.at.date(),
                patients=count,
            )
            for site, count in told
        ],
    )


async def three_days(world: World) -> None:
    """From Saturday 24 to Monday 26; it is then 8:10 on Tuesday."""
    await reports(world, (A, 60), (B, 3))
    world.clock.turn(days=1)
    await reports(world, (A, 40))
    world.clock.turn(days=1)
    await reports(world, (A, 10))
    await world.put(
        "longkou", e.Reported(id="x" * 16, site=B, service_day=date(2022, 12, 26), staff_infected=True)
    )
    world.clock.turn(days=1)


async def csv(person: Person, name: str, query: str = "") -> list[list[str]]:
    answer = await person.get(f"{HOME}/{name}.csv{query}")
    assert answer.status == 200
    assert answer.content_type == "text/csv"
    body = await answer.read()
    assert body.startswith(b"\xef\xbb\xbf"), "Excel shows Chinese as noise"
    return [line.split(",") for line in body.decode("utf-8-sig").splitlines()]


def strips(page: html.HtmlElement) -> dict[str, str]:
    """What a strip says to whoever does not see it, by site."""
    return {
        text_of(row.find_class("back-name")[0]): row.find(".//svg").get("aria-label")
        for row in page.xpath("//ul[@class='back-strips']/li")
    }


def titles(page: html.HtmlElement) -> list[str]:
    """What a pointer is told over the strips."""
    return [text_of(one) for one in page.xpath("//svg/path/title")]


async def test_every_site_has_a_strip_of_its_days(world: World, hire: Hire) -> None:
    await three_days(world)
    person = await hire("王芳", VIEWER)
    page = await person.page(HOME)
    assert strips(page) == {
        "东江卫生院": "蓝·人少1天，黄·较多1天，红·很多1天",
        "大吴家村卫生室": "蓝·人少1天，暂停1天，没有填报1天",
        "龙口市人民医院": "没有填报2天",
    }
    assert [text_of(one) for one in page.xpath("//h2")] == ["东江街道", "新嘉街道"]
    assert titles(page)[:3] == ["12月24日 红·很多", "12月25日 黄·较多", "12月26日 蓝·人少"]
    assert "不含今天" in text_of(page)
    assert page.xpath("//nav//a[@aria-current='page']")[0].text == "回看"


async def test_marks_differ_in_shape_and_the_legend_names_each(world: World, hire: Hire) -> None:
    await three_days(world)
    person = await hire("王芳", VIEWER)
    page = await person.page(HOME)
    legend = page.xpath("//ul[@class='back-key']/li")
    assert [text_of(one) for one in legend] == ["蓝·人少 2", "黄·较多 1", "红·很多 1", "暂停 1", "没有填报 3"]
    looks = {(path.get("class"), path.get("d")) for one in legend for path in one.iter("path")}
    assert len({drawn for kind, drawn in looks if kind not in {"blue", "red"}}) == len(looks) - 2


async def test_a_period_is_one_of_those_offered(world: World, hire: Hire) -> None:
    await reports(world, (A, 60))
    world.clock.turn(days=20)
    person = await hire("王芳", VIEWER)
    for query, days in (("", 14), ("?days=30", 30), ("?days=90", 90), ("?days=9999999", 14), ("?days=x", 14)):
        page = await person.page(f"{HOME}{query}")
        current = page.xpath("//p[contains(@class, 'back-period')]/a[@aria-current]")
        assert [text_of(one) for one in current] == [f"{days}天"], query
        seen = strips(page)["东江卫生院"]
        assert seen.startswith("红·很多1天") is (days > 14), query


async def test_lights_come_as_a_table_that_no_spreadsheet_runs(world: World, hire: Hire) -> None:
    await world.put("longkou", e.SitePut(site=Site(id="lk-009", name="=1+1", town="@乡")))
    await three_days(world)
    person = await hire("王芳", VIEWER)
    table = await csv(person, "lights")
    assert table[0][:4] == ["编号", "机构名称", "乡镇", "2022-12-13"]
    assert table[0][-1] == "2022-12-26"
    by_site = {row[0]: row for row in table[1:]}
    assert by_site[A][-4:] == ["", "红·很多", "黄·较多", "蓝·人少"]
    assert by_site["lk-009"][1:3] == ["'=1+1", "'@乡"]


async def test_a_site_that_left_keeps_its_days_under_a_title_of_its_own(world: World, hire: Hire) -> None:
    await three_days(world)
    await world.put("longkou", e.SiteRemoved(site=A))
    person = await hire("王芳", VIEWER)
    page = await person.page(HOME)
    assert [text_of(one) for one in page.xpath("//h2")] == ["东江街道", "新嘉街道", "已不在看板上"]
    assert "东江卫生院" in strips(page)
    assert not page.xpath("//section[last()]//a")


async def test_what_is_kept_is_what_would_be_told_anew(world: World, hire: Hire) -> None:
    """Today's reports leave the days gone by as they were told; a word about one of them does not."""
    await three_days(world)
    person = await hire("王芳", VIEWER)
    before = await csv(person, "lights", "?days=90")
    await reports(world, (C, 130))
    assert await csv(person, "lights", "?days=90") == before
    assert "台账到第10条" in text_of(await person.page(HOME))
    await reports(world, (C, 130), about=date(2022, 12, 26))
    assert {row[0]: row[-1] for row in await csv(person, "lights")}[C] == "红·很多"
    world.clock.turn(days=1)
    await person.sign_in()
    assert (await csv(person, "lights"))[0][-1] == "2022-12-27"


@pytest.mark.parametrize("lang", ["zh-Hant", "en"])
async def test_the_room_speaks_the_users_language(world: World, hire: Hire, lang: str) -> None:
    await three_days(world)
    person = await hire("王芳", VIEWER)
    said = text_of(await person.page(f"{HOME}?lang={lang}"))
    assert {"zh-Hant": "每天的忙閒", "en": "Lights by day"}[lang] in said


async def test_a_board_that_nobody_was_on_has_no_strips(world: World, hire: Hire) -> None:
    person = await hire("王芳", VIEWER)
    assert "没有机构" in text_of(await person.page(HOME))


# --- patients, punctuality, hours ---------------------------------------------------------------------------


def rows(page: html.HtmlElement) -> list[list[str]]:
    return [[text_of(cell) for cell in row] for row in page.xpath("//table[@class='back-days']/tbody/tr")]


async def test_each_day_has_its_patients_and_who_reported_on_time(world: World, hire: Hire) -> None:
    await three_days(world)
    person = await hire("王芳", VIEWER)
    page = await person.page(f"{HOME}/days")
    assert rows(page) == [
        ["12月26日 周一", "10 1家", "50% 1/2", "0% 0/2"],
        ["12月25日 周日", "40 1家", "33% 1/3", "0% 0/3"],
        ["12月24日 周六", "63 2家", "100% 2/2", "0% 0/2"],
    ]
    assert "共113人次" in text_of(page)
    heads = [text_of(one) for one in page.xpath("//thead//th")]
    assert heads == ["日期", "就诊人数", "9:00前报的", "14:00前报的"]


async def test_patients_and_punctuality_come_as_tables(world: World, hire: Hire) -> None:
    await three_days(world)
    person = await hire("王芳", VIEWER)
    patients = await csv(person, "visits")
    assert patients[0] == ["日期", "就诊人数", "报了人数的机构"]
    assert patients[-3:] == [["2022-12-24", "63", "2"], ["2022-12-25", "40", "1"], ["2022-12-26", "10", "1"]]
    assert len(patients) == 15
    punctual = await csv(person, "on-time")
    assert punctual[0] == ["日期", "填报时间", "应报", "按时", "晚报", "没报", "按时比例（%）"]
    assert punctual[-2:] == [
        ["2022-12-26", "09:00", "2", "1", "0", "1", "50"],
        ["2022-12-26", "14:00", "2", "0", "0", "2", "0"],
    ]


async def test_each_site_has_the_hours_of_each_light(world: World, hire: Hire) -> None:
    """Of sites whose hours nobody knows these are their ordinary ones, ten hours a day."""
    await three_days(world)
    person = await hire("王芳", VIEWER)
    page = await person.page(f"{HOME}/hours")
    told = {
        text_of(row.find_class("back-name")[0]): text_of(row.find_class("s")[0])
        for row in page.xpath("//ul[contains(@class, 'back-hours')]/li")
    }
    assert told["东江卫生院"] == "● 人少 8 ▲ 较多 8 ■ 很多 8 ○ 无最新信息 6"
    assert told["大吴家村卫生室"] == "● 人少 8 ✕ 暂停 16 ○ 无最新信息 12"
    table = {row[0]: row for row in await csv(person, "hours")}
    assert table["编号"] == ["编号", "机构名称", "乡镇", "人少", "较多", "很多", "暂停", "无最新信息", "天数"]
    assert table[A][3:] == ["8.00", "8.00", "8.00", "0.00", "5.83", "3"]


async def test_where_nothing_was_reported_there_is_nothing_to_draw(world: World, hire: Hire) -> None:
    person = await hire("王芳", VIEWER)
    assert "没有填报" in text_of(await person.page(f"{HOME}/days"))
    assert "没有机构" in text_of(await person.page(f"{HOME}/hours"))
