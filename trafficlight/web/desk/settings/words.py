"""What to do, by light and by kind, in the county's own words beside ours; never what a light means."""

from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from trafficlight.actions.boards import put_board
from trafficlight.domain.errors import Refused
from trafficlight.domain.kind import KINDS
from trafficlight.domain.state import BoardFold
from trafficlight.publish.words import PILLS
from trafficlight.text.advice import ADVICE
from trafficlight.text.languages import N_
from trafficlight.web.desk.request import DeskRequest, mark

NAMES: Mapping[str, str] = {
    "paused": N_("暂停（单人机构）"),
    "no_visit": N_("巡诊点，没有下次日期"),
}
"""What the words of a light or reason are for, where its mark does not say it."""
_WORD: Final = "word:"


async def show(desk: DeskRequest) -> web.Response:
    """Every sentence, ours beside the county's."""
    words = _words(desk.fold)
    keys = sorted({*ADVICE, *words}, key=lambda key: (list(ADVICE).index(key.partition("/")[0]), key))
    return desk.page(
        "desk/settings/words.html",
        rows=[_row(desk, key, words) for key in keys],
        keys=[(key, _name(desk, key)) for key in ADVICE if "/" not in key],
        kinds=[(kind.code, desk.kind(kind.code)) for kind in KINDS],
        seen=mark(words),
    )


async def save(desk: DeskRequest) -> web.Response:
    """Keep them; an empty field is ours again. Whatever stands in braces must be one that is filled in."""
    form = desk.form
    given = {key: form.value(f"{_WORD}{key}") for key in {*ADVICE, *_words(desk.fold)}}
    added = f"{form.value('new_key')}/{form.value('new_kind')}" if form.text("new_text") else ""
    if added:
        given[added] = form.value("new_text")
    try:
        await put_board(desk.changes(_words), desk.board, {"words": given}, desk.at)
    except Refused as refused:
        if refused.field == "word":
            refused.field = "new_key"
        elif refused.field == f"{_WORD}{added}":
            refused.field = "new_text"
        raise
    return desk.done(f"/boards/{desk.board}/words", N_("用语已保存。"))


def _words(fold: BoardFold) -> Mapping[str, str]:
    return fold.board.words


def _row(desk: DeskRequest, key: str, words: Mapping[str, str]) -> dict[str, Any]:
    general, _, kind = key.partition("/")
    ours = ADVICE.get(key) or ADVICE[general]
    name = _name(desk, general) + (f" · {desk.kind(kind)}" if kind else "")
    return {"field": f"{_WORD}{key}", "name": name, "ours": ours, "own": words.get(key, "")}


def _name(desk: DeskRequest, key: str) -> str:
    pills = {str(pill): label for pill, label in PILLS.items()}
    return desk.say(NAMES.get(key) or pills.get(key, key))
