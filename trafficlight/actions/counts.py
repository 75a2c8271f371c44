"""A day's counts as a list: which row is which site's. Each is then reported by itself, as it was written."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

import msgspec

from trafficlight.actions.cells import plain
from trafficlight.actions.columns import COLUMNS, Columns
from trafficlight.actions.sheet import Sheet, SheetRow
from trafficlight.domain.state import BoardFold

COUNTS: Final = Columns(
    {
        "id": COLUMNS["id"],
        "name": COLUMNS["name"],
        "town": COLUMNS["town"],
        "patients": (
            "人数",
            "就诊人数",
            "接诊人数",
            "今日人数",
            "今日就诊人数",
            "今日接诊人数",
            "当天就诊人数",
            "当日就诊人数",
            "当日接诊人数",
            "就诊人次",
            "接诊人次",
            "发热门诊人数",
            "发热人数",
            "数量",
        ),
    },
    key="patients",
)
_SUMS: Final = frozenset({"合计", "总计", "小计", "共计"})

UNKNOWN: Final = "unknown_site"
AMBIGUOUS: Final = "ambiguous_site"
TWICE: Final = "site_twice"


class CountRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row: whose number it is, or why it is nobody's."""

    line: int
    text: str
    """The site as the row names it."""
    site: str = ""
    patients: str = ""
    """As it was written; empty says nothing."""
    fault: str = ""


def read_counts(sheet: Sheet, fold: BoardFold) -> list[CountRow]:
    """Every row of the list but its sums, in its order. Pure."""
    names: dict[str, list[str]] = defaultdict(list)
    for site_id, state in fold.sites.items():
        names[plain(state.site.name)].append(site_id)
    counts: list[CountRow] = []
    first: dict[str, int] = {}
    for row in sheet.rows:
        if _text(row, "name") in _SUMS:
            continue
        count = _count(row, fold, names)
        if count.patients and count.site and first.setdefault(count.site, count.line) != count.line:
            count = msgspec.structs.replace(count, fault=TWICE)
        counts.append(count)
    return counts


def _count(row: SheetRow, fold: BoardFold, names: Mapping[str, list[str]]) -> CountRow:
    given, name, town = _text(row, "id"), _text(row, "name"), _text(row, "town")
    count = CountRow(line=row.line, text=name or given, patients=" / ".join(row.cells.get("patients", ())))
    if given:
        found = [given] if given in fold.sites else []
    else:
        found = names.get(name, [])
        there = [site for site in found if plain(fold.sites[site].site.town) == town]
        found = there if town and there else found
    if len(found) != 1:
        return msgspec.structs.replace(count, fault=AMBIGUOUS if found else UNKNOWN)
    return msgspec.structs.replace(count, site=found[0], text=fold.sites[found[0]].site.name)


def _text(row: SheetRow, column: str) -> str:
    return plain("".join(row.cells.get(column, ())))
