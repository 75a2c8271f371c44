"""How Chinese characters and words are read, written out from pypinyin for the program to carry.

`python -m tests.readings` (`make readings`) writes the table anew. The program asks for syllables without
tones and nothing else: of pypinyin's words it carries those alone that are not read as their characters are.
"""

from collections import defaultdict
from typing import Final

from pypinyin.constants import PHRASES_DICT, PINYIN_DICT
from pypinyin.contrib.tone_convert import to_normal

from trafficlight.text.pinyin import READINGS


def _plain(reading: str) -> str:
    return to_normal(reading, v_to_u=True)


def table() -> str:
    """A line for each syllable and its characters, an empty one, then one for each word."""
    alone: Final = {chr(point): _plain(readings.split(",")[0]) for point, readings in PINYIN_DICT.items()}
    read_as = defaultdict(list)
    for character, syllable in sorted(alone.items()):
        read_as[syllable].append(character)
    words = []
    for word, readings in sorted(PHRASES_DICT.items()):
        syllables = [_plain(one[0]) for one in readings]
        if len(syllables) == len(word) and syllables != [alone.get(one) for one in word]:
            words.append(f"{word}\t{' '.join(syllables)}")
    characters = [f"{syllable}\t{''.join(found)}" for syllable, found in sorted(read_as.items()) if syllable]
    return "\n".join([*characters, "", *words, ""])


if __name__ == "__main__":
    READINGS.write_text(table(), encoding="utf-8")
