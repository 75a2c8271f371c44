"""Bad, big, late, twice: what strangers and broken programs send is answered with a code and a sentence."""

import asyncio
import gzip
import json
import zlib
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientResponse

from tests.web.conftest import World
from trafficlight.domain.event import Reported
from trafficlight.web import reading
from trafficlight.web.reading import BULK_BYTES, REPORT_BYTES

PATH = "/api/v1/sites/lk-001/reports"
JSON = {"Content-Type": "application/json"}


async def send(world: World, body: object, path: str = PATH, **headers: str) -> ClientResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    given = {"Authorization": f"Bearer {await world.token()}", **JSON, **named}
    return await world.client.post(path, data=body, headers=given)


async def code_of(answer: ClientResponse) -> tuple[int, str, str | None]:
    assert answer.content_type == "application/problem+json"
    problem = await answer.json()
    assert problem["status"] == answer.status
    assert problem["detail"]
    return answer.status, problem["code"], problem.get("field")


def padded(size: int) -> bytes:
    """A good report of exactly so many bytes."""
    body = b'{"patients":5}'
    return body + b" " * (size - len(body))


# --- bad ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"patients=5",
        b'{"patients":5}x',
        b"{'patients':5}",
        b'{"patients":NaN}',
        b'{"patients":Infinity}',
        b'{"patients":1e400}',
        b'{"patients":05}',
        b'{"patients":+5}',
        b'{"patients":5,}',
        b'{"note":"\xff\xfe"}',
        b'{"note":"\\ud800"}',
        b'{"note":"\x00"}',
        b"\xef\xbb\xbf{}",
        '{"patients":5}'.encode("utf-16"),
        b"[" * 10_000,
        b'{"a":' * 3_000,
        b"1" * 5_000,
        b'{"patients":5,"patients":6}',
        b'{"patients":5,"note":"a","note":"b"}',
        b'{"a":{"b":1,"b":2}}',
    ],
)
async def test_what_is_not_json_is_said_to_be_none(world: World, body: bytes) -> None:
    assert await code_of(await send(world, body)) == (400, "not_json", None)


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ([], "wrong_type", None),
        (5, "wrong_type", None),
        (None, "wrong_type", None),
        ({}, "nothing_reported", "patients"),
        ({"note": "a"}, "nothing_reported", "patients"),
        ({"patients": None}, "wrong_type", "patients"),
        ({"patients": True}, "wrong_type", "patients"),
        ({"patients": "12"}, "wrong_type", "patients"),
        ({"patients": 12.0}, "wrong_type", "patients"),
        ({"patients": [12]}, "wrong_type", "patients"),
        ({"patients": -1}, "out_of_range", "patients"),
        ({"patients": 10_000}, "out_of_range", "patients"),
        ({"patients": 10**30}, "out_of_range", "patients"),
        ({"patients": 2**63}, "out_of_range", "patients"),
        ({"capacity_today": -1}, "out_of_range", "capacity_today"),
        ({"staff_infected": 1}, "wrong_type", "staff_infected"),
        ({"staff_infected": "yes"}, "wrong_type", "staff_infected"),
        ({"patients": 5, "confirm": 1}, "wrong_type", "confirm"),
        ({"patients": 5, "service_day": 20221224}, "wrong_type", "service_day"),
        ({"patients": 5, "service_day": "24.12.2022"}, "bad_date", "service_day"),
        ({"patients": 5, "service_day": "2026-99-99"}, "bad_date", "service_day"),
        ({"patients": 5, "service_day": "20221224"}, "bad_date", "service_day"),
        ({"patients": 5, "service_day": "2022-W51-6"}, "bad_date", "service_day"),
        ({"patients": 5, "service_day": "2022-12-25"}, "future_day", "service_day"),
        ({"patients": 5, "service_day": "2022-12-16"}, "too_old_day", "service_day"),
        ({"patients": 5, "service_day": "0001-01-01"}, "too_old_day", "service_day"),
        ({"patients": 5, "expected_reopen": "2022-12-28"}, "reopen_without_closure", "expected_reopen"),
        ({"staff_infected": True, "expected_reopen": "2022-12-24"}, "reopen_out_of_range", "expected_reopen"),
        ({"staff_infected": True, "expected_reopen": "9999-12-31"}, "reopen_out_of_range", "expected_reopen"),
        ({"patients": 5, "note": 5}, "wrong_type", "note"),
        ({"patients": 5, "note": "长" * 61}, "too_long", "note"),
        ({"patients": 5, "note": "<script>"}, "not_plain", "note"),
        ({"patients": 5, "note": "张三 13812345678"}, "personal_data", "note"),
        ({"patients": 5, "temperature": 38}, "unknown_field", "temperature"),
        ({"patients": 5, "": 1}, "unknown_field", ""),
        ({"patients": 5, "长" * 200: 1}, "unknown_field", "长" * 60),
    ],
)
async def test_what_is_no_report_is_refused_by_field(
    world: World, body: object, code: str, field: str | None
) -> None:
    before = await world.node.current.ledger.heads()
    assert await code_of(await send(world, json.dumps(body))) == (422, code, field)
    assert await world.node.current.ledger.heads() == {**before, "_": before["_"] + 1}  # the test's own token


async def test_a_refusal_speaks_the_readers_language(world: World) -> None:
    for accepted, sentence in (
        ("", "请填 0 到 9999 之间的整数。"),
        ("en", "Give a whole number from 0 to 9999."),
        ("en-GB;q=0.8, zh;q=0.9", "请填 0 到 9999 之间的整数。"),
        ("zh-HK, en;q=0.5", "請填 0 到 9999 之間的整數。"),
        ("de, en;q=0.5", "Give a whole number from 0 to 9999."),
        ("en;q=nonsense", "请填 0 到 9999 之间的整数。"),
    ):
        answer = await send(world, b'{"patients":-1}', Accept_Language=accepted)
        assert (await answer.json())["detail"] == sentence


@pytest.mark.parametrize(
    "media",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonx",
        "",
    ],
)
async def test_other_media_are_not_guessed_at(world: World, media: str) -> None:
    assert await code_of(await send(world, b'{"patients":5}', Content_Type=media)) == (
        415,
        "not_json_type",
        None,
    )


async def test_a_charset_is_allowed(world: World) -> None:
    assert (
        await send(world, b'{"patients":5}', Content_Type="application/json; charset=utf-8")
    ).status == 201


@pytest.mark.parametrize("key", ["", "x" * 256, "schlüssel"])
async def test_a_key_that_is_none(world: World, key: str) -> None:
    answer = await send(world, b'{"patients":5}', Idempotency_Key=key)
    assert await code_of(answer) == (422, "bad_key", "Idempotency-Key")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", PATH, 405, "method_not_allowed"),
        ("PUT", PATH, 405, "method_not_allowed"),
        ("OPTIONS", "/api/v1/reports", 405, "method_not_allowed"),
        ("POST", "/api/openapi.json", 405, "method_not_allowed"),
        ("GET", "/api", 404, "not_found"),
        ("GET", "/api/v1/", 404, "not_found"),
        ("POST", "/api/v2/reports", 404, "not_found"),
        ("POST", "/api/v1/sites/LK-001/reports", 404, "unknown_site"),
        ("POST", "/api/v1/sites/-/reports", 404, "unknown_site"),
        ("POST", "/api/v1/sites/%00/reports", 404, "unknown_site"),
        ("POST", "/api/v1/sites/lk%2F001/reports", 404, "unknown_site"),
        ("POST", "/api/v1/sites/" + "a" * 65 + "/reports", 404, "unknown_site"),
        ("POST", "/api/v1/sites/nowhere/reports", 404, "unknown_site"),
        ("DELETE", PATH + "/nonsense", 404, "unknown_report"),
        ("GET", PATH + "/nonsense", 404, "unknown_report"),
    ],
)
async def test_paths_and_methods(world: World, method: str, path: str, status: int, code: str) -> None:
    headers = {"Authorization": f"Bearer {await world.token()}", **JSON}
    answer = await world.client.request(method, path, data=b"{}", headers=headers)
    assert (await code_of(answer))[:2] == (status, code)
    assert ("Allow" in answer.headers) == (status == 405)


# --- big ----------------------------------------------------------------------------------------------------


async def chunked(body: bytes, size: int = 4096) -> AsyncIterator[bytes]:
    for first in range(0, len(body), size):
        yield body[first : first + size]


@pytest.mark.parametrize(("size", "status"), [(REPORT_BYTES, 201), (REPORT_BYTES + 1, 413)])
async def test_a_report_has_its_limit_however_it_is_sent(world: World, size: int, status: int) -> None:
    body = padded(size)
    assert (await send(world, body)).status == status
    assert (await send(world, chunked(body))).status == status
    assert (await send(world, gzip.compress(body), Content_Encoding="gzip")).status == status
    assert (await send(world, zlib.compress(body), Content_Encoding="deflate")).status == status
    assert (await send(world, chunked(gzip.compress(body)), Content_Encoding="gzip")).status == status


async def test_a_bulk_request_has_its_limit(world: World) -> None:
    body = b'{"reports":[]}'
    for size, status in ((BULK_BYTES, 200), (BULK_BYTES + 1, 413)):
        padding = b" " * (size - len(body))
        assert (await send(world, chunked(body + padding), path="/api/v1/reports")).status == status


async def test_a_small_bomb_is_not_unpacked(world: World) -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    assert len(bomb) > REPORT_BYTES
    assert await code_of(await send(world, bomb, Content_Encoding="gzip")) == (413, "too_large", None)
    small = gzip.compress(b" " * 10_000_000)
    assert len(small) < REPORT_BYTES
    assert await code_of(await send(world, small, Content_Encoding="gzip")) == (413, "too_large", None)
    assert (await send(world, b'{"patients":5}')).status == 201


CUT_SHORT = gzip.compress(b"{}", mtime=0)[:-12]


@pytest.mark.parametrize(
    ("coding", "body"), [("gzip", b'{"patients":5}'), ("gzip", CUT_SHORT), ("br", b"\xff")]
)
async def test_what_cannot_be_unpacked(world: World, coding: str, body: bytes) -> None:
    answer = await send(world, body, Content_Encoding=coding)
    assert answer.status == 400


@pytest.mark.parametrize(
    "coding", ["gzip, gzip", "gzip,br", "compress", "x-gzip", "identity, gzip", "nonsense"]
)
async def test_an_encoding_that_nobody_undoes(world: World, coding: str) -> None:
    for body in (gzip.compress(b'{"patients":5}'), b'{"patients":5}'):
        answer = await send(world, body, Content_Encoding=coding)
        assert await code_of(answer) == (415, "unknown_encoding", None)


async def test_no_encoding_may_be_named(world: World) -> None:
    assert (await send(world, b'{"patients":5}', Content_Encoding="identity")).status == 201


async def test_headers_beyond_reason(world: World) -> None:
    answer = await world.client.post(PATH, data=b"{}", headers={"Authorization": "Bearer " + "x" * 20_000})
    assert answer.status == 400


# --- late ---------------------------------------------------------------------------------------------------


async def test_a_body_that_does_not_come_is_not_waited_for(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "WITHIN", 0.05)
    token = await world.token()
    host, port = world.client.host, world.client.port
    assert port is not None
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(
        f"POST {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
        "Content-Type: application/json\r\nContent-Length: 20\r\n\r\n{".encode()
    )
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408 ")
    writer.close()


async def test_a_client_that_goes_away_leaves_a_whole_report_or_none(world: World) -> None:
    token = await world.token()
    for cut in (40, 150, 260, 10_000):
        _, writer = await asyncio.open_connection(world.client.host, world.client.port)
        request = (
            f"POST {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
            'Content-Type: application/json\r\nContent-Length: 14\r\n\r\n{"patients":7}'
        )
        writer.write(request.encode()[:cut])
        await writer.drain()
        writer.close()
    await asyncio.sleep(0.2)
    records = await world.node.current.ledger.read("longkou")
    kept = [record.event for record in records if isinstance(record.event, Reported)]
    assert [event.patients for event in kept] in ([], [7])


# --- twice --------------------------------------------------------------------------------------------------


async def test_a_key_for_another_body_is_refused(world: World) -> None:
    token = await world.token()
    await world.report({"patients": 4}, token=token, Idempotency_Key="k")
    for body in ({"patients": 5}, {"patients": 4, "note": "a"}, {"patients": 4000}):
        answer = await world.report(body, token=token, Idempotency_Key="k")
        assert await code_of(answer) == (422, "key_reused", "Idempotency-Key")


async def test_two_requests_in_one_packet_are_two(world: World) -> None:
    token = await world.token()
    reader, writer = await asyncio.open_connection(world.client.host, world.client.port)
    one = (
        f"POST {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
        'Content-Type: application/json\r\nContent-Length: 14\r\n\r\n{"patients":7}'
    ).encode()
    writer.write(one + one)
    for _ in range(2):
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 201 ")
        length = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))
        await reader.readexactly(int(length.partition(b":")[2]))
    writer.close()
