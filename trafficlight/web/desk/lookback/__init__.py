"""What was: lights by day, visits, punctuality, hours; the day's bulletin; what to ask a site about."""

from typing import Final

from trafficlight.publish.languages import N_
from trafficlight.web.desk.base import Page, Room
from trafficlight.web.desk.lookback import bulletin, days, hinting, hours, lights

HOME: Final = "/boards/{board}/lookback"

ROOM: Final = Room(
    "lookback",
    N_("回看"),
    HOME,
    (
        Page(HOME, "board.see", lights.show),
        Page(f"{HOME}/lights.csv", "board.see", lights.csv),
        Page(f"{HOME}/days", "board.see", days.show),
        Page(f"{HOME}/visits.csv", "board.see", days.visits_csv),
        Page(f"{HOME}/on-time.csv", "board.see", days.on_time_csv),
        Page(f"{HOME}/hours", "board.see", hours.show),
        Page(f"{HOME}/hours.csv", "board.see", hours.csv),
        Page(f"{HOME}/bulletin", "board.see", bulletin.show),
        Page(f"{HOME}/hints", "hint.see", hinting.show),
    ),
)
