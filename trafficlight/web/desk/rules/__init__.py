"""How lights come about and what they say: the board's settings, its rule, its words."""

from typing import Final

from trafficlight.publish.languages import N_
from trafficlight.web.desk.base import Page, Room
from trafficlight.web.desk.rules import creating, judging, robot, settings, wording

ROOM: Final = Room(
    "rules",
    N_("设置"),
    "/boards/{board}/rules",
    (
        Page("/boards/new", "board.create", creating.show, creating.save),
        Page("/boards/{board}/rules", "board.see", judging.show, judging.save, act="rule.set"),
        Page("/boards/{board}/rules/history", "board.see", judging.history),
        Page("/boards/{board}/settings", "board.see", settings.show, settings.save, act="board.settings"),
        Page("/boards/{board}/robot", "board.settings", robot.show, robot.save),
        Page("/boards/{board}/words", "board.see", wording.show, wording.save, act="words.edit"),
    ),
)
