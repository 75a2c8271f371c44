"""What was wrong and is put right: reports, overrides, notices, a site's timeline."""

from typing import Final

from trafficlight.publish.languages import N_
from trafficlight.web.desk.base import Page, Room
from trafficlight.web.desk.corrections import board, past, site, statement, timeline

HOME: Final = "/boards/{board}/corrections"

ROOM: Final = Room(
    "corrections",
    N_("更正"),
    HOME,
    (
        Page(HOME, "board.see", board.show, board.save, act="notice.post"),
        Page(f"{HOME}/sites/{{site}}", "board.see", site.show, site.save),
        Page(f"{HOME}/sites/{{site}}/timeline", "board.see", timeline.show),
        Page(f"{HOME}/sites/{{site}}/statement", "board.see", statement.show),
        Page(f"{HOME}/past", "board.see", past.show),
        Page(f"{HOME}/past/{{at}}/{{path:.+}}", "board.see", past.serve),
    ),
)
