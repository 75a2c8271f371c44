"""A group's chat, pasted: each line with the site that it is of, shown before anything is reported.

The chat itself is not kept. A line that is nobody's surely is given back with the sites to choose from.
"""

from collections.abc import Sequence

from aiohttp import web

from trafficlight.actions.count_sheet import CountRow
from trafficlight.actions.counts import Pasted, read_pasted
from trafficlight.domain.judge import today_at
from trafficlight.web.desk.counting import CountLine, outcome, report_answered, report_rows
from trafficlight.web.desk.request import DeskRequest


async def show(desk: DeskRequest) -> web.Response:
    """Where the chat is pasted."""
    return _page(desk)


async def save(desk: DeskRequest) -> web.Response:
    """Show what the lines say; or report those that were shown, each by itself."""
    match desk.form.value("act"):
        case "report":
            return await _report(desk)
        case "answer":
            return _page(desk, came=await report_answered(desk), text=desk.form.value("text"))
    text, today = desk.form.value("text"), today_at(desk.fold.board, desk.at).day
    sites = [state.site for state in desk.fold.sites.values()]
    return _page(desk, read=read_pasted(text, sites, today), text=text)


async def _report(desk: DeskRequest) -> web.Response:
    """The lines as they stand on the page: whoever looked at them may have chosen another site.

    Those without one come back into the field, so that none is gone without a word.
    """
    rows, left = [], []
    for number in desk.form.values("line"):
        state = desk.fold.sites.get(desk.form.value(f"s.{number}"))
        if state is None:
            left.append(desk.form.value(f"x.{number}"))
            continue
        patients, clock = desk.form.value(f"n.{number}")[:40], desk.form.value(f"t.{number}")[:40]
        rows.append(CountRow(text=state.site.name, site=state.site.id, patients=patients, clock=clock))
    came = await report_rows(desk, rows, f"{desk.by}/chat/{desk.form.value('key')[:64]}")
    return _page(desk, came=came, text="\n".join(left))


def _page(
    desk: DeskRequest,
    *,
    read: Sequence[Pasted] = (),
    came: Sequence[CountLine] | None = None,
    text: str = "",
) -> web.Response:
    sites = sorted((state.site.name, state.site.town, state.site.id) for state in desk.fold.sites.values())
    return desk.page(
        "desk/sites/chat.html",
        text=text,
        read=read,
        sure=sum(bool(line.site) for line in read),
        sites=sites,
        **outcome(desk, came),
    )
