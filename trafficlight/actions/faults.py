"""What is wrong with a list, and where."""

from collections.abc import Mapping
from typing import Any

import msgspec

from trafficlight.actions.fields import SITES
from trafficlight.domain.errors import Refused
from trafficlight.text.languages import EN, N_
from trafficlight.text.rendering import render


class Fault(msgspec.Struct, frozen=True):
    """Something wrong, or only noticed, at a row and a column of the file.

    Line 0 is the list as a whole, an empty column the row as a whole. `header`: the file's word for it.
    """

    line: int
    column: str
    code: str
    params: Mapping[str, Any] = {}
    header: str = ""

    @property
    def field(self) -> str:
        """The column, as a refusal names what it is about."""
        return self.column


def of_refusal(line: int, refused: Refused, column: str, header: str = "") -> Fault:
    """The fault that a refused cell is."""
    return Fault(line, column, refused.code, refused.params, header)


def place_of(fault: Fault, lang: str) -> str:
    """The row and the column, by the words that the file has for it; empty for the file as a whole."""
    if not fault.line:
        return ""
    own = SITES.words.get(fault.column, (fault.column,))[0]
    column = fault.header or (fault.column if lang == EN.code else own)
    return render(
        N_("第{line}行「{column}」：") if column else N_("第{line}行："),
        {"line": fault.line, "column": column},
        lang,
    )


def describe(fault: Fault, sentence: str, lang: str) -> str:
    """Where it is and what is said of it, in one line."""
    return render(N_("{place}{said}"), {"place": place_of(fault, lang), "said": sentence}, lang).strip()
