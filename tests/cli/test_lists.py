"""Lists beyond the sites: family-doctor teams, the guide, notices."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

from tests.cli.conftest import Trafficlight
from trafficlight.actions.workbook import MOST_BYTES
from trafficlight.cli.ledgers import board_of
from trafficlight.domain.state import BoardFold
from trafficlight.ledger.opening import data_ledger_url, open_ledger

TEAMS = """\
示例县家庭医生团队,,,
序号,乡镇,团队名称,服务村,联系电话
1,桃源镇,桃源镇第一团队,东村、西村,0300-5550111
2,柳河乡,柳河乡团队,,0300-5550112/0300-5550113
"""
AT = ("--board", "shili")


def fold_in(data: Path) -> BoardFold:
    async def read() -> BoardFold:
        ledger = await open_ledger(data_ledger_url(data))
        try:
            return await board_of(ledger, "shili")
        finally:
            await ledger.close()

    return asyncio.run(read())


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    file = tmp_path / "teams.csv"
    file.write_text(TEAMS, encoding="utf-8")
    return file


# --- teams --------------------------------------------------------------------------------------------------


def test_teams_come_in_and_the_same_file_again_is_no_event(
    data: Path, listed: Path, trafficlight: Trafficlight
) -> None:
    dry = trafficlight("teams", "import", listed, *AT, "--data", data, "--dry-run")
    assert dry.lines == ["+ 桃源镇 桃源镇第一团队", "+ 柳河乡 柳河乡团队", "added 2, removed 0, total 2"]
    assert not fold_in(data).teams
    assert trafficlight("teams", "import", listed, *AT, "--data", data).lines == dry.lines[-1:]
    position = fold_in(data).position
    assert trafficlight("teams", "import", listed, *AT, "--data", data).lines == [
        "added 0, removed 0, total 2"
    ]
    assert fold_in(data).position == position
    assert [team.name for team in fold_in(data).teams] == ["桃源镇第一团队", "柳河乡团队"]


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx"])
def test_an_export_of_teams_can_be_imported_again(
    data: Path, listed: Path, tmp_path: Path, trafficlight: Trafficlight, name: str
) -> None:
    trafficlight("teams", "import", listed, *AT, "--data", data)
    file = tmp_path / "new" / name
    assert trafficlight("teams", "export", *AT, "--data", data, "--out", file, "--chinese").code == 0
    position = fold_in(data).position
    assert trafficlight("teams", "import", file, *AT, "--data", data).code == 0
    assert fold_in(data).position == position
    if name.endswith("xlsx"):
        assert [sheet.title for sheet in openpyxl.load_workbook(file).worksheets] == ["teams"]


def test_an_export_of_teams_is_csv_on_stdout(data: Path, listed: Path, trafficlight: Trafficlight) -> None:
    trafficlight("teams", "import", listed, *AT, "--data", data)
    done = trafficlight("teams", "export", *AT, "--data", data)
    assert done.lines[0].removeprefix("\ufeff") == "team,town,area,phone"
    assert done.lines[2] == "柳河乡团队,柳河乡,,0300-5550112 / 0300-5550113"
    assert trafficlight("teams", "export", *AT, "--data", data, "--out", "list.ods").code == 2


def test_one_bad_cell_is_named_and_where_it_is_to_be_strict_nothing_is_imported(
    data: Path, listed: Path, trafficlight: Trafficlight
) -> None:
    with listed.open("a", encoding="utf-8") as file:
        file.write("3,桃源镇,,南村,见公告\n")
        file.write("4,桃源镇,第九团队,南村,见公告\n")
    done = trafficlight("teams", "import", listed, *AT, "--data", data, "--strict")
    assert (done.code, done.out) == (1, "")
    assert "Row 5, 联系电话:" in done.err
    assert "nothing was imported" in done.err
    assert not fold_in(data).teams
    assert trafficlight("teams", "import", listed, *AT, "--data", data).code == 0
    assert [team.phones for team in fold_in(data).teams][-1] == ()


def test_what_is_no_list_of_teams_is_refused_with_a_sentence(
    data: Path, tmp_path: Path, listed: Path, trafficlight: Trafficlight
) -> None:
    file = tmp_path / "sites.csv"
    file.write_text("机构名称,地址\n甲,乙\n", encoding="utf-8")
    done = trafficlight("teams", "import", file, *AT, "--data", data)
    assert (done.code, done.err) == (
        1,
        "No header in the first ten rows; at least the column team (团队名称) is needed.\n",
    )
    assert "nowhere" in trafficlight("teams", "import", listed, "--board", "nowhere", "--data", data).err
    file.write_bytes(b" " * (MOST_BYTES + 1))
    assert "20 MB" in trafficlight("teams", "import", file, *AT, "--data", data).err


def test_a_list_of_teams_is_taken_down(data: Path, listed: Path, trafficlight: Trafficlight) -> None:
    trafficlight("teams", "import", listed, *AT, "--data", data)
    assert trafficlight("teams", "remove", *AT, "--data", data).lines == ["shili"]
    assert not fold_in(data).teams
    done = trafficlight("teams", "remove", *AT, "--data", data)
    assert (done.code, done.err) == (1, "The board “shili” has no list of teams.\n")


# --- the guide ----------------------------------------------------------------------------------------------


def test_a_guide_is_put_and_taken_down(data: Path, tmp_path: Path, trafficlight: Trafficlight) -> None:
    file = tmp_path / "guide.md"
    file.write_text("# 就医指引\n", encoding="utf-8")
    put = ("boards", "guide", "shili", file, "--data", data)
    assert [trafficlight(*put).lines for _ in range(2)] == [["shili\tchanged"], ["shili\tunchanged"]]
    assert fold_in(data).guide == "# 就医指引\n"
    down = ("boards", "guide", "shili", "--remove", "--data", data)
    assert [trafficlight(*down).lines for _ in range(2)] == [["shili\tchanged"], ["shili\tunchanged"]]
    assert fold_in(data).guide == ""


def test_a_guide_is_a_file_or_its_removal(data: Path, tmp_path: Path, trafficlight: Trafficlight) -> None:
    file = tmp_path / "guide.md"
    file.write_text("", encoding="utf-8")
    assert trafficlight("boards", "guide", "shili", "--data", data).code == 2
    assert trafficlight("boards", "guide", "shili", file, "--remove", "--data", data).code == 2
    done = trafficlight("boards", "guide", "shili", file, "--data", data)
    assert (done.code, done.err) == (1, "The guide holds nothing; to take it down, choose so. (--remove)\n")


# --- notices ------------------------------------------------------------------------------------------------


def test_a_notice_is_posted_listed_and_taken_back(data: Path, trafficlight: Trafficlight) -> None:
    day = (datetime.now(UTC) + timedelta(days=3)).date()
    post = ("notices", "post", "元旦放假", *AT, "--until", day.isoformat(), "--data", data)
    (name,) = trafficlight(*post).lines
    assert trafficlight(*post).lines == [name]
    (other,) = trafficlight("notices", "post", "停电", *AT, "--data", data).lines
    after = (day + timedelta(days=1)).isoformat()
    listing = ("notices", "list", *AT, "--data", data)
    assert trafficlight(*listing).lines == [f"{name}\t{after}T00:00+08:00\t元旦放假", f"{other}\t-\t停电"]
    assert trafficlight("notices", "take-back", name, *AT, "--data", data).lines == [name]
    assert trafficlight(*listing).lines == [f"{other}\t-\t停电"]
    assert trafficlight("notices", "take-back", name, *AT, "--data", data).code == 1


@pytest.mark.parametrize(
    ("text", "end", "said"),
    [
        ("停电", "2020-01-01", "“2020-01-01” has gone by."),
        ("停电", "2030-01-01T08:00", "“2030-01-01T08:00”: An end is written like 2022-12-28"),
        ("  ", "2030-01-01", "The notice holds nothing."),
        ("长" * 201, "2030-01-01", "Too long: at most 200 characters."),
    ],
)
def test_a_notice_that_makes_no_sense_is_refused_in_a_sentence(
    data: Path, trafficlight: Trafficlight, text: str, end: str, said: str
) -> None:
    done = trafficlight("notices", "post", text, *AT, "--until", end, "--data", data)
    assert done.code == 1
    assert said in done.err
