"""Redis is slow, full, read-only, gone, emptied or not to be trusted: what is acknowledged is kept, once."""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from redis.exceptions import BusyLoadingError, ResponseError
from redis.exceptions import ConnectionError as NotConnected
from redis.exceptions import TimeoutError as NoAnswer

from tests.ledger.facts import exported, fill, key, positions, report, reports, take
from tests.patience import Stopwatch
from tests.proxy import Proxy
from tests.redis_server import ALWAYS, SHARED, RedisServer
from trafficlight.ledger.base import LedgerUnavailable
from trafficlight.ledger.opening import open_leases, open_ledger
from trafficlight.ledger.redis.connection import unavailable
from trafficlight.ledger.redis.ledger import RedisLedger


@pytest.fixture(scope="module")
def servers() -> Iterator[list[RedisServer]]:
    """Servers that a test of this file may do anything to; the first is always there."""
    started = [RedisServer(*ALWAYS).start()]
    yield started
    for one in started:
        one.stop()


@pytest.fixture
def server(servers: list[RedisServer]) -> Iterator[RedisServer]:
    """As it is asked for, and empty."""
    server = servers[0]
    server.ask("FLUSHALL")
    yield server
    for name, value in (
        ("appendonly", "yes"),
        ("appendfsync", "always"),
        ("no-appendfsync-on-rewrite", "no"),
        ("maxmemory", "0"),
        ("maxmemory-policy", "noeviction"),
    ):
        server.ask("CONFIG", "SET", name, value)


@pytest.fixture
async def proxy(server: RedisServer) -> AsyncIterator[Proxy]:
    async with Proxy(server.port) as proxy:
        yield proxy


def url_of(server: RedisServer | Proxy, query: str = "") -> str:
    return f"redis://127.0.0.1:{server.port}/0{query}"


# --- whether the server is to be trusted ---


@pytest.mark.parametrize(
    ("settings", "says", "cured_by"),
    [
        ({"appendonly": "no"}, "no append-only file: .* `appendonly yes`", "none"),
        ({"appendfsync": "everysec"}, "once a second: .* `appendfsync always`", "everysec"),
        ({"appendfsync": "no"}, "by chance: .* `appendfsync always`", "none"),
        ({"no-appendfsync-on-rewrite": "yes"}, "while it rewrites.*no-appendfsync-on-rewrite no", "everysec"),
        ({"maxmemory": "1gb", "maxmemory-policy": "allkeys-lru"}, "allkeys-lru.*noeviction", ""),
    ],
)
async def test_a_server_that_may_lose_what_is_acknowledged_is_refused_unless_the_url_says_so(
    server: RedisServer, settings: dict[str, str], says: str, cured_by: str
) -> None:
    for name, value in settings.items():
        server.ask("CONFIG", "SET", name, value)
    with pytest.raises(LedgerUnavailable, match=says):
        await open_ledger(url_of(server))
    for durability in ("everysec", "none", "assume"):
        if cured_by in {durability, "everysec"} and cured_by:
            ledger = await open_ledger(url_of(server, f"?durability={durability}"))
            assert (await ledger.append("longkou", [report(1)])).positions
            await ledger.close()
    if not cured_by:
        with pytest.raises(LedgerUnavailable, match=says):
            await open_ledger(url_of(server, "?durability=assume"))


async def test_settings_that_may_not_be_read_are_refused_unless_the_url_says_so(server: RedisServer) -> None:
    server.ask("ACL", "SETUSER", "app", "on", ">s3cret", "~*", "&*", "+@all", "-config")
    at = f"redis://app:s3cret@127.0.0.1:{server.port}/0"
    with pytest.raises(LedgerUnavailable, match=r"CONFIG GET.*durability=assume"):
        await open_ledger(at)
    for durability in ("everysec", "assume"):  # that there is an append-only file at all, INFO tells
        ledger = await open_ledger(f"{at}?durability={durability}")
        await ledger.append("longkou", [report(1)])
        await ledger.close()
    server.ask("CONFIG", "SET", "appendonly", "no")
    with pytest.raises(LedgerUnavailable, match="no append-only file"):
        await open_ledger(f"{at}?durability=everysec")


async def test_a_password_that_is_not_taken_is_told_without_it(server: RedisServer) -> None:
    server.ask("ACL", "SETUSER", "app", "on", "resetpass", ">another")
    for user in ("nobody:s3cret", "app:s3cret", ":s3cret"):
        with pytest.raises(LedgerUnavailable, match="user or password") as caught:
            await open_ledger(f"redis://{user}@127.0.0.1:{server.port}/0?durability=none")
        error: BaseException | None = caught.value
        while error is not None:
            assert "s3cret" not in f"{error} {error!r}"
            error = error.__cause__


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (BusyLoadingError("Redis is loading the dataset in memory"), "still loading"),
        (ResponseError("MISCONF Redis is configured to save RDB snapshots"), "cannot write to its disk"),
        (ResponseError("NOREPLICAS Not enough good replicas to write."), "too few replicas"),
        (ResponseError("BUSY Redis is busy running a script."), "another script"),
        (ResponseError("ERR unknown command"), "refuses: ERR unknown command"),
        (NotConnected("Error 111 connecting to db:6379."), "cannot be reached"),
        (NoAnswer("Timeout reading from db:6379"), "does not answer"),
    ],
)
def test_every_answer_of_the_driver_has_its_words(error: Exception, says: str) -> None:
    wrapped = unavailable(error)
    assert says in str(wrapped)
    assert wrapped.__cause__ is error


# --- full, read-only, silent, gone ---


async def test_a_full_redis_can_be_emptied_left_and_read_with_its_replicas(
    server: RedisServer, servers: list[RedisServer], tmp_path: Path
) -> None:
    replica = RedisServer(*ALWAYS, "--replicaof", "127.0.0.1", str(server.port))
    servers.append(await asyncio.to_thread(replica.start))
    await asyncio.to_thread(server.wait_for, b"state=online", "INFO", "replication")
    url = url_of(server, f"?replicas=1&archive={tmp_path}")
    ledger, lease = await open_ledger(url), await open_leases(url)
    for _ in range(3):
        await ledger.append("longkou", reports(1_000))
    server.ask("CONFIG", "SET", "maxmemory", "1")
    assert await ledger.heads() == {"longkou": 3_000}
    assert len(await ledger.read("longkou", 2_900)) == 100
    assert await lease.acquire("bucket", "node", 4.0)
    await lease.release("bucket", "node")
    assert await ledger.freeze(frozen=True)
    assert await ledger.freeze(frozen=False)
    assert isinstance(ledger, RedisLedger)
    assert await ledger.archive(datetime.now(UTC) + timedelta(days=1)) == 2_000
    assert positions(await ledger.read("longkou")) == {"longkou": list(range(1, 3_001))}
    with pytest.raises(LedgerUnavailable, match="full"):
        await ledger.append("longkou", [report(9)])
    replica.stop()
    await ledger.close()
    await lease.close()


async def test_a_user_who_may_not_tell_the_others_keeps_nothing(server: RedisServer) -> None:
    server.ask("ACL", "SETUSER", "mute", "on", ">s3cret", "~*", "resetchannels", "+@all")
    ledger = await open_ledger(f"redis://mute:s3cret@127.0.0.1:{server.port}/0")
    with pytest.raises(LedgerUnavailable, match="may not tell others"):
        await ledger.append("longkou", [report(1)])
    assert await ledger.heads() == {}
    await ledger.close()


async def test_a_full_redis_takes_nothing_and_is_read_on(server: RedisServer) -> None:
    ledger = await open_ledger(url_of(server))
    await fill(ledger, {"longkou": 3})
    server.ask("CONFIG", "SET", "maxmemory", "1")
    with pytest.raises(LedgerUnavailable, match="full"):
        await ledger.append("longkou", [report(9)], key("a"))
    with pytest.raises(LedgerUnavailable, match="full"):
        await ledger.ready()
    assert await ledger.heads() == {"longkou": 3}
    assert len(await ledger.read("longkou")) == 3
    server.ask("CONFIG", "SET", "maxmemory", "0")
    assert not (await ledger.append("longkou", [report(9)], key("a"))).replayed
    await ledger.close()


async def test_a_server_that_became_a_replica_takes_nothing_until_it_is_none(server: RedisServer) -> None:
    ledger = await open_ledger(url_of(server))
    await fill(ledger, {"longkou": 3})
    server.ask("REPLICAOF", "127.0.0.1", "1")
    with pytest.raises(LedgerUnavailable):
        await ledger.append("longkou", [report(9)], key("a"))
    server.ask("REPLICAOF", "NO", "ONE")
    assert (await ledger.append("longkou", [report(9)], key("a"))).positions == (4,)
    await ledger.close()


async def test_a_server_that_hangs_is_given_up_in_time_and_kept_once(server: RedisServer) -> None:
    ledger = await open_ledger(url_of(server))
    server.signal(signal.SIGSTOP)
    watch = Stopwatch()
    try:
        answers = await asyncio.gather(
            *(ledger.append("longkou", [report(n)], key(str(n))) for n in range(5)), return_exceptions=True
        )
        assert watch.seconds < 3
    finally:
        server.signal(signal.SIGCONT)
    assert {type(answer) for answer in answers} == {LedgerUnavailable}
    for n in range(5):
        assert (await ledger.append("longkou", [report(n)], key(str(n)))).positions
    assert await ledger.heads() == {"longkou": 5}
    await ledger.close()


async def test_an_answer_lost_on_the_way_is_told_as_doubt_and_asked_again_counts_once(
    server: RedisServer, proxy: Proxy
) -> None:
    ledger = await open_ledger(url_of(proxy))
    proxy.deaf = True
    with pytest.raises(LedgerUnavailable, match="nobody can say yet"):
        await ledger.append("longkou", [report(1)], key("a"))
    await proxy.cut()
    with pytest.raises(LedgerUnavailable, match="cannot be reached"):
        await ledger.append("longkou", [report(2)], key("b"))
    with pytest.raises(LedgerUnavailable):
        await ledger.heads()
    await proxy.mend()
    again = await ledger.append("longkou", [report(1)], key("a"))
    assert (again.positions, again.replayed) == ((1,), True)
    assert not (await ledger.append("longkou", [report(2)], key("b"))).replayed
    await ledger.close()


async def test_a_follower_whose_connection_is_cut_is_told_and_misses_nothing(
    server: RedisServer, proxy: Proxy
) -> None:
    ledger = await open_ledger(url_of(server))
    cut_off = await open_ledger(url_of(proxy))
    await fill(ledger, {"longkou": 3})
    batches = aiter(cut_off.follow({}))
    assert len(await anext(batches)) == 3
    waiting = asyncio.ensure_future(anext(batches))
    await asyncio.sleep(0)
    await proxy.cut()
    with pytest.raises(LedgerUnavailable):
        await waiting
    await fill(ledger, {"longkou": 4})
    await proxy.mend()
    assert positions(await take(cut_off, 4, {"longkou": 3})) == {"longkou": [4, 5, 6, 7]}
    await ledger.close()
    await cut_off.close()


async def test_what_was_acknowledged_survives_a_kill_of_the_server(server: RedisServer) -> None:
    ledger = await open_ledger(url_of(server))
    kept: dict[int, tuple[int, ...]] = {}
    enough = asyncio.Event()

    async def append(n: int) -> None:
        with suppress(LedgerUnavailable):
            kept[n] = (await ledger.append("longkou", [report(n)], key(str(n)))).positions
        if len(kept) >= 100:
            enough.set()

    tasks = [asyncio.create_task(append(n)) for n in range(400)]
    await enough.wait()
    server.kill()
    await asyncio.gather(*tasks)
    await asyncio.to_thread(server.start)
    records = await ledger.read("longkou")
    by_position = {record.position: record.event for record in records}
    assert all(by_position[place[0]] == report(n) for n, place in kept.items())
    for n in range(400):  # and who was not told asks again
        await ledger.append("longkou", [report(n)], key(str(n)))
    assert await ledger.heads() == {"longkou": 400}
    assert not await ledger.check()
    await ledger.close()


# --- replicas ---


async def test_without_its_replicas_nothing_is_acknowledged_and_asked_again_counts_once(
    server: RedisServer, servers: list[RedisServer]
) -> None:
    ledger = await open_ledger(url_of(server, "?replicas=1"))
    with pytest.raises(LedgerUnavailable, match="0 of 1 replicas"):
        await ledger.append("longkou", [report(1)], key("a"))
    with pytest.raises(LedgerUnavailable, match="0 of 1 replicas"):  # nor is it shown
        await ledger.heads()
    for asked in (  # nor said of a repeat
        ledger.append("longkou", [report(1)], key("a")),
        ledger.used("longkou", key("a")),
        ledger.ready(),
    ):
        with pytest.raises(LedgerUnavailable, match="0 of 1 replicas"):
            await asked
    replica = RedisServer("--replicaof", "127.0.0.1", str(server.port))
    servers.append(await asyncio.to_thread(replica.start))
    await asyncio.to_thread(server.wait_for, b"state=online", "INFO", "replication")
    again = await ledger.append("longkou", [report(1)], key("a"))
    assert (again.positions, again.replayed) == ((1,), True)
    assert len(await take(ledger, 1, {})) == 1
    replica.stop()
    await ledger.close()


# --- copies ---


async def test_a_backup_is_a_ledger_that_opens_as_it_is(tmp_path: Path) -> None:
    ledger = await open_ledger(await asyncio.to_thread(SHARED.url))
    await fill(ledger, {"longkou": 1_200, "_": 3, "penglai": 1})
    path = tmp_path / "backups" / "copy.sqlite"
    await ledger.backup(path)
    copied = await open_ledger(f"sqlite:{path}")
    assert await exported(copied) == await exported(ledger)
    await copied.close()
    with pytest.raises(FileExistsError):
        await ledger.backup(path)
    assert [entry.name for entry in path.parent.iterdir() if entry.is_dir()] == []
    await ledger.close()


# --- another ledger in its place ---


async def test_a_ledger_whose_data_went_away_is_not_begun_anew(server: RedisServer) -> None:
    ledger = await open_ledger(url_of(server))
    await fill(ledger, {"longkou": 3})
    server.ask("FLUSHALL")
    with pytest.raises(LedgerUnavailable, match="another ledger"):
        await ledger.append("longkou", [report(1)])
    with pytest.raises(LedgerUnavailable, match="another ledger"):
        await ledger.heads()
    await ledger.close()


async def test_what_another_program_wrote_is_left_alone(server: RedisServer) -> None:
    server.ask("SET", "{trafficlight}:mark", "2:of-a-newer-program")
    with pytest.raises(LedgerUnavailable, match="another program"):
        await open_ledger(url_of(server))


async def test_ledgers_on_one_server_do_not_hear_each_other(server: RedisServer) -> None:
    first = await open_ledger(url_of(server))
    second = await open_ledger(f"redis://127.0.0.1:{server.port}/1")
    batches = aiter(first.follow({}))
    taking = asyncio.ensure_future(anext(batches))
    await asyncio.sleep(0.05)
    await fill(second, {"longkou": 5})
    await fill(first, {"penglai": 1})
    assert positions(list(await taking)) == {"penglai": [1]}
    await first.close()
    await second.close()


@pytest.mark.parametrize(
    ("spoil", "finds"),
    [
        (("XDEL", "{trafficlight}:board:longkou", "7-0"), {("gap", 8)}),
        (("XDEL", "{trafficlight}:board:longkou", "20-0"), {("gap", 20)}),
        (("HSET", "{trafficlight}:heads", "longkou", "20:1:" + "0" * 32), {("changed", 20)}),
    ],
)
async def test_what_was_changed_by_hand_is_found(
    server: RedisServer, spoil: tuple[str, ...], finds: set[tuple[str, int]]
) -> None:
    ledger = await open_ledger(url_of(server))
    await fill(ledger, {"longkou": 20, "penglai": 2})
    assert server.ask(*spoil)[:1] == b":"
    assert {(finding.kind, finding.position) for finding in await ledger.check()} == finds
    await ledger.close()


async def test_a_changed_byte_is_found_at_its_row(server: RedisServer) -> None:
    ledger = await open_ledger(url_of(server))
    await fill(ledger, {"longkou": 1})
    entry = server.ask("XRANGE", "{trafficlight}:board:longkou", "-", "+").split(b"\r\n")
    at, total, body = (entry[entry.index(name) + 2].decode() for name in (b"a", b"s", b"b"))
    server.ask("DEL", "{trafficlight}:board:longkou")
    changed = body.replace('"patients":0', '"patients":9')
    assert changed != body
    server.ask("XADD", "{trafficlight}:board:longkou", "1-0", "a", at, "s", total, "b", changed)
    assert [(one.kind, one.position) for one in await ledger.check()] == [("changed", 1)]
    await ledger.close()


async def test_more_than_a_follower_remembers_is_read_by_it() -> None:
    ledger = await open_ledger(await asyncio.to_thread(SHARED.url))
    batches = aiter(ledger.follow({}))
    await ledger.append("longkou", reports(1))
    found = list(await anext(batches))
    for _ in range(90):
        await ledger.append("longkou", reports(100))
    while len(found) < 9_001:
        found += await anext(batches)
    assert positions(found) == {"longkou": list(range(1, 9_002))}
    await ledger.close()
