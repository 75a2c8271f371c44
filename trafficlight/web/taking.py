"""What a filled-in form becomes: a report, or a question that is asked once."""

from trafficlight.actions.reporting import Submission, body_digest
from trafficlight.domain.errors import Refused
from trafficlight.domain.judge import today_at
from trafficlight.domain.state import Report, tally_of, usual_volume
from trafficlight.ledger.base import Key, KeyReused
from trafficlight.web import form
from trafficlight.web.form import Typed
from trafficlight.web.form_view import just_opened
from trafficlight.web.link_auth import Where
from trafficlight.web.node import Node


async def take(node: Node, where: Where, typed: Typed, *, by: str, name: str) -> Report:
    """The report that the form became, once under the key's name. `Refused` for what is wrong or is asked."""
    now, state = node.clock(), where.state
    day = today_at(where.board, now).day
    report = form.report_of(typed, day)
    if typed.seen == (state.reports[-1].id if state.reports else ""):
        # Who has not seen the last report is asked about that first, or has only tapped twice.
        about = report.service_day or day
        tally = tally_of(state, about)
        before = tally.patients if tally else None
        form.check_lower(typed, report, before)
        if about == day and just_opened(state.site, where.board, now):
            form.check_day(typed, report, before, usual_volume(state, day))
    site = state.site.id
    sent = Submission(by=by, now=now, key=Key(name=name, body=body_digest(site, report)), seen=typed.seen)
    try:
        return (await node.reporting.post(site, report, sent)).report
    except KeyReused:
        # Gone back, changed the number, sent again: to be asked about, like anybody else's newer report.
        _, state = await node.reporting.place(site)
        raise Refused("newer_report", newer=state.reports[-1]) from None
