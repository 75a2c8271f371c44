"""What was wrong and is put right: reports, overrides, notices, a site's timeline."""

from typing import Final

from trafficlight.text.languages import N_
from trafficlight.web.desk.base import DeskPage, Section
from trafficlight.web.desk.corrections import as_shown, board, site, statement, timeline

HOME: Final = "/boards/{board}/corrections"

ROOM: Final = Section(
    "corrections",
    N_("更正"),
    HOME,
    (
        DeskPage(HOME, "board.see", board.show, board.save, act="notice.post"),
        DeskPage(f"{HOME}/sites/{{site}}", "board.see", site.show, site.save),
        DeskPage(f"{HOME}/sites/{{site}}/timeline", "board.see", timeline.show),
        DeskPage(f"{HOME}/sites/{{site}}/statement", "board.see", statement.show),
        DeskPage(f"{HOME}/past", "board.see", as_shown.show),
        DeskPage(f"{HOME}/past/{{at}}/{{path:.+}}", "board.see", as_shown.serve),
    ),
)
