"""Ledgers are found by URL."""

import asyncio
import os
from pathlib import Path

import pytest

from tests.ledger.conftest import LEDGERS as TESTED
from tests.ledger.facts import report
from trafficlight.ledger.base import LedgerUnavailable
from trafficlight.ledger.opening import LEDGERS, data_ledger_url, open_for_reading, open_ledger
from trafficlight.ledger.store import LedgerMissing


async def test_a_ledger_is_found_by_either_form_of_its_url(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for n, url in enumerate(
        [f"sqlite:{tmp_path}/a b%20?.sqlite", f"sqlite://{tmp_path}/a b%20?.sqlite", "sqlite:a b%20?.sqlite"],
        start=1,
    ):
        ledger = await open_ledger(url)
        assert (await ledger.append("longkou", [report(n)])).positions == (n,)
        await ledger.close()
    assert await asyncio.to_thread(os.listdir, tmp_path) == ["a b%20?.sqlite"]


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("postgres://host/db", "'postgres' is no kind of ledger; a ledger's URL begins with .*sqlite:"),
        ("/var/lib/ledger.sqlite", "begins with .*sqlite:"),
        ("sqlite", "begins with .*sqlite:"),
        ("", "begins with .*sqlite:"),
        ("sqlite:", "the path is missing"),
        ("sqlite:///", "the path is missing"),
        ("sqlite://host/ledger", "a file has no host"),
    ],
)
async def test_a_url_that_is_none_is_refused_in_a_sentence(url: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        await open_ledger(url)


async def test_a_data_folder_has_its_ledger_and_is_made_where_missing(tmp_path: Path) -> None:
    ledger = await open_ledger(data_ledger_url(tmp_path / "new" / "data"))
    await ledger.close()
    assert (tmp_path / "new" / "data" / "ledger.sqlite").is_file()


async def test_whoever_only_reads_makes_no_ledger_and_changes_none(url: str) -> None:
    with pytest.raises(LedgerMissing):
        await open_for_reading(url)
    with pytest.raises(LedgerMissing):  # the look before made nothing
        await open_for_reading(url)
    ledger = await open_ledger(url)
    await ledger.append("longkou", [report(1)])
    looking = await open_for_reading(url)  # beside who writes
    assert await looking.heads() == {"longkou": 1}
    await ledger.append("longkou", [report(2)])
    await ledger.close()
    assert len(await looking.read("longkou")) == 2
    assert list(await looking.check()) == []
    with pytest.raises(LedgerUnavailable, match="only to be read"):
        await looking.append("longkou", [report(3)])
    await looking.close()


def test_every_kind_of_ledger_is_tested() -> None:
    assert {LEDGERS[scheme] for scheme in TESTED} == set(LEDGERS.values()), (
        "a ledger is one row in opening.LEDGERS and one in the tests' conftest.LEDGERS"
    )
