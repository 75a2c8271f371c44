"""A Redis that asks who is there, and one that is reached by TLS."""

import asyncio
import ipaddress
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.ledger.facts import fill, key, positions, report, take
from tests.redis_server import ALWAYS, RedisServer, free_port
from trafficlight.ledger.base import LedgerUnavailable
from trafficlight.ledger.opening import open_ledger

ROOT = Path(__file__).parents[2]


def certificate(folder: Path) -> tuple[Path, Path]:
    """One for 127.0.0.1, which is its own authority, and its key."""
    secret = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "redis")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(secret.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(secret, hashes.SHA256())
    )
    cert, its_key = folder / "cert.pem", folder / "key.pem"
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    its_key.write_bytes(
        secret.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    )
    return cert, its_key


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RedisServer, int, Path]]:
    """A server, its port for TLS, and the authority that vouches for it."""
    cert, its_key = certificate(tmp_path_factory.mktemp("tls"))
    port = free_port()
    tls = ("--tls-port", str(port), "--tls-cert-file", str(cert), "--tls-key-file", str(its_key))
    server = RedisServer(*ALWAYS, *tls, "--tls-ca-cert-file", str(cert), "--tls-auth-clients", "no").start()
    yield server, port, cert
    server.stop()


async def test_a_ledger_is_reached_by_tls_where_its_certificate_is_believed(
    secured: tuple[RedisServer, int, Path],
) -> None:
    _, port, authority = secured
    ledger = await open_ledger(f"rediss://127.0.0.1:{port}/0?prefix=tls&ca={authority}")
    await fill(ledger, {"longkou": 5})
    assert positions(await take(ledger, 5, {})) == {"longkou": [1, 2, 3, 4, 5]}
    await ledger.close()
    with pytest.raises(LedgerUnavailable, match="cannot be reached"):
        await open_ledger(f"rediss://127.0.0.1:{port}/0?prefix=tls")


async def test_a_user_with_the_rights_that_the_documentation_names_can_do_everything(
    secured: tuple[RedisServer, int, Path],
) -> None:
    server = secured[0]
    text = await asyncio.to_thread((ROOT / "docs" / "redis.md").read_text, "utf-8")
    rights = re.search(r"`(~\{trafficlight\}[^`]+)`", text)
    assert rights is not None
    server.ask("ACL", "SETUSER", "app", "reset", "on", ">s3cret", *rights[1].split())
    url = f"redis://app:s3cret@127.0.0.1:{server.port}/0"
    ledger, copied = await open_ledger(url), await open_ledger(f"{url}?durability=always")
    await fill(ledger, {"longkou": 5})
    assert (await ledger.append("longkou", [report(1)], key("a"))).positions == (6,)
    assert (await ledger.append("longkou", [report(1)], key("a"))).replayed
    assert positions(await take(copied, 6, {})) == {"longkou": [1, 2, 3, 4, 5, 6]}
    assert not await ledger.check()
    for frozen in (True, False):
        await ledger.freeze(frozen=frozen)
    await ledger.close()
    await copied.close()
    with pytest.raises(LedgerUnavailable, match="may not do what a ledger needs"):
        await open_ledger(f"{url}?prefix=another")


async def test_a_ledger_that_is_not_heard_of_is_told_without_its_password() -> None:
    with pytest.raises(LedgerUnavailable, match="cannot be reached") as caught:
        await open_ledger("redis://:s3cret@127.0.0.1:1/0")
    assert "s3cret" not in repr(caught.value.__cause__)
