"""What days of a board come to when they are counted together: patients, punctuality, hours."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

import msgspec

from trafficlight.domain.looking_back import Lookback, Punctuality, SiteDay


class PatientSum(msgspec.Struct, frozen=True):
    """A day's patients, of so many sites that gave a number."""

    patients: int
    sites: int


class Punctual(msgspec.Struct, frozen=True):
    """How the sites that were to report answered one reporting time of one day."""

    in_time: int
    late: int
    missing: int

    @property
    def asked(self) -> int:
        """All that were to report."""
        return self.in_time + self.late + self.missing

    @property
    def percent(self) -> int:
        """Of those asked, how many in time: rounded down, so that only all of them are 100."""
        return self.in_time * 100 // self.asked if self.asked else 0


def visits(back: Lookback) -> dict[date, PatientSum]:
    """By day, ascending; a day on which no site gave a number has none."""
    patients: Counter[date] = Counter()
    sites: Counter[date] = Counter()
    for told in _within(back):
        if told.patients is not None:
            patients[told.day] += told.patients
            sites[told.day] += 1
    return {day: PatientSum(patients[day], sites[day]) for day in back.days}


def on_time(back: Lookback) -> dict[date, dict[str, Punctual]]:
    """By day, ascending, and reporting time; a time that no site was to answer is missing."""
    counts: dict[date, dict[str, Counter[Punctuality]]] = {day: {} for day in back.days}
    for told in _within(back):
        for clock, answer in told.answers.items():
            counts[told.day].setdefault(clock, Counter())[answer] += 1
    return {
        day: {
            clock: Punctual(count[Punctuality.IN_TIME], count[Punctuality.LATE], count[Punctuality.MISSING])
            for clock, count in sorted(times.items())
        }
        for day, times in counts.items()
    }


def seconds(days: Iterable[SiteDay]) -> Mapping[str, int]:
    """How long a site showed each light while it was open, and none, over all the days."""
    total: Counter[str] = Counter()
    for told in days:
        total.update(told.seconds)
    return total


def _within(back: Lookback) -> Iterable[SiteDay]:
    first = back.days[0]
    return (told for days in back.sites.values() for day, told in days.items() if day >= first)
