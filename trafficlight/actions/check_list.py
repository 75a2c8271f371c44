"""A list as it came, to hand back to who made it: how each row was understood, and what to check."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, Protocol

from trafficlight.actions.account import Fault, runs
from trafficlight.actions.exporting import Table
from trafficlight.actions.fields import FIELD_OF, SITES, write_cell, write_phones
from trafficlight.actions.questions import ListQuestion
from trafficlight.actions.sheet import Sheet
from trafficlight.actions.teams import TEAMS
from trafficlight.domain.board import Site, Team
from trafficlight.text.languages import N_, translate
from trafficlight.text.rendering import explain

Understood = Mapping[tuple[str, int], str]
"""By sheet and row, what it was read as; a row that is not there did not come in."""


def columns_of(sheet: Sheet) -> list[str]:
    """Our names of the columns of the table, for the writers of `exporting`."""
    return ["sheet", "line", *(f"{column}, as written" for column in sheet.headers), "understood", "check"]


class ReadList(Protocol):
    """What is said of a list, whatever it is of."""

    @property
    def faults(self) -> Sequence[Fault]: ...

    @property
    def warnings(self) -> Sequence[Fault]: ...

    @property
    def questions(self) -> Sequence[ListQuestion]: ...


def check_list(sheet: Sheet, read: ReadList, understood: Understood, lang: str) -> Table:
    """The header, a row for each of the list, then a row for what was left out of the file."""
    own = [translate(word, lang) for word in (N_("工作表"), N_("行"))]
    yield [*own, *sheet.headers.values(), translate(N_("读成"), lang), translate(N_("请核对"), lang)]
    notes = _notes(read, lang)
    for row in sheet.rows:
        at = (row.sheet, row.line)
        cells = [" / ".join(row.cells.get(column, ())) for column in sheet.headers]
        text = understood.get(at) or translate(N_("没有导入"), lang)
        yield [row.sheet, str(row.line), *cells, text, "；".join(dict.fromkeys(notes.get(at, ())))]
    empty = [""] * len(sheet.headers)
    for warning in read.warnings:
        if "lines" not in warning.params and warning.code not in _OF_BOARDS:
            yield [warning.sheet, "", *empty, "", explain(warning, lang, typed=True)]


_OF_BOARDS: Final = frozenset({"publisher_missing", "hotline_missing"})


def sites_understood(standing: Mapping[tuple[str, int], Site]) -> Understood:
    """Each row of a list of sites as its site will stand."""
    return {
        at: _joined((SITES.words[column][0], write_cell(column, site)) for column in FIELD_OF)
        for at, site in standing.items()
    }


def teams_understood(standing: Mapping[tuple[str, int], Team]) -> Understood:
    """Each row of a list of teams as it was read."""
    words = [words[0] for words in TEAMS.words.values()]
    return {
        at: _joined(zip(words, (team.name, team.town, team.area, write_phones(team.phones)), strict=True))
        for at, team in standing.items()
    }


def _joined(fields: Iterable[tuple[str, str]]) -> str:
    return "；".join(f"{word}：{text}" for word, text in fields if text)


def _notes(plan: ReadList, lang: str) -> Mapping[tuple[str, int], list[str]]:
    """What there is to check, by sheet and row."""
    notes: dict[tuple[str, int], list[str]] = defaultdict(list)
    for fault in (*plan.faults, *(one for one in plan.warnings if one.line)):
        header = f"{fault.header}：" if fault.header else ""
        notes[fault.sheet, fault.line].append(header + explain(fault, lang, typed=True))
    for question in plan.questions:
        notes[question.sheet, question.line].append(explain(question, lang))
    for at, fault in _each(plan.warnings):
        notes[at].append(explain(fault, lang))
    return notes


def _each(warnings: Sequence[Fault]) -> Iterator[tuple[tuple[str, int], Fault]]:
    """What is said of many rows at once, said of each."""
    for one in warnings:
        for line in one.params.get("lines", ()):
            alone = {**one.params, "many": 1, "rows": runs([line])}
            yield (one.sheet, line), Fault(line, one.column, one.code, alone, one.header, one.sheet)
