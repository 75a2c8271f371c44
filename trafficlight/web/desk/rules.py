"""How lights come about and what they say: rules, words, reporting times."""

from typing import Final

from trafficlight.publish.languages import N_
from trafficlight.web.desk.base import Room

ROOM: Final = Room("rules", N_("规则"), "/boards/{board}/rules", ())
