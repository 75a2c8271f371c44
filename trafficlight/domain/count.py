"""What people write where a number of patients is asked for, and that number at the end of a line.

One grammar for forms, sheets and lines from a chat. A program's counts are typed and do not come by here.
"""

import re
import unicodedata
from enum import StrEnum
from typing import Final

import msgspec

from trafficlight.domain.errors import Refused

MOST_PATIENTS: Final = 9999
"""No clinic sees more in a day; a longer number is a slip."""


class CountKind(StrEnum):
    NUMBER = "number"
    OPEN = "open"
    """24+, 二十多: at least so many."""
    FULL = "full"
    """已满: no more are seen today."""
    PAUSED = "paused"
    """暂停: closed, and nobody said why."""
    EMPTY = "empty"
    """Nothing was reported."""


class WrittenCount(msgspec.Struct, frozen=True):
    """What was written. `number`: of `NUMBER`, and the least of `OPEN`."""

    kind: CountKind
    number: int = 0


class CountInLine(msgspec.Struct, frozen=True, kw_only=True):
    """The count at the end of a line."""

    before: str
    """What stands before it."""
    count: WrittenCount
    written: str
    """The count as it stands there."""
    is_glued: bool
    """Nothing separates the two, so that the number may belong to the name."""


_NARROW: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_PLACES: Final = (("千", 1000), ("百", 100), ("十", 10))
_ALIKE: Final = str.maketrans("〇两壹贰貳叁參肆伍陆陸柒捌玖拾佰仟", "零二一二二三三四五六六七八九十百千")
_DIGITS: Final = "零一二三四五六七八九"

_NUMBER: Final = rf"[0-9]+(?:\.0+)?|[{_DIGITS}十百千〇两壹贰貳叁參肆伍陆陸柒捌玖拾佰仟]+"
_UNIT: Final = r"\s*(?:个|名|位|例)?(?:病人|患者|人次|人)?\s*"
_FULL: Final = r"(?:今天|今日)?(?:已满员|满员|已满|满了|号已满|号满)"
_PAUSED: Final = r"(?:今天|今日|现在?)?已?(?:暂停(?:接诊|开诊|就诊)?|停诊)中?"
_COUNT: Final = (
    rf"(?P<full>{_FULL})|(?P<paused>{_PAUSED})"
    r"|(?:约|大约|大概|差不多|共)?\s*(?P<over>超过|超|多于|至少|不少于|不止|>=?|≥)?\s*"
    rf"(?P<number>{_NUMBER})\s*(?P<open>\+|多|余|几)?{_UNIT}(?P<more>\+|以上|多|余)?(?:左右|上下)?"
)
_WHOLE: Final = re.compile(rf"\s*(?:{_COUNT}|(?P<bare>满))\s*")
_AT_THE_END: Final = re.compile(rf"(?P<before>.*?)(?P<apart>[\s:,、\-=]*)(?P<count>{_COUNT})[\s。.,!]*")


def parse_count(field: str, text: str) -> WrittenCount:
    """What was written in a field or a cell; `Refused` with `not_a_count` or `out_of_range`.

    Digits of every width, Chinese numerals, 人, 例, 个 and the like behind them; 约10 is 10.
    """
    plain = narrow(text)
    if not plain.strip():
        return WrittenCount(CountKind.EMPTY)
    match = _WHOLE.fullmatch(plain)
    if match is None:
        raise Refused("not_a_count", field)
    if match["bare"]:
        return WrittenCount(CountKind.FULL)
    return _read(match, field)


def count_at_end(text: str) -> CountInLine | None:
    """The count that a line ends in; None where it ends in none. `Refused` with `out_of_range`."""
    match = _AT_THE_END.fullmatch(narrow(text).strip())
    if match is None:
        return None
    try:
        count = _read(match, "patients")
    except Refused as refused:
        if refused.code == "out_of_range":
            raise
        return None
    return CountInLine(
        before=match["before"], count=count, written=match["count"].strip(), is_glued=not match["apart"]
    )


def narrow(text: str) -> str:
    """The text with its signs in ASCII's width, without what nobody sees."""
    seen = text if text.isascii() and text.isprintable() else _without_invisible(text)
    return seen.translate(_NARROW)


def numeral(text: str) -> int | None:
    """The number of digits or of a Chinese numeral; None for what is none."""
    return int(text) if text.isascii() and text.isdecimal() else _chinese(text.translate(_ALIKE))


def _without_invisible(text: str) -> str:
    return "".join(char for char in text if char.isspace() or unicodedata.category(char) not in {"Cc", "Cf"})


def _read(match: re.Match[str], field: str) -> WrittenCount:
    if match["full"]:
        return WrittenCount(CountKind.FULL)
    if match["paused"]:
        return WrittenCount(CountKind.PAUSED)
    number = _value(match["number"])
    if number is None:
        raise Refused("not_a_count", field)
    if number > MOST_PATIENTS:
        raise Refused("out_of_range", field, least=0, most=MOST_PATIENTS)
    is_open = match["over"] or match["open"] or match["more"]
    return WrittenCount(CountKind.OPEN if is_open else CountKind.NUMBER, number)


def _value(number: str) -> int | None:
    if number[0].isascii():
        whole = number.partition(".")[0].lstrip("0")
        return int(whole or "0") if len(whole) <= len(str(MOST_PATIENTS)) else MOST_PATIENTS + 1
    return _chinese(number.translate(_ALIKE))


def _chinese(text: str) -> int | None:
    """The number of a Chinese numeral below 10,000; None for what nobody says so.

    By hand, for exactness: 一百五 is 150, 一百零五 is 105, and 三五 (three to five) is no number.
    """
    for place, size in _PLACES:
        head, found, rest = text.partition(place)
        if found:
            many = 1 if size == 10 and not head else _digit(head)  # noqa: PLR2004 - 十二 is 12, 百二 is nothing
            below = _below(rest, size) if many else None
            return None if many is None or below is None else many * size + below
    if len(text) == 1:
        return _DIGITS.find(text)
    digits = [_DIGITS.find(char) for char in text]
    spelled_out = digits[0] > 0 and 0 in digits  # 一〇五, digit by digit
    return int("".join(map(str, digits))) if spelled_out else None


def _below(rest: str, size: int) -> int | None:
    """What comes after a place: 零 skips one, a lone digit is of the next one."""
    if not rest:
        return 0
    next_place = size // 10
    if rest[0] == "零":
        value = _chinese(rest[1:]) if rest[1:] else None
        return value if value is not None and 0 < value < next_place else None
    if len(rest) == 1:
        digit = _digit(rest)
        return digit * next_place if digit else None
    value = _chinese(rest)
    return value if value is not None and next_place <= value < size else None


def _digit(text: str) -> int | None:
    found = _DIGITS.find(text) if len(text) == 1 else -1
    return found if found > 0 else None
