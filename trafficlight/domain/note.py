"""What the public reads in somebody's own words: plain text without personal data; a clinic's short note.

No personal health data enters the system, so anything like a mobile or an identity number is refused before
it is stored anywhere. What was typed is never part of the refusal: it must not reach a log either.
"""

import re
import unicodedata
from typing import Final

from trafficlight.domain.errors import Refused

LONGEST_NOTE: Final = 60
"""Characters, after stripping: two lines on an old phone's screen."""

_HAN_DIGITS: Final = str.maketrans(
    "〇○零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖貳參陸", "0001234567891123456789236"
)
_LOOKS_LIKE: Final = str.maketrans("lI|oO", "11100")
_DIGIT_LIKE: Final = frozenset("0123456789〇○零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖貳參陸lI|oO")
# Where no other letter adjoins, l is no letter of a word. A bar is also what people put between two numbers.
_DISGUISED: Final = re.compile(r"(?<![A-Za-z])[\dlIoO]+(?![A-Za-z])")
_BARRED: Final = re.compile(r"(?<![A-Za-z])[\dlIoO|]+(?![A-Za-z])")

# What people put between the digits of one number: a few signs that are neither letter nor digit. No
# colon, or the hours 13:30-17:30 18:00 would read as a mobile.
_GAP: Final = r"[^\w:]{0,6}_{0,6}"
_ANY_GAP: Final = r"[\W_]{1,20}"

_WHOLE_MOBILE: Final = re.compile(
    # Broken up anywhere; it begins and ends where a run of digits does, or two landlines would read as one.
    rf"(?<!\d)(?:86{_GAP})?1{_GAP}[3-9](?:{_GAP}\d){{9}}(?!\d)"
    # In the usual groups of 3-4-4, whatever stands between.
    rf"|(?<!\d)1[3-9]\d{_ANY_GAP}\d{{4}}{_ANY_GAP}\d{{4}}(?!\d)"
)
# Unbroken: wherever it stands, as in 8613812345678.
_MOBILE: Final = re.compile(rf"1[3-9]\d{{9}}|{_WHOLE_MOBILE.pattern}")


def _spread(*parts: str) -> str:
    return _GAP.join(parts)


_TWO: Final = _spread(r"\d", r"\d")
_THREE: Final = _spread(r"\d", r"\d", r"\d")
_REGION: Final = _spread("[1-9]", r"\d", r"\d", _THREE)
# Up to 2029 only: 203 to 209 would be the end of one landline and the area code of the next.
_YEAR: Final = _spread("1", "[89]", _TWO) + "|" + _spread("2", "0", "[0-2]", r"\d")
_MONTH: Final = _spread("0", "[1-9]") + "|" + _spread("1", "[0-2]")
_DAY: Final = _spread("0", "[1-9]") + "|" + _spread("[12]", r"\d") + "|" + _spread("3", "[01]")
_MONTH_DAY: Final = _spread(f"(?:{_MONTH})", f"(?:{_DAY})")
_WRITTEN_DAY: Final = _spread(f"(?:{_YEAR})", "年", r"\d", r"\d?", "月", r"\d", r"\d?", "[日号]?")

_IDENTITY: Final = re.compile(
    # Unbroken: no other number of a clinic is that long.
    r"\d{15}|\d{17}[xX×]"
    # GB 11643-1999: region 6, birthday 8, serial 3, check 1. The form before 1999 had a two-digit year and no
    # check. Broken up, only the form tells it from two landlines.
    rf"|(?<!\d){_spread(_REGION, f'(?:{_YEAR})', _MONTH_DAY, _THREE, '[0-9xX×]')}(?!\d)"
    rf"|(?<!\d){_spread(_REGION, _TWO, _MONTH_DAY, _THREE)}(?!\d)"
    # With the birthday written out.
    rf"|(?<!\d){_spread(_REGION, _WRITTEN_DAY, _THREE, '[0-9xX×]')}(?!\d)"
)

_DIGITS: Final = frozenset(range(10))
_FEWEST: Final = 11
"""Digits of a mobile; an identity number has more."""
_BLOCKS: Final = re.compile(r"\n[ \t]*\n|\n(?=[ \t]*(?:[-*#>|]|\d{1,2}[.)、．]))")
"""Between the blocks of a long text: a number goes on over a line's end, but not into the next item."""
_ORDINAL: Final = re.compile(r"[ \t]*\d{1,2}[.)、．](?!\d)")
"""The number of an item of a list, which is no part of the number after it."""
_TAG: Final = re.compile(r"<[A-Za-z/!?]")
_JOINER: Final = "\u200d"


def check_note(text: object) -> str:
    """The note as it may be published: stripped, on one line, at most 60 characters of plain text.

    Runs of white space become one space; invisible formatting characters are dropped. Refuses, always with
    the field `note`: `wrong_type` what is not text, `not_plain` control characters and tags, `too_long`,
    `personal_data` anything like a mainland mobile or an identity number, in whatever digits and however
    broken up. Landlines, short numbers and hours are fine.
    """
    if type(text) is not str:
        raise Refused("wrong_type", "note")
    visible = "".join(char for char in text if char == _JOINER or unicodedata.category(char) != "Cf")
    note = " ".join(visible.split())
    if len(note) > LONGEST_NOTE:
        raise Refused("too_long", "note", max=LONGEST_NOTE)
    refuse_odd(note, "note")
    if _is_personal(note):
        raise Refused("personal_data", "note")
    return note


def refuse_personal(text: str, field: str) -> None:
    """`personal_data` where the text holds anything like a mainland mobile or an identity number.

    The one law for whatever is published in somebody's own words, of one line or of many. Phones of a site, a
    team or a board have fields of their own, and may be mobiles.
    """
    blocks = _BLOCKS.split(text)
    if any(_is_personal(_ORDINAL.sub("", block, 1) if blocks[1:] else block) for block in blocks):
        raise Refused("personal_data", field)


def refuse_odd(text: str, field: str) -> None:
    """`not_plain` where one line of text holds tags or control characters."""
    if _TAG.search(text) or not all(_is_plain(char) for char in text):
        raise Refused("not_plain", field)


def _is_plain(char: str) -> bool:
    # The last two code points of a plane are no characters: XML, and so the feeds, cannot carry them.
    return unicodedata.category(char) not in {"Cc", "Cs"} and ord(char) & 0xFFFE != 0xFFFE  # noqa: PLR2004


def _is_personal(note: str) -> bool:
    if len(note) < _FEWEST:
        return False
    digits = "".join(_ascii(char) for char in note if char.isascii() or unicodedata.category(char) != "Cf")
    if sum(char in _DIGIT_LIKE for char in digits) < _FEWEST:
        return False
    alike = _DISGUISED.sub(_read, digits)
    # Each way: 周一 before a number is a weekday to one reader and a digit to the other.
    return any(
        _MOBILE.search(read) or _IDENTITY.search(read)
        for read in (digits, digits.translate(_HAN_DIGITS), alike, alike.translate(_HAN_DIGITS))
    ) or bool(_WHOLE_MOBILE.search(_BARRED.sub(_read, digits)))


def _read(run: re.Match[str]) -> str:
    return run[0].translate(_LOOKS_LIKE)


def _ascii(char: str) -> str:
    """The digit in any script, full width, circled and bracketed too, as ASCII; full-width signs narrowed."""
    if char.isascii():
        return char
    digit = unicodedata.digit(char, None)
    if digit is not None:
        return str(digit)
    number = unicodedata.numeric(char, None)
    if number in _DIGITS and unicodedata.category(char) != "Lo":
        return str(int(number or 0))  # ㈠ and ㊀, not 一
    narrow = unicodedata.normalize("NFKC", char)
    return narrow if len(narrow) == 1 else char
