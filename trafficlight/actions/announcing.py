"""What the county tells everyone who reads a board: lines above it, and its guide to where one goes."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Final

from trafficlight.actions.changing import Changes
from trafficlight.actions.workbook import bare
from trafficlight.domain.board import check_guide
from trafficlight.domain.day import ONE_DAY, instant
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import Event, GuideSet, NoticePosted
from trafficlight.domain.note import refuse_odd, refuse_personal
from trafficlight.domain.state import BoardFold

LONGEST_NOTICE: Final = 200
"""Characters: six lines on a phone, above everything that people came for."""
_ADDRESS: Final = re.compile(r"\]\(https?://[^\s)]*")
"""Where a link of the guide leads: long numbers of pages there are nobody's."""
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")


def read_notice(text: str) -> str:
    """The line as it would stand above a board.

    `Refused` with `notice_empty`, `too_long`, `not_plain` or `personal_data`.
    """
    line = " ".join(bare(text).split())
    if not line:
        raise Refused("notice_empty", "text")
    if len(line) > LONGEST_NOTICE:
        raise Refused("too_long", "text", max=LONGEST_NOTICE)
    refuse_odd(line, "text")
    refuse_personal(line, "text")
    return line


async def post_notice(changes: Changes, board: str, text: str, end: str, now: datetime) -> str:
    """Post a line for everyone who reads the board; its name, by which it is taken back.

    An empty `end` is none. One that stands there already in the same words, to the same end, is not posted
    twice. `Refused` as by `read_notice`, or with `bad_end` or `past_instant`.
    """
    line = read_notice(text)
    names: list[str] = []

    def decide(fold: BoardFold) -> Sequence[Event]:
        until = end_ahead(end, fold.board.zone, now)
        standing = [
            name for name, notice in fold.notices.items() if (notice.text, notice.until) == (line, until)
        ]
        names[:] = standing or [f"n{fold.position + 1}"]
        return [] if standing else [NoticePosted(notice=names[0], text=line, until=until)]

    await changes.board(board, decide)
    return names[0] if names else ""


def end_ahead(end: str, zone: str, now: datetime) -> datetime | None:
    """The end, which is to come; none where the text is empty. As `read_end`, or `past_instant`."""
    until = read_end(end, zone) if end.strip() else None
    if until is not None and until <= now:
        raise Refused("past_instant", "until", text=end[:40])
    return until


def read_end(text: str, zone: str) -> datetime:
    """The end of a notice: 2022-12-28, to the end of that day on the board's clock, or an instant.

    `Refused("bad_end")`; an instant without an offset is none.
    """
    try:
        if _DAY.fullmatch(text.strip()):
            return instant(date.fromisoformat(text.strip()) + ONE_DAY, time(0), zone)
        at = datetime.fromisoformat(text.strip())
    except (ValueError, OverflowError):
        raise Refused("bad_end", "until", text=text[:40]) from None
    if at.tzinfo is None:
        raise Refused("bad_end", "until", text=text[:40])
    return at


async def take_back_notice(changes: Changes, board: str, notice: str) -> None:
    """Take a notice back; `Refused("unknown_notice")` where there is none of that name."""

    def decide(fold: BoardFold) -> Sequence[Event]:
        if notice not in fold.notices:
            raise Refused("unknown_notice", text=notice)
        return [NoticePosted(notice=notice, text="")]

    await changes.board(board, decide)


def read_guide(body: bytes) -> str:
    """The text of a Markdown file.

    `Refused` with `guide_not_text`, `guide_empty`, `guide_too_big` or `personal_data`.
    """
    try:
        text = body.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError:
        raise Refused("guide_not_text", "file") from None
    if "\0" in text:
        raise Refused("guide_not_text", "file")
    if not text.strip():
        raise Refused("guide_empty", "file")
    check_guide(text)
    refuse_personal(_ADDRESS.sub("](", text), "file")
    return text


async def set_guide(changes: Changes, board: str, body: bytes | None) -> bool:
    """Make the file the board's guide, or take it down; False where it was so already. See `read_guide`."""
    text = "" if body is None else read_guide(body)
    return bool(await changes.board(board, lambda fold: [GuideSet(text=text)] if fold.guide != text else []))
