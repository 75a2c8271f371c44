"""The county's Markdown: what it may say, and what nobody can smuggle through it."""

import re

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from lxml.html import HtmlElement

from trafficlight.publish.guide import render

ALLOWED = {
    *("h2", "h3", "h4", "h5", "h6", "p", "br", "ul", "ol", "li", "strong", "em", "a"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}


def tree(text: str) -> HtmlElement:
    return html.fragment_fromstring(str(render(text).html), create_parent="main")


def checked(text: str) -> HtmlElement:
    """The guide as a tree, after everything that must hold for any."""
    made = str(render(text).html)
    html5lib.HTMLParser(strict=True).parse(f"<!doctype html><title>t</title><body>{made}")
    found = tree(text)
    for one in found.iterdescendants():
        assert one.tag in ALLOWED, one.tag
        for name, value in one.attrib.items():
            assert (one.tag, name) in {("a", "href"), ("a", "rel"), ("ol", "start"), ("h2", "id")}
            if name == "href":
                assert re.match(r"(https?://|tel:)", str(value)), value
        if one.tag == "a":
            assert one.get("rel") == "noopener"
            assert one.get("href")
    return found


def test_a_guide_is_headings_lists_tables_and_links() -> None:
    found = checked(
        "# 发热\n\n先打 **电话**，*不急*。\n\n- 卫生室\n- [县医院](https://yiyuan.example/a?b=1&c=2)\n\n"
        "| 症状 | 去哪里 |\n|:-:|--:|\n| 高热 | [120](tel:120) |\n\n1. 一\n2. 二\n"
    )
    assert [one.text for one in found.iter("h2", "strong", "em", "th")] == [
        "发热",
        "电话",
        "不急",
        "症状",
        "去哪里",
    ]
    assert [one.get("href") for one in found.iter("a")] == ["https://yiyuan.example/a?b=1&c=2", "tel:120"]
    assert len(found.xpath("//ul/li")) == len(found.xpath("//ol/li")) == 2
    assert not found.xpath("//@style")


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("# a\n## b\n# c", ["h2", "h3", "h2"]),
        ("## a\n#### b\n##### c\n## d", ["h2", "h3", "h4", "h2"]),
        ("### a\n# b\n### c", ["h2", "h2", "h3"]),
        ("# a\n## b\n### c\n#### d\n##### e\n###### f", ["h2", "h3", "h4", "h5", "h6", "h6"]),
        ("a\n===\n\nb\n---", ["h2", "h3"]),
    ],
)
def test_headings_stand_below_the_pages_own_and_leave_no_level_out(text: str, levels: list[str]) -> None:
    assert [one.tag for one in checked(text).iter("h2", "h3", "h4", "h5", "h6")] == levels


def test_chapters_lead_to_their_headings() -> None:
    made = render("# 发热 **高**\n\n文\n\n## 孩子\n\n# 咳嗽 `x`\n")
    assert [title for _, title in made.chapters] == ["发热 高", "咳嗽 x"]
    anchors = [anchor for anchor, _ in made.chapters]
    assert anchors == [
        str(one.get("id")) for one in checked("# 发热 **高**\n\n文\n\n## 孩子\n\n# 咳嗽 `x`\n").iter("h2")
    ]
    assert len(set(anchors)) == 2


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "&#106;avascript:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html;base64,PHNjcmlwdD4=",
        "vbscript:x",
        "file:///etc/passwd",
        "//evil.example/",
        "/api/v1/reports",
        "../../desk/",
        "mailto:somebody@example.org",
        "https:evil",
        "\\\\evil",
        "",
    ],
)
def test_a_link_that_must_not_be_followed_is_only_its_words(address: str) -> None:
    for text in (f"[去这里]({address})", f"[去这里](<{address}>)", f"[去这里][a]\n\n[a]: <{address}>"):
        found = checked(text)
        assert not list(found.iter("a"))
        assert "去这里" in found.text_content()


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "![图](javascript:alert(1))",
        "![图](https://evil.example/track.png)",
        "<style>body{display:none}</style>",
        "<!-- x --><iframe src=//evil.example></iframe>",
        "[x](https://a.example \"' onmouseover='alert(1)\")",
        '[x](https://a.example/"onmouseover=alert(1))',
        '<https://a.example/"><script>alert(1)</script>',
        "</main></body><form action=/report><input name=patients>",
        "```html\n<script>alert(1)</script>\n```",
        "`<b>`\n\n    <svg onload=alert(1)>",
        "> 引文\n\n---\n",
        "&lt;script&gt;alert(1)&lt;/script&gt; &#60;b&#62;",
        "a\\\nb  \nc",
        "| <b>a</b> |\n|---|\n| <td onclick=x> |",
        "\x00\x08\u202e倒过来",
        "[a]: javascript:x 'y'\n\n[a]",
        "[**[内](https://a.example)**](javascript:x)",
    ],
)
def test_nothing_runs_loads_or_styles(text: str) -> None:
    checked(text)


def test_raw_html_and_images_are_the_text_that_they_are() -> None:
    assert checked("<b>粗</b>").text_content().strip() == "<b>粗</b>"
    assert checked("![门口 <i>照片](https://a.example/x.png)").text_content().strip() == "门口 <i>照片"


PIECES = st.sampled_from(
    [
        *(
            "# ",
            "## ",
            "- ",
            "1. ",
            "> ",
            "|a|b|\n|-|-|\n",
            "```\n",
            "    ",
            "\n",
            "\n\n",
            "*",
            "**",
            "_",
            "`",
        ),
        *(
            "[",
            "](",
            ")",
            "![",
            "<",
            ">",
            "</a>",
            "<script>",
            "javascript:",
            "https://a.example",
            "tel:120",
            '"',
            "'",
        ),
        *("&", "&#x3c;", "\\", "发热", "\u202e", "\x00", "  \n", "<!--", "-->", "]:", "~~~"),
    ]
)


@given(st.lists(PIECES, max_size=40).map("".join) | st.text(max_size=60))
def test_whatever_the_text_the_outcome_is_safe_and_well_formed(text: str) -> None:
    checked(text)
