"""Faults of a file, in the user's language."""

from collections.abc import Mapping
from typing import Final

from trafficlight.actions.columns import COLUMNS, TEAM_COLUMNS
from trafficlight.actions.faults import SENTENCES, Fault
from trafficlight.publish.words import fill
from trafficlight.text.languages import EN, N_, translate

_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {**TEAM_COLUMNS, **COLUMNS}
_HERE: Final[Mapping[str, str]] = {
    "rename_asked": N_("像是“{old}”改名为“{new}”，请在上面选一项。"),
    "belongs_to_board": N_("编号“{text}”已用于别的看板的机构，请把编号留空或换一个。"),
}
"""What is said otherwise than on the command line."""


def sentence(code: str, params: Mapping[str, object], lang: str) -> str:
    """What is wrong; the code has its row in `SENTENCES`."""
    return fill(translate(_HERE.get(code) or SENTENCES[code][0], lang), params)


def where(fault: Fault, lang: str) -> str:
    """The row and the column, by the words that the file has for it; empty for the file as a whole."""
    if not fault.line:
        return ""
    own = _COLUMNS.get(fault.column, (fault.column,))[0]
    column = fault.header or (fault.column if lang == EN.code else own)
    said = translate(N_("第{line}行「{column}」") if column else N_("第{line}行"), lang)
    return fill(said, {"line": fault.line, "column": column})
