"""What goes to the official account."""

from typing import Final

from trafficlight.publish.languages import N_
from trafficlight.web.desk.base import Room

ROOM: Final = Room("wechat", N_("公众号"), "/boards/{board}/wechat", ())
