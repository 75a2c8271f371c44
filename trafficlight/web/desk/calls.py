"""Those to be phoned: a number to tap, a field for what is heard, a row each; the list stays where it is."""

import msgspec
from aiohttp import web

from trafficlight.actions.count_sheet import CountRow
from trafficlight.domain.due import reporting_times
from trafficlight.domain.judge import judge
from trafficlight.web.desk.counting import CountLine, report_row
from trafficlight.web.desk.presenter import SiteLine, site_lines, site_of
from trafficlight.web.desk.request import DeskRequest


class CallRow(msgspec.Struct, frozen=True, kw_only=True):
    """A site that has not reported, or has by what was just typed."""

    line: SiteLine
    came: CountLine | None = None
    """What came of the number that was typed."""


async def show(desk: DeskRequest) -> web.Response:
    """Whoever has not reported for the last reporting time, or before the first one for that."""
    return _page(desk, _missing(desk), None)


async def save(desk: DeskRequest) -> web.Response:
    """Report the number of one site; its row stays in its place and says what came of it."""
    state = site_of(desk, desk.form.value("site"))
    waiting = _missing(desk)
    patients, clock = desk.form.value("patients")[:40], desk.form.value("clock")[:40]
    row = CountRow(text=state.site.name, site=state.site.id, patients=patients, clock=clock)
    key = f"{desk.by}/call/{desk.form.value('key')[:64]}"
    came = await report_row(desk, row, key, tuple(desk.form.values("answer")))
    return _page(desk, {*waiting, state.site.id}, came)


def _missing(desk: DeskRequest) -> set[str]:
    judged = {site: judge(desk.fold, state, desk.at) for site, state in desk.fold.sites.items()}
    times = reporting_times(desk.fold, judged, desk.at)
    passed = [one for one in times if one.passed]
    now = passed[-1] if passed else next(iter(times), None)
    return set(now.missing) if now else set()


def _page(desk: DeskRequest, sites: set[str], came: CountLine | None) -> web.Response:
    lines = site_lines(desk.fold, sites, desk.at)
    rows = [CallRow(line=one, came=came if came and came.row.site == one.id else None) for one in lines]
    left = sum(not (one.came and one.came.report) for one in rows)
    return desk.page("desk/calls.html", rows=rows, left=left, zone=desk.fold.board.zone)
