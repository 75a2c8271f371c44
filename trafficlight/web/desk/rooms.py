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
    rules,
    sessions,
    sites,
    today,
    users,
    wechat,
)
from trafficlight.web.desk.base import Page, Room

ROOMS: Final[tuple[Room, ...]] = (
    home.ROOM,
    today.ROOM,
    sites.ROOM,
    links.ROOM,
    rules.ROOM,
    corrections.ROOM,
    lookback.ROOM,
    wechat.ROOM,
    users.ROOM,
    sessions.ROOM,
    account.ROOM,
)

PAGES: Final[tuple[Page, ...]] = tuple(page for room in ROOMS for page in room.pages)
