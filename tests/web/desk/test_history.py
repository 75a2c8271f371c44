"""A site's timeline and the statement for a day: read from the ledger, who and when and what stood."""

from datetime import UTC, datetime

from lxml import html

from tests.web.conftest import World
from tests.web.desk.conftest import Hire, Person, text_of
from trafficlight.domain import event as e
from trafficlight.domain.board import Site
from trafficlight.domain.ids import SYSTEM
from trafficlight.domain.light import Light

SITE = "/boards/longkou/corrections/sites/lk-001"
TIMELINE, STATEMENT = f"{SITE}/timeline", f"{SITE}/statement"
EDITOR = {"longkou": "editor"}


async def rows(person: Person, query: str = "") -> list[str]:
    page = await person.page(f"{TIMELINE}{query}")
    return [text_of(row) for row in page.xpath("//ol[@class='fix-line']/li")]


def table(page: html.HtmlElement, number: int) -> list[list[str]]:
    found = page.findall(".//table")[number]
    return [[text_of(cell) for cell in row] for row in found.xpath(".//tbody/tr")]


async def a_day(world: World, person: Person) -> None:
    """By the captain at 8:10, by the desk at 9:10 and taken back; set to red from 10:10."""
    link = await world.link(board="longkou", town="东江街道")
    await world.put(
        "longkou",
        e.Reported(
            by=f"link:{link.id}",
            id="r" * 24,
            site="lk-001",
            service_day=datetime(2022, 12, 24, tzinfo=UTC).date(),
            patients=12,
        ),
    )
    await world.put(SYSTEM, e.LinkRevoked(link=link.id))
    world.clock.turn(hours=1)
    await person.send(SITE, 1, patients="60")
    page = await person.page(SITE)
    number = next(i for i, form in enumerate(page.forms) if "report" in form.fields)
    world.clock.turn(hours=1)
    await person.send(SITE, number, act="withdraw")
    await person.send(SITE, 2, light="red", reason="候诊排到门外", ends="2022-12-24T12:00")


async def test_the_timeline_says_who_did_what_and_what_the_public_saw_before_and_after(
    world: World, hire: Hire
) -> None:
    person = await hire("王芳", EDITOR)
    await a_day(world, person)
    told = await rows(person)
    assert [row.split(" ", 3)[3] for row in told] == [
        "王芳 · 台账第8条 设定为红·很多，到12:00，原因：候诊排到门外 ● 蓝·人少 → ■ 红·很多",
        "王芳 · 台账第7条 撤回填报：12月24日 周六 9:10的“当天到现在60人” ■ 红·很多 → ● 蓝·人少",
        "王芳 · 台账第6条 填报：当天到现在60人 ● 蓝·人少 → ■ 红·很多",
        "东江街道点位长 · 台账第5条 填报：当天到现在12人 ○ 待更新 → ● 蓝·人少",
        "台账第2条 列入看板 不在看板上 → ○ 待更新",
    ]


async def test_every_kind_of_event_has_its_sentence(world: World, hire: Hire) -> None:
    person = await hire("王芳", {"longkou": "viewer"})
    today = datetime(2022, 12, 24, tzinfo=UTC).date()
    await world.put(
        "longkou",
        e.Reported(
            by="token:t1",
            id="a" * 24,
            site="lk-001",
            service_day=today.replace(day=23),
            patients=9,
            capacity_today=40,
            phone_busy=True,
            note="请带口罩",
            confirmed=True,
        ),
        e.Reported(
            by="cli",
            id="b" * 24,
            site="lk-001",
            service_day=today,
            staff_infected=True,
            expected_reopen=today.replace(day=28),
        ),
        e.CrossConfirmed(by="cli", site="lk-001", confirmed=True),
        e.CrossConfirmed(by="cli", site="lk-001", confirmed=False),
        e.AskedBack(by="cli", site="lk-001", service_day=today, patients=900),
        e.MismatchReported(site="lk-001", what="closed"),
        e.Overridden(
            by="cli", site="lk-001", light=Light.RED, reason="x", until=datetime(2022, 12, 24, 4, tzinfo=UTC)
        ),
        e.Overridden(by="cli", site="lk-001"),
        e.RuleSet(by="cli", site="lk-001", rule={"kind": "counts", "yellow": 3, "red": 5}),
        e.RuleSet(by="cli", rule={"kind": "counts", "yellow": 3, "red": 5}),
        e.SitePut(by="cli", site=Site(id="lk-001", name="东江镇卫生院", serves="成人", booking="x")),
        e.Withdrawn(by="cli", site="lk-001", report="gone"),
        e.SiteRemoved(by="cli", site="lk-001"),
    )
    told = " / ".join(reversed(await rows(person)))
    for sentence in (
        "系统接口 · 台账第5条 填报：当天到现在9人，今天总共能看40人，电话占线，请带口罩，经再次确认",
        "经再次确认（说的是12月23日）",
        "命令行 · 台账第6条 填报：暂停接诊，预计12月28日恢复",
        "核实为暂停接诊",
        "核实为恢复接诊",
        "填了900人，系统请其再确认",
        "居民 · 台账第10条 居民反映：到了没开门",
        "取消设定的颜色",
        "改了本机构的判定规则",
        "改了机构资料：机构名称、机构类型、乡镇、日接诊能力、服务对象、预约",
        "撤回填报",
        "移出看板",
        "→ 不在看板上",
    ):
        assert sentence in told, sentence


async def test_a_long_timeline_comes_in_pages(world: World, hire: Hire) -> None:
    person = await hire("王芳", {"longkou": "viewer"})
    await world.put("longkou", *[e.MismatchReported(site="lk-001", what="closed") for _ in range(60)])
    assert len(await rows(person)) == 50
    assert len(await rows(person, "?page=2")) == 11
    for wrong in ("x", "0", "-1", "99999999", "²"):
        assert len(await rows(person, f"?page={wrong}")) == 50, wrong


async def test_the_statement_has_what_stood_at_each_time_and_who_sent_what(world: World, hire: Hire) -> None:
    person = await hire("王芳", EDITOR)
    await a_day(world, person)
    world.clock.turn(hours=3)  # 13:10
    page = await person.page(STATEMENT)
    assert [row[:2] for row in table(page, 0)] == [
        ["8:10–9:10", "● 蓝·人少"],
        ["9:10–10:10", "■ 红·很多"],
        ["10:10–12:00", "■ 红·很多"],
        ["12:00–13:10", "● 蓝·人少"],
    ]
    assert table(page, 0)[2][2].endswith("主管部门设定，原因：候诊排到门外")
    assert table(page, 1) == [
        ["8:10", "东江街道点位长", "当天到现在12人"],
        ["9:10", "王芳", "当天到现在60人 （12月24日 周六 10:10由王芳撤回）"],
    ]
    assert table(page, 2) == [["10:10", "王芳", "设定为红·很多，到12:00，原因：候诊排到门外"]]
    text = text_of(page)
    assert "默认规则" in text
    assert "王芳于12月24日 周六 13:10制作，依据台账到第8条" in text


async def test_the_statement_of_a_day_gone_by_is_of_that_day_alone(world: World, hire: Hire) -> None:
    person = await hire("王芳", EDITOR)
    await a_day(world, person)
    world.clock.turn(days=2)
    await person.sign_in()
    page = await person.page(f"{STATEMENT}?day=2022-12-24")
    assert table(page, 0)[-1][0].endswith("–24:00")
    assert "2022年12月24日" in text_of(page)
    later = await person.page(f"{STATEMENT}?day=2022-12-25")
    assert table(later, 1) == [["没有填报。"]]


async def test_the_statement_names_each_rule_that_judged_on_the_day(world: World, hire: Hire) -> None:
    person = await hire("王芳", {"longkou": "viewer"})
    world.clock.turn(hours=1)
    await world.put("longkou", e.RuleSet(by="cli", rule={"kind": "counts", "yellow": 3, "red": 5}))
    text = text_of(await person.page(STATEMENT))
    assert text.index("默认规则") < text.index("第1版规则 · 12月24日 周六 9:10起")


async def test_a_day_to_come_or_none_is_today_and_a_day_before_the_site_says_so(
    world: World, hire: Hire
) -> None:
    person = await hire("王芳", {"longkou": "viewer"})
    for day in ("2030-01-01", "gestern", "0001-01-01"):
        assert "2022年12月24日" in text_of(await person.page(f"{STATEMENT}?day={day}"))
    assert "这一天该机构还不在看板上" in text_of(await person.page(f"{STATEMENT}?day=2020-01-01"))


async def test_the_history_of_a_site_of_another_board_is_not_there(hire: Hire) -> None:
    person = await hire("王芳", EDITOR)
    for page in ("timeline", "statement"):
        assert (await person.get(f"/boards/longkou/corrections/sites/qx-001/{page}")).status == 404
        assert (await person.get(f"/boards/qixia/corrections/sites/qx-001/{page}")).status == 404
