"""A Redis is found by its URL, and the URL's secrets stay in it."""

from pathlib import Path

import pytest

from trafficlight.ledger.base import LedgerUnavailable
from trafficlight.ledger.opening import open_ledger
from trafficlight.ledger.redis.address import RedisAddress, parse


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("redis://db", RedisAddress(hosts=(("db", 6379),))),
        ("redis://10.0.0.7:7000/3", RedisAddress(hosts=(("10.0.0.7", 7000),), database=3)),
        ("redis://[fd00::7]:7000", RedisAddress(hosts=(("fd00::7", 7000),))),
        (
            "redis://app:p%40ss@db/0?prefix=linyi&durability=everysec&replicas=2",
            RedisAddress(
                hosts=(("db", 6379),),
                user="app",
                password="p@ss",
                prefix="linyi",
                durability="everysec",
                replicas=2,
            ),
        ),
        (
            "rediss://:p@db?ca=/etc/ca.pem",
            RedisAddress(hosts=(("db", 6379),), password="p", tls=True, ca="/etc/ca.pem"),
        ),
        (
            "redis+sentinel://s1,s2:26380/county/1?sentinel_user=u&sentinel_password=w&tls=yes",
            RedisAddress(
                hosts=(("s1", 26379), ("s2", 26380)),
                service="county",
                database=1,
                sentinel_user="u",
                sentinel_password="w",
                tls=True,
            ),
        ),
    ],
)
def test_a_url_says_where_and_how(url: str, address: RedisAddress) -> None:
    assert parse(url) == address


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("redis://", "no host"),
        ("redis://:s3cret@", "no host"),
        ("redis://:s3cret@a b", "no host"),
        ("redis://a,b", "one host"),
        ("redis://db/one", "database"),
        ("redis://db/1/2", "one host and a number"),
        ("redis://:s3cret@db?durabilty=none", "unknown or there twice: durabilty"),
        ("redis://db?replicas=1&replicas=2", "twice"),
        ("redis://:s3cret@db?durability=sometimes", "durability is one of always, everysec, none, assume"),
        ("redis://db?replicas=many", "replicas: write a whole number"),
        ("redis://db?replicas=99", "9 at most"),
        ("redis://db?prefix=A{b}", "prefix"),
        ("redis://db?prefix", "cannot be read"),
        ("redis://[half", "cannot be read"),
        ("redis+sentinel://:s3cret@s1,s2", "service is missing"),
        ("redis://:s3cret@db?password_file=/there/is/none", "one of them is enough"),
        ("redis://db?password_file=/there/is/none", "password_file /there/is/none: No such file"),
    ],
)
def test_a_url_that_says_nothing_sure_is_refused_without_its_secret(url: str, says: str) -> None:
    with pytest.raises(ValueError, match=says) as caught:
        parse(url)
    assert "s3cret" not in str(caught.value)


def test_a_password_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s3cret\n", encoding="utf-8")
    assert parse(f"redis://db?password_file={tmp_path}/secret").password == "s3cret"


def test_an_address_is_printed_without_its_secrets() -> None:
    address = parse("redis+sentinel://app:s3cret@s1,s2/county/1?sentinel_password=s3cret")
    assert "s3cret" not in f"{address} {address!r}"
    assert str(address) == "s1:26379,s2:26379/county"
    assert str(parse("redis://:s3cret@db")) == "db:6379/0"


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("redis://:s3cret@127.0.0.1:1/0", r"cannot be reached \(127\.0\.0\.1:1/0\)"),
        ("redis://nobody.invalid/0", r"nobody knows that name \(nobody\.invalid:6379/0\)"),
    ],
)
async def test_where_it_was_looked_for_is_told(url: str, says: str) -> None:
    with pytest.raises(LedgerUnavailable, match=says):
        await open_ledger(url)
