"""The overview for whoever answers for a board: lights, punctuality, capacities, what residents found."""

from lxml import html

from tests.web.conftest import World
from tests.web.desk.conftest import Hire, text_of
from tests.web.desk.test_daily import A, B, C, report
from trafficlight.domain import event as e

HERE = "/boards/longkou/lookback/director"
VIEWER = {"longkou": "viewer"}


def part(page: html.HtmlElement, title: str) -> str:
    return next(text_of(one) for one in page.iter("section") if text_of(one.xpath("h2")[0]).startswith(title))


async def days(world: World, number: int) -> None:
    """A is always in time and far beyond its capacity; B reports late; C never."""
    for _ in range(number):
        await report(world, A, patients=90)
        world.clock.turn(hours=2)
        await report(world, B, patients=5)
        world.clock.turn(hours=4)
        await report(world, A, patients=95)
        world.clock.turn(hours=18)


async def test_towns_stand_in_order_of_who_reports_least_on_time(world: World, hire: Hire) -> None:
    await days(world, 4)
    person = await hire("王芳", VIEWER)
    page = await person.page(HERE)
    seen = part(page, "按时填报")
    assert seen.index("新嘉街道 0%") < seen.index("东江街道")
    assert "没报最多的机构" in seen
    assert "龙口市人民医院" in seen
    answer = await person.get(f"{HERE}/towns.csv")
    rows = [line.split(",") for line in (await answer.read()).decode("utf-8-sig").splitlines()]
    assert rows[0] == ["乡镇", "应报", "按时", "晚报", "没报", "按时比例（%）"]
    assert rows[-1][0] == "合计"
    assert [sum(map(int, column)) for column in zip(*(row[1:5] for row in rows[1:-1]), strict=True)] == list(
        map(int, rows[-1][1:5])
    )


async def test_a_capacity_that_does_not_fit_is_told_with_its_numbers(world: World, hire: Hire) -> None:
    await days(world, 12)
    person = await hire("王芳", VIEWER)
    assert "12天里有12天超过登记的50人，最多95人" in part(await person.page(HERE), "接诊能力对不上")


async def test_what_residents_found_stands_against_the_light_of_that_hour(world: World, hire: Hire) -> None:
    await report(world, A, patients=2)
    world.clock.turn(hours=1)
    found = world.clock.at
    world.clock.turn(minutes=30)
    await report(world, A, patients=60)
    await world.put("longkou", e.MismatchReported(site=A, what="not_seen", about=found))
    await world.put("longkou", e.MismatchReported(site=C, what="closed"))
    world.clock.turn(minutes=1)
    person = await hire("王芳", VIEWER)
    page = await person.page(HERE)
    rows = {text_of(row[0]): [text_of(cell) for cell in row[1:]] for row in page.xpath("//tbody/tr")}
    assert rows["● 人少"] == ["—", "—", "1"], "blue when they set out, red only later"
    assert rows["■ 很多"] == ["—", "—", "—"]
    assert rows["○ 无最新信息"] == ["—", "1", "—"]
    assert "到了没看上 · 12月24日 周六 9:10 · 当时显示● 蓝·人少" in text_of(page)


async def test_where_nothing_happened_nothing_is_claimed(world: World, hire: Hire) -> None:
    person = await hire("王芳", VIEWER)
    page = await person.page(HERE)
    assert "这段时间没有一天能判断。" in part(page, "颜色准不准")
    assert "没有居民反映" in text_of(page)
    assert (await person.get("/boards/qixia/lookback/director")).status == 404
    assert (await person.page(f"{HERE}?lang=en")).xpath("//h1")[0].text.strip() == "Overview"
    assert B in world.node.current.boards["longkou"].sites
