"""Signatures for the JS-SDK: right, for our pages alone, and of a ticket that is asked for once."""

import asyncio
from collections.abc import Coroutine

import pytest

from tests.wechat.conftest import MORNING, Time
from tests.wechat.standin import APPID, TICKET, StandIn
from trafficlight.wechat.answers import Unreachable, WechatError
from trafficlight.wechat.client import EARLY, Client
from trafficlight.wechat.signing import REST, Signer, is_below, signed

PAGE = "https://fever.example.cn/shili/?v=202212240810"


def test_the_signature_is_the_one_that_wechat_publishes_as_its_example() -> None:
    example = TICKET, "Wm3WZYTPz0wzccnW", 1414587457, "http://mp.weixin.qq.com?params=value"
    assert signed(*example) == "0f9de62fce790f9a083d5c99e95740ceb90c27ed"


@pytest.mark.parametrize(
    ("url", "root", "ours"),
    [
        ("https://fever.example.cn/", "https://fever.example.cn", True),
        ("https://fever.example.cn/shili/?v=1&from=timeline", "https://fever.example.cn", True),
        ("https://fever.example.cn:443/shili/", "https://fever.example.cn", True),
        ("https://FEVER.example.cn/shili/", "https://fever.example.cn", True),
        ("https://a.cn/fever", "https://a.cn/fever", True),
        ("https://a.cn/fever/x", "https://a.cn/fever/", True),
        ("https://a.cn/fevers", "https://a.cn/fever", False),
        ("https://a.cn/fever/../x", "https://a.cn/fever", False),
        ("https://a.cn/fever/%2e%2E/x", "https://a.cn/fever", False),
        ("http://fever.example.cn/", "https://fever.example.cn", False),
        ("https://fever.example.cn:8443/", "https://fever.example.cn", False),
        ("https://fever.example.cn.evil.cn/", "https://fever.example.cn", False),
        ("https://evil.cn/?https://fever.example.cn/", "https://fever.example.cn", False),
        ("https://fever.example.cn@evil.cn/", "https://fever.example.cn", False),
        ("https://evil.cn@fever.example.cn/", "https://fever.example.cn", False),
        ("https://evil.cn\\@fever.example.cn/", "https://fever.example.cn", False),
        ("https://fever.example.cn\\.evil.cn/", "https://fever.example.cn", False),
        ("//fever.example.cn/", "https://fever.example.cn", False),
        ("https://fever.example.cn/\n", "https://fever.example.cn", False),
        ("\thttps://fever.example.cn/", "https://fever.example.cn", False),
        ("https://fever.example.cn/发热/", "https://fever.example.cn", False),
        ("https://fever.example.cn:x/", "https://fever.example.cn", False),
        ("https://[::1/", "https://fever.example.cn", False),
        ("javascript:alert(1)", "https://fever.example.cn", False),
        ("", "https://fever.example.cn", False),
    ],
)
def test_a_page_is_ours_or_it_is_not(url: str, root: str, ours: bool) -> None:
    assert is_below(url, root) is ours


@pytest.fixture
def signer(client: Client, time: Time) -> Signer:
    def meanwhile(work: Coroutine[None, None, None], name: str) -> asyncio.Task[None]:
        return asyncio.create_task(work, name=name)

    return Signer(APPID, client, meanwhile, clock=time)


async def test_a_page_is_signed_for_without_what_follows_its_hash(signer: Signer) -> None:
    made = await signer.sign(f"{PAGE}#shili-3", int(MORNING))
    assert (made.app_id, made.timestamp) == (APPID, int(MORNING))
    assert made.signature == signed(TICKET, made.nonce_str, int(MORNING), PAGE)
    again = await signer.sign(PAGE, int(MORNING))
    assert again.nonce_str != made.nonce_str


async def test_a_crowd_asks_for_one_ticket(signer: Signer, standin: StandIn) -> None:
    await asyncio.gather(*(signer.sign(PAGE, int(MORNING)) for _ in range(50)))
    assert standin.log.count("ticket/getticket") == 1


async def test_a_ticket_is_renewed_before_its_end_while_the_old_one_serves(
    signer: Signer, standin: StandIn, time: Time
) -> None:
    await signer.sign(PAGE, int(MORNING))
    time.now += 7200 - EARLY - 1
    await signer.sign(PAGE, int(time.now))
    assert standin.log.count("ticket/getticket") == 1
    time.now += 2
    standin.script["ticket/getticket"] = [45009]
    await signer.sign(PAGE, int(time.now))
    await asyncio.gather(*(one for one in asyncio.all_tasks() if one.get_name() == "ticket"))
    assert standin.log.count("ticket/getticket") == 2
    await signer.sign(PAGE, int(time.now))  # still the old one
    time.now += REST
    await signer.sign(PAGE, int(time.now))
    await asyncio.gather(*(one for one in asyncio.all_tasks() if one.get_name() == "ticket"))
    assert standin.log.count("ticket/getticket") == 3
    time.now += EARLY
    await signer.sign(PAGE, int(time.now))
    assert standin.log.count("ticket/getticket") == 3


async def test_a_failure_stands_for_a_minute_whoever_asks(
    signer: Signer, standin: StandIn, time: Time
) -> None:
    standin.script["ticket/getticket"] = [48001]
    for _ in range(3):
        with pytest.raises(WechatError) as stopped:
            await signer.sign(PAGE, int(MORNING))
        assert stopped.value.code == "wechat_permission"
    assert standin.log.count("ticket/getticket") == 1
    time.now += REST
    assert (await signer.sign(PAGE, int(MORNING))).app_id == APPID


async def test_who_asks_while_wechat_is_silent_is_told_so_and_the_next_one_has_it(
    signer: Signer, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trafficlight.wechat.signing.PATIENCE", 0.0)
    with pytest.raises(Unreachable):
        await signer.sign(PAGE, int(MORNING))
    await asyncio.gather(*(one for one in asyncio.all_tasks() if one.get_name() == "ticket"))
    assert (await signer.sign(PAGE, int(MORNING))).app_id == APPID
    assert standin.log.count("ticket/getticket") == 1


async def test_an_answer_without_a_ticket_is_none(signer: Signer, standin: StandIn) -> None:
    standin.script["ticket/getticket"] = ["502"] * 4
    with pytest.raises(Unreachable):
        await signer.sign(PAGE, int(MORNING))
