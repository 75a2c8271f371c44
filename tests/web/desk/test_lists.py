"""`/desk/boards/…/teams` and `…/guide`: what a board publishes beside its sites."""

import io

import openpyxl
import pytest
from aiohttp import ClientResponse, FormData
from lxml import html

from tests.web.conftest import World
from tests.web.desk.conftest import Hire, Person, fields, text_of
from trafficlight.domain.board import MOST_GUIDE, Team
from trafficlight.domain.event import GuideSet, TeamsSet

TEAMS = "/boards/longkou/teams"
CHECK = f"{TEAMS}/check"
GUIDE = "/boards/longkou/guide"
BEFORE = (
    Team(name="第一团队", town="东江街道", area="东江村"),
    Team(name="第二团队", town="东江街道", area="西江村"),
)
LIST = """团队名称,乡镇,服务区域,电话
第一团队,东江街道,东江村、北皂村,0535-5550001
第三团队,新嘉街道,新嘉社区,
"""


async def upload(person: Person, body: bytes, name: str = "teams.csv") -> ClientResponse:
    page = await person.page(TEAMS)
    form = next(form for form in page.forms if form.get("enctype"))
    data = FormData()
    for field, value in {**dict(form.form_values()), "act": "file"}.items():
        data.add_field(field, value)
    data.add_field("file", body, filename=name, content_type="application/octet-stream")
    return await person.client.post(f"/desk{TEAMS}", data=data, allow_redirects=False)


async def test_a_list_of_teams_is_shown_as_what_it_would_change_and_then_goes_in(
    world: World, hire: Hire
) -> None:
    await world.put("longkou", TeamsSet(teams=BEFORE))
    person = await hire("王芳", {"longkou": "editor"})
    assert (await upload(person, LIST.encode("gb18030"))).status == 303
    told = text_of(await person.page(CHECK))
    assert "1 新增 1 改动 1 将撤下 0 不变 0 看不懂" in told
    assert "东江村 → 东江村、北皂村" in told
    assert world.node.current.boards["longkou"].teams == BEFORE, "nothing went in yet"
    assert (await person.send(CHECK, -1, act="import")).status == 303
    assert [team.name for team in world.node.current.boards["longkou"].teams] == ["第一团队", "第三团队"]
    assert "0535-5550001" in text_of(await person.page(TEAMS))


async def test_an_exported_list_imports_again_unchanged(world: World, hire: Hire) -> None:
    person = await hire("王芳", {"longkou": "editor"})
    await upload(person, LIST.encode())
    await person.send(CHECK, -1, act="import")
    position = world.node.current.boards["longkou"].position
    for kind in ("csv", "xlsx"):
        body = await (await person.get(f"{TEAMS}/teams.{kind}")).read()
        await upload(person, body, f"teams.{kind}")
        assert "和现在的名单一样" in text_of(await person.page(CHECK))
        await person.send(CHECK, -1, act="drop")
    assert world.node.current.boards["longkou"].position == position
    book = openpyxl.load_workbook(io.BytesIO(await (await person.get(f"{TEAMS}/teams.xlsx")).read()))
    assert next(book.worksheets[0].iter_rows())[0].value == "团队名称"


async def test_a_wrong_cell_is_named_and_holds_nothing_else_up(world: World, hire: Hire) -> None:
    person = await hire("王芳", {"longkou": "editor"})
    await upload(person, "团队名称,电话\n第一团队,0535-5550001\n,0535-5550002\n第三团队,打电话\n".encode())
    page = await person.page(CHECK)
    told = text_of(page)
    assert "第3行「团队名称」： 请填写团队名称" in told
    assert "第4行「电话」" in told
    assert (await person.send(CHECK, -1, act="import")).status == 303
    teams = world.node.current.boards["longkou"].teams
    assert [(team.name, len(team.phones)) for team in teams] == [("第一团队", 1), ("第三团队", 0)]


async def test_a_list_of_teams_is_handed_back_with_what_was_understood_and_what_to_check(
    hire: Hire,
) -> None:
    person = await hire("王芳", {"longkou": "editor"})
    await upload(person, "团队名称,电话\n一队,0535-5550001\n二队,打电话\n,0535-5550002\n".encode())
    body = await (await person.get(f"{TEAMS}/check.xlsx")).read()
    rows = list(openpyxl.load_workbook(io.BytesIO(body)).worksheets[0].iter_rows(values_only=True))
    assert rows[0][2:] == ("团队名称", "电话", "读成", "请核对")
    assert rows[1][4] == "团队名称：一队；联系电话：0535-5550001"
    assert rows[2][4] == "团队名称：二队"
    assert "打电话" in str(rows[2][5])
    assert rows[3][4] == "没有导入"


@pytest.mark.parametrize(
    ("body", "said"), [(b"", "请选择一个文件"), (b"\xd0\xcf\x11\xe0", "xls"), (b"a,b\n1,2\n", "团队名称")]
)
async def test_a_file_that_is_no_list_of_teams_is_refused_with_the_reason(
    hire: Hire, body: bytes, said: str
) -> None:
    person = await hire("王芳", {"longkou": "editor"})
    answer = await upload(person, body)
    assert answer.status == 422
    assert said in await answer.text()
    assert (await person.get(CHECK)).status == 303


async def test_a_list_that_somebody_else_replaced_meanwhile_is_not_gone_over(
    world: World, hire: Hire
) -> None:
    person = await hire("王芳", {"longkou": "editor"})
    await upload(person, LIST.encode())
    form = fields(await person.page(CHECK))
    await world.put("longkou", TeamsSet(teams=BEFORE))
    answer = await person.post(CHECK, {**form, "act": "import"})
    assert answer.status == 409
    assert "1 新增 1 改动 1 将撤下" in text_of(await person.page(CHECK))
    assert world.node.current.boards["longkou"].teams == BEFORE


async def test_the_whole_list_is_taken_down(world: World, hire: Hire) -> None:
    await world.put("longkou", TeamsSet(teams=BEFORE))
    person = await hire("王芳", {"longkou": "editor"})
    assert (await person.send(TEAMS, -1, act="remove")).status == 303
    assert world.node.current.boards["longkou"].teams == ()


async def test_a_list_of_teams_waits_beside_a_list_of_sites(hire: Hire) -> None:
    person = await hire("王芳", {"longkou": "editor"})
    await upload(person, LIST.encode())
    assert (await person.get("/boards/longkou/sites/import/check")).status == 303
    assert (await person.get(CHECK)).status == 200


async def test_who_may_only_look_sees_the_lists_and_changes_none(world: World, hire: Hire) -> None:
    await world.put("longkou", TeamsSet(teams=BEFORE), GuideSet(text="## 发烧\n\n先打电话。"))
    person = await hire("李明", {"longkou": "viewer"})
    for path in (TEAMS, GUIDE):
        page = await person.page(path)
        assert not page.xpath("//main//form")
        answer = await person.post(path, {**fields(page, 0), "act": "remove", "seen": "x"})
        assert answer.status == 403
    assert (await person.get(CHECK)).status == 403


# --- the guide ----------------------------------------------------------------------------------------------


async def test_a_guide_is_seen_as_it_will_stand_before_it_is_saved(world: World, hire: Hire) -> None:
    person = await hire("王芳", {"longkou": "editor"})
    text = "## 孩子发烧\n\n先打[县医院](tel:0535-5550101)。<script>alert(1)</script>"
    looked = await person.send(GUIDE, -1, act="look", text=text)
    shown = await looked.text()
    assert looked.status == 200
    assert "孩子发烧</h2>" in shown
    assert "<script>alert" not in shown
    assert world.node.current.boards["longkou"].guide == ""
    assert (await person.send(GUIDE, -1, act="save", text=text.replace("\n", "\r\n"))).status == 303
    assert world.node.current.boards["longkou"].guide == text
    public = await (await world.client.get("/longkou/guide.html")).text()
    assert "孩子发烧" in public


@pytest.mark.parametrize(
    ("text", "said"), [(" \n", "指引里没有内容"), ("字" * (MOST_GUIDE // 3 + 1), "64KB")]
)
async def test_what_is_no_guide_is_refused_and_still_there(hire: Hire, text: str, said: str) -> None:
    person = await hire("王芳", {"longkou": "editor"})
    answer = await person.send(GUIDE, -1, act="save", text=text)
    shown = await answer.text()
    assert answer.status == 422
    assert said in shown
    assert text.strip() in shown


async def test_of_two_who_write_the_guide_the_second_sees_the_first(world: World, hire: Hire) -> None:
    person = await hire("王芳", {"longkou": "editor"})
    form = fields(await person.page(GUIDE))
    await world.put("longkou", GuideSet(text="别人写的"))
    looked = await person.post(GUIDE, {**form, "act": "look", "text": "我写的"})
    again = dict(fields(html.document_fromstring(await looked.text()), 1))
    answer = await person.post(GUIDE, {**again, "act": "save"})
    assert answer.status == 409
    assert "别人写的" in await answer.text()
    assert world.node.current.boards["longkou"].guide == "别人写的"


async def test_a_guide_is_taken_down(world: World, hire: Hire) -> None:
    await world.put("longkou", GuideSet(text="## 发烧"))
    person = await hire("王芳", {"longkou": "editor"})
    assert (await person.send(GUIDE, -1, act="remove")).status == 303
    assert world.node.current.boards["longkou"].guide == ""
