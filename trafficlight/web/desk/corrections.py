"""What was wrong and is put right: reports, overrides, notices, a site's timeline."""

from typing import Final

from trafficlight.publish.languages import N_
from trafficlight.web.desk.base import Room

ROOM: Final = Room("corrections", N_("更正"), "/boards/{board}/corrections", ())
