"""Phoning those who have not reported: a number in its row, and the list stays where it is."""

from lxml import html

from tests.web.conftest import World
from tests.web.desk.conftest import Hire, text_of
from trafficlight.domain.event import Reported

CALLS = "/boards/longkou/calls"


async def test_a_number_heard_on_the_phone_is_reported_in_its_row(world: World, hire: Hire) -> None:
    world.clock.turn(hours=1)
    clerk = await hire("王芳", {"longkou": "editor"})
    page = await clerk.page(CALLS)
    row = page.get_element_by_id("call-lk-001")
    filled = dict(row.xpath(".//form")[0].form_values())
    answer = await clerk.post(CALLS, {**filled, "patients": "12人", "clock": "08:30"})
    assert answer.status == 200
    after = html.document_fromstring(await answer.text())
    assert "✓ 收下 12 人" in text_of(after.get_element_by_id("call-lk-001"))
    events = [record.event for record in await world.node.ledger.read("longkou")]
    (said,) = [one for one in events if isinstance(one, Reported)]
    assert (said.site, said.patients, said.by) == ("lk-001", 12, f"user:{clerk.user}")
    assert said.counted_at is not None
    assert not (await clerk.page(CALLS)).xpath("//*[@id='call-lk-001']")


async def test_what_is_no_number_stays_in_its_row_with_what_is_wrong(world: World, hire: Hire) -> None:
    clerk = await hire("王芳", {"longkou": "editor"})
    page = await clerk.page(CALLS)
    filled = dict(page.get_element_by_id("call-lk-001").xpath(".//form")[0].form_values())
    answer = await clerk.post(CALLS, {**filled, "patients": "很多"})
    row = html.document_fromstring(await answer.text()).get_element_by_id("call-lk-001")
    assert row.xpath(".//*[@role='alert']")
    assert row.xpath(".//input[@name='patients']/@value") == ["很多"]
    assert not any(isinstance(one.event, Reported) for one in await world.node.ledger.read("longkou"))


async def test_readers_do_not_report(hire: Hire) -> None:
    reader = await hire("李明", {"longkou": "viewer"})
    assert (await reader.get(CALLS)).status == 403
