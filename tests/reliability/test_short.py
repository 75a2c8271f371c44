"""The short form of `make reliability`, so that every run of the tests proves it anew."""

from pathlib import Path

import pytest

from tests.reliability import clock_back, ending, killing, stopping
from tests.reliability.proof import Findings

ROUNDS = 3


@pytest.mark.timeout(400)  # starts and publishes many times
async def test_acknowledged_is_kept(tmp_path: Path) -> None:
    found = Findings()
    await killing.prove(tmp_path, ROUNDS, found)
    assert not found.broken


@pytest.mark.timeout(400)  # thousands of reports on whatever machine it is
async def test_a_stop_under_load_loses_nothing(tmp_path: Path) -> None:
    found = Findings()
    await stopping.prove(tmp_path, ROUNDS, found)
    assert not found.broken


@pytest.mark.timeout(400)  # starts many processes, on whatever machine it is
async def test_what_is_ended_at_any_instant_ends_and_leaves_nothing(tmp_path: Path) -> None:
    found = Findings()
    await ending.prove(tmp_path, 4 * ROUNDS, found)
    assert not found.broken


async def test_a_clock_set_back_does_not_turn_the_ledger_back(tmp_path: Path) -> None:
    found = Findings()
    await clock_back.prove(tmp_path, ROUNDS, found)
    assert not found.broken
