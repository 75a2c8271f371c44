"""Credentials: tokens of programs and posting links of clinics, issued and revoked on the system board.

A secret leaves this module once, to whoever asked for it. The ledger keeps its digest alone.
"""

import re
import secrets
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256

import msgspec

from trafficlight.actions.changing import Changes
from trafficlight.actions.passwords import Digest
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
from trafficlight.domain.system import SystemFold

SECRET_BYTES = 24
"""192 bits from the system's generator: 32 characters, far beyond guessing."""
PIN_DIGITS = 4
ID_BYTES = 6
"""Of a credential's name, which is no secret: 48 bits, so that none is ever given twice by chance."""
ROLES = ("reporter", "desk")
LONGEST_LABEL = 60


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
    changes: Changes,
    scope: Scope,
    *,
    role: str = "reporter",
    label: str = "",
    hand_over: Callable[[Issued], None] | None = None,
) -> Issued:
    """A new API token. `Refused` with `bad_role`, or `bad_reach` for a town.

    `token_shown` where this very one was issued before: a secret is shown once.

    `hand_over` is given the secret before the ledger has it: no token is in force that nobody holds.
    """
    if role not in ROLES:
        raise Refused("bad_role", "role", roles=", ".join(ROLES))
    if scope.town:
        raise Refused("bad_reach", "town")
    issued = _new()
    token = TokenIssued(
        token=issued.id,
        digest=digest(issued.secret),
        role=role,
        site=scope.site,
        board=scope.board,
        label=" ".join(label.split())[:LONGEST_LABEL],
    )
    if hand_over:
        hand_over(issued)
    appended = await changes.system(lambda _system: [token])
    if appended is not None and appended.replayed:
        raise Refused("token_shown")
    return issued


async def issue_links(
    changes: Changes, scopes: Sequence[Scope], hand_over: Callable[[Sequence[Issued]], None] | None = None
) -> list[Issued]:
    """A new posting link for each, all or none of them.

    A link is for one site, or for the sites of a town of a board; all else is `Refused` with `bad_reach`.
    `link_shown` where these very links were issued before: a secret is shown once.
    `hand_over` as for a token.
    """
    for scope in scopes:
        if bool(scope.site) == bool(scope.town) or (scope.town and not scope.board):
            raise Refused("bad_reach", "site")
    links = [(scope, _new()) for scope in scopes]
    events = [
        LinkIssued(
            link=issued.id,
            digest=digest(issued.secret),
            site=scope.site,
            board=scope.board,
            town=scope.town,
        )
        for scope, issued in links
    ]
    if hand_over:
        hand_over([issued for _, issued in links])
    appended = await changes.system(lambda _system: events)
    if appended is not None and appended.replayed:
        raise Refused("link_shown")
    return [issued for _, issued in links]


def draw_pin() -> str:
    """A PIN to be told by word of mouth."""
    return f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}}"


def check_pin(pin: str) -> str:
    """The PIN as it is kept: 4 to 6 digits. `Refused` with `bad_pin`."""
    plain = unicodedata.normalize("NFKC", pin).strip()
    if re.fullmatch(r"[0-9]{4,6}", plain) is None:
        raise Refused("bad_pin", "pin")
    return plain


async def pin_links(changes: Changes, pins: Mapping[str, str | None], digest: Digest) -> None:
    """Bind each link to its PIN, or to none. `Refused` with `unknown_link` or `bad_pin`.

    The digest is slow, for a PIN is short: who has the ledger tries ten thousand in a quarter of an hour.
    """
    plain = {link: "" if pin is None else check_pin(pin) for link, pin in pins.items()}
    made = {link: await digest(pin) if pin else "" for link, pin in plain.items()}
    await _of_links(changes, list(made), lambda one: LinkPinned(link=one, digest=made[one]))


async def end_link_sessions(changes: Changes, links: Sequence[str]) -> None:
    """Every browser that came in by the links has to come by them again."""
    await _of_links(changes, links, lambda one: LinkSessionsEnded(link=one))


async def revoke_links(changes: Changes, links: Sequence[str]) -> None:
    """The links open nothing any more. `Refused` with `unknown_link`."""
    await _of_links(changes, links, lambda one: LinkRevoked(link=one))


async def _of_links(changes: Changes, links: Sequence[str], event: Callable[[str], Event]) -> None:
    def decide(system: SystemFold) -> Sequence[Event]:
        known = {link.id for link in system.links.values()}
        for link in links:
            if link not in known:
                raise Refused("unknown_link", "link", text=link[:12])
        return [event(link) for link in links]

    await changes.system(decide)
    await changes.followed()


async def revoke_tokens(changes: Changes, tokens: Sequence[str]) -> list[str]:
    """The tokens, named by id or by themselves, open nothing any more; their ids. `unknown_token`."""
    found: list[str] = []

    def decide(system: SystemFold) -> Sequence[Event]:
        ids = {token.id for token in system.tokens.values()}
        found.clear()
        for named in tokens:
            by_secret = system.tokens.get(digest(named))
            if by_secret is None and named not in ids:
                raise Refused("unknown_token", "token", text=named[:12])
            found.append(by_secret.id if by_secret else named)
        found[:] = dict.fromkeys(found)
        return [TokenRevoked(token=token) for token in found]

    await changes.system(decide)
    await changes.followed()
    return found


def link_named(system: SystemFold, link: str) -> str:
    """The id of the link that is named by its id, its secret or its whole address; `unknown_link`."""
    by_secret = system.links.get(digest(link.rstrip("/").rpartition("/")[2]))
    if by_secret is None and link not in {one.id for one in system.links.values()}:
        raise Refused("unknown_link", "link", text=link[:12])
    return by_secret.id if by_secret else link


def _new() -> Issued:
    return Issued(id=secrets.token_hex(ID_BYTES), secret=new_secret())
