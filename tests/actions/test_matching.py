from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from tests.actions.lists import (
    B1,
    B2,
    BUREAU,
    csv_of,
    fault_places,
    put_sites,
    run_import,
    sites_of,
    size_of,
)
from trafficlight.actions.changing import LedgerChanges
from trafficlight.actions.plan import FieldChange
from trafficlight.actions.sites import merge_sites
from trafficlight.domain.board import Board, Site
from trafficlight.domain.event import SiteRemoved
from trafficlight.ledger.store import LedgerStore
from trafficlight.text.languages import ZH
from trafficlight.text.rendering import explain

# --- without ids --------------------------------------------------------------------------------------------


async def test_rows_without_ids_are_numbered_and_found_again(ledger: LedgerStore) -> None:
    first = await run_import(ledger, csv_of(BUREAU, B1, B2), board="shili", board_name="示例县")
    assert [change.site for change in first.added] == ["shili-001", "shili-002"]
    again = await run_import(ledger, csv_of(BUREAU, B2, B1), board="shili")
    assert (again.unchanged, again.size) == (2, 0)
    more = await run_import(ledger, csv_of(BUREAU, ("3", "柳河乡", "东村卫生室", "", ""), B1), board="shili")
    assert [change.site for change in more.added] == ["shili-003"]


async def test_a_number_is_never_given_twice(ledger: LedgerStore) -> None:
    await run_import(ledger, csv_of(BUREAU, B1), board="shili")
    await ledger.append("shili", [SiteRemoved(site="shili-001")])
    plan = await run_import(ledger, csv_of(("id", *BUREAU), ("shili-002", *B1), ("", *B2)), board="shili")
    assert [change.site for change in plan.added] == ["shili-002", "shili-003"]


async def test_width_and_spaces_make_no_other_site(ledger: LedgerStore) -> None:
    await run_import(ledger, csv_of(BUREAU, ("1", "桃源镇", "桃源镇卫生院（东院）", "", "")), board="shili")
    plan = await run_import(
        ledger, csv_of(BUREAU, ("1", "桃源镇", "桃源镇 卫生院(东院)", "", "")), board="shili"
    )
    assert plan.changed[0].fields == (FieldChange("name", "桃源镇卫生院（东院）", "桃源镇 卫生院(东院)"),)


async def test_equal_names_are_told_apart_by_town_and_address(ledger: LedgerStore) -> None:
    rows = [
        ("1", "桃源镇", "中心卫生室", "东街1号", "0300-5550101"),
        ("2", "桃源镇", "中心卫生室", "西街2号", "0300-5550102"),
        ("3", "柳河乡", "中心卫生室", "", ""),
    ]
    await run_import(ledger, csv_of(BUREAU, *rows), board="shili")
    again = await run_import(ledger, csv_of(BUREAU, *reversed(rows)), board="shili")
    assert again.unchanged == 3
    moved = await run_import(
        ledger, csv_of(BUREAU, (*rows[0][:3], "新街9号", "0300-5550101"), rows[1]), board="shili"
    )
    assert [change.site for change in moved.changed] == ["shili-001"]


async def test_rows_that_nobody_can_tell_apart_are_asked_about(ledger: LedgerStore) -> None:
    body = csv_of(BUREAU, B1, (*B1[:4], "0300-5550199"))
    plan = await run_import(ledger, body, board="shili")
    assert [question.key for question in plan.open] == ["same-name:3"]
    plan = await run_import(ledger, body, board="shili", answers={"same-name": "both"})
    assert [change.site for change in plan.added] == ["shili-001", "shili-002"]
    plan = await run_import(ledger, body, board="shili", answers={"same-name": "skip"})
    assert (fault_places(plan), plan.size) == ({(3, "name"): "same_place"}, 0)


async def test_a_row_that_may_be_one_of_several_sites_is_asked_which(ledger: LedgerStore) -> None:
    two = [Site(id="s1", name="卫生室", town="桃源镇"), Site(id="s2", name="卫生室", town="柳河乡")]
    await put_sites(ledger, Board(slug="shili", name="示例县"), *two)
    body = csv_of(("机构名称", "电话"), ("卫生室", "0300-5550101"))
    plan = await run_import(ledger, body, board="shili")
    assert list(plan.open[0].choices.items())[:2] == [
        ("s1", "卫生室 桃源镇 （s1）"),
        ("s2", "卫生室 柳河乡 （s2）"),
    ]
    plan = await run_import(ledger, body, board="shili", answers={"which:2": "s2"})
    assert [change.site for change in plan.changed] == ["s2"]
    body = csv_of(("机构名称", "电话"), ("卫生室", "0300-5550102"))
    plan = await run_import(ledger, body, board="shili", answers={"which": "skip"})
    assert fault_places(plan) == {(2, "name"): "not_chosen"}


async def test_two_rows_are_never_one_site_whatever_is_answered(ledger: LedgerStore) -> None:
    two = [Site(id="s1", name="卫生室", town="桃源镇"), Site(id="s2", name="卫生室", town="柳河乡")]
    await put_sites(ledger, Board(slug="shili", name="示例县"), *two)
    body = csv_of(("机构名称", "地址"), ("卫生室", "甲"), ("卫生室", "乙"))
    plan = await run_import(ledger, body, board="shili", answers={"which": "s1"})
    assert [(question.key, "s1" in question.choices) for question in plan.open] == [("which:3", False)]


async def test_without_a_town_in_list_or_ledger_the_name_decides(ledger: LedgerStore) -> None:
    await put_sites(ledger, Board(slug="shili", name="示例县"), Site(id="s1", name="甲院", town="桃源镇"))
    plan = await run_import(ledger, csv_of(("机构名称", "地址"), ("甲院", "新街1号")), board="shili")
    assert [(change.site, change.fields) for change in plan.changed] == [
        ("s1", (FieldChange("address", "", "新街1号"),))
    ]
    await put_sites(ledger, Board(slug="bare", name="示例县"), Site(id="b1", name="乙院"))
    plan = await run_import(ledger, csv_of(("机构名称", "乡镇"), ("乙院", "柳河乡")), board="bare")
    assert [(change.site, change.fields) for change in plan.changed] == [
        ("b1", (FieldChange("town", "", "柳河乡"),))
    ]


async def test_a_row_with_an_id_takes_its_site_from_those_without(ledger: LedgerStore) -> None:
    await put_sites(ledger, Board(slug="shili", name="示例县"), Site(id="s1", name="甲院"))
    body = csv_of(("id", "机构名称"), ("", "甲院"), ("s1", "甲院"))
    plan = await run_import(ledger, body, board="shili")
    assert [change.site for change in plan.added] == ["shili-001"]
    assert [warning.params for warning in plan.warnings if warning.code == "same_name"] == [{"site": "s1"}]


@pytest.mark.parametrize("header", ["id", "备注编号"])
async def test_a_list_that_still_names_both_of_two_that_became_one_is_asked_about(
    header: str, ledger: LedgerStore
) -> None:
    await run_import(ledger, csv_of(BUREAU, B1, B2), board="shili")
    await merge_sites(LedgerChanges(ledger, "cli"), "shili", "shili-002", "shili-001", datetime.now(UTC))
    ids = ("shili-001", "shili-002") if header == "id" else ("", "")
    body = csv_of((header, *BUREAU), (ids[0], *B1), (ids[1], *B2))
    plan = await run_import(ledger, body, board="shili")
    assert [question.key for question in plan.open] == ["merged:3"]
    assert "桃源镇卫生院" in explain(plan.open[0], ZH.code)
    plan = await run_import(ledger, body, board="shili", answers={"merged": "skip"})
    assert (plan.size, fault_places(plan)) == (0, {(3, "name"): "merged_row"})
    plan = await run_import(ledger, body, board="shili", answers={"merged": "new"})
    assert [change.name for change in plan.added] == [B2[2]]


# --- renames ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "row",
    [
        ("1", "桃源镇", "桃源中心卫生院", "", "5550101"),
        ("1", "桃源镇", "桃源中心卫生院", "桃源大街 1号", ""),
    ],
    ids=["same phone", "same address"],
)
async def test_a_likely_rename_is_asked_never_doubled(ledger: LedgerStore, row: Sequence[str]) -> None:
    await run_import(ledger, csv_of(BUREAU, B1, B2), board="shili")
    before = await size_of(ledger)
    asked = await run_import(ledger, csv_of(BUREAU, row, B2), board="shili")
    assert [question.key for question in asked.open] == ["rename:2"]
    told = explain(asked.open[0], ZH.code)
    assert all(name in told for name in ("桃源镇卫生院", "桃源中心卫生院", "shili-001"))
    assert await size_of(ledger) == before
    accepted = await run_import(ledger, csv_of(BUREAU, row, B2), board="shili", accept_renames=True)
    assert [change.site for change in accepted.changed] == ["shili-001"]
    assert (await sites_of(ledger))["shili-001"].name == "桃源中心卫生院"
    assert set(await sites_of(ledger)) == {"shili-001", "shili-002"}


async def test_a_phone_shared_with_a_site_that_is_still_listed_is_no_rename(ledger: LedgerStore) -> None:
    await run_import(ledger, csv_of(BUREAU, B1), board="shili")
    plan = await run_import(
        ledger, csv_of(BUREAU, B1, ("2", "桃源镇", "桃源镇分院", "", B1[4])), board="shili"
    )
    assert [change.name for change in plan.added] == ["桃源镇分院"]


async def test_a_number_that_is_everybodys_tells_nothing(ledger: LedgerStore) -> None:
    await run_import(ledger, csv_of(BUREAU, (*B1[:3], "", "12345")), board="shili")
    plan = await run_import(ledger, csv_of(BUREAU, (*B2[:3], "", "12345")), board="shili")
    assert len(plan.added) == 1


async def test_a_rename_that_may_be_one_of_several_is_asked_even_when_renames_are_accepted(
    ledger: LedgerStore,
) -> None:
    await run_import(ledger, csv_of(BUREAU, B1, B2), board="shili")
    row = ("1", "柳河乡", "合并卫生院", "", f"{B1[4]}/{B2[4]}")
    plan = await run_import(ledger, csv_of(BUREAU, row), board="shili", accept_renames=True)
    assert [question.key for question in plan.open] == ["which-renamed:2"]
    plan = await run_import(
        ledger, csv_of(BUREAU, row), board="shili", answers={"which-renamed": "shili-002"}
    )
    assert [(change.site, change.name) for change in plan.changed] == [("shili-002", "合并卫生院")]


async def test_an_id_says_that_it_is_another_site(ledger: LedgerStore) -> None:
    await run_import(ledger, csv_of(BUREAU, B1), board="shili")
    row = ("room-2", "1", "桃源镇", "桃源镇发热诊室", "", B1[4])
    plan = await run_import(ledger, csv_of(("id", *BUREAU), row), board="shili")
    assert [change.site for change in plan.added] == ["room-2"]


# --- contradictions -----------------------------------------------------------------------------------------

OFFICIAL = ("机构编号", "乡镇", "机构名称", "地址", "联系电话")


async def test_an_id_under_which_all_else_is_anothers_is_asked_about(ledger: LedgerStore) -> None:
    await run_import(ledger, csv_of(OFFICIAL, ("c-1", *B1[1:]), ("c-2", *B2[1:])), board="shili")
    shifted = csv_of(OFFICIAL, ("c-1", *B2[1:]), ("c-3", *B1[1:]))
    asked = await run_import(ledger, shifted, board="shili")
    assert [question.key for question in asked.open] == ["other-site:2"]
    told = explain(asked.open[0], ZH.code)
    assert all(word in told for word in ("c-1", B1[2], B2[2], B1[4], B2[4])), "both sides"
    done = await run_import(ledger, shifted, board="shili", answers={"other-site": "name"})
    assert not done.blocked
    sites = await sites_of(ledger)
    assert (sites["c-1"].name, sites["c-2"].name) == (B1[2], B2[2])


async def test_running_numbers_are_no_identity(ledger: LedgerStore) -> None:
    header = ("编号", *BUREAU[1:])
    await run_import(ledger, csv_of(header, B1, B2), board="shili")
    other = ("1", "城关街道", "城关社区卫生服务中心", "城关路9号", "0300-5550109")
    plan = await run_import(ledger, csv_of(header, other, ("2", *B1[1:]), ("3", *B2[1:])), board="shili")
    assert (len(plan.added), plan.unchanged, plan.open) == (1, 2, ())
    assert "running_numbers" in {warning.code for warning in plan.warnings}


async def test_one_place_under_two_names_and_a_town_that_the_name_contradicts_are_asked_about(
    ledger: LedgerStore,
) -> None:
    under_another_name = ("2", "桃源镇", "桃源社区医院", *B1[3:])
    in_another_town = ("3", "桃源镇", "柳河乡中心卫生院", "柳河路9号", "")
    body = csv_of(BUREAU, B1, under_another_name, in_another_town, B2)
    asked = await run_import(ledger, body, board="shili")
    assert [question.key for question in asked.open] == ["same-place:3", "town:4"]
    answers = {"same-place": "skip", "town:4": "name"}
    assert not (await run_import(ledger, body, board="shili", answers=answers)).blocked
    assert {site.name: site.town for site in (await sites_of(ledger)).values()} == {
        "桃源镇卫生院": "桃源镇",
        "柳河乡卫生院": "柳河乡",
        "柳河乡中心卫生院": "柳河乡",
    }


async def test_a_list_without_most_of_the_boards_sites_is_asked_about(ledger: LedgerStore) -> None:
    rows = [("", "桃源镇", f"第{n}卫生室", f"{n}号", f"0300-555010{n}") for n in range(6)]
    await run_import(ledger, csv_of(BUREAU, *rows), board="shili")
    asked = await run_import(ledger, csv_of(BUREAU, *rows[:2]), board="shili")
    assert [question.key for question in asked.open] == ["missing"]
    assert len(asked.missing) == 4
    assert (
        await run_import(ledger, csv_of(BUREAU, *rows[:2]), board="shili", answers={"missing": "stop"})
    ).blocked
    part = await run_import(ledger, csv_of(BUREAU, *rows[:2]), board="shili", answers={"missing": "part"})
    assert (part.blocked, part.unchanged) == (False, 2)
