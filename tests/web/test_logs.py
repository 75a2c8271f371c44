"""What is logged: enough for an operator, nothing of what strangers and patients said."""

import asyncio
import json
import logging
from io import StringIO

import structlog

from tests.web.conftest import World
from tests.web.phones import Phone
from trafficlight import logs


async def test_a_whole_session_leaves_no_secret_token_cookie_or_note_in_the_log(
    world: World, logged: StringIO
) -> None:
    token, link = await world.token(), await world.link(site="lk-001")
    phone = Phone(world, link)
    entered = await phone.enter()
    cookie = entered.cookies["link"].value
    fields = await phone.fields()
    await phone.send(fields, patients="5", note="今天下午停诊半天")
    await phone.send(None, patients="abc", note="张三 13812345678")
    await world.report({"patients": 7, "note": "今天上午开诊"}, token=token, Idempotency_Key="key-of-mine")
    await world.report({"patients": 7, "note": "李四 13987654321"}, token=token)
    await world.report({"patients": 7}, token="a-guess-of-somebody")
    await world.client.get("/enter/a-guess-of-somebody")
    await world.client.get(f"/longkou/?secret={link.secret}")
    # What is no HTTP at all, and what breaks off.
    for sent in (
        f"GARBAGE {token}\r\n\r\n",
        f"GET /enter/{link.secret} HTTP/1.1\r\nBad Header {token}\r\n\r\n",
    ):
        reader, writer = await asyncio.open_connection(world.client.host, world.client.port)
        writer.write(sent.encode())
        await reader.read()
        writer.close()
    await world.client.close()
    told = logged.getvalue()
    said = (
        "停诊半天",
        "上午开诊",
        "张三",
        "李四",
        "13812345678",
        "a-guess-of-somebody",
        "key-of-mine",
        "abc",
    )
    for secret in (token, link.secret, cookie, fields["token"], fields["key"], *said):
        assert secret not in told, secret
    for line in told.splitlines():
        assert {"event", "level", "timestamp"} <= set(json.loads(line))


def test_a_librarys_line_keeps_its_arguments_to_itself() -> None:
    stream = StringIO()
    logs.configure("info", stream)
    try:
        int("13812345678x")
    except ValueError:
        logging.getLogger("aiohttp.server").exception("Error handling request from %s", "192.0.2.1")
    logging.getLogger("asyncio").debug("not asked for")
    [line] = stream.getvalue().splitlines()
    told = json.loads(line)
    assert (told["event"], told["library"]) == ("Error handling request from %s", "aiohttp.server")
    assert told["fault"] == "ValueError"
    assert "13812345678" not in line
    assert "192.0.2.1" not in line


def test_a_fault_is_told_by_its_kind_and_place() -> None:
    stream = StringIO()
    logs.configure("info", stream)
    log = structlog.get_logger()
    empty: dict[str, str] = {}
    try:
        empty["张三"]
    except KeyError as error:
        log.warning("failed", exc_info=error)
        log.warning("failed", exc_info=True)
        log.exception("failed")
    log.debug("not asked for")
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line["fault"] for line in lines] == ["KeyError"] * 3
    assert "test_a_fault_is_told" in lines[0]["at"][0]
    assert "张三" not in stream.getvalue()


def test_a_librarys_line_is_not_told_again_for_ten_seconds() -> None:
    stream, now = StringIO(), [0.0]
    logs.configure("info", stream, lambda: now[0])
    server, loop = logging.getLogger("aiohttp.server"), logging.getLogger("asyncio")
    for second in range(25):
        now[0] = float(second)
        for number in range(100):
            loop.error(f"socket.accept() out of system resource\nsocket: <{number}>")
        server.error("Unhandled exception")
    told = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [(line["event"], line.get("repeated", 0)) for line in told] == [
        ("socket.accept() out of system resource", 0),
        ("Unhandled exception", 0),
        ("socket.accept() out of system resource", 999),
        ("Unhandled exception", 9),
        ("socket.accept() out of system resource", 999),
        ("Unhandled exception", 9),
    ]


def test_the_messages_remembered_are_bounded() -> None:
    stream = StringIO()
    logs.configure("info", stream, lambda: 0.0)
    for number in range(3 * logs.MESSAGES_REMEMBERED):
        logging.getLogger("asyncio").error(f"message {number}")  # noqa: G004 - as asyncio does
    [handler] = logging.getLogger().handlers
    assert isinstance(handler, logs._Libraries)  # noqa: SLF001 - nobody else can tell
    assert len(handler._last) <= logs.MESSAGES_REMEMBERED  # noqa: SLF001
