"""The languages in which the tree is published. Sources are Chinese; the others are catalogues in `locale/`.

Names, addresses, phones and the county's own words are never translated.
"""

from collections.abc import Mapping
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from typing import Final

import msgspec

from trafficlight.text.catalogues import LOCALES, compiled


class Language(msgspec.Struct, frozen=True, kw_only=True):
    """One language of the published tree."""

    code: str
    """As the product names it: zh-Hans."""
    html: str
    """As pages have it, in `lang` and `hreflang`."""
    folder: str
    """Where its tree begins below the top, with the closing slash; empty for the default language."""
    locale: str
    """Whose rules dates and numbers follow, as CLDR names it."""
    name: str
    """In its own words."""
    short: str
    """The same in one or two characters, for the switch on every page."""


ZH: Final = Language(
    code="zh-Hans",
    html="zh-CN",  # which old screen readers know, where zh-Hans would be exact
    folder="",
    locale="zh_Hans_CN",
    name="简体中文",
    short="简",
)
HANT: Final = Language(
    code="zh-Hant", html="zh-Hant", folder="zh-hant/", locale="zh_Hant_HK", name="繁體中文", short="繁"
)
EN: Final = Language(code="en", html="en", folder="en/", locale="en_GB", name="English", short="EN")

LANGUAGES: Final = (ZH, HANT, EN)
"""The default first. Another: a row here, a catalogue in `locale/`, its folder among the reserved ids."""

_BY_CODE: Final[Mapping[str, Language]] = {one.code: one for one in LANGUAGES}


def language(code: str) -> Language:
    """The language of that code; `KeyError` for one in which nothing is published."""
    return _BY_CODE[code]


def split(path: str) -> tuple[Language, str]:
    """The language that a path of the tree belongs to, and the path below that language's folder."""
    for one in LANGUAGES[1:]:
        if path.startswith(one.folder):
            return one, path[len(one.folder) :]
    return LANGUAGES[0], path


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for it, by which extractors find it
    """The text as it is, marked as one that catalogues translate."""
    return text


def translate(text: str, code: str) -> str:
    """The sentence in the language of that code."""
    return catalogue(code).gettext(text)


def translated(table: Mapping[str, str], code: str) -> dict[str, str]:
    """A table of sentences in the language of that code."""
    return {key: translate(text, code) for key, text in table.items()}


@cache
def catalogue(code: str) -> NullTranslations:
    """The catalogue of the language, read at its first use; the default one has none: sources are in it."""
    one = language(code)
    if one is LANGUAGES[0]:
        return NullTranslations()
    return GNUTranslations(BytesIO(compiled(LOCALES / f"{one.code.replace('-', '_')}.po")))
