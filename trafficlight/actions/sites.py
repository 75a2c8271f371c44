"""The sites of a board, one by one: edited, removed; phones that were tried, towns that were named."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from itertools import count
from typing import Any, Final

from msgspec.structs import replace

from trafficlight.actions.changing import Changes
from trafficlight.actions.fields import FIELD_OF, read_cell, write_cell
from trafficlight.actions.placing import report_of_today
from trafficlight.actions.values import LONGEST_NAME, LONGEST_PLACE, plain, read_public_line
from trafficlight.domain.board import Site
from trafficlight.domain.errors import Faults, Refused
from trafficlight.domain.event import CarriedDay, Event, SiteMerged, SitePlaced, SitePut, SiteRemoved
from trafficlight.domain.judge import today_at
from trafficlight.domain.state import BoardFold, Tally, tally_of
from trafficlight.domain.system import SystemFold

_ABOVE: Final = re.compile(r"^(?:[^\d省市县区旗]{1,7}(?:自治区|省|市|县|区|旗))+")
"""What stands before the town: province, city, county."""
_LONGEST_STEM: Final = 58
"""Characters of a slug in front of a number, so that an id has no more than 64."""
_TOWN: Final = re.compile(r"^[^\d省市县区旗路街道号]{1,6}?(?:街道|镇|乡|苏木)")


async def edit_site(changes: Changes, slug: str, site: str, written: Mapping[str, str]) -> Site:
    """Change a site's settings, each given by its column as a list has it; it afterwards.

    What stands there as an export writes it, or is not given, stays as it is. `Refused` with the column as
    its field; `half_coordinates`, `unknown_site`.
    """
    done: list[Site] = []

    def decide(fold: BoardFold) -> Sequence[Event]:
        now = _site(fold, site)
        after = edited(now, written)
        done.append(after)
        return [SitePut(site=after)] if after != now else []

    await changes.board(slug, decide)
    return done[-1]


def edited(site: Site, written: Mapping[str, str]) -> Site:
    """The site with these settings."""
    fields: dict[str, Any] = {}
    faults = Faults()
    for column, text in written.items():
        if text.split() != write_cell(column, site).split():
            with faults.gathered():
                fields[FIELD_OF[column]] = read_cell(column, text.strip())
    faults.check()
    after = replace(site, **fields)
    if (after.lat is None) is not (after.lon is None):
        raise Refused("half_coordinates", "lat" if after.lat is None else "lon")
    return after


async def remove_site(changes: Changes, slug: str, site: str) -> None:
    """Take the site off the board; its page says so for 90 days. `Refused` with `unknown_site`."""
    await changes.board(slug, lambda fold: [SiteRemoved(site=_site(fold, site).id)])


async def merge_sites(changes: Changes, slug: str, site: str, into: str, now: datetime) -> None:
    """Make the site one with another of its board, which keeps its own settings, and what it said today.

    The page of the first forwards for 90 days; its links and tokens lead to the other for good; its past days
    are the other's where that has none of its own, and so is what it said today. Its name is one that the
    other is found by. `Refused` with `unknown_site`, `same_site`.
    """

    def decide(fold: BoardFold) -> Sequence[Event]:
        gone, after = _site(fold, site), _site(fold, into, "into")
        if site == into:
            raise Refused("same_site", "into")
        old, new = fold.sites[site], fold.sites[into]
        names = dict.fromkeys((*after.also, gone.name, *gone.also))
        also = tuple(name for name in names if name != after.name)
        days = tuple(map(_carried, old.tallies))
        events: list[Event] = [
            SiteRemoved(site=site, merged_into=into),
            SiteMerged(site=into, other=site, days=days),
        ]
        if also != after.also:
            events.append(SitePut(site=replace(after, also=also)))
        day = today_at(fold.board, max(now, fold.at)).day
        if new.cross is None and tally_of(new, day) is None:
            report = report_of_today(fold, site, fold.board, changes.by, now)
            events += [replace(report, site=into)] if report else []
        return events

    await changes.board(slug, decide)


def _carried(tally: Tally) -> CarriedDay:
    return CarriedDay(
        day=tally.day,
        patients=tally.patients,
        whole=tally.whole,
        capacity=tally.capacity,
        light=tally.light,
        closed=tally.closed,
    )


async def split_site(changes: Changes, slug: str, site: str, name: str) -> str:
    """Make two of one: the second has another name and the same settings; its id.

    The first keeps its page, links and days. `Refused` with `unknown_site`, `name_missing`,
    `same_name_twice`.
    """
    new = read_public_line(name, "name", LONGEST_NAME)
    if not new:
        raise Refused("name_missing", "name")
    made: list[Site] = []

    async def place(fold: SystemFold) -> Sequence[Event]:
        number = next(
            number for number in count(1) if f"{slug[:_LONGEST_STEM]}-{number:03}" not in fold.directory
        )
        made.append(Site(id=f"{slug[:_LONGEST_STEM]}-{number:03}", name=new))
        return [SitePlaced(site=made[-1].id, board=slug)]

    def check(fold: BoardFold) -> Site:
        first = _site(fold, site)
        if any(
            plain(one.site.name) == plain(new) and one.site.town == first.town for one in fold.sites.values()
        ):
            raise Refused("same_name_twice", "name", name=new)
        return first

    check((await changes.board_now(slug))[0] or _no_board(slug))
    await changes.system(place)

    def decide(fold: BoardFold) -> Sequence[Event]:
        second = replace(check(fold), id=made[-1].id, name=new, also=(), phone_checked=None)
        return [SitePut(site=second)]

    await changes.board(slug, decide)
    return made[-1].id


def _no_board(slug: str) -> BoardFold:
    raise Refused("unknown_board", "board", text=slug)


async def note_checked(changes: Changes, slug: str, sites: Collection[str], day: date) -> None:
    """The phones of these sites were tried on the day. `Refused` with `nothing_chosen`."""

    def decide(fold: BoardFold) -> Sequence[Event]:
        if not sites or not set(sites) <= set(fold.sites):
            raise Refused("nothing_chosen", "checked")
        return [
            SitePut(site=replace(state.site, phone_checked=day))
            for state in fold.sites.values()
            if state.site.id in sites
        ]

    await changes.board(slug, decide)


async def set_towns(changes: Changes, slug: str, written: Mapping[str, str]) -> int:
    """Give the sites these towns; of how many. `Refused` with `nothing_chosen`, or with `town:ID`."""
    towns = {
        site: read_public_line(text, f"town:{site}", LONGEST_PLACE)
        for site, text in written.items()
        if text.strip()
    }
    if not towns:
        raise Refused("nothing_chosen")

    def decide(fold: BoardFold) -> Sequence[Event]:
        return [
            SitePut(site=replace(state.site, town=towns[state.site.id]))
            for state in fold.sites.values()
            if state.site.id in towns
        ]

    await changes.board(slug, decide)
    return len(towns)


def propose_town(address: str, known: Collection[str]) -> str:
    """A town of the board that the address names, else what reads like one; empty where nothing does.

    It is proposed to people; nothing is set by this alone.
    """
    plain = "".join(address.split())
    named = [town for town in known if town and town in plain]
    if named:
        return max(named, key=lambda town: (len(town), town))
    found = _TOWN.match(_ABOVE.sub("", plain))
    return found[0] if found else ""


def _site(fold: BoardFold, site: str, field: str = "site") -> Site:
    state = fold.sites.get(site)
    if state is None:
        raise Refused("unknown_site", field, site=site)
    return state.site
