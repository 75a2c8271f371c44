"""A day's counts of many sites as a sheet: whose each row is, of which day and time, and what is asked.

Each is then reported by itself. Nothing is guessed in silence: a row that is not surely one site's is given
back with what is wrong with it.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time
from typing import Final

import msgspec

from trafficlight.actions.fields import SITES, Columns
from trafficlight.actions.matching import described
from trafficlight.actions.questions import SKIP, WHICH, WHICH_COUNT, ListQuestion, asked
from trafficlight.actions.sheet import Sheet
from trafficlight.actions.tables import SheetRow
from trafficlight.actions.values import plain
from trafficlight.domain.clock import DATE, date_of, named_day, read_clock, read_date, split_moment
from trafficlight.domain.count import narrow
from trafficlight.domain.state import BoardFold

COUNTS: Final = Columns(
    {
        **{column: " ".join(SITES.words[column]) for column in ("id", "name", "town")},
        "patients": "人数 就诊人数 接诊人数 今日人数 今日就诊人数 今日接诊人数 当天就诊人数 "
        "当日就诊人数 当日接诊人数 就诊人次 接诊人次 发热门诊人数 发热人数 数量 "
        "今日接诊量 今日就诊量 当日接诊量 当日就诊量 当天接诊量 接诊量 就诊量 今日人次 门诊量 发热门诊接诊量",
        "clock": "统计时间 时间 统计时刻 时刻 几点 填报时间 上报时间 截止时间 数据时间",
        "day": "日期 统计日期 填报日期 上报日期 数据日期 接诊日期 就诊日期",
    },
    key="patients",
)
_ZERO: Final = re.compile(r"[ T]?0?0:00(?::00)?$")
_DAY_NAMED: Final = re.compile(rf"(?<![0-9.])(?:{DATE})(?![0-9])")
_SUMS: Final = frozenset({"合计", "总计", "小计", "共计"})
_MOST_NAMED: Final = 8
"""Sites that a question offers."""


class CountRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row: whose number it is, or why it is nobody's."""

    line: int = 0
    """As a spreadsheet numbers it; 0 for one that is in no sheet."""
    text: str
    """The site as the row names it."""
    site: str = ""
    patients: str = ""
    """As it was written; empty says nothing."""
    clock: str = ""
    """At which time of the day it was true, as it was written; empty: now."""
    day: str = ""
    """Of which day it is, in ISO's form where it can be read; empty: today's."""
    fault: str = ""
    """`unknown_site`, `ambiguous_site`, `site_twice`, `counts_differ`, `later_line`, `days_differ`,
    `row_not_chosen`, or what is wrong with the cell."""
    sheet: str = ""
    """Where the file has several."""
    last: str = ""
    """The time of a later row of the same site and day."""

    @property
    def key(self) -> str:
        """What tells the row from the others of its file."""
        return f"{self.site}@{self.day}" if self.day else self.site

    @property
    def place(self) -> str:
        """Its sheet and line, as an answer names them."""
        return f"{self.sheet}:{self.line}" if self.sheet else str(self.line)


class CountList(msgspec.Struct, frozen=True):
    """A sheet of counts as read."""

    rows: Sequence[CountRow]
    questions: Sequence[ListQuestion]
    """What is asked, answered or not. A row of which something is open is not reported."""
    cells: Mapping[str, int]
    """Of all the cells with content in the file: `taken`, `left`, `refused`, `asked`."""


def read_counts(
    sheet: Sheet, fold: BoardFold, today: date, answers: Mapping[str, str] | None = None
) -> CountList:
    """Every row of the list but its sums, in its order. Pure."""
    reading = _CountReading(fold, today, answers or {})
    listed = [row for row in sheet.rows if _text(row, "name") not in _SUMS]
    rows = reading.without_twice([reading.row(row) for row in listed])
    return CountList(rows, reading.questions, _counted(sheet, listed, rows))


_OPEN: Final = frozenset({"counts_differ", "ambiguous_site"})
"""Faults of rows of which something is asked."""


def _counted(sheet: Sheet, listed: Sequence[SheetRow], rows: Sequence[CountRow]) -> Mapping[str, int]:
    """Where all the cells of the file went: a row without a count says nothing, and is left out."""
    counts = {
        "taken": sheet.group_cells,
        "left": sum(one.cells for one in sheet.left),
        "refused": 0,
        "asked": 0,
    }
    every = sum(sum(row.own.values()) for row in sheet.rows)
    for read, row in zip(listed, rows, strict=True):
        own = sum(read.own.values())
        every -= own
        empty = not row.patients.strip() and not row.fault
        where = "asked" if row.fault in _OPEN else "refused" if row.fault else "left" if empty else "taken"
        counts[where] += own
    counts["left"] += every  # sums, which add up what is above them
    return counts


class _CountReading:
    """One sheet against the board's sites."""

    def __init__(self, fold: BoardFold, today: date, answers: Mapping[str, str]) -> None:
        self.sites = {site_id: state.site for site_id, state in fold.sites.items()}
        self.today = today
        self.answers = answers
        self.questions: list[ListQuestion] = []
        self.names: dict[str, list[str]] = defaultdict(list)
        for site_id, site in self.sites.items():
            self.names[plain(site.name)].append(site_id)

    def row(self, row: SheetRow) -> CountRow:
        """Whose number it is, of which day and time."""
        given, name, town = _text(row, "id"), _text(row, "name"), _text(row, "town")
        day, clock, differs = _moment(row, self.today)
        count = CountRow(
            line=row.line,
            text=name or given,
            patients=" / ".join(row.cells.get("patients", ())),
            clock=clock,
            day=day,
            fault="days_differ" if differs else next((one.code for one in row.flaws), ""),
            sheet=row.sheet,
        )
        if given:
            found = [given] if given in self.sites else []
        else:
            found = self.names.get(name, [])
            there = [site for site in found if plain(self.sites[site].town) == town]
            found = there if town and there else found
        if len(found) > 1 and count.patients.strip():
            found, fault = self._chosen(count, found)
            count = msgspec.structs.replace(count, fault=fault)
        if len(found) != 1:
            fault = count.fault or ("ambiguous_site" if found else "unknown_site")
            return msgspec.structs.replace(count, fault=fault)
        return msgspec.structs.replace(count, site=found[0], text=self.sites[found[0]].name)

    def _chosen(self, count: CountRow, found: Sequence[str]) -> tuple[list[str], str]:
        """Which of several sites of the name the row is of, and why it is of none."""
        more = {site: described(self.sites[site]) for site in found[:_MOST_NAMED]}
        place = (count.line, count.sheet)
        new = f"{count.text} {count.patients}"
        question = asked(WHICH, self.answers, place, only=(SKIP,), more=more, new=new)
        self.questions.append(question)
        if question.answer in more:
            return [question.answer], count.fault
        return list(found), "row_not_chosen" if question.answer == SKIP else count.fault

    def without_twice(self, rows: Sequence[CountRow]) -> list[CountRow]:
        """The rows, of which of each site and day only one is taken.

        The same number again is none; of several with a time each the latest counts, for counts are running
        totals; all else is asked.
        """
        alike: dict[str, list[CountRow]] = defaultdict(list)
        for row in rows:
            if row.site and row.patients.strip() and not row.fault:
                alike[row.key].append(row)
        faults: dict[str, tuple[str, str]] = {}
        for several in alike.values():
            for row, fault, last in self._apart(several) if several[1:] else ():
                faults[row.place] = (fault, last)
        done = []
        for row in rows:
            fault, last = faults.get(row.place, (row.fault, "")) if row.site else (row.fault, "")
            done.append(msgspec.structs.replace(row, fault=fault, last=last))
        return done

    def _apart(self, several: Sequence[CountRow]) -> Iterable[tuple[CountRow, str, str]]:
        """Of rows of one site and day those that are not taken: why, and when the one is of that is."""
        first: dict[tuple[str, str], CountRow] = {}
        for row in several:
            if first.setdefault((plain(row.patients), row.clock), row) is not row:
                yield row, "site_twice", ""
        different = list(first.values())
        clocks = {read_clock(row.clock) for row in different}
        if None not in clocks and len(clocks) == len(different):
            latest = max(different, key=lambda row: read_clock(row.clock) or time.min)
            for row in different:
                if row is not latest:
                    yield row, "later_line", latest.clock
        elif different[1:]:
            yield from self._asked(different)

    def _asked(self, different: Sequence[CountRow]) -> Iterable[tuple[CountRow, str, str]]:
        first = different[0]
        more = {row.place: " ".join((f"{row.place}：{row.patients}", row.clock)).strip() for row in different}
        texts = "、".join(row.patients for row in different)
        place = (different[-1].line, different[-1].sheet)
        question = asked(WHICH_COUNT, self.answers, place, more=more, site=first.text, texts=texts)
        self.questions.append(question)
        for row in different:
            if row.place != question.answer:
                yield row, "row_not_chosen" if question.answer else "counts_differ", ""


def _moment(row: SheetRow, today: date) -> tuple[str, str, bool]:
    """The day and the time of day of a row, and whether it names two days. A time may stand behind a date."""
    written = [_ZERO.sub("", " / ".join(row.cells.get("day", ())))]
    before, clock = split_moment(" / ".join(row.cells.get("clock", ())))
    if read_date(clock, today) is not None:  # a column of times that holds days
        before, clock = clock, ""
    days = []
    for text in (*written, before):
        if text:
            found = read_date(text, today)
            days.append(found.isoformat() if found else text)
    day = days[0] if days else _day_above(row.titles, today)
    return "" if day == today.isoformat() else day, clock, len(set(days)) > 1


def _day_above(titles: Sequence[str], today: date) -> str:
    """The day that the sheet's name or a title names (12月2日), in ISO's form; empty where not just one."""
    for title in titles:
        named = named_day(title, today)
        if named is not None:
            return named.isoformat()
    texts = map(narrow, titles)
    found = {date_of(match, today) for text in texts for match in _DAY_NAMED.finditer(text)} - {None}
    return str(found.pop()) if len(found) == 1 else ""


def _text(row: SheetRow, column: str) -> str:
    return plain("".join(row.cells.get(column, ())))
