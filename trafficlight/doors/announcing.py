"""What the county tells everyone who reads a board: lines above it, and its guide to where one goes."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Final, NamedTuple

from trafficlight.domain.day import ONE_DAY, instant
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import Event, GuideSet, NoticePosted
from trafficlight.domain.lists import check_guide
from trafficlight.domain.state import BoardFold
from trafficlight.doors.settling import settle
from trafficlight.doors.sheet import bare
from trafficlight.ledger.base import Ledger

LONGEST_NOTICE: Final = 200
"""Characters: six lines on a phone, above everything that people came for."""
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")


def read_guide(body: bytes) -> str:
    """The text of a Markdown file; `Refused` with `guide_not_text`, `guide_empty` or `guide_too_big`."""
    try:
        text = body.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError:
        raise Refused("guide_not_text", "file") from None
    if "\0" in text:
        raise Refused("guide_not_text", "file")
    if not text.strip():
        raise Refused("guide_empty", "file")
    check_guide(text)
    return text


async def set_guide(ledger: Ledger, board: str, text: str, *, by: str) -> bool:
    """Make the text the board's guide, an empty one none; False where it was so already."""
    return await settle(
        ledger, board, lambda fold: [GuideSet(by=by, text=text)] if fold.guide != text else []
    )


def read_end(text: str, zone: str) -> datetime:
    """The end of a notice: 2022-12-28, to the end of that day on the board's clock, or an instant.

    `Refused("bad_end")`; an instant without an offset is none.
    """
    try:
        if _DAY.fullmatch(text.strip()):
            return instant(date.fromisoformat(text.strip()) + ONE_DAY, time(0), zone)
        at = datetime.fromisoformat(text.strip())
    except (ValueError, OverflowError):
        raise Refused("bad_end", text=text[:40]) from None
    if at.tzinfo is None:
        raise Refused("bad_end", text=text[:40])
    return at


class Posting(NamedTuple):
    """A notice as it is asked for; an empty `end` is none."""

    text: str
    end: str
    by: str


async def post_notice(ledger: Ledger, board: str, wanted: Posting, now: datetime) -> str:
    """Post a line for everyone who reads the board; its name, by which it is taken back.

    One that stands there already in the same words, to the same end, is not posted twice. `Refused` with
    `notice_empty`, `too_long`, `bad_end` or `past_instant`.
    """
    line = " ".join(bare(wanted.text).split())
    if not line:
        raise Refused("notice_empty", "text")
    if len(line) > LONGEST_NOTICE:
        raise Refused("too_long", "text", text=line[:20], max=LONGEST_NOTICE)
    names: list[str] = []

    def decide(fold: BoardFold) -> Sequence[Event]:
        assert fold.board is not None  # noqa: S101 - only asked of boards that were put
        until = read_end(wanted.end, fold.board.zone) if wanted.end else None
        if until is not None and until <= now:
            raise Refused("past_instant", text=wanted.end)
        for name, notice in fold.notices.items():
            if (notice.text, notice.until) == (line, until):
                names.append(name)
                return []
        names.append(f"n{fold.position + 1}")
        return [NoticePosted(by=wanted.by, notice=names[-1], text=line, until=until)]

    await settle(ledger, board, decide)
    return names[-1]


async def take_back_notice(ledger: Ledger, board: str, notice: str, *, by: str) -> None:
    """Take a notice back; `Refused("unknown_notice")` where there is none of that name."""

    def decide(fold: BoardFold) -> Sequence[Event]:
        if notice not in fold.notices:
            raise Refused("unknown_notice", "notice", text=notice)
        return [NoticePosted(by=by, notice=notice, text="")]

    await settle(ledger, board, decide)
