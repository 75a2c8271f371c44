"""English is whole: whoever reads no Chinese can find a clinic, call it, and say its name to a driver."""

import re
from collections.abc import Iterator

import msgspec
import pytest
from lxml import html
from lxml.html import HtmlElement

from tests.publish.worlds import SHILI, World, board, everything, report, site, teams
from trafficlight.domain import event as e
from trafficlight.domain.board import BoardState
from trafficlight.domain.ids import SYSTEM
from trafficlight.domain.light import Light
from trafficlight.domain.phone import parse_phones
from trafficlight.text.languages import LANGUAGES, split

CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
LATIN = re.compile(r"[A-Za-z]{2}")
OWN_WORDS = {"notice", "note", "banner", "warn", "guide", "closing", "chapters"}
"""What the county wrote in sentences: marked as Chinese, read out as such, translated by nobody."""
DATA = (".json", ".js", ".svg", ".css", ".png")


@pytest.fixture(scope="module")
def tree() -> dict[str, bytes]:
    """Everything in English of a county whose every word is Chinese, with every light."""
    world = World(tongues=LANGUAGES)
    put = board(
        SHILI,
        name="示例县",
        publisher="示例县卫生健康局",
        hotline="0535-0001200（办公室）",
        supervision="0535-0001201",
        banner="这是演示，数据都是虚构的",
    )
    world.happen(SHILI, put)
    named = (
        ("桃源镇中心卫生院", "桃源镇", "桃源镇人民东路88号", "周一至周五8:00-12:00，14:00-17:00"),
        ("示例县人民医院发热门诊", "", "示例县城关镇解放路6号门诊楼一楼", "24小时"),
        ("李家村卫生室", "东河镇", "李家村村委会对面", "找老王"),
        ("仁和诊所", "东河镇", "", ""),
        ("巡诊车", "北马乡", "北马乡政府旁", ""),
        ("西安路社区卫生服务站", "城关街道", "西安路12号", "8:00-17:00，节假日休息"),
        ("南山医院（新院区）", "桃源镇", "桃源镇南山路东侧", "全天"),
        ("关门卫生院", "北马乡", "北马乡", "9:30-10:00"),
    )
    phones = parse_phones("0535-0002000（夜间）/0535-0002001转8（值班室）/0535-0002002（老王家）")
    for number, (name, town, address, hours) in enumerate(named):
        more: dict[str, object] = {"serves": "14周岁以上", "also": ("老医院",)} if number == 0 else {}
        world.happen(
            SHILI,
            site(number, name=name, town=town, address=address, hours=hours, phones=phones, **more),
        )
    world.happen(SHILI, site(8, name="仁和诊所", town="桃源镇", kind="县级定点单位"))
    world.happen(SYSTEM, e.ConfigSet(key="public_url", value="https://deng.example"))
    world.happen(SHILI, e.NoticePosted(notice="a", text="元旦放假。"))
    world.happen(SHILI, e.TeamsSet(teams=teams(205)), e.GuideSet(text="# 发热\n\n先打电话。\n"))
    for number, count in {0: 5, 1: 45, 2: 90}.items():
        world.happen(SHILI, report(number, count), after=60)
    world.happen(SHILI, report(3, None, staff_infected=True), after=3600)
    until = world.at.replace(hour=23)
    world.happen(SHILI, e.Overridden(site="clinic-5", light=Light.YELLOW, reason="现场核实", until=until))
    world.happen(SHILI, e.SiteRemoved(site="clinic-6"))
    return in_english(world)


def in_english(world: World) -> dict[str, bytes]:
    tree = everything(world.publisher(), world.at)
    return {path: body for path, body in tree.items() if split(path)[0].code == "en"}


@pytest.fixture(scope="module")
def others() -> dict[str, bytes]:
    """Boards of every state, one too large for a page, one whose sites have no town and kinds of its own."""
    world = World(tongues=LANGUAGES)
    for slug, name, state in (
        ("zanting", "暂停县", BoardState.PAUSED),
        ("jieshu", "结束县", BoardState.ENDED),
        ("caogao", "草稿县", BoardState.DRAFT),
        ("da", "大县", BoardState.LIVE),
        ("wuzhen", "无镇县", BoardState.LIVE),
    ):
        closing = "服务到此结束，谢谢大家。" if state is BoardState.ENDED else ""
        world.happen(slug, board(slug, name=name, state=state, closing=closing))
    for slug in ("zanting", "jieshu", "caogao"):
        world.happen(slug, site(0, id=f"{slug}-0", name="桃源镇卫生院", town="桃源镇"))
    names = [(f"da-{n}", f"第{n}村卫生室", f"大{'甲乙丙'[n % 3]}镇", "村卫生室") for n in range(401)]
    world.happen("da", *(site(n, id=i, name=a, town=t, kind=k) for n, (i, a, t, k) in enumerate(names)))
    for n in range(40):
        kind = ("定点单位", "clinic")[n % 2]
        world.happen("wuzhen", site(n, id=f"w-{n}", name=f"{'桃李王'[n % 3]}家{n}诊所", town="", kind=kind))
    return in_english(world)


def _pages(tree: dict[str, bytes]) -> Iterator[tuple[str, HtmlElement]]:
    for path, body in tree.items():
        if path.endswith(".html"):
            page = html.document_fromstring(body.decode())
            for one in page.xpath("//nav[@class='tongues'] | //style | //script"):
                one.drop_tree()
            yield path, page


def _lang(element: HtmlElement) -> str:
    return str(element.xpath("string(ancestor-or-self::*[@lang][1]/@lang)"))


def _texts(page: HtmlElement) -> Iterator[tuple[HtmlElement, str]]:
    """Every piece of text, with the element whose language it is in."""
    for element in page.iter("*"):
        if element.text:
            yield element, element.text
        parent = element.getparent()
        if element.tail and parent is not None:
            yield parent, element.tail


def test_no_chinese_stands_unmarked_on_an_english_page(
    tree: dict[str, bytes], others: dict[str, bytes]
) -> None:
    bare = {
        (path, text.strip())
        for path, page in _pages(others | tree)
        for element, text in _texts(page)
        if CHINESE.search(text) and not _lang(element).startswith("zh") and not _is_whole(element, text)
    }
    assert not bare


def _is_whole(element: HtmlElement, text: str) -> bool:
    """Where no mark can stand (titles, options, what is to be copied) each line has its reading."""
    return element.tag in {"title", "option", "textarea"} and all(
        LATIN.search(line) for line in text.splitlines() if CHINESE.search(line)
    )


def test_no_attribute_says_only_chinese(tree: dict[str, bytes], others: dict[str, bytes]) -> None:
    for path, page in _pages(others | tree):
        for element in page.iter("*"):
            for name in ("title", "content", "aria-label", "placeholder", "alt"):
                said = element.get(name) or ""
                assert not CHINESE.search(said) or LATIN.search(said), (path, name, said)


def test_every_name_town_and_address_is_read_in_english(
    tree: dict[str, bytes], others: dict[str, bytes]
) -> None:
    """Not only marked: only the county's sentences, and what nobody understands, have no reading."""
    alone = {
        text.strip()
        for _path, page in _pages(others | tree)
        for element, text in _texts(page)
        if CHINESE.search(text) and _lang(element).startswith("zh") and not _has_reading(element)
    }
    closing = "服务到此结束，谢谢大家。"
    assert alone == {"找老王", "老王家", closing}


def _has_reading(element: HtmlElement) -> bool:
    """Beside it, or among its county's own sentences, or below the way to say it."""
    classes = set(" ".join(element.xpath("ancestor-or-self::*/@class")).split())
    if classes & OWN_WORDS or (element.tag == "dd" and "who" in classes):
        return True
    before, parent = element.getprevious(), element.getparent()
    beside = before.tail if before is not None else parent.text if parent is not None else ""
    return bool(LATIN.search(beside or ""))


def test_texts_have_a_reading_in_each_line(tree: dict[str, bytes], others: dict[str, bytes]) -> None:
    texts = {path: body.decode() for path, body in (others | tree).items() if path.endswith(".txt")}
    assert len(texts) > 3
    for path, text in texts.items():
        for line in text.splitlines():
            assert not CHINESE.search(line) or LATIN.search(line), (path, line)
    whole = texts[f"en/{SHILI}/notice.txt"]
    assert "Taoyuan Township Central Health Centre (桃源镇中心卫生院)" in whole
    assert "at night 0535-0002000" in whole.replace("(夜间) ", "")


def test_pictures_and_programs_name_sites_in_both(tree: dict[str, bytes]) -> None:
    badge = tree[f"en/{SHILI}/sites/clinic-0.svg"].decode()
    assert "Taoyuan Township Central Health Centre (桃源镇中心卫生院)" in badge
    document = msgspec.json.decode(tree[f"en/{SHILI}/board.json"])
    assert document["sites"][0]["name"]
    headline = document["headline"]["text"]
    assert not CHINESE.search(headline) or LATIN.search(headline)


def test_a_stranger_can_say_where_to_go_and_show_it(tree: dict[str, bytes]) -> None:
    page = html.document_fromstring(tree[f"en/{SHILI}/sites/clinic-0.html"].decode())
    facts = {str(name.text_content()): name.getnext().text_content() for name in page.xpath("//dl/dt")}
    assert facts["Say it"].startswith("Taoyuan Zhen Zhongxin Weishengyuan")
    assert facts["Show a driver"] == "桃源镇中心卫生院桃源镇人民东路88号"
    assert facts["Address"] == "Taoyuan Town, Renmin East Road, No. 88 桃源镇人民东路88号"
    assert facts["Hours"].startswith("Mon to Fri 8:00-12:00, 14:00-17:00 ")


def test_a_chinese_page_has_no_reading(tree: dict[str, bytes]) -> None:
    """And weighs what it did."""
    world = World(tongues=LANGUAGES)
    world.happen(SHILI, board(SHILI, name="示例县"), site(0, name="桃源镇卫生院", town="桃源镇"))
    made = everything(world.publisher(), world.at)
    for folder in ("", "zh-hant/"):
        assert "Taoyuan" not in made[f"{folder}{SHILI}/index.html"].decode()
        assert "Taoyuan" not in made[f"{folder}{SHILI}/sites/clinic-0.html"].decode()
    assert "Taoyuan" in made[f"en/{SHILI}/index.html"].decode()
