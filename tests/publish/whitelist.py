"""What an article may be made of: narrower than what WeChat keeps, as far as anybody has found out.

Nobody publishes the list; it is what editors of such articles found, by sending and looking what came back.
"""

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree, html
from lxml.html import HtmlElement

LONGEST: Final = 18_000
HEAVIEST: Final = 200_000
DEEPEST: Final = 12

TAGS: Final[dict[str, frozenset[str]]] = {
    "section": frozenset({"style"}),
    "p": frozenset({"style"}),
    "span": frozenset({"style"}),
    "strong": frozenset(),
    "br": frozenset(),
    "img": frozenset({"src", "alt", "style"}),
}
HOLD_TEXT: Final = frozenset({"p", "span", "strong"})

_COLOUR: Final = "#[0-9a-f]{6}"
_SIDES: Final = r"(0|auto|[0-9]{1,3}px)( (0|auto|[0-9]{1,3}px)){0,3}"
STYLE: Final[dict[str, str]] = {
    "color": _COLOUR,
    "background-color": _COLOUR,
    "font-size": "(1[2-9]|2[0-9]|3[0-6])px",
    "font-weight": "(normal|bold)",
    "line-height": "[1-9][0-9]?px",
    "text-align": "(left|center)",
    "letter-spacing": "[0-3]px",
    "word-break": "break-word",
    "margin": _SIDES,
    "padding": _SIDES,
    "width": "[0-9]{1,3}px",
    "height": "[0-9]{1,3}px",
    "display": "inline-block",
    "border-bottom": f"[0-9]px solid {_COLOUR}",
    "border-radius": "[0-9]{1,2}px",
}
_FORBIDDEN: Final = (
    "url(",
    "var(",
    "calc(",
    "expression(",
    "!important",
    "rpx",
    "rem",
    "gradient",
    "\\",
    '"',
)


def violations(fragment: str, picture: str = "") -> list[str]:
    """What is wrong with the fragment; `picture` is the only address that a picture may have."""
    return list(_violations(fragment, picture))


def _violations(fragment: str, picture: str) -> Iterator[str]:
    if len(fragment) >= LONGEST:
        yield f"{len(fragment)} characters"
    if len(fragment.encode()) >= HEAVIEST:
        yield f"{len(fragment.encode())} bytes"
    roots = html.fragments_fromstring(fragment)
    if [getattr(root, "tag", "text") for root in roots] != ["section"]:
        yield "not one section"
        return
    (root,) = roots
    assert isinstance(root, HtmlElement)
    for element in root.iter():
        yield from _of(element, picture)
    if "<!--" in fragment:
        yield "a comment"


def _of(element: HtmlElement, picture: str) -> Iterator[str]:
    tag = element.tag
    if not isinstance(tag, str) or tag not in TAGS:
        yield f"tag {tag!r}"
        return
    if sum(1 for _ in element.iterancestors()) >= DEEPEST:
        yield f"{tag} too deep"
    if tag not in HOLD_TEXT:
        bare = [element.text, *(child.tail for child in element)]
        if any(said and said.strip() for said in bare):
            yield f"text in {tag}"
    for name, value in element.attrib.items():
        if str(name) not in TAGS[tag]:
            yield f"{tag} {name!r}"
        elif name == "src" and (not picture or value != picture):
            yield f"src {value!r}"
        elif name == "style":
            yield from _style(str(value))


def _style(style: str) -> Iterator[str]:
    if any(part in style for part in _FORBIDDEN):
        yield f"style {style!r}"
    names = []
    for declaration in style.split(";"):
        name, _, value = declaration.partition(":")
        names.append(name)
        if name not in STYLE or not re.fullmatch(STYLE[name], value):
            yield f"declaration {declaration!r}"
    if len(names) != len(set(names)):
        yield f"twice in {style!r}"


def canonical(fragment: str) -> str:
    """The same fragment, as one parser writes it out again."""
    return "".join(
        etree.tostring(part, encoding="unicode", method="html")
        if isinstance(part, HtmlElement)
        else str(part)
        for part in html.fragments_fromstring(fragment)
    )
