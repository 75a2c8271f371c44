"""Where a county is found from: the boards of the installation, by name, by town and by place."""

import msgspec

from trafficlight.publish import naming
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.formats.find_json import WORDS, FindDocument
from trafficlight.publish.view import BoardEntry, IndexView
from trafficlight.text import pinyin
from trafficlight.text.languages import translate
from trafficlight.text.traditional import folding


class IndexFind:
    """find.json at the top: the boards as find.js reads any list, and where each lies.

    By it a county is found by its name, its towns and from where somebody stands; and a board's page finds
    the boards across its border.
    """

    name = "index_find"
    scope = FormatScope.INDEX
    pattern = "find.json"

    def make(self, view: IndexView, /) -> tuple[Artifact, ...]:
        boards = tuple(_board(one, view.lang) for one in view.boards)
        fold = folding(text for one in view.boards for text in (one.name, *one.towns))
        names = {name: translate(WORDS[name], view.lang) for name in ("near", "km", "m")}
        document = FindDocument(boards, fold, names | {"nearest": names["near"]})
        return (Artifact(self.pattern, "application/json", msgspec.json.encode(document) + b"\n"),)


def _board(board: BoardEntry, lang: str) -> tuple[object, ...]:
    middle = _middle(*board.box) if board.box else (None, None)
    return (
        board.slug,
        naming.named(board.name, lang),
        "",
        " ".join(board.towns),
        pinyin.reading(board.name, *board.towns),
        *middle,
        "",
        None,
        "",
        "",
        board.box,
    )


def _middle(south: float, west: float, north: float, east: float) -> tuple[float, float]:
    return round((south + north) / 2, 3), round((west + east) / 2, 3)
