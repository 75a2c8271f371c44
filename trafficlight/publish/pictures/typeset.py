"""Text in lines, without a font: characters are taken to be at least as wide as they are drawn.

Chinese is set one em a character; for the rest the widest of common sans-serif faces is assumed, in bold.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

_NOT_FIRST: Final = frozenset("，。、；：！？）】》”’…·,.;:!?)%")
"""What no line begins with: it hangs on to the character before it."""
_NOT_LAST: Final = frozenset("（【《“‘(")
_CLAUSE: Final = re.compile(r"[^，。；、！？]+[，。；、！？）”]*|[，。；、！？）”]+")
"""What stays on one line where it can: inside a clause a line is misread sooner than after it."""
_UNBROKEN: Final = re.compile(r"\s+|[!-~À-ɏ]+|.", re.DOTALL)
"""What is kept together: a word, a phone number, a single Chinese character."""

_WIDEST: Final = frozenset("MWmw@%")
_NARROW: Final = 0.68
_CAPITAL: Final = 0.78
_DIGIT: Final = 0.6
_HYPHEN: Final = 0.4
"""Of Chinese fonts, which alone are drawn with: phone numbers decide how many pictures a county needs."""
_OTHERS: Final = 0.9


def ems(text: str) -> float:
    """How wide the text is at most, in its own size."""
    return sum(map(_em, text))


@lru_cache(maxsize=2**13)
def _em(char: str) -> float:
    if char in _WIDEST or unicodedata.east_asian_width(char) in "WFA":
        return 1.0
    if not char.isascii():
        return _OTHERS
    if char.isdigit():
        return _DIGIT
    if char == "-":
        return _HYPHEN
    return _CAPITAL if char.isupper() or char == "&" else _NARROW


def wrapped(text: str, size: int, width: int) -> list[str]:
    """The text in lines that are at most `width` wide; what cannot be broken elsewhere is broken anywhere."""
    most = width / size
    if ems(text) <= most:
        return [text] if text else []
    done: list[str] = []
    line, wide = "", 0.0
    for piece in _pieces(text, most):
        if line and wide + ems(piece.rstrip()) > most:
            done.append(line.rstrip())
            line, wide = "", 0.0
            if piece.isspace():
                continue
        line, wide = line + piece, wide + ems(piece)
    return [*done, line.rstrip()] if line.strip() else done


def _pieces(text: str, most: float) -> Iterator[str]:
    """What may not be broken, one after another: clauses, and where one fits on no line its words."""
    for match in _CLAUSE.finditer(text):
        clause = match.group()
        if ems(clause) <= most and not clause.isascii():
            yield clause
        else:
            yield from _words(clause, most)


def _words(text: str, most: float) -> Iterator[str]:
    held = ""
    for match in _UNBROKEN.finditer(text):
        piece = match.group()
        if held and (piece[0] in _NOT_FIRST or held[-1] in _NOT_LAST):
            held += piece
            continue
        yield from _broken(held, most)
        held = piece
    yield from _broken(held, most)


def _broken(piece: str, most: float) -> Iterator[str]:
    while ems(piece) > most and len(piece) > 1:
        fits = 1
        while ems(piece[: fits + 1]) <= most:
            fits += 1
        yield piece[:fits]
        piece = piece[fits:]
    if piece:
        yield piece
