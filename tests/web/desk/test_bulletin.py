"""The day's bulletin, and what a site may be asked about: for the desk alone."""

from datetime import date

import pytest
from msgspec.structs import replace

from tests.web.conftest import World
from tests.web.desk.conftest import Hire, Person, text_of
from tests.web.desk.test_lookback import HOME, VIEWER, A, B, C, reports
from trafficlight.domain import event as e
from trafficlight.domain.board import Site

EDITOR = {"longkou": "editor"}


async def bulletin(person: Person, lang: str = "zh-Hans") -> list[str]:
    page = await person.page(f"{HOME}/bulletin?lang={lang}")
    return [line for line in (page.xpath("//textarea")[0].text or "").splitlines() if line]


async def test_the_bulletin_tells_the_day_in_a_few_lines(world: World, hire: Hire) -> None:
    world.clock.turn(hours=10)
    await reports(world, (A, 20))
    world.clock.turn(hours=14)
    person = await hire("王芳", VIEWER)
    await reports(world, (A, 60))
    await world.put(
        "longkou",
        e.Reported(
            id="x" * 16,
            site=B,
            service_day=date(2022, 12, 25),
            staff_infected=True,
            expected_reopen=date(2022, 12, 28),
        ),
    )
    world.clock.turn(hours=2)
    assert await bulletin(person) == [
        "【龙口市】发热就诊忙闲简报",
        "截至12月25日 周日 10:10",
        "共3家机构：●人少0，▲较多0，■很多1，✕暂停1，○无最新信息1。",
        "9:00应报2家，按时1家，晚报0家，没报1家。",
        "14:00应报2家，已报0家。",
        "暂停接诊1家：",
        "大吴家村卫生室（东江街道，预计12月28日恢复）",
        "人数突然变化1家：",
        "东江卫生院（东江街道，今天已报60人，平时约20人）",
        "龙口市卫生健康局",
    ]


async def test_the_bulletin_names_closures_without_a_day_and_those_whose_day_has_come(
    world: World, hire: Hire
) -> None:
    closed = e.Reported(id="y" * 16, site=C, service_day=date(2022, 12, 24), staff_infected=True)
    await world.put(
        "longkou",
        replace(closed, id="x" * 16, site=A, expected_reopen=date(2022, 12, 25)),
        closed,
        e.SitePut(site=Site(id="stop", name="巡诊点", rota="每周一 9:00-11:00")),
    )
    world.clock.turn(days=1)
    person = await hire("王芳", VIEWER)
    await reports(world, (B, 12))
    world.clock.turn(hours=1)
    await reports(world, (B, 3))
    told = await bulletin(person)
    assert told[2].endswith("○无最新信息1，◇巡诊1。")
    assert told[5:10] == [
        "暂停接诊2家：",
        "东江卫生院（东江街道，恢复日期已到或一周没有消息）",
        "龙口市人民医院（新嘉街道，没说哪天恢复）",
        "人数突然变化1家：",
        "大吴家村卫生室（东江街道，今天先报12人，后来报3人）",
    ]


@pytest.mark.parametrize(
    ("lang", "line"), [("zh-Hant", "沒有機構暫停接診。"), ("en", "No clinics are closed for infection.")]
)
async def test_the_bulletin_is_in_the_users_language(world: World, hire: Hire, lang: str, line: str) -> None:
    person = await hire("王芳", VIEWER)
    assert line in await bulletin(person, lang)


async def many_days(world: World, counts: dict[str, list[int]]) -> None:
    """Each site's counts, a day for each, ending yesterday."""
    for day in range(max(map(len, counts.values()))):
        await reports(world, *[(site, told[day]) for site, told in counts.items() if day < len(told)])
        world.clock.turn(days=1)


async def test_hints_say_what_they_come_from(world: World, hire: Hire) -> None:
    await many_days(world, {A: [34, 33, 34, 34, 33, 34, 33, 34, 33, 34], B: [6] * 10, C: [120, 150] * 5})
    person = await hire("王芳", EDITOR)
    page = await person.page(f"{HOME}/hints")
    below, same, red, beyond, early = [text_of(one) for one in page.xpath("//section")]
    assert "报了人数的10天里有10天，最后一个数刚好没到变“黄·较多”的35人。也可能是巧合。" in below
    assert "12月24日 34，12月25日 33，12月26日–12月27日 34，" in below
    assert "东江卫生院" in below
    assert "每天最后都是6人" in same
    assert "12月24日–1月2日 6" in same
    assert "天天到了变红的120人，最少120人，最多150人。现在登记一天能看120人，对吗？" in red
    assert [beyond, early] == ["总超过登记的接诊能力 没有。", "总没到登记的接诊能力就满了 没有。"]
    assert page.xpath("//section//a[starts-with(@href, 'tel:')]") == []  # they have no phone here


async def test_a_capacity_that_cannot_be_right_is_asked_about(world: World, hire: Hire) -> None:
    for _ in range(10):
        await reports(world, (A, 20), (C, 150))
        full = e.Reported(
            by="cli",
            id=f"full-{world.clock.at:%d}".ljust(16, "."),
            site=A,
            service_day=world.clock.at.date(),
            capacity_today=0,
        )
        await world.put("longkou", full)
        world.clock.turn(days=1)
    page = await (await hire("王芳", EDITOR)).page(f"{HOME}/hints")
    *_, red, beyond, early = [text_of(one) for one in page.xpath("//section")]
    assert red == "天天红 没有。"
    assert "报了人数的10天里有10天超过了登记的120人，最多150人。" in beyond
    assert "报“已满”的10天，报满时最多20人，登记一天能看50人。" in early


async def test_days_without_a_number_part_the_days_that_are_told_together(world: World, hire: Hire) -> None:
    await many_days(world, {B: [6] * 4})
    world.clock.turn(days=1)
    await many_days(world, {B: [6] * 6})
    person = await hire("王芳", EDITOR)
    assert "12月24日–12月27日 6，12月29日–1月3日 6" in text_of(await person.page(f"{HOME}/hints"))


async def test_on_few_days_and_of_sites_that_left_nothing_is_asked(world: World, hire: Hire) -> None:
    await many_days(world, {A: [34] * 9, C: [130] * 8})
    await world.put("longkou", e.SiteRemoved(site=C))
    person = await hire("王芳", EDITOR)
    page = await person.page(f"{HOME}/hints")
    assert [text_of(one) for one in page.xpath("//section")] == [
        "总差一点 没有。",
        "数字从来不变 没有。",
        "天天红 没有。",
        "总超过登记的接诊能力 没有。",
        "总没到登记的接诊能力就满了 没有。",
    ]


async def test_hints_are_for_those_who_phone_the_sites(world: World, hire: Hire) -> None:
    viewer, editor = await hire("李明", VIEWER), await hire("王芳", EDITOR)
    assert (await viewer.get(f"{HOME}/hints")).status == 403
    ways = {
        who.name: [text_of(one) for one in (await who.page(HOME)).xpath("//p[contains(@class, 's-ways')]/a")]
        for who in (viewer, editor)
    }
    assert ways["王芳"] == [*ways["李明"], "值得问一问"]
