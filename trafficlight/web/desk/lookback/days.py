"""`/desk/boards/…/lookback/days`: how many patients the board saw each day, and who reported on time."""

import asyncio
from datetime import date

import msgspec
from aiohttp import web

from trafficlight.domain.lookback import PatientSum, Punctual, on_time, visits
from trafficlight.text.languages import N_
from trafficlight.web.desk.lookback.drawing import bar
from trafficlight.web.desk.lookback.period import PERIODS, looked, sheet
from trafficlight.web.desk.request import DeskRequest


class DayLine(msgspec.Struct, frozen=True, kw_only=True):
    """One day of the board."""

    day: date
    visits: PatientSum
    times: list[Punctual | None]
    """By reporting time, in the order of the columns."""


async def show(desk: DeskRequest) -> web.Response:
    """The days, the last one first."""
    back = await looked(desk)
    seen = await asyncio.to_thread(visits, back)
    punctual = await asyncio.to_thread(on_time, back)
    clocks = sorted({clock for times in punctual.values() for clock in times})
    told = [
        DayLine(day=day, visits=seen[day], times=[punctual[day].get(clock) for clock in clocks])
        for day in reversed(back.days)
        if seen[day].sites or punctual[day]
    ]
    return desk.page(
        "desk/lookback/days.html",
        back=back,
        periods=PERIODS,
        bar=bar,
        lines=told,
        clocks=[clock.removeprefix("0") for clock in clocks],
        most=max((one.visits.patients for one in told), default=0),
        total=sum(one.visits.patients for one in told),
    )


async def visits_csv(desk: DeskRequest) -> web.Response:
    """Patients and the sites that counted them: a row for each day."""
    back = await looked(desk)
    seen = await asyncio.to_thread(visits, back)
    table = [[desk.say(N_("日期")), desk.say(N_("就诊人数")), desk.say(N_("报了人数的机构"))]]
    table += [[str(day), str(one.patients), str(one.sites)] for day, one in seen.items()]
    return await sheet(desk, back, "visits", table)


async def on_time_csv(desk: DeskRequest) -> web.Response:
    """A row for each reporting time of each day."""
    back = await looked(desk)
    punctual = await asyncio.to_thread(on_time, back)
    heads = (N_("日期"), N_("填报时间"), N_("应报"), N_("按时"), N_("晚报"), N_("没报"), N_("按时比例（%）"))
    table = [[desk.say(head) for head in heads]]
    for day, times in punctual.items():
        for clock, one in times.items():
            numbers = (one.asked, one.in_time, one.late, one.missing, one.percent)
            table.append([str(day), clock, *map(str, numbers)])
    return await sheet(desk, back, "on-time", table)
