"""Reading what is sent, and never more of it than is allowed."""

import asyncio
import json
from typing import Any

import msgspec
from aiohttp import hdrs, web
from aiohttp.client_exceptions import ClientPayloadError
from aiohttp.http_exceptions import HttpProcessingError

from trafficlight.domain.errors import Refused

CODINGS = frozenset({"", "identity", "gzip", "deflate", "br"})
"""Content-Encodings that are undone; what comes in another, or in two, is no JSON that could be read."""
JSON = "application/json"
REPORT_BYTES = 16 * 1024
BULK_BYTES = 1024 * 1024
WITHIN = 20.0
"""Seconds in which a body must have arrived: 1 MiB takes 9 at 1 Mbit/s."""


def _unique(pairs: list[tuple[str, Any]]) -> None:
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a name is given twice")


_decoder = msgspec.json.Decoder()
_names = json.JSONDecoder(object_pairs_hook=_unique)


async def read_json(request: web.Request, limit: int) -> Any:
    """The JSON value sent; its bytes are counted after decompression.

    `Refused` with `not_json_type`, `too_large`, `too_slow`, `unknown_encoding`, `bad_encoding` or
    `not_json`. A name given twice in one object is not JSON that anybody can have meant.
    """
    if request.headers.get(hdrs.CONTENT_TYPE) != JSON and request.content_type != JSON:
        raise Refused("not_json_type")
    body = await read_body(request, limit)
    try:
        value = _decoder.decode(body)
        if type(value) is not dict or body.count(b":") != len(value):
            # Of a name given twice the other decoder keeps the last, without a word.
            _names.decode(body.decode())
    except (
        ValueError,
        RecursionError,
    ):  # msgspec's errors, broken UTF-8 and numbers beyond reason are ValueErrors
        raise Refused("not_json") from None
    return value


async def read_body(request: web.Request, limit: int) -> bytes:
    """The body, decompressed, at most `limit` bytes of it. `Refused` as above."""
    if ",".join(request.headers.getall(hdrs.CONTENT_ENCODING, ())).strip().lower() not in CODINGS:
        raise Refused("unknown_encoding")
    if request.content_length is not None and request.content_length > limit:
        raise Refused("too_large", limit=limit)
    content = request.content
    if content.is_eof():  # it came with the head, as most reports do: nothing to wait for
        whole = content.read_nowait(-1)
        if len(whole) > limit:
            raise Refused("too_large", limit=limit)
        return whole
    body = bytearray()
    try:
        async with asyncio.timeout(WITHIN):
            while chunk := await content.readany():
                body += chunk
                if len(body) > limit:
                    raise Refused("too_large", limit=limit)
    except (TimeoutError, ConnectionError):  # whoever hangs up before the end reads no answer
        raise Refused("too_slow") from None
    except (web.RequestPayloadError, ClientPayloadError, HttpProcessingError):
        raise Refused("bad_encoding") from None
    return bytes(body)
