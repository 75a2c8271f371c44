"""`/desk/boards/…/lookback/director`: what whoever answers for a board asks; readers see it too.

Are the lights true, who reports on time, which capacities do not fit, what did residents find against which
light.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec
from aiohttp import web
from markupsafe import Markup

from trafficlight.actions.accuracy import PERIODS, accuracy_of, advice_of, figures_of
from trafficlight.domain.accuracy import PUBLISHED, current_rules
from trafficlight.domain.board import declared_capacity
from trafficlight.domain.board_lights import as_published
from trafficlight.domain.day import today
from trafficlight.domain.event import MismatchReported
from trafficlight.domain.hints import HintKind, hints_of
from trafficlight.domain.judge import judge
from trafficlight.domain.light import Light, Reason
from trafficlight.domain.lookback import Lookback, Punctuality, PunctualityCount
from trafficlight.domain.mismatch import WHATS
from trafficlight.domain.record import Record
from trafficlight.domain.replay import concerns, site_as_of, site_named
from trafficlight.publish import words
from trafficlight.publish.sync_pass import in_thread
from trafficlight.text.languages import N_
from trafficlight.text.rendering import phrase
from trafficlight.web.desk.charts import bar
from trafficlight.web.desk.lookback import looked, rows_of, sheet
from trafficlight.web.desk.presenter import SiteLine, site_line
from trafficlight.web.desk.request import DeskRequest

MOST_LATE: Final = 10
"""Sites that are named for missing most reporting times."""
LEAST_ASKED: Final = 5
"""Reporting times that a site must have had before it is named."""
MOST_FOUND: Final = 200
"""Mismatches that are looked at: the last ones. Each is judged anew as of its hour."""
MOST_LISTED: Final = 20
CAPACITY_HINTS: Final[Mapping[HintKind, str]] = {
    HintKind.BEYOND: N_("%(days)d天里有%(of)d天超过登记的%(capacity)s人，最多%(high)d人"),
    HintKind.FULL_EARLY: N_("报满的%(days)d天，最多才%(high)d人，登记的是%(capacity)s人"),
    HintKind.RED: N_("报了人数的%(days)d天，天天红，最少%(low)d人，最多%(high)d人"),
}
"""The hints that say that a capacity may be wrong, as facts."""


class TownPunctuality(msgspec.Struct, frozen=True, kw_only=True):
    """A town's reporting times, of all its sites and days."""

    name: str
    count: PunctualityCount
    picture: Markup


class LateSite(msgspec.Struct, frozen=True, kw_only=True):
    """A site that misses reporting times more often than others."""

    line: SiteLine
    count: PunctualityCount


class WrongCapacity(msgspec.Struct, frozen=True, kw_only=True):
    """A site whose numbers do not fit its capacity."""

    line: SiteLine
    text: str


class FoundMismatch(msgspec.Struct, frozen=True, kw_only=True):
    """What a resident found, and what the page showed then."""

    line: SiteLine | None
    """None: the site has left the board."""
    about: datetime
    """On the board's clock."""
    what: str
    shows: Light | Reason


async def show_director(desk: DeskRequest) -> web.Response:
    """All of it on one page."""
    back = await looked(desk)
    found = await in_thread(accuracy_of, current_rules(desk.fold, desk.at), back)
    towns, total = _by_town(desk, back)
    records = await desk.ledger.read(desk.board)
    mismatches = await in_thread(_found, desk, back, records)
    table = Counter(
        (str(one.shows) if isinstance(one.shows, Light) else "none", one.what) for one in mismatches
    )
    return desk.page(
        "desk/lookback/director.html",
        back=back,
        periods=PERIODS,
        sites=found.sites,
        lead=[one for one in figures_of(found, desk.lang) if one.rule == PUBLISHED],
        advice=[phrase(one, desk.lang) for one in advice_of(found, desk.fold.board)],
        towns=towns,
        total=total,
        late=_late(desk, back),
        capacities=_capacities(desk, back),
        undeclared=sum(
            declared_capacity(state.site, desk.fold.board) is None for state in desk.fold.sites.values()
        ),
        whats=[(what, desk.say(words.MISMATCHES[what])) for what in WHATS],
        lights=[
            (light, f"{words.MARKS[light]} {desk.say(words.LIGHT_WORDS.get(light, words.NO_NEWS))}")
            for light in (*words.LIGHT_WORDS, "none")
        ],
        table=table,
        mismatches=len(mismatches),
        listed=[
            (one, _shows(desk, one), desk.say(words.MISMATCHES[one.what])) for one in mismatches[:MOST_LISTED]
        ],
    )


async def towns_csv(desk: DeskRequest) -> web.Response:
    """A row for each town: how many reporting times, and how they were answered."""
    back = await looked(desk)
    towns, total = _by_town(desk, back)
    heads = (N_("乡镇"), N_("应报"), N_("按时"), N_("晚报"), N_("没报"), N_("按时比例（%）"))
    table = [[desk.say(head) for head in heads]]
    for name, one in [*((one.name, one.count) for one in towns), (desk.say(N_("合计")), total)]:
        table.append([name, *map(str, (one.expected, one.in_time, one.late, one.missing, one.percent))])
    return await sheet(desk, back, "towns-on-time", table)


def _shows(desk: DeskRequest, one: FoundMismatch) -> str:
    mark = words.MARKS[one.shows if isinstance(one.shows, Light) else "none"]
    return f"{mark} {desk.say(words.PILLS[one.shows])}"


def _counted(answers: Counter[Punctuality]) -> PunctualityCount:
    return PunctualityCount(*(answers[one] for one in Punctuality))


def _by_town(desk: DeskRequest, back: Lookback) -> tuple[list[TownPunctuality], PunctualityCount]:
    """The worst town first."""
    counts: dict[str, Counter[Punctuality]] = {}
    for row in rows_of(desk, back):
        for day in row.days.values():
            counts.setdefault(row.town, Counter()).update(day.answers.values())
    made = [(name or desk.say(N_("其他")), _counted(one)) for name, one in counts.items() if one.total()]
    towns = [
        TownPunctuality(name=name, count=one, picture=bar([("plain", one.in_time)], one.expected))
        for name, one in sorted(made, key=lambda one: (one[1].percent, -one[1].expected, one[0]))
    ]
    return towns, _counted(sum(counts.values(), Counter()))


def _late(desk: DeskRequest, back: Lookback) -> list[LateSite]:
    """The sites that did not report most often, of those that are on the board."""
    found = []
    for row in rows_of(desk, back):
        if not row.there:
            continue
        count = _counted(Counter(answer for day in row.days.values() for answer in day.answers.values()))
        if count.expected >= LEAST_ASKED and count.missing:
            found.append((row.id, count))
    found.sort(key=lambda one: (-one[1].missing / one[1].expected, -one[1].missing, one[0]))
    return [
        LateSite(line=site_line(desk.fold, desk.fold.sites[site], desk.at), count=count)
        for site, count in found[:MOST_LATE]
    ]


def _capacities(desk: DeskRequest, back: Lookback) -> list[WrongCapacity]:
    made = []
    for row in rows_of(desk, back):
        if not row.there:
            continue
        for hint in hints_of([row.days[day] for day in sorted(row.days)]):
            if hint.kind in CAPACITY_HINTS:
                text = desk.say(
                    CAPACITY_HINTS[hint.kind],
                    days=hint.of,
                    of=len(hint.days),
                    capacity=desk.say(N_("或")).join(map(str, hint.steps)),
                    low=min(hint.numbers),
                    high=max(hint.numbers),
                )
                line = site_line(desk.fold, desk.fold.sites[row.id], desk.at)
                made.append(WrongCapacity(line=line, text=text))
    return made


def _found(desk: DeskRequest, back: Lookback, records: Sequence[Record]) -> list[FoundMismatch]:
    """The mismatches since the period began, newest first. In a thread."""
    board = desk.fold.board
    since = today(back.days[0], board.cut_off, board.report_by, board.zone).start
    found = [
        (one.at, one.event)
        for one in records
        if one.at >= since and isinstance(one.event, MismatchReported) and one.event.what in WHATS
    ]
    made, own = [], _by_site(records, {event.site for _, event in found})
    for at, event in reversed(found[-MOST_FOUND:]):
        about = event.about or at
        then = site_as_of(event.site, own[event.site], about)
        state = then.sites.get(event.site) if then else None
        if then is None or state is None:
            continue
        judged = as_published(then.board, judge(then, state, about))
        now = desk.fold.sites.get(event.site)
        made.append(
            FoundMismatch(
                line=site_line(desk.fold, now, desk.at) if now else None,
                about=desk.local(about),
                what=event.what,
                shows=judged.light or judged.reason,
            )
        )
    return made


def _by_site(records: Sequence[Record], sites: Collection[str]) -> dict[str, list[Record]]:
    """What is about each of these sites or about all, in the order of the ledger."""
    found: dict[str, list[Record]] = {site: [] for site in sites}
    for record in records:
        site = site_named(record.event)
        if site in found:
            found[site].append(record)
        elif not site and concerns(record.event, site):
            for own in found.values():
                own.append(record)
    return found
