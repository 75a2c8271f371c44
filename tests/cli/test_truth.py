"""How true the lights were, on the command line; and a rule tried on days gone by before it is set."""

import asyncio
from datetime import datetime
from pathlib import Path

import pytest

from tests.cli.conftest import Trafficlight
from tests.surprise import ZONE, surprised_ledger
from trafficlight.actions.accuracy import OUTCOME_NAMES, RATE_NAMES
from trafficlight.domain.event import Reported
from trafficlight.ledger.opening import data_ledger_url, open_ledger
from trafficlight.text.languages import translate


@pytest.fixture
def surprised(tmp_path: Path, trafficlight: Trafficlight) -> Path:
    """A board that was surprised on each of the last twelve days."""
    data = tmp_path / "surprised"
    assert trafficlight("ledger", "import", surprised_ledger(tmp_path / "ledger"), "--data", data).code == 0
    return data


def figures(lines: list[str]) -> dict[tuple[str, str], list[str]]:
    """By the words of the rule and of the figure."""
    rows = [row.split("\t") for row in lines]
    return {(row[0], row[1]): row[2:] for row in rows if len(row) == 7}


def test_the_lights_of_past_days_are_held_against_what_was_reported(
    surprised: Path, trafficlight: Trafficlight
) -> None:
    done = trafficlight("truth", "--board", "shili", "--data", surprised)
    assert done.code == 0, done.err
    outcomes = {row.split("\t")[0]: row.split("\t")[1] for row in done.lines[1:9]}
    assert outcomes[translate(next(iter(OUTCOME_NAMES.values())), "en")] == "12"
    table = figures(done.lines)
    names = [translate(name, "en") for name in RATE_NAMES.values()]
    shown = [table["published", name] for name in names]
    assert [row[0] for row in shown] == ["15%", "62%", "100%", "0%", "0%", "0%", "17%"]
    assert shown[0][1:] == ["60", "396", "0", "12"]
    assert table["pace", names[3]] == ["100%", "12", "12", "0", "12"]
    assert "10:00\t52\t4\t48" in done.lines, "blue, and found full, the whole hour"
    assert "10:00" in done.lines[-1], "one more report at ten would help"


def test_of_few_days_there_is_no_per_cent(
    surprised: Path, trafficlight: Trafficlight, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trafficlight.domain.accuracy.LEAST_DAYS", 100)
    done = trafficlight("truth", "--board", "shili", "--days", "90", "--data", surprised)
    table = figures(done.lines)
    assert {row[0] for row in list(table.values())[1:]} == {"Too few days"}


def test_a_period_or_board_that_is_none_is_refused(surprised: Path, trafficlight: Trafficlight) -> None:
    assert trafficlight("truth", "--board", "shili", "--days", "15", "--data", surprised).code == 2
    unknown = trafficlight("truth", "--board", "nowhere", "--data", surprised)
    assert (unknown.code, "nowhere" in unknown.err) == (1, True)


# --- before it is set ---------------------------------------------------------------------------------------


@pytest.fixture
def reported(data: Path, trafficlight: Trafficlight) -> Path:
    """Two sites of the list have reported today; one has a rule of its own."""
    day = datetime.now(ZONE).date()

    async def append() -> None:
        ledger = await open_ledger(data_ledger_url(data))
        try:
            for site in ("a1", "b1"):
                await ledger.append(
                    "shili", [Reported(id=f"{site}".ljust(16, "."), site=site, service_day=day, patients=40)]
                )
        finally:
            await ledger.close()

    asyncio.run(append())
    put = ("rules", "set", "--data", data)
    assert trafficlight(*put, "--board", "shili", "--kind", "share").code == 0
    assert trafficlight(*put, "--site", "b1", "--kind", "counts", "--yellow", "10", "--red", "20").code == 0
    return data


def exported(data: Path, trafficlight: Trafficlight) -> str:
    return trafficlight("ledger", "export", "--data", data).out


def test_a_rule_that_is_tried_stands_beside_the_one_in_force_and_nothing_is_written(
    reported: Path, trafficlight: Trafficlight
) -> None:
    """Of the board: the sites without an exception."""
    before = exported(reported, trafficlight)
    tried = ("rules", "try", "--data", reported)
    done = trafficlight(*tried, "--board", "shili", "--kind", "counts", "--yellow", "20", "--red", "30")
    assert done.lines[0] == "a1\t桃源镇卫生院\t40\tyellow\tred"
    assert not [line for line in done.lines if line.startswith("b1")]
    done = trafficlight(*tried, "--site", "b1", "--kind", "counts", "--yellow", "50", "--red", "60")
    assert done.lines[0] == "b1\t柳河乡卫生院\t40\tred\tblue"
    done = trafficlight(*tried, "--site", "b1", "--reset")
    assert done.lines[0] == "b1\t柳河乡卫生院\t40\tred\tyellow", "as the board would judge it"
    assert exported(reported, trafficlight) == before


def test_a_board_without_a_rule_of_its_own_is_tried_by_the_default(
    reported: Path, trafficlight: Trafficlight
) -> None:
    put = ("--data", reported, "--board", "shili", "--kind", "counts", "--yellow", "20", "--red", "30")
    trafficlight("rules", "set", *put)
    done = trafficlight("rules", "try", "--data", reported, "--board", "shili", "--reset")
    assert done.lines[0] == "a1\t桃源镇卫生院\t40\tred\tyellow"


def test_a_rule_is_tried_on_days_gone_by(surprised: Path, trafficlight: Trafficlight) -> None:
    done = trafficlight("rules", "try", "--board", "shili", "--kind", "pace", "--data", surprised)
    table = figures(done.lines)
    warned = translate(RATE_NAMES["announced_30"], "en")
    assert table["current", warned][0] == "0%"
    assert table["tried", warned][0] == "100%"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (("--board", "shili"), 2),
        (("--kind", "pace"), 2),
        (("--board", "shili", "--kind", "pace", "--days", "3"), 2),
        (("--board", "shili", "--kind", "counts", "--yellow", "9", "--red", "3"), 1),
        (("--board", "nowhere", "--kind", "pace"), 1),
    ],
)
def test_what_cannot_be_tried_is_refused(
    data: Path, trafficlight: Trafficlight, wrong: tuple[str, ...], code: int
) -> None:
    assert trafficlight("rules", "try", "--data", data, *wrong).code == code
