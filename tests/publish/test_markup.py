"""The markup of every page: what screen readers, keyboards and other programs hold on to."""

import re
from collections import Counter
from itertools import pairwise

from lxml.html import HtmlElement

from tests.publish.test_formats_pages import each_page, text, tree
from trafficlight.publish.formats.base import Artifact


def named(element: HtmlElement) -> str:
    """What a screen reader calls it: its label, its words, or those of the pictures in it."""
    return element.get("aria-label", "").strip() or text(element).strip() or "".join(element.xpath(".//@alt"))


@each_page
def test_no_two_parts_have_one_id_and_what_is_referred_to_is_there(page: Artifact) -> None:
    found = tree(page.body)
    ids = Counter(map(str, found.xpath("//@id")))
    assert [name for name, times in ids.items() if times > 1] == []
    referring = found.xpath("//@for | //@aria-labelledby | //@aria-describedby | //@aria-controls | //@list")
    for name in " ".join(map(str, referring)).split():
        assert name in ids
    for name in found.xpath("//a/@href[starts-with(., '#')]"):
        assert str(name).removeprefix("#") in ids


@each_page
def test_a_page_says_its_language_and_has_one_title_one_main_part_and_one_first_heading(
    page: Artifact,
) -> None:
    found = tree(page.body)
    assert re.fullmatch(r"zh-CN|zh-Hant|zh-TW|zh-HK|en", str(found.get("lang")))
    for wanted in (
        "//title[normalize-space()]",
        "//main",
        "//h1",
        "//meta[@charset]",
        "//meta[@name='viewport']",
    ):
        assert len(found.xpath(wanted)) == 1, wanted


@each_page
def test_headings_step_down_one_at_a_time_and_none_is_empty(page: Artifact) -> None:
    headings = tree(page.body).xpath("//h1 | //h2 | //h3 | //h4 | //h5 | //h6")
    levels = [int(heading.tag[1]) for heading in headings]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels)), levels
    assert all(named(heading) for heading in headings)


@each_page
def test_every_link_and_control_has_a_name(page: Artifact) -> None:
    found = tree(page.body)
    for link in found.xpath("//a[@href] | //button | //summary"):
        assert named(link), link.attrib
    for control in found.xpath("//input[not(@type='hidden')] | //select | //textarea"):
        labels = found.xpath("//label[@for=$id]", id=control.get("id", "")) + control.xpath("ancestor::label")
        assert control.get("aria-label") or any(named(label) for label in labels), control.attrib
    for picture in found.xpath("//img | //svg[@role='img']"):
        assert picture.get("alt") is not None or picture.xpath("./title | @aria-label"), picture.attrib


@each_page
def test_the_page_may_be_zoomed_and_nothing_takes_the_keyboards_order_away(page: Artifact) -> None:
    found = tree(page.body)
    (viewport,) = found.xpath("//meta[@name='viewport']/@content")
    assert not re.search(r"user-scalable|maximum-scale|minimum-scale", str(viewport))
    assert not found.xpath("//@tabindex[. > 0] | //@accesskey | //@autofocus")
    assert not found.xpath("//marquee | //blink | //meta[@http-equiv='refresh']")
