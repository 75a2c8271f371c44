"""The settings of a process, in one table: names, environment, flags, defaults and what they mean.

A leaf: the parts are given what they need as arguments. `docs/settings.md` is this table in words; a test
compares them.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import msgspec

MEBIBYTE: Final = 2**20
LEAST_SECRET: Final = 32
"""Characters of a secret given by hand: fewer could be guessed."""


OWN_PAGES: Final = "yes"
"""Among the pages that may have signatures: those below the public address and the app's."""


class WrongSetting(ValueError):
    """A setting that cannot be used; the text says which and why, for the operator."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """One process's settings, right in themselves."""

    listen: tuple[str, int] = ("127.0.0.1", 8080)
    ops: tuple[str, int] = ("127.0.0.1", 9090)
    data: Path | None = None
    ledger: str = ""
    targets: tuple[str, ...] = ()
    public_url: str = ""
    app_url: str = ""
    trusted_proxies: int = 0
    secret_key: str = msgspec.field(default="", name="secret_key")
    secret_key_file: Path | None = None
    log_level: str = "info"
    cache_bytes: int = 256 * MEBIBYTE
    live_streams: int = 5000
    private_webhooks: bool = False
    font: str = ""
    wechat_appid: str = ""
    wechat_secret: str = msgspec.field(default="", name="wechat_secret")
    wechat_secret_file: Path | None = None
    wechat_url: str = "https://api.weixin.qq.com"
    wechat_js: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Without what is secret: settings end up in logs and tracebacks."""
        return f"Settings(listen={self.listen}, ops={self.ops}, data={self.data})"


def _address(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or not port.isascii() or not port.isdecimal() or int(port) > 65535:  # noqa: PLR2004
        raise ValueError("write HOST:PORT, such as 127.0.0.1:8080")
    return host.strip("[]") or "0.0.0.0", int(port)  # noqa: S104 - `:8080` asks for every interface


def _yes(text: str) -> bool:
    if text not in {"yes", "no"}:
        raise ValueError("write yes or no")
    return text == "yes"


def _url(text: str) -> str:
    if text and not text.startswith(("http://", "https://")):
        raise ValueError("an address begins with http:// or https://")
    return text.rstrip("/")


_PLAIN: Final = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[\w./~-]*)?", re.ASCII)


def _app(text: str) -> str:
    if text and not _PLAIN.fullmatch(text):
        raise ValueError("write an address such as https://fever.example.cn, the host in plain letters")
    return text.rstrip("/")


def _wechat(text: str) -> str:
    if not re.fullmatch(
        r"https://[A-Za-z0-9.-]+(:[0-9]+)?|http://(127\.0\.0\.1|localhost):[0-9]+/?", text, re.ASCII
    ):
        raise ValueError("write an address that begins with https://: the account's secret goes there")
    return text.rstrip("/")


def _pages(text: str) -> tuple[str, ...]:
    if text == "no":
        return ()
    for one in text.split():
        if one != OWN_PAGES and not _PLAIN.fullmatch(one):
            raise ValueError("write yes, no, or addresses of pages such as https://www.example.gov.cn/fever")
    return tuple(one.rstrip("/") for one in text.split())


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdecimal():
        raise ValueError("write a whole number")
    return int(text)


def _level(text: str) -> str:
    level = text.lower()
    if level not in {"debug", "info", "warning", "error"}:
        raise ValueError("write debug, info, warning or error")
    return level


def _secret(text: str) -> str:
    if text and len(text) < LEAST_SECRET:
        raise ValueError(f"at least {LEAST_SECRET} characters are needed")
    return text


class Setting(NamedTuple):
    """One setting. `flag` is empty where the command line has none, `env` always there."""

    name: str
    env: str
    flag: str
    default: str
    read: Callable[[str], Any]
    meaning: str


TABLE: Final[tuple[Setting, ...]] = (
    Setting(
        "listen",
        "TRAFFICLIGHT_LISTEN",
        "--listen",
        "127.0.0.1:8080",
        _address,
        "Where pages, forms and API listen.",
    ),
    Setting(
        "ops", "TRAFFICLIGHT_OPS", "--ops", "127.0.0.1:9090", _address, "Where health and metrics listen."
    ),
    Setting("data", "TRAFFICLIGHT_DATA", "--data", "", Path, "The folder of what this machine keeps."),
    Setting(
        "ledger",
        "TRAFFICLIGHT_LEDGER",
        "--ledger",
        "",
        str,
        "The ledger's URL; by default a file in the data folder.",
    ),
    Setting(
        "targets",
        "TRAFFICLIGHT_TARGETS",
        "--target",
        "",
        lambda text: tuple(text.split()),
        "Where the pages are written too: folders or URLs, separated by spaces; the flag once for each.",
    ),
    Setting(
        "public_url",
        "TRAFFICLIGHT_PUBLIC_URL",
        "",
        "",
        _url,
        "The address of the published pages; in place of the one set by `config set public_url`.",
    ),
    Setting(
        "app_url",
        "TRAFFICLIGHT_APP_URL",
        "",
        "",
        _app,
        "The address of the app, for pages on another server; what needs it appears only then.",
    ),
    Setting(
        "trusted_proxies",
        "TRAFFICLIGHT_TRUSTED_PROXIES",
        "",
        "0",
        _whole,
        "Proxies of ours in front: the client is so many entries from the end of X-Forwarded-For.",
    ),
    Setting(
        "secret_key",
        "TRAFFICLIGHT_SECRET_KEY",
        "",
        "",
        _secret,
        "Signs the clinics' cookies; the same on all nodes, at least 32 characters.",
    ),
    Setting(
        "secret_key_file",
        "TRAFFICLIGHT_SECRET_KEY_FILE",
        "",
        "",
        Path,
        "The file that holds it; by default `secret.key` in the data folder, made where missing.",
    ),
    Setting("log_level", "TRAFFICLIGHT_LOG_LEVEL", "", "info", _level, "The least that is logged."),
    Setting(
        "cache_bytes",
        "TRAFFICLIGHT_CACHE_MB",
        "",
        "256",
        lambda text: _whole(text) * MEBIBYTE,
        "Memory for made pages, in MiB.",
    ),
    Setting(
        "live_streams",
        "TRAFFICLIGHT_LIVE_STREAMS",
        "",
        "5000",
        _whole,
        "Pages that may hear of changes at once; the others look every minute. Each is an open connection.",
    ),
    Setting(
        "private_webhooks",
        "TRAFFICLIGHT_PRIVATE_WEBHOOKS",
        "",
        "no",
        _yes,
        "`yes`: boards may ring at addresses of this house, and of this machine without https.",
    ),
    Setting(
        "font",
        "TRAFFICLIGHT_FONT",
        "",
        "",
        str,
        "The font file for posters; by default Noto Sans CJK where it is installed. `none`: no posters.",
    ),
    Setting(
        "wechat_appid",
        "TRAFFICLIGHT_WECHAT_APPID",
        "",
        "",
        str,
        "The AppID of the official account to which articles are sent as drafts.",
    ),
    Setting(
        "wechat_secret",
        "TRAFFICLIGHT_WECHAT_SECRET",
        "",
        "",
        str,
        "Its AppSecret; better in a file.",
    ),
    Setting(
        "wechat_secret_file",
        "TRAFFICLIGHT_WECHAT_SECRET_FILE",
        "",
        "",
        Path,
        "The file that holds the AppSecret.",
    ),
    Setting(
        "wechat_url",
        "TRAFFICLIGHT_WECHAT_URL",
        "",
        "https://api.weixin.qq.com",
        _wechat,
        "Where its API is; another one for trials.",
    ),
    Setting(
        "wechat_js",
        "TRAFFICLIGHT_WECHAT_JS",
        "",
        "no",
        _pages,
        "Pages that WeChat's JS-SDK may be signed for: `yes` for ours, or addresses separated by spaces.",
    ),
)


_PREFIX: Final = "TRAFFICLIGHT_"


def read_config(file: Path) -> Mapping[str, str]:
    """What a TOML file says, by the variables of the environment: `cache_mb` is `TRAFFICLIGHT_CACHE_MB`.

    `WrongSetting` where it cannot be read, or says what is no setting.
    """
    try:
        written = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as wrong:
        raise WrongSetting(f"{file}: {wrong}") from None
    found = {_PREFIX + name.upper(): _plain(value) for name, value in written.items()}
    unknown = found.keys() - {row.env for row in TABLE}
    if unknown:
        names = ", ".join(sorted(one.removeprefix(_PREFIX).lower() for one in unknown))
        raise WrongSetting(f"{file}: no such setting: {names}")
    return found


def _plain(value: object) -> str:
    """A value of a file as it is written in the environment."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def read_settings(
    env: Mapping[str, str], config: Mapping[str, str] = MappingProxyType({}), **flags: Any
) -> Settings:
    """The settings: a flag that was given (not None), else the environment, else the file, else the default.

    Flags come as text, as they were typed, or as the values of `Settings`. Raises `WrongSetting`.
    """
    values: dict[str, Any] = {}
    for row in TABLE:
        flag, text = flags.pop(row.name, None), env.get(row.env) or config.get(row.env, "")
        if flag is not None and not isinstance(flag, str):
            values[row.name] = flag
        elif flag or text:
            try:
                values[row.name] = row.read(flag or text)
            except ValueError as wrong:
                raise WrongSetting(f"{row.flag if flag else row.env}: {wrong}") from None
    if flags:
        raise TypeError(f"no such setting: {', '.join(sorted(flags))}")
    settings = Settings(**values)
    if settings.data is None and not settings.ledger:
        raise WrongSetting("--data or --ledger: one of them is needed")
    return settings
