"""The one way in for a report, without any server around it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from trafficlight.actions import reporting
from trafficlight.actions.freshness import Freshness
from trafficlight.actions.reporting import AcceptedReport, Reporting, Submission
from trafficlight.domain.board import Board, Site
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import AskedBack, BoardPut, Reported, SitePlaced, SitePut, SiteRemoved
from trafficlight.domain.ids import SYSTEM
from trafficlight.domain.report import NewReport
from trafficlight.ledger.base import LedgerUnavailable
from trafficlight.ledger.current import Current
from trafficlight.ledger.opening import data_ledger_url, open_ledger

START = datetime(2022, 12, 24, 0, 10, tzinfo=UTC)


class Door:
    """A board with a site, kept current, and a clock."""

    def __init__(self, current: Current) -> None:
        self.at = START
        self.current = current
        self.told: list[str] = []
        self.reporting = Reporting(current, Freshness(current), self.told.append)

    def clock(self) -> datetime:
        return self.at

    async def post(
        self, patients: int, *, key: str = "", seen: str | None = None, **more: object
    ) -> AcceptedReport:
        sent = Submission(by="test", now=self.at, key=key or None, seen=seen)
        return await self.reporting.post_report("a1", {"patients": patients, **more}, sent)

    async def write(self, patients: str, *answers: str, **more: object) -> AcceptedReport:
        """As a person does."""
        sent = Submission(by="test", now=self.at, answers=answers)
        return await self.reporting.post_report("a1", {"patients": patients, **more}, sent)

    async def events(self) -> list[type]:
        return [type(record.event) for record in await self.current.ledger.read("longkou")]


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    made: list[Door] = []
    ledger = await open_ledger(data_ledger_url(tmp_path), lambda: made[0].at if made else START)
    current = Current(ledger)
    await ledger.append(
        "longkou",
        [BoardPut(board=Board(slug="longkou", name="龙口")), SitePut(site=Site(id="a1", name="一"))],
    )
    await ledger.append(SYSTEM, [SitePlaced(site="a1", board="longkou")])
    await current.start()
    following = asyncio.create_task(current.run())
    made.append(Door(current))
    yield made[0]
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
    await ledger.close()


async def test_what_is_kept_is_in_the_present_when_it_is_told(door: Door) -> None:
    kept = await door.post(40)
    assert door.current.boards["longkou"].sites["a1"].reports == [kept.report]
    assert kept.report.answer is not None
    assert (kept.report.answer.light, kept.replayed, door.told) == ("yellow", False, ["accepted"])


async def test_a_replay_tells_the_first_answer_and_changes_nothing(door: Door) -> None:
    first = await door.post(40, key="k")
    await door.post(60)
    again = await door.post(40, key="k")
    assert (again.report, again.replayed) == (first.report, True)
    assert door.told == ["accepted", "accepted", "replayed"]
    with pytest.raises(Refused, match="key_reused"):
        await door.post(41, key="k")
    assert door.told.pop() == "key_reused"
    assert (await door.events())[2:] == [Reported, Reported]


async def test_a_replay_is_answered_after_the_report_was_let_go_of(door: Door) -> None:
    first = await door.post(40, key="k", service_day="2022-12-24")
    door.at += timedelta(days=20)
    await door.post(3)
    assert first.report not in door.current.boards["longkou"].sites["a1"].reports
    for _ in range(3):
        again = await door.post(40, key="k", service_day="2022-12-24")
        assert (again.report, again.replayed) == (first.report, True)


async def test_a_replay_is_answered_after_the_report_was_withdrawn(door: Door) -> None:
    first = await door.post(40, key="k")
    await door.reporting.withdraw_report("a1", first.report.id, by="test", now=door.at)
    again = await door.post(40, key="k")
    assert (again.report, again.replayed) == (first.report, True)
    assert door.current.boards["longkou"].sites["a1"].reports == []


async def test_what_is_remembered_of_old_answers_is_bounded(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reporting, "ANSWERS_CACHED", 2)
    for number in range(4):
        await door.post(number, key=f"k{number}")
    await door.current.ledger.append("longkou", [BoardPut(board=Board(slug="longkou", name="新"))])
    await door.current.catch_up("longkou")
    for number in range(4):
        assert (await door.post(number, key=f"k{number}")).report.patients == number


async def test_asking_back_is_an_event_each_time_and_uses_up_no_key(door: Door) -> None:
    for _ in range(2):
        with pytest.raises(Refused, match="needs_confirmation"):
            await door.post(400, key="k")
    assert (await door.events())[2:] == [AskedBack, AskedBack]
    assert (await door.post(400, key="k", confirm=True)).report.patients == 400
    assert door.told == ["needs_confirmation", "needs_confirmation", "accepted"]


async def test_of_many_who_saw_the_same_one_is_taken(door: Door) -> None:
    last = await door.post(1)
    answers = await asyncio.gather(
        *(door.post(number, seen=last.report.id) for number in range(2, 12)), return_exceptions=True
    )
    assert sum(isinstance(answer, AcceptedReport) for answer in answers) == 1
    assert {answer.code for answer in answers if isinstance(answer, Refused)} == {"newer_report"}


async def test_a_busy_board_takes_a_report_that_has_seen_the_last(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reporting, "TRIES", 2)
    site = Site(id="a2", name="二")

    async def busy() -> None:
        while True:
            await door.current.ledger.append("longkou", [SitePut(site=site)])

    others = asyncio.create_task(busy())
    for number in range(5):
        state = door.current.boards["longkou"].sites["a1"]
        seen = state.reports[-1].id if state.reports else ""
        assert (await door.post(number, seen=seen)).report.patients == number
    others.cancel()


async def test_a_site_that_leaves_in_that_very_moment_is_unknown(door: Door) -> None:
    leaving = door.current.ledger.append("longkou", [SiteRemoved(site="a1")])
    posting = door.post(5)
    _, answer = await asyncio.gather(leaving, posting, return_exceptions=True)
    assert isinstance(answer, Refused)
    assert answer.code == "unknown_site"


async def test_a_clock_behind_the_ledgers_does_not_refuse_today(door: Door) -> None:
    door.at += timedelta(days=1)
    await door.post(5)
    raw = {"patients": 6, "service_day": "2022-12-25"}
    kept = await door.reporting.post_report("a1", raw, Submission(by="test", now=START))
    assert kept.report.patients == 6


async def test_withdrawing_twice_at_once_withdraws_once(door: Door) -> None:
    kept = await door.post(5)
    answers = await asyncio.gather(
        *(door.reporting.withdraw_report("a1", kept.report.id, by="test", now=door.at) for _ in range(5)),
        return_exceptions=True,
    )
    assert not any(isinstance(answer, Exception) and not isinstance(answer, Refused) for answer in answers)
    assert door.told == ["accepted", "withdrawn"]
    with pytest.raises(Refused, match="unknown_report"):
        await door.reporting.withdraw_report("a1", kept.report.id, by="test", now=door.at)


async def test_a_present_that_stands_still_is_told_as_unreachable(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reporting, "ANSWERED_WITHIN", 0.05)
    monkeypatch.setattr(door.current, "position", lambda _board: 0)
    with pytest.raises(LedgerUnavailable):
        await door.post(5)


async def test_the_ledgers_end_is_read_ten_times_a_second_at_most(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = 0
    heads = door.current.ledger.heads

    async def counted() -> object:
        nonlocal asked
        asked += 1
        return await heads()

    monkeypatch.setattr(door.current.ledger, "heads", counted)
    freshness = Freshness(door.current, least_apart=0.1)
    until = asyncio.get_running_loop().time() + 0.55

    async def ask() -> None:
        while asyncio.get_running_loop().time() < until:
            await freshness.refresh()

    await asyncio.gather(*(ask() for _ in range(50)))
    assert 4 <= asked <= 8


async def test_those_who_wait_for_the_ledgers_end_are_not_without_number(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trafficlight.actions.freshness.MOST_WAITING", 5)
    answers = await asyncio.gather(
        *(door.reporting.place(f"nowhere-{number}") for number in range(20)), return_exceptions=True
    )
    codes = [answer.code for answer in answers if isinstance(answer, Refused)]
    assert (codes.count("unknown_site"), codes.count("overloaded")) == (5, 15)
    with pytest.raises(Refused, match="unknown_site"):
        await door.reporting.place("nowhere")


async def test_a_ledger_that_does_not_answer_is_unreachable(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never() -> object:
        await asyncio.sleep(10)
        return {}

    monkeypatch.setattr(door.current.ledger, "heads", never)
    monkeypatch.setattr("trafficlight.actions.freshness.WITHIN", 0.05)
    with pytest.raises(LedgerUnavailable):
        await door.reporting.place("nowhere")


# --- people -------------------------------------------------------------------------------------------------


async def asked(door: Door, patients: str, *answers: str, **more: object) -> str:
    """The code of what a person is asked, empty where it is taken."""
    try:
        await door.write(patients, *answers, **more)
    except Refused as refused:
        return refused.code
    return ""


async def test_what_is_asked_is_asked_one_after_the_other_and_answered_for_good(door: Door) -> None:
    await door.post(500, confirm=True)
    assert await asked(door, "400+") == "open_number"
    assert await asked(door, "400+", "exact:400") == "lower_number"
    assert await asked(door, "400+", "exact:400", "correct:400") == "needs_confirmation"
    assert await asked(door, "400+", "exact:400", "correct:400", "confirm:400") == ""
    told = door.current.boards["longkou"].sites["a1"].reports[-1]
    assert (told.patients, told.by) == (400, "test")
    assert (await door.events())[2:] == [Reported, AskedBack, Reported], "of these one is an event"


async def test_a_sum_is_taken_for_the_number_and_asked_about_like_one(door: Door) -> None:
    await door.post(40)
    assert await asked(door, "200", "add:40:12") == "needs_confirmation"
    assert await asked(door, "12") == "lower_number"
    assert (await door.write("12", "add:40:12")).report.patients == 52
    assert await asked(door, "39", "add:40:12") == "lower_number"
    with pytest.raises(Refused, match="out_of_range"):
        await door.write("9990", "add:40:9990")
    assert (await door.write("39", "add:52:39", "add:91:1")).report.patients == 91


async def test_a_person_who_goes_back_and_changes_the_number_is_shown_what_was_sent(door: Door) -> None:
    sent = Submission(by="test", now=door.at, key="k", seen="", answers=())
    first = await door.reporting.post_report("a1", {"patients": "30"}, sent)
    again = await door.reporting.post_report("a1", {"patients": "30人"}, sent)
    assert (again.report, again.replayed) == (first.report, True)
    seen = msgspec.structs.replace(sent, seen=first.report.id)
    with pytest.raises(Refused, match="newer_report") as caught:
        await door.reporting.post_report("a1", {"patients": "31"}, seen)
    assert caught.value.params["sent"] == NewReport(patients=31)
    assert caught.value.params["newer"] == first.report
    await door.reporting.withdraw_report("a1", first.report.id, by="test", now=door.at)
    with pytest.raises(Refused, match="newer_report") as caught:
        await door.reporting.post_report("a1", {"patients": "31"}, seen)
    assert caught.value.params["newer"] is None


async def test_a_report_is_taken_back_within_the_time_that_there_is_for_it(door: Door) -> None:
    kept = await door.post(5)
    ten = timedelta(minutes=10)
    late = door.at + timedelta(minutes=11)
    with pytest.raises(Refused, match="undo_late") as caught:
        await door.reporting.withdraw_report("a1", kept.report.id, by="test", now=late, within=ten)
    assert caught.value.params == {"minutes": 10}
    late = door.at + timedelta(days=8)
    with pytest.raises(Refused, match="too_old"):
        await door.reporting.withdraw_report("a1", kept.report.id, by="test", now=late)
    await door.reporting.withdraw_report("a1", kept.report.id, by="test", now=door.at + ten, within=ten)
    assert door.told == ["accepted", "withdrawn"]
