"""What the county tells everyone who reads a board: lines above it, and its guide to where one goes."""

from collections.abc import Sequence
from datetime import datetime

from trafficlight.actions.notices import Posting, posted, taken_back
from trafficlight.actions.settling import settle
from trafficlight.domain.board import check_guide
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import Event, GuideSet
from trafficlight.domain.state import BoardFold
from trafficlight.ledger.base import Ledger


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


async def post_notice(ledger: Ledger, board: str, wanted: Posting, now: datetime) -> str:
    """Post a line for everyone who reads the board; its name, by which it is taken back.

    One that stands there already in the same words, to the same end, is not posted twice. `Refused` with
    `notice_empty`, `too_long`, `bad_end` or `past_instant`.
    """
    names: list[str] = []

    def decide(fold: BoardFold) -> Sequence[Event]:
        name, events = posted(fold, wanted, now)
        names.append(name)
        return events

    await settle(ledger, board, decide)
    return names[-1]


async def take_back_notice(ledger: Ledger, board: str, notice: str, *, by: str) -> None:
    """Take a notice back; `Refused("unknown_notice")` where there is none of that name."""
    await settle(ledger, board, lambda fold: taken_back(fold, notice, by))
