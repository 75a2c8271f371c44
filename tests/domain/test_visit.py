"""A stop with a rota shows its next visit instead of a light."""

from datetime import timedelta

import pytest

from tests.domain.story import MOMENT, Story, day
from trafficlight.domain.due import is_due_on, owes
from trafficlight.domain.headline import HeadlineKind
from trafficlight.domain.judge import openness
from trafficlight.domain.light import Light
from trafficlight.domain.rota import absent_on
from trafficlight.domain.state import RotaSlot

ROTA = "每5天一次，自12月1日起"


def stop(rota: str = ROTA, hours: str = "8:30-11:30", **board: object) -> Story:
    return Story(site={"kind": "mobile_stop", "rota": rota, "hours": hours}, **board)


def visit(story: Story, on: str, *walls: tuple[str, str]) -> RotaSlot:
    spans = [(story.wall(f"{on} {start}"), story.wall(f"{on} {end}")) for start, end in walls]
    return RotaSlot(day=day(on), spans=tuple(spans))


def test_between_visits_the_next_one_is_told() -> None:
    story = stop()
    judged = story.judged("03 10:00")
    assert story.seen("03 10:00") == "none next_visit"
    assert judged.visit == visit(story, "06", ("08:30", "11:30"))
    assert judged.next_open == story.wall("06 08:30")
    assert not judged.is_open
    assert (judged.last, judged.next_news) == (None, None)
    assert (judged.since, judged.until) == (story.wall("03 09:00"), story.wall("03 14:00"))


def test_the_day_of_a_visit_is_told_from_midnight_to_its_end() -> None:
    story = stop()
    today = visit(story, "06", ("08:30", "11:30"))
    for at, is_open, opens, until in (
        ("06 00:00", False, "06 08:30", "06 08:30"),
        ("06 08:30", True, None, "06 09:00"),
        ("06 10:00", True, None, "06 10:45"),  # from then on it is said that it ends soon
        ("06 10:45", True, None, "06 11:30"),
    ):
        judged = story.judged(at)
        assert story.seen(at) == "none visiting_today"
        assert (judged.visit, judged.is_open) == (today, is_open)
        assert judged.next_open == (story.wall(opens) if opens else None)
        assert judged.until == story.wall(until)
    assert story.seen(story.wall("06 00:00") - MOMENT) == "none next_visit"
    assert story.seen("06 11:30") == "none next_visit"
    assert story.judged("06 11:30").next_open == story.wall("11 08:30")


def test_between_two_halves_of_a_visit_the_second_is_ahead() -> None:
    story = stop(hours="8:30-11:30,14:00-17:00")
    judged = story.judged("06 12:00")
    assert story.seen("06 12:00") == "none visiting_today"
    assert (judged.is_open, judged.next_open) == (False, story.wall("06 14:00"))
    assert judged.visit == visit(story, "06", ("08:30", "11:30"), ("14:00", "17:00"))


def test_a_visit_past_midnight_is_over_when_it_is_over() -> None:
    story = stop(hours="20:00-2:00")
    assert story.seen("07 01:59") == "none visiting_today"
    assert story.judged("07 01:59").visit == RotaSlot(
        day=day("06"), spans=((story.wall("06 20:00"), story.wall("07 02:00")),)
    )
    assert story.judged("07 01:59").until == story.wall("07 02:00")
    assert story.seen("07 02:00") == "none next_visit"


@pytest.mark.parametrize("hours", ["", "看情况", "周一8:00-12:00"])
def test_a_visit_whose_hours_nobody_surely_knows_is_told_without_them(hours: str) -> None:
    story = stop(hours=hours)  # 6 December 2022 is a Tuesday
    assert story.judged("03 10:00").visit == visit(story, "06")
    assert story.judged("03 10:00").next_open == story.wall("06 00:00")
    assert story.seen("06 23:59") == "none visiting_today"
    assert story.judged("06 10:00").is_open is None


def test_the_hours_of_the_rota_come_before_those_of_the_site() -> None:
    story = stop(rota=f"{ROTA} 13:00-15:00")
    assert story.judged("03 10:00").next_open == story.wall("06 13:00")


def test_a_stop_that_is_shut_on_the_day_is_not_visited() -> None:
    story = stop(special_days={day("06"): "休息", day("11"): "9:00-10:00", day("16"): "看情况"})
    assert story.judged("03 10:00").next_open == story.wall("11 09:00")
    assert story.seen("06 09:00") == "none next_visit"
    assert story.judged("12 10:00").visit == visit(story, "16")
    assert absent_on(story.state(), story.board, day("06"))
    assert not absent_on(story.state(), story.board, day("11"))
    assert absent_on(story.state(), story.board, day("12"))


def test_after_the_last_date_no_visit_is_told_and_nothing_else_either() -> None:
    story = stop(rota="12月1日、12月6日")
    judged = story.judged("07 10:00")
    assert story.seen("07 10:00") == "none next_visit"
    assert (judged.visit, judged.next_open, judged.is_open) == (None, None, False)


def test_what_does_not_parse_decides_nothing() -> None:
    story = stop(rota="另行通知", hours="")
    assert story.seen("06 10:00") == "none not_reported"
    assert owes(story.state(), story.judged("06 10:00"), story.board, story.wall("06 10:00"))
    assert not absent_on(story.state(), story.board, day("07"))


def test_reports_of_a_stop_give_no_light() -> None:
    story = stop()
    story.report("06 09:00", 60)
    assert story.seen("06 09:30") == "none visiting_today"


def test_a_closure_and_the_desks_word_come_before_the_rota() -> None:
    story = stop()
    story.report("05 09:00", staff_infected=True, expected_reopen=day("07"))
    assert story.seen("06 09:00") == "cross staff_infected"
    assert story.seen("07 09:00") == "none next_visit"
    story.override("07 10:00", Light.RED, "07 12:00")
    assert story.seen("07 11:00") == "red override"
    assert not owes(story.state(), story.judged("07 11:00"), story.board, story.wall("07 11:00"))


def test_a_stop_is_not_chased_and_not_counted_as_without_news() -> None:
    story = stop()
    assert not is_due_on(story.state(), story.board, day("06"))
    for at in ("03 15:00", "06 10:00"):
        assert not owes(story.state(), story.judged(at), story.board, story.wall(at))
    for number in range(4):
        story.put("01 00:00", f"s{number}")
    told = story.headline("06 10:00")
    assert (told.sites, told.counts["none"], told.visited_today, told.open_now) == (5, 4, 1, 5)
    assert told.kind is HeadlineKind.COUNTS  # a fifth silent one would make it a fault


def test_a_board_of_stops_alone_counts_its_visits() -> None:
    story = stop()
    story.put("01 00:00", "s2", rota="每周五", kind="mobile_stop")
    told = story.headline("06 10:00")
    assert (told.kind, told.visited_today, told.sites) == (HeadlineKind.VISITS, 1, 2)
    assert sum(told.counts.values()) == 0


def test_a_year_that_was_not_written_stays_when_other_settings_change() -> None:
    story = stop()
    story.put("2023-09-01 00:00", kind="mobile_stop", rota=ROTA, hours="9:00-10:00")
    assert story.judged("2023-09-01 10:00").next_open == story.wall("2023-09-02 09:00")
    story.put("2023-09-01 00:00", kind="mobile_stop", rota=f"{ROTA}。")
    assert story.judged("2023-09-01 10:00").next_open == story.wall("2023-12-01 00:00")


def test_whether_a_site_is_open_is_asked_of_its_rota_then_of_its_hours() -> None:
    story = stop()
    story.put("01 00:00", "clinic", hours="8:00-17:00")
    story.put("01 00:00", "unknown", hours="")

    def is_open(site: str, at: str) -> bool | None:
        return openness(story.state(site), story.board, story.wall(at)).is_open

    assert [is_open("a", at) for at in ("06 09:00", "06 12:00", "07 09:00")] == [True, False, False]
    assert [is_open("clinic", at) for at in ("07 09:00", "07 18:00")] == [True, False]
    assert is_open("unknown", "07 09:00") is None


def test_of_a_visit_without_hours_nobody_knows_whether_it_is_open() -> None:
    story = stop(hours="")
    assert openness(story.state(), story.board, story.wall("06 10:00")).is_open is None
    between = openness(story.state(), story.board, story.wall("05 10:00"))
    assert (between.is_open, between.next_open) == (False, None)


def test_a_closing_far_ahead_is_told_only_from_a_boundary_on() -> None:
    story = Story(site={"hours": "24小时", "special_days": {day("15"): "休息"}})
    told: list[bool] = []
    for hour in range(24 * 5):
        opening = openness(story.state(), story.board, story.wall("05 00:00") + timedelta(hours=hour))
        told.append(opening.until is not None)
    assert told == sorted(told)  # once it is told, it stays so
    assert told.index(True) % 24 == 0
