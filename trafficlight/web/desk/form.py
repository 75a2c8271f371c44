"""A form of the desk as it was typed, and what was wrong with it."""

import asyncio
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Final
from urllib.parse import parse_qsl

import msgspec
from aiohttp import BodyPartReader, MultipartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from trafficlight.domain.errors import Refused
from trafficlight.text.rendering import explain
from trafficlight.web.reading import read_body

URLENCODED: Final = "application/x-www-form-urlencoded"
MULTIPART: Final = "multipart/form-data"
FORM_BYTES: Final = 256 * 1024
UPLOAD_WITHIN: Final = 300.0
"""Seconds in which a form with a file must have arrived: 24 MiB take 200 at 1 Mbit/s."""
MOST_FIELDS: Final = 4000
"""A table of sites has a few fields a row."""
SECRET: Final = ("password", "token", "code", "again", "pin", "robot")
"""Fields whose names begin so are never shown again and take part in no digest."""


class Upload(msgspec.Struct, frozen=True):
    """A file that came with the form."""

    name: str
    body: bytes


class DeskForm(msgspec.Struct, frozen=True):
    """What was typed; at first nothing. Templates ask it what stands in a field, and what is wrong there."""

    fields: Mapping[str, Sequence[str]] = {}
    files: Mapping[str, Upload] = {}
    wrong: Mapping[str, str] = {}
    """Field → sentence in the user's language; under the empty name what is wrong with the whole."""
    code: str = ""
    """Of the refusal, where there was one."""

    def value(self, name: str, default: str = "") -> str:
        """What stands in the field: what was typed, else the default."""
        values = self.fields.get(name)
        return values[-1] if values else default

    def text(self, name: str) -> str:
        """What was typed, without white space around it; empty where nothing was."""
        return self.value(name).strip()

    def values(self, name: str) -> Sequence[str]:
        """All that was chosen under the name."""
        return self.fields.get(name, ())

    def on(self, name: str, *, default: bool = False) -> bool:
        """Whether a box is ticked: as it was sent, else the default."""
        return name in self.fields if self.fields else default

    @property
    def digest(self) -> bytes:
        """Tells one form from another; secrets take no part, for the ledger keeps it."""
        plain = {name: values for name, values in self.fields.items() if not name.startswith(SECRET)}
        files = {name: blake2b(file.body).hexdigest() for name, file in self.files.items()}
        return blake2b(_canonical.encode((plain, files)), digest_size=16).digest()

    def refused(self, refused: Refused, lang: str) -> "DeskForm":
        """The form as it is shown again: what was typed but for secrets, and all that is wrong with it."""
        fields = {name: values for name, values in self.fields.items() if not name.startswith(SECRET)}
        wrong = {one.field or "": explain(one, lang) for one in reversed((refused, *refused.others))}
        return DeskForm(fields, {}, wrong, refused.code)


_canonical: Final = msgspec.json.Encoder(order="deterministic")


async def read_form(request: web.Request, file_bytes: int = 0) -> DeskForm:
    """The form that was sent, with files of at most so many bytes; `Refused` with `not_form`, `too_large`."""
    if request.content_type == MULTIPART and file_bytes:
        return await _read_parts(request, file_bytes)
    if request.content_type != URLENCODED:
        raise Refused("not_form")
    body = await read_body(request, FORM_BYTES)
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError:
        raise Refused("not_form") from None
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return DeskForm(fields)


async def _read_parts(request: web.Request, file_bytes: int) -> DeskForm:
    try:
        async with asyncio.timeout(UPLOAD_WITHIN):
            return await _parts(request, file_bytes)
    except (ValueError, LookupError, RuntimeError, AssertionError, HttpProcessingError):
        raise Refused("not_form") from None
    except (TimeoutError, ConnectionError):
        raise Refused("too_slow") from None


async def _parts(request: web.Request, file_bytes: int) -> DeskForm:
    fields: dict[str, list[str]] = {}
    files: dict[str, Upload] = {}
    reader = await request.multipart()
    count = 0
    while (part := await reader.next()) is not None:
        count += 1
        if isinstance(part, MultipartReader) or count > MOST_FIELDS:
            raise Refused("not_form")
        name = part.name or ""
        if part.filename is None:
            fields.setdefault(name, []).append((await _limited(part, FORM_BYTES)).decode())
        else:
            body = await _limited(part, file_bytes)
            if body or part.filename:
                files[name] = Upload(part.filename[:200], body)
    return DeskForm(fields, files)


async def _limited(part: BodyPartReader, most: int) -> bytes:
    body = bytearray()
    while chunk := await part.read_chunk():
        body += chunk
        if len(body) > most:
            raise Refused("too_large", limit=most)
    return bytes(body)
