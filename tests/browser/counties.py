"""The demonstration's county as it stands at an hour of the day, at the invented address: no server runs."""

from datetime import datetime, timedelta
from functools import cache
from typing import Final

from tests.browser.pages import HOST, Files
from tests.publish.worlds import World
from trafficlight.cli.demo_county import SLUG, TOWNS
from trafficlight.cli.demo_days import story
from trafficlight.publish.formats import FORMATS
from trafficlight.publish.formats.base import FormatScope
from trafficlight.text.languages import ZH, Language

DAWN: Final = datetime.fromisoformat("2026-12-01T06:30+08:00")
MORNING: Final = datetime.fromisoformat("2026-12-01T10:30+08:00")
NIGHT: Final = datetime.fromisoformat("2026-12-01T22:00+08:00")
HOURS: Final = (DAWN, MORNING, NIGHT)
TOWN: Final = TOWNS[10]
COUNTY: Final = f"{HOST}/{SLUG}/"
_PAGES: Final = frozenset({FormatScope.BOARD, FormatScope.TOWN, FormatScope.SITE, FormatScope.INDEX})


@cache
def world_at(at: datetime) -> World:
    """Eight days of the demonstration's county, up to the instant."""
    world = World()
    for moment in story(at):
        world.at = moment.at
        world.happen(moment.board, *moment.events)
    world.at = at
    return world


@cache
def county_at(at: datetime, tongue: Language = ZH) -> Files:
    """What a phone may ask for in one language, as of the instant."""
    world = world_at(at)
    formats = [
        form for form in FORMATS if form.scope in _PAGES and not form.pattern.endswith((".xlsx", ".xml"))
    ]
    publisher = world.publisher(formats, tongues=(tongue,))
    found = {}
    for path in (f"{tongue.folder}{below}" for below in _paths()):
        published = publisher.find(path, at + timedelta(seconds=1))
        assert published, path
        found[path] = (published.media, published.body)
    return found


def _paths() -> list[str]:
    towns = [f"{SLUG}/towns/{town}.html" for town in TOWNS]
    prints = [f"{SLUG}/print/{town}.html" for town in TOWNS]
    sites = [f"{SLUG}/sites/{SLUG}-{number:03}.html" for number in range(1, 153)]
    return [
        "index.html",
        f"{SLUG}/index.html",
        f"{SLUG}/find.json",
        f"{SLUG}/board.json",
        *towns,
        *prints,
        *sites,
    ]
