import csv
import io
from pathlib import Path

import openpyxl
import pytest

from tests.cli.conftest import LIST, Trafficlight
from trafficlight.actions import workbook


def write(folder: Path, text: str, name: str = "new.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_same_file_twice_changes_nothing(data: Path, tmp_path: Path, trafficlight: Trafficlight) -> None:
    done = trafficlight("sites", "import", tmp_path / "list.csv", "--data", data)
    assert done.lines == ["added 0, changed 0, moved 0, unchanged 3, skipped 0"]


def test_a_dry_run_tells_field_by_field_and_does_nothing(
    data: Path, tmp_path: Path, trafficlight: Trafficlight
) -> None:
    changed = (
        LIST.replace("24小时", "").replace("桃源大街1号", "新街9号") + "c1,新站,shili,示例县,桃源镇,,,\n"
    )
    file = write(tmp_path, changed)
    done = trafficlight("sites", "import", file, "--data", data, "--dry-run")
    assert done.code == 0
    assert done.lines == [
        "+ row 5 shili/c1 新站",
        "    kind: fever_clinic",
        "    town: 桃源镇",
        "~ row 2 shili/a1 桃源镇卫生院",
        "    address: 桃源大街1号 → 新街9号",
        "    hours: 24小时 → -",
        "added 1, changed 1, moved 0, unchanged 2, skipped 0",
    ]
    again = trafficlight("sites", "import", file, "--data", data, "--dry-run")
    assert again.lines == done.lines


def test_bad_cells_are_named_and_hold_nothing_else_up_unless_it_is_to_be_strict(
    data: Path, tmp_path: Path, trafficlight: Trafficlight
) -> None:
    rows = "C1,,shili,示例县,,,见公告,\nd1,好的,shili,示例县,,,见公告,\n"
    file = write(tmp_path, LIST + rows)
    strict = trafficlight("sites", "import", file, "--data", data, "--strict")
    assert (strict.code, strict.out) == (1, "")
    for place in (
        "Row 5, id:",
        "Row 5, name:",
        "Row 5, phone:",
        "Row 6, phone:",
        "4 faults; nothing was imported",
    ):
        assert place in strict.err
    skipped = trafficlight("sites", "import", file, "--data", data, "--skip-bad")
    assert (skipped.code, skipped.lines) == (0, ["added 0, changed 0, moved 0, unchanged 3, skipped 2"])
    done = trafficlight("sites", "import", file, "--data", data)
    assert (done.code, done.lines) == (0, ["added 1, changed 0, moved 0, unchanged 3, skipped 1"])
    assert "Row 6, phone:" in done.err
    assert "These 4 places were left out" in done.err


def test_a_bureaus_list_needs_the_board_alone(tmp_path: Path, trafficlight: Trafficlight) -> None:
    file = write(tmp_path, "序号,机构名称,联系电话\n1,甲院,0300-5550101\n")
    done = trafficlight(
        *("sites", "import", file, "--data", tmp_path / "d", "--board", "jia", "--board-name", "甲县")
    )
    assert done.code == 0
    assert trafficlight("boards", "list", "--data", tmp_path / "d").lines == ["jia\t甲县\tlive\t1"]
    renamed = write(tmp_path, "序号,机构名称,联系电话\n1,甲中心医院,0300-5550101\n")
    arguments = ("sites", "import", renamed, "--data", tmp_path / "d", "--board", "jia")
    asked = trafficlight(*arguments)
    assert asked.code == 1
    assert "甲院" in asked.err
    assert trafficlight(*arguments, "--accept-renames").code == 0


def test_a_site_moves_when_asked(data: Path, tmp_path: Path, trafficlight: Trafficlight) -> None:
    file = write(tmp_path, "id,name,board\na1,桃源镇卫生院,new\n")
    assert trafficlight("sites", "import", file, "--data", data).code == 1
    done = trafficlight("sites", "import", file, "--data", data, "--move", "--dry-run")
    assert "    board: shili → new" in done.lines
    assert trafficlight("sites", "import", file, "--data", data, "--move").code == 0
    assert trafficlight("boards", "list", "--data", data).lines == [
        "new\tnew\tlive\t1",
        "shili\t示例县\tlive\t2",
    ]


def test_what_is_exported_is_imported_without_a_change(
    data: Path, tmp_path: Path, trafficlight: Trafficlight
) -> None:
    printed = trafficlight("sites", "export", "--data", data).out
    rows = list(csv.DictReader(io.StringIO(printed.removeprefix("\ufeff"))))
    assert [row["id"] for row in rows] == ["a1", "a2", "b1"]
    for name in ("out/sites.csv", "out/sites.xlsx"):
        for chinese in ([], ["--chinese"]):
            file = tmp_path / name
            assert trafficlight("sites", "export", "--data", data, "--out", file, *chinese).code == 0
            again = trafficlight("sites", "import", file, "--data", data)
            assert again.lines == ["added 0, changed 0, moved 0, unchanged 3, skipped 0"]
    sheet_names = openpyxl.load_workbook(tmp_path / "out" / "sites.xlsx").sheetnames
    assert sheet_names == ["sites"]


def test_an_export_of_one_board_and_of_none(data: Path, tmp_path: Path, trafficlight: Trafficlight) -> None:
    assert len(trafficlight("sites", "export", "--data", data, "--board", "shili").lines) == 4
    assert trafficlight("sites", "export", "--data", data, "--board", "nothing").code == 1
    assert trafficlight("sites", "export", "--data", data, "--out", tmp_path / "x.doc").code == 2


def test_a_huge_file_is_refused_before_it_is_read(
    data: Path, tmp_path: Path, trafficlight: Trafficlight, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trafficlight.cli.lists.MOST_BYTES", 10)
    assert trafficlight("sites", "import", tmp_path / "list.csv", "--data", data).code == 1
    assert workbook.MOST_BYTES == 20 * 2**20


def test_two_sites_become_one_and_one_becomes_two(data: Path, trafficlight: Trafficlight) -> None:
    assert trafficlight("sites", "merge", "a1", "a2", "--data", data).lines == ["a1\ta2"]
    assert trafficlight("boards", "list", "--data", data).lines == ["shili\t示例县\tlive\t2"]
    assert trafficlight("sites", "merge", "a2", "a2", "--data", data).code == 1
    assert trafficlight("sites", "split", "a2", "--name", "新院区", "--data", data).lines == ["a2\tshili-001"]
    assert trafficlight("boards", "list", "--data", data).lines == ["shili\t示例县\tlive\t3"]


def test_a_site_is_removed_by_its_id_alone(data: Path, trafficlight: Trafficlight) -> None:
    assert trafficlight("sites", "remove", "a1", "nobody", "--data", data).code == 1
    assert trafficlight("boards", "list", "--data", data).lines == ["shili\t示例县\tlive\t3"]
    assert trafficlight("sites", "remove", "a1", "a2", "--data", data).lines == ["a1\tshili", "a2\tshili"]
    assert trafficlight("boards", "list", "--data", data).lines == ["shili\t示例县\tlive\t1"]
