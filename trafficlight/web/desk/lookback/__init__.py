"""What was: lights by day, visits, punctuality, hours; the day's bulletin; what to ask a site about."""

from typing import Final

from trafficlight.text.languages import N_
from trafficlight.web.desk.base import DeskPage, Section
from trafficlight.web.desk.lookback import bulletin, days, hinting, hours, lights

HOME: Final = "/boards/{board}/lookback"

ROOM: Final = Section(
    "lookback",
    N_("回看"),
    HOME,
    (
        DeskPage(HOME, "board.see", lights.show),
        DeskPage(f"{HOME}/lights.csv", "board.see", lights.csv),
        DeskPage(f"{HOME}/days", "board.see", days.show),
        DeskPage(f"{HOME}/visits.csv", "board.see", days.visits_csv),
        DeskPage(f"{HOME}/on-time.csv", "board.see", days.on_time_csv),
        DeskPage(f"{HOME}/hours", "board.see", hours.show),
        DeskPage(f"{HOME}/hours.csv", "board.see", hours.csv),
        DeskPage(f"{HOME}/bulletin", "board.see", bulletin.show),
        DeskPage(f"{HOME}/hints", "hint.see", hinting.show),
    ),
)
