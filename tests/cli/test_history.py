"""Settled months written as data, by the command line."""

import json
from pathlib import Path

from tests.cli.conftest import Trafficlight
from tests.publish.worlds import SHILI, county, report
from trafficlight.domain.record import encode, line


def test_the_command_writes_each_settled_month_once(tmp_path: Path, trafficlight: Trafficlight) -> None:
    world = county(2)
    world.happen(SHILI, report(0, 3), after=1800)
    data, out = tmp_path / "data", tmp_path / "out"
    exported = tmp_path / "ledger.ndjson"
    exported.write_bytes(
        b"\n".join(line(one.board, one.position, one.at, encode(one.event)) for one in world.records)
    )
    assert trafficlight("ledger", "import", exported, "--data", data).code == 0
    done = trafficlight("history", "--to", out, "--data", data)
    assert done.code == 0, done.err
    assert done.lines[:2] == [f"{SHILI}/history/2022-12.csv", f"{SHILI}/history/2022-12.ndjson"]
    kept = out / SHILI / "history" / "2022-12.csv"
    kept.write_bytes(b"as it was")
    assert trafficlight("history", "--to", out, "--data", data).lines == []
    assert kept.read_bytes() == b"as it was"
    listed = json.loads((out / SHILI / "history" / "index.json").read_text())
    assert listed["months"][0]["month"] == "2022-12"
    refused = trafficlight("history", "--to", out, "--data", data, "--board", SHILI, "--month", "2999-01")
    assert refused.code == 1
    assert trafficlight("history", "--to", out, "--data", data, "--month", "Dezember").code == 2
