"""The top of 今日: what is to be done, today beside yesterday and last week, and that it refreshes itself."""

from datetime import date, timedelta

from lxml import html
from msgspec.structs import replace
from yarl import URL

from tests.web.conftest import BOARD, World
from tests.web.desk.conftest import Hire, text_of
from tests.web.desk.test_daily import A, B, C, report, three_mornings
from trafficlight.domain import event as e
from trafficlight.web.desk.auth import IDLE, RENEWED
from trafficlight.web.desk.charts import Curve, curves

TODAY = "/boards/longkou/today"
VIEWER = {"longkou": "viewer"}


def bench(page: html.HtmlElement) -> html.HtmlElement:
    return page.get_element_by_id("bench")


def to_do(page: html.HtmlElement) -> list[tuple[str, str]]:
    """What is to be done, and where each leads to."""
    links = page.xpath("//section[@aria-labelledby='bench-do']/ul/li/a")
    return [(text_of(one), one.get("href")) for one in links if one.get("href").startswith("#")]


async def test_today_stands_beside_yesterday_and_last_week_with_how_many_reported(
    world: World, hire: Hire
) -> None:
    await three_mornings(world)
    person = await hire("王芳", VIEWER)
    seen = text_of(bench(await person.page(TODAY)))
    assert "22 人 3家里2家报了人数" in seen
    assert "比昨天此时 +5 +50% 两天都报的1家：10 → 15人" in seen
    assert "比上周此时 — 没有两天都报了的机构，不能比。" in seen
    assert "东江街道 22 2/2家" in seen


async def test_the_curve_has_its_numbers_as_text_and_lines_that_differ_without_colour(
    world: World, hire: Hire
) -> None:
    await three_mornings(world)
    person = await hire("王芳", VIEWER)
    page = bench(await person.page(TODAY))
    picture = page.xpath(".//svg[@role='img']")[0]
    assert picture.get("aria-label") == "今天22人，昨天40人，上周同日0人"
    table = {text_of(row[0]): [text_of(cell) for cell in row[1:]] for row in page.xpath(".//table//tr")}
    assert table["时刻"] == ["今天", "昨天", "上周同日"]
    assert table["8:00"] == ["0", "0", "0"]
    assert table["9:00"] == ["22", "40", "0"]
    assert table["10:00"] == ["—", "40", "0"], "what has not come yet is not zero"


def test_a_curve_of_nothing_and_of_much_stays_in_its_frame() -> None:
    for heights in ([], [0], [0, 0, 3], [99_999] * 30):
        drawn = str(curves([Curve("now", heights)], range(7, 22), 2, "<b>"))
        assert "&lt;b&gt;" in drawn
        places = [
            float(part.split()[1])
            for part in drawn.partition('class="now" d="M')[2].split('"')[0].split("L")
            if part
        ]
        assert all(0 <= down <= 150 for down in places)


async def test_each_thing_to_be_done_leads_to_where_it_is_done(world: World, hire: Hire) -> None:
    person = await hire("王芳", VIEWER)
    assert to_do(await person.page(TODAY)) == []
    assert "元旦从12月31日 周六开始" in text_of(bench(await person.page(TODAY)))
    await world.put("longkou", e.BoardPut(board=replace(BOARD, special_days={date(2022, 12, 31): "休诊"})))
    assert "现在没有要办的。" in text_of(bench(await person.page(TODAY)))
    world.clock.turn(hours=1)
    await report(world, C, staff_infected=True)
    await report(world, B, patients=9)
    await report(world, B, patients=2)
    page = await person.page(TODAY)
    assert to_do(page) == [
        ("1 家没报9:00的 → 去催报", "#due-now"),
        ("1 家暂停接诊（✕）没核实、没说日期或到期 → 打电话核实", "#closed"),
        ("1 个数字要看一眼 → 核对或更正", "#numbers"),
    ]
    for _, where in to_do(page):
        assert page.get_element_by_id(where[1:]).get("data-fresh") is not None


async def test_the_daily_report_is_one_tap_from_here(world: World, hire: Hire) -> None:
    await report(world, A, patients=4)
    person = await hire("王芳", VIEWER)
    link = (await person.page(TODAY)).xpath("//a[text()='日报Excel']")[0]
    where = URL(f"http://desk/desk{TODAY}").join(URL(link.get("href")))
    assert (await person.get(where.path.removeprefix("/desk"))).status == 200


async def test_a_page_that_refreshes_itself_does_not_hold_a_session_open(world: World, hire: Hire) -> None:
    person = await hire("王芳", VIEWER)
    since, half = world.clock.at, IDLE / 2
    assert half > RENEWED
    world.clock.turn(seconds=half.total_seconds())
    assert "Set-Cookie" not in (await person.get(TODAY, headers={"X-Refresh": "1"})).headers
    world.clock.turn(seconds=half.total_seconds())
    assert world.clock.at - since >= IDLE
    answer = await person.get(TODAY, headers={"X-Refresh": "1"})
    assert answer.status == 303, "nobody was there"
    assert half > timedelta()
