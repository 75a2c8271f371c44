"""A group's chat, pasted: each line with the site that it is of, shown before anything is reported.

The chat itself is not kept. A line that is nobody's surely is given back with the sites to choose from.
"""

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import Final

from aiohttp import web

from trafficlight.actions.count_sheet import CountRow
from trafficlight.actions.counts import Pasted, read_pasted
from trafficlight.domain.judge import today_at
from trafficlight.domain.kind import COUNTED
from trafficlight.text.rendering import phrase
from trafficlight.web.desk import counting
from trafficlight.web.desk.counting import AT_ONCE, CountLine, report_row, result_page
from trafficlight.web.desk.request import DeskRequest

MOST: Final = 32_768
"""Characters of a chat: a morning of a county's group."""


async def show(desk: DeskRequest) -> web.Response:
    """Where the chat is pasted."""
    return _page(desk, "", ())


async def save(desk: DeskRequest) -> web.Response:
    """Show what the lines say; or report those that were shown, each by itself."""
    match desk.form.value("act"):
        case "report":
            return await _report(desk)
        case "answer":
            return await counting.save(desk)
    text = desk.form.value("text")[:MOST]
    return _page(desk, text, read_pasted(text, [one.site for one in desk.fold.sites.values()], _today(desk)))


async def _report(desk: DeskRequest) -> web.Response:
    """The lines as they stand on the page: whoever looked at them may have chosen another site, or none."""
    rows = [
        CountRow(
            text=desk.fold.sites[site].site.name,
            site=site,
            patients=desk.form.value(f"n.{number}")[:40],
            clock=desk.form.value(f"t.{number}")[:40],
        )
        for number in desk.form.values("line")
        if (site := desk.form.value(f"s.{number}")) in desk.fold.sites
    ]
    key = f"{desk.by}/chat/{desk.form.value('key')[:64]}"
    lines: list[CountLine] = []
    for start in range(0, len(rows), AT_ONCE):
        part = rows[start : start + AT_ONCE]
        lines += await asyncio.gather(*(report_row(desk, row, key) for row in part))
    return result_page(desk, lines)


def _today(desk: DeskRequest) -> date:
    return today_at(desk.fold.board, desk.at).day


def _page(desk: DeskRequest, text: str, lines: Sequence[Pasted]) -> web.Response:
    sites = sorted((state.site.name, state.site.town, state.site.id) for state in desk.fold.sites.values())
    return desk.page(
        "desk/sites/chat.html",
        text=text,
        lines=lines,
        read=sum(bool(line.site) for line in lines),
        sites=sites,
        counted=phrase(COUNTED, desk.lang),
    )
