"""A list as it came, to hand back to who made it: how each row was understood, and what to check."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from trafficlight.actions.account import Fault, runs
from trafficlight.actions.exporting import Table
from trafficlight.actions.fields import FIELD_OF, SITES, write_cell
from trafficlight.actions.plan import ImportPlan
from trafficlight.actions.sheet import Sheet
from trafficlight.domain.board import Site
from trafficlight.text.languages import N_, translate
from trafficlight.text.rendering import explain


def columns_of(sheet: Sheet) -> list[str]:
    """Our names of the columns of the table, for the writers of `exporting`."""
    return ["sheet", "line", *(f"{column}, as written" for column in sheet.headers), "understood", "check"]


def check_list(sheet: Sheet, plan: ImportPlan, lang: str) -> Table:
    """The header, a row for each of the list, then a row for what was left out of the file."""
    own = [translate(word, lang) for word in (N_("工作表"), N_("行"))]
    yield [*own, *sheet.headers.values(), translate(N_("读成"), lang), translate(N_("请核对"), lang)]
    notes = _notes(plan, lang)
    for row in sheet.rows:
        at = (row.sheet, row.line)
        cells = [" / ".join(row.cells.get(column, ())) for column in sheet.headers]
        site = plan.standing.get(at)
        understood = _understood(site) if site else translate(N_("没有导入"), lang)
        yield [row.sheet, str(row.line), *cells, understood, "；".join(dict.fromkeys(notes.get(at, ())))]
    empty = [""] * len(sheet.headers)
    for warning in plan.warnings:
        if "lines" not in warning.params and warning.code not in _OF_BOARDS:
            yield [warning.sheet, "", *empty, "", explain(warning, lang, typed=True)]


_OF_BOARDS: Final = frozenset({"publisher_missing", "hotline_missing"})


def _understood(site: Site) -> str:
    parts = []
    for column in FIELD_OF:
        text = write_cell(column, site)
        if text:
            parts.append(f"{SITES.words[column][0]}：{text}")
    return "；".join(parts)


def _notes(plan: ImportPlan, lang: str) -> Mapping[tuple[str, int], list[str]]:
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


def _each(warnings: tuple[Fault, ...]) -> Iterator[tuple[tuple[str, int], Fault]]:
    """What is said of many rows at once, said of each."""
    for one in warnings:
        for line in one.params.get("lines", ()):
            alone = {**one.params, "many": 1, "rows": runs([line])}
            yield (one.sheet, line), Fault(line, one.column, one.code, alone, one.header, one.sheet)
