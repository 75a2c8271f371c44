from datetime import UTC, datetime, timedelta

import pytest

from tests.actions.lists import size_of
from trafficlight.actions.announcing import (
    LONGEST_NOTICE,
    post_notice,
    read_end,
    read_guide,
    set_guide,
    take_back_notice,
)
from trafficlight.actions.changing import LedgerChanges
from trafficlight.cli.ledgers import board_of
from trafficlight.domain.board import MOST_GUIDE, Board
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import BoardPut
from trafficlight.ledger.store import LedgerStore


@pytest.fixture
async def board(ledger: LedgerStore) -> str:
    await ledger.append("shili", [BoardPut(board=Board(slug="shili", name="示例县"))])
    return "shili"


async def post(ledger: LedgerStore, text: str, end: str = "", now: datetime | None = None) -> str:
    return await post_notice(LedgerChanges(ledger, "cli"), "shili", text, end, now or datetime.now(UTC))


# --- notices ------------------------------------------------------------------------------------------------


async def test_a_notice_is_posted_once_and_taken_back(ledger: LedgerStore, board: str) -> None:
    name = await post(ledger, "  元旦\n放假 ")
    assert await post(ledger, "元旦 放假") == name
    assert await size_of(ledger) == 2
    fold = await board_of(ledger, board)
    assert [notice.text for notice in fold.notices.values()] == ["元旦 放假"]
    await take_back_notice(LedgerChanges(ledger, "cli"), board, name)
    assert not (await board_of(ledger, board)).notices
    with pytest.raises(Refused, match="unknown_notice"):
        await take_back_notice(LedgerChanges(ledger, "cli"), board, name)


async def test_a_date_is_an_end_at_the_end_of_that_day_on_the_boards_clock(
    ledger: LedgerStore, board: str
) -> None:
    day = (datetime.now(UTC) + timedelta(days=5)).date()
    await post(ledger, "停电", day.isoformat())
    (notice,) = (await board_of(ledger, board)).notices.values()
    assert notice.until == datetime(day.year, day.month, day.day, 16, tzinfo=UTC)


@pytest.mark.parametrize("text", ["soon", "2026-02-30", "9999-12-31", "2026-12-28T17:00", "2026-12-28 17"])
def test_what_is_no_end_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="bad_end"):
        read_end(text, "Asia/Shanghai")


def test_an_instant_with_its_offset_is_an_end() -> None:
    assert read_end("2026-12-28T17:00+08:00", "Asia/Urumqi") == datetime(2026, 12, 28, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "end", "code"),
    [
        ("  ", "", "notice_empty"),
        ("\u200b", "", "notice_empty"),
        ("长" * (LONGEST_NOTICE + 1), "", "too_long"),
        ("停电", "2020-01-01", "past_instant"),
        ("停电", "明天", "bad_end"),
    ],
)
async def test_a_notice_that_makes_no_sense_is_refused(
    ledger: LedgerStore, board: str, text: str, end: str, code: str
) -> None:
    with pytest.raises(Refused, match=code):
        await post(ledger, text, end)
    assert await size_of(ledger) == 1
    assert board


# --- the guide ----------------------------------------------------------------------------------------------


async def test_a_guide_is_set_once_and_taken_down(ledger: LedgerStore, board: str) -> None:
    body = "\ufeff# 就医指引\r\n\r\n发热：去卫生院。\r\n".encode()
    text = read_guide(body)
    assert text == "# 就医指引\n\n发热：去卫生院。\n"
    changes = LedgerChanges(ledger, "cli")
    assert [await set_guide(changes, board, body) for _ in range(2)] == [True, False]
    assert (await board_of(ledger, board)).guide == text
    assert [await set_guide(changes, board, None) for _ in range(2)] == [True, False]
    assert (await board_of(ledger, board)).guide == ""


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "guide_empty"),
        (b" \n\n", "guide_empty"),
        ("指引".encode("gb18030"), "guide_not_text"),
        (b"a\0b", "guide_not_text"),
        (b"a" * (MOST_GUIDE + 1), "guide_too_big"),
    ],
)
def test_a_file_that_is_no_guide_is_refused(body: bytes, code: str) -> None:
    with pytest.raises(Refused, match=code):
        read_guide(body)
    assert read_guide(b"a" * MOST_GUIDE)
