"""Lists at the desk before they go in: pasted, other sheets and columns, cells mended, questions answered."""

import io
from collections.abc import Sequence

import openpyxl
import pytest
from aiohttp import FormData
from lxml import html

from tests.web.conftest import World
from tests.web.desk.conftest import Hire, Person, fields, text_of
from tests.web.desk.test_import import read, send_file
from trafficlight.domain.board import Site
from trafficlight.domain.event import SitePut

SITES = "/boards/longkou/sites/import"
TEAMS = "/boards/longkou/teams"
COUNTS = "/boards/longkou/sites/counts"


async def paste(person: Person, path: str, text: str, markup: str = "") -> html.HtmlElement:
    """Paste the table into the page, and follow to what it would change."""
    form = FormData()
    page = await person.page(path)
    chosen = next(one for one in page.forms if one.get("enctype"))
    for field, value in dict(chosen.form_values()).items():
        if field not in {"file", "pasted", "markup"}:
            form.add_field(field, value)
    form.add_field("pasted", text)
    form.add_field("markup", markup)
    form.add_field("file", b"", filename="")
    answer = await person.client.post(f"/desk{path}", data=form, allow_redirects=False)
    if answer.status == 200:
        return html.document_fromstring(await answer.text())
    assert answer.status == 303, await answer.text()
    return await read(person, f"{path}/check")


def book(*sheets: tuple[str, Sequence[Sequence[object]]]) -> bytes:
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for name, rows in sheets:
        page = made.create_sheet(name)
        for row in rows:
            page.append(list(row))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


HEAD = ("机构名称", "乡镇", "地址", "联系电话")
ROWS = (
    ("新街卫生院", "新街镇", "新街1号", "0535-8519901"),
    ("老街卫生院", "老街镇", "老街2号", "0535-8519902"),
)
TABLE = "\n".join("\t".join(row) for row in (HEAD, *ROWS))
MARKUP = (
    "<table><tr>" + "".join(f"<td>{one}</td>" for one in HEAD) + "</tr>"
    "<tr><td>新街卫生院</td><td rowspan=2>新街镇</td><td>新街1号</td><td>0535-8519901</td></tr>"
    "<tr><td>老街卫生院</td><td>老街2号</td><td>0535-8519902</td></tr></table>"
)


@pytest.mark.parametrize(
    ("text", "markup", "town"),
    [
        (TABLE, "", "老街镇"),
        (TABLE.replace("\t", "  "), "", "老街镇"),
        (TABLE.replace("\t", " "), "", "老街镇"),
        (TABLE.replace("\t", "　"), "", "老街镇"),
        ("发热门诊一览表\n" + TABLE + "\n合计\t2\n", "", "老街镇"),
        ("x", MARKUP, "新街镇"),
    ],
    ids=["Excel", "two spaces", "one space", "wide spaces", "title and total", "markup"],
)
async def test_a_table_is_pasted_and_read_like_a_file(
    text: str, markup: str, town: str, world: World, hire: Hire
) -> None:
    clerk = await hire("王芳", {"longkou": "editor"})
    told = text_of(await paste(clerk, SITES, text, markup))
    assert "2 新增" in told
    assert "粘贴的表" in told
    assert (await clerk.send(f"{SITES}/check", act="import")).status == 303
    await read(clerk, f"{SITES}/check")
    found = {one.site.name: one.site for one in world.node.current.boards["longkou"].sites.values()}
    assert found["老街卫生院"].town == town
    assert [phone.number for phone in found["老街卫生院"].phones] == ["0535-8519902"]


async def test_teams_and_counts_are_pasted_too(world: World, hire: Hire) -> None:
    clerk = await hire("王芳", {"longkou": "editor"})
    told = text_of(await paste(clerk, TEAMS, "团队名称\t服务村\n一队\t东村\n二队\t西村"))
    assert "2 新增" in told
    told = text_of(await paste(clerk, COUNTS, "机构名称  今日人数\n东江卫生院  12"))
    assert "第2行 东江卫生院 12" in told


async def test_nothing_pasted_and_no_file_is_refused(hire: Hire) -> None:
    clerk = await hire("王芳", {"longkou": "editor"})
    for path in (SITES, TEAMS, COUNTS):
        form = FormData()
        for field, value in fields(await clerk.page(path), 1).items():
            if field != "file":
                form.add_field(field, value)
        form.add_field("pasted", "  \n ")
        form.add_field("file", b"", filename="")
        assert (await clerk.client.post(f"/desk{path}", data=form)).status == 422


async def test_sheets_are_chosen_on_the_page(world: World, hire: Hire) -> None:
    clerk = await hire("王芳", {"longkou": "editor"})
    page = await send_file(clerk, book(("新", (HEAD, ROWS[0])), ("旧", (HEAD, ROWS[1]))))
    assert "2 新增" in text_of(page)
    boxes = page.xpath("//input[@name='sheet']")
    assert [box.get("checked") is not None for box in boxes] == [True, True]
    form = fields(page, 1) | {"sheets": "1", "sheet": "0", "act": "read"}
    assert (await clerk.post(f"{SITES}/check", form)).status == 303
    told = text_of(await clerk.page(f"{SITES}/check"))
    assert "1 新增" in told
    assert "没有选的工作表没有导入（2行）" in told
    none = {key: value for key, value in form.items() if key != "sheet"}
    assert (await clerk.post(f"{SITES}/check", none)).status == 422, "of no sheet nothing can be read"
    assert "1 新增" in text_of(await clerk.page(f"{SITES}/check")), "and it stays as it was"


async def test_a_cell_is_mended_beside_its_fault_and_any_other_by_row_and_column(
    world: World, hire: Hire
) -> None:
    clerk = await hire("王芳", {"longkou": "editor"})
    rows = ("机构名称,电话,日接诊能力", "甲院,见公告,很多", "乙院,0535-8519901,40")
    page = await send_file(clerk, "\n".join(rows).encode(), "名单.csv")
    assert "2 看不懂" in text_of(page)
    mends = {box.get("name"): box.get("value") for box in page.xpath("//input[starts-with(@name, 'm@')]")}
    assert mends == {"m@2:phone:": "见公告", "m@2:capacity:": "很多"}
    form = fields(page, 1) | {
        **{f"was@{name[2:]}": value for name, value in mends.items()},
        "m@2:phone:": "0535-8519909",
        "m@2:capacity:": "很多",
        "mend.line": "3",
        "mend.column": "capacity",
        "mend.text": "60",
        "act": "read",
    }
    assert (await clerk.post(f"{SITES}/check", form)).status == 303
    told = text_of(page := await clerk.page(f"{SITES}/check"))
    assert "1 看不懂" in told
    assert "第3行「日接诊能力」：60" in told
    wrong = fields(page, 1) | {"mend.line": "9", "mend.column": "phone", "act": "read"}
    assert (await clerk.post(f"{SITES}/check", wrong)).status == 422
    assert (await clerk.send(f"{SITES}/check", act="import")).status == 303
    await read(clerk, f"{SITES}/check")
    found = {one.site.name: one.site for one in world.node.current.boards["longkou"].sites.values()}
    assert [phone.number for phone in found["甲院"].phones] == ["0535-8519909"]
    assert (found["甲院"].capacity, found["乙院"].capacity) == (None, 60)


async def test_an_answer_that_raises_the_next_question_is_not_lost(world: World, hire: Hire) -> None:
    await world.put(
        "longkou", *(SitePut(site=Site(id=f"w{n}", name="中心卫生室", town=f"第{n}镇")) for n in (1, 2))
    )
    clerk = await hire("王芳", {"longkou": "editor"})
    body = book(
        ("原", (("机构名称", "电话"), ("中心卫生室", "0535-8519901"))),
        ("改", (("机构名称", "电话"), ("中心卫生室", "0535-8519902"))),
    )
    page = await send_file(clerk, body)
    assert "要哪一张" in text_of(page)
    answer = await clerk.send(f"{SITES}/check", sheets="改", missing="part", act="import")
    assert answer.status == 422
    page = html.document_fromstring(await answer.text())
    assert page.xpath("//input[@name='sheets'][@type='radio'][@value='改']")[0].get("checked") is not None
    assert "是哪一处" in text_of(page), "the next question stands there"
    key = page.xpath("//input[starts-with(@name, 'which:')]/@name")[0]
    answer = await clerk.post(f"{SITES}/check", fields(page) | {key: "w2", "act": "import"})
    assert answer.status == 303
    await read(clerk, f"{SITES}/check")
    sites = world.node.current.boards["longkou"].sites
    assert [phone.number for phone in sites["w2"].site.phones] == ["0535-8519902"]


async def test_many_questions_of_a_sort_have_one_answer(world: World, hire: Hire) -> None:
    clerk = await hire("王芳", {"longkou": "editor"})
    rows = ["机构名称,乡镇,地址"] + [f"重复{n}院,一镇,甲路{n}号\n重复{n}院,一镇,甲路{n}号" for n in range(5)]
    page = await send_file(clerk, "\n".join(rows).encode(), "名单.csv")
    assert "下面5个同类的问题" in text_of(page)
    assert (await clerk.send(f"{SITES}/check", **{"same-name": "skip", "act": "import"})).status == 303
    await read(clerk, f"{SITES}/check")
    names = [one.site.name for one in world.node.current.boards["longkou"].sites.values()]
    assert sum(name.startswith("重复") for name in names) == 5


@pytest.mark.parametrize(
    "case",
    [
        (TEAMS, "团队名称\t包联村屯\n一队\t东村", "包联村屯", "area", "teams"),
        (COUNTS, "机构名称\t人数\t几号\n东江卫生院\t12\t12月24日", "几号", "day", "counts"),
    ],
)
async def test_what_is_said_of_a_column_holds_for_the_next_list_of_its_sort(
    case: tuple[str, str, str, str, str], world: World, hire: Hire
) -> None:
    path, text, header, column, of = case
    clerk = await hire("王芳", {"longkou": "editor"})
    page = await paste(clerk, path, text)
    name = page.xpath(f"//label[.='{header}']/@for")[0]
    check = path if path == COUNTS else f"{path}/check"
    answer = await clerk.post(check, fields(page, 1) | {name: column, "act": "read"})
    assert answer.status in {200, 303}
    page = await clerk.page(check) if answer.status == 303 else html.document_fromstring(await answer.text())
    act = "report" if path == COUNTS else "import"
    assert (await clerk.post(check, fields(page) | {"act": act})).status in {200, 303}
    await world.node.current.catch_up("longkou")
    assert world.node.current.boards["longkou"].columns == {of: {header: column}}
    page = await paste(clerk, path, text)
    assert page.xpath(f"//select[@id='{name}']/option[@selected]/@value") == [column]
