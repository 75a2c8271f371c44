"""What only this installation can have written: signed texts, and secrets made of its own.

Nothing is kept of them: what is signed by us was said by us.
"""

import hmac
import os
import secrets
from base64 import b32encode, urlsafe_b64decode, urlsafe_b64encode
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from trafficlight.settings import LEAST_SECRET

KEY_BYTES: Final = 32
SECRET_FILE: Final = "secret.key"  # noqa: S105 - a name, not a secret
LONGEST: Final = 4000
"""Characters of a sealed text: browsers keep cookies up to 4 KiB."""
_CUT: Final = 16
"""Bytes of a signature: 128 bits."""
_DERIVED: Final = 20
"""Bytes of a derived secret: what RFC 4226 recommends for codes."""

T = TypeVar("T")


class Seal:
    """All nodes have the same secret. What is sealed for one purpose is good for no other."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def sealed(self, purpose: str, value: Any) -> str:
        """The value, signed; it is not hidden from whoever holds it."""
        body = msgspec.json.encode(value)
        return urlsafe_b64encode(body + self._sign(purpose, body)).decode().rstrip("=")

    def opened(self, purpose: str, text: str, kind: type[T]) -> T | None:
        """The value that `sealed` was given for that purpose; None for anything else."""
        if len(text) > LONGEST:
            return None
        try:
            signed = urlsafe_b64decode(text + "=" * (-len(text) % 4))
            body, signature = signed[:-_CUT], signed[-_CUT:]
            if not hmac.compare_digest(signature, self._sign(purpose, body)):
                return None
            return msgspec.json.decode(body, type=kind)
        except ValueError:
            return None

    def token(self, purpose: str, subject: str) -> str:
        """What a form carries, so that no other site's form is taken for it."""
        return self._sign(purpose, subject.encode()).hex()

    def is_token(self, purpose: str, subject: str, token: str) -> bool:
        return hmac.compare_digest(token.encode(errors="replace"), self.token(purpose, subject).encode())

    def derived(self, purpose: str, seed: str) -> str:
        """A secret made of the installation's and a seed that need not be secret, in base 32."""
        return b32encode(self._mac(purpose, seed.encode())[:_DERIVED]).decode()

    def _sign(self, purpose: str, body: bytes) -> bytes:
        return self._mac(purpose, body)[:_CUT]

    def _mac(self, purpose: str, body: bytes) -> bytes:
        return hmac.new(self._secret, purpose.encode() + b"\0" + body, sha256).digest()


def read_secret(given: str, file: Path | None, data: Path | None) -> bytes:
    """The secret of this installation; blocking.

    What was given, else the file's, else that of `secret.key` in the data folder; made where missing,
    readable by its owner alone. Without any place to keep it, one that lasts as long as the process.
    `ValueError` for a file that is too short.
    """
    if given:
        return sha256(given.encode()).digest()
    place = file or (data / SECRET_FILE if data else None)
    if place is None:
        return secrets.token_bytes(KEY_BYTES)
    if not place.exists():
        _make_secret(place)
    found = place.read_bytes().strip()
    if len(found) < LEAST_SECRET:  # as of the variable; an empty one would sign what everybody can sign
        raise ValueError(
            f"{place} holds fewer than {LEAST_SECRET} characters: openssl rand -hex 32 > {place}"
        )
    return sha256(found).digest()


def _make_secret(place: Path) -> None:
    """Written beside and linked into place: two processes that begin at once read the same secret."""
    fresh = place.with_name(f".{place.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
            out.write(secrets.token_hex(KEY_BYTES).encode())
            out.flush()
            os.fsync(out.fileno())
        with suppress(FileExistsError):
            os.link(fresh, place)
    finally:
        fresh.unlink(missing_ok=True)
