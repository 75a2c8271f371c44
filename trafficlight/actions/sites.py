"""The sites of a board, one by one: edited, removed; phones that were tried, towns that were named."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, Final

from msgspec.structs import replace

from trafficlight.actions.changing import Changes
from trafficlight.actions.fields import FIELD_OF, read_cell, write_cell
from trafficlight.actions.values import LONGEST_PLACE, read_public_line
from trafficlight.domain.board import Site
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import Event, SitePut, SiteRemoved
from trafficlight.domain.state import BoardFold

_ABOVE: Final = re.compile(r"^(?:[^\d省市县区旗]{1,7}(?:自治区|省|市|县|区|旗))+")
"""What stands before the town: province, city, county."""
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
    fields: dict[str, Any] = {
        FIELD_OF[column]: read_cell(column, text.strip())
        for column, text in written.items()
        if text.split() != write_cell(column, site).split()
    }
    after = replace(site, **fields)
    if (after.lat is None) is not (after.lon is None):
        raise Refused("half_coordinates", "lat" if after.lat is None else "lon")
    return after


async def remove_site(changes: Changes, slug: str, site: str) -> None:
    """Take the site off the board; its page says so for 90 days. `Refused` with `unknown_site`."""
    await changes.board(slug, lambda fold: [SiteRemoved(site=_site(fold, site).id)])


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


def _site(fold: BoardFold, site: str) -> Site:
    state = fold.sites.get(site)
    if state is None:
        raise Refused("unknown_site", "site", site=site)
    return state.site
