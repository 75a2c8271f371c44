"""What WeChat makes of an article: its filter, and what its own editor does when somebody saves.

Nobody publishes either; this is what makers of such articles have found by sending, and looking what came
back.
"""

import re
from typing import Final

from lxml import html
from lxml.html import HtmlElement

from tests.publish.whitelist import STYLE

LEAF: Final = "leaf"
_GONE: Final = ("script", "style", "iframe", "form", "object", "embed", "video", "link", "input")
"""With all that is in them."""
_OURS: Final = re.compile(r"https?://mmbiz\.qpic\.cn/")
_ARTICLES: Final = re.compile(r"https?://mp\.weixin\.qq\.com/")
_WITH_TEXT: Final = frozenset({"p", "span", "strong", "section"})


def filtered(content: str, *, strict_style: bool = False) -> tuple[str, list[str]]:
    """What is stored of an article, and what was lost on the way.

    `strict_style`: one declaration that is not known costs all of an element's.
    """
    root, lost = _parsed(content), list[str]()
    for element in list(root.iterdescendants()):
        tag = element.tag
        if (
            not isinstance(tag, str)
            or tag in _GONE
            or (tag == "img" and not _OURS.match(element.get("src", "")))
        ):
            lost.append(str(tag))
            element.drop_tree()
        elif tag == "a" and not _ARTICLES.match(element.get("href", "")):
            lost.append(tag)
            element.drop_tag()
        else:
            lost += _attributes(element, strict_style=strict_style)
    return _written(root), lost


def _attributes(element: HtmlElement, *, strict_style: bool) -> list[str]:
    lost = []
    for name in list(element.attrib):
        if name in {"id", "class"} or str(name).startswith("on"):
            del element.attrib[name]
            lost.append(str(name))
    said = [one.strip() for one in str(element.get("style", "")).split(";") if one.strip()]
    kept = [one for one in said if one.partition(":")[0].strip() != "position"]
    if strict_style and not all(one.partition(":")[0].strip() in STYLE for one in kept):
        kept = []
    if kept != said:
        lost.append(f"style {'; '.join(one for one in said if one not in kept)}")
        element.set("style", ";".join(kept))
    return lost


def editor_saved(content: str) -> str:
    """As it is after a person saved it in WeChat's editor: each text in a span, and a mark behind."""
    root = _parsed(content)
    for element in list(root.iter()):
        if element.tag == "div" and element is not root:
            element.tag = "section"
        if element.get(LEAF) is None and element.tag in _WITH_TEXT:
            _leaves(element)
    return _written(root) + '<p style="display:none"><mp-style-type data-value="3"></mp-style-type></p>'


def _leaves(element: HtmlElement) -> None:
    if element.text and element.text.strip():
        leaf = html.Element("span", {LEAF: ""})
        leaf.text, element.text = element.text, None
        element.insert(0, leaf)
    for child in list(element):
        if child.tail and child.tail.strip():
            leaf = html.Element("span", {LEAF: ""})
            leaf.text, child.tail = child.tail, None
            child.addnext(leaf)


def normal(content: str) -> str:
    """Without what the editor adds, so that what came back can be compared with what was sent."""
    root = _parsed(content)
    for mark in root.xpath(".//p[mp-style-type]"):
        mark.drop_tree()
    for leaf in root.xpath(f".//span[@{LEAF}]"):
        leaf.drop_tag()
    return _written(root)


def _parsed(content: str) -> HtmlElement:
    return html.fragment_fromstring(content, create_parent="div")


def _written(root: HtmlElement) -> str:
    return "".join(html.tostring(child, encoding="unicode") for child in root)
