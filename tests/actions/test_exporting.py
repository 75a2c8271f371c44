import csv
import io
from datetime import UTC, date, datetime

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.actions.lists import Known, needs_real_sites, read_here, real_rows, run_import
from trafficlight.actions.exporting import rows_of, to_csv, to_xlsx
from trafficlight.actions.fields import write_phones
from trafficlight.actions.importing import plan_import
from trafficlight.actions.workbook import bare
from trafficlight.domain import event as e
from trafficlight.domain.board import Board, Site
from trafficlight.domain.kind import KINDS
from trafficlight.domain.phone import Phone, parse_phones
from trafficlight.domain.record import Record
from trafficlight.domain.replay import fold_all
from trafficlight.domain.state import BoardFold, Mark, SiteState
from trafficlight.domain.system import SystemFold
from trafficlight.ledger.store import LedgerStore

WRITERS = {"csv": to_csv, "xlsx": to_xlsx}


def board_of(*sites: Site, slug: str = "shili") -> BoardFold:
    """A board as folded."""
    start = Mark(1, datetime(2022, 12, 24, tzinfo=UTC))
    put = e.BoardPut(board=Board(slug=slug, name="示例县", area_code="0300"))
    fold = fold_all(slug, [Record(slug, start.position, start.at, put)])
    assert fold is not None
    fold.sites = {site.id: SiteState(site=site, touched=start, light_changed=start) for site in sites}
    return fold


def known_of(*boards: BoardFold) -> Known:
    directory = {site: fold.slug for fold in boards for site in fold.sites}
    return Known(SystemFold(directory=directory), {fold.slug: fold for fold in boards})


TEXT = st.text(max_size=40) | st.sampled_from(
    ["=1+1", "+86", "-1", "@x", "'=1", "''", "'", "a\nb", "＝1", "\t=x"]
)
NAMES = TEXT.filter(bare)
PHONES = st.lists(
    st.builds(
        Phone,
        number=st.sampled_from(["0300-5550101", "+86 999 5550101", "13900000000"]),
        ext=TEXT,
        label=TEXT,
    )
)
COORDINATES = st.none() | st.tuples(
    st.floats(-90, 90).map(lambda degrees: round(degrees, 7)),
    st.floats(-180, 180).map(lambda degrees: round(degrees, 7)),
)


@st.composite
def sites(draw: st.DrawFn) -> Site:
    place = draw(COORDINATES)
    return Site(
        id=draw(st.from_regex(r"[a-z0-9][a-z0-9-]{0,20}", fullmatch=True)),
        name=draw(NAMES),
        kind=draw(st.sampled_from([kind.code for kind in KINDS]) | TEXT),
        phones=tuple(draw(PHONES)),
        capacity=draw(st.none() | st.integers(1, 9999)),
        lat=place[0] if place else None,
        lon=place[1] if place else None,
        crs=draw(st.sampled_from(["wgs84", "gcj02", "bd09"])),
        also=tuple(draw(st.lists(TEXT, max_size=3))),
        phone_checked=draw(st.none() | st.dates(date(1900, 1, 1))),
        province=draw(TEXT),
        town=draw(TEXT),
        address=draw(TEXT),
        hours=draw(TEXT),
        rota=draw(TEXT),
        serves=draw(TEXT),
        booking=draw(TEXT),
    )


@given(st.lists(sites(), max_size=5, unique_by=lambda site: site.id), st.sampled_from(sorted(WRITERS)))
def test_importing_an_export_changes_nothing(some: list[Site], form: str) -> None:
    half = len(some) // 2
    boards = [board_of(*some[:half]), board_of(*some[half:], slug="other")]
    plan = plan_import(read_here(WRITERS[form](rows_of(boards))), known_of(*boards))
    assert (plan.faults, plan.changed, plan.size) == ((), (), 0)
    assert plan.unchanged == len(some)


@pytest.mark.parametrize("chinese", [False, True])
@pytest.mark.parametrize("form", sorted(WRITERS))
async def test_an_export_imported_elsewhere_gives_the_same_sites(
    form: str, chinese: bool, ledger: LedgerStore
) -> None:
    sites = [
        Site(
            id="a1",
            name="=cmd|' /C calc'!A0",
            kind="village_clinic",
            phones=parse_phones("+86 999 5550101转8005"),
        ),
        Site(
            id="a2",
            name="'=甲",
            lat=-1.5,
            lon=-120.25,
            crs="bd09",
            phones=parse_phones("0300-5550101（白天 急诊）"),
        ),
        Site(id="a3", name="@乙", kind="康养驿站", also=("老院", "西院"), hours="8:00-12:00", capacity=50),
        Site(id="a4", name="-丙", phone_checked=date(2022, 12, 24), address="0001", town="+丁"),
        Site(id="a5", name="丁", kind="mobile_stop", rota="每5天一次，自12月1日起", hours="8:30-11:30"),
    ]
    body = WRITERS[form](rows_of([board_of(*sites)], chinese=chinese))
    plan = await run_import(ledger, body)
    assert not plan.faults
    assert list(plan.sites["shili"]) == sites


def test_no_cell_of_a_csv_is_a_formula() -> None:
    signs = "=+-@＝＋－＠"
    sites = [Site(id=f"a{n}", name=f"{sign}SUM(1)", address=f" \x00{sign}1") for n, sign in enumerate(signs)]
    body = to_csv(rows_of([board_of(*sites)]))
    assert body.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
    assert len(rows) == len(signs) + 1
    assert not [cell for row in rows for cell in row if cell.startswith(tuple(signs))]


def test_a_workbook_holds_texts_not_formulas_and_coordinates_as_numbers() -> None:
    body = to_xlsx(rows_of([board_of(Site(id="001", name="=1+1", lat=-1.5, lon=2, capacity=7))]))
    sheet = openpyxl.load_workbook(io.BytesIO(body)).worksheets[0]
    header, row = (list(cells) for cells in sheet.iter_rows())
    of = {cell.value: row[index] for index, cell in enumerate(header)}
    assert (of["id"].value, of["id"].data_type) == ("001", "s")
    assert (of["name"].value, of["name"].data_type) == ("=1+1", "s")
    assert (of["lat"].value, of["lon"].value, of["capacity"].value) == (-1.5, 2, 7)


def test_chinese_headers_are_those_that_lists_have() -> None:
    rows = list(rows_of([board_of(Site(id="a1", name="甲", kind="village_clinic"))], chinese=True))
    assert {"机构名称", "所属乡镇", "地址", "联系电话"} < set(rows[0])
    assert "村卫生室" in rows[1]


@needs_real_sites
def test_real_phones_are_written_so_that_they_are_read_the_same() -> None:
    for row in real_rows():
        phones = parse_phones(row["phone"])
        assert parse_phones(write_phones(phones)) == phones
