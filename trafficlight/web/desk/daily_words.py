"""The day in a paragraph, to be read out in the morning's meeting."""

from collections.abc import Iterator
from typing import Final

from trafficlight.domain.daily import Compared, Daily
from trafficlight.domain.light import Light
from trafficlight.publish import words
from trafficlight.text import rendering
from trafficlight.text.languages import N_
from trafficlight.web.desk.request import DeskRequest

MOST_NAMED: Final = 5
"""Sites that are named one by one; of more, how many."""
MOST_TOWNS: Final = 3
FULL: Final = 100
"""Per cent."""


def paragraph(desk: DeskRequest, found: Daily) -> str:
    """Patients and what they are beside yesterday and last week, lights, who reported, where it is full."""
    return words.sentences(_parts(desk, found), desk.lang)


def _parts(desk: DeskRequest, found: Daily) -> Iterator[str]:
    say, total = desk.say, found.total()
    if found.over:
        when = say(N_("%(day)s全天"), day=rendering.day_long(found.day, desk.lang))
    else:
        when = say(N_("截至%(when)s"), when=words.when(desk.local(found.at), desk.lang))
    yield say(
        N_("%(board)s发热就诊情况，%(when)s：%(sites)d家机构中%(reported)d家报了人数，共%(patients)d人。"),
        board=desk.fold.board.name,
        when=when,
        sites=total.sites,
        reported=total.reported,
        patients=total.patients,
    )
    yield from _beside(desk, total.before, N_("前一天") if found.over else N_("昨天此时"))
    yield from _beside(desk, total.week, N_("上周同日") if found.over else N_("上周此时"))
    lights = [
        say(
            N_("%(mark)s%(word)s%(n)d"), mark=words.MARKS[light], word=say(word), n=total.lights.get(light, 0)
        )
        for light, word in [*words.LIGHT_WORDS.items(), ("none", words.NO_NEWS)]
    ]
    yield words.ended(words.joined(lights, desk.lang), desk.lang)
    yield from _most(desk, found)
    full = [row.site.name for row in found.rows if row.share is not None and row.share >= FULL]
    if full:
        yield _named(desk, N_("到了接诊能力的%(n)d家：%(names)s。"), full)
    closed = [row.site.name for row in found.rows if row.shows == Light.CROSS]
    if closed:
        yield _named(desk, N_("暂停接诊%(n)d家：%(names)s。"), closed)
    if found.clocks and total.missing:
        clock = found.clocks[-1].removeprefix("0")
        yield say(N_("%(due)s应报的还有%(n)d家没报。"), due=clock, n=total.missing)


def _beside(desk: DeskRequest, one: Compared, what: str) -> Iterator[str]:
    if one.change is None:
        return
    values = {"what": desk.say(what), "both": one.both, "n": abs(one.change), "then": one.then}
    if one.change == 0:
        yield desk.say(N_("%(what)s也报了的%(both)d家，人数持平（%(then)d人）。"), **values)
    elif one.percent is None:
        yield desk.say(N_("%(what)s也报了的%(both)d家，那时0人，现在多%(n)d人。"), **values)
    else:
        text = (
            N_("与%(what)s都报了的%(both)d家相比，增加%(n)d人（%(percent)d%%）。")
            if one.change > 0
            else N_("与%(what)s都报了的%(both)d家相比，减少%(n)d人（%(percent)d%%）。")
        )
        yield desk.say(text, **values, percent=abs(one.percent))


def _most(desk: DeskRequest, found: Daily) -> Iterator[str]:
    towns = sorted(found.sums(lambda site: site.town), key=lambda one: -one.patients)
    busiest = [one for one in towns if one.name and one.patients][:MOST_TOWNS]
    if len(busiest) > 1:
        each = (desk.say(N_("%(town)s%(n)d人"), town=one.name, n=one.patients) for one in busiest)
        yield desk.say(N_("人数最多的：%(towns)s。"), towns=words.joined(each, desk.lang))


def _named(desk: DeskRequest, text: str, names: list[str]) -> str:
    listed = words.listed(names[:MOST_NAMED], desk.lang)
    if len(names) > MOST_NAMED:
        listed = desk.say(N_("%(names)s等"), names=listed)
    return desk.say(text, n=len(names), names=listed)
