"""What was: lights by day, visits, punctuality, statements."""

from typing import Final

from trafficlight.publish.languages import N_
from trafficlight.web.desk.base import Room

ROOM: Final = Room("lookback", N_("回看"), "/boards/{board}/lookback", ())
