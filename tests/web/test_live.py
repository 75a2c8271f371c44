"""The live stream: what a page hears, and what many pages cost."""

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientResponse
from msgspec.structs import replace

from tests.web.conftest import BOARD, SITES, Starter, World, facts
from tests.web.test_ops import Ops, ops
from trafficlight.domain.board import BoardState
from trafficlight.domain.event import BoardPut, Reported
from trafficlight.web import live as module
from trafficlight.web.app import LIVE
from trafficlight.web.live import HEADERS, Live

__all__ = ["ops"]

PATH = "/api/v1/boards/longkou/live"
READERS = 50
BURST = 200


class Stream:
    """What a page reads."""

    def __init__(self, answer: ClientResponse) -> None:
        self.answer = answer
        self.fields: dict[str, str] = {}

    async def next(self) -> dict[str, Any]:
        """The next message; comments are passed over, as a browser does."""
        while True:
            event = (await self.answer.content.readuntil(b"\n\n")).decode()
            fields = dict(line.split(": ", 1) for line in event.strip().splitlines() if line != ":")
            self.fields |= fields
            if "data" in fields:
                told: dict[str, Any] = json.loads(fields["data"])
                assert fields["id"] == str(told["position"])
                return told

    async def ended(self) -> bool:
        """Whether the server has ended it, with whatever was on its way."""
        await self.answer.content.read()
        return self.answer.content.at_eof()


async def read(world: World, path: str = PATH, **headers: str) -> Stream:
    answer = await world.client.get(path, headers=headers)
    assert answer.status == 200
    return Stream(answer)


def live_of(world: World) -> Live:
    assert world.client.app is not None
    return world.client.app[LIVE]


async def told_by_json(world: World) -> tuple[int, str]:
    board = await (await world.client.get("/longkou/board.json")).json()
    return board["position"], board["as_of"]


async def say(world: World, patients: int) -> int:
    day = world.clock().date()
    event = Reported(id=f"{patients:024}", site="lk-001", service_day=day, patients=patients)
    return await world.put("longkou", event)


class Gate:
    """The pause after a message, which lasts until the test opens the gate."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self._open = asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        self.asked.append(seconds)
        await self._open.wait()

    def open(self) -> None:
        self._open.set()


def no_rest() -> Callable[[float], Awaitable[object]]:
    return lambda _seconds: asyncio.sleep(0)


async def until(true: Callable[[], bool]) -> None:
    while not true():  # noqa: ASYNC110 - a look at the server from outside, which announces nothing to tests
        await asyncio.sleep(0.005)


async def test_a_stream_begins_with_what_stands_in_the_words_of_board_json(world: World) -> None:
    stream = await read(world)
    told = await stream.next()
    assert (told["position"], told["as_of"]) == await told_by_json(world)
    assert set(told) == {"position", "as_of", "until"}
    assert 3000 <= int(stream.fields["retry"]) < 8000


async def test_any_site_may_read_it_and_nothing_may_hold_it_back(world: World) -> None:
    answer = (await read(world, **{"Accept-Encoding": "gzip, br"})).answer
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    assert "Content-Encoding" not in answer.headers
    assert "no-store" in answer.headers["Cache-Control"]
    assert "Date" in answer.headers


async def test_a_proxy_that_speaks_http_1_0_passes_it_on(world: World) -> None:
    reader, writer = await asyncio.open_connection(world.client.server.host, world.client.server.port)
    writer.write(f"GET {PATH} HTTP/1.0\r\nHost: x\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    assert b"chunked" not in head
    assert (await reader.readuntil(b"\n\n")).startswith(b"retry: ")
    writer.close()
    await writer.wait_closed()


async def test_a_report_is_heard_of(world: World) -> None:
    stream = await read(world)
    await stream.next()
    position = await say(world, 12)
    told = await stream.next()
    assert told["position"] == position
    assert (told["position"], told["as_of"]) == await told_by_json(world)


async def test_another_boards_news_are_not(world: World) -> None:
    stream = await read(world, PATH.replace("longkou", "qixia"))
    before = await stream.next()
    await say(world, 12)
    own = await world.put("qixia", BoardPut(board=world.node.current.boards["qixia"].board))
    assert before["position"] < own == (await stream.next())["position"]


async def test_a_burst_is_one_message_encoded_once_and_its_last_state_arrives(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoded: list[int] = []
    encode = module.message

    def counted(news: module.LiveMessage) -> bytes:
        encoded.append(news.position)
        return encode(news)

    monkeypatch.setattr(module, "message", counted)
    gate = live_of(world).rest = Gate()
    streams = [await read(world) for _ in range(READERS)]
    begin = [await stream.next() for stream in streams]
    first = await say(world, 1)
    assert [(await stream.next())["position"] for stream in streams] == [first] * READERS
    last = [await say(world, patients) for patients in range(2, BURST + 1)][-1]
    assert gate.asked == [module.PAUSE_SECONDS] == [1.0]
    gate.open()
    assert [(await stream.next())["position"] for stream in streams] == [last] * READERS
    assert encoded == [begin[0]["position"], first, last]
    assert live_of(world).facts().messages == 3 * READERS


async def test_whoever_comes_back_is_told_what_stands(world: World) -> None:
    stream = await read(world)
    known = await stream.next()
    stream.answer.close()
    position = await say(world, 12)
    again = await read(world, **{"Last-Event-ID": str(known["position"])})
    assert (await again.next())["position"] == position


async def test_a_boundary_is_told_without_any_event(world: World) -> None:
    world.clock.at = world.clock.at.replace(hour=0, minute=59, second=59, microsecond=950_000)
    stream = await read(world)
    before = await stream.next()
    world.clock.turn(seconds=0.1)  # past nine, the first reporting time
    after = await stream.next()
    assert after["position"] == before["position"]
    assert after["as_of"] == before["until"] == "2022-12-24T09:00:00+08:00"
    assert (after["position"], after["as_of"]) == await told_by_json(world)


async def test_silence_is_filled_for_proxies(world: World) -> None:
    live = live_of(world)
    live.beat = 0.01
    stream = await read(world)
    await stream.next()
    assert [await stream.answer.content.readuntil(b"\n\n") for _ in range(3)] == [b":\n\n"] * 3
    assert live.facts().messages == 1


async def test_there_are_no_more_streams_than_allowed_and_room_is_made_by_who_leaves(start: Starter) -> None:
    world = await start(live_streams=2)
    own, _ = facts(BOARD, SITES)
    await world.put("longkou", *own)
    streams = [await read(world) for _ in range(2)]
    refused = await world.client.get(PATH)
    assert refused.status == 503
    assert (await refused.json())["code"] == "too_many_readers"
    assert int(refused.headers["Retry-After"]) >= 1
    assert live_of(world).facts().refused == 1
    streams[0].answer.close()
    while (answer := await world.client.get(PATH)).status == 503:  # noqa: ASYNC110 - as above
        await asyncio.sleep(0.005)
    assert answer.status == 200


async def test_who_does_not_read_is_dropped_and_the_others_hear_everything(world: World) -> None:
    live = live_of(world)
    live.rest = no_rest()
    server = world.client.server
    with socket.socket() as idle:
        idle.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)  # the least that the system allows
        idle.setblocking(False)
        await asyncio.get_running_loop().sock_connect(idle, (server.host, server.port))
        await asyncio.get_running_loop().sock_sendall(
            idle, f"GET {PATH} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
        )
        await until(lambda: live.facts().streams == 1)
        stream = await read(world)
        await stream.next()
        patients = 0
        while not live.facts().dropped:
            patients += 1
            position = await say(world, patients)
            assert (await stream.next())["position"] == position
        await until(lambda: live.facts().streams == 1)
        assert (await stream_after(world, stream, patients + 1)) is True


async def stream_after(world: World, stream: Stream, patients: int) -> bool:
    position = await say(world, patients)
    return bool((await stream.next())["position"] == position)


async def test_a_page_that_is_closed_leaves_nothing_behind(world: World) -> None:
    live = live_of(world)
    live.rest = no_rest()
    streams = [await read(world) for _ in range(3)]
    for stream in streams:
        await stream.next()
        stream.answer.close()
    await say(world, 12)
    await until(lambda: not live.facts().streams)
    again = await read(world)
    await again.next()
    assert live.facts().streams == 1


async def test_a_stop_ends_every_stream_and_takes_no_new_one(world: World) -> None:
    stream = await read(world)
    await stream.next()
    assert world.client.app is not None
    await live_of(world).close(world.client.app)
    assert await stream.ended()
    assert live_of(world).facts().streams == 0
    assert (await world.client.get(PATH)).status == 503


async def test_an_ended_board_is_told_once_more_and_asks_nobody_to_come_back(world: World) -> None:
    stream = await read(world)
    await stream.next()
    ended = replace(BOARD, state=BoardState.ENDED, ended_on=world.clock().date() - timedelta(days=1))
    position = await world.put("longkou", BoardPut(board=ended))
    assert (await stream.next())["position"] == position
    assert await stream.ended()
    assert (await world.client.get(PATH)).status == 204


async def test_a_draft_is_alive_for_whoever_was_sent_its_address(world: World) -> None:
    await world.put("longkou", BoardPut(board=replace(BOARD, state=BoardState.DRAFT)))
    await (await read(world)).next()


async def test_an_unknown_board_has_no_stream(world: World) -> None:
    answer = await world.client.get("/api/v1/boards/nowhere/live")
    assert answer.status == 404
    assert (await answer.json())["code"] == "unknown_board"
    assert (await world.client.get("/api/v1/boards/_/live")).status == 404
    assert (await world.client.head("/api/v1/boards/nowhere/live")).status == 404


async def test_a_look_at_the_head_opens_nothing(world: World) -> None:
    head = await world.client.head(PATH)
    assert head.status == 200
    assert head.headers["Content-Type"] == HEADERS["Content-Type"]
    assert live_of(world).facts().streams == 0
    posted = await world.client.post(PATH)
    assert (posted.status, posted.headers["Allow"]) == (405, "GET, HEAD")


async def test_a_board_that_cannot_be_told_ends_its_streams_and_harms_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream, other = await read(world), await read(world, PATH.replace("longkou", "qixia"))
    await stream.next()
    await other.next()
    edition = world.node.publisher.edition

    def failing(board: str, at: Any) -> Any:
        if board == "longkou":
            raise ZeroDivisionError
        return edition(board, at)

    monkeypatch.setattr(world.node.publisher, "edition", failing)
    await say(world, 12)
    assert await stream.ended()
    own = await world.put("qixia", BoardPut(board=world.node.current.boards["qixia"].board))
    assert (await other.next())["position"] == own


async def test_streams_are_measured(world: World, ops: Ops) -> None:
    stream = await read(world)
    await stream.next()
    told = (await (await ops.get("/metrics")).text()).splitlines()
    for line in (
        "trafficlight_live_streams 1.0",
        "trafficlight_live_messages_total 1.0",
        "trafficlight_live_refused_total 0.0",
        "trafficlight_live_dropped_total 0.0",
    ):
        assert line in told
    assert not any("/live" in line for line in told), "how long a page was open measures nothing here"
