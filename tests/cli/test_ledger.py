import asyncio
import signal
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Trafficlight
from trafficlight.domain.event import NoticePosted
from trafficlight.ledger import transfer
from trafficlight.ledger.sqlite import SqliteLedger
from trafficlight.ledger.store import LedgerStore


def test_a_sound_ledger_is_said_to_be_sound(data: Path, trafficlight: Trafficlight) -> None:
    assert trafficlight("ledger", "verify", "--data", data).lines == ["sound, 8 events"]


def test_where_nothing_was_ever_kept_there_is_no_ledger(tmp_path: Path, trafficlight: Trafficlight) -> None:
    done = trafficlight("ledger", "verify", "--data", tmp_path / "new")
    assert (done.code, done.out) == (1, "")
    assert "no ledger here" in done.err


def test_what_was_changed_behind_our_back_is_found(data: Path, trafficlight: Trafficlight) -> None:
    with sqlite3.connect(data / "ledger.sqlite") as file:
        file.execute("UPDATE events SET body = replace(body, '桃源', '改过') WHERE board = 'shili'")
    file.close()
    done = trafficlight("ledger", "verify", "--data", data)
    assert done.code == 1
    assert "changed shili" in done.err
    assert not done.out


def test_a_backup_never_overwrites(data: Path, tmp_path: Path, trafficlight: Trafficlight) -> None:
    copy = tmp_path / "copies" / "one.sqlite"
    assert trafficlight("ledger", "backup", copy, "--data", data).code == 0
    again = trafficlight("ledger", "backup", copy, "--data", data)
    assert again.code == 1
    assert "exists" in again.err


def test_an_export_that_is_not_there_is_a_mistake_in_usage(
    tmp_path: Path, trafficlight: Trafficlight
) -> None:
    assert trafficlight("ledger", "import", tmp_path / "none", "--data", tmp_path / "d").code == 2


def test_a_server_with_settings_that_make_no_sense_does_not_start(
    tmp_path: Path, trafficlight: Trafficlight
) -> None:
    assert trafficlight("serve").code == 2
    assert trafficlight("serve", "--data", tmp_path, "--listen", "nowhere").code == 2
    assert trafficlight("demo", "--port", "8080", "--listen", "127.0.0.1:8080").code == 2


def test_a_ledger_moves_while_its_old_place_takes_nothing_more(
    data: Path, tmp_path: Path, trafficlight: Trafficlight
) -> None:
    old, new = f"sqlite:{data}/ledger.sqlite", f"sqlite:{tmp_path}/new/ledger.sqlite"
    moved = trafficlight("ledger", "copy", "--from", old, "--to", new, "--freeze")
    assert moved.lines == ["copied 8 events, byte for byte"]
    assert "servers may be started on it. The old one has taken nothing for 0." in moved.err
    exports = [trafficlight("ledger", "export", "--ledger", url).out for url in (old, new)]
    assert exports[0] == exports[1] != ""
    refused = trafficlight("tokens", "issue", "--data", data, "--all")
    assert refused.code == 1
    assert "moved to another place" in refused.err
    assert trafficlight("tokens", "issue", "--ledger", new, "--all").code == 0
    thawed = trafficlight("ledger", "thaw", "--data", data)
    assert thawed.lines == ["this ledger takes reports again"]
    assert "do not use this one" in thawed.err
    assert trafficlight("ledger", "thaw", "--data", data).lines == ["this ledger was not frozen"]
    assert trafficlight("tokens", "issue", "--data", data, "--all").code == 0


def test_a_copy_into_a_ledger_that_holds_something_freezes_nothing(
    data: Path, trafficlight: Trafficlight
) -> None:
    url = f"sqlite:{data}/ledger.sqlite"
    refused = trafficlight("ledger", "copy", "--from", url, "--to", url, "--freeze")
    assert refused.code == 1
    assert trafficlight("tokens", "issue", "--data", data, "--all").code == 0


def test_a_copy_of_a_ledger_that_was_written_to_meanwhile_is_no_good(
    data: Path, tmp_path: Path, trafficlight: Trafficlight, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def written_to(source: LedgerStore, target: LedgerStore) -> int:
        copied = await honest(source, target)
        server = await SqliteLedger.open(data / "ledger.sqlite")
        await server.append("shili", [NoticePosted(notice="n", text="新")])
        await server.close()
        return copied

    honest = transfer.copy
    monkeypatch.setattr(transfer, "copy", written_to)
    done = trafficlight(
        "ledger", "copy", "--from", f"sqlite:{data}/ledger.sqlite", "--to", f"sqlite:{tmp_path}/new.sqlite"
    )
    assert done.code == 1
    assert "written to meanwhile" in done.err


def test_a_new_ledger_that_is_not_as_the_old_one_is_told_and_nobody_takes_posts(
    data: Path, tmp_path: Path, trafficlight: Trafficlight, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def different(*_: object) -> bool:
        return False

    monkeypatch.setattr(transfer, "alike", different)
    arguments = ("--from", f"sqlite:{data}/ledger.sqlite", "--to", f"sqlite:{tmp_path}/new.sqlite")
    done = trafficlight("ledger", "copy", *arguments, "--freeze")
    assert done.code == 1
    assert "do not use it" in done.err
    assert trafficlight("tokens", "issue", "--data", data, "--all").code == 1


@pytest.fixture
def signalled(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Sends the signal to a copy that has just frozen the old ledger."""

    def at_the_worst_moment(number: int) -> None:
        async def freeze_and_signal(ledger: SqliteLedger, *, frozen: bool) -> bool:
            changed = await freeze(ledger, frozen=frozen)
            if frozen:
                signal.raise_signal(number)
                await asyncio.sleep(0.01)
            return changed

        freeze = SqliteLedger.freeze
        monkeypatch.setattr(SqliteLedger, "freeze", freeze_and_signal)

    return at_the_worst_moment


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
@pytest.mark.usefixtures("from_a_terminal")
def test_a_copy_that_is_stopped_leaves_the_old_ledger_as_it_was(
    data: Path,
    tmp_path: Path,
    trafficlight: Trafficlight,
    signalled: Callable[[int], None],
    number: int,
) -> None:
    signalled(number)
    arguments = ("--from", f"sqlite:{data}/ledger.sqlite", "--to", f"sqlite:{tmp_path}/new.sqlite")
    done = trafficlight("ledger", "copy", *arguments, "--freeze")
    assert done.code == 1
    assert "broken off" in done.err
    assert trafficlight("tokens", "issue", "--data", data, "--all").code == 0


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT])
@pytest.mark.usefixtures("from_a_terminal")
def test_a_copy_that_was_started_to_go_on_without_its_terminal_does(
    data: Path,
    tmp_path: Path,
    trafficlight: Trafficlight,
    signalled: Callable[[int], None],
    number: int,
) -> None:
    signal.signal(number, signal.SIG_IGN)  # as by `nohup`, or in the background of a script
    signalled(number)
    arguments = ("--from", f"sqlite:{data}/ledger.sqlite", "--to", f"sqlite:{tmp_path}/new.sqlite")
    assert trafficlight("ledger", "copy", *arguments, "--freeze").lines == ["copied 8 events, byte for byte"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
@pytest.mark.usefixtures("from_a_terminal")
def test_a_copy_that_is_stopped_while_it_compares_ends(
    data: Path,
    tmp_path: Path,
    trafficlight: Trafficlight,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
) -> None:
    async def long(*_: object) -> bool:
        signal.raise_signal(number)
        await asyncio.sleep(60)
        return True

    monkeypatch.setattr(transfer, "alike", long)
    arguments = ("--from", f"sqlite:{data}/ledger.sqlite", "--to", f"sqlite:{tmp_path}/new.sqlite")
    assert trafficlight("ledger", "copy", *arguments).code == 130


def test_only_a_ledger_in_redis_is_archived(data: Path, trafficlight: Trafficlight) -> None:
    refused = trafficlight("ledger", "archive", "--ledger", f"sqlite:{data}/ledger.sqlite")
    assert refused.code == 2
    assert "only a ledger in Redis" in refused.err
