"""Each board's day: who has reported, who has not, what wants a look."""

from typing import Final

from trafficlight.publish.languages import N_
from trafficlight.web.desk.base import Room

ROOM: Final = Room("today", N_("今日"), "/boards/{board}/today", ())
