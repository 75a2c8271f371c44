"""A group's chat is pasted at the desk: each line is seen with its site, and then reported."""

from lxml import html

from tests.web.conftest import SITES, World
from tests.web.desk.conftest import Hire, Person, fields

CHAT = "/boards/longkou/sites/chat"
FIRST, SECOND = SITES[0], SITES[1]
TEXT = f"李医生 8:01\n{FIRST.name} 12例\n王站长 8:06\n{SECOND.name}\n8人\n陌生人 8:07\n收到"


def today(world: World, site: str) -> int | None:
    reports = world.node.current.boards["longkou"].sites[site].reports
    return reports[-1].patients if reports else None


async def pasted(editor: Person, text: str = TEXT) -> html.HtmlElement:
    answer = await editor.send(CHAT, text=text, act="read")
    assert answer.status == 200
    return html.document_fromstring(await answer.text())


async def test_lines_are_looked_at_before_anything_is_reported(world: World, hire: Hire) -> None:
    editor = await hire("王芳", {"longkou": "editor"})
    before = world.node.current.position("longkou")
    page = await pasted(editor)
    filled = fields(page, -2)
    assert (filled["s.1"], filled["n.1"]) == (FIRST.id, "12")
    assert (filled["s.2"], filled["n.2"]) == (SECOND.id, "8"), "a name and the number below it are one"
    assert filled["s.3"] == "", "收到 is nobody's number"
    assert world.node.current.position("longkou") == before
    data = [*page.forms[-2].form_values(), ("act", "report")]
    answer = await editor.client.post(f"/desk{CHAT}", data=data)
    assert answer.status == 200
    assert (today(world, FIRST.id), today(world, SECOND.id)) == (12, 8)
    [field] = html.document_fromstring(await answer.text()).cssselect("textarea")
    assert field.text_content().strip() == "收到", (
        "a line without a site comes back, and is not gone without a word"
    )


async def test_who_may_not_report_may_not_paste(world: World, hire: Hire) -> None:
    viewer = await hire("李强", {"longkou": "viewer"})
    assert (await viewer.get(CHAT)).status == 403


async def test_an_empty_chat_asks_again(world: World, hire: Hire) -> None:
    editor = await hire("王芳", {"longkou": "editor"})
    page = await pasted(editor, "")
    assert page.cssselect("textarea")


async def test_what_is_asked_back_is_answered_on_the_same_page(world: World, hire: Hire) -> None:
    editor = await hire("王芳", {"longkou": "editor"})
    page = await pasted(editor, f"{FIRST.name} 4321")
    data = [*page.forms[-2].form_values(), ("act", "report")]
    answer = await editor.client.post(f"/desk{CHAT}", data=data)
    page = html.document_fromstring(await answer.text())
    assert page.cssselect("fieldset.ask"), "so many are asked about"
    assert today(world, FIRST.id) is None
    [form] = [one for one in page.forms if one.cssselect("fieldset.ask")]
    [yes] = {one.get("value", "") for one in form.cssselect("input[type=radio]")} - {""}
    data = [*form.form_values(), (f"d.{FIRST.id}", yes), ("act", "answer")]
    answer = await editor.client.post(f"/desk{CHAT}", data=data)
    assert today(world, FIRST.id) == 4321
    assert "粘贴群里报的人数" in await answer.text()
