import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import time as clock
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from itertools import takewhile
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from tests.patience import LONG, Stopwatch
from tests.running import free_ports, get
from trafficlight.actions.fields import write_phones
from trafficlight.cli import demo
from trafficlight.cli.demo_county import BANNER, SLUG, TOWNS, boards, county_sites, neighbour_sites
from trafficlight.cli.demo_days import DAYS, cast_of, story
from trafficlight.domain.judge import judge
from trafficlight.domain.kind import find
from trafficlight.domain.light import Light, Reason
from trafficlight.domain.phone import parse_phones
from trafficlight.domain.record import Record
from trafficlight.domain.replay import Replay
from trafficlight.domain.state import BoardFold, Judged
from trafficlight.ledger.opening import data_ledger_url, open_ledger

END = "Ctrl-C ends it.\n"
ZONE = ZoneInfo("Asia/Shanghai")
PROGRAM = Path(sys.executable).with_name("trafficlight")
TOLD = (
    "00:00:00",
    "00:00:20",
    "00:03",
    "03:00",
    "06:47",
    "08:12",
    "09:05",
    "12:30",
    "17:31",
    "21:30",
    "23:58",
)


# --- the county ---


def test_the_county_has_152_sites_of_every_kind_in_twelve_towns() -> None:
    sites = county_sites()
    assert len(sites) == 152
    assert {site.town for site in sites} == set(TOWNS)
    assert len(TOWNS) == 12
    kinds = Counter(site.kind for site in sites)
    assert len(kinds) == 7
    assert all(find(kind) for kind in kinds)
    assert len({site.id for site in (*sites, *neighbour_sites())}) == 152 + 6
    assert len({site.name for site in sites}) == 152
    assert {"24小时", ""} < {site.hours for site in sites}


def test_no_phone_of_the_county_can_be_dialled_and_no_door_be_found() -> None:
    for board in boards():
        assert board.banner == BANNER
        assert board.hotline.startswith("0000-")
        assert board.supervision.startswith("0000-")
    numbers = [phone.number for site in (*county_sites(), *neighbour_sites()) for phone in site.phones]
    assert all(re.fullmatch(r"0000-55[56]\d{4}", number) for number in numbers)
    assert len(set(numbers)) == len(numbers)
    for site in county_sites():
        assert parse_phones(write_phones(site.phones)) == site.phones
        assert site.lat is not None
        assert site.lon is not None
        assert 36.3 < site.lat < 36.9  # the middle of the Yellow Sea
        assert 123.2 < site.lon < 123.9


# --- its days ---


def folded(now: datetime) -> BoardFold:
    replay = Replay(SLUG)
    for moment in story(now):
        assert moment.at <= now
        if moment.board == SLUG:
            for event in moment.events:
                replay.apply(Record(SLUG, replay.position + 1, moment.at, event))
    assert replay.fold is not None
    return replay.fold


def judged(fold: BoardFold, now: datetime) -> dict[str, Judged]:
    return {site: judge(fold, state, now) for site, state in fold.sites.items()}


def check_everything_is_to_be_seen(now: datetime) -> None:
    fold = folded(now)
    shown = judged(fold, now)
    assert fold.ignored == 0
    lights = Counter(one.light for one in shown.values())
    assert set(Light) <= set(lights)
    assert lights[Light.BLUE] >= 10
    reasons = {one.reason for one in shown.values() if one.light is None}
    assert {Reason.CLOSED_NOW, Reason.REOPENING_DUE} < reasons
    assert reasons & {Reason.NOT_DUE, Reason.NOT_REPORTED}
    with_light = {one.reason for one in shown.values() if one.light}
    assert {Reason.RULE, Reason.FULL, Reason.OVERRIDE, Reason.STAFF_INFECTED} <= with_light
    cast = cast_of(state.site for state in fold.sites.values())
    assert shown[cast.yellow].light is Light.YELLOW
    assert shown[cast.withdrawn].light is Light.BLUE
    assert shown[cast.confirmed].light is Light.RED
    assert shown[cast.closed].confirmed
    assert fold.asked_back == 1
    early = shown[cast.early].reason
    assert early is (Reason.EXPIRED if now.astimezone(ZONE).time() >= time(8, 12) else Reason.RULE)


@pytest.mark.parametrize("wall", TOLD)
def test_every_light_and_three_reasons_for_none_are_there_at_any_hour(wall: str) -> None:
    at = datetime.combine(datetime(2026, 11, 24, tzinfo=ZONE).date(), time.fromisoformat(wall), ZONE)
    check_everything_is_to_be_seen(at.astimezone(UTC))


@settings(max_examples=20)
@given(st.datetimes(datetime(2022, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - bounds
def test_every_light_is_there_on_any_day(now: datetime) -> None:
    check_everything_is_to_be_seen(now)


def test_the_story_is_the_same_every_time_and_goes_forward() -> None:
    now = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
    told = story(now)
    assert told == story(now)
    assert [moment.at for moment in told] == sorted(moment.at for moment in told)
    assert told[0].at.astimezone(ZONE).date() == now.astimezone(ZONE).date() - timedelta(days=DAYS)


async def test_it_is_written_in_seconds_and_with_its_own_stamps(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    moments = story(now)
    watch = Stopwatch()
    await demo.seed(tmp_path, moments)
    assert watch.seconds < 20  # 1 s on a quiet machine
    ledger = await open_ledger(data_ledger_url(tmp_path))
    kept = await ledger.read(SLUG)
    await ledger.close()
    told = [moment.at for moment in moments if moment.board == SLUG for _ in moment.events]
    assert [record.at for record in kept] == told


# --- the command ---


@contextmanager
def running(folder: Path, *arguments: str | Path) -> Iterator[tuple["subprocess.Popen[str]", int, list[str]]]:
    """The demonstration as a process with a temporary folder of its own; its port and what it says first."""
    port, ops = free_ports(2)
    env = {
        **os.environ,
        "TMPDIR": str(folder),
        "LANG": "C.UTF-8",
        "TRAFFICLIGHT_TARGETS": str(folder / "never"),
    }
    command = [PROGRAM, "demo", "--listen", f"127.0.0.1:{port}", "--ops", f"127.0.0.1:{ops}", *arguments]
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        said = [line.rstrip("\n") for line in takewhile(lambda line: line != END, process.stdout)]
        yield process, port, said
    finally:
        process.kill()
        process.communicate()


def page(port: int, path: str = f"/{SLUG}/") -> str:
    until = clock.monotonic() + 60
    while True:
        try:
            return get(port, path)[1].decode()
        except OSError:
            if clock.monotonic() > until:
                raise
            clock.sleep(0.05)


def signed_in(port: int, said: Sequence[str]) -> str:
    """The desk as somebody sees it who signs in with what was printed."""
    _, address, told = next(line for line in said if "/desk\t" in line).split("\t")
    found = re.fullmatch(r"name (\S+), password (\S+)", told)
    assert found
    assert address == f"http://127.0.0.1:{port}/desk"
    browser = build_opener(HTTPCookieProcessor())
    with browser.open(f"{address}/sign-in") as answer:
        (form,) = [one for one in html.document_fromstring(answer.read()).forms if one.method == "POST"]
    typed = {**dict(form.form_values()), "name": found[1], "password": found[2]}
    with browser.open(f"{address}/sign-in", urlencode(typed).encode()) as answer:
        return str(answer.read().decode())


def test_the_demo_serves_the_county_and_leaves_nothing_behind(tmp_path: Path, from_a_terminal: None) -> None:
    with running(tmp_path) as (process, port, said):
        assert said[0] == f"Public page\thttp://127.0.0.1:{port}/{SLUG}/"
        links = [line.split("\t")[1] for line in said if "/enter/" in line]
        assert len(links) == 3
        assert len(next(line for line in said if "token" in line).split("\t")[1]) >= 32
        shown = page(port)
        assert BANNER in shown
        assert "退出" in signed_in(port, said)
        assert all(mark in shown for mark in "●▲■✕○")
        assert f"form-action &#39;self&#39; http://127.0.0.1:{port}" in shown, "it is alive: the app is named"
        assert "临示区" in page(port, "/")
        data = Path(said[-1].split("\t")[1].partition(" ")[0])
        assert data.parent == tmp_path
        assert (data / "ledger.sqlite").exists()
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
        assert children == ""
        process.send_signal(signal.SIGINT)
        assert process.wait(LONG) == 0
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_demo_that_is_ended_while_it_prepares_leaves_nothing_behind(
    tmp_path: Path, from_a_terminal: None, number: signal.Signals
) -> None:
    env = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        [PROGRAM, "demo"], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        until = clock.monotonic() + 60
        while not list(tmp_path.iterdir()) and clock.monotonic() < until:
            clock.sleep(0.01)
        process.send_signal(number)
        assert process.wait(LONG) == 0
        assert process.stderr is not None
        assert b"Traceback" not in process.stderr.read()
    assert not list(tmp_path.iterdir())


def test_a_demos_data_can_be_kept_and_shown_again(tmp_path: Path) -> None:
    for _ in range(2):
        with running(tmp_path, "--data", tmp_path / "kept") as (process, port, said):
            assert said[-1].endswith("\t" + str(tmp_path / "kept"))
            assert BANNER in page(port)
            process.terminate()
            assert process.wait(LONG) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_a_demo_never_writes_into_another_ledger(tmp_path: Path) -> None:
    async def foreign() -> None:
        ledger = await open_ledger(data_ledger_url(tmp_path))
        await ledger.append("other", story(datetime.now(UTC))[1].events[:1])
        await ledger.close()

    asyncio.run(foreign())
    done = subprocess.run(
        [PROGRAM, "demo", "--data", tmp_path], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1
    assert str(tmp_path) in done.stderr


def test_a_taken_port_is_refused_where_it_was_asked_for_and_else_passed_over() -> None:
    [port] = free_ports(1)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with (
            demo.listening(("127.0.0.1", port), certainly=False) as one,
            demo.listening(("127.0.0.1", port), certainly=False) as other,
        ):
            assert port < one.getsockname()[1] < other.getsockname()[1]
        with pytest.raises(Exception, match="port_taken"):
            demo.listening(("127.0.0.1", port), certainly=True)
