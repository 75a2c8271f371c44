"""What only this installation can have written: signed texts, and secrets made of its own."""

import hmac
from base64 import b32encode, urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import Any, Final, TypeVar

import msgspec

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
