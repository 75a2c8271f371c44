"""Whom a site serves, by what its list says: adults, children, both, or nobody knows."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

import msgspec

ADULT_FROM: Final = 18
"""Years: who is older is nobody's child."""
CHILD_UNTIL: Final = 14
"""Years: up to here children's departments see children; between the two, lists differ."""

_OLDEST: Final = 200  # years

_ALL: Final = re.compile(
    r"全(?:部|体|年龄段?|人群)|所有(?:人群?|患者|年龄段?)?|不限(?:年龄)?|各年龄段?|各类人群|老少皆可"
)
_BETWEEN: Final = re.compile(r"(\d{1,2})(?:周?岁)?[-~至到](\d{1,2})周?岁")
_FROM: Final = re.compile(r"(?:年?满)?(\d{1,2})周?岁(?:\(?[含及]\)?)?(?:以上|及以上|起)|[≥>]=?(\d{1,2})周?岁")
_UNTIL: Final = re.compile(r"(\d{1,2})周?岁(?:\(?[含及]\)?)?(?:以下|及以下|以内)|[≤<]=?(\d{1,2})周?岁")
_CHILD: Final = re.compile(r"婴幼儿|新生儿|婴儿|幼儿|儿童|小儿|患儿|儿科|孩子|children|child|kids")
_ADULT: Final = re.compile(r"成年人?|成人|大人|老年人?|老人|adults?")
_NOT: Final = re.compile(r"不|未|无|非|除|暂停|谢绝|\bno\b|\bnot\b|except")
_ONLY: Final = re.compile(r"仅限?|只(?:收治|接诊|看)?|only")
_FILLER: Final = re.compile(
    r"[\s,、;/()及和与或的]|发热|患者|病人|人群|人员|门诊|接诊|收治|服务|就诊|居民|and|patients"
)


class Ages(msgspec.Struct, frozen=True):
    """Whether adults and whether children are served; None: nobody knows."""

    adult: bool | None = None
    child: bool | None = None


@lru_cache(maxsize=4096)
def ages(text: str) -> Ages:
    """Who is served by a text such as 成人, 儿童, 14岁以上, 6岁以下儿童.

    What is named is served; who is not named is known not to be only where every word was understood. A text
    with a refusal in it (儿童除外) says nothing for sure.
    """
    plain = _ONLY.sub("", unicodedata.normalize("NFKC", text).casefold())
    rest, everybody = _ALL.subn("", plain)
    if _NOT.search(rest):
        return Ages()
    if everybody:
        return Ages(adult=True, child=True)
    spans, rest = _spans(rest)
    rest, children = _CHILD.subn("", rest)
    rest, adults = _ADULT.subn("", rest)
    adult = bool(adults) or any(last > ADULT_FROM for _, last in spans)
    child = bool(children) or any(first < CHILD_UNTIL for first, _ in spans)
    if not adult and not child:
        return Ages()
    unnamed = None if _FILLER.sub("", rest) else False
    return Ages(adult=adult or unnamed, child=child or unnamed)


def _spans(text: str) -> tuple[list[tuple[int, int]], str]:
    """The ages from and up to which somebody is served, and the text without them."""
    spans = [(int(first), int(last)) for first, last in _BETWEEN.findall(text)]
    text = _BETWEEN.sub("", text)
    spans += [(int(word or sign), _OLDEST) for word, sign in _FROM.findall(text)]
    text = _FROM.sub("", text)
    spans += [(0, int(word or sign)) for word, sign in _UNTIL.findall(text)]
    return spans, _UNTIL.sub("", text)
