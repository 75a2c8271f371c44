"""What hangs on a notice board and on a clinic's door, as it comes out of the printer."""

import re
from pathlib import Path

import pytest
from msgspec.structs import replace
from playwright.async_api import Browser

from tests.browser.pages import HOST, phone
from tests.browser.sheets import codes, greys, printed, texts
from tests.golden.large import large
from tests.golden.make import board, header, site, town
from tests.golden.views import BOARDS, VIEWS
from trafficlight.publish.formats.base import FormatScope
from trafficlight.publish.formats.board_print import BoardPrint
from trafficlight.publish.formats.door_sheet import DoorSheet
from trafficlight.publish.view import BoardView, SitePageView, TreeLocation

PLACE = TreeLocation(public_url="https://deng.example/fever", app_url="https://deng.example")
MOST = 3000


def at_home(view: BoardView) -> BoardView:
    return replace(view, header=replace(view.header, place=PLACE))


def plain(text: str) -> str:
    return re.sub(r"\s+", "", text)


async def test_every_sheet_of_a_county_says_of_when_it_is(browser: Browser, tmp_path: Path) -> None:
    view = at_home(large())
    (made,) = BoardPrint().make(view)
    file = await printed(browser, made, tmp_path)
    sheets = texts(file)
    assert 8 <= len(sheets) <= 12
    for number, text in enumerate(sheets, 1):
        told = plain(text)
        for said in (
            "截至12月24日周六9:12，有效至15:30",
            "第1024版12月24日09:12",
            "直接拨打120",
            "与健康码无关",
        ):
            assert said in told, (number, said)
        for said in (
            "示例县卫生健康局",
            "0000-5551200",
            "蓝·人少",
            "去前先打电话",
            "deng.example/fever/shili-152/",
        ):
            assert said in told, (number, said)
    whole = plain("".join(sheets))
    for one in view.sites:
        assert whole.count(plain(one.phones[0].number)) >= 1, one.name
    assert codes(file, 1) == codes(file, len(sheets)) == ["https://deng.example/fever/shili-152/"]
    assert greys(file)


PT = 96 / 72
"""Of a point, in pixels."""
LETTERS = """() => ['[scope=row] > span', '.phone b', '.pill', 'tbody p', '.edition', 'tfoot td'].map(one => {
  const look = getComputedStyle(document.querySelector(`.sheet ${one}`));
  return [parseFloat(look.fontSize), Number(look.fontWeight)];
})"""


async def test_a_sheet_is_read_from_two_steps_away(browser: Browser) -> None:
    """On paper: names of 12 points, phones and lights bold and larger, nothing below 10 points."""
    (made,) = BoardPrint().make(at_home(large()))
    page = await (await phone(browser, more={made.path: (made.media, made.body)})).new_page()
    await page.goto(f"{HOST}/{made.path}")
    await page.emulate_media(media="print")
    name, number, light, *small = await page.evaluate(LETTERS)
    assert name[0] >= 12 * PT
    assert number[0] >= 13 * PT
    assert light[0] >= 14 * PT
    assert min(name[1], number[1], light[1]) >= 700
    assert all(size >= 9.99 * PT for size, _ in small)


async def test_no_row_is_cut_and_no_town_is_parted_from_its_first_site(
    browser: Browser, tmp_path: Path
) -> None:
    view = large()
    (made,) = BoardPrint().make(view)
    sheets = texts(await printed(browser, made, tmp_path))
    for part in view.towns:
        at = [
            number
            for number, text in enumerate(sheets)
            if re.search(rf"^ *{part.label}$", text, re.MULTILINE)
        ]
        assert len(at) == 1, part.label
        assert part.sites[0].phones[0].number in sheets[at[0]], part.label
    for one in view.sites:
        (sheet,) = [plain(text) for text in sheets if one.phones[0].number in text]
        assert one.name[:5] in sheet, one.name
        assert plain(one.hours) in sheet, one.name


@pytest.mark.parametrize("view", BOARDS, ids=lambda view: view.header.slug)
async def test_a_sheet_is_black_on_white_in_every_state_of_a_board(
    browser: Browser, tmp_path: Path, view: BoardView
) -> None:
    (made,) = BoardPrint().make(view)
    file = await printed(browser, made, tmp_path)
    assert greys(file)
    for text in texts(file):
        assert plain(view.edition.text) in plain(text)
        assert "120" in text


async def test_three_thousand_sites_are_printed_too(browser: Browser, tmp_path: Path) -> None:
    towns = [
        town(
            f"第{part}镇",
            [site(f"第{part}镇{one}号卫生室", light="blue", id=f"s-{part}-{one}") for one in range(50)],
        )
        for part in range(MOST // 50)
    ]
    (made,) = BoardPrint().make(board(towns, header=header(place=PLACE)))
    sheets = texts(await printed(browser, made, tmp_path))
    assert len(sheets) > 100
    assert all("有效至15:30" in plain(text) for text in sheets)
    assert plain("".join(sheets)).count("号卫生室") == MOST


def pages() -> list[SitePageView]:
    return [
        view
        for view in VIEWS[FormatScope.SITE]
        if isinstance(view, SitePageView) and view.header.state != "ended"
    ]


async def test_a_doors_sheet_leads_to_the_clinics_own_page(browser: Browser, tmp_path: Path) -> None:
    for view in pages():
        if view.site.id in {"shili-001", "shili-002", "shili-011"}:
            (made,) = DoorSheet().make(replace(view, header=replace(view.header, place=PLACE)))
            file = await printed(browser, made, tmp_path)
            (text,) = texts(file)
            url = f"https://deng.example/fever/shili/sites/{view.site.id}.html"
            assert codes(file, 1) == [url]
            for said in (
                view.site.name,
                view.site.phones[0].number,
                url,
                "健康码",
                "120",
                "示例县卫生健康局",
                "0000-5551200",
            ):
                assert plain(said) in plain(text), said
            assert greys(file)


@pytest.mark.parametrize("number", ["002", "011", "012"])
async def test_a_doors_sheet_fits_on_one_sheet_whatever_the_list_says(
    browser: Browser, tmp_path: Path, number: str
) -> None:
    (view,) = [view for view in pages() if view.site.id == f"shili-{number}"]
    (made,) = DoorSheet().make(replace(view, header=replace(view.header, place=PLACE)))
    assert len(texts(await printed(browser, made, tmp_path))) == 1
