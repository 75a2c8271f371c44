"""What days of a board come to when they are counted together."""

from tests.domain.story import Story, day
from tests.domain.test_lookback import HOUR, back
from trafficlight.domain.lookback import (
    PatientSum,
    PunctualityCount,
    patients_by_day,
    punctuality_by_day,
    seconds_by_light,
)


def busy() -> Story:
    """Two sites on Saturday the 24th, one of them on Sunday; the third is shut at weekends."""
    story = Story(site={"capacity": 50})
    story.put("2022-11-01 00:00", "b")
    story.put("2022-11-01 00:00", "c", hours="周一至周五8:00-17:00")
    story.report("24 08:00", 10)
    story.report("24 08:30", 30, site="b")
    story.report("24 13:00", 45, site="b")
    story.report("25 09:30", 7)
    return story


def test_a_days_patients_are_the_last_numbers_of_its_sites() -> None:
    assert patients_by_day(back(busy())) == {
        day("23"): PatientSum(0, 0),
        day("24"): PatientSum(55, 2),
        day("25"): PatientSum(7, 1),
    }


def test_punctuality_counts_those_that_were_to_report() -> None:
    told = punctuality_by_day(back(busy()))
    assert told[day("23")]["09:00"] == PunctualityCount(0, 0, 3)
    assert told[day("24")] == {"09:00": PunctualityCount(2, 0, 0), "14:00": PunctualityCount(1, 0, 1)}
    assert told[day("25")]["09:00"] == PunctualityCount(0, 1, 1)


def test_only_all_of_them_are_a_hundred_percent() -> None:
    assert [PunctualityCount(n, 0, 152 - n).percent for n in (0, 1, 151, 152)] == [0, 0, 99, 100]
    assert PunctualityCount(0, 0, 0).percent == 0


def test_hours_are_added_up_over_the_days() -> None:
    told = seconds_by_light(back(busy()).sites["a"].values())
    assert told == {"none": (24 + 16 + 16) * HOUR, "blue": 16 * HOUR}


def test_days_outside_the_period_are_not_counted() -> None:
    wide, narrow = back(busy(), number=20), back(busy(), number=1)
    assert sum(one.patients for one in patients_by_day(wide).values()) == 62
    assert patients_by_day(narrow) == {day("25"): PatientSum(7, 1)}
