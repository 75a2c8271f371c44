"""How true the lights were: at the desk, the same as on the command line and in the metrics."""

import asyncio
import csv
import io
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from aiohttp import ClientResponse
from lxml import html

from tests.web.conftest import World
from tests.web.desk.conftest import Hire, Person, text_of
from trafficlight.actions.accuracy import RATE_NAMES
from trafficlight.cli import console, truth
from trafficlight.domain import event as e
from trafficlight.domain.board import Site
from trafficlight.text.languages import ZH
from trafficlight.web.accuracy import DailyAccuracy

HOME = "/boards/longkou/lookback"
PAGE = f"{HOME}/accuracy"
VIEWER = {"longkou": "viewer"}
ZONE = ZoneInfo("Asia/Shanghai")
SITE = Site(id="a", name="桃源镇卫生院", hours="8:00-18:00", capacity=20)


async def at(world: World, day: int, wall: time) -> None:
    """Turn the clock to an instant of December, which goes on in January."""
    world.clock.at = datetime.combine(date(2022, 11, 30) + timedelta(days=day), wall, ZONE)


async def surprise(world: World, days: int = 12) -> None:
    """Of 20 places 5 are gone at nine and all at eleven, day after day: full at 10:30, blue until eleven."""
    await world.put("longkou", e.SitePut(site=SITE), *[e.SiteRemoved(site=f"lk-00{n}") for n in (1, 2, 3)])
    for day in range(25, 25 + days):
        for wall, count in ((time(9), 5), (time(11), 25)):
            await at(world, day, wall)
            told = e.Reported(
                by="cli",
                id=f"{day}-{count}".ljust(16, "."),
                site="a",
                service_day=world.clock.at.date(),
                patients=count,
            )
            await world.put("longkou", told)
    await at(world, 25 + days, time(7))


async def rows(answer: ClientResponse) -> list[list[str]]:
    assert answer.status == 200
    body = (await answer.read()).decode("utf-8-sig")
    return [row for row in csv.reader(io.StringIO(body)) if row]


def lead(page: object) -> dict[str, str]:
    """What stands first, by the figure's name: the per cent, and of how many."""
    found = {}
    for row in page.xpath("//ul[@class='back-lead']/li"):  # type: ignore[attr-defined] # of lxml
        number, words = row.find("b").text, text_of(row.find("span"))
        name = next(name for name in RATE_NAMES.values() if words.startswith(name))
        found[name] = f"{number} {words.removeprefix(name).strip()}"
    return found


async def test_the_page_says_how_true_the_lights_were(world: World, hire: Hire) -> None:
    await surprise(world)
    page = await (await hire("王芳", VIEWER)).page(PAGE)
    assert lead(page) == {
        "赶到时已满的，看到的是蓝": "15% 396个里60个",
        "看到蓝的，45分钟后到时已满": "62% 96个里60个",
        "看到蓝的，下一次上报时已满": "100% 96个里96个",
        "满了的日子，满前30分钟已是黄或红": "0% 12个里0个",
        "满了的日子，满前60分钟已是黄或红": "0% 12个里0个",
        "有颜色的时刻，黄或红而其实还有空": "0% 432个里0个",
        "开诊的时刻，没有颜色": "10% 480个里48个",
    }
    assert "再加一个10:00的上报时间最有用：这一小时里，48个时刻中有48个看到蓝、到时已满。" in text_of(page)


async def test_the_hours_are_drawn_and_stand_beside_it_in_numbers(world: World, hire: Hire) -> None:
    await surprise(world)
    page = await (await hire("王芳", VIEWER)).page(PAGE)
    picture = page.xpath("//*[local-name()='svg'][contains(@class, 'columns')][@role='img']")[0]
    assert "10点：没有颜色0，看到蓝、到时已满48，共48" in picture.get("aria-label")
    drawn = picture.xpath("./*[local-name()='rect'][@class='solid']")
    assert [float(one.get("height")) for one in drawn] == [15.0, 60.0], (
        "one of four looks at nine, all at ten"
    )
    table = [[text_of(cell) for cell in row] for row in page.xpath("//table[@class='back-figures']/tbody/tr")]
    assert table[:3] == [["8:00", "48", "48", "—"], ["9:00", "48", "—", "12"], ["10:00", "48", "—", "48"]]


async def test_where_the_days_ends_are_hardly_known_it_says_so(world: World, hire: Hire) -> None:
    await surprise(world)
    asked = "个不知道满没满。关门前45分钟以内再报一次"
    assert asked not in text_of(await (await hire("王芳", VIEWER)).page(PAGE))
    for day in range(40, 54):
        await at(world, day, time(9))
        told = e.Reported(
            by="cli", id=f"few-{day}".ljust(16, "."), site="a", service_day=world.clock.at.date(), patients=3
        )
        await world.put("longkou", told)
    await at(world, 54, time(7))
    page = await (await hire("李明", VIEWER)).page(PAGE)
    assert f"14个机构日里有14{asked}" in text_of(page)


async def test_every_kind_of_rule_stands_beside_the_others(world: World, hire: Hire) -> None:
    await surprise(world)
    page = await (await hire("王芳", VIEWER)).page(PAGE)
    card = page.xpath("//section[@class='back-card'][h3='满了的日子，满前30分钟已是黄或红']")[0]
    assert [text_of(row) for row in card.xpath(".//li")] == [
        "当时显示的颜色 0% 0/12",
        "现在的规则 0% 0/12",
        "按今天的进度，推算赶到时的情况 100% 12/12",
        "占日接诊能力的比例 0% 0/12",
        "当天就诊人数 0% 0/12",
    ]


async def test_few_days_are_said_to_be_few_and_none_to_be_none(world: World, hire: Hire) -> None:
    assert "这段时间没有一天能判断。" in text_of(await (await hire("王芳", VIEWER)).page(PAGE))
    await surprise(world, days=3)
    page = await (await hire("李明", VIEWER)).page(PAGE)
    assert set(lead(page).values()) >= {"天数太少 3个里0个"}
    assert not [number for number in lead(page).values() if "%" in number]


async def test_a_rule_is_tried_on_days_gone_by_before_it_is_set(world: World, hire: Hire) -> None:
    await surprise(world)
    admin = await hire("王芳", {"longkou": "admin"})
    before = world.node.current.position("longkou")
    answer = await admin.send("/boards/longkou/rules", 1, act="try", kind="pace")
    page = html.document_fromstring(await answer.text())
    trial = page.xpath("//section[contains(@class, 's-trial')]")[0]
    assert "今天还没有一家报人数。" in text_of(trial)
    cards = {text_of(card.find("h3")): card for card in trial.xpath(".//section[@class='back-card']")}
    assert [text_of(row) for row in cards["满了的日子，满前30分钟已是黄或红"].xpath(".//li")] == [
        "当时显示的颜色 0% 0/12",
        "现在的规则 0% 0/12",
        "要试的规则 100% 12/12",
    ]
    assert world.node.current.position("longkou") == before, "nothing is written"


async def same(person: Person, *, days: int) -> list[list[str]]:
    return await rows(await person.get(f"{HOME}/accuracy.csv?days={days}"))


async def test_desk_command_line_and_metrics_say_the_same(
    world: World, hire: Hire, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    await surprise(world)
    sheet = await same(await hire("王芳", VIEWER), days=14)

    class Now(datetime):
        @classmethod
        def now(cls, _tz: object = None) -> datetime:  # type: ignore[override] # of this test
            return world.clock.at

    monkeypatch.setattr(truth, "datetime", Now)
    monkeypatch.setattr(console, "LANG", ZH.code)
    capsys.readouterr()
    await asyncio.to_thread(truth.truth, board="longkou", days=14, data=world.node.settings.data, ledger="")
    printed = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    table = [line[1:] for line in printed if len(line) == len(sheet[0])]
    assert table == [row[1:] for row in sheet]

    await world.node.accuracy.go_round()
    metrics = dict(
        line.split(" ")
        for line in world.node.metrics.render().decode().splitlines()
        if line.startswith("trafficlight_accuracy_ratio")
    )
    by_name = {row[1]: row for row in sheet[1 : 1 + len(RATE_NAMES)]}
    assert {
        f'trafficlight_accuracy_ratio{{board="longkou",figure="{name}"}}': int(by_name[words][3])
        / int(by_name[words][4])
        for name, words in RATE_NAMES.items()
    } == {series: float(number) for series, number in metrics.items()}


async def test_a_board_measured_some_sites_at_a_time_comes_to_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await surprise(world)
    rules = e.RuleSet(rule={"kind": "counts", "yellow": 3, "red": 4})
    await world.put("longkou", *[e.SitePut(site=Site(id=name, name=name)) for name in "bcd"], rules)
    world.clock.turn(days=2)
    found = []
    for at_once in (50, 1):
        monkeypatch.setattr("trafficlight.web.accuracy.SITES_AT_ONCE", at_once)
        measured = DailyAccuracy(world.node.current, world.clock)
        await measured.go_round()
        found.append(sorted(measured.facts()))
    assert found[0] == found[1]
    assert found[0]


async def test_a_board_is_measured_once_a_day(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await surprise(world)
    asked = []
    read = world.node.current.ledger.read

    async def counted(board: str, after: int = 0) -> object:
        asked.append(board)
        return await read(board, after)

    monkeypatch.setattr(world.node.current.ledger, "read", counted)
    for _ in range(3):
        await world.node.accuracy.go_round()
    assert asked.count("longkou") == 1
    world.clock.turn(days=1)
    await world.node.accuracy.go_round()
    assert asked.count("longkou") == 2


async def test_what_cannot_be_measured_takes_nothing_down(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await surprise(world)

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("trafficlight.web.accuracy.look_back", broken)
    await world.node.accuracy.go_round()
    assert b"trafficlight_accuracy_ratio{" not in world.node.metrics.render()
    assert (await world.client.get("/longkou/")).status == 200
