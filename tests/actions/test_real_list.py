"""The real list, as it is, and as a county's bureau would have it."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import groupby

from tests.actions.lists import (
    REAL_SITES,
    csv_of,
    known_of,
    needs_real_sites,
    real_rows,
    run_import,
    size_of,
    xlsx_of,
)
from tests.patience import Stopwatch
from trafficlight.domain.kind import kind_of
from trafficlight.domain.phone import Phone, parse_phones
from trafficlight.ledger.store import LedgerStore

pytestmark = needs_real_sites

LOST_ZEROS = {"3163339343": "0316-3339343", "51968870819": "0519-68870819"}
"""Numbers without the 0 of their area, which the others of their board tell."""


def phones_of(row: Mapping[str, str]) -> tuple[Phone, ...]:
    """The row's phones as they are meant."""
    text = row["phone"]
    for written, meant in LOST_ZEROS.items():
        text = text.replace(written, meant)
    return parse_phones(text)


async def test_the_real_list_is_imported_whole_and_again_without_a_trace(ledger: LedgerStore) -> None:
    plan = await run_import(ledger, REAL_SITES.read_bytes())
    assert (len(plan.added), len(plan.new_boards), plan.faults) == (1079, 70, ())
    assert [warning.params["text"] for warning in plan.warnings if warning.code == "unknown_column"] == [
        "source"
    ]
    before = await size_of(ledger)
    again = await run_import(ledger, REAL_SITES.read_bytes())
    assert (again.unchanged, again.size) == (1079, 0)
    assert await size_of(ledger) == before


async def test_the_real_lists_phones_kinds_and_hours_arrive(ledger: LedgerStore) -> None:
    await run_import(ledger, REAL_SITES.read_bytes())
    current = await known_of(ledger)
    sites = {site_id: state.site for fold in current.boards.values() for site_id, state in fold.sites.items()}
    for row in real_rows():
        site = sites[row["id"]]
        assert (site.name, site.address, site.hours) == (row["name"], row["address"], row["hours"])
        assert site.phones == phones_of(row)
        assert site.kind == kind_of(row["kind"])
    assert sites["130200-014"].phones == (Phone("0315-7605260"), Phone("7638070"))
    assert sites["130200-016"].phones == (Phone("0315-7710068", ext="5210"),)
    assert sites["130200-001"].kind == "hospital"
    boards = {slug: fold.board for slug, fold in current.boards.items()}
    assert {board.name for board in boards.values()} >= {"唐山市", "克孜勒苏柯尔克孜自治州"}
    codes = Counter(bool(board.area_code) for board in boards.values())
    assert codes[True] >= 69  # the list of one city has local numbers only


def wide(text: str) -> str:
    """The text with full-width digits, as Chinese input methods type them."""
    return text.translate({ord("0") + n: ord("０") + n for n in range(10)})


def bureau_workbook(rows: Sequence[dict[str, str]]) -> bytes:
    """The rows, sorted by town, as bureaus have them: titled, towns merged, phones as numbers, no ids."""
    table: list[list[object]] = [
        ["某市发热门诊一览表"],
        ["序号", "所属乡镇", "机构名称", "地址", "联系电话", "类别"],
    ]
    merged = ["A1:F1"]
    for town, group in groupby(rows, key=lambda row: row["county"]):
        first = len(table) + 1
        for row in group:
            number = row["phone"]
            phone = int(number) if number.isdigit() else wide(number)
            table.append([len(table) - 1, None, row["name"], wide(row["address"]), phone, row["kind"]])
        table[first - 1][1] = town or None
        if town and len(table) > first:
            merged.append(f"B{first}:B{len(table)}")
    return xlsx_of(*table, merged=merged)


async def test_a_bureaus_workbook_without_ids_is_imported_board_by_board(ledger: LedgerStore) -> None:
    boards: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in sorted(real_rows(), key=lambda row: row["county"]):
        boards[row["board"]].append(row)
    for slug, rows in boards.items():
        body = bureau_workbook(rows)
        plan = await run_import(ledger, body, board=slug, board_name=rows[0]["board_name"])
        assert (len(plan.added), plan.faults) == (len(rows), ()), slug
        assert (await run_import(ledger, body, board=slug)).size == 0, slug
    current = await known_of(ledger)
    for slug, rows in boards.items():
        found = [state.site for state in current.boards[slug].sites.values()]
        assert [(site.name, site.town) for site in found] == [(row["name"], row["county"]) for row in rows]
        assert [site.phones for site in found] == [phones_of(row) for row in rows]
        assert [site.id for site in found] == [f"{slug}-{n + 1:03}" for n in range(len(rows))]


async def test_six_thousand_rows_take_less_than_ten_seconds(ledger: LedgerStore) -> None:
    rows = real_rows()
    table = [list(rows[0])]
    for copy in range(6):
        table += [[f"{copy}-{row['id']}", *list(row.values())[1:]] for row in rows][: 6000 - len(table) + 1]
    watch = Stopwatch()
    plan = await run_import(ledger, csv_of(*table))
    assert len(plan.added) == 6000
    assert watch.seconds < 10
