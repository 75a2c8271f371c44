"""Lists in by the command line: the file, how it is to be read, and what is asked about it."""

import sys
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Annotated

import typer

from trafficlight.actions.fields import Columns as ListColumns
from trafficlight.actions.questions import ListQuestion
from trafficlight.actions.sandbox import read_apart
from trafficlight.actions.tables import ReadingChoice, TableRead
from trafficlight.actions.workbook import MOST_BYTES, Book
from trafficlight.cli.console import _, describe_question, note
from trafficlight.domain.errors import Refused

Answer = Annotated[
    list[str] | None,
    typer.Option("--answer", metavar="QUESTION=ANSWER", help=_("回答一个问题，或同一种的全部问题；可重复")),
]
Strict = Annotated[bool, typer.Option("--strict", help=_("有一格看不懂就什么也不导入"))]
Columns = Annotated[
    list[str] | None,
    typer.Option("--column", metavar="HEADER=COLUMN", help=_("某一列是什么；等号后面留空是不要它；可重复")),
]
WithNames = Annotated[bool, typer.Option("--with-names", help=_("电话旁边的人名也公开"))]
Sheets = Annotated[
    list[str] | None, typer.Option("--sheet", metavar="NAME", help=_("只要这张工作表；可重复"))
]
CheckList = Annotated[
    Path | None,
    typer.Option(
        "--check-list",
        metavar="FILE.csv|FILE.xlsx",
        dir_okay=False,
        help=_("核对表：每行读成什么、要核对什么，可发回给填表的单位"),
    ),
]
Hidden = Annotated[bool, typer.Option("--hidden", help=_("隐藏和筛选掉的行也要"))]


def book_in(
    file: Path,
    columns: ListColumns,
    given: Iterable[str] | None,
    sheets: Collection[str] | None,
    *,
    hidden: bool,
) -> tuple[Book, ReadingChoice]:
    """The file as it was parsed, and what was said of how it is to be read."""
    if file.stat().st_size > MOST_BYTES:
        raise Refused("file_too_big", "file", mb=MOST_BYTES // 2**20)
    named = _pairs(given, "name=phone")
    for column in named.values():
        if column and column not in columns.words:
            raise Refused("wrong_key", "column", text=column, keys=" ".join(columns.words))
    book = read_apart(file.read_bytes(), columns)
    there = [raw.name for raw in book.sheets]
    for name in sheets or ():
        if name not in there:
            raise Refused("no_such_sheet", "sheet", text=name, keys="、".join(there))
    chosen = {name: name in sheets for name in there} if sheets else {}
    return book, ReadingChoice(columns=named, hidden=hidden, sheets=chosen)


def answers_of(given: Iterable[str] | None) -> dict[str, str]:
    """What was answered beforehand, by the question's key or its sort."""
    return _pairs(given, "rename:12=same")


def _pairs(given: Iterable[str] | None, example: str) -> dict[str, str]:
    pairs = {}
    for one in given or ():
        key, equals, value = one.rpartition("=")
        if not equals:
            raise Refused("bad_pair", "answer", text=one, example=example)
        pairs[key.strip()] = value.strip()
    return pairs


def ask(questions: Iterable[ListQuestion]) -> Mapping[str, str]:
    """Ask whoever sits at the terminal; nothing is asked where nobody does."""
    if not sys.stdin.isatty():
        return {}
    answers = {}
    for question in questions:
        note(describe_question(question))
        choices = list(question.choices)
        for at, choice in enumerate(choices, start=1):
            note(f"  {at}  {_(question.choices[choice])}")
        number = 0
        while not 1 <= number <= len(choices):
            number = typer.prompt(_("选几"), type=int, err=True)
        answers[question.key] = choices[number - 1]
    return answers


def show_questions(questions: Iterable[ListQuestion]) -> None:
    """What is open, and how it is answered."""
    for question in questions:
        note(describe_question(question))
        for choice, text in question.choices.items():
            note(f"    --answer {question.key}={choice}  {_(text)}")


def show_tables(tables: Iterable[TableRead]) -> None:
    """Which tables were read, where their headers stand, and what their columns are."""
    for table in tables:
        known = [f"{one.header}={one.column}" for one in table.headings if one.column]
        place = _("{sheet} 表头在第{line}行：", sheet=table.sheet, line=table.line).strip()
        note(f"{place} {', '.join(known)}")
