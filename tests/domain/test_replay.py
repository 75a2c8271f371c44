"""A board's ledger line by line, as `ledger export` writes it."""

import msgspec
import pytest

from tests.domain.story import SLUG, Story, day
from trafficlight.domain import event as e
from trafficlight.domain.judge import judge
from trafficlight.domain.record import Record, to_line
from trafficlight.domain.replay import Replay
from trafficlight.domain.tally import usual_volume


def test_lines_give_the_lights_that_the_records_gave() -> None:
    story = Story(site={"capacity": 50, "hours": "8:00-17:00"})
    story.report("23 17:00", 30)
    story.report("24 08:00", 40)
    replay = Replay(SLUG)
    for record in story.records:
        line = to_line(record)
        replay.take(line if record.position % 2 else line.decode() + "\n")
    at = story.wall("24 08:30")
    assert replay.fold == story.fold
    assert replay.judged("a", at) == judge(story.fold, story.state(), at)
    assert replay.usual("a", day("24")) == usual_volume(story.state(), day("24")) == 30
    assert (replay.ignored, replay.position) == (0, len(story.records))


def test_before_the_board_and_the_site_are_there_nothing_is_judged_and_nothing_usual() -> None:
    story, replay = Story(), Replay(SLUG)
    at = story.wall("24 08:00")
    early = Record(board=SLUG, position=1, at=at, event=e.NoticePosted(notice="n", text="元旦"))
    replay.apply(early)
    assert (replay.fold, replay.position, replay.ignored) == (None, 1, 1)
    for _ in range(2):
        assert (replay.judged("a", at), replay.usual("a", day("24"))) == (None, None)
        replay.apply(Record(board=SLUG, position=2, at=at, event=e.BoardPut(board=story.board)))
    assert replay.fold is not None
    assert (replay.fold.notices, replay.fold.header.position, replay.ignored) == ({}, 2, 1)


@pytest.mark.parametrize("line", ["", "{}", "[]", '{"board":"longkou"}', b"\xff"])
def test_what_is_no_line_of_an_export_is_refused(line: bytes | str) -> None:
    with pytest.raises(msgspec.DecodeError):
        Replay(SLUG).take(line)
