"""Settings that all nodes share, and those that boards keep there because they are secrets."""

from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlsplit

from trafficlight.actions.changing import Changes
from trafficlight.actions.values import is_private, read_line, read_phone_line, read_public_line, read_url
from trafficlight.domain.errors import Faults, Refused
from trafficlight.domain.event import ConfigSet
from trafficlight.domain.ids import check_proof
from trafficlight.domain.system import SystemFold

SUPPORT: Final = "support"
"""The phone of whoever keeps it running, for those who work at the desk and can go no further."""
KEYS: Final[Mapping[str, Callable[[str, str], str]]] = {
    "public_url": lambda text, field: read_url(text, field) if text else "",
    "licence": read_public_line,
    "contact": read_line,
    SUPPORT: lambda text, field: read_phone_line(text, field) if text.strip() else "",
}
"""What can be set, and how it is read; an empty text takes a setting back."""
LONGEST_PROOF: Final = 200
_LONGEST_WEBHOOK: Final = 500


async def set_config(changes: Changes, key: str, text: str) -> str:
    """Set one of `KEYS`; the value as it is kept. `Refused` with `wrong_key`, `bad_url`, `too_long`."""
    if key not in KEYS:
        raise Refused("wrong_key", "key", text=key, keys=", ".join(KEYS))
    value = KEYS[key](text, key)
    await _put(changes, key, value)
    return value


async def set_configs(changes: Changes, given: Mapping[str, str]) -> None:
    """Set several of `KEYS`, all or none; `Refused` as by `set_config`, with the first that is wrong."""
    values, faults = dict[str, str](), Faults()
    for key, text in given.items():
        with faults.gathered():
            values[key] = KEYS[key](text, key)
    faults.check()
    await changes.system(
        lambda system: [
            ConfigSet(key=key, value=value)
            for key, value in values.items()
            if system.config.get(key, "") != value
        ]
    )


async def set_proof(changes: Changes, name: str, content: str | None) -> str:
    """Serve the file by which an official account proves that the domain is its own; None: serve it no more.

    Its one word, as it is served. `Refused` with `bad_proof` for what is no such file.
    """
    name, word = (name, "") if content is None else check_proof(name, content)
    await _put(changes, name, word)
    return word


def robot_setting(board: str) -> str:
    """The name of the board's setting among those of the installation."""
    return f"chase_url:{board}"


def robot_of(system: SystemFold, board: str) -> str:
    """Where the board's robot listens; empty where there is none. A secret: who has it can post there."""
    return system.config.get(robot_setting(board), "")


async def set_robot(changes: Changes, board: str, text: str | None, *, private: bool) -> str:
    """Ring at this address for the sites that have not reported; None: nowhere.

    The address as it is kept. `private`: the operator allows those of a private network, and plain http
    there. `Refused` with `bad_url`, `webhook_private` or `webhook_not_https`.
    """
    url = "" if text is None else read_webhook(text, private=private)
    await _put(changes, robot_setting(board), url)
    return url


async def _put(changes: Changes, key: str, value: str) -> None:
    await changes.system(
        lambda system: [ConfigSet(key=key, value=value)] if system.config.get(key, "") != value else []
    )


def read_webhook(text: str, *, private: bool) -> str:
    """The address of a group's robot as it is kept; refuses as `set_robot` does."""
    url = text.strip()
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        raise Refused("bad_url", "robot") from None
    odd = parts.username is not None or parts.fragment or any(char.isspace() for char in url)
    if not usable or odd or len(url) > _LONGEST_WEBHOOK or parts.scheme not in {"http", "https"}:
        raise Refused("bad_url", "robot")
    if is_private(url) and not private:
        raise Refused("webhook_private", "robot")
    if parts.scheme == "http" and not (private and is_private(url)):
        raise Refused("webhook_not_https", "robot")
    return url
