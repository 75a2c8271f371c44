"""A day's counts of many sites: rows of a sheet, or lines that captains write in a group chat (大陈家 12).

Which site each of them is of, and what was written there. Each is then reported by itself. Nothing is guessed
in silence: a row or line that is not surely one site's is given back with what is wrong with it.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

import msgspec
from pypinyin import lazy_pinyin

from trafficlight.actions.fields import SITES, Columns
from trafficlight.actions.sheet import Sheet
from trafficlight.actions.tables import SheetRow
from trafficlight.actions.values import plain
from trafficlight.domain.board import Site
from trafficlight.domain.count import CountKind, count_at_end
from trafficlight.domain.errors import Refused
from trafficlight.domain.state import BoardFold

COUNTS: Final = Columns(
    {
        **{column: " ".join(SITES.words[column]) for column in ("id", "name", "town")},
        "patients": "人数 就诊人数 接诊人数 今日人数 今日就诊人数 今日接诊人数 当天就诊人数 "
        "当日就诊人数 当日接诊人数 就诊人次 接诊人次 发热门诊人数 发热人数 数量",
    },
    key="patients",
)
_SUMS: Final = frozenset({"合计", "总计", "小计", "共计"})

MOST_LINES: Final = 300
"""More than a town has sites, several times over."""
_MOST_NAMED: Final = 5
"""Sites named where a line may be several's."""
_LONGEST: Final = 200
"""Characters of a line: a name and a number are shorter."""
_LEAST: Final = 2
"""Characters by which a part of a name is looked for."""

_NUMBERED: Final = re.compile(r"^[\s(（]*(?:\d{1,3}|[一二三四五六七八九十]{1,3})\s*[)）.、．]\s*(?=\D)")
_APART: Final = re.compile(
    r"[;；]|(?<=[0-9０-９零〇一二三四五六七八九十百人位例个名次+＋满停诊])[,，、。](?=\s*[^\s0-9０-９])"
)
_TODAY: Final = re.compile(r"(?:今天|今日|截至目前|目前|共|就诊|接诊|登记)+$")
_KINDS: Final = re.compile(
    r"(?:发热门诊|发热诊室|社区卫生服务中心|社区卫生服务站|卫生服务站|中心卫生院|村卫生室|卫生室|卫生院|卫生所|医院|门诊部|诊所)$"
)

# --- a sheet ------------------------------------------------------------------------------------------------


class CountRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row: whose number it is, or why it is nobody's."""

    line: int = 0
    """As a spreadsheet numbers it; 0 for one that is in no sheet."""
    text: str
    """The site as the row names it."""
    site: str = ""
    patients: str = ""
    """As it was written; empty says nothing."""
    fault: str = ""
    """`unknown_site`, `ambiguous_site` or `site_twice`."""


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
            count = msgspec.structs.replace(count, fault="site_twice")
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
        return msgspec.structs.replace(count, fault="ambiguous_site" if found else "unknown_site")
    return msgspec.structs.replace(count, site=found[0], text=fold.sites[found[0]].site.name)


def _text(row: SheetRow, column: str) -> str:
    return plain("".join(row.cells.get(column, ())))


# --- a chat -------------------------------------------------------------------------------------------------


class Pasted(msgspec.Struct, frozen=True, kw_only=True):
    """One line and what it was read as."""

    text: str
    site: str = ""
    """Whose it surely is; empty where there is a problem."""
    name: str = ""
    """The site's, in full."""
    patients: int | None = None
    """None also where no number is said: 已满, 暂停, 24+."""
    written: str = ""
    """The count, as the field of the site is to hold it."""
    code: str = ""
    """Why it counts for none: `no_count`, `out_of_range`, `unknown_site`, `ambiguous_site`, `counts_differ`,
    `too_many_lines`; empty where it counts."""
    params: Mapping[str, str | int] = {}
    candidates: tuple[str, ...] = ()
    """The names of the sites that an ambiguous line may be of."""

    @property
    def field(self) -> None:
        """A line is no field."""


def read_pasted(text: str, sites: Iterable[Site]) -> list[Pasted]:
    """Every line of the text, in its order. Of two different numbers for one site neither counts."""
    find = _finder(list(sites))
    lines = [
        _read(line, find)
        if number < MOST_LINES
        else Pasted(text=line, code="too_many_lines", params={"most": MOST_LINES})
        for number, line in enumerate(_lines(text))
    ]
    counts: dict[str, set[str]] = {}
    for line in lines:
        if line.site:
            counts.setdefault(line.site, set()).add(line.written)
    return [
        msgspec.structs.replace(line, site="", code="counts_differ")
        if len(counts.get(line.site, ())) > 1
        else line
        for line in lines
    ]


def _lines(text: str) -> Iterable[str]:
    for line in text.splitlines():
        for part in _APART.split(_NUMBERED.sub("", line)):
            if part.strip():
                yield part.strip()


def _read(text: str, find: Callable[[str], Sequence[Site]]) -> Pasted:
    try:
        found = count_at_end(text) if len(text) <= _LONGEST else None
    except Refused as refused:
        return Pasted(text=text, code=refused.code, params=refused.params)
    if found is None or (found.is_glued and find(text)):  # the number is part of a name: 第3
        return Pasted(text=text, code="no_count")
    name = _TODAY.sub("", found.before.rstrip(" :,、-=\t"))
    sites = find(name)
    if len(sites) != 1:
        code = "ambiguous_site" if sites else "unknown_site"
        names = tuple(site.name for site in sites[:_MOST_NAMED])
        return Pasted(text=text, code=code, params={"site": name}, candidates=names)
    number = found.count.number if found.count.kind is CountKind.NUMBER else None
    written = found.written if number is None else str(number)
    return Pasted(text=text, site=sites[0].id, name=sites[0].name, patients=number, written=written)


def _finder(sites: Sequence[Site]) -> Callable[[str], Sequence[Site]]:
    """Looks for a site by its whole name or what people call it, then by parts of these, then by sound."""
    called = [(site, _unique(map(_bare, (site.name, *site.also)))) for site in sites]
    short = [(site, _unique(_KINDS.sub("", name) or name for name in names)) for site, names in called]

    def find(written: str) -> Sequence[Site]:
        name = _bare(written)
        stem = _KINDS.sub("", name) or name
        sound = _sound(stem)
        for fits in (
            lambda names, _: name in names,
            lambda _, stems: stem in stems,
            lambda names, _: len(stem) >= _LEAST and any(stem in one for one in names),
            lambda _, stems: len(stem) >= _LEAST and any(sound in _sounds(one) for one in stems),
        ):
            found = [
                site for (site, names), (_, stems) in zip(called, short, strict=True) if fits(names, stems)
            ]
            if found:
                return found
        return ()

    return find


def _bare(text: str) -> str:
    """Without spaces and signs, in one form of each letter."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(one for one in plain if one.isalnum())


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))


def _sound(name: str) -> str:
    return "".join(lazy_pinyin(name))


def _sounds(name: str) -> tuple[str, str]:
    """How the name sounds, and the first letters of that: dachenjia, dcj."""
    syllables = lazy_pinyin(name)
    return "".join(syllables), "".join(one[:1] for one in syllables)
