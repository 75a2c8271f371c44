"""Boards whose posters are looked at."""

from typing import Final

from msgspec.structs import replace

from tests.golden.large import large
from tests.golden.make import board, closed, header, last, site, town
from tests.golden.views import BARE, COUNTED, ENDED, MIXED, PAUSED
from trafficlight.publish import words
from trafficlight.publish.picture import Sketch, Text
from trafficlight.publish.view import BoardView, HeadlineView, TreeLocation

PLACE: Final = TreeLocation(public_url="https://fever.example.cn")
_NAMES: Final = ("中心", "第二", "马家村", "李家村", "王家村", "城关", "赵家村")


def placed(view: BoardView) -> BoardView:
    """The same board with an address."""
    return replace(view, header=replace(view.header, place=PLACE))


def morning() -> BoardView:
    """Fourteen sites, none of which has reported."""
    towns = [
        town(f"{at}镇", [site(f"{at}镇{name}卫生院", "not_due", last=last("red")) for name in _NAMES])
        for at in "东西"
    ]
    return board(towns, headline=HeadlineView(kind="early", text="时间尚早。"))


def all_closed() -> BoardView:
    """Fourteen sites, all closed."""
    towns = [town(f"{at}镇", [closed(f"{at}镇{name}卫生院") for name in _NAMES]) for at in "东西"]
    return board(towns, headline=HeadlineView(kind="all_busy", text=words.HEADLINES["all_busy"]))


def fifty() -> BoardView:
    whole = large()
    return replace(whole, towns=whole.towns[:6])


def thousand() -> BoardView:
    """More sites than a poster can show."""
    whole = large()
    towns = [
        replace(one, label=f"{one.label}{block}区", name=f"{one.name}{block}")
        for block in "甲乙丙丁戊己庚"
        for one in whole.towns
    ]
    return board(towns, header=header("da", "大县"))


BOARDS: Final = {
    name: placed(view)
    for name, view in {
        "mixed": MIXED,
        "one site": COUNTED,
        "paused": PAUSED,
        "ended": ENDED,
        "empty": BARE,
        "morning": morning(),
        "all closed": all_closed(),
        "52 sites": fifty(),
        "152 sites": large(),
        "1,064 sites": thousand(),
    }.items()
}


def texts(sketch: Sketch) -> list[str]:
    """Its lines, from the top down."""
    lines: list[Text] = [item for item in sketch.items if isinstance(item, Text)]
    return [line.text for line in sorted(lines, key=lambda line: (line.y, line.x))]


def running(sketch: Sketch) -> str:
    """All that is written on it, without the ends of lines and spaces."""
    written = "".join(item.text for item in sketch.items if isinstance(item, Text))
    return "".join(written.split())
