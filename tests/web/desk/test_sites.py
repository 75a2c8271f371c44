"""A board's sites at the desk: settings, special days, phones, towns, and a day's counts as a file."""

import io
from datetime import UTC, date, datetime

import openpyxl
import pytest
from aiohttp import FormData
from lxml import html
from msgspec.structs import replace

from tests.web.conftest import SITES, World
from tests.web.desk.conftest import Hire, Person, fields, text_of
from trafficlight.actions.sites import propose_town
from trafficlight.domain.board import Site
from trafficlight.domain.event import Reported, SitePut
from trafficlight.domain.phone import parse_phones

HOME = "/boards/longkou/sites"
SITE = "/boards/longkou/site/lk-001"


def site(world: World, name: str = "lk-001") -> Site:
    return world.node.current.boards["longkou"].sites[name].site


async def test_a_sites_settings_are_typed_as_in_a_list(world: World, hire: Hire) -> None:
    editor = await hire("王芳", {"longkou": "editor"})
    assert fields(await editor.page(SITE))["kind"] == "乡镇卫生院", "a kind stands there by its word"
    answer = await editor.send(
        SITE, phone="0535-8512345（白天）", hours="8:00-17:00", capacity="６０", kind="乡镇卫生院", act="save"
    )
    assert answer.status == 303
    saved = site(world)
    assert (saved.capacity, saved.kind, saved.hours) == (60, "township_centre", "8:00-17:00")
    assert saved.phones == parse_phones("0535-8512345（白天）")
    before = world.node.current.position("longkou")
    await editor.send(SITE, act="save")
    assert world.node.current.position("longkou") == before, "the same again is no event"


@pytest.mark.parametrize(
    ("column", "typed"),
    [("capacity", "很多"), ("phone", "打电话"), ("phone_checked", "前天"), ("lat", "37.5"), ("name", "")],
)
async def test_a_setting_that_cannot_be_read_says_why_beside_it(
    column: str, typed: str, world: World, hire: Hire
) -> None:
    editor = await hire("王芳", {"longkou": "editor"})
    answer = await editor.send(SITE, act="save", **{column: typed})
    assert answer.status == 422
    wrong = html.document_fromstring(await answer.text()).cssselect(".wrong")
    assert wrong[0].get("id") == f"wrong-{'lon' if column == 'lat' else column}"
    assert site(world) == SITES[0]


async def test_of_two_editors_of_a_site_the_second_is_told(world: World, hire: Hire) -> None:
    editor = await hire("王芳", {"longkou": "editor"})
    form = fields(await editor.page(SITE))
    await world.put("longkou", SitePut(site=replace(SITES[0], address="新地址")))
    answer = await editor.post(SITE, {**form, "act": "save", "address": "旧地址"})
    assert answer.status == 409
    assert "现在是：新地址" in await answer.text()


async def test_a_site_leaves_the_board(world: World, hire: Hire) -> None:
    editor = await hire("王芳", {"longkou": "editor"})
    assert (await editor.send(SITE, act="remove")).status == 303
    assert "lk-001" not in world.node.current.boards["longkou"].sites
    assert (await editor.get(SITE)).status == 404


async def test_a_holiday_holds_for_all_or_for_those_that_were_chosen(world: World, hire: Hire) -> None:
    editor = await hire("王芳", {"longkou": "editor"})
    days = f"{HOME}/days"
    typed = {"first": "2023-01-21", "last": "2023-01-23", "hours": "休息"}
    assert (await editor.send(days, whom="all", **typed)).status == 303
    board = world.node.current.boards["longkou"].board
    assert board is not None
    assert board.special_days == {date(2023, 1, day): "休息" for day in (21, 22, 23)}
    form = fields(await editor.page(days))
    for field in ("town", "kind"):
        form.pop(field, None)
    form |= {"first": "2023-01-22", "hours": "8:00-12:00", "whom": "some"}
    assert (await editor.post(days, form)).status == 422, "some, but which?"
    assert (await editor.post(days, {**form, "town": "东江街道", "kind": "village_clinic"})).status == 303
    assert site(world, "lk-002").special_days == {date(2023, 1, 22): "8:00-12:00"}
    assert not site(world).special_days
    told = text_of(await editor.page(days))
    assert "1月22日 周日 8:00-12:001家：大吴家村卫生室" in told
    gone = [
        one for one in (await editor.page(days)).forms if one.fields.get("gone") == "2023-01-22|8:00-12:00"
    ]
    await editor.post(days, {**dict(gone[0].form_values()), "act": "remove"})
    assert not site(world, "lk-002").special_days


@pytest.mark.parametrize(
    ("field", "typed"), [("first", "明天"), ("last", "2022-12-01"), ("last", "2023-12-01"), ("hours", " ")]
)
async def test_special_days_that_make_no_sense_are_refused(
    field: str, typed: str, world: World, hire: Hire
) -> None:
    editor = await hire("王芳", {"longkou": "editor"})
    before = world.node.current.position("longkou")
    form = {"first": "2023-01-21", "last": "2023-01-22", "hours": "休息", "whom": "all", field: typed}
    answer = await editor.send(f"{HOME}/days", **form)
    assert answer.status == 422
    assert f'id="wrong-{field}"' in await answer.text()
    assert world.node.current.position("longkou") == before


async def test_phones_that_were_tried_are_dated(world: World, hire: Hire) -> None:
    editor = await hire("王芳", {"longkou": "editor"})
    path = f"{HOME}/phones"
    assert (await editor.send(path)).status == 422
    assert (await editor.send(path, checked="lk-002")).status == 303
    assert site(world, "lk-002").phone_checked == date(2022, 12, 24)
    names = [" ".join(one.text_content().split()) for one in (await editor.page(path)).cssselect(".s-phone")]
    assert names[-1].startswith("大吴家村卫生室"), "what was tried last comes last"
    assert "2022年12月24日核对过" in names[-1]


@pytest.mark.parametrize(
    ("address", "town"),
    [
        ("山东省烟台市龙口市北马镇北马村88号", "北马镇"),
        ("龙口市东江街道前田村", "东江街道"),
        ("新嘉街道办事处东", "新嘉街道"),
        ("柳河乡 柳河路2号", "柳河乡"),
        ("建设路1号", ""),
        ("", ""),
        ("港城大道与黄城集交叉口", "黄城集"),
    ],
)
def test_the_town_that_an_address_names_is_proposed(address: str, town: str) -> None:
    assert propose_town(address, {"黄城集", "黄城", ""}) == town


async def test_towns_are_proposed_and_set_only_when_somebody_saves_them(world: World, hire: Hire) -> None:
    editor = await hire("王芳", {"longkou": "editor"})
    path = f"{HOME}/towns"
    assert "每家机构都填了乡镇" in text_of(await editor.page(path))
    await world.put("longkou", SitePut(site=replace(SITES[0], town="", address="龙口市北马镇北马村")))
    assert "按地址填乡镇" in text_of(await editor.page(HOME))
    assert fields(await editor.page(path))["town:lk-001"] == "北马镇"
    assert site(world).town == ""
    assert (await editor.send(path)).status == 303
    assert site(world).town == "北马镇"


async def send_counts(person: Person, body: bytes) -> html.HtmlElement:
    form = FormData(quote_fields=False)
    for field, value in fields(await person.page(f"{HOME}/counts")).items():
        if field != "file":
            form.add_field(field, value)
    form.add_field("file", body, filename="今天.xlsx")
    answer = await person.client.post(f"/desk{HOME}/counts", data=form)
    assert answer.status == 200, await answer.text()
    return html.document_fromstring(await answer.text())


async def report_counts(person: Person, body: bytes, **answers: str) -> html.HtmlElement:
    """Send the file, look at what it says, answer what it asks, and report it."""
    form = fields(await send_counts(person, body))
    answer = await person.post(f"{HOME}/counts", {**form, **answers, "act": "report"})
    assert answer.status == 200, await answer.text()
    return html.document_fromstring(await answer.text())


def lines_of(page: html.HtmlElement) -> list[str]:
    return [" ".join(one.text_content().split()) for one in page.cssselect(".s-lines li")]


async def reports(world: World) -> list[Reported]:
    return [r.event for r in await world.node.ledger.read("longkou") if isinstance(r.event, Reported)]


async def test_a_days_counts_go_in_row_by_row_and_the_same_file_once(world: World, hire: Hire) -> None:
    editor = await hire("王芳", {"longkou": "editor"})
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["12月24日接诊情况"],
        ["序号", "机构名称", "今日就诊人数"],
        [1, "东江卫生院", "１２人"],
        [2, "大吴家村卫生室", 3],
        [3, "没有的卫生院", 3],
        [4, "东江卫生院", 9],
        [5, "龙口市人民医院", "很多"],
        ["", "合计", 24],
    ):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    told = lines_of(await report_counts(editor, out.getvalue(), **{"which-count:6": "3"}))
    assert told == [
        "第3行 东江卫生院 12 人 收下",
        "第4行 大吴家村卫生室 3 人 收下",
        "第5行 没有的卫生院 3 没有机构“没有的卫生院”，或已移出名单。",
        "第6行 东江卫生院 9 没有选这一行。",
        "第7行 龙口市人民医院 很多 请只填数字，如 12。",
    ]
    kept = await reports(world)
    assert [(one.site, one.patients, one.by) for one in kept] == [
        ("lk-001", 12, f"user:{editor.user}"),
        ("lk-002", 3, f"user:{editor.user}"),
    ]
    other = await hire("李明", {"longkou": "editor"})
    told = lines_of(await report_counts(other, out.getvalue()))
    assert told[0] == "第3行 东江卫生院 １２人 同一机构写了两个不同的数。", (
        "nothing is decided by the order of rows"
    )
    told = lines_of(await report_counts(other, out.getvalue(), **{"which-count:6": "3"}))
    assert told[0] == "第3行 东江卫生院 12 人 以前收过"
    assert await reports(world) == kept


async def test_a_count_that_is_hard_to_believe_is_asked_back_and_confirmed(world: World, hire: Hire) -> None:
    editor = await hire("王芳", {"longkou": "editor"})
    page = await report_counts(editor, "编号,人数\nlk-002,400\nlk-001,5\n".encode())
    assert len(await reports(world)) == 1
    assert "一天约能看 20 人，确认是 400 人吗？" in text_of(page)
    form = fields(page, 1)
    assert form | {"site": "lk-002", "n.lk-002": "400"} == form
    form |= {"d.lk-002": "confirm:400", "act": "answer"}
    for _ in range(2):
        answer = await editor.post(f"{HOME}/counts", form)
        assert answer.status == 200
    kept = await reports(world)
    assert [(one.site, one.patients, one.confirmed) for one in kept] == [
        ("lk-001", 5, False),
        ("lk-002", 400, True),
    ]


def book_of(**sheets: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


async def test_counts_are_shown_with_their_day_before_any_of_them_is_reported(
    world: World, hire: Hire
) -> None:
    editor = await hire("王芳", {"longkou": "editor"})
    head = ["机构名称", "今日接诊量"]
    days: dict[str, list[list[object]]] = {
        "12月24日": [[*head], ["东江卫生院", 12]],
        "12月23日": [[*head], ["东江卫生院", "约20"]],
    }
    body = book_of(**days)
    page = await send_counts(editor, body)
    assert lines_of(page) == ["12月24日 第2行 东江卫生院 12", "12月23日 第2行 东江卫生院 约20 · 2022-12-23"]
    assert "1 今天 1 12月23日" in text_of(page)
    assert await reports(world) == []
    told = lines_of(await report_counts(editor, body))
    assert [line.rpartition(" ")[2] for line in told] == ["收下", "收下"]
    assert [(one.patients, str(one.service_day)) for one in await reports(world)] == [
        (12, "2022-12-24"),
        (20, "2022-12-23"),
    ]


async def test_counts_of_another_day_are_said_to_be_so_and_turn_no_light(world: World, hire: Hire) -> None:
    editor = await hire("王芳", {"longkou": "editor"})
    body = book_of(人数=[["2022年12月23日发热门诊接诊情况"], ["机构名称", "人数"], ["东江卫生院", 300]])
    assert "这里没有今天的数" in text_of(await send_counts(editor, body))
    await report_counts(editor, body)
    assert all(str(one.service_day) == "2022-12-23" for one in await reports(world))


async def test_a_formula_without_its_value_is_no_count(world: World, hire: Hire) -> None:
    editor = await hire("王芳", {"longkou": "editor"})
    body = book_of(人数=[["机构名称", "人数"], ["东江卫生院", "=1+1"], ["大吴家村卫生室", None]])
    told = lines_of(await report_counts(editor, body))
    assert "公式" in told[0]
    assert told[1].endswith("没有填，不报")
    assert await reports(world) == []


async def test_a_sheet_says_when_its_numbers_were_true_and_of_which_day(world: World, hire: Hire) -> None:
    editor = await hire("王芳", {"longkou": "editor"})
    file = (
        "编号,人数,统计时间,日期\n"
        "lk-001,5,8:05,2022-12-24\nlk-001,40,,12月23日\nlk-002,6,2022-12-24 08:00,\nlk-003,7,2022-12-23,\n"
    )
    page = await report_counts(editor, file.encode())
    assert [
        (one.site, one.patients, f"{one.service_day:%d}", one.counted_at) for one in await reports(world)
    ] == [
        ("lk-001", 5, "24", datetime(2022, 12, 24, 0, 5, tzinfo=UTC)),
        ("lk-001", 40, "23", None),
        ("lk-002", 6, "24", datetime(2022, 12, 24, 0, 0, tzinfo=UTC)),
        ("lk-003", 7, "23", None),
    ]
    assert "5 人（8:05的数）" in text_of(page)
    await report_counts(editor, file.encode())
    assert len(await reports(world)) == 4, "the same file twice"


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("lk-001,5,九点多,", "时刻应写成"),
        ("lk-001,5,11:00,", "这个时刻还没有到"),
        ("lk-001,5,8:05,2022-12-23", "补报以前的日子，不填是几点的数"),
        ("lk-001,5,2022-12-23 8:05,2022-12-24", "写了两个不同的日子"),
        ("lk-001,5,,前天", "日期应写成"),
        ("lk-001,5,,2022-12-25", "不能填报今天"),
    ],
)
async def test_a_time_or_a_day_that_cannot_be_is_said_of_its_row(
    row: str, sentence: str, world: World, hire: Hire
) -> None:
    editor = await hire("王芳", {"longkou": "editor"})
    page = await report_counts(editor, f"编号,人数,统计时间,日期\n{row}\nlk-002,6,,\n".encode())
    assert sentence in text_of(page)
    assert [one.site for one in await reports(world)] == ["lk-002"]


async def test_what_is_asked_of_a_row_keeps_its_time_and_its_day(world: World, hire: Hire) -> None:
    editor = await hire("王芳", {"longkou": "editor"})
    file = "编号,人数,统计时间,日期\nlk-002,400,8:05,\nlk-002,500,,2022-12-23\n"
    page = await report_counts(editor, file.encode())
    form = list(page.forms[1].form_values())
    form += [("d.lk-002", "confirm:400"), ("d.lk-002@2022-12-23", "confirm:500"), ("act", "answer")]
    answer = await editor.client.post(f"/desk{HOME}/counts", data=form)
    assert answer.status == 200
    assert [(one.patients, f"{one.service_day:%d}", one.counted_at) for one in await reports(world)] == [
        (400, "24", datetime(2022, 12, 24, 0, 5, tzinfo=UTC)),
        (500, "23", None),
    ]


async def test_a_file_without_counts_says_so(hire: Hire) -> None:
    editor = await hire("王芳", {"longkou": "editor"})
    form = FormData(quote_fields=False)
    for field, value in fields(await editor.page(f"{HOME}/counts")).items():
        if field != "file":
            form.add_field(field, value)
    form.add_field("file", "机构名称,电话\n东江卫生院,120\n".encode(), filename="x.csv")
    answer = await editor.client.post(f"/desk{HOME}/counts", data=form)
    assert answer.status == 422
    assert "“人数”" in await answer.text()


async def test_viewers_see_and_change_nothing(world: World, hire: Hire) -> None:
    viewer = await hire("李明", {"longkou": "viewer"})
    before = world.node.current.position("longkou")
    for path in (HOME, f"{HOME}/days", f"{HOME}/phones", SITE):
        assert (await viewer.get(path)).status == 200
        assert (await viewer.post(path, {"act": "save"})).status in {403, 405}
    for path in (f"{HOME}/towns", f"{HOME}/counts"):
        assert (await viewer.get(path)).status == 403
        assert (await viewer.post(path, {})).status == 403
    assert world.node.current.position("longkou") == before
