"""Chinese names, addresses and short notes in English, for people who cannot read them.

By the practice of the national standard for public signs (GB/T 30240): what a place is gets translated, what
it is called stands in pinyin, in one word, by the spelling rules for names (GB/T 16159): 桃源镇 is Taoyuan
Town, 西安 is Xi'an. Whoever shows it prints the Chinese beside it. Of notes (`phrase`) either every word is
understood, or nothing is said.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import groupby
from typing import Final, NamedTuple

from trafficlight.text import pinyin
from trafficlight.text.english_words import BESIDE, PHRASES, PLACES, TERMS

_CACHED: Final = 2**13  # the names and addresses of many counties' sites, which each edition asks for
_AT_ONCE: Final = 2**10  # what one page asks for several times
_HAN: Final = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff〇\U00020000-\U0003ffff]")
_UNREAD: Final = "?"
"""In place of a character of which nobody here knows how it is read."""
_DIGITS: Final = "〇一二三四五六七八九十"
_ORDINALS: Final = (
    *("", "First", "Second", "Third", "Fourth", "Fifth"),
    *("Sixth", "Seventh", "Eighth", "Ninth", "Tenth"),
)
_NUMBER: Final = rf"(\d+(?:-\d+)?|[{_DIGITS}])"
_NUMBERED: Final = tuple(
    (re.compile(pattern), made)
    for pattern, made in (
        (rf"{_NUMBER}号(?=院)", "No. {}"),
        (rf"{_NUMBER}(?:号楼|栋|幢)", "Building {}"),
        (rf"{_NUMBER}号", "No. {}"),
        (rf"{_NUMBER}(?:楼|层)", "Floor {}"),
        (rf"{_NUMBER}单元", "Unit {}"),
        (rf"{_NUMBER}室", "Room {}"),
        (rf"(?:约|大约)?{_NUMBER}公里", "{} km"),
        (rf"(?:约|大约)?{_NUMBER}米", "{} m"),
    )
)
_NTH: Final = re.compile(rf"第{_NUMBER}")
_SIDES: Final = {"东": "East", "西": "West", "南": "South", "北": "North", "中": "Middle"}
_WAYS: Final = frozenset({"路", "街", "大街", "大道", "道"})
_WITHIN: Final = frozenset({"镇", "乡", "村", "街道", "路", "街", "大街"})
"""Kinds before which the kind of a larger place belongs to the name: 市 in 新市镇, 村 in 三里村镇."""
_NEVER_SHORT: Final = frozenset({"省", "市", "旗"})
"""None is called by one syllable: 新市西街 is Xinshi West Street."""
_ABOVE: Final = frozenset({"市", "县", "区", "旗"}) | _WITHIN
"""Kinds before which a kind behind one syllable belongs to the name: 乡 in 武乡县."""
_WEEKDAYS: Final = dict(
    zip("一二三四五六日天", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "Sun"), strict=True)
)
_ONE_DAY: Final = "[一二三四五六日天]"
_SOME_DAYS: Final = re.compile(
    rf"每?(?:周|星期|礼拜)({_ONE_DAY}(?:(?:, |[,和及与])(?:周|星期)?{_ONE_DAY}(?![点号楼室]))+)"
)
_AGED: Final = (
    (re.compile(r"(\d+)(?:周?岁)?[-~至到](\d+)周?岁"), r" aged \1 to \2 "),
    (re.compile(r"(\d+)周?岁(?:\([含及]\)|[含及])?以?上"), r" aged \1 and over "),
    (re.compile(r"(\d+)周?岁(?:\([含及]\)|[含及])?以[下内]"), r" aged up to \1 "),
)
_DAY: Final = re.compile(r"(\d{1,2})月(\d{1,2})日")


class _Piece(NamedTuple):
    """A part of a name: what it means, how it is said, whether an address has a comma behind it."""

    english: str
    aloud: str
    place: bool = False


def is_chinese(text: str) -> bool:
    """Whether somebody who reads no Chinese needs a reading of it."""
    return _HAN.search(text) is not None


@lru_cache(maxsize=_CACHED)
def name(text: str) -> str:
    """Of a place or an institution: 桃源镇卫生院 is Taoyuan Township Health Centre. Empty without Chinese."""
    return _tidy(" ".join(piece.english for piece in _pieces(text))) if is_chinese(text) else ""


@lru_cache(maxsize=_CACHED)
def address(text: str) -> str:
    """From the large to the small, as it is written: Taoyuan Town, Renmin East Road, No. 88."""
    if not is_chinese(text):
        return ""
    pieces = _pieces(text)
    parts = [piece.english + (", " if piece.place else " ") for piece in pieces]
    return _tidy("".join(parts)).strip(" ,")


def names_a_place(text: str) -> bool:
    """Whether it begins with what something is called, and not with what it is, or with a number."""
    return is_chinese(text[:1]) and not _longest(TERMS, text, 0) and not _longest(PLACES, text, 0)


@lru_cache(maxsize=_AT_ONCE)
def pronounced(text: str) -> str:
    """How a name is said aloud, each word by itself: Taoyuan Zhen Weishengyuan. Empty without Chinese."""
    return _tidy(" ".join(piece.aloud for piece in _pieces(text))) if is_chinese(text) else ""


@lru_cache(maxsize=_CACHED)
def phrase(text: str) -> str:
    """Of a short note, such as hours or what a phone is: empty unless every word of it is understood.

    What has no Chinese in it stays, but for signs of Chinese width.
    """
    plain = _SOME_DAYS.sub(_days, _dates(_plain(text)))
    if not is_chinese(plain):
        return _tidy(plain)
    for pattern, made in _AGED:
        plain = pattern.sub(made, plain)
    parts, at = [], 0
    while at < len(plain):
        if not is_chinese(plain[at]):
            parts.append(plain[at])
            at += 1
            continue
        found = _longest(PHRASES, plain, at)
        if not found:
            return ""
        parts.append(f" {PHRASES[found]} ")
        at += len(found)
    return _tidy("".join(parts))


_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _days(found: re.Match[str]) -> str:
    return ", ".join(_WEEKDAYS[day] for day in found[1] if day in _WEEKDAYS)


def _dates(text: str) -> str:
    def day(found: re.Match[str]) -> str:
        month = int(found[1])
        return f" {int(found[2])} {_MONTHS[month - 1]} " if 1 <= month <= len(_MONTHS) else found[0]

    return _DAY.sub(day, text)


def _plain(text: str) -> str:
    """Of usual widths and signs, without characters that nobody sees."""
    usual = unicodedata.normalize("NFKC", text).replace("、", ", ").replace("。", ". ")
    return "".join(char if char.isprintable() else " " for char in usual)


def _tidy(text: str) -> str:
    """With single spaces, and none where English has none."""
    text = re.sub(r"\s+", " ", text.replace(",", ", "))
    text = re.sub(r"\s+([,.;:)])", r"\1", text)
    text = re.sub(r"([(])\s+", r"\1", text)
    text = re.sub(r"\s*([-~])\s*(?=\d)", r"\1", text)
    text = re.sub(r",?\s*\(", " (", text)
    return re.sub(r",\s*(?=[,.;:)])|,\s*$", "", text).strip()


@lru_cache(maxsize=_AT_ONCE)
def _pieces(text: str) -> tuple[_Piece, ...]:
    found: list[_Piece] = []
    for chinese, run in groupby(_plain(text), lambda char: is_chinese(char) or char.isdigit()):
        part = "".join(run)
        found += _parsed(part) if chinese else [_Piece(part, part)]
    return tuple(found)


def _parsed(text: str) -> Iterator[_Piece]:
    """The parts of a run of characters and digits: numbers, known words, and places by their kind."""
    at, called = 0, ""
    while at < len(text):
        taken = _numbered(text, at) or _known(text, at, called)
        if taken is None:
            called += text[at]
            at += 1
            continue
        length, piece = taken
        if called and not piece.aloud.startswith(_UNCALLED):
            yield _proper(called)
        yield piece._replace(aloud=piece.aloud.removeprefix(_UNCALLED))
        called = ""
        at += length
    if called:
        yield _proper(called)


_UNCALLED: Final = "\0"
"""Before what a piece says: it has taken in what the place is called."""


def _numbered(text: str, at: int) -> tuple[int, _Piece] | None:
    for pattern, made in _NUMBERED:
        found = pattern.match(text, at)
        if found and not (at and text[at - 1] in _DIGITS):
            number = found[1] if found[1].isascii() else str(_DIGITS.index(found[1]))
            return len(found[0]), _Piece(made.format(number), _capital(found[0]), place=True)
    nth = _NTH.match(text, at)
    if nth:
        number = int(nth[1]) if nth[1].isascii() and nth[1].isdigit() else _DIGITS.find(nth[1])
        aloud = _ORDINALS[number] if 0 < number < len(_ORDINALS) else f"No. {nth[1]}"
        return len(nth[0]), _Piece(aloud, _capital(nth[0]))
    return None


def _known(text: str, at: int, called: str) -> tuple[int, _Piece] | None:
    """A word that is known here, or the kind of the place that was called so far."""
    term, beside, kind = (_longest(table, text, at) for table in (TERMS, BESIDE, PLACES))
    if beside and len(beside) >= len(term) and not (called and kind) and _lies(text, at, beside, called):
        return len(beside), _Piece(f"({BESIDE[beside]})", _capital(beside), place=True)
    if kind and len(term) <= len(kind) and _goes_on(text, at + len(kind), called, kind):
        return None
    if term and len(term) >= len(kind):
        return len(term), _Piece(TERMS[term], _aloud(term), place=True)
    if kind and called:
        return len(kind), _place(called, kind)
    if kind and not at and _longest(TERMS, text, len(kind)):  # 县人民医院, by itself
        return len(kind), _Piece(PLACES[kind], _capital(kind))
    return None


def _lies(text: str, at: int, beside: str, called: str) -> bool:
    """Whether a word says where something lies, and is no part of a name such as 后庄村 or 东头村."""
    end = at + len(beside)
    if len(beside) == 1:
        return end == len(text) and not called and at > 0
    return not _longest(PLACES, text, end) and len(called) != 1


def _goes_on(text: str, at: int, called: str, kind: str) -> bool:
    """Whether what looks like the kind of a place belongs to what the place is called: 市 in 新市镇."""
    if not called:
        return False
    if len(called) == 1 and kind in _NEVER_SHORT:
        return True
    after = _ABOVE if len(called) == 1 else _WITHIN
    return _longest(PLACES, text, at) in after and not _longest(TERMS, text, at).startswith("街道")


def _place(called: str, kind: str) -> _Piece:
    """What a place is called, and what it is; a name of one syllable keeps both: 泾县 is Jingxian County."""
    word = PLACES[kind]
    side = _SIDES.get(called[-1])
    if kind in _WAYS and side and len(called) > len("人民"):
        return _Piece(
            f"{_capital(called[:-1])} {side} {word}",
            f"{_UNCALLED}{_capital(called[:-1])} {_capital(called[-1] + kind)}",
            place=True,
        )
    if kind in _WAYS and called in _SIDES:
        return _Piece(f"{_SIDES[called]} {word}", _UNCALLED + _capital(called + kind), place=True)
    if len(called) == 1:
        whole = _capital(called + kind)
        return _Piece(f"{whole} {word}", _UNCALLED + whole, place=True)
    return _Piece(f"{_capital(called)} {word}", f"{_UNCALLED}{_capital(called)} {_capital(kind)}", place=True)


def _proper(called: str) -> _Piece:
    aloud = _capital(called)
    return _Piece(_SIDES.get(called, aloud), aloud)


def _aloud(term: str) -> str:
    """A known word as it is said, in the words that it is made of: Zhen Weishengyuan, Renmin Yiyuan."""
    for start in range(1, len(term) - 1):
        if term[start:] in TERMS or term[start:] in _APART:
            return f"{_aloud(term[:start])} {_aloud(term[start:])}"
    return _capital(term)


_APART: Final = frozenset({"中心", "服务中心", "服务站", "委员会", "大楼", "大学"})
"""Words within words that are said by themselves."""


def _longest(table: Mapping[str, str], text: str, at: int) -> str:
    """The longest word of the table that stands there; empty where none does."""
    for word in _BY_FIRST[id(table)].get(text[at : at + 1], ()):
        if text.startswith(word, at):
            return word
    return ""


def _by_first(table: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """A table's words by what they begin with, the longest first."""
    longest_first = sorted(table, key=lambda word: (word[0], -len(word)))
    return {first: tuple(words) for first, words in groupby(longest_first, key=lambda word: word[0])}


_BY_FIRST: Final = {id(table): _by_first(table) for table in (TERMS, PLACES, BESIDE, PHRASES)}


def _capital(text: str) -> str:
    """In pinyin, as one word: Xi'an, Nü'ershan; digits stay as they are."""
    word = ""
    for syllable in pinyin.syllables(text):
        written = _HAN.sub(_UNREAD, syllable)
        apart = word[-1:].isalpha() and written[:1] in _VOWELS
        word += f"'{written}" if apart else written
    return word[:1].upper() + word[1:]


_VOWELS: Final = frozenset("aoe")
"""A syllable that begins with one, within a word, is parted from the one before it."""
