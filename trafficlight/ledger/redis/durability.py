"""Whether the server keeps what it acknowledges, as the URL asks. Looked at whenever the writer connects."""

from collections.abc import Mapping
from typing import Any, Final

from redis.exceptions import RedisError

from trafficlight.ledger.base import LedgerUnavailable
from trafficlight.ledger.redis.address import Durability
from trafficlight.ledger.redis.connection import RedisConnection, told

_ASKED: Final = (
    "appendonly",
    "appendfsync",
    "no-appendfsync-on-rewrite",
    "maxmemory",
    "maxmemory-policy",
)
_UNREADABLE: Final = (
    "Redis does not let this user read its persistence (CONFIG GET). Allow it, or say durability=assume in "
    "the ledger's URL if you know that it syncs every write (appendonly yes, appendfsync always)"
)
_NO_AOF: Final = (
    "Redis keeps no append-only file: a restart loses what was acknowledged. Set `appendonly yes` and "
    "`appendfsync always`, or say durability=none in the ledger's URL"
)
_LATE: Final = (
    "Redis syncs its append-only file {when}: a power cut loses what was acknowledged. Set `appendfsync "
    "always`, or say durability={word} in the ledger's URL"
)
_NOT_WHILE_REWRITING: Final = (
    "Redis syncs nothing while it rewrites its append-only file: a power cut then loses what was "
    "acknowledged. Set `no-appendfsync-on-rewrite no`, or say durability=none in the ledger's URL"
)
_EVICTS: Final = (
    "Redis throws data away when it is full (maxmemory-policy {policy}). A ledger forgets nothing: set "
    "`maxmemory-policy noeviction`"
)


async def check(line: RedisConnection, wanted: Durability) -> None:
    """Return if the server may be trusted with what is `wanted`; else `LedgerUnavailable` says what to do."""
    said = await _said(line)
    if said.get("maxmemory", "0") != "0" and said.get("maxmemory-policy", "noeviction") != "noeviction":
        raise LedgerUnavailable(_EVICTS.format(policy=said["maxmemory-policy"]))
    if wanted not in {"none", "assume"}:
        _check_file(said, wanted)


def _check_file(said: Mapping[str, str], wanted: Durability) -> None:
    """How often the append-only file is synced."""
    if "appendonly" not in said:
        raise LedgerUnavailable(_UNREADABLE)
    if said["appendonly"] != "yes":
        raise LedgerUnavailable(_NO_AOF)
    if wanted == "everysec" and said.get("appendfsync") != "no":
        return
    if "appendfsync" not in said:
        raise LedgerUnavailable(_UNREADABLE)
    if said["appendfsync"] != "always":
        when, word = (
            ("once a second", "everysec") if said["appendfsync"] == "everysec" else ("by chance", "none")
        )
        raise LedgerUnavailable(_LATE.format(when=when, word=word))
    if said.get("no-appendfsync-on-rewrite", "no") != "no":
        raise LedgerUnavailable(_NOT_WHILE_REWRITING)


async def _said(line: RedisConnection) -> Mapping[str, str]:
    """The settings that the server tells; those that it does not are missing."""
    (answer,) = await line.ask(("CONFIG", "GET", *_ASKED))
    if not isinstance(answer, RedisError):
        return {_text(name): _text(value) for name, value in zip(answer[::2], answer[1::2], strict=True)}
    refused = told(answer)
    if "NOAUTH" in str(answer) or "user or password" in str(refused):
        raise refused
    return await _told_by_info(line)


async def _told_by_info(line: RedisConnection) -> dict[str, str]:
    """What can be known without CONFIG; nothing where INFO is refused too."""
    said: dict[str, str] = {}
    for answer in await line.ask(("INFO", "persistence"), ("INFO", "memory")):
        if isinstance(answer, bytes):
            lines = (row.partition(":") for row in answer.decode(errors="replace").splitlines())
            said |= {name: value.strip() for name, colon, value in lines if colon}
    known = {
        "maxmemory": said.get("maxmemory", "0"),
        "maxmemory-policy": said.get("maxmemory_policy", "noeviction"),
    }
    if "aof_enabled" in said:
        known["appendonly"] = "yes" if said["aof_enabled"] == "1" else "no"
    return known


def _text(value: Any) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
