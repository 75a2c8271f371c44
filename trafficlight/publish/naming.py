"""What a county wrote, in the language of a page: in English a reading of it with the Chinese beside.

In the other languages it stands as it was written. What nobody here can put into English is marked as Chinese
on pages, and as the county's own words in texts: never left out.
"""

from collections.abc import Callable
from typing import Final

from markupsafe import Markup, escape

from trafficlight.text import english
from trafficlight.text.languages import EN, HANT, N_, ZH, translate

OWN_WORDS: Final = Markup(f' lang="{ZH.html}"')  # noqa: S704 - a constant of ours
"""Marks, on pages in other languages, what the county wrote and what is a name: read out as Chinese."""


def named(text: str, lang: str) -> str:
    """A name in a text: Taoyuan Township Health Centre (桃源镇卫生院)."""
    return _beside(text, english.name(text)) if lang == EN.code else text


def addressed(text: str, lang: str) -> str:
    """An address in a text: Taoyuan Town, Renmin Road, No. 88 (桃源镇人民路88号)."""
    return _beside(text, english.address(text)) if lang == EN.code else text


def noted(text: str, lang: str) -> str:
    """Hours, whom a site serves, what a phone is: where not every word is known, how it is said."""
    return _beside(text, english.phrase(text) or english.name(text)) if lang == EN.code else text


def in_short(text: str, lang: str) -> str:
    """A note in a row of a list: in English only where all of it is known; the site's own page has it."""
    return english.phrase(text) if lang == EN.code else text


def own(text: str, lang: str) -> str:
    """Whole sentences of the county's in a text: announced as what they are."""
    if lang != EN.code or not english.is_chinese(text):
        return text
    return translate(N_("中文：{said}"), lang).format(said=text)


def _beside(text: str, reading: str) -> str:
    if english.is_chinese(text):
        return f"{reading} ({text})"
    return reading or text


def below_town(text: str, town: str) -> str:
    """A name or an address without the town, for a row that stands below the town's own name.

    Whole where what is left would not say which one it is: 卫生院 alone.
    """
    rest = text.removeprefix(town) if town else text
    return rest if rest != text and english.names_a_place(rest) else text


def own_name(lang: str) -> str:
    """The attribute of an element that holds nothing but a name; in English the name brings its own."""
    return OWN_WORDS if lang == HANT.code else ""


def on_pages(lang: str) -> dict[str, Callable[[str], str]]:
    """The same for pages, as filters of templates, where the Chinese is marked as such."""
    if lang != EN.code:
        return dict.fromkeys(("named", "addressed", "noted"), _as_written)
    return {
        "named": lambda text: _marked(text, english.name(text)),
        "addressed": lambda text: _marked(text, english.address(text)),
        "noted": lambda text: _marked(text, english.phrase(text)),
    }


def _as_written(text: str) -> str:
    return text


def _marked(text: str, reading: str) -> Markup:
    if not english.is_chinese(text):
        return escape(reading or text)
    chinese = Markup("<span{}>{}</span>").format(OWN_WORDS, text)
    return Markup("{} {}").format(reading, chinese) if reading else chinese
