"""Settings: one table, read in one way, told in docs/settings.md."""

import re
from pathlib import Path

import msgspec
import pytest

from trafficlight.metrics import Metrics, process_facts
from trafficlight.settings import MEBIBYTE, TABLE, Settings, WrongSetting, read_settings

DOCS = (Path(__file__).parents[2] / "docs" / "settings.md").read_text()


def test_the_table_and_the_struct_are_of_one_mind() -> None:
    assert [row.name for row in TABLE] == list(Settings.__struct_fields__)
    defaults = Settings(data=Path("d"))
    for row in TABLE:
        if row.default:
            assert row.read(row.default) == getattr(defaults, row.name), row.name


def test_the_docs_name_every_setting_as_it_is() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (`[^|]*`|–) \| (`[^|]*`|–) \| (.+?) \|$", DOCS, re.MULTILINE)
    told = [(env, flag.strip("`"), default.strip("`"), meaning) for env, flag, default, meaning in rows]
    assert told == [(row.env, row.flag or "–", row.default or "–", row.meaning) for row in TABLE]


def test_the_docs_name_every_metric() -> None:
    metrics = Metrics()
    metrics.process = process_facts()
    names = {family.name for family in metrics.registry.collect()}
    told = set(re.findall(r"^\| `(trafficlight_\w+?)(?:_total)?(?:\{[^`]*\})?` ", DOCS, re.MULTILINE))
    assert told == names


def test_a_flag_goes_before_the_environment_and_that_before_the_default() -> None:
    env = {"TRAFFICLIGHT_LISTEN": "127.0.0.1:1", "TRAFFICLIGHT_OPS": "127.0.0.1:2", "TRAFFICLIGHT_DATA": "d"}
    settings = read_settings(env, listen="[::1]:3", ops=None)
    assert (settings.listen, settings.ops, settings.data) == (("::1", 3), ("127.0.0.1", 2), Path("d"))
    assert settings.cache_bytes == 256 * MEBIBYTE


def test_every_setting_is_read_from_the_environment() -> None:
    env = {
        "TRAFFICLIGHT_LISTEN": ":80",
        "TRAFFICLIGHT_OPS": "10.0.0.1:81",
        "TRAFFICLIGHT_DATA": "/data",
        "TRAFFICLIGHT_LEDGER": "sqlite:/ledger",
        "TRAFFICLIGHT_TARGETS": "/srv/a  /srv/b",
        "TRAFFICLIGHT_PUBLIC_URL": "https://fever.example.cn/",
        "TRAFFICLIGHT_APP_URL": "https://app.example.cn",
        "TRAFFICLIGHT_TRUSTED_PROXIES": "2",
        "TRAFFICLIGHT_SECRET_KEY": "x" * 32,
        "TRAFFICLIGHT_SECRET_KEY_FILE": "/run/secrets/key",
        "TRAFFICLIGHT_LOG_LEVEL": "WARNING",
        "TRAFFICLIGHT_CACHE_MB": "8",
        "TRAFFICLIGHT_LIVE_STREAMS": "100",
        "TRAFFICLIGHT_PRIVATE_WEBHOOKS": "yes",
        "TRAFFICLIGHT_FONT": "/fonts/own.otf",
        "TRAFFICLIGHT_WECHAT_APPID": "wx1",
        "TRAFFICLIGHT_WECHAT_SECRET": "s1",
        "TRAFFICLIGHT_WECHAT_SECRET_FILE": "/run/secrets/wechat",
        "TRAFFICLIGHT_WECHAT_URL": "http://127.0.0.1:9/",
        "TRAFFICLIGHT_WECHAT_JS": "yes https://www.example.gov.cn/fever/",
    }
    assert set(env) == {row.env for row in TABLE}
    assert read_settings(env) == Settings(
        listen=("0.0.0.0", 80),  # noqa: S104 - what `:80` asks for
        ops=("10.0.0.1", 81),
        data=Path("/data"),
        ledger="sqlite:/ledger",
        targets=("/srv/a", "/srv/b"),
        public_url="https://fever.example.cn",
        app_url="https://app.example.cn",
        trusted_proxies=2,
        secret_key="x" * 32,
        secret_key_file=Path("/run/secrets/key"),
        log_level="warning",
        cache_bytes=8 * MEBIBYTE,
        live_streams=100,
        private_webhooks=True,
        font="/fonts/own.otf",
        wechat_appid="wx1",
        wechat_secret="s1",
        wechat_secret_file=Path("/run/secrets/wechat"),
        wechat_url="http://127.0.0.1:9",
        wechat_js=("yes", "https://www.example.gov.cn/fever"),
    )


@pytest.mark.parametrize(
    ("env", "named"),
    [
        ({}, "--data"),
        ({"TRAFFICLIGHT_LISTEN": "8080"}, "TRAFFICLIGHT_LISTEN"),
        ({"TRAFFICLIGHT_LISTEN": "a:99999"}, "TRAFFICLIGHT_LISTEN"),
        ({"TRAFFICLIGHT_LISTEN": "a:²"}, "TRAFFICLIGHT_LISTEN"),
        ({"TRAFFICLIGHT_APP_URL": "https://a.cn; script-src *"}, "TRAFFICLIGHT_APP_URL"),
        ({"TRAFFICLIGHT_APP_URL": "https://发热.cn"}, "TRAFFICLIGHT_APP_URL"),
        ({"TRAFFICLIGHT_APP_URL": "https://u:p@a.cn"}, "TRAFFICLIGHT_APP_URL"),
        ({"TRAFFICLIGHT_PUBLIC_URL": "fever.example.cn"}, "TRAFFICLIGHT_PUBLIC_URL"),
        ({"TRAFFICLIGHT_TRUSTED_PROXIES": "-1"}, "TRAFFICLIGHT_TRUSTED_PROXIES"),
        ({"TRAFFICLIGHT_SECRET_KEY": "short"}, "TRAFFICLIGHT_SECRET_KEY"),
        ({"TRAFFICLIGHT_LOG_LEVEL": "loud"}, "TRAFFICLIGHT_LOG_LEVEL"),
        ({"TRAFFICLIGHT_CACHE_MB": "much"}, "TRAFFICLIGHT_CACHE_MB"),
        ({"TRAFFICLIGHT_WECHAT_JS": "*"}, "TRAFFICLIGHT_WECHAT_JS"),
        ({"TRAFFICLIGHT_WECHAT_JS": "yes www.example.gov.cn"}, "TRAFFICLIGHT_WECHAT_JS"),
    ],
)
def test_a_wrong_setting_is_named(env: dict[str, str], named: str) -> None:
    with pytest.raises(WrongSetting, match=re.escape(named)) as wrong:
        read_settings({**env} if not env else {"TRAFFICLIGHT_DATA": "d", **env})
    assert "short" not in str(wrong.value)


def test_a_wrong_flag_is_named_as_it_was_typed() -> None:
    with pytest.raises(WrongSetting, match="--listen"):
        read_settings({"TRAFFICLIGHT_DATA": "d"}, listen="nonsense")
    with pytest.raises(TypeError, match="colour"):
        read_settings({"TRAFFICLIGHT_DATA": "d"}, colour="red")


def test_what_is_secret_is_not_shown() -> None:
    settings = Settings(data=Path("d"), secret_key="x" * 40, ledger="redis://:password@host")
    assert "x" * 40 not in repr(settings)
    assert "password" not in repr(settings)
    assert isinstance(settings, msgspec.Struct)
