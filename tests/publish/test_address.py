"""The address of a bucket, and who we are there: neither log nor refusal shows a secret."""

from pathlib import Path

import pytest

from trafficlight.bucket import BucketAddress, Secrets, read_address, secrets_of
from trafficlight.publish.targets import target_of
from trafficlight.publish.targets.base import TargetUnavailable
from trafficlight.publish.targets.bucket import BucketTarget

COS = "https://deng-1250000000.cos.ap-beijing.myqcloud.com"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIADENG", "AWS_SECRET_ACCESS_KEY": "geheim"}


@pytest.mark.parametrize(
    ("text", "wanted", "url", "shown"),
    [
        ("s3://deng", BucketAddress(bucket="deng"), "", "s3:deng"),
        (
            "s3://deng/fever/pages/?endpoint=http://127.0.0.1:9000/",
            BucketAddress(bucket="deng", prefix="fever/pages", endpoint="http://127.0.0.1:9000"),
            "http://127.0.0.1:9000",
            "s3:deng/fever/pages@127.0.0.1:9000",
        ),
        (
            "s3://deng?endpoint=https://oss-cn-beijing.aliyuncs.com&region=oss-cn-beijing&style=virtual&gzip=no",
            BucketAddress(
                bucket="deng",
                endpoint="https://oss-cn-beijing.aliyuncs.com",
                region="oss-cn-beijing",
                virtual=True,
                gzip=False,
            ),
            "https://deng.oss-cn-beijing.aliyuncs.com",
            "s3:deng@oss-cn-beijing.aliyuncs.com",
        ),
        (
            f"s3://deng-1250000000?endpoint={COS}&style=virtual&credentials=/etc/deng/keys",
            BucketAddress(
                bucket="deng-1250000000",
                endpoint=COS,
                virtual=True,
                credentials=Path("/etc/deng/keys"),
            ),
            COS,
            "s3:deng-1250000000@deng-1250000000.cos.ap-beijing.myqcloud.com",
        ),
    ],
)
def test_addresses(text: str, wanted: BucketAddress, url: str, shown: str) -> None:
    address = read_address(text)
    assert (address, address.url, address.label) == (wanted, url, shown)
    assert isinstance(target_of(text), BucketTarget)
    assert target_of(text).name == shown


@pytest.mark.parametrize(
    "text",
    [
        "s3://",
        "s3://D",
        "s3://AKIADENG:geheim@deng/x",
        "s3://deng?secret_access_key=geheim",
        "s3://deng?endpoint=https://AKIADENG:geheim@store.example",
        "s3://deng?endpoint=store.example",
        "s3://deng?endpoint=https://store.example/geheim",
        "s3://deng?region=a&region=geheim",
        "s3://deng?style=geheim",
        "s3://deng?gzip=geheim",
        "s3://deng?geheim",
        "s3://deng/a//geheim",
        "s3://deng/../geheim",
        "s3://[geheim",
    ],
)
def test_an_address_that_is_none_is_not_repeated(text: str) -> None:
    with pytest.raises(ValueError, match="bucket") as refused:
        target_of(text)
    assert "geheim" not in str(refused.value)


def test_credentials_come_from_the_environment_or_a_file(tmp_path: Path) -> None:
    address = read_address("s3://deng")
    assert secrets_of(address, KEYS) == Secrets("AKIADENG", "geheim", "")
    assert secrets_of(address, KEYS | {"AWS_SESSION_TOKEN": "t"}) == Secrets("AKIADENG", "geheim", "t")
    file = tmp_path / "keys"
    file.write_text("[deng]\naws_access_key_id=A\naws_secret_access_key = a%b=c\naws_session_token=t\n")
    named = read_address(f"s3://deng?credentials={file}")
    assert secrets_of(named, KEYS) == Secrets("A", "a%b=c", "t")


@pytest.mark.parametrize(
    ("held", "said"),
    [
        (None, "cannot be read"),
        ("", "one \\[section\\]"),
        ("aws_secret_access_key=geheim", "one \\[section\\]"),
        ("[a]\n[b]\naws_secret_access_key=geheim", "one \\[section\\]"),
        ("[a]\naws_secret_access_key=geheim", "lacks aws_access_key_id"),
        ("[a]\naws_secret_access_key=geheim\naws_access_key_id=\n", "lacks"),
        ("[a]\ngeheim", "one \\[section\\]"),
    ],
)
def test_credentials_that_are_none_are_named_and_not_shown(
    tmp_path: Path, held: str | None, said: str
) -> None:
    file = tmp_path / "keys"
    if held is not None:
        file.write_text(held)
    target = target_of(f"s3://deng?credentials={file}")
    with pytest.raises(TargetUnavailable, match=said) as refused:
        target.open()
    assert "geheim" not in str(refused.value)
    target.close()


def test_without_credentials_it_is_said_which(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in KEYS:
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(TargetUnavailable, match="AWS_ACCESS_KEY_ID"):
        target_of("s3://deng").open()
