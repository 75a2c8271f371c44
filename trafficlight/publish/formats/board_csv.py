"""The board as a table in text, for people and their spreadsheets."""

import csv
import re
from io import StringIO
from typing import Final

from trafficlight.publish import table
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.view import BoardView
from trafficlight.text.languages import N_, translate

_RUN: Final = "=+-@＝＋－＠"
"""A cell that begins so is a formula to a spreadsheet."""
_CONTROL: Final = re.compile(r"[\0-\x1f\x7f-\x9f\u2028\u2029]+")


class BoardCsv:
    """{board}/board.csv: UTF-8 with the mark by which Excel knows it, a line a site, nothing to run."""

    name = "board_csv"
    scope = FormatScope.DATA
    pattern = "{board}/board.csv"

    def make(self, view: BoardView, /) -> tuple[Artifact, ...]:
        lang, text = view.header.lang, StringIO()
        phone = translate(N_("电话"), lang)
        lines = csv.writer(text)
        lines.writerow(table.head(lang))
        lines.writerows([safe_cell(cell, phone) for cell in row] for row in table.rows(view))
        body = b"\xef\xbb\xbf" + text.getvalue().encode(errors="replace")
        return (Artifact(self.pattern.format(board=view.header.slug), "text/csv; charset=utf-8", body),)


def safe_cell(cell: table.Cell, phone: str) -> table.Cell:
    """The cell as a spreadsheet leaves it alone.

    Bare digits would lose the 0 before them, and a mobile number its end; +86 would be a sum.
    """
    if not isinstance(cell, str):
        return cell
    text = _CONTROL.sub(" ", cell).strip()
    bare = text.removeprefix("+")
    if bare.isdecimal() and len(bare) > _SHORT:
        return f"{phone} {text}"
    return f"'{text}" if text[:1] and text[0] in _RUN else text


_SHORT: Final = 4
"""Digits: up to so many, such as of an id, a spreadsheet loses none."""
