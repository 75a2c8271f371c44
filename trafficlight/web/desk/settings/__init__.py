"""How lights come about and what they say: the board's settings, its rule, its words."""

from typing import Final

from trafficlight.text.languages import N_
from trafficlight.web.desk.base import DeskPage, Section
from trafficlight.web.desk.settings import board, new_board, robot, rule, words

ROOM: Final = Section(
    "rules",
    N_("设置"),
    "/boards/{board}/rules",
    (
        DeskPage("/boards/new", "board.create", new_board.show, new_board.save),
        DeskPage("/boards/{board}/rules", "board.see", rule.show, rule.save, act="rule.set"),
        DeskPage("/boards/{board}/rules/history", "board.see", rule.history),
        DeskPage("/boards/{board}/settings", "board.see", board.show, board.save, act="board.settings"),
        DeskPage("/boards/{board}/robot", "board.settings", robot.show, robot.save),
        DeskPage("/boards/{board}/words", "board.see", words.show, words.save, act="words.edit"),
    ),
)
