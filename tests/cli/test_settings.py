"""`config`, `rules`, and the values that options hold."""

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Trafficlight
from trafficlight.actions.values import read_times
from trafficlight.cli.console import explain, language
from trafficlight.cli.ledgers import board_of
from trafficlight.cli.publish import read_instant
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import Reported
from trafficlight.domain.rules import NEW_BOARD_RULE
from trafficlight.domain.state import BoardFold
from trafficlight.ledger.opening import data_ledger_url, open_ledger
from trafficlight.ledger.store import LedgerStore


def test_the_public_address_is_kept_without_its_slash(data: Path, trafficlight: Trafficlight) -> None:
    for address in ("https://fever.example.cn/", "https://fever.example.cn"):
        done = trafficlight("config", "set", "public_url", address, "--data", data)
        assert done.lines == ["public_url\thttps://fever.example.cn"]
    trafficlight("config", "set", "contact", "数据  联系人", "--data", data)
    shown = trafficlight("config", "show", "--data", data)
    assert shown.lines == ["contact\t数据 联系人", "public_url\thttps://fever.example.cn"]
    exported = trafficlight("ledger", "export", "--data", data).out
    assert exported.count('"config_set"') == 2  # the same again is no event
    trafficlight("config", "set", "public_url", "", "--data", data)
    assert "public_url\t" in trafficlight("config", "show", "--data", data).lines


@pytest.mark.parametrize("arguments", [("colour", "blue"), ("contact", "长" * 201)])
def test_settings_that_are_none(data: Path, trafficlight: Trafficlight, arguments: tuple[str, str]) -> None:
    assert trafficlight("config", "set", *arguments, "--data", data).code == 1


# --- rules --------------------------------------------------------------------------------------------------


def with_ledger(data: Path, *reports: Reported) -> BoardFold:
    async def act(ledger: LedgerStore) -> BoardFold:
        if reports:
            await ledger.append("shili", reports)
        return await board_of(ledger, "shili")

    async def run() -> BoardFold:
        ledger = await open_ledger(data_ledger_url(data))
        try:
            return await act(ledger)
        finally:
            await ledger.close()

    return asyncio.run(run())


def test_a_rule_is_set_for_the_board_and_for_a_site(data: Path, trafficlight: Trafficlight) -> None:
    put = ("rules", "set", "--data", data)
    assert (
        trafficlight(*put, "--board", "shili", "--kind", "counts", "--yellow", "30", "--red", "60").code == 0
    )
    assert (
        trafficlight(*put, "--board", "shili", "--kind", "counts", "--yellow", "30", "--red", "60").code == 0
    )
    assert trafficlight(*put, "--site", "b1", "--kind", "share", "--yellow", "0.6").lines == ["b1\tshare"]
    shown = trafficlight("rules", "show", "--board", "shili", "--data", data)
    assert shown.lines == ["a1\tcounts\t2\t30\t60", "a2\tcounts\t2\t30\t60", "b1\tshare\t1\t0.6\t1"]
    assert trafficlight(*put, "--site", "b1", "--reset").lines == ["b1\tdefault"]
    assert trafficlight(*put, "--site", "b1", "--reset").code == 0
    assert len(with_ledger(data).sites["b1"].rules) == 2
    assert "b1\tcounts" in trafficlight("rules", "show", "--board", "shili", "--data", data).out


def test_a_baseline_is_fixed_from_what_was_reported(data: Path, trafficlight: Trafficlight) -> None:
    put = ("rules", "set", "--data", data, "--board", "shili", "--kind", "usual")
    assert trafficlight(*put).code == 1  # nobody has reported yet
    day = (datetime.now(UTC) + timedelta(hours=8)).date()
    reports = [
        Reported(id=f"{back:032}", site="a1", service_day=day - timedelta(days=back), patients=40 + back)
        for back in (1, 2, 3)
    ]
    with_ledger(data, *reports)
    assert trafficlight(*put, "--red", "3").code == 0
    fold = with_ledger(data)
    assert b'"a1":42' in fold.rules[-1].raw
    assert b'"red":3' in fold.rules[-1].raw


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--board", "shili", "--kind", "counts", "--yellow", "90", "--red", "60"], 1),
        (["--board", "shili", "--kind", "counts", "--yellow", "1.5"], 1),
        (["--board", "nothing", "--kind", "share"], 1),
        (["--site", "nobody", "--kind", "share"], 1),
        (["--board", "shili", "--site", "a1", "--kind", "share"], 2),
        (["--kind", "share"], 2),
        (["--board", "shili"], 2),
        (["--board", "shili", "--kind", "share", "--reset"], 2),
        (["--board", "shili", "--kind", "mood"], 2),
    ],
)
def test_rules_that_are_none(data: Path, trafficlight: Trafficlight, arguments: list[str], code: int) -> None:
    assert trafficlight("rules", "set", "--data", data, *arguments).code == code
    assert [version.rule() for version in with_ledger(data).rules] == [NEW_BOARD_RULE]


# --- values -------------------------------------------------------------------------------------------------

NOW = datetime(2022, 12, 24, 8, 0, tzinfo=UTC)


def test_an_instant_has_a_zone_and_is_past() -> None:
    assert read_instant("2022-12-24T16:00+08:00", NOW) == NOW
    assert read_instant("2022-12-24T08:00:00Z", NOW) == NOW
    for text in ("2022-12-24T16:00", "2022-12-24", "yesterday", ""):
        with pytest.raises(Refused, match="bad_instant"):
            read_instant(text, NOW)
    with pytest.raises(Refused, match="future_instant"):
        read_instant("2022-12-24T16:01+08:00", NOW)


def test_reporting_times_are_sorted_and_each_once() -> None:
    assert read_times("14:00, 9:00、09:00", "report_by") == (time(9), time(14))


@pytest.mark.parametrize(
    ("env", "spoken"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh-Hans"),
        ({"LANG": "zh_TW"}, "zh-Hant"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "zh_CN", "LC_ALL": "C"}, "en"),
        ({"LANG": "de_DE", "LC_MESSAGES": "zh_CN.GB18030"}, "zh-Hans"),
        ({}, "en"),
    ],
)
def test_the_locale_says_the_language(env: dict[str, str], spoken: str) -> None:
    assert language(env) == spoken


def test_a_refusal_without_a_sentence_is_still_told() -> None:
    assert "never_heard_of" in explain(Refused("never_heard_of", None, text="x"))
    assert explain(Refused("unknown_site")) != ""
    assert explain(Refused("bad_date", None, text="x")) == "“x”: A date is written like 2022-12-24."
    assert date(2022, 12, 24).isoformat() == "2022-12-24"


# --- WeChat's proof of the domain ---------------------------------------------------------------------------


def test_the_file_that_verifies_the_domain_stands_at_the_root_until_it_is_removed(
    tmp_path: Path, data: Path, trafficlight: Trafficlight
) -> None:
    file = tmp_path / "MP_verify_aB3dE6gH9jK2mN5p.txt"
    file.write_text("\ufeffaB3dE6gH9jK2mN5p\r\n")
    done = trafficlight("config", "verify", file, "--data", data)
    assert done.lines == ["MP_verify_aB3dE6gH9jK2mN5p.txt\taB3dE6gH9jK2mN5p"]
    tree = tmp_path / "tree"
    assert trafficlight("publish", "--data", data, "--to", tree).code == 0
    assert (tree / file.name).read_bytes() == b"aB3dE6gH9jK2mN5p"
    assert trafficlight("config", "verify", file.name, "--remove", "--data", data).code == 0
    assert trafficlight("publish", "--data", data, "--to", tree).code == 0
    assert not (tree / file.name).exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("index.html", "abc"),
        ("MP_verify_.txt", "abc"),
        ("MP_verify_a.html", "abc"),
        ("MP_verify_a.txt", ""),
        ("MP_verify_a.txt", "<script>alert(1)</script>"),
        ("MP_verify_a.txt", "two words"),
        ("MP_verify_a.txt", "x" * 1000),
    ],
)
def test_a_file_that_verifies_nothing_is_refused(
    tmp_path: Path, data: Path, trafficlight: Trafficlight, name: str, content: str
) -> None:
    (tmp_path / name).write_text(content)
    done = trafficlight("config", "verify", tmp_path / name, "--data", data)
    assert done.code == 1
    assert name in done.err
    assert trafficlight("config", "show", "--data", data).lines == []


def test_a_file_that_is_not_there_is_named(tmp_path: Path, data: Path, trafficlight: Trafficlight) -> None:
    done = trafficlight("config", "verify", tmp_path / "MP_verify_a.txt", "--data", data)
    assert done.code == 1
    assert "MP_verify_a.txt" in done.err
