"""Which account, from the settings."""

from pathlib import Path

from trafficlight.settings import Settings, WrongSetting
from trafficlight.wechat.client import Account


def account_of(settings: Settings) -> Account | None:
    """The account; None where none is set. Reads a file. Raises `WrongSetting` for half of one."""
    if not settings.wechat_appid:
        if settings.wechat_js:
            raise WrongSetting("TRAFFICLIGHT_WECHAT_JS: needs an account (TRAFFICLIGHT_WECHAT_APPID)")
        return None
    secret = settings.wechat_secret or _read(settings.wechat_secret_file)
    if not secret:
        raise WrongSetting("TRAFFICLIGHT_WECHAT_SECRET_FILE: an account needs its AppSecret")
    return Account(appid=settings.wechat_appid, secret=secret, url=settings.wechat_url)


def _read(file: Path | None) -> str:
    try:
        return file.read_text("utf-8").strip() if file else ""
    except OSError as wrong:
        raise WrongSetting(f"TRAFFICLIGHT_WECHAT_SECRET_FILE: {file} cannot be read") from wrong
