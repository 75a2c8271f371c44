"""Judge by the pace of the day: what a resident who looks now will find on arrival.

The last count is carried forward at today's pace through the opening hours. All of it is in whole numbers, so
that every node comes to the same light: shares of a day as they are, or to 1/10,000 by a rhythm.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal, localcontext
from functools import lru_cache
from typing import Any, ClassVar, Final, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from trafficlight.domain.light import Light
from trafficlight.domain.rules.base import Load
from trafficlight.domain.sentence import Sentence

MINUTE: Final = 60_000_000
"""In microseconds, as every offset from the day's start here."""
ARRIVAL: Final = 45 * MINUTE
"""From looking at the page to standing at the desk."""
EARLY: Final = 45 * MINUTE
"""Of opening, or a twelfth of it where that is less: a count of before says too little of the day."""
ASSUMED_SHARE: Final = 6, 60 * MINUTE
"""The assumed day weighs as much as a sixth of the opening, or as an hour of it where that is more."""
LEAST_WARNED: Final = 3
"""Patients: of fewer nothing is foretold of the whole day."""
WEIGHTS: Final = ((8, 2), (20, 4), (24, 3))
"""Up to which hour of the clock an open hour weighs how many quarters of a daytime hour."""
FINE: Final = 10_000
COMMON_RHYTHM: Final = 20
"""In twentieths, as every rhythm: the patients come as the clock alone says."""
RHYTHMS: Final = 12, 38
"""From 0.6 to 1.9: what lies beyond is more likely a habit of reporting."""
RHYTHM_DAYS: Final = 14
LEAST_FIRST: Final = Decimal("0.7")
LEAST_LAST: Final = 5
LEAST_APART: Final = 3
"""A day tells a rhythm by a last count of 5 or more, and 3/20 of the day before it; none at first is 0.7."""


class Pace(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Red: the places are gone, or half are and all will be on arrival. Yellow: seven tenths, or all today.

    With c the capacity, n the count, true at r, and G the share of today's opening that is gone:
    P = (n + 0.6 c f) / (g + f) is the day at today's pace, drawn to 60 % of c while little is known, where
    f = max(1/6, 60 min / opening) and g = max(G(r), G(45 min or a twelfth of the opening after its start)).
    On arrival n + P (G(t + 45 min) - g) have come, by the end n + P (1 - g).
    The constants were fitted to one series of hourly arrivals and hold on others: docs/rules.md.
    """

    kind: ClassVar[str] = "pace"
    label: ClassVar[Sentence] = Sentence("按今天的进度，推算赶到时的情况")

    @classmethod
    def fixed(cls, usual: Mapping[str, float], day: date) -> Mapping[str, Any]:  # noqa: ARG003 - nothing is
        return {}

    def light(self, load: Load, at: datetime) -> Light:
        day, count, capacity = _forecast(load), load.patients, load.capacity
        if count >= capacity:
            return Light.RED
        if day is None:
            return Light.YELLOW if 10 * count >= 7 * capacity else Light.BLUE
        ahead = day.ahead(at - load.day_start)
        if 2 * count >= capacity and day.uses_up(10, count, ahead):
            return Light.RED
        if day.uses_up(7, count, ahead) or day.fills(count):
            return Light.YELLOW
        return Light.BLUE

    def steps(self, load: Load, at: datetime) -> tuple[int, int]:
        day = _forecast(load)
        if day is None:
            return -(-7 * load.capacity // 10), load.capacity
        ahead = day.ahead(at - load.day_start)
        half = -(-load.capacity // 2)
        red = min(load.capacity, max(day.least(10, ahead), half))
        yellow = min(day.least(7, ahead), max(day.least(10, day.whole - day.known), LEAST_WARNED), red)
        return yellow, red

    def crossings(self, load: Load, after: datetime, until: datetime) -> tuple[datetime, ...]:
        day = _forecast(load)
        if day is None or load.patients >= load.capacity:
            return ()
        found = set()
        if not day.fills(load.patients):
            found.add(day.minute(7, load.patients))
        if 2 * load.patients >= load.capacity:
            found.add(day.minute(10, load.patients))
        instants = (load.day_start + minute * _MICROSECOND for minute in found if minute is not None)
        return tuple(sorted(instant for instant in instants if after < instant <= until))

    def outlook(self, load: Load, at: datetime) -> Sentence:
        light = self.light(load, at)
        if light is Light.RED:
            return _GONE if load.patients >= load.capacity else _GONE_ON_ARRIVAL
        if light is Light.BLUE:
            return _LEFT_ON_ARRIVAL
        day = _forecast(load)
        if day is None or not day.fills(load.patients):
            return _MOSTLY_GONE
        mostly = day.uses_up(7, load.patients, day.ahead(at - load.day_start))
        return _GONE_TODAY_AND_MOSTLY if mostly else _GONE_TODAY

    def describe(self, site: str) -> Sentence:  # noqa: ARG002 - the same for every site
        return Sentence(
            "按今天到现在的进度，推算您赶到时（约45分钟后）的情况：名额已经用完，或到时会用完而现在已用掉一半，为红；"
            "到时会用掉七成，或照这样关门前会用完，为黄。颜色说的是名额，不是排队时间。"
        )


_GONE: Final = Sentence("今天的名额已经用完")
_GONE_ON_ARRIVAL: Final = Sentence("按今天到现在的速度，到您赶到时（约45分钟）名额会用完")
_MOSTLY_GONE: Final = Sentence("按今天到现在的速度，到您赶到时（约45分钟）名额已用大半")
_GONE_TODAY: Final = Sentence("按今天到现在的速度，关门前名额会用完")
_GONE_TODAY_AND_MOSTLY: Final = Sentence(
    "按今天到现在的速度，关门前名额会用完；到您赶到时（约45分钟）已用大半"
)
_LEFT_ON_ARRIVAL: Final = Sentence("按今天到现在的速度，到您赶到时（约45分钟）名额用不到七成")
_MICROSECOND: Final = timedelta(microseconds=1)


class Course(NamedTuple):
    """How a day's patients are spread over its opening; offsets in microseconds from the day's start."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    weights: tuple[int, ...]
    before: tuple[int, ...]
    """What has come before each piece, in weighted microseconds."""
    total: int
    early: int
    """Of the total, what has come when a count begins to say something of the day."""
    opening: int
    """Its length."""

    def gone(self, at: int) -> int:
        """How much of the total has come at the offset."""
        piece = bisect_right(self.starts, at) - 1
        if piece < 0:
            return 0
        return self.before[piece] + (min(at, self.ends[piece]) - self.starts[piece]) * self.weights[piece]

    def reached(self, gone: int) -> int:
        """The first offset at which so much has come: more than nothing, at most the total."""
        piece = bisect_left(self.before, gone) - 1
        return self.starts[piece] - (self.before[piece] - gone) // self.weights[piece]


class _Forecast(NamedTuple):
    """A day's course as one site's counts go through it, with what is known of it at one instant."""

    course: Course
    rhythm: int
    whole: int
    """Of what shares are parts: the course's total, or `FINE`."""
    known: int
    """The share that the count speaks of."""
    capacity: int
    assumed: tuple[int, int]
    """The weight of the assumed day, as a fraction."""
    weight: int
    """Of what is known and what is assumed, together: what counts are divided by."""

    def share(self, at: int) -> int:
        """The share of the day that is gone at the offset, in parts of `whole`."""
        gone = self.course.gone(at)
        if self.rhythm == COMMON_RHYTHM:
            return gone
        return powers(self.rhythm)[gone * FINE // self.course.total]

    def ahead(self, seen: timedelta) -> int:
        """The share of the day that comes between the count and the arrival of whoever looks then.

        The light changes on whole minutes: one that has begun counts from its start.
        """
        minute = seen // _MICROSECOND // MINUTE * MINUTE
        return self.share(min(minute + ARRIVAL, self.course.ends[-1])) - self.known

    def pace(self, count: int) -> int:
        """How many come in the whole day, in parts of `weight` for each part of `whole`."""
        part, of = self.assumed
        return 5 * count * of + 3 * self.capacity * part

    def uses_up(self, tenths: int, count: int, ahead: int) -> bool:
        """Whether by this count so many tenths of the places are gone when `ahead` more of the day is."""
        more = self.pace(count) * ahead if ahead > 0 else 0
        return 10 * (count * self.weight + more) >= tenths * self.capacity * self.weight

    def fills(self, count: int) -> bool:
        """Whether the places will be gone before it shuts; of very few patients nothing is foretold."""
        return count >= LEAST_WARNED and self.uses_up(10, count, self.whole - self.known)

    def least(self, tenths: int, ahead: int) -> int:
        """The least count that uses up so many tenths."""
        part, of = self.assumed
        ahead = max(ahead, 0)
        needed = tenths * self.capacity * self.weight - 30 * self.capacity * part * ahead
        return max(-(-needed // (10 * (self.weight + 5 * of * ahead))), 0)

    def minute(self, tenths: int, patients: int) -> int | None:
        """The first whole minute from which whoever looks finds so many tenths gone on arrival, if any."""
        missing = tenths * self.capacity - 10 * patients
        ahead = -(-missing * self.weight // (10 * self.pace(patients)))
        target = self.known + max(ahead, 0)
        if target > self.whole or ahead <= 0:
            return None  # not today, or whenever one looks
        gone = target
        if self.rhythm != COMMON_RHYTHM:
            gone = -(-bisect_left(powers(self.rhythm), target) * self.course.total // FINE)
        return -(-(self.course.reached(gone) - ARRIVAL) // MINUTE) * MINUTE


def _forecast(load: Load) -> _Forecast | None:
    """What is foretold from the load; None of a site that is not open on the day."""
    if not load.opening:
        return None
    course = course_of(load.opening, load.day_start, load.zone)
    sixth, least = ASSUMED_SHARE
    assumed = (1, sixth) if course.opening >= sixth * least else (least, course.opening)
    counted = (load.counted_at - load.day_start) // _MICROSECOND
    known, whole = max(course.gone(counted), course.early), course.total
    if load.rhythm != COMMON_RHYTHM:
        known, whole = powers(load.rhythm)[known * FINE // course.total], FINE
    weight = 5 * (known * assumed[1] + assumed[0] * whole)
    return _Forecast(course, load.rhythm, whole, known, load.capacity, assumed, weight)


def whole_day(load: Load) -> int:
    """The patients of the whole day: the count carried to its end at the day's pace."""
    day = _forecast(load)
    if day is None:
        return load.patients
    more = day.pace(load.patients) * max(day.whole - day.known, 0)
    return load.patients + (2 * more + day.weight) // (2 * day.weight)


def day_exponent(load: Load, first_at: datetime, first: int) -> int | None:
    """By which power of the clock's share a day's patients came: its logarithm, in thousandths.

    From the day's first count to its last, the load's; None where they are too near, or too few, to tell.
    """
    if not load.opening or load.patients < LEAST_LAST:
        return None
    course = course_of(load.opening, load.day_start, load.zone)
    one, other = (course.gone((at - load.day_start) // _MICROSECOND) for at in (first_at, load.counted_at))
    if one <= 0 or 20 * (other - one) <= LEAST_APART * course.total:
        return None
    with localcontext(prec=16):  # decimal logarithms are rounded exactly: the same everywhere
        counts = (max(Decimal(first), LEAST_FIRST) / load.patients).ln()
        power = counts / (Decimal(one) / other).ln()
        if power <= 0:
            return None
        return int((min(max(power, Decimal("0.5")), Decimal("2.5")).ln() * 1000).to_integral_value())


def rhythm_of(exponents: Sequence[int]) -> int:
    """The rhythm of a site by its last days: their geometric mean with three common days, in twentieths."""
    with localcontext(prec=16):
        mean = Decimal(sum(exponents[-RHYTHM_DAYS:])) / (1000 * (len(exponents[-RHYTHM_DAYS:]) + 3))
        rhythm = int((mean.exp() * COMMON_RHYTHM).to_integral_value())
    return min(max(rhythm, RHYTHMS[0]), RHYTHMS[1])


@lru_cache(maxsize=4096)  # distinct hours of the sites x the days looked at
def course_of(opening: tuple[tuple[datetime, datetime], ...], day_start: datetime, zone: str) -> Course:
    """The course of a day that is open for some time."""
    starts: list[int] = []
    ends: list[int] = []
    weights: list[int] = []
    before: list[int] = []
    total = 0
    for begin, end in opening:
        at = begin
        while at < end:
            till, weight = _piece(at, zone)
            till = min(till, end)
            starts.append((at - day_start) // _MICROSECOND)
            ends.append((till - day_start) // _MICROSECOND)
            weights.append(weight)
            before.append(total)
            total += (ends[-1] - starts[-1]) * weight
            at = till
    lengths = [end - start for start, end in zip(starts, ends, strict=True)]
    course = Course(tuple(starts), tuple(ends), tuple(weights), tuple(before), total, 0, sum(lengths))
    left = min(EARLY, course.opening // 12)
    for start, length in zip(starts, lengths, strict=True):
        if left <= length:
            return course._replace(early=course.gone(start + left))
        left -= length
    raise AssertionError("unreachable: a twelfth of the opening lies within it")


def _piece(at: datetime, zone: str) -> tuple[datetime, int]:
    """The end of the clock's hour that the instant is in, and how much an hour of it weighs."""
    wall = at.astimezone(ZoneInfo(zone))
    weight = next(weight for until, weight in WEIGHTS if wall.hour < until)
    into = timedelta(minutes=wall.minute, seconds=wall.second, microseconds=wall.microsecond)
    return at + timedelta(hours=1) - into, weight


@lru_cache(maxsize=32)
def powers(rhythm: int) -> tuple[int, ...]:
    """Of each share of a day, to 1/10,000, the share that a site of this rhythm (in twentieths) has seen."""
    scale = FINE ** (COMMON_RHYTHM - rhythm) if rhythm <= COMMON_RHYTHM else 1
    other = FINE ** (rhythm - COMMON_RHYTHM) if rhythm > COMMON_RHYTHM else 1
    table: list[int] = []
    reached = 0
    for share in range(FINE + 1):
        # The greatest whole number whose 20th power is at most FINE^20 (share/FINE)^rhythm.
        power = share**rhythm * scale
        while (reached + 1) ** COMMON_RHYTHM * other <= power:
            reached += 1
        table.append(reached)
    return tuple(table)
