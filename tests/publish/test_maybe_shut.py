"""A light of a site of which nobody knows whether it is open never stands there without that being said."""

from datetime import timedelta
from typing import Final

from tests.publish.worlds import SHILI, World, board, everything, report, site

NAME: Final = "望海楼卫生院"
UNSURE: Final = ("开诊时间不详", "不知是否开诊", "不知道是否开诊")
WITHOUT_LIGHTS: Final = ("doors/", "wechat-qr", "guide.html", "find.json", "sheet", "board.json")
"""Beside machines' data, what holds no light at all."""


def published(hours: str) -> dict[str, str]:
    """All text that names the site, which has just reported few patients at ten in the morning."""
    world = World()
    world.happen(SHILI, board(SHILI), site(1, name=NAME, hours=hours), site(2, hours="24小时"))
    world.happen(SHILI, report(1, 1), report(2, 1), after=9000)
    found = everything(world.publisher(), world.at + timedelta(minutes=5))
    texts = {path: body.decode() for path, body in found.items() if path.endswith((".html", ".txt"))}
    return {
        path: text
        for path, text in texts.items()
        if NAME in text and not any(part in path for part in WITHOUT_LIGHTS)
    }


def test_wherever_its_light_is_shown_it_is_said_that_nobody_knows_whether_it_is_open() -> None:
    texts = published("看情况")
    assert len(texts) >= 8
    for path, text in texts.items():
        assert any(word in text for word in UNSURE), path


def test_of_one_that_is_surely_open_nothing_of_the_kind_is_said() -> None:
    for path, text in published("24小时").items():
        assert not any(word in text for word in UNSURE), path
