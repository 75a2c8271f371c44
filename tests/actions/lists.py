"""Lists of sites as bureaus make them, and the ledger they are imported into."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
import openpyxl
import pytest

from trafficlight.actions.fields import SITES, Columns
from trafficlight.actions.placing import carry_out, planned
from trafficlight.actions.plan import ImportPlan, Options
from trafficlight.actions.sheet import Sheet, arranged
from trafficlight.actions.tables import ReadingChoice
from trafficlight.actions.workbook import read_book
from trafficlight.domain.board import Board, Site
from trafficlight.domain.event import BoardPut, Event, SitePlaced, SitePut
from trafficlight.domain.ids import SYSTEM
from trafficlight.domain.state import BoardFold
from trafficlight.domain.system import SystemFold
from trafficlight.ledger.base import Ledger
from trafficlight.ledger.current import Current

REAL_SITES = Path(__file__).parents[3] / "shared" / "data" / "sites.csv"

needs_real_sites = pytest.mark.skipif(not REAL_SITES.exists(), reason=f"the real list is not at {REAL_SITES}")


class Known(msgspec.Struct):
    """What an import finds."""

    system: SystemFold = msgspec.field(default_factory=SystemFold)
    boards: dict[str, BoardFold] = {}


HEADER = ("id", "name", "board", "board_name", "town", "address", "phone", "hours", "capacity")
A1 = ("a1", "桃源镇卫生院", "shili", "示例县", "桃源镇", "桃源大街1号", "0300-5550101", "24小时", "40")
A2 = ("a2", "柳河乡卫生院", "shili", "示例县", "柳河乡", "柳河路2号", "0300-5550102、5550103", "", "")
BUREAU = ("序号", "乡镇", "机构名称", "地址", "联系电话")
B1 = ("1", "桃源镇", "桃源镇卫生院", "桃源大街1号", "0300-5550101")
B2 = ("2", "柳河乡", "柳河乡卫生院", "柳河路2号", "0300-5550102")


def csv_of(*rows: Sequence[object], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    """The rows as a CSV file, the header among them."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(encoding)


def xlsx_of(*rows: Sequence[object], merged: Sequence[str] = (), title: str = "Sheet1") -> bytes:
    """The rows as a workbook of one sheet, with these ranges merged."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    for span in merged:
        sheet.merge_cells(span)
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read_here(body: bytes, columns: Columns = SITES, choice: ReadingChoice | None = None) -> Sheet:
    """As `read_sheet`, without the process of its own, which costs a quarter of a second each time."""
    return arranged(read_book(body, columns), columns, choice)


def real_rows() -> list[dict[str, str]]:
    """The rows of the real list."""
    with REAL_SITES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


async def known_of(ledger: Ledger) -> Current:
    """Everything that is in the ledger now."""
    current = Current(ledger)
    await current.start()
    return current


async def run_import(ledger: Ledger, body: bytes, **options: object) -> ImportPlan:
    """Import the file as the command line does."""
    current = await known_of(ledger)
    plan = await planned(ledger, current, read_here(body), msgspec.convert(options, Options))
    if not plan.blocked:
        await carry_out(ledger, plan, by="cli")
    return plan


async def put_sites(ledger: Ledger, board: Board, *sites: Site) -> None:
    """A board with sites, as if they had long been there."""
    placed: list[Event] = [SitePlaced(site=site.id, board=board.slug) for site in sites]
    if placed:
        await ledger.append(SYSTEM, placed)
    await ledger.append(board.slug, [BoardPut(board=board), *(SitePut(site=site) for site in sites)])


def fault_places(plan: ImportPlan) -> Mapping[tuple[int, str], str]:
    """The codes of the faults by row and column."""
    return {(fault.line, fault.column): fault.code for fault in plan.faults}


async def size_of(ledger: Ledger) -> int:
    """Events in the ledger."""
    return sum((await ledger.heads()).values())


async def sites_of(ledger: Ledger, board: str = "shili") -> dict[str, Site]:
    """The sites of the board, by id."""
    current = await known_of(ledger)
    return {site_id: state.site for site_id, state in current.boards[board].sites.items()}
