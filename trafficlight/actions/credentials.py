"""Credentials: tokens of programs and posting links of clinics, issued and revoked on the system board.

A secret leaves this module once, to whoever asked for it. The ledger keeps its digest alone.
"""

import asyncio
import re
import secrets
import unicodedata
from collections.abc import Sequence
from hashlib import sha256

import msgspec

from trafficlight.actions.passwords import digest_of
from trafficlight.domain import system
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import (
    Event,
    LinkIssued,
    LinkPinned,
    LinkRevoked,
    LinkSessionsEnded,
    TokenIssued,
    TokenRevoked,
)
from trafficlight.domain.ids import SYSTEM
from trafficlight.domain.system import SystemFold
from trafficlight.ledger.base import Ledger

SECRET_BYTES = 24
"""192 bits from the system's generator: 32 characters, far beyond guessing."""
PIN_DIGITS = 4
ID_BYTES = 6
"""Of a credential's name, which is no secret: 48 bits, so that none is ever given twice by chance."""
ROLES = ("reporter", "desk")
SETTLED = 1.0
"""Seconds after which every running server has read what was appended: four times what following may take."""


class Issued(msgspec.Struct, frozen=True):
    """A new credential. `secret` is shown now or never."""

    id: str
    secret: str


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """What a credential is for: a site, the sites of a board, or of one town of it; neither means all."""

    site: str = ""
    board: str = ""
    town: str = ""


def new_secret() -> str:
    """A secret that is safe in an address and on a command line.

    It begins and ends with a letter or a digit: chat programs cut signs off the end of an address, and a word
    that begins with a dash is taken for an option.
    """
    while True:
        secret = secrets.token_urlsafe(SECRET_BYTES)
        if secret[0].isalnum() and secret[-1].isalnum():
            return secret


def digest(secret: str) -> str:
    """What the ledger keeps of a secret: its SHA-256 in hex.

    A slow hash protects what people choose, for that can be guessed. These 192 bits are nobody's choice: who
    tried a trillion a second would outlive the sun, and a slow hash would only slow every request.
    """
    return sha256(secret.encode(errors="surrogatepass")).hexdigest()


async def issue_token(
    ledger: Ledger, reach: Scope, *, role: str = "reporter", label: str = "", by: str = "cli"
) -> Issued:
    """A new API token, on disk when this returns. `Refused` with `bad_role`, or `bad_reach` for a town."""
    if role not in ROLES:
        raise Refused("bad_role", "role", roles=", ".join(ROLES))
    if reach.town:
        raise Refused("bad_reach", "town")
    issued = _new()
    token = TokenIssued(
        by=by,
        token=issued.id,
        digest=digest(issued.secret),
        role=role,
        site=reach.site,
        board=reach.board,
        label=label,
    )
    await ledger.append(SYSTEM, [token])
    return issued


async def issue_link(ledger: Ledger, reach: Scope, *, by: str = "cli") -> Issued:
    """A new posting link, on disk when this returns."""
    return (await issue_links(ledger, [reach], by=by))[0]


async def issue_links(ledger: Ledger, reaches: Sequence[Scope], *, by: str = "cli") -> list[Issued]:
    """A new posting link for each, all or none of them, on disk when this returns. See `new_links`."""
    issued, events = new_links(reaches, by)
    if events:
        await ledger.append(SYSTEM, events)
    return issued


def new_links(reaches: Sequence[Scope], by: str) -> tuple[list[Issued], list[Event]]:
    """A posting link for each, and the events after which they open.

    A link is for one site, or for the sites of a town of a board; all else is `Refused` with `bad_reach`.
    """
    for reach in reaches:
        if bool(reach.site) == bool(reach.town) or (reach.town and not reach.board):
            raise Refused("bad_reach", "site")
    links = [(reach, _new()) for reach in reaches]
    events: list[Event] = [
        LinkIssued(
            by=by,
            link=issued.id,
            digest=digest(issued.secret),
            site=reach.site,
            board=reach.board,
            town=reach.town,
        )
        for reach, issued in links
    ]
    return [issued for _, issued in links], events


def draw_pin() -> str:
    """A PIN to be told by word of mouth."""
    return f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}}"


def check_pin(pin: str) -> str:
    """The PIN as it is kept: 4 to 6 digits. `Refused` with `bad_pin`."""
    plain = unicodedata.normalize("NFKC", pin).strip()
    if re.fullmatch(r"[0-9]{4,6}", plain) is None:
        raise Refused("bad_pin", "pin")
    return plain


async def pin_link(ledger: Ledger, links: Sequence[str], pin: str, *, by: str = "cli") -> None:
    """Bind the links to the PIN, or with an empty one to none, on every server when this returns.

    The digest is slow, for a PIN is short: who has the ledger tries ten thousand in a quarter of an hour.
    """
    plain = check_pin(pin) if pin else ""
    events = [
        LinkPinned(by=by, link=link, digest=await asyncio.to_thread(digest_of, plain) if plain else "")
        for link in links
    ]
    await ledger.append(SYSTEM, events)
    await asyncio.sleep(SETTLED)


async def end_sessions(ledger: Ledger, links: Sequence[str], *, by: str = "cli") -> None:
    """Every browser that came in by the links has to come by them again, when this returns."""
    await ledger.append(SYSTEM, [LinkSessionsEnded(by=by, link=link) for link in links])
    await asyncio.sleep(SETTLED)


async def revoke_token(ledger: Ledger, token: str, *, by: str = "cli") -> None:
    """The token opens nothing any more, on any server, when this returns. `Refused` with `unknown_token`."""
    fold = await read_system(ledger)
    if token not in {kept.id for kept in fold.tokens.values()}:
        raise Refused("unknown_token", "token")
    await _revoke(ledger, TokenRevoked(by=by, token=token))


async def revoke_link(ledger: Ledger, link: str, *, by: str = "cli") -> None:
    """The link opens nothing any more, on any server, when this returns. `Refused` with `unknown_link`."""
    fold = await read_system(ledger)
    if link not in {kept.id for kept in fold.links.values()}:
        raise Refused("unknown_link", "link")
    await _revoke(ledger, LinkRevoked(by=by, link=link))


async def read_system(ledger: Ledger) -> SystemFold:
    """The system board as it stands in the ledger now."""
    fold = SystemFold()
    for record in await ledger.read(SYSTEM):
        system.apply(fold, record)
    return fold


def _new() -> Issued:
    return Issued(id=secrets.token_hex(ID_BYTES), secret=new_secret())


async def _revoke(ledger: Ledger, event: Event) -> None:
    await ledger.append(SYSTEM, [event])
    await asyncio.sleep(SETTLED)
