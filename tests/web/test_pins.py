"""A link that is bound to a PIN, and sessions that are ended."""

from typing import Any

import pytest
from aiohttp import ClientResponse
from argon2 import PasswordHasher

from tests.web.conftest import Starter, World
from tests.web.phones import Phone, light_of
from trafficlight.actions import changing
from trafficlight.actions.credentials import end_link_sessions, pin_links
from trafficlight.actions.passwords import digest_aside, digest_of
from trafficlight.domain.event import LinkPinned, LinkSessionsEnded
from trafficlight.domain.ids import SYSTEM
from trafficlight.web.link_auth import ADDRESS_TRIES

PIN = "4821"
DIGEST = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PIN)
"""Cheap to hold a PIN against, as the program's own are not."""


@pytest.fixture
async def phone(world: World) -> Phone:
    """At 东江卫生院, come in by a link with a PIN."""
    phone = Phone(world, await world.link(site="lk-001"))
    await world.put(SYSTEM, LinkPinned(link=phone.link.id, digest=DIGEST))
    await phone.enter()
    return phone


async def give(phone: Phone, pin: str, **headers: Any) -> ClientResponse:
    return await phone.world.client.post(
        f"{phone.url}pin", data={"pin": pin}, headers=headers, allow_redirects=False
    )


async def test_without_the_pin_there_is_no_form_and_nothing_is_taken(world: World, phone: Phone) -> None:
    answer = await world.client.get(phone.url)
    assert answer.status == 403
    text = await answer.text()
    assert "请输入密码" in text
    assert "0000-5550120" in text
    data = {"token": "x", "key": "12345678", "patients": "40"}
    assert (await world.client.post(phone.url, data=data)).status == 403
    assert await light_of(world) is None


@pytest.mark.parametrize("pin", [PIN, "４８２１", " 4821 "])
async def test_the_pin_is_asked_for_once_in_a_browser(phone: Phone, pin: str) -> None:
    answer = await give(phone, pin)
    assert (answer.status, answer.headers["Location"]) == (303, "./")
    assert "✓ 已收到" in await phone.receipt(await phone.send(patients="40"))
    await phone.page("?lang=en")  # a new cookie, for another language
    await phone.page()


@pytest.mark.parametrize(("pin", "status"), [("4822", 403), ("", 422), ("48212345", 422), ("abcd", 422)])
async def test_another_pin_opens_nothing(phone: Phone, pin: str, status: int) -> None:
    assert (await give(phone, pin)).status == status
    assert (await phone.world.client.get(phone.url)).status == 403


async def test_guessing_is_slowed_down_even_when_it_is_right_in_the_end(phone: Phone) -> None:
    answers = [(await give(phone, f"000{n}")).status for n in range(ADDRESS_TRIES)]
    assert answers == [403] * ADDRESS_TRIES
    late = await give(phone, PIN)
    assert late.status == 429
    assert int(late.headers["Retry-After"]) > 0


async def test_guessing_from_many_addresses_is_slowed_down_too(start: Starter, world: World) -> None:
    behind = await start(trusted_proxies=1)
    phone = Phone(behind, await world.link(site="lk-001"))
    await behind.put(SYSTEM, LinkPinned(link=phone.link.id, digest=DIGEST))
    await phone.enter()
    tries = [await give(phone, "1", **{"X-Forwarded-For": f"203.0.113.{n}"}) for n in range(31)]
    assert [answer.status for answer in tries] == [422] * 30 + [429]


async def test_strangers_who_guess_lock_no_phone_out_in_which_the_pin_was_given(
    start: Starter, world: World
) -> None:
    behind = await start(trusted_proxies=1)
    phone = Phone(behind, await world.link(site="lk-001"))
    await behind.put(SYSTEM, LinkPinned(link=phone.link.id, digest=DIGEST))
    await phone.enter()
    assert (await give(phone, PIN)).status == 303
    known = {cookie.key: cookie.value for cookie in behind.client.session.cookie_jar}
    for number in range(40):  # from the clinic's own address, too
        stranger = {"X-Forwarded-For": f"203.0.113.{number % 20}", "Cookie": f"link={known['link']}"}
        behind.client.session.cookie_jar.clear()
        await give(phone, "0001" if number < 3 else "1", **stranger)
    behind.client.session.cookie_jar.clear()
    await phone.enter()  # the printed code, once more
    here = {"X-Forwarded-For": "203.0.113.1"}
    assert (await give(phone, PIN, **here)).status == 429
    behind.client.session.cookie_jar.update_cookies({"link-device": known["link-device"]})
    assert (await give(phone, PIN, **here)).status == 303


async def test_a_phone_that_is_known_has_few_tries_too_and_of_its_own_link_alone(phone: Phone) -> None:
    await give(phone, PIN)
    await phone.enter()
    answers = [(await give(phone, f"000{n}")).status for n in range(ADDRESS_TRIES + 1)]
    assert answers == [403] * ADDRESS_TRIES + [429]


async def test_a_new_pin_asks_again_and_none_asks_no_more(world: World, phone: Phone) -> None:
    await give(phone, PIN)
    await phone.page()
    await world.put(SYSTEM, LinkPinned(link=phone.link.id, digest=digest_of("999999")))
    assert (await world.client.get(phone.url)).status == 403
    await world.put(SYSTEM, LinkPinned(link=phone.link.id))
    await phone.page()


async def test_a_proof_of_one_link_opens_no_other(world: World, phone: Phone) -> None:
    await give(phone, PIN)
    other = Phone(world, await world.link(site="lk-002"))
    await world.put(SYSTEM, LinkPinned(link=other.link.id, digest=DIGEST))
    await other.enter()
    assert (await world.client.get(other.url)).status == 403


async def test_an_ended_session_has_to_come_in_again_by_the_link(world: World) -> None:
    phone = Phone(world, await world.link(site="lk-001"))
    await phone.enter()
    fields = await phone.fields()
    world.clock.turn(minutes=1)
    await world.put(SYSTEM, LinkSessionsEnded(link=phone.link.id))
    assert (await world.client.get(phone.url)).status == 403
    assert (await phone.send(fields, patients="40")).status == 403
    assert await light_of(world) is None
    world.clock.turn(minutes=1)
    await phone.enter()
    await phone.page()


async def test_the_ledger_keeps_a_slow_digest_and_never_the_pin(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changing, "FOLLOWED_AFTER", 0.0)
    phone = Phone(world, await world.link(site="lk-001"))
    ledger = world.node.current.ledger
    await pin_links(world.changes, {phone.link.id: PIN}, digest_aside)
    await end_link_sessions(world.changes, [phone.link.id])
    pinned, ended = (record.event for record in (await ledger.read(SYSTEM))[-2:])
    assert isinstance(pinned, LinkPinned)
    assert pinned.digest.startswith("$argon2id$")
    assert PIN not in pinned.digest.split("$")
    assert ended == LinkSessionsEnded(by="cli", link=phone.link.id)
