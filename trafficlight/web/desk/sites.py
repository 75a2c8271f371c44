"""The board's sites: the list in and out, hours, phones, links."""

from typing import Final

from trafficlight.publish.languages import N_
from trafficlight.web.desk.base import Room

ROOM: Final = Room("sites", N_("机构"), "/boards/{board}/sites", ())
