"""Two sites become one, and one becomes two: page, links, tokens and days go along."""

from datetime import timedelta

import pytest
from lxml import html
from msgspec.structs import replace

from tests.web.conftest import World
from tests.web.desk.conftest import Hire, fields, text_of
from tests.web.phones import Phone
from trafficlight.actions.sites import merge_sites, split_site
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import Reported, SitePut, SiteRemoved
from trafficlight.domain.light import Light
from trafficlight.domain.state import SiteState, tally_of

REPORTS = "/api/v1/sites/{}/reports"


def state(world: World, site: str) -> SiteState:
    return world.node.current.boards["longkou"].sites[site]


async def merge(world: World, site: str = "lk-001", into: str = "lk-002") -> None:
    await merge_sites(world.changes, "longkou", site, into, world.clock())
    await world.node.current.catch_up("longkou")


async def test_the_link_and_the_token_of_the_first_lead_to_the_other(world: World, phone: Phone) -> None:
    token = await world.token(site="lk-001")
    await merge(world)
    answer = await phone.receipt(await phone.send(patients="5"))
    assert "蓝·人少" in answer
    assert state(world, "lk-002").reports[-1].patients == 5
    sent = await world.client.post(
        REPORTS.format("lk-001"), json={"patients": 7}, headers={"Authorization": f"Bearer {token}"}
    )
    assert (sent.status, (await sent.json())["site"]) == (201, "lk-002")
    stranger = await world.client.post(
        REPORTS.format("lk-002"), json={"patients": 7}, headers={"Authorization": f"Bearer {token}"}
    )
    assert stranger.status == 403, "it still reaches but its own address"


async def test_a_report_that_is_repeated_after_it_is_answered_as_it_was(world: World) -> None:
    headers = {"Authorization": f"Bearer {await world.token(site='lk-001')}", "Idempotency-Key": "one"}
    first = await world.client.post(REPORTS.format("lk-001"), json={"patients": 7}, headers=headers)
    await merge(world)
    again = await world.client.post(REPORTS.format("lk-001"), json={"patients": 7}, headers=headers)
    assert (first.status, again.status) == (201, 200)
    assert await again.json() == await first.json()


async def test_the_page_forwards_without_a_script_and_is_found_by_its_old_name(world: World) -> None:
    before = state(world, "lk-001").site
    await merge(world)
    page = html.document_fromstring(await (await world.client.get("/longkou/sites/lk-001.html")).read())
    assert page.xpath('//meta[@http-equiv="refresh"]/@content') == ["0; url=lk-002.html"]
    assert page.xpath("//main//a/@href")[0] == "lk-002.html"
    assert before.name in state(world, "lk-002").site.also
    assert (await world.client.get("/longkou/sites/lk-002.html")).status == 200
    assert before.name not in [
        one["name"] for one in (await (await world.client.get("/longkou/board.json")).json())["sites"]
    ]


async def test_days_and_what_was_said_today_go_along_where_the_other_has_none(world: World) -> None:
    day = world.clock().date()
    yesterday, before = day - timedelta(days=1), day - timedelta(days=2)
    await world.put(
        "longkou",
        Reported(id="r" * 16, site="lk-001", service_day=yesterday, patients=11),
        Reported(id="s" * 16, site="lk-001", service_day=before, patients=12),
        Reported(id="t" * 16, site="lk-002", service_day=before, patients=40),
    )
    token = await world.token(site="lk-001")
    await world.client.post(
        REPORTS.format("lk-001"), json={"patients": 9}, headers={"Authorization": f"Bearer {token}"}
    )
    light = tally_of(state(world, "lk-001"), yesterday)
    assert light is not None
    await merge(world)
    kept = {tally.day: tally.patients for tally in state(world, "lk-002").tallies}
    assert kept[yesterday] == 11
    assert kept[before] == 40, "its own stands"
    assert list(kept.values())[-1] == 9
    carried = tally_of(state(world, "lk-002"), yesterday)
    assert carried is not None
    assert carried.light is light.light


async def test_the_others_own_word_of_today_stands(world: World) -> None:
    for site, body in (("lk-002", {"patients": 3}), ("lk-001", {"staff_infected": True})):
        token = await world.token(site=site)
        await world.client.post(REPORTS.format(site), json=body, headers={"Authorization": f"Bearer {token}"})
    await merge(world)
    assert state(world, "lk-002").cross is None
    last = state(world, "lk-002").reports[-1].answer
    assert last is not None
    assert last.light is Light.BLUE


async def test_of_three_that_become_one_each_leads_to_the_last(world: World, phone: Phone) -> None:
    await merge(world)
    await merge(world, "lk-002", "lk-003")
    await phone.receipt(await phone.send(patients="5"))
    assert state(world, "lk-003").reports[-1].patients == 5
    await world.put("longkou", SiteRemoved(site="lk-003"))
    assert (await world.client.get(phone.url)).status == 410


async def test_who_is_listed_again_has_its_link_back(world: World, phone: Phone) -> None:
    site = state(world, "lk-001").site
    await merge(world)
    await world.put("longkou", SitePut(site=site))
    await phone.receipt(await phone.send(patients="5"))
    assert state(world, "lk-001").reports[-1].patients == 5
    assert (await world.client.get("/longkou/sites/lk-001.html")).status == 200


@pytest.mark.parametrize(
    ("site", "into", "code"),
    [
        ("lk-001", "lk-001", "same_site"),
        ("lk-001", "nowhere", "unknown_site"),
        ("nowhere", "lk-001", "unknown_site"),
    ],
)
async def test_what_cannot_become_one(site: str, into: str, code: str, world: World) -> None:
    with pytest.raises(Refused, match=code):
        await merge_sites(world.changes, "longkou", site, into, world.clock())


async def test_one_becomes_two_with_an_id_and_a_name_of_its_own(world: World) -> None:
    first = state(world, "lk-001").site
    made = await split_site(world.changes, "longkou", "lk-001", "东江卫生院北院")
    await world.node.current.catch_up()
    second = state(world, made).site
    assert made == "longkou-001"
    assert second == replace(first, id=made, name="东江卫生院北院", also=(), phone_checked=None)
    assert state(world, "lk-001").site == first
    with pytest.raises(Refused, match="same_name_twice"):
        await split_site(world.changes, "longkou", "lk-001", "东江卫生院北院")
    with pytest.raises(Refused, match="name_missing"):
        await split_site(world.changes, "longkou", "lk-001", "  ")


async def test_the_desk_makes_one_of_two_and_two_of_one(world: World, hire: Hire) -> None:
    editor = await hire("王芳", {"longkou": "editor"})
    answer = await editor.send("/boards/longkou/site/lk-001", act="merge", into="")
    assert answer.status == 422
    answer = await editor.send("/boards/longkou/site/lk-001", act="merge", into="lk-002")
    assert (answer.status, answer.headers["Location"].endswith("/site/lk-002")) == (303, True)
    assert "lk-001" not in world.node.current.boards["longkou"].sites
    timeline = text_of(await editor.page("/boards/longkou/corrections/sites/lk-002/timeline"))
    assert "并入本机构" in timeline
    assert "并入“" in text_of(await editor.page("/boards/longkou/corrections/sites/lk-001/timeline"))
    assert fields(await editor.page("/boards/longkou/site/lk-002"))["second"] == ""
    answer = await editor.send("/boards/longkou/site/lk-002", act="split", second="新院区")
    assert answer.status == 303
    await world.node.current.catch_up()
    assert "新院区" in [one.site.name for one in world.node.current.boards["longkou"].sites.values()]
