"""Where a Redis is and what is asked of it, from its URL."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, cast
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from trafficlight.bucket import read_address

Durability = Literal["always", "everysec", "none", "assume"]
"""What "kept" means. `always`: synced to disk before the answer. `everysec`: a power cut may take a second.
`none`: a restart may take everything. `assume`: the operator knows; nothing is asked of the server."""

BUCKET: Final = "s3://"
SCHEMES: Final = ("redis", "rediss", "redis+sentinel")
PORT: Final = 6379
SENTINEL_PORT: Final = 26379
_DURABILITIES: Final = ("always", "everysec", "none", "assume")
_QUERY: Final = frozenset(
    {
        "prefix",
        "durability",
        "replicas",
        "archive",
        "tls",
        "ca",
        "password_file",
        "sentinel_user",
        "sentinel_password",
    }
)
_PREFIX: Final = re.compile(r"[a-z0-9][a-z0-9:_.-]{0,63}", re.ASCII)
_MOST_REPLICAS: Final = 9


@dataclass(frozen=True, kw_only=True)
class RedisAddress:
    """Where to connect, as whom, and what is promised there. Printed without what is secret."""

    hosts: tuple[tuple[str, int], ...]
    """One server, or the Sentinels that know it."""
    service: str = ""
    """The name by which Sentinels know it; empty where there are none."""
    database: int = 0
    user: str = ""
    password: str = field(default="", repr=False)
    sentinel_user: str = ""
    sentinel_password: str = field(default="", repr=False)
    tls: bool = False
    ca: str = ""
    """A file of the authorities that are believed; the system's without it."""
    prefix: str = "trafficlight"
    durability: Durability = "always"
    archive: str = ""
    """Where old rows are moved to and read from: a folder, or a bucket by its address."""
    replicas: int = 0
    """How many must have what is acknowledged."""

    def __str__(self) -> str:
        hosts = ",".join(f"{host}:{port}" for host, port in self.hosts)
        return f"{hosts}/{self.service}" if self.service else f"{hosts}/{self.database}"


def parse(url: str) -> RedisAddress:
    """The address that the URL names; `ValueError` in a sentence that holds none of its secrets.

    Reads the file of `password_file`, where one is named: not for the event loop.
    """
    try:
        parts = urlsplit(url)
        query = parse_qs(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError as wrong:
        raise ValueError("the URL of the Redis cannot be read; write redis://HOST:PORT/0") from wrong
    unknown = sorted(set(query) - _QUERY)
    if unknown or any(len(values) > 1 for values in query.values()):
        raise ValueError(
            f"the URL of the Redis has a setting that is unknown or there twice: {', '.join(unknown)[:80]}"
        )
    settings = {name: values[0] for name, values in query.items()}
    with_sentinels = parts.scheme == "redis+sentinel"
    userinfo, _, hosts = parts.netloc.rpartition("@")
    user, _, password = userinfo.partition(":")
    service, database = _path(parts, with_sentinels=with_sentinels)
    return RedisAddress(
        hosts=tuple(_host(one, SENTINEL_PORT if with_sentinels else PORT) for one in hosts.split(",")),
        service=service,
        database=database,
        user=unquote(user),
        password=_password(unquote(password), settings.get("password_file", "")),
        sentinel_user=settings.get("sentinel_user", ""),
        sentinel_password=settings.get("sentinel_password", ""),
        tls=parts.scheme == "rediss" or _one_of(settings, "tls", ("no", "yes")) == "yes",
        ca=settings.get("ca", ""),
        prefix=_prefix(settings.get("prefix", "trafficlight")),
        durability=cast("Durability", _one_of(settings, "durability", _DURABILITIES)),
        archive=_archive(settings.get("archive", "")),
        replicas=_number(settings.get("replicas", "0"), "replicas", _MOST_REPLICAS),
    )


def _host(text: str, port: int) -> tuple[str, int]:
    found = re.fullmatch(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::([0-9]{1,5}))?", text)
    if found is None:
        raise ValueError("the URL of the Redis names no host; write redis://HOST:PORT/0")
    return found[1].strip("[]"), int(found[2]) if found[2] else port


def _path(parts: SplitResult, *, with_sentinels: bool) -> tuple[str, int]:
    path = [unquote(part) for part in parts.path.split("/") if part]
    if not with_sentinels:
        if len(path) > 1 or "," in parts.netloc.rpartition("@")[2]:
            raise ValueError("the URL of the Redis is redis://HOST:PORT/DATABASE, one host and a number")
        return "", _number(path[0] if path else "0", "database", 1 << 16)
    if not path:
        raise ValueError(
            "the Sentinels' service is missing; write redis+sentinel://H1:26379,H2:26379/SERVICE/0"
        )
    return path[0], _number(path[1] if len(path) > 1 else "0", "database", 1 << 16)


def _password(password: str, file: str) -> str:
    if not file:
        return password
    if password:
        raise ValueError("the Redis has a password and a password_file; one of them is enough")
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ValueError(f"password_file {file}: {error.strerror}") from error


def _archive(text: str) -> str:
    if "://" in text:
        if not text.startswith(BUCKET):
            raise ValueError(f"archive: a folder, or a bucket's address, which begins with {BUCKET}")
        try:
            read_address(text)
        except ValueError as wrong:
            raise ValueError(f"archive: {wrong} (in the ledger's URL each & of it is written %26)") from None
    return text


def _prefix(text: str) -> str:
    if not _PREFIX.fullmatch(text):
        raise ValueError("prefix: small letters, digits and : _ . -, 64 of them at most")
    return text


def _one_of(settings: Mapping[str, str], name: str, values: tuple[str, ...]) -> str:
    value = settings.get(name, values[0])
    if value not in values:
        raise ValueError(f"{name} is one of {', '.join(values)}")
    return value


def _number(text: str, name: str, most: int) -> int:
    if not text.isascii() or not text.isdecimal() or int(text) > most:
        raise ValueError(f"{name}: write a whole number, {most} at most")
    return int(text)
