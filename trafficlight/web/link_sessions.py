"""Signed cookies and form tokens for posting links. Nothing is kept: what is signed by us was said by us."""

import hmac
import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec

LASTS: Final = timedelta(days=180)
"""A clinic opens its link once in a wave and then comes back by the browser's memory."""
KEY_BYTES: Final = 32
SECRET_FILE: Final = "secret.key"  # noqa: S105 - a name, not a secret
LONGEST_COOKIE: Final = 1000
_CUT: Final = 16
"""Bytes of a signature: 128 bits."""


class LinkSession(msgspec.Struct, frozen=True, array_like=True):
    """A browser that came in by a link."""

    link: str
    digest: str
    """Of the link's secret, by which the link in force is found."""
    id: str
    issued_at: datetime
    board: str
    """Whose hotline helps where the link has been revoked."""
    lang: str = "zh-Hans"
    """In which the pages speak."""
    proof: str = ""
    """Of the link's PIN as it was when it was given; empty before."""


class LinkSessions:
    """Signs and checks. All nodes have the same secret."""

    def __init__(self, secret: bytes, clock: Callable[[], datetime]) -> None:
        self._secret = secret
        self._clock = clock

    def begin(self, link: str, digest: str, board: str) -> LinkSession:
        """A new session of the link."""
        return LinkSession(link, digest, secrets.token_urlsafe(12), self._clock(), board)

    def cookie(self, session: LinkSession) -> str:
        """The session as a cookie's value."""
        body = msgspec.json.encode(session)
        return urlsafe_b64encode(body + self._sign(b"session", body)).decode().rstrip("=")

    def read(self, cookie: str) -> LinkSession | None:
        """The session in a cookie's value; None where it is not ours or too old."""
        if len(cookie) > LONGEST_COOKIE:
            return None
        try:
            signed = urlsafe_b64decode(cookie + "=" * (-len(cookie) % 4))
            body, signature = signed[:-_CUT], signed[-_CUT:]
            if not hmac.compare_digest(signature, self._sign(b"session", body)):
                return None
            session = msgspec.json.decode(body, type=LinkSession)
        except ValueError:
            return None
        return session if self._clock() < session.issued_at + LASTS else None

    def proof(self, session: LinkSession, pin: str) -> str:
        """What the session carries once the PIN with that digest was given in it."""
        return self._sign(b"pin", f"{session.id}\n{pin}".encode()).hex()

    def form_token(self, session: LinkSession) -> str:
        """What a form of the session carries, so that no other site's form is taken for it."""
        return self._sign(b"form", session.id.encode()).hex()

    def is_form_token(self, session: LinkSession, token: str) -> bool:
        return hmac.compare_digest(token.encode(errors="surrogatepass"), self.form_token(session).encode())

    def _sign(self, purpose: bytes, body: bytes) -> bytes:
        return hmac.new(self._secret, purpose + b"\0" + body, sha256).digest()[:_CUT]


def read_secret(given: str, file: Path | None, data: Path | None) -> bytes:
    """The secret of this installation; blocking.

    What was given, else the file's, else that of `secret.key` in the data folder; made where missing,
    readable by its owner alone. Without any place to keep it, one that lasts as long as the process.
    """
    if given:
        return sha256(given.encode()).digest()
    place = file or (data / SECRET_FILE if data else None)
    if place is None:
        return secrets.token_bytes(KEY_BYTES)
    if not place.exists():
        _make_secret(place)
    return sha256(place.read_bytes().strip()).digest()


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
