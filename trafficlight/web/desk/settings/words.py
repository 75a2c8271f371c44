"""What to do, by light and by kind, in the county's own words beside ours; never what a light means."""

from collections.abc import Mapping
from string import Formatter
from typing import Any

import msgspec
from aiohttp import web

from trafficlight.actions.boards import read_text
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import BoardPut
from trafficlight.domain.kind import KINDS, find, label
from trafficlight.domain.state import BoardFold
from trafficlight.publish.words import ACTIONS, PILLS
from trafficlight.text.languages import N_, translate
from trafficlight.web.desk.request import DeskRequest, mark

NAMES: Mapping[str, str] = {
    "paused": N_("暂停（单人机构）"),
    "no_visit": N_("巡诊点，没有下次日期"),
}
"""What the words of a light or reason are for, where its mark does not say it."""


async def show(desk: DeskRequest) -> web.Response:
    """Every sentence, ours beside the county's."""
    words = _words(desk.fold)
    keys = sorted({*ACTIONS, *words}, key=lambda key: (list(ACTIONS).index(key.partition("/")[0]), key))
    return desk.page(
        "desk/settings/words.html",
        rows=[_row(desk, key, words) for key in keys],
        keys=[(key, _name(desk, key)) for key in ACTIONS if "/" not in key],
        kinds=[(kind.code, _kind(desk, kind.code)) for kind in KINDS],
        seen=mark(words),
    )


async def save(desk: DeskRequest) -> web.Response:
    """Keep them; an empty field is ours again. Whatever stands in braces must be one that is filled in."""
    form = desk.form
    after: dict[str, str] = {}
    for key in {*ACTIONS, *_words(desk.fold)}:
        text = _checked(form.value(f"word:{key}"), key, f"word:{key}")
        if text and text != ACTIONS.get(key):
            after[key] = text
    if form.text("new_text"):
        key = f"{form.value('new_key')}/{form.value('new_kind')}"
        general, _, kind = key.partition("/")
        if general not in ACTIONS or find(kind) is None:
            raise Refused("not_listed", "new_key")
        after[key] = _checked(form.value("new_text"), key, "new_text")

    def put(fold: BoardFold) -> list[BoardPut]:
        board = msgspec.structs.replace(fold.board, words=dict(sorted(after.items())))
        return [BoardPut(board=board)] if board != fold.board else []

    await desk.change(form.value("seen"), _words, put)
    return desk.done(f"/boards/{desk.board}/words", N_("用语已保存。"))


def _checked(text: str, key: str, field: str) -> str:
    one = read_text(text, field)
    allowed = _names(ACTIONS.get(key) or ACTIONS[key.partition("/")[0]])
    try:
        used = _names(one)
    except ValueError:
        used = {"{"}
    if not used <= allowed:
        listed = " ".join(f"{{{name}}}" for name in sorted(allowed)) or "—"
        raise Refused("bad_placeholder", field, allowed=listed)
    return one


def _names(text: str) -> set[str]:
    """What stands in braces."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def _words(fold: BoardFold) -> Mapping[str, str]:
    return fold.board.words


def _row(desk: DeskRequest, key: str, words: Mapping[str, str]) -> dict[str, Any]:
    general, _, kind = key.partition("/")
    ours = ACTIONS.get(key) or ACTIONS[general]
    name = _name(desk, general) + (f" · {_kind(desk, kind)}" if kind else "")
    return {"field": f"word:{key}", "name": name, "ours": ours, "own": words.get(key, "")}


def _name(desk: DeskRequest, key: str) -> str:
    pills = {str(pill): said for pill, said in PILLS.items()}
    return desk.say(NAMES.get(key) or pills.get(key, key))


def _kind(desk: DeskRequest, kind: str) -> str:
    return translate(label(kind), desk.lang)
