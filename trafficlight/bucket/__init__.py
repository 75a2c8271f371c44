"""Buckets of S3-compatible stores: where one is (`s3://bucket/prefix?endpoint=https://…`), who we are there.

What a bucket is asked is in `store.py`, apart: its library is large.
"""

import re
from collections.abc import Mapping
from configparser import ConfigParser
from configparser import Error as Unreadable
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import parse_qs, urlsplit

import msgspec

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_KEYS: Final = ("endpoint", "region", "style", "credentials", "gzip")
_KEY, _SECRET, _SESSION = "aws_access_key_id", "aws_secret_access_key", "aws_session_token"
"""As the provider's own tools write them into a file, and in capitals into the environment."""


class NoCredentials(Exception):
    """Nobody says who we are, or not so that it can be read; the text holds no secret."""


class Secrets(NamedTuple):
    """Who we are."""

    key: str
    secret: str
    session: str


class BucketAddress(msgspec.Struct, frozen=True, kw_only=True):
    """A bucket and how to reach it. Holds no secret: those are in a file, or in the environment."""

    bucket: str
    prefix: str = ""
    endpoint: str = ""
    region: str = "us-east-1"
    virtual: bool = False
    """The bucket's name stands in the host, not in the path."""
    credentials: Path | None = None
    gzip: bool = True

    @property
    def label(self) -> str:
        """The name in logs and metrics."""
        host = urlsplit(self.endpoint).netloc
        return f"s3:{'/'.join(filter(None, (self.bucket, self.prefix)))}{f'@{host}' if host else ''}"

    @property
    def url(self) -> str:
        """The endpoint as it is spoken to; empty: the provider's own of that region."""
        if not self.virtual or not self.endpoint:
            return self.endpoint
        scheme, _, host = self.endpoint.partition("://")
        return self.endpoint if host.startswith(f"{self.bucket}.") else f"{scheme}://{self.bucket}.{host}"


def read_address(text: str) -> BucketAddress:
    """The address; `ValueError` says what is wrong with it, without repeating it: it may hold a secret."""
    try:
        parts = urlsplit(text)
        given = parse_qs(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError:
        raise ValueError("a bucket's address is written s3://BUCKET/PREFIX?endpoint=https://HOST") from None
    if "@" in parts.netloc:
        raise ValueError("no credentials in a bucket's address: it is logged; see credentials=FILE")
    strange = sorted(set(given) - set(_KEYS))
    if strange or any(len(values) > 1 for values in given.values()):
        raise ValueError(f"a bucket's address takes, each once: {', '.join(_KEYS)}")
    if not _BUCKET.fullmatch(parts.netloc):
        raise ValueError("a bucket's address begins with s3:// and the bucket's name")
    values = {key: value for key, (value,) in given.items()}
    prefix = parts.path.strip("/")
    if any(folder in {"", ".", ".."} for folder in prefix.split("/")) and prefix:
        raise ValueError("the prefix in a bucket's address is made of plain folders")
    return BucketAddress(
        bucket=parts.netloc,
        prefix=prefix,
        endpoint=_endpoint(values.get("endpoint", "")),
        region=values.get("region") or "us-east-1",
        virtual=_one_of(values, "style", ("path", "virtual")) == "virtual",
        credentials=Path(values["credentials"]) if values.get("credentials") else None,
        gzip=_one_of(values, "gzip", ("yes", "no")) == "yes",
    )


def _endpoint(text: str) -> str:
    if text and not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:[0-9]+)?/?", text, re.ASCII):
        raise ValueError("a bucket's endpoint is written https://HOST or http://HOST:PORT")
    return text.rstrip("/")


def _one_of(values: Mapping[str, str], key: str, known: tuple[str, str]) -> str:
    value = values.get(key, known[0])
    if value not in known:
        raise ValueError(f"{key} in a bucket's address is one of {' and '.join(known)}")
    return value


def secrets_of(address: BucketAddress, environment: Mapping[str, str]) -> Secrets:
    """Who we are, read anew at each start. `NoCredentials` where nobody says."""
    file = address.credentials
    if file is None:
        found = {name: environment.get(name.upper(), "") for name in (_KEY, _SECRET, _SESSION)}
        lacking = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or credentials=FILE in the address"
    else:
        found = _read(file, address.label)
        lacking = f"{file} lacks {_KEY} or {_SECRET}"
    if not found.get(_KEY) or not found.get(_SECRET):
        raise NoCredentials(f"{address.label}: no credentials: {lacking}")
    return Secrets(found[_KEY], found[_SECRET], found.get(_SESSION, ""))


def _read(file: Path, label: str) -> dict[str, str]:
    parser = ConfigParser(interpolation=None)
    try:
        parser.read_string(file.read_text())
        (section,) = parser.sections()
    except OSError as wrong:
        raise NoCredentials(f"{label}: the credentials cannot be read: {wrong}") from None
    except (Unreadable, ValueError):  # neither may be repeated: it would show what is in the file
        raise NoCredentials(f"{label}: {file} is no file with one [section] of credentials") from None
    return dict(parser[section])
