"""The county's guide, from its own Markdown into HTML that can stand in a page of ours.

Two walls: the tree that Markdown was read into is cut down to what a guide needs, and a sanitiser lets
nothing else pass of what was made of it.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Final

import msgspec
import nh3
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.token import Token
from markupsafe import Markup

_SCHEMES: Final = ("https://", "http://", "tel:")
_TOP: Final = 2
"""The page's own heading is h1; what stands highest in the guide is h2, and no level is left out below it."""
_LOWEST: Final = 6
_TAGS: Final = frozenset(
    {"h2", "h3", "h4", "h5", "h6", "p", "br", "ul", "ol", "li", "strong", "em", "a"}
    | {"table", "thead", "tbody", "tr", "th", "td"}
)
_ATTRIBUTES: Final = {"a": {"href"}, "ol": {"start"}, "h2": {"id"}}
MOST_CACHED: Final = 256
"""Guides at hand: one is the same on every day and in every language."""


class Guide(msgspec.Struct, frozen=True):
    """A guide as it is printed: its chapters by their anchors, and the whole."""

    chapters: tuple[tuple[str, str], ...]
    html: Markup


@lru_cache(maxsize=MOST_CACHED)
def render(text: str) -> Guide:
    """The Markdown as HTML: headings, paragraphs, lists, tables, strong and em, links that can be followed.

    Images and raw HTML are the text that they are, other links only their words. Whatever the text, the
    outcome is well-formed and runs, loads and styles nothing.
    """
    tokens = _reader().parse("".join(filter(_is_plain, text)))
    chapters = tuple(_chapters(tokens))
    for token in tokens:
        if token.children:
            token.children = list(_inline(token.children))
    made = nh3.clean(
        str(_reader().renderer.render(tokens, _reader().options, {})),
        tags=set(_TAGS),
        clean_content_tags=set(),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        url_schemes={"http", "https", "tel"},
        link_rel="noopener",
        strip_comments=True,
    )
    return Guide(chapters, Markup(made))  # noqa: S704 - what the sanitiser let through


@lru_cache(maxsize=1)
def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    reader.validateLink = _any  # type: ignore[method-assign, assignment] # judged below, where the words can stay
    reader.add_render_rule("image", _image)
    return reader


def _is_plain(char: str) -> bool:
    """Whether a page may hold the character: no control, and nothing that turns text around."""
    if char in "\n\t":
        return True
    noncharacter = ord(char) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(char) <= 0xFDEF  # noqa: PLR2004 - as Unicode has them
    turning = "\u202a" <= char <= "\u202e" or "\u2066" <= char <= "\u2069"
    return not noncharacter and not turning and unicodedata.category(char) not in {"Cc", "Cs"}


def _any(_url: str) -> bool:
    return True


def _image(_renderer: Any, tokens: Sequence[Token], index: int, _options: Any, _env: Any) -> str:
    return escapeHtml(tokens[index].content)


def _chapters(tokens: Sequence[Token]) -> Iterator[tuple[str, str]]:
    """Give headings their levels, and the highest an anchor; those with their texts."""
    above: list[str] = []
    for index, token in enumerate(tokens):
        if token.type == "heading_open":
            while above and above[-1] >= token.tag:
                above.pop()
            above.append(token.tag)
            token.tag = f"h{min(_TOP + len(above) - 1, _LOWEST)}"
            if len(above) == 1:
                anchor = f"g{index}"
                token.attrSet("id", anchor)
                yield anchor, _text(tokens[index + 1])
        elif token.type == "heading_close":
            token.tag = f"h{min(_TOP + len(above) - 1, _LOWEST)}"


def _text(token: Token) -> str:
    return "".join(child.content for child in token.children or ())


def _inline(children: Sequence[Token]) -> Iterator[Token]:
    """Without the links that cannot be followed from a page of ours; their words stay."""
    allowed: list[bool] = []
    for token in children:
        if token.type == "link_open":
            allowed.append(str(token.attrs.get("href", "")).lower().startswith(_SCHEMES))
            token.attrs.pop("title", None)
            if allowed[-1]:
                yield token
        elif token.type == "link_close":
            if allowed.pop():
                yield token
        else:
            yield token
