"""A bureau's own list through the desk: seen first, then in, then out again."""

import asyncio
import io
from collections.abc import Sequence

import openpyxl
import pytest
from aiohttp import FormData
from lxml import html

from tests.actions.lists import REAL_SITES, needs_real_sites, real_rows
from tests.web.conftest import World
from tests.web.desk.conftest import Hire, Person, fields, text_of
from trafficlight.actions.sheet import read_sheet
from trafficlight.domain.board import Board
from trafficlight.domain.event import BoardPut, SitePut
from trafficlight.domain.phone import parse_phones
from trafficlight.web.desk import uploads

HOME = "/boards/longkou/sites/import"
HEADER = ("序号", "乡镇", "机构名称", "地址", "联系电话", "日接诊能力")


def workbook(*rows: Sequence[object], merged: str = "", title: str = "龙口市发热门诊一览表") -> bytes:
    """As a bureau makes it: a title across the sheet, merged towns, numbers in front."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([title])
    sheet.merge_cells("A1:F1")
    sheet.append(HEADER)
    for row in rows:
        sheet.append(list(row))
    if merged:
        sheet.merge_cells(merged)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


BUREAU = workbook(
    (1, "东江街道", "东江卫生院", "东江街道前田村1号", "0535-8512345", "５０"),
    (2, None, "大吴家村卫生室", "东江街道大吴家村", "０５３５－８５１２３４６", 20),
    (3, None, "北马镇中心卫生院", "北马镇北马村88号", "0535-8512347", None),
    merged="B3:B5",
)


async def send_file(
    person: Person, body: bytes, name: str = "名单.xlsx", path: str = HOME
) -> html.HtmlElement:
    """Choose the file, send it, and follow to the page that says what it would change."""
    form = FormData(quote_fields=False)
    for field, value in fields(await person.page(path)).items():
        if field != "file":
            form.add_field(field, value)
    form.add_field("file", body, filename=name)
    answer = await person.client.post(f"/desk{path}", data=form, allow_redirects=False)
    assert answer.status == 303, await answer.text()
    return await read(person, f"{HOME}/check")


async def read(person: Person, path: str) -> html.HtmlElement:
    """The page, once the list has been read or has gone in: on a busy machine that takes a while."""
    page = await person.page(path)
    while page.xpath("//meta[@http-equiv='refresh']"):
        await asyncio.sleep(0.05)
        page = await person.page(path)
    return page


async def confirm(person: Person, **typed: str) -> html.HtmlElement:
    answer = await person.send(f"{HOME}/check", act="import", **typed)
    assert answer.status == 303, text_of(html.document_fromstring(await answer.text()))
    return await read(person, f"{HOME}/check")


async def test_a_bureaus_workbook_is_seen_first_and_then_goes_in(world: World, hire: Hire) -> None:
    clerk = await hire("王芳", {"longkou": "editor"})
    before = world.node.current.boards["longkou"].position
    told = text_of(await send_file(clerk, BUREAU))
    assert "1 新增" in told
    assert "2 改动" in told
    assert "名单里没有 看板上有、这份名单里没有的机构。不会删除，保持现状。 龙口市人民医院" in told
    assert "0535-8512346" in told, "full-width digits are digits"
    assert world.node.current.boards["longkou"].position == before, "nothing is in before it is confirmed"
    told = text_of(await confirm(clerk))
    assert "已导入" in told
    sites = world.node.current.boards["longkou"].sites
    assert sites["longkou-001"].site.name == "北马镇中心卫生院"
    assert sites["longkou-001"].site.town == "东江街道", "a merged cell holds for its rows"
    assert "lk-003" in sites, "what the list does not name stays"
    records = await world.node.ledger.read("longkou", before)
    assert {record.event.by for record in records} == {f"user:{clerk.user}"}


async def test_the_preview_says_what_each_column_is_and_what_each_cell_becomes(
    world: World, hire: Hire
) -> None:
    clerk = await hire("王芳", {"longkou": "editor"})
    rows = "机构名称,就诊点地址,负责人电话,电话\n新卫生院,一路1号,0535-8519999,8510001-8510002\n"
    page = await send_file(clerk, rows.encode(), "名单.csv")
    told = text_of(page)
    chosen = {
        one.getprevious().text_content(): one.xpath("string(option[@selected])")
        for one in page.xpath("//ul[contains(@class, 's-columns')]//select")
    }
    assert chosen == {"机构名称": "机构名称", "就诊点地址": "地址", "负责人电话": "", "电话": "电话"}
    assert "猜的，请核对" in told
    assert "1 家 2 个电话 0 家没有电话" in told
    assert "电话8510001-8510002 → 8510001 / 8510002" in told


async def test_a_column_can_be_given_another_meaning_before_anything_goes_in(
    world: World, hire: Hire
) -> None:
    clerk = await hire("王芳", {"longkou": "editor"})
    rows = "机构名称,负责人电话,备注\n新卫生院,0535-8519999,南门\n"
    page = await send_file(clerk, rows.encode(), "名单.csv")
    assert "不认识“负责人电话”这一列" in text_of(page)
    names = {one.getprevious().text_content(): one.get("name") for one in page.xpath("//select")}
    form = fields(page, 0) | {names["负责人电话"]: "phone", names["备注"]: "serves", "act": "read"}
    assert (await clerk.post(f"{HOME}/check", form)).status == 303
    assert "1 家 1 个电话" in text_of(await clerk.page(f"{HOME}/check"))
    await confirm(clerk)
    site = world.node.current.boards["longkou"].sites["longkou-001"].site
    assert ([phone.number for phone in site.phones], site.serves) == (["0535-8519999"], "南门")
    assert world.node.current.boards["longkou"].columns[""] == {"负责人电话": "phone", "备注": "serves"}
    again = text_of(await send_file(clerk, rows.encode(), "名单.csv"))
    assert "和现在的名单一样" in again, "the next list is read in the same way"


async def test_hidden_rows_can_be_asked_for(world: World, hire: Hire) -> None:
    clerk = await hire("王芳", {"longkou": "editor"})
    book = openpyxl.load_workbook(io.BytesIO(BUREAU))
    book.worksheets[0].row_dimensions[5].hidden = True
    out = io.BytesIO()
    book.save(out)
    page = await send_file(clerk, out.getvalue())
    assert "隐藏的行没有导入，共1行：第5行" in text_of(page)
    form = fields(page, 0) | {"hidden": "1", "act": "read"}
    assert (await clerk.post(f"{HOME}/check", form)).status == 303
    assert "1 新增" in text_of(await clerk.page(f"{HOME}/check"))


async def test_the_list_is_handed_back_with_what_was_understood_and_what_to_check(
    world: World, hire: Hire
) -> None:
    clerk = await hire("王芳", {"longkou": "editor"})
    rows = "机构名称,乡镇,电话\n新卫生院,北马镇,见公告\n=1+1,北马镇,0000-8510001\n"
    await send_file(clerk, rows.encode(), "名单.csv")
    for step in ("before", "after"):
        answer = await clerk.get(f"{HOME}/check.xlsx")
        assert answer.status == 200, step
        book = openpyxl.load_workbook(io.BytesIO(await answer.read()))
        table = [[cell.value or "" for cell in row] for row in book.worksheets[0].iter_rows()]
        assert table[0] == ["工作表", "行", "机构名称", "乡镇", "电话", "读成", "请核对"]
        assert table[1][:5] == ["", "2", "新卫生院", "北马镇", "见公告"]
        assert "机构名称：新卫生院" in str(table[1][5])
        assert "电话“见公告”看不懂" in str(table[1][6])
        assert "区号不存在" in str(table[2][6])
        assert [cell.data_type for cell in book.worksheets[0]["C"]] == ["s", "s", "s"], "no formula runs"
        if step == "before":
            await confirm(clerk)


async def test_a_second_tap_on_the_confirmation_takes_the_list_in_once(world: World, hire: Hire) -> None:
    clerk = await hire("王芳", {"longkou": "editor"})
    form = fields(await send_file(clerk, BUREAU))
    for _ in range(2):
        assert (await clerk.post(f"{HOME}/check", {**form, "act": "import"})).status == 303
    puts = [r for r in await world.node.ledger.read("longkou") if isinstance(r.event, SitePut)]
    assert len(puts) == 3 + 3


async def test_what_looks_like_a_rename_is_asked_and_either_answer_holds(world: World, hire: Hire) -> None:
    clerk = await hire("王芳", {"longkou": "editor"})
    old = world.node.current.boards["longkou"].sites["lk-003"].site
    await world.put(
        "longkou", SitePut(site=type(old)(id=old.id, name=old.name, phones=parse_phones("0535-8519999")))
    )
    renamed = workbook((1, "新嘉街道", "龙口市第一人民医院", "", "0535-8519999", None))
    page = await send_file(clerk, renamed)
    assert "像是“龙口市人民医院”（lk-003）改名为“龙口市第一人民医院”" in text_of(page)
    answer = await clerk.send(f"{HOME}/check", act="import")
    assert answer.status == 422, "unanswered, nothing goes in"
    told = text_of(await confirm(clerk, **{"rename:3": "same"}))
    assert "1 改动" in told
    assert world.node.current.boards["longkou"].sites["lk-003"].site.name == "龙口市第一人民医院"
    await world.put(
        "longkou", SitePut(site=type(old)(id=old.id, name=old.name, phones=parse_phones("0535-8519999")))
    )
    await send_file(clerk, renamed)
    told = text_of(await confirm(clerk, **{"rename:3": "new"}))
    assert "1 新增" in told
    assert world.node.current.boards["longkou"].sites["lk-003"].site.name == "龙口市人民医院"


TEN_FAULTS = """编号,机构名称,类型,乡镇,地址,电话,日接诊能力,纬度,经度,坐标系,电话核对日期
,,乡镇卫生院,东江街道,,,,,,,
,甲卫生院,,东江街道,,打电话,,,,,
,乙卫生院,,东江街道,,,很多,,,,
,丙卫生院,,东江街道,,,,北纬,120.5,,
,丁卫生院,,东江街道,,,,95,120.5,,
,戊卫生院,,东江街道,,,,37.6,120.5,月球,
,己卫生院,,东江街道,,,,37.6,,,
,庚卫生院,,东江街道,,,,,,,前天
Á号,辛卫生院,,东江街道,,,,,,,
qx-001,壬卫生院,,东江街道,,,,,,,
,#REF!,,东江街道,,,,,,,
"""


async def test_ten_faults_are_named_by_line_and_column_and_the_rest_goes_in(world: World, hire: Hire) -> None:
    clerk = await hire("王芳", {"longkou": "editor"})
    page = await send_file(clerk, TEN_FAULTS.encode(), "名单.csv")
    faults = [" ".join(one.text_content().split()) for one in page.cssselect(".s-faults li")]
    places = [fault.split("」")[0] for fault in faults]
    assert places == [
        f"第{line}行「{column}"
        for line, column in (
            (2, "机构名称"),
            (3, "电话"),
            (4, "日接诊能力"),
            (5, "纬度"),
            (6, "纬度"),
            (7, "坐标系"),
            (8, "经度"),
            (9, "电话核对日期"),
            (10, "编号"),
            (12, "机构名称"),
        )
    ]
    assert "编号“qx-001”已用于看板“qixia”的机构" in text_of(page)
    before = await world.node.ledger.heads()
    assert (await clerk.post(f"{HOME}/check", {**fields(page), "act": "import"})).status == 422, "unanswered"
    assert await world.node.ledger.heads() == before
    await confirm(clerk, **{"other-board:11": "skip"})
    names = {state.site.name for state in world.node.current.boards["longkou"].sites.values()}
    assert {"甲卫生院", "庚卫生院"} < names
    assert not {"辛卫生院", "壬卫生院"} & names


@pytest.mark.parametrize(
    ("body", "said"),
    [(b"\xd0\xcf\x11\xe0old", "旧版Excel"), (b"PK\x03\x04broken", "打不开"), (b"a,b\n1,2\n", "找不到表头")],
)
async def test_a_file_that_is_no_list_says_why(body: bytes, said: str, hire: Hire) -> None:
    clerk = await hire("王芳", {"longkou": "editor"})
    assert said in text_of(await send_file(clerk, body))


async def test_no_file_or_too_large_a_one_is_refused(hire: Hire) -> None:
    clerk = await hire("王芳", {"longkou": "editor"})
    form = FormData(quote_fields=False)
    for field, value in fields(await clerk.page(HOME)).items():
        form.add_field(field, value)
    form.add_field("file", b"", filename="")
    answer = await clerk.client.post(f"/desk{HOME}", data=form)
    assert answer.status == 422
    assert "请选择一个文件" in await answer.text()
    form = FormData(quote_fields=False)
    form.add_field("file", io.BytesIO(b"x" * (uploads.MOST_FILE + 1)), filename="x.csv")
    assert (await clerk.client.post(f"/desk{HOME}", data=form)).status == 413


async def test_a_list_that_was_changed_meanwhile_is_shown_again(world: World, hire: Hire) -> None:
    clerk = await hire("王芳", {"longkou": "editor"})
    form = fields(await send_file(clerk, BUREAU))
    old = world.node.current.boards["longkou"].sites["lk-001"].site
    await world.put("longkou", SitePut(site=type(old)(id=old.id, name=old.name, town=old.town, capacity=77)))
    answer = await clerk.post(f"{HOME}/check", {**form, "act": "import"})
    assert answer.status == 409
    assert "77" in await answer.text(), "and what it is now"


async def test_an_upload_is_its_sessions_and_boards_alone_and_gone_after_an_hour(
    world: World, hire: Hire
) -> None:
    clerk = await hire("王芳", {"longkou": "editor", "qixia": "editor"})
    other = await hire("李明", {"longkou": "editor"})
    await send_file(clerk, BUREAU)
    assert (await other.get(f"{HOME}/check")).status == 303
    assert (await clerk.get("/boards/qixia/sites/import/check")).status == 303
    assert (await clerk.get(f"{HOME}/check")).status == 200
    world.clock.turn(minutes=61)
    assert (await clerk.get(f"{HOME}/check")).status == 303


async def test_what_is_not_wanted_is_dropped(world: World, hire: Hire) -> None:
    clerk = await hire("王芳", {"longkou": "editor"})
    await send_file(clerk, BUREAU)
    assert (await clerk.send(f"{HOME}/check", act="drop")).status == 303
    assert (await clerk.get(f"{HOME}/check")).status == 303
    assert "longkou-001" not in world.node.current.boards["longkou"].sites


async def test_a_whole_import_is_taken_back_but_for_what_somebody_touched_since(
    world: World, hire: Hire
) -> None:
    clerk = await hire("王芳", {"longkou": "editor"})
    sites = world.node.current.boards["longkou"].sites
    first = sites["lk-001"].site
    await send_file(clerk, BUREAU)
    await confirm(clerk)
    touched = sites["lk-002"].site
    await world.put("longkou", SitePut(site=type(touched)(id="lk-002", name="大吴家村第一卫生室")))
    (way,) = [one for one in (await clerk.page(HOME)).xpath("//a/@href") if "/undo/" in one]
    path = "/boards" + way.split("/boards")[1]
    told = text_of(await clerk.page(path))
    assert "改回原来的：1家 东江卫生院" in told
    assert "移出看板：1家 北马镇中心卫生院" in told
    assert "保持现状：1家 大吴家村第一卫生室 后来又改过" in told
    assert (await clerk.send(path)).status == 303
    sites = world.node.current.boards["longkou"].sites
    assert sites["lk-001"].site == first
    assert "longkou-001" not in sites
    assert sites["lk-002"].site.name == "大吴家村第一卫生室"
    # The undo is an import of its own: it can be taken back as well.
    ways = [one for one in (await clerk.page(HOME)).xpath("//a/@href") if "/undo/" in one]
    path = "/boards" + ways[0].split("/boards")[1]
    assert (await clerk.send(path)).status == 303
    sites = world.node.current.boards["longkou"].sites
    assert sites["longkou-001"].site.name == "北马镇中心卫生院"
    assert sites["lk-001"].site.address == "东江街道前田村1号"


async def test_a_new_site_that_has_reported_does_not_leave_with_the_import(world: World, hire: Hire) -> None:
    clerk = await hire("王芳", {"longkou": "editor"})
    await send_file(clerk, BUREAU)
    await confirm(clerk)
    assert (await world.report({"patients": 3}, site="longkou-001")).status == 201
    imported = world.node.current.boards["longkou"].imports[-1]
    path = f"/boards/longkou/sites/undo/{imported.id}"
    assert "北马镇中心卫生院 后来有填报或其他操作" in text_of(await clerk.page(path))
    await clerk.send(path)
    assert "longkou-001" in world.node.current.boards["longkou"].sites


@pytest.mark.parametrize("name", ["sites.xlsx", "sites.csv"])
async def test_an_export_is_imported_again_without_a_trace(name: str, world: World, hire: Hire) -> None:
    clerk = await hire("王芳", {"longkou": "editor"})
    answer = await clerk.get(f"/boards/longkou/sites/{name}")
    assert answer.status == 200
    assert f"longkou-{name}" in answer.headers["Content-Disposition"]
    page = await send_file(clerk, await answer.read(), name)
    assert "和现在的名单一样，没有要改的" in text_of(page)


async def test_an_editor_cannot_rename_the_board_by_a_list(world: World, hire: Hire) -> None:
    clerk = await hire("王芳", {"longkou": "editor"})
    await send_file(clerk, "机构名称,看板名称\n新卫生院,新名字\n".encode(), "名单.csv")
    await confirm(clerk)
    fold = world.node.current.boards["longkou"]
    assert fold.board is not None
    assert fold.board.name == "龙口市"
    assert any(state.site.name == "新卫生院" for state in fold.sites.values())


@pytest.mark.parametrize("path", ["/sites/import", "/sites/import/check", "/sites/undo/x"])
async def test_viewers_and_strangers_cannot_import(path: str, hire: Hire) -> None:
    viewer = await hire("李明", {"longkou": "viewer"})
    assert (await viewer.get(f"/boards/longkou{path}")).status == 403
    assert (await viewer.post(f"/boards/longkou{path}", {"act": "import"})).status == 403
    assert (await viewer.get(f"/boards/qixia{path}")).status == 404
    assert (await viewer.get("/boards/longkou/sites/sites.csv")).status == 200, "but may see the list"


@needs_real_sites
async def test_the_real_list_goes_in_through_the_desk_county_by_county(world: World, hire: Hire) -> None:
    """As one workbook: every county's rows on a board of its own."""
    clerk = await hire("王芳", {"*": "admin"})
    body = REAL_SITES.read_bytes()
    board = max(
        {row["board"] for row in real_rows()}, key=lambda slug: sum(r["board"] == slug for r in real_rows())
    )
    rows = [row for row in real_rows() if row["board"] == board]
    assert (await asyncio.to_thread(read_sheet, body)).rows
    await world.put(board, BoardPut(board=Board(slug=board, name=board)))
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(rows[0]))
    for row in rows:
        sheet.append(list(row.values()))
    out = io.BytesIO()
    book.save(out)
    home = f"/boards/{board}/sites/import"
    form = FormData(quote_fields=False)
    for field, value in fields(await clerk.page(home)).items():
        form.add_field(field, value)
    form.add_field("file", out.getvalue(), filename="sites.xlsx")
    assert (await clerk.client.post(f"/desk{home}", data=form, allow_redirects=False)).status == 303
    told = text_of(await clerk.page(f"{home}/check"))
    assert f"{len(rows)} 新增" in told
    assert (await clerk.send(f"{home}/check", act="import")).status == 303
    assert len(world.node.current.boards[board].sites) == len(rows)
