"""How Chinese is read: syllables without tones, as people type them and as a stranger can say them."""

from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

READINGS: Final = Path(__file__).with_name("readings.tsv")
"""Of every character its usual syllable; of words those that are read otherwise. From pypinyin."""


class _Readings(NamedTuple):
    characters: dict[str, str]
    words: dict[str, tuple[str, ...]]
    longest: int
    """The length of the longest word."""


@lru_cache(maxsize=1)
def _readings() -> _Readings:
    characters, _, words = READINGS.read_text(encoding="utf-8").partition("\n\n")
    alone = {}
    for line in characters.splitlines():
        syllable, _, found = line.partition("\t")
        alone.update(dict.fromkeys(found, syllable))
    together = {}
    for line in words.splitlines():
        word, _, syllables = line.partition("\t")
        together[word] = tuple(syllables.split(" "))
    return _Readings(alone, together, max(map(len, together)))


def preload() -> None:
    """Read the table now, so that it is never read on the event loop."""
    _readings()


@lru_cache(maxsize=2**14)  # the names of many counties' sites, which each edition asks for
def _pieces(text: str) -> tuple[tuple[str, bool], ...]:
    """The text's syllables, and what is not Chinese between them, each with whether it is a syllable."""
    known = _readings()
    found: list[tuple[str, bool]] = []
    at = 0
    while at < len(text):
        reading = _reading(known, text, at)
        if reading:
            found += ((syllable, True) for syllable in reading)
        elif found and not found[-1][1]:
            found[-1] = (found[-1][0] + text[at], False)
        else:
            found.append((text[at], False))
        at += len(reading) or 1
    return tuple(found)


def _reading(known: _Readings, text: str, at: int) -> tuple[str, ...]:
    """How the longest word, else the character, that stands there is read; empty where it is none of ours."""
    for length in range(min(known.longest, len(text) - at), 1, -1):
        reading = known.words.get(text[at : at + length])
        if reading:
            return reading
    alone = known.characters.get(text[at])
    return (alone,) if alone else ()


def syllables(text: str) -> tuple[str, ...]:
    """Its syllables in order, ü as such: chong, qing for 重庆. What is not Chinese stays in one piece."""
    return tuple(piece for piece, _ in _pieces(text))


def typed(text: str) -> tuple[str, ...]:
    """The syllables as they are typed: v for ü, small Latin letters and digits, nothing else."""
    pieces = (_typeable(piece.replace("ü", "v")) for piece, _ in _pieces(text))
    return tuple(piece for piece in pieces if piece)


def reading(*texts: str) -> str:
    """How the texts are typed, for a phone's search: spaces between syllables, commas between texts."""
    return ",".join(" ".join(typed(text)) for text in texts if text)


def initials(text: str) -> str:
    """The first letters of the text's syllables, as people type them: dzzwsy for 东庄镇卫生院.

    Letters and digits stay, all else goes.
    """
    return "".join(piece[0] if chinese else _typeable(piece) for piece, chinese in _pieces(text))


def _typeable(text: str) -> str:
    return "".join(one for one in text if one.isascii() and one.isalnum()).lower()
