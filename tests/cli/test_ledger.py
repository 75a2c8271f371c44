import sqlite3
from pathlib import Path

from tests.cli.conftest import Trafficlight


def test_a_sound_ledger_is_said_to_be_sound(data: Path, trafficlight: Trafficlight) -> None:
    assert trafficlight("ledger", "verify", "--data", data).lines == ["sound, 7 events"]


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
    assert trafficlight("ledger", "backup", copy, "--data", data).lines == [str(copy)]
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
