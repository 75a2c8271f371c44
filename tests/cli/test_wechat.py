"""`wechat push` and `wechat check`, against the stand-in in a thread of its own."""

import asyncio
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import web

from tests.cli.conftest import Trafficlight
from tests.wechat.standin import APPID, SECRET, StandIn


@pytest.fixture
def standin() -> Iterator[StandIn]:
    """Listens until the test is over; its address is in the environment."""
    made = StandIn(time.time)
    loop, ready = asyncio.new_event_loop(), threading.Event()

    async def listen() -> None:
        runner = web.AppRunner(made.app(), access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        ready.set()
        await stopped.wait()
        await runner.cleanup()

    stopped = asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=(listen(),))
    thread.start()
    assert ready.wait(10)
    yield made
    loop.call_soon_threadsafe(stopped.set)
    thread.join(10)
    loop.close()


@pytest.fixture(autouse=True)
def account(standin: StandIn, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secret = tmp_path / "wechat.secret"
    secret.write_text(SECRET)
    monkeypatch.setenv("TRAFFICLIGHT_WECHAT_APPID", APPID)
    monkeypatch.setenv("TRAFFICLIGHT_WECHAT_SECRET_FILE", str(secret))
    monkeypatch.setenv("TRAFFICLIGHT_WECHAT_URL", standin.url)


def test_a_board_is_pushed_and_then_updated(data: Path, trafficlight: Trafficlight, standin: StandIn) -> None:
    first = trafficlight("wechat", "push", "--board", "shili", "--data", data)
    second = trafficlight("wechat", "push", "--board", "shili", "--data", data)
    assert (first.code, second.code) == (0, 0)
    (draft,) = standin.drafts
    assert first.out == f"added\t{draft}\tDraft added\n"
    assert second.out == f"updated\t{draft}\tThe day's draft updated\n"
    exported = trafficlight("ledger", "export", "--data", data)
    assert exported.out.count('"type":"article_pushed"') == 2
    assert SECRET not in exported.out + first.err + second.err


def test_what_stops_a_push_is_said_in_words(data: Path, trafficlight: Trafficlight, standin: StandIn) -> None:
    standin.address_listed = False
    done = trafficlight("wechat", "push", "--board", "shili", "--data", data)
    assert done.code == 1
    assert done.out.startswith("failed\t")
    assert "203.0.113.7" in done.err


def test_what_may_not_be_published_is_said_and_the_draft_is_there(
    data: Path, trafficlight: Trafficlight, standin: StandIn
) -> None:
    standin.verified = False
    done = trafficlight("wechat", "push", "--board", "shili", "--publish", "--data", data)
    assert (done.code, len(standin.drafts)) == (0, 1)
    assert "publish by hand" in done.err


def test_the_account_can_be_checked(data: Path, trafficlight: Trafficlight, standin: StandIn) -> None:
    assert trafficlight("wechat", "check", "--data", data).out == "all is right; there are 0 drafts\n"
    standin.quotas["draft/count"] = 0
    done = trafficlight("wechat", "check", "--data", data)
    assert (done.code, "midnight" in done.err) == (1, True)


def test_without_an_account_it_says_what_to_set(
    data: Path, trafficlight: Trafficlight, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TRAFFICLIGHT_WECHAT_APPID")
    done = trafficlight("wechat", "check", "--data", data)
    assert done.code == 1
    assert "TRAFFICLIGHT_WECHAT_APPID" in done.err
    monkeypatch.setenv("TRAFFICLIGHT_WECHAT_APPID", APPID)
    monkeypatch.setenv("TRAFFICLIGHT_WECHAT_SECRET_FILE", str(data / "missing"))
    assert trafficlight("wechat", "check", "--data", data).code == 2


def test_a_board_that_is_none_is_refused(data: Path, trafficlight: Trafficlight) -> None:
    assert trafficlight("wechat", "push", "--board", "nowhere", "--data", data).code == 1
