"""Possible is not plausible: numbers that nobody can call, people's names, hours that decide nothing."""

import pytest

from tests.actions.lists import Known, csv_of, put_sites, read_here, run_import, sites_of
from trafficlight.actions.importing import plan_import
from trafficlight.actions.plan import ImportPlan, Options
from trafficlight.actions.plausible import is_person
from trafficlight.actions.teams import TEAMS, TeamOptions, plan_teams
from trafficlight.domain.board import Board
from trafficlight.domain.phone import Phone
from trafficlight.ledger.store import LedgerStore


def plan_of(*phones: str, **options: object) -> ImportPlan:
    rows = [(f"第{number}卫生院", phone) for number, phone in enumerate(phones)]
    body = csv_of(("机构名称", "联系电话"), *rows)
    return plan_import(read_here(body), Known(), Options(board="shili", **options))  # type: ignore[arg-type]


def numbers(plan: ImportPlan) -> list[str]:
    return [phone.number for site in plan.sites.get("shili", ()) for phone in site.phones]


def warned(plan: ImportPlan) -> dict[str, int]:
    """What is warned of by phones, and how often."""
    return {one.code: one.params["many"] for one in plan.warnings if "many" in one.params}


@pytest.mark.parametrize(
    ("phone", "split"),
    [
        ("8550101-8550102", ["8550101", "8550102"]),
        ("0535-8550101-8550102", ["0535-8550101", "0535-8550102"]),
        ("8550101至8550102", ["8550101", "8550102"]),
        ("0535-8550101-801", ["0535-8550101"]),
        ("8550101-9550102", ["8550101-9550102"]),
        ("0535-8550101", ["0535-8550101"]),
    ],
)
def test_a_range_is_two_numbers(phone: str, split: list[str]) -> None:
    assert numbers(plan_of(phone)) == split


def test_what_is_said_of_a_range_is_said_of_both() -> None:
    phones = [phone for site in plan_of("8550101-8550102（夜间）").sites["shili"] for phone in site.phones]
    assert [(phone.number, phone.when) for phone in phones] == [("8550101", "夜间"), ("8550102", "夜间")]


def test_a_lost_zero_is_restored_where_the_neighbours_tell_the_area_code() -> None:
    plan = plan_of("0535-8512345", "5358512346", "5358512347")
    assert numbers(plan) == ["0535-8512345", "0535-8512346", "0535-8512347"]
    assert warned(plan)["zero_restored"] == 2


async def test_a_lost_zero_is_restored_where_the_hotline_tells_it_and_twice_changes_nothing(
    ledger: LedgerStore,
) -> None:
    await put_sites(ledger, Board(slug="shili", name="示例县", hotline="0535-12345678"))
    body = csv_of(("机构名称", "联系电话"), ("桃源镇卫生院", "5358512346"))
    await run_import(ledger, body, board="shili")
    assert [site.phones for site in (await sites_of(ledger)).values()] == [(Phone("0535-8512346"),)]
    again = await run_import(ledger, body, board="shili")
    assert not again.changed


def test_a_lost_zero_that_nobody_tells_is_asked_about() -> None:
    plan = plan_of("5358512346", "5368512347")
    assert [question.key for question in plan.open] == ["area"]
    assert plan.blocked
    restored = plan_of("5358512346", "5368512347", answers={"area": "add"})
    assert numbers(restored) == ["0535-8512346", "0536-8512347"]
    left = plan_of("5358512346", answers={"area": "leave"})
    assert numbers(left) == ["5358512346"]
    assert not left.blocked


@pytest.mark.parametrize(
    ("phone", "code"),
    [
        ("0535-85123450", "phone_length"),
        ("0535-851234", "phone_length"),
        ("1390000123", "phone_length"),
        ("139000012345", "phone_length"),
        ("1000000101", "phone_length"),
        ("0000-5550101", "phone_area"),
        ("0535-8512345", None),
        ("0532-85123456", None),
        ("010-85123456", None),
        ("8512345", None),
        ("120", None),
        ("12345", None),
        ("400-123-4567", None),
        ("+86 535 8512345", None),
        ("+44 20 7946 0000", None),
    ],
)
def test_what_nobody_can_call_is_shown_and_warned_of(phone: str, code: str | None) -> None:
    plan = plan_of(phone)
    assert len(numbers(plan)) == 1, "never dropped"
    assert {one for one in warned(plan) if one.startswith("phone_")} == ({code} if code else set())


@pytest.mark.parametrize(
    ("number", "label", "person"),
    [
        ("13900000001", "唐某", True),
        ("13900000001", "吕老师", True),
        ("13900000001", "李明", True),
        ("13900000001", "发热门诊", False),
        ("13900000001", "值班", False),
        ("0535-8512345", "程主任", True),
        ("0535-8512345", "主任办公室", False),
        ("0535-8512345", "院长值班室", False),
        ("0535-8512345", "马坡", False),
        ("0535-8512345", "", False),
    ],
)
def test_people_are_told_from_offices(number: str, label: str, person: bool) -> None:
    assert is_person(Phone(number, label=label)) is person


def test_peoples_names_are_left_out_and_counted_unless_they_are_to_stay() -> None:
    two = "联系人：吕老师 +86 13900008996；程主任：13900005010"
    cells = ("唐某：139 0000 2142", two, "0535-8512345（值班室）")
    plan = plan_of(*cells)
    labels = [phone.label for site in plan.sites["shili"] for phone in site.phones]
    assert labels == ["", "", "", "值班室"]
    assert warned(plan)["names_dropped"] == warned(plan)["mobiles"] == 3
    stay = plan_of(*cells, with_names=True)
    assert sum(bool(phone.label) for site in stay.sites["shili"] for phone in site.phones) == 4
    assert warned(stay)["names_kept"] == 3


def test_peoples_names_are_left_out_of_lists_of_teams_too() -> None:
    body = csv_of(("团队名称", "联系电话"), ("一队", "王医生 13900000001"), ("二队", "0535-8512345"))
    plan = plan_teams(read_here(body, TEAMS), ())
    assert [phone.label for team in plan.teams for phone in team.phones] == ["", ""]
    assert [warning.code for warning in plan.warnings] == ["team_names_dropped"]
    stay = plan_teams(read_here(body, TEAMS), (), TeamOptions(with_names=True))
    assert stay.teams[0].phones[0].label == "王医生"


def test_hours_that_decide_nothing_and_capacities_that_cannot_be_are_listed() -> None:
    body = csv_of(
        ("机构名称", "联系电话", "开诊时间", "日接诊能力"),
        ("甲卫生院", "0535-8512345", "看情况", "50"),
        ("乙卫生院", "0535-8512346", "8:00-17:00", "5000"),
    )
    plan = plan_import(read_here(body), Known(), Options(board="shili"))
    assert warned(plan) == {"hours_unclear": 1, "capacity_high": 1}
    assert [site.hours for site in plan.sites["shili"]] == ["看情况", "8:00-17:00"]
