"""The days gone by, as they are told: 14 of them, though reports are kept for seven days only."""

from datetime import date, timedelta
from unittest.mock import patch

from hypothesis import given, settings

from tests.domain.histories import SLUG, folded, ledgers
from tests.domain.story import Story, day
from trafficlight.domain import event as e
from trafficlight.domain.day import ONE_DAY
from trafficlight.domain.judge import light_on, today_at
from trafficlight.domain.record import Record
from trafficlight.domain.state import HISTORY_DAYS, BoardFold


def told(story: Story, *days: str) -> list[str]:
    """The light of each day, `-` for none."""
    known = (light_on(story.fold, story.state(), day(one)) for one in days)
    return [one.light.value if one else "-" for one in known]


def test_a_closure_that_is_over_is_still_told_when_its_reports_are_not_kept() -> None:
    story = Story()
    story.report("02 08:10", 5)
    story.report("04 08:10", staff_infected=True)
    story.report("07 08:10", 5, staff_infected=False)
    for later in range(8, 17):
        story.report(f"{later:02} 08:10", 5)
    assert story.state().reports[0].at > story.wall("08 00:00")
    assert told(story, "02", "03", "04", "05", "06", "07") == ["blue", "-", "cross", "cross", "cross", "blue"]


def test_a_day_before_a_closure_is_not_coloured_by_it() -> None:
    """What has settled says that it is closed, not since when: that was asked before."""
    story = Story()
    story.report("04 08:10", staff_infected=True)
    story.keep("09 08:10", e.CrossConfirmed(site="a", confirmed=True))
    story.report("13 08:10", staff_infected=True)
    assert told(story, "02", "03", "04", "05", "12") == ["-", "-", "cross", "cross", "cross"]


def test_a_closure_that_the_desk_ended_is_told_up_to_that_day() -> None:
    story = Story()
    story.report("02 08:10", staff_infected=True)
    story.keep("04 08:10", e.CrossConfirmed(site="a", confirmed=False))
    story.report("14 08:10", 5)
    assert told(story, "02", "03", "04", "05") == ["cross", "cross", "-", "-"]


def test_a_closure_that_ran_out_is_told_while_it_lasted() -> None:
    story = Story()
    story.report("02 08:10", staff_infected=True, expected_reopen=day("05"))
    story.report("13 08:10", 5)
    assert told(story, "02", "03", "04", "05", "06") == ["cross", "cross", "cross", "-", "-"]


def test_a_quiet_site_whose_reports_stay_is_told_alike() -> None:
    story = Story()
    story.report("02 08:10", staff_infected=True, expected_reopen=day("05"))
    assert told(story, "01", "02", "03", "04", "05") == ["-", "cross", "cross", "cross", "-"]


def test_only_so_many_days_are_noted_as_are_told() -> None:
    story = Story()
    for month, first in (("11", 2), ("12", 1)):
        for one in range(first, 30):
            story.report(f"2022-{month}-{one:02} 08:10", staff_infected=True)
    noted = story.state().closed_days
    assert noted[-1] < day("22")
    assert noted[0] >= day("29") - HISTORY_DAYS * ONE_DAY
    assert sorted(set(noted)) == list(noted)


def test_a_site_knows_since_when_it_is_on_the_board() -> None:
    story = Story()
    story.put("05 10:00", "b")
    story.put("06 10:00", "b", town="东庄镇")
    assert story.state("b").listed == story.wall("05 10:00")


def _days(fold: BoardFold, records: list[Record]) -> dict[tuple[str, date], str]:
    today = today_at(fold.board, records[-1].at).day
    return {
        (site, today - back * ONE_DAY): known.light.value
        for site, state in fold.sites.items()
        for back in range(1, HISTORY_DAYS + 1)
        if (known := light_on(fold, state, today - back * ONE_DAY))
    }


@given(ledgers(upheaval=False))
@settings(max_examples=500)
def test_forgetting_reports_changes_no_day_that_is_told(records: list[Record]) -> None:
    """As if every report had been kept for ever. What was taken back is left aside: that has its own law."""
    records = [one for one in records if not isinstance(one.event, e.Withdrawn)]
    with patch("trafficlight.domain.fold_reports.REPORT_RETENTION", timedelta(days=9999)):
        kept = folded(records)
    assert _days(folded(records), records) == _days(kept, records)
    assert kept.slug == SLUG
