"""Lines above a board, for everyone who reads it: what may be posted, and what posting one means there."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Final, NamedTuple

from trafficlight.actions.sheet import bare
from trafficlight.domain.day import ONE_DAY, instant
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import Event, NoticePosted
from trafficlight.domain.state import BoardFold

LONGEST_NOTICE: Final = 200
"""Characters: six lines on a phone, above everything that people came for."""
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")


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


class Posting(NamedTuple):
    """A notice as it is asked for; an empty `end` is none."""

    text: str
    end: str
    by: str


def posted(fold: BoardFold, wanted: Posting, now: datetime) -> tuple[str, Sequence[Event]]:
    """The name of the notice and the facts that post it: none where it stands in the same words already.

    `Refused` with `notice_empty`, `too_long`, `bad_end` or `past_instant`.
    """
    line = " ".join(bare(wanted.text).split())
    if not line:
        raise Refused("notice_empty", "text")
    if len(line) > LONGEST_NOTICE:
        raise Refused("too_long", "text", text=line[:20], max=LONGEST_NOTICE)
    until = read_end(wanted.end, fold.board.zone) if wanted.end else None
    if until is not None and until <= now:
        raise Refused("past_instant", "until", text=wanted.end)
    for name, notice in fold.notices.items():
        if (notice.text, notice.until) == (line, until):
            return name, []
    name = f"n{fold.position + 1}"
    return name, [NoticePosted(by=wanted.by, notice=name, text=line, until=until)]


def taken_back(fold: BoardFold, notice: str, by: str) -> Sequence[Event]:
    """The fact that takes a notice back; `Refused("unknown_notice")` where there is none of that name."""
    if notice not in fold.notices:
        raise Refused("unknown_notice", "notice", text=notice)
    return [NoticePosted(by=by, notice=notice, text="")]
