"""Who asks, how often they may guess, and what a cookie is worth."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from stat import S_IMODE
from typing import cast

import pytest
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict

from tests.web.conftest import Clock
from trafficlight.ledger.base import LedgerUnavailable
from trafficlight.ledger.lease import Counted, Leases
from trafficlight.web.access import FAILURES_A_MINUTE, Others, Throttle, client_address
from trafficlight.web.link_auth import LinkSessions
from trafficlight.web.seal import Seal, read_secret


class Seconds:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def fail(throttle: Throttle, address: str, times: int = 1) -> None:
    """So often, and none of them too often."""
    assert {await throttle.count(address) for _ in range(times)} == {0}


async def test_sixty_a_minute_and_each_address_for_itself() -> None:
    seconds = Seconds()
    throttle = Throttle(seconds)
    await fail(throttle, "a", FAILURES_A_MINUTE)
    seconds.now = 12.5
    assert await throttle.count("a") == 48
    await fail(throttle, "b")
    seconds.now = 60.0
    await fail(throttle, "a", FAILURES_A_MINUTE)
    assert await throttle.count("a") == 60


async def test_what_is_remembered_is_bounded() -> None:
    throttle = Throttle(Seconds(), addresses=10)
    await fail(throttle, "first", FAILURES_A_MINUTE)
    for number in range(10):
        await fail(throttle, f"other-{number}")
    await fail(throttle, "first")  # forgotten: the longest unseen


class Counts:
    """The counts of all nodes, or none now."""

    shared = True

    def __init__(self) -> None:
        self.counted: Counter[str] = Counter()
        self.away = False
        self.asked = 0

    async def count(self, name: str, seconds: float) -> Counted:
        self.asked += 1
        if self.away:
            raise LedgerUnavailable("away")
        self.counted[name] += 1
        return Counted(self.counted[name], seconds - 7.5)

    async def uncount(self, name: str, *, all_of_them: bool = False) -> None:
        if self.away:
            raise LedgerUnavailable("away")
        self.counted[name] = 0 if all_of_them else self.counted[name] - 1


def node(counts: Counts, seconds: Seconds) -> Throttle:
    return Throttle(seconds, most=4, others=Others("try", cast("Leases", counts)))


async def test_tries_count_over_all_nodes_and_no_address_is_written_down() -> None:
    counts, seconds = Counts(), Seconds()
    nodes = [node(counts, seconds) for _ in range(2)]
    told = [await nodes[number % 2].count("192.0.2.1") for number in range(6)]
    assert told == [0, 0, 0, 0, 53, 53]
    assert await nodes[0].count("192.0.2.2") == 0
    assert all(what.startswith("try:") and "192" not in what for what in counts.counted)
    await nodes[0].forgive("192.0.2.1", all_of_them=True)
    assert await nodes[1].count("192.0.2.1") == 0


async def test_who_is_over_the_limit_here_is_not_asked_about_elsewhere() -> None:
    """A flood of bad tokens must not become one of questions."""
    counts, seconds = Counts(), Seconds()
    throttle = node(counts, seconds)
    for _ in range(100):
        await throttle.count("192.0.2.1")
    assert counts.asked == 4


async def test_while_the_others_cannot_be_asked_each_node_counts_for_itself() -> None:
    counts, seconds = Counts(), Seconds()
    throttle = node(counts, seconds)
    counts.away = True
    await fail(throttle, "192.0.2.1", 4)
    assert await throttle.count("192.0.2.1") == 60
    assert counts.asked == 1, "not again at once: whoever counts lets somebody wait"
    await throttle.forgive("192.0.2.1")
    counts.away = False
    seconds.now = 5.0
    await fail(throttle, "192.0.2.3")
    assert counts.asked == 2


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "address"),
    [
        ("192.0.2.1", [], 0, "192.0.2.1"),
        ("192.0.2.1", ["198.51.100.7"], 0, "192.0.2.1"),
        ("192.0.2.1", ["198.51.100.7"], 1, "198.51.100.7"),
        ("192.0.2.1", ["203.0.113.9, 198.51.100.7"], 1, "198.51.100.7"),
        ("192.0.2.1", ["203.0.113.9, 198.51.100.7"], 2, "203.0.113.9"),
        ("192.0.2.1", ["203.0.113.9", "198.51.100.7"], 2, "203.0.113.9"),
        ("192.0.2.1", ["198.51.100.7"], 2, "192.0.2.1"),
        ("192.0.2.1", ["nonsense"], 1, "nonsense"),
        ("2001:db8:1:2:3:4:5:6", [], 0, "2001:db8:1:2::"),
        ("::1", [], 0, "::"),
    ],
)
def test_the_address_is_the_one_that_our_own_proxies_saw(
    peer: str, forwarded: list[str], proxies: int, address: str
) -> None:
    headers = CIMultiDict([("X-Forwarded-For", line) for line in forwarded])
    request = make_mocked_request("GET", "/", headers=headers).clone(remote=peer)
    assert client_address(request, proxies) == address


# --- cookies ------------------------------------------------------------------------------------------------


def test_a_cookie_is_ours_or_nothing(clock: Clock) -> None:
    sessions = LinkSessions(Seal(b"secret"), clock)
    session = sessions.begin("l1", "digest", "longkou")
    cookie = sessions.cookie(session)
    assert sessions.read(cookie) == session
    assert LinkSessions(Seal(b"another"), clock).read(cookie) is None
    for changed in (
        cookie[:-1],
        cookie[1:],
        cookie[:10] + ("A" if cookie[10] != "A" else "B") + cookie[11:],
        cookie * 9,
    ):
        assert sessions.read(changed) is None
    for nonsense in ("", "x", "%%%", "é", "AAAA" * 10, "A" * 2000):
        assert sessions.read(nonsense) is None


def test_a_form_token_is_its_sessions_own(clock: Clock) -> None:
    sessions = LinkSessions(Seal(b"secret"), clock)
    one, two = sessions.begin("l1", "d", ""), sessions.begin("l1", "d", "")
    assert sessions.is_form_token(one, sessions.form_token(one))
    assert not sessions.is_form_token(two, sessions.form_token(one))
    assert not sessions.is_form_token(one, "é")
    assert sessions.form_token(one) not in sessions.cookie(one)


def test_a_session_lasts_half_a_year(clock: Clock) -> None:
    sessions = LinkSessions(Seal(b"secret"), clock)
    cookie = sessions.cookie(sessions.begin("l1", "d", ""))
    clock.at = datetime(2023, 6, 21, tzinfo=UTC)
    assert sessions.read(cookie)
    clock.at = datetime(2023, 6, 23, tzinfo=UTC)
    assert sessions.read(cookie) is None


def test_the_secret_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    first = read_secret("", None, tmp_path)
    made = tmp_path / "secret.key"
    assert S_IMODE(made.stat().st_mode) == 0o600
    assert read_secret("", None, tmp_path) == first
    assert list(tmp_path.iterdir()) == [made]
    assert read_secret("", made, None) == first
    assert read_secret("x" * 40, made, tmp_path) == read_secret("x" * 40, None, None) != first
    assert read_secret("", None, None) != read_secret("", None, None)
    made.unlink()
    assert read_secret("", None, tmp_path) != first


@pytest.mark.parametrize("held", [b"", b"\n", b"short\n"])
def test_a_key_file_that_is_empty_or_short_is_refused(tmp_path: Path, held: bytes) -> None:
    file = tmp_path / "secret.key"
    file.write_bytes(held)
    with pytest.raises(ValueError, match=r"secret\.key holds fewer than 32"):
        read_secret("", None, tmp_path)
    with pytest.raises(ValueError, match=r"secret\.key holds fewer than 32"):
        read_secret("", file, None)
