"""Passwords: which are taken, and how they are kept.

Blocking: a digest costs 64 MiB and about 0.1 s, on purpose.
"""

import asyncio
import unicodedata
from collections.abc import Awaitable, Callable
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from trafficlight.domain.errors import Refused

LEAST: Final = 10
"""Characters. NIST SP 800-63B asks for 8; argon2id makes the difference for those that are chosen badly."""
MOST: Final = 200
LEAST_DIFFERENT: Final = 5
"""Different characters: aaaaaaaaaa and 1212121212 are the first that are tried."""
_COMMON: Final = frozenset(
    {
        "0123456789",
        "0987654321",
        "1234567890",
        "12345678910",
        "123456789a",
        "1q2w3e4r5t",
        "a123456789",
        "abcd123456",
        "admin12345",
        "password12",
        "password123",
        "qazwsxedcr",
        "qwerty1234",
        "qwertyuiop",
        "trafficlight",
        "woaini1314520",
        "zxcvbnm123",
    }
)
"""The commonest of ten characters and more in leaked lists, of which Chinese ones have more digits."""
NOBODYS: Final = (
    "$argon2id$v=19$m=65536,t=3,p=4$y0ssR6PybBLQ+GTpai+5rg$6YFw0t8Q88Eiz2eEsM+vBlVHscJ9VDfEVaD5ycMWpPM"
)
"""What a password is held against where there is no such user, so that the answer takes as long. It is the
digest of a letter, which is too short to be anybody's password."""

Digest = Callable[[str], Awaitable[str]]
"""Makes of a password or a PIN what the ledger keeps; in its turn where many want it."""

_hasher: Final = PasswordHasher()  # RFC 9106, second recommended option: 64 MiB, 3 passes, 4 lanes


def check_password(password: str, name: str) -> str:
    """The password as it is kept; `Refused` with `password_short`, `password_long` or `password_weak`."""
    plain = _plain(password)
    if len(plain) < LEAST:
        raise Refused("password_short", "password", least=LEAST)
    if len(plain) > MOST:
        raise Refused("password_long", "password", most=MOST)
    low, name = plain.casefold(), _plain(name).casefold()
    if low in _COMMON or len(set(low)) < LEAST_DIFFERENT or low.strip("0123456789!@#.") == name:
        raise Refused("password_weak", "password")
    return plain


def digest_of(password: str) -> str:
    """What the ledger keeps: the argon2id digest with its parameters and salt."""
    return _hasher.hash(_plain(password))


async def digest_aside(password: str) -> str:
    """The same, in a thread of its own."""
    return await asyncio.to_thread(digest_of, password)


def fits(digest: str, password: str) -> bool:
    """Whether this is the password. Without a digest (nobody) it takes as long as with one, and is not."""
    try:
        _hasher.verify(digest or NOBODYS, _plain(password)[: MOST + 1])
    except (Argon2Error, InvalidHashError):
        return False
    return bool(digest)


def _plain(text: str) -> str:
    """The same password from every keyboard: full-width letters are typed by accident in Chinese."""
    return unicodedata.normalize("NFKC", text)
