"""Files that would take a server down are read where they cannot."""

import io
import threading
import time
import zipfile
from pathlib import Path

import pytest

from tests.actions.lists import csv_of, xlsx_of
from trafficlight.actions import sandbox
from trafficlight.actions.fields import SITES
from trafficlight.actions.sandbox import read_apart
from trafficlight.actions.sheet import read_sheet
from trafficlight.domain.errors import Refused

CASE = Path(__file__).parents[3] / "shared" / "cases" / "files" / "many-styles.xlsx"
LIST = (("机构名称", "联系电话"), ("桃源镇卫生院", "0000-5550101"))


def with_part(name: str, part: bytes) -> bytes:
    """A workbook with one part of another content."""
    before, out = io.BytesIO(xlsx_of(*LIST)), io.BytesIO()
    with zipfile.ZipFile(before) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.namelist():
            if one != name:
                new.writestr(one, old.read(one))
        new.writestr(name, part)
    return out.getvalue()


def test_a_list_comes_through_the_process_as_it_is_read_here() -> None:
    for body in (xlsx_of(*LIST), csv_of(*LIST)):
        assert [row.cells["name"] for row in read_sheet(body).rows] == [["桃源镇卫生院"]]


def test_what_is_refused_there_is_refused_here_with_its_params() -> None:
    with pytest.raises(Refused) as refused:
        read_sheet(b'id,name\na1,"never closed\n')
    assert (refused.value.code, refused.value.field, refused.value.params) == (
        "csv_broken",
        "file",
        {"line": 2},
    )


BOMB = b"<c/>" * 10_000_000


@pytest.mark.parametrize(("limit", "value"), [("MOST_MEMORY", 200 * 2**20), ("MOST_PROCESSOR", 1)])
def test_memory_or_work_that_a_file_would_take_ends_its_process_with_a_sentence(
    limit: str, value: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, limit, value)
    sheet = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row>%s'
    body = with_part("xl/worksheets/sheet1.xml", (sheet + b"</row></sheetData></worksheet>") % BOMB)
    assert len(body) < 2**20
    with pytest.raises(Refused, match="file_takes_too_much"):
        read_apart(body, SITES)
    assert read_apart(xlsx_of(*LIST), SITES).sheets, "and the next one is read"


def test_more_styles_than_excel_has_are_refused_at_once() -> None:
    styles = b"<styleSheet>" + b"<xf/>" * 3_000_000 + b"</styleSheet>"
    began = time.monotonic()
    with pytest.raises(Refused, match="file_takes_too_much"):
        read_apart(with_part("xl/styles.xml", styles), SITES)
    assert time.monotonic() - began < 20


@pytest.mark.skipif(not CASE.exists(), reason=f"the case is not at {CASE}")
def test_the_workbook_of_three_million_styles_is_refused() -> None:
    with pytest.raises(Refused, match="file_takes_too_much"):
        read_apart(CASE.read_bytes(), SITES)


@pytest.mark.parametrize("seconds", [0.0, 0.001, 0.02])
def test_a_process_that_takes_too_long_is_killed(seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the file, which is more than a pipe holds, was given to it, or half, or not at all."""
    monkeypatch.setattr(sandbox, "MOST_SECONDS", seconds)
    for body in (xlsx_of(*LIST), csv_of(*LIST) + b"\n" * 2**20):
        with pytest.raises(Refused, match="file_takes_too_much"):
            read_apart(body, SITES)


def test_two_are_at_work_and_a_third_waits_or_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "WAITED", 0.05)
    for _ in range(sandbox.AT_ONCE):
        assert sandbox._slots.acquire(timeout=5)  # noqa: SLF001 - as if two were at work
    try:
        with pytest.raises(Refused, match="desk_busy"):
            read_apart(csv_of(*LIST), SITES)
        monkeypatch.setattr(sandbox, "WAITED", 30.0)
        threading.Timer(0.2, sandbox._slots.release).start()  # noqa: SLF001
        assert read_apart(csv_of(*LIST), SITES).sheets
        assert sandbox._slots.acquire(timeout=5)  # noqa: SLF001
    finally:
        for _ in range(sandbox.AT_ONCE):
            sandbox._slots.release()  # noqa: SLF001
