"""What the public saw at an instant or in an edition: served inside the desk, and marked as past."""

import pytest
from lxml import html

from tests.web.conftest import World
from tests.web.desk.conftest import Hire, Person, text_of

PAST = "/boards/longkou/corrections/past"


@pytest.fixture
async def person(world: World, hire: Hire) -> Person:
    """A viewer, after a blue at 8:10 and a red at 9:10; now it is 10:10."""
    person = await hire("赵静", {"longkou": "viewer"})
    await world.report({"patients": 12})
    world.clock.turn(hours=1)
    await world.report({"patients": 60})
    world.clock.turn(hours=1)
    return person


async def at(person: Person, query: str) -> html.HtmlElement:
    """The page that the form leads to."""
    answer = await person.get(f"{PAST}?{query}")
    assert answer.status == 303, await answer.text()
    return await person.page(answer.headers["Location"].split("/desk", 1)[1].removeprefix("desk"))


def light_of(page: html.HtmlElement, name: str = "东江卫生院") -> str:
    row = next(row for row in page.iter("li") if name in text_of(row) and row.get("class"))
    return str(row.get("class"))


async def test_an_instant_shows_what_stood_then_and_says_that_it_is_past(person: Person) -> None:
    page = await at(person, "at=2022-12-24T09:00")
    mark = page.find(".//aside[@class='past']")
    assert mark is not None
    assert "历史页面，不是现在的情况" in text_of(mark)
    assert "这是2022年12月24日 周六 09:00:59公众看到的（第5版）" in text_of(mark)
    assert "blue" in light_of(page)
    assert "red" in light_of(await at(person, "at=2022-12-24T09:10"))


async def test_an_edition_shows_what_stood_after_that_event(person: Person) -> None:
    assert "第5版" in text_of(await at(person, "edition=5"))
    assert "blue" in light_of(await at(person, "edition=5"))
    assert "red" in light_of(await at(person, "edition=6"))


async def test_nothing_of_the_past_runs_or_sends_and_all_that_it_needs_comes_along(person: Person) -> None:
    answer = await person.get(f"{PAST}/p5/longkou/index.html")
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert "form-action 'none'" in answer.headers["Content-Security-Policy"]
    page = html.document_fromstring(await answer.text())
    for style in page.xpath("//link[@rel='stylesheet']/@href"):
        assert style.startswith("../assets/")
        assert (await person.get(f"{PAST}/p5/{style.removeprefix('../')}")).status == 200
    for path in ("longkou/sites/lk-001.html", "en/longkou/index.html", "longkou", "longkou/"):
        assert "历史页面" in text_of(await person.page(f"{PAST}/p5/{path}")), path
    data = await person.get(f"{PAST}/p5/longkou/board.json")
    assert data.headers["Content-Type"].startswith("application/json")
    assert (await data.json())["position"] == 5


@pytest.mark.parametrize(
    "query",
    [
        "at=gestern",
        "at=2030-01-01T08:00",
        "at=2020-01-01T08:00",
        "edition=0",
        "edition=99",
        "edition=x",
        "edition=²",
    ],
)
async def test_what_never_was_is_told_and_asked_again(person: Person, query: str) -> None:
    answer = await person.get(f"{PAST}?{query}")
    assert answer.status == 404
    assert "没有这个时刻或版次" in await answer.text()


async def test_another_boards_past_is_out_of_reach(person: Person) -> None:
    for path in (
        f"{PAST}/p5/qixia/index.html",
        f"{PAST}/p5/index.html",
        f"{PAST}/p5/longkou/no.html",
        f"{PAST}/p0/longkou/index.html",
        f"{PAST}/now/longkou/index.html",
        f"{PAST}/20221324T000000Z/longkou/index.html",
        f"{PAST}/20300101T000000Z/longkou/index.html",
        "/boards/qixia/corrections/past",
        "/boards/qixia/corrections/past/p1/qixia/index.html",
    ):
        assert (await person.get(path)).status == 404, path


async def test_the_past_stays_as_it_was_and_the_present_is_not_kept_as_past(
    world: World, person: Person
) -> None:
    old = await (await person.get(f"{PAST}/p6/longkou/index.html")).read()
    now = await person.get(f"{PAST}?at=2022-12-24T10:09")
    await world.report({"patients": 1})
    assert await (await person.get(f"{PAST}/p6/longkou/index.html")).read() == old
    assert now.status == 303
    for edition in range(1, 7):
        await person.get(f"{PAST}/p{edition}/longkou/index.html")
    assert await (await person.get(f"{PAST}/p6/longkou/index.html")).read() == old


async def test_the_statement_leads_to_the_page_that_stood_at_each_time(person: Person) -> None:
    path = "/boards/longkou/corrections/sites/lk-001/statement"
    page = await person.page(path)
    links = [link for link in page.xpath("//table//a/@href") if "/past/" in link]
    assert len(links) == 2
    first = await person.page(links[0].split("desk", 1)[1])
    assert "历史页面" in text_of(first)
    assert "人少" in text_of(first)
