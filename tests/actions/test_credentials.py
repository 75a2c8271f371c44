"""Secrets leave once; the ledger keeps digests."""

import re
import time

import pytest

from trafficlight.actions.changing import LedgerChanges, read_system
from trafficlight.actions.credentials import (
    Scope,
    digest,
    issue_links,
    issue_token,
    new_secret,
    revoke_links,
    revoke_tokens,
)
from trafficlight.domain.errors import Refused
from trafficlight.domain.ids import SYSTEM
from trafficlight.domain.record import encode
from trafficlight.ledger.store import LedgerStore


def by(ledger: LedgerStore) -> LedgerChanges:
    return LedgerChanges(ledger, "cli")


def test_a_secret_survives_addresses_chats_and_command_lines() -> None:
    secrets = {new_secret() for _ in range(500)}
    assert len(secrets) == 500
    assert all(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{30}[A-Za-z0-9]", secret) for secret in secrets)


async def test_a_token_is_found_by_its_secrets_digest_alone(ledger: LedgerStore) -> None:
    issued = await issue_token(by(ledger), Scope(site="a1"), role="desk", label="医院系统")
    fold = await read_system(ledger)
    token = fold.tokens[digest(issued.secret)]
    assert (token.id, token.role, token.site, token.board, token.label) == (
        issued.id,
        "desk",
        "a1",
        "",
        "医院系统",
    )
    kept = b"".join(encode(record.event) for record in await ledger.read(SYSTEM))
    assert issued.secret.encode() not in kept


async def test_links_are_issued_together_or_not_at_all(ledger: LedgerStore) -> None:
    with pytest.raises(Refused, match="bad_reach"):
        await issue_links(by(ledger), [Scope(site="a1"), Scope(town="东江街道")])
    assert await issue_links(by(ledger), []) == []
    assert await ledger.heads() == {}
    links = await issue_links(by(ledger), [Scope(site="a1"), Scope(board="longkou", town="东江街道")])
    fold = await read_system(ledger)
    assert [fold.links[digest(link.secret)].id for link in links] == [link.id for link in links]


@pytest.mark.parametrize(
    "reach",
    [
        Scope(),
        Scope(board="b"),
        Scope(town="t"),
        Scope(site="s", town="t"),
        Scope(site="s", board="b", town="t"),
    ],
)
async def test_a_link_is_for_a_site_or_for_a_town_of_a_board(ledger: LedgerStore, reach: Scope) -> None:
    with pytest.raises(Refused, match="bad_reach"):
        await issue_links(by(ledger), [reach])


async def test_a_token_has_a_role_of_ours_and_no_town(ledger: LedgerStore) -> None:
    with pytest.raises(Refused, match="bad_role"):
        await issue_token(by(ledger), Scope(), role="king")
    with pytest.raises(Refused, match="bad_reach"):
        await issue_token(by(ledger), Scope(town="东江街道"))


async def test_what_is_revoked_is_gone_everywhere_when_it_is_told(ledger: LedgerStore) -> None:
    token = await issue_token(by(ledger), Scope())
    (link,) = await issue_links(by(ledger), [Scope(site="a1")])
    began = time.monotonic()
    await revoke_tokens(by(ledger), [token.id])
    assert time.monotonic() - began >= 0.9  # every server has read it by then
    await revoke_links(by(ledger), [link.id])
    fold = await read_system(ledger)
    assert (fold.tokens, fold.links) == ({}, {})
    for revoke, name, code in (
        (revoke_tokens, token.id, "unknown_token"),
        (revoke_links, link.id, "unknown_link"),
    ):
        with pytest.raises(Refused, match=code):
            await revoke(by(ledger), [name])
