"""Traditional characters, so that 衛生院 finds 卫生院: a phone of somebody from Hong Kong types no others."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final

_HAN: Final = tuple(map(chr, range(0x4E00, 0xA000)))
"""The characters that names of places are written in."""
_TO_SIMPLIFIED: Final = ("t2s", "hk2s", "tw2s")
"""OpenCC's conversions: of OpenCC's own forms, and of those of Hong Kong and Taiwan that are others."""


def folding(texts: Iterable[str]) -> str:
    """Pairs one after the other: a traditional form, and the simplified one by which it is found.

    Of the characters in the texts alone, which for a county's names are a few hundred bytes.
    """
    simple, forms = _tables()
    pairs: set[tuple[str, str]] = set()
    for one in set().union(*texts):
        plain = simple.get(one, one)
        pairs.update((form, plain) for form in forms.get(plain, ""))
    return "".join(form + plain for form, plain in sorted(pairs))


@cache
def _tables() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The simplified character of each traditional one, and the traditional ones of each simplified.

    Made at the first use, in 40 ms; the first conversion that knows a character decides on it.
    """
    from opencc import OpenCC  # noqa: PLC0415 - most processes never need it, and it takes 3 MiB

    simple: dict[str, str] = {}
    for conversion in _TO_SIMPLIFIED:
        converted = OpenCC(conversion).convert("\n".join(_HAN)).split("\n")
        simple |= {form: plain for form, plain in zip(_HAN, converted, strict=True) if form != plain} | simple
    forms: dict[str, str] = {}
    for form, plain in simple.items():
        forms[plain] = forms.get(plain, "") + form
    return simple, forms
