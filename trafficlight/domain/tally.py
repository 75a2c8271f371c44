"""What a site's reports say of one day, and the light that this gives."""

from datetime import date, datetime, timedelta
from typing import Final

from msgspec.structs import replace

from trafficlight.domain.board import Board, Site, capacity_of
from trafficlight.domain.closure import closed_on
from trafficlight.domain.day import Today, today
from trafficlight.domain.light import Light
from trafficlight.domain.opening import openings_of
from trafficlight.domain.rules import Load
from trafficlight.domain.state import KEEP_DAYS, BoardFold, Report, SiteState, Tally, rule_in_force

_MOST_TALLIES: Final = KEEP_DAYS + 1
"""Today's beside those that the usual volume is made of."""
_LAST_MOMENT: Final = timedelta(microseconds=1)


def speaks(report: Report) -> bool:
    """Whether the report says how busy the site is, or that it is closed; of its phone alone is neither."""
    told = (report.patients, report.capacity_today, report.staff_infected)
    return any(one is not None for one in told)


def said(tally: Tally, report: Report) -> Tally:
    """The day's figures after one more report: of each the last that was given."""
    at, infected, current = report.at, report.staff_infected, report.current
    loaded = report.patients is not None or report.capacity_today is not None
    return Tally(
        day=tally.day,
        patients=tally.patients if report.patients is None else report.patients,
        capacity_today=tally.capacity_today if report.capacity_today is None else report.capacity_today,
        staff_infected=tally.staff_infected if infected is None else infected,
        corrected=tally.corrected if current or infected is None else infected,
        at=at if current and loaded else tally.at,
        closed_at=at if current and infected else tally.closed_at,
        capacity=tally.capacity,
        closed=tally.closed,
        light=tally.light,
    )


def load_of(  # noqa: PLR0913 - what a rule knows comes from as many places
    site: Site,
    board: Board,
    day: Today,
    counted_at: datetime,
    *,
    patients: int = 0,
    capacity: int | None = None,
) -> Load:
    """What a rule may know of the site: a count of the day, and when it was true."""
    return Load(
        site=site.id,
        capacity=capacity or capacity_of(site, board),
        patients=patients,
        counted_at=counted_at,
        opening=openings_of(site, board, day),
        day_start=day.start,
        day_end=day.end,
        zone=board.zone,
    )


def lit(fold: BoardFold, state: SiteState, tally: Tally, now: datetime) -> Tally:
    """The tally with its light as of `now`.

    A day gone by keeps the rule and the declared capacity that it ended with: what came later judges it not.
    """
    board = fold.board
    day = today(tally.day, board.cut_off, board.report_by, board.zone)
    over = now >= day.end
    capacity = tally.capacity if over and tally.capacity else capacity_of(state.site, board)
    # What was settled after the day's end cannot be told apart any more; what was known of the day stays.
    known = not over or state.settled_at is None or state.settled_at < day.end
    closed = closed_on(board, state, day, now) if known else tally.closed
    light: Light | None = None
    if closed if tally.corrected is None else tally.corrected:
        light = Light.CROSS
    elif tally.capacity_today == 0:  # full
        light = Light.RED
    elif tally.patients is not None:
        rule = rule_in_force(fold, state, day.end - _LAST_MOMENT).rule()
        counted_at = tally.at or day.end  # a day that was only reported of later is judged as at its end
        able = tally.capacity_today or capacity
        load = load_of(state.site, board, day, counted_at, patients=tally.patients, capacity=able)
        light = rule.light(load, counted_at)
    return replace(tally, capacity=capacity, closed=closed, light=light)


def put(state: SiteState, tally: Tally) -> None:
    """Keep the tally in place of the day's former one, if there is one; the oldest are let go of."""
    tallies = state.tallies
    index = len(tallies)
    while index and tallies[index - 1].day > tally.day:
        index -= 1
    if index and tallies[index - 1].day == tally.day:
        tallies[index - 1] = tally
    else:
        tallies.insert(index, tally)
        del tallies[:-_MOST_TALLIES]


def relight(fold: BoardFold, state: SiteState, since: date, now: datetime) -> None:
    """Judge the kept figures of the day `since` and of those after it anew, by what is known now."""
    for index, tally in enumerate(state.tallies):
        if tally.day >= since:
            state.tallies[index] = lit(fold, state, tally, now)
