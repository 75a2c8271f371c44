"""The board itself: begun as a draft; who answers for it, its times, what its sites can see; open or not."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from aiohttp import web
from msgspec.structs import replace

from trafficlight.actions.boards import SETTINGS, Given, as_written, draft_board, put_board
from trafficlight.domain.board import BoardState
from trafficlight.domain.errors import Refused
from trafficlight.domain.judge import today_at
from trafficlight.domain.kind import find
from trafficlight.domain.state import BoardFold, rule_in_force
from trafficlight.domain.tally import load_of
from trafficlight.text.languages import N_
from trafficlight.web.desk.account import STATES
from trafficlight.web.desk.request import DeskRequest, mark

_CAPACITY: Final = "capacity:"
_ASKED: Final = tuple(setting for setting in SETTINGS if setting.label)
"""The settings of the form."""


async def show_new(desk: DeskRequest) -> web.Response:
    """What a board needs to be begun."""
    return desk.page("desk/settings/new.html")


async def save_new(desk: DeskRequest) -> web.Response:
    """Begin it; the same form again leads to the board that it made."""
    form, slug = desk.form, desk.form.text("slug").lower()
    given = {field: form.value(field) for field in ("name", "publisher", "hotline")}
    await draft_board(desk.changes(), slug, given, desk.at)
    return desk.done(f"/boards/{slug}/sites/import", N_("已新建看板，现在是草稿。下一步：导入名单。"))


async def show(desk: DeskRequest) -> web.Response:
    """The settings, with what each kind of site would show by the capacity that it is given."""
    board = desk.fold.board
    return desk.page(
        "desk/settings/settings.html",
        board=board,
        state_label=STATES[board.state],
        settings=[(one, as_written(board, one)) for one in _ASKED],
        kinds=[_kind(desk, kind) for kind in _kinds(desk.fold)],
        seen=mark(_subject(desk.fold)),
        stands=mark(_stands(desk.fold)),
        today=desk.local(desk.at).date(),
    )


async def save(desk: DeskRequest) -> web.Response:
    """What the button of the form says."""
    act = desk.form.value("act")
    if act not in _ACTS:
        raise Refused("not_form")
    given, subject, done = _ACTS[act]
    await put_board(desk.changes(subject), desk.board, given(desk), desk.at)
    return desk.done(f"/boards/{desk.board}/settings", done)


def _settings(desk: DeskRequest) -> Given:
    """What the form of settings says."""
    form = desk.form
    capacities = {kind: form.text(f"{_CAPACITY}{kind}") for kind in _kinds(desk.fold)}
    return {**{one.field: form.value(one.field) for one in _ASKED}, "capacities": capacities}


def _subject(fold: BoardFold) -> object:
    """What the form of settings edits."""
    return [as_written(fold.board, one) for one in _ASKED], fold.board.capacities


def _stands(fold: BoardFold) -> object:
    """What the buttons that open and close edit."""
    return fold.board.state, fold.board.closing


_ACTS: Final[Mapping[str, tuple[Callable[[DeskRequest], Given], Callable[[BoardFold], object], str]]] = {
    "settings": (_settings, _subject, N_("设置已保存。")),
    "open": (lambda _desk: {"state": BoardState.LIVE}, _stands, N_("看板已开放。")),
    "pause": (lambda _desk: {"state": BoardState.PAUSED}, _stands, N_("看板已暂停公布。")),
    "end": (
        lambda desk: {"state": BoardState.ENDED, "closing": desk.form.value("closing")},
        _stands,
        N_("看板已结束。"),
    ),
}


def _kinds(fold: BoardFold) -> list[str]:
    """The kinds of the board's sites, and those that were given a capacity before."""
    return sorted({state.site.kind for state in fold.sites.values()} | set(fold.board.capacities))


def _kind(desk: DeskRequest, kind: str) -> dict[str, Any]:
    """One kind's row: how many of its sites have no capacity of their own, and its bands."""
    fold, board = desk.fold, desk.fold.board
    own = [state for state in fold.sites.values() if state.site.kind == kind]
    capacity = board.capacities.get(kind)
    known = find(kind)
    bands = None
    if own and capacity:
        rule = rule_in_force(fold, replace(own[0], rules=[]), desk.at).rule()
        anyone = replace(own[0].site, id="", hours="", special_days={})
        day = today_at(board, desk.at)
        bands = rule.steps(load_of(anyone, board, day, desk.at, capacity=capacity), desk.at)
    return {
        "field": f"{_CAPACITY}{kind}",
        "name": desk.kind(kind),
        "capacity": capacity,
        "suggested": known.suggested_capacity if known else None,
        "undeclared": sum(state.site.capacity is None for state in own),
        "bands": bands,
    }
