"""What residents found, as the desk reads it on the command line."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Trafficlight
from trafficlight.cli import console
from trafficlight.domain.event import MismatchReported, SiteRemoved
from trafficlight.ledger.opening import data_ledger_url, open_ledger


def happen(data: Path, at: datetime, *events: MismatchReported | SiteRemoved) -> None:
    async def append() -> None:
        ledger = await open_ledger(data_ledger_url(data), lambda: at)
        try:
            await ledger.append("shili", events)
        finally:
            await ledger.close()

    asyncio.run(append())


def test_what_was_told_is_listed_in_the_order_in_which_it_came(
    data: Path, trafficlight: Trafficlight, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC) + timedelta(minutes=1)  # after the list was imported, a moment ago
    told, about = (at.astimezone(UTC) + timedelta(hours=8) for at in (now, now - timedelta(hours=2)))
    happen(data, now, MismatchReported(site="a1", what="closed", about=now - timedelta(hours=2)))
    happen(data, now, MismatchReported(site="b1", what="not_seen"), SiteRemoved(site="b1"))
    rows = [
        line.split("\t")
        for line in trafficlight("mismatches", "list", "--board", "shili", "--data", data).lines
    ]
    assert [row[1:4] for row in rows] == [
        ["a1", "桃源镇卫生院", "Went there, nobody opened"],
        ["b1", "柳河乡卫生院", "Went there, was not seen"],
    ]
    assert rows[0][0] == f"{told:%Y-%m-%dT%H:%M}+08:00"
    assert rows[0][4] == f"{about:%Y-%m-%dT%H:%M}+08:00"
    assert rows[1][4] == rows[1][0]
    monkeypatch.setattr(console, "LANG", "zh-Hans")
    assert "到了没开门" in trafficlight("mismatches", "list", "--board", "shili", "--data", data).out


def test_two_weeks_are_shown_or_as_many_days_as_are_asked_for(data: Path, trafficlight: Trafficlight) -> None:
    now = datetime.now(UTC) + timedelta(minutes=1)
    happen(data, now, MismatchReported(site="a1", what="closed"))
    command = ("mismatches", "list", "--board", "shili", "--data", data)
    assert len(trafficlight(*command, "--since", "2022-12-24").lines) == 1
    assert trafficlight(*command, "--since", f"{now + timedelta(days=2):%Y-%m-%d}").lines == []


def test_an_unknown_board_and_a_day_that_is_none_are_refused(data: Path, trafficlight: Trafficlight) -> None:
    unknown = trafficlight("mismatches", "list", "--board", "nowhere", "--data", data)
    assert (unknown.code, "nowhere" in unknown.err) == (1, True)
    wrong = trafficlight("mismatches", "list", "--board", "shili", "--data", data, "--since", "24.12.")
    assert (wrong.code, "24.12." in wrong.err) == (1, True)
