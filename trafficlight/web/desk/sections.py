"""The desk's rooms, in the order of its navigation; a room without pages is not shown yet.

A page is a row of its room's `pages`; nothing else has to know it.
"""

from typing import Final

from trafficlight.web.desk import (
    account,
    corrections,
    home,
    links,
    lookback,
    sessions,
    settings,
    sites,
    today,
    users,
    wechat,
)
from trafficlight.web.desk.base import DeskPage, Section

ROOMS: Final[tuple[Section, ...]] = (
    home.ROOM,
    today.ROOM,
    sites.ROOM,
    links.ROOM,
    settings.ROOM,
    corrections.ROOM,
    lookback.ROOM,
    wechat.ROOM,
    users.ROOM,
    sessions.ROOM,
    account.ROOM,
)

PAGES: Final[tuple[DeskPage, ...]] = tuple(page for room in ROOMS for page in room.pages)
