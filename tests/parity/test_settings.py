"""One way to set things: what the desk takes or refuses, the command line does, and the same stands then.

A row is what somebody wants to set. It is set once at the desk, on one board, and once by a command, on its
twin; each is answered with a code, and then the two are the same but for their names.
"""

import asyncio
from collections.abc import Mapping
from typing import Final

import pytest
from msgspec.structs import replace

from tests.actions.lists import csv_of
from tests.parity.twins import CLI, DESK, Twins, twin
from tests.parity.ways import TAKEN
from trafficlight.domain.board import BoardState
from trafficlight.domain.event import BoardPut

PASSWORD: Final = "three quiet herons"
LINE = "好" * 201


# --- boards -------------------------------------------------------------------------------------------------

SETTINGS: tuple[tuple[str, str, str], ...] = (
    ("name", "新名县", TAKEN),
    ("name", "", "name_missing"),
    ("name", "长" * 81, "too_long"),
    ("publisher", "卫健局", TAKEN),
    ("publisher", "", "not_ready"),
    ("publisher", LINE, "too_long"),
    ("hotline", "0535-5550121、12320", TAKEN),
    ("hotline", "", "not_ready"),
    ("hotline", "打电话", "phone_unreadable"),
    ("supervision", "12345", TAKEN),
    ("supervision", "打电话", "phone_unreadable"),
    ("area_code", "0536", TAKEN),
    ("area_code", "", TAKEN),
    ("area_code", "零", "not_a_count"),
    ("area_code", "05350", "not_a_count"),
    ("report_by", "14:00，9:00、09:00", TAKEN),
    ("report_by", "８：30", TAKEN),
    ("report_by", "", "bad_time"),
    ("report_by", "早上", "bad_time"),
    ("report_by", "09:00,", "bad_time"),
    ("cut_off", "4:00", TAKEN),
    ("cut_off", "24:00", "bad_time"),
    ("valid_hours", "1", TAKEN),
    ("valid_hours", "36", TAKEN),
    ("valid_hours", "48", TAKEN),
    ("valid_hours", "１２", TAKEN),
    ("valid_hours", "49", "out_of_range"),
    ("valid_hours", "0", "out_of_range"),
    ("valid_hours", "半天", "not_a_count"),
    ("valid_hours", "", "not_a_count"),
    ("banner", " 试 运行 ", TAKEN),
    ("banner", LINE, "too_long"),
    ("licence", "CC BY 4.0", TAKEN),
    ("licence", LINE, "too_long"),
    ("attribution", "示例县卫健局", TAKEN),
    ("attribution", LINE, "too_long"),
)


@pytest.mark.parametrize(("field", "text", "code"), SETTINGS)
async def test_a_setting_of_a_board(twins: Twins, field: str, text: str, code: str) -> None:
    option = f"--{field.replace('_', '-')}"
    answers = (
        await twins.desk("/boards/{board}/settings", 1, **{field: text}),
        await twins.cli("boards", "put", CLI, option, text),
    )
    assert answers == (code, code)
    twins.assert_alike()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("120", TAKEN),
        ("１２０", TAKEN),
        ("", TAKEN),
        ("0", "out_of_range"),
        ("10000", "out_of_range"),
        ("许多", "not_a_count"),
    ],
)
async def test_a_capacity_of_a_kind(twins: Twins, text: str, code: str) -> None:
    answers = (
        await twins.desk("/boards/{board}/settings", 1, **{"capacity:hospital": text}),
        await twins.cli("boards", "put", CLI, "--capacity", f"hospital={text}"),
    )
    assert answers == (code, code)
    twins.assert_alike()


@pytest.mark.parametrize(
    ("key", "text", "code"),
    [
        ("blue", "可以直接来。", TAKEN),
        ("cross", "先别来，{reopen}", TAKEN),
        ("blue", "就诊人数不多，可直接前往。", TAKEN),
        ("blue", "可以来。{reopen}", "bad_placeholder"),
        ("blue", "可以来。{", "bad_placeholder"),
        ("red", LINE, "too_long"),
    ],
)
async def test_words_for_what_to_do(twins: Twins, key: str, text: str, code: str) -> None:
    answers = (
        await twins.desk("/boards/{board}/words", -1, **{f"word:{key}": text}),
        await twins.cli("boards", "put", CLI, "--word", f"{key}={text}"),
    )
    assert answers == (code, code)
    twins.assert_alike()


@pytest.mark.parametrize(
    ("day", "hours", "code"),
    [
        ("2023-01-22", "休息", TAKEN),
        ("2023年1月22日", "8:00-12:00", TAKEN),
        ("2023-01-22", "看情况", TAKEN),
        ("2023-02-30", "休息", "bad_date"),
        ("明天", "休息", "bad_date"),
        ("2023-01-22", LINE, "too_long"),
    ],
)
async def test_a_special_day_of_a_board(twins: Twins, day: str, hours: str, code: str) -> None:
    answers = (
        await twins.desk("/boards/{board}/sites/days", -1, first=day, last="", hours=hours, whom="all"),
        await twins.cli("boards", "put", CLI, "--special-day", f"{day}={hours}"),
    )
    assert answers == (code, code)
    twins.assert_alike()


ENDINGS: tuple[tuple[str, str, Mapping[str, str], str, BoardState], ...] = (
    ("pause", "paused", {}, TAKEN, BoardState.LIVE),
    ("open", "live", {}, TAKEN, BoardState.PAUSED),
    ("open", "live", {}, "not_ready", BoardState.DRAFT),
    ("end", "ended", {}, "closing_missing", BoardState.LIVE),
    ("end", "ended", {"closing": "感谢\n大家。"}, TAKEN, BoardState.LIVE),
    ("end", "ended", {"closing": "长" * 2001}, "too_long", BoardState.LIVE),
    ("open", "live", {}, TAKEN, BoardState.ENDED),
)


@pytest.mark.parametrize(("act", "state", "more", "code", "before"), ENDINGS)
async def test_a_board_opens_pauses_and_ends(  # noqa: PLR0917 - a row of the table
    twins: Twins, act: str, state: str, more: Mapping[str, str], code: str, before: BoardState
) -> None:
    for slug in (DESK, CLI):
        hotline = "" if before is BoardState.DRAFT else twin(slug).hotline
        closing = "谢谢" if before is BoardState.ENDED else ""
        board = replace(twin(slug), state=before, hotline=hotline, closing=closing)
        await twins.world.put(slug, BoardPut(board=board))
    form = 1 if act == "open" and before is BoardState.DRAFT else 2 if act != "end" else 3
    options = [part for name, text in more.items() for part in (f"--{name}", text)]
    answers = (
        await twins.desk("/boards/{board}/settings", form, act=act, **more),
        await twins.cli("boards", "put", CLI, "--state", state, *options),
    )
    assert answers == (code, code)
    if code == TAKEN and state == "ended":  # each on the day on which it was done, by its own clock
        assert all(twins.board(slug).board.ended_on for slug in (DESK, CLI))
        for slug in (DESK, CLI):
            await twins.world.put(slug, BoardPut(board=replace(twins.board(slug).board, ended_on=None)))
    twins.assert_alike()


# --- rules --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "yellow", "red", "code"),
    [
        ("share", "70", "100", TAKEN),
        ("share", "35.5", "50", TAKEN),
        ("share", "３５", "50", TAKEN),
        ("share", "0", "50", "not_between"),
        ("share", "90", "1001", "not_between"),
        ("share", "90", "80", "rule_order"),
        ("share", "多", "80", "bad_number"),
        ("counts", "10", "20", TAKEN),
        ("counts", "10人", "20人", TAKEN),
        ("counts", "1.5", "20", "out_of_range"),
        ("counts", "20", "10", "rule_order"),
        ("counts", "nan", "10", "out_of_range"),
        ("counts", "", "10", "bad_number"),
        ("usual", "1.3", "2", "no_baseline"),
    ],
)
@pytest.mark.parametrize("site", ["", "-1"])
async def test_a_rule(  # noqa: PLR0917 - a row of the table
    twins: Twins, kind: str, yellow: str, red: str, code: str, site: str
) -> None:
    path = "/boards/{board}/rules" + (f"?site={DESK}{site}" if site else "")
    unit = "%" if kind == "share" else ""  # the form says it beside the field
    whose = ("--site", f"{CLI}{site}") if site else ("--board", CLI)
    options = ("--kind", kind, "--yellow", yellow + unit, "--red", red + unit)
    answers = (
        await twins.desk(path, 1, act="save", kind=kind, **{f"{kind}_yellow": yellow, f"{kind}_red": red}),
        await twins.cli("rules", "set", *whose, *options),
    )
    assert answers == (code, code)
    twins.assert_alike()


# --- sites --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        ("name", "东江中心卫生院", TAKEN),
        ("name", "", "name_missing"),
        ("name", "长" * 81, "too_long"),
        ("kind", "医院", TAKEN),
        ("kind", "康养驿站", TAKEN),
        ("kind", "长" * 41, "too_long"),
        ("town", "", TAKEN),
        ("town", "长" * 41, "too_long"),
        ("address", "北马镇\n北马村", TAKEN),
        ("phone", "0535-5550101（白天）/0535-5550102转8005", TAKEN),
        ("phone", "没有", TAKEN),
        ("phone", "见公告", "phone_unreadable"),
        ("hours", "看情况", TAKEN),
        ("rota", "每周二、五", TAKEN),
        ("capacity", "", TAKEN),
        ("capacity", "６０人/日", TAKEN),
        ("capacity", "0", "bad_capacity"),
        ("capacity", "许多", "bad_capacity"),
        ("lat", "37.5", "half_coordinates"),
        ("lat", "91", "not_between"),
        ("lat", "北纬", "bad_number"),
        ("crs", "高德", TAKEN),
        ("crs", "月球", "bad_crs"),
        ("serves", "儿童", TAKEN),
        ("also", "老院、东院", TAKEN),
        ("also", "、".join(f"村{n}" for n in range(51)), "too_many_items"),
        ("booking", "#REF!", "cell_error"),
        ("phone_checked", "2022/12/20", TAKEN),
        ("phone_checked", "昨天", "bad_date"),
    ],
)
async def test_a_field_of_a_site(twins: Twins, column: str, text: str, code: str) -> None:
    written = {"id": f"{CLI}-1", "name": "东江卫生院", column: text}
    file = twins.data / "list.csv"
    await asyncio.to_thread(file.write_bytes, csv_of(tuple(written), tuple(written.values())))
    answers = (
        await twins.desk(f"/boards/{{board}}/site/{DESK}-1", 1, act="save", **{column: text}),
        await twins.cli("sites", "import", file, "--board", CLI, "--strict"),
    )
    assert answers == (code, code)
    twins.assert_alike()


# --- notices, users, links ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "end", "code"),
    [
        ("元旦放假", "", TAKEN),
        (" 停 电 ", "2099-12-28", TAKEN),
        ("停电", "2099-12-28T17:00+08:00", TAKEN),
        ("", "", "notice_empty"),
        ("\u200b", "", "notice_empty"),
        (LINE, "", "too_long"),
        ("停电", "2020-01-01", "past_instant"),
        ("停电", "明天", "bad_end"),
        ("停电", "2099-12-28T17:00", "bad_end"),
    ],
)
async def test_a_notice(twins: Twins, text: str, end: str, code: str) -> None:
    answers = (
        await twins.desk("/boards/{board}/corrections", -1, act="post", text=text, until=end),
        await twins.cli("notices", "post", "--board", CLI, text, *(("--until", end) if end else ())),
    )
    assert answers == (code, code)
    twins.assert_alike()


async def test_a_notice_is_taken_back_once(twins: Twins) -> None:
    for slug in (DESK, CLI):
        await twins.cli("notices", "post", "--board", slug, "停电")
    for code in (TAKEN, "unknown_notice"):
        names = [next(iter(twins.board(slug).notices), "n9") for slug in (DESK, CLI)]
        answers = (
            await twins.desk("/boards/{board}/corrections", 0, act="take-back", notice=names[0]),
            await twins.cli("notices", "take-back", names[1], "--board", CLI),
        )
        assert answers == (code, code)
        twins.assert_alike()


@pytest.mark.parametrize(
    ("name", "password", "code"),
    [
        ("李明", PASSWORD, TAKEN),
        (" 李  明 ", PASSWORD, TAKEN),
        ("王芳", PASSWORD, "name_taken"),
        ("ＷＡＮＧ", PASSWORD, TAKEN),
        ("", PASSWORD, "name_missing"),
        ("长" * 41, PASSWORD, "name_long"),
        ("李\u200b明", PASSWORD, "name_odd"),
        ("d\u0435mo", PASSWORD, "name_mixed"),  # its second letter is Cyrillic
        ("李明", "short", "password_short"),
        ("李明", "x" * 201, "password_long"),
        ("李明", "1234567890", "password_weak"),
    ],
)
async def test_a_user(twins: Twins, name: str, password: str, code: str) -> None:
    users = twins.world.node.current.system.users
    before = set(users.known)
    at_the_desk = await twins.desk("/users", -1, name=name, password=password, **{f"role:{DESK}": "editor"})
    made = [users.known[user] for user in set(users.known) - before]
    for user in made:
        await twins.cli("users", "remove", user.id)
    by_command = await twins.cli(
        "users", "add", name, "--board", CLI, "--role", "editor", typed=f"{password}\n"
    )
    assert (at_the_desk, by_command) == (code, code)
    users = twins.world.node.current.system.users
    again = [user for id_, user in users.known.items() if id_ not in before]
    assert [(one.name, list(one.roles.values())) for one in made] == [
        (one.name, list(one.roles.values())) for one in again
    ]


async def test_the_last_who_manages_everything_stays(twins: Twins) -> None:
    user = twins.admin.user
    answers = (
        await twins.desk(f"/users/{user}", -1, act="remove"),
        await twins.cli("users", "remove", user),
    )
    assert answers == ("last_admin", "last_admin")
    assert user in twins.world.node.current.system.users.known


@pytest.mark.parametrize(
    ("pin", "code"),
    [
        ("1234", TAKEN),
        ("１２３４５６", TAKEN),
        ("123", "bad_pin"),
        ("1234567", "bad_pin"),
        ("abcd", "bad_pin"),
    ],
)
async def test_a_pin_of_a_link(twins: Twins, pin: str, code: str) -> None:
    links = [await twins.world.link(site=f"{slug}-1", board=slug) for slug in (DESK, CLI)]
    await twins.world.node.freshness.refresh()
    answers = (
        await twins.desk(
            f"/boards/{{board}}/links/of?site={DESK}-1", -1, act="pin", link=links[0].id, pin=pin
        ),
        await twins.cli("links", "pin", links[1].id, "--pin", pin),
    )
    assert answers == (code, code)
    pinned = {link.id: bool(link.pin) for link in twins.world.node.current.system.links.values()}
    assert pinned == dict.fromkeys((links[0].id, links[1].id), code == TAKEN)


# --- lists and texts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("# 就医指引\r\n\r\n发热：去卫生院。", TAKEN),
        (" \n", "guide_empty"),
        ("坏\0", "guide_not_text"),
        ("长" * 25_000, "guide_too_big"),
    ],
)
async def test_the_guide(twins: Twins, text: str, code: str) -> None:
    file = twins.data / "guide.md"
    await asyncio.to_thread(file.write_bytes, text.encode())
    answers = (
        await twins.desk("/boards/{board}/guide", -1, act="save", text=text),
        await twins.cli("boards", "guide", CLI, file),
    )
    assert answers == (code, code)
    twins.assert_alike()


def test_every_setting_of_the_form_is_in_the_table() -> None:
    from trafficlight.actions.boards import SETTINGS as ALL  # noqa: PLC0415 - only what this one needs

    asked = {one.field for one in ALL if one.label and one.type != "checkbox"}
    assert asked == {field for field, _, _ in SETTINGS}
