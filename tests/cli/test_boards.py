import asyncio
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from tests.cli.conftest import Trafficlight
from trafficlight.actions.boards import put_board
from trafficlight.actions.changing import LedgerChanges
from trafficlight.domain.board import Board, BoardState
from trafficlight.domain.event import BoardPut, NoticePosted
from trafficlight.domain.replay import fold_all
from trafficlight.ledger.base import PositionMoved
from trafficlight.ledger.opening import data_ledger_url, open_ledger


def board_in(data: Path, slug: str) -> Board:
    async def read() -> Board | None:
        ledger = await open_ledger(data_ledger_url(data))
        try:
            fold = fold_all(slug, await ledger.read(slug))
            return fold.board if fold else None
        finally:
            await ledger.close()

    board = asyncio.run(read())
    assert board is not None
    return board


def test_a_board_is_made_live_and_what_is_missing_is_told(tmp_path: Path, trafficlight: Trafficlight) -> None:
    done = trafficlight("boards", "put", "shili", "--data", tmp_path / "d", "--name", "示例县")
    assert done.lines == ["shili\tnew"]
    assert "--publisher" in done.err
    assert "--hotline" in done.err
    assert board_in(tmp_path / "d", "shili") == Board(slug="shili", name="示例县", state=BoardState.LIVE)


def test_every_setting_arrives(data: Path, trafficlight: Trafficlight) -> None:
    done = trafficlight(
        *("boards", "put", "shili", "--data", data, "--name", "新名县", "--publisher", "示例县卫健局"),
        *("--hotline", "0300-5550100", "--supervision", "0300-5550199", "--area-code", "0300"),
        *("--zone", "Asia/Urumqi", "--state", "paused", "--cut-off", "4:00", "--report-by", "14:00，9:00"),
        *(
            "--valid-hours",
            "6",
            "--capacity",
            "医院=120",
            "--capacity",
            "village_clinic=20",
            "--public-counts",
        ),
        *("--ordinary-hours", "*=8:00-17:30", "--ordinary-hours", "医院=24小时"),
        *("--special-day", "2026-10-01=休息", "--word", "red=先打电话", "--word", "blue/hospital=请来"),
        *("--licence", "CC BY 4.0", "--attribution", "示例县"),
        *("--banner", "试运行", "--closing", "谢谢", "--ended-on", "2026-12-31"),
    )
    assert (done.code, done.lines) == (0, ["shili\tchanged"])
    assert board_in(data, "shili") == Board(
        slug="shili",
        name="新名县",
        zone="Asia/Urumqi",
        state=BoardState.PAUSED,
        publisher="示例县卫健局",
        hotline="0300-5550100",
        supervision="0300-5550199",
        area_code="0300",
        cut_off=time(4),
        report_by=(time(9), time(14)),
        valid_hours=6,
        capacities={"hospital": 120, "village_clinic": 20},
        ordinary_hours={"*": "8:00-17:30", "hospital": "24小时"},
        special_days={date(2026, 10, 1): "休息"},
        words={"blue/hospital": "请来", "red": "先打电话"},
        public_counts=True,
        banner="试运行",
        licence="CC BY 4.0",
        attribution="示例县",
        closing="谢谢",
        ended_on=date(2026, 12, 31),
    )


def test_only_what_is_given_changes_and_an_empty_value_clears(data: Path, trafficlight: Trafficlight) -> None:
    put = ("boards", "put", "shili", "--data", data)
    trafficlight(
        *put,
        "--publisher",
        "局",
        "--capacity",
        "hospital=9",
        "--capacity",
        "village_clinic=8",
        "--banner",
        "旗",
    )
    trafficlight(*put, "--special-day", "2026-10-01=休息", "--special-day", "2026-10-02=8:00-12:00")
    trafficlight(
        *put, "--capacity", "hospital=", "--special-day", "2026-10-01=", "--banner", "", "--no-public-counts"
    )
    board = board_in(data, "shili")
    assert (board.name, board.publisher, board.area_code) == ("示例县", "局", "0300")
    assert board.capacities == {"village_clinic": 8}
    assert board.special_days == {date(2026, 10, 2): "8:00-12:00"}
    assert board.banner == ""


def test_the_same_settings_again_are_no_event(data: Path, trafficlight: Trafficlight) -> None:
    put = ("boards", "put", "shili", "--data", data, "--publisher", "局")
    assert trafficlight(*put).lines == ["shili\tchanged"]
    assert trafficlight(*put).lines == ["shili\tunchanged"]


def test_an_ended_board_has_its_day(data: Path, trafficlight: Trafficlight) -> None:
    put = ("boards", "put", "shili", "--data", data, "--state", "ended")
    assert trafficlight(*put).code == 1, "not without a word"
    trafficlight(*put, "--closing", "谢谢")
    assert board_in(data, "shili").ended_on is not None


def test_hours_of_a_special_day_that_decide_nothing_are_told(data: Path, trafficlight: Trafficlight) -> None:
    done = trafficlight("boards", "put", "shili", "--data", data, "--special-day", "2026-10-01=看情况")
    assert "看情况" in done.err
    assert done.code == 0


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--zone", "Mars/Olympus"),
        ("--zone", "../../etc/passwd"),
        ("--zone", ""),
        ("--cut-off", "24:00"),
        ("--cut-off", "noon"),
        ("--report-by", "09:00,"),
        ("--report-by", ""),
        ("--capacity", "castle=5"),
        ("--capacity", "hospital=0"),
        ("--capacity", "hospital"),
        ("--special-day", "2026-02-30=休息"),
        ("--word", "purple=…"),
        ("--word", "red/castle=…"),
        ("--hotline", "没有"),
        ("--area-code", "cn"),
        ("--ended-on", "soon"),
        ("--name", "长" * 81),
        ("--publisher", "长" * 201),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_changes(
    data: Path, trafficlight: Trafficlight, option: str, value: str
) -> None:
    before = board_in(data, "shili")
    done = trafficlight("boards", "put", "shili", "--data", data, option, value)
    assert done.code == 1
    assert done.err
    assert board_in(data, "shili") == before


def test_a_countys_own_kind_may_have_a_capacity(
    data: Path, tmp_path: Path, trafficlight: Trafficlight
) -> None:
    (tmp_path / "own.csv").write_text(
        "id,name,board,kind\na1,桃源镇卫生院,shili,康养驿站\n", encoding="utf-8"
    )
    trafficlight("sites", "import", tmp_path / "own.csv", "--data", data)
    assert trafficlight("boards", "put", "shili", "--data", data, "--capacity", "康养驿站=15").code == 0


async def test_settings_put_beside_somebody_elses_appends_are_not_lost(tmp_path: Path) -> None:
    ledger = await open_ledger(data_ledger_url(tmp_path))
    await ledger.append("shili", [BoardPut(board=Board(slug="shili", name="示例县"))])
    append = ledger.append
    met: list[int] = []

    async def beside(board: str, events: object, key: object = None, expect: int | None = None) -> object:
        if expect is not None and not met:
            met.append(expect)
            await append("shili", [BoardPut(board=Board(slug="shili", name="示例县", publisher="局"))])
        return await append(board, events, key, expect)  # type: ignore[arg-type]

    ledger.append = beside  # type: ignore[method-assign, assignment]
    _, after = await put_board(LedgerChanges(ledger, "cli"), "shili", {"banner": "旗"}, datetime.now(UTC))
    assert (after.publisher, after.banner) == ("局", "旗")
    await ledger.close()
    assert met


async def test_a_board_that_never_stands_still_is_given_up(tmp_path: Path) -> None:
    ledger = await open_ledger(data_ledger_url(tmp_path))
    append = ledger.append

    async def moved(board: str, events: object, key: object = None, expect: int | None = None) -> object:
        await append(board, [NoticePosted(notice="n", text="又一条")])
        raise PositionMoved

    ledger.append = moved  # type: ignore[method-assign, assignment]
    with pytest.raises(Exception, match="overtaken"):
        await put_board(LedgerChanges(ledger, "cli"), "shili", {"banner": "旗"}, datetime.now(UTC))
    await ledger.close()
