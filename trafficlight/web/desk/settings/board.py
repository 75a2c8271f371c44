"""The board itself: who answers for it, its times, what its sites can see in a day, whether it is open."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
from aiohttp import web

from trafficlight.actions.boards import (
    LONGEST_CLOSING,
    check_opening,
    read_phone,
    read_text,
    read_time,
    read_times,
)
from trafficlight.actions.cells import LONGEST_NAME, MOST_CAPACITY
from trafficlight.domain.board import MOST_VALID_HOURS, Board, BoardState
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import BoardPut
from trafficlight.domain.judge import today_at
from trafficlight.domain.kind import find, label
from trafficlight.domain.state import BoardFold, rule_in_force
from trafficlight.domain.tally import load_of
from trafficlight.text.languages import N_, translate
from trafficlight.web.desk.account import STATES
from trafficlight.web.desk.form import DeskForm
from trafficlight.web.desk.request import DeskRequest, mark

_CAPACITY: Final = "capacity:"
_LONGEST_CODE: Final = 4


def _whole(form: DeskForm, field: str, least: int, most: int) -> int:
    text = form.text(field)
    if not text.isascii() or not text.isdecimal():
        raise Refused("not_a_count", field)
    if not least <= int(text) <= most:
        raise Refused("out_of_range", field, least=least, most=most)
    return int(text)


def _area_code(form: DeskForm) -> str:
    text = form.text("area_code")
    if text and not (text.isascii() and text.isdecimal() and len(text) <= _LONGEST_CODE):
        raise Refused("not_a_count", "area_code")
    return text


_FIELDS: Final[Mapping[str, Callable[[DeskForm], Any]]] = {
    "name": lambda form: read_text(form.value("name"), "name", LONGEST_NAME),
    "publisher": lambda form: read_text(form.value("publisher"), "publisher"),
    "hotline": lambda form: read_phone(form.value("hotline"), "hotline"),
    "supervision": lambda form: read_phone(form.value("supervision"), "supervision"),
    "area_code": _area_code,
    "report_by": lambda form: read_times(form.value("report_by"), "report_by"),
    "cut_off": lambda form: read_time(form.value("cut_off"), "cut_off"),
    "valid_hours": lambda form: _whole(form, "valid_hours", 1, MOST_VALID_HOURS),
    "public_counts": lambda form: form.on("public_counts"),
    "banner": lambda form: read_text(form.value("banner"), "banner"),
}
"""The settings of the form, and how each is read."""


async def show(desk: DeskRequest) -> web.Response:
    """The settings, with what each kind of site would show by the capacity that it is given."""
    board = _board(desk.fold)
    return desk.page(
        "desk/settings/settings.html",
        board=board,
        state_label=STATES[board.state],
        kinds=[_kind(desk, kind) for kind in _kinds(desk.fold)],
        seen=mark(_subject(desk.fold)),
        stands=mark(_stands(desk.fold)),
        today=desk.local(desk.at).date(),
    )


async def save(desk: DeskRequest) -> web.Response:
    """What the button of the form says."""
    act = desk.form.value("act")
    if act == "settings":
        return await _save_settings(desk)
    if act not in _ACTS:
        raise Refused("not_form")
    state, said = _ACTS[act]
    closing = read_text(desk.form.value("closing"), "closing", LONGEST_CLOSING)
    if state is BoardState.ENDED and not closing:
        raise Refused("closing_missing", "closing")

    def put(fold: BoardFold) -> list[BoardPut]:
        board = _board(fold)
        if state is BoardState.LIVE:
            check_opening(board)
        ended = desk.local(desk.at).date() if state is BoardState.ENDED else None
        after = msgspec.structs.replace(
            board, state=state, ended_on=ended, closing=closing if ended else board.closing
        )
        return [BoardPut(board=after)] if after != board else []

    await desk.change(desk.form.value("seen"), _stands, put)
    return desk.done(f"/boards/{desk.board}/settings", said)


_ACTS: Final[Mapping[str, tuple[BoardState, str]]] = {
    "open": (BoardState.LIVE, N_("看板已开放。")),
    "pause": (BoardState.PAUSED, N_("看板已暂停公布。")),
    "end": (BoardState.ENDED, N_("看板已结束。")),
}


async def _save_settings(desk: DeskRequest) -> web.Response:
    form = desk.form
    read = {field: reader(form) for field, reader in _FIELDS.items()}
    if not read["name"]:
        raise Refused("name_missing", "name")
    capacities = {
        kind: _whole(form, f"{_CAPACITY}{kind}", 1, MOST_CAPACITY)
        for kind in _kinds(desk.fold)
        if form.text(f"{_CAPACITY}{kind}")
    }

    def put(fold: BoardFold) -> list[BoardPut]:
        board = _board(fold)
        if board.state is BoardState.LIVE and not (read["publisher"] and read["hotline"]):
            raise Refused("not_ready", "hotline" if read["publisher"] else "publisher")
        after = msgspec.structs.replace(board, **read, capacities=capacities)
        return [BoardPut(board=after)] if after != board else []

    await desk.change(form.value("seen"), _subject, put)
    return desk.done(f"/boards/{desk.board}/settings", N_("设置已保存。"))


def _subject(fold: BoardFold) -> object:
    """What the form of settings edits."""
    board = _board(fold)
    return [str(getattr(board, field)) for field in _FIELDS], board.capacities


def _stands(fold: BoardFold) -> object:
    """What the buttons that open and close edit."""
    board = _board(fold)
    return board.state, board.closing


def _board(fold: BoardFold) -> Board:
    return fold.board


def _kinds(fold: BoardFold) -> list[str]:
    """The kinds of the board's sites, and those that were given a capacity before."""
    return sorted({state.site.kind for state in fold.sites.values()} | set(_board(fold).capacities))


def _kind(desk: DeskRequest, kind: str) -> dict[str, Any]:
    """One kind's row: how many of its sites have no capacity of their own, and its bands."""
    fold = desk.fold
    own = [state for state in fold.sites.values() if state.site.kind == kind]
    capacity = _board(fold).capacities.get(kind)
    known = find(kind)
    bands = None
    if own and capacity:
        rule = rule_in_force(fold, msgspec.structs.replace(own[0], rules=[]), desk.at).rule()
        anyone = msgspec.structs.replace(own[0].site, id="", hours="", special_days={})
        day = today_at(_board(fold), desk.at)
        bands = rule.steps(load_of(anyone, _board(fold), day, desk.at, capacity=capacity), desk.at)
    return {
        "field": f"{_CAPACITY}{kind}",
        "name": translate(label(kind), desk.lang),
        "capacity": capacity,
        "suggested": known.suggested_capacity if known else None,
        "undeclared": sum(state.site.capacity is None for state in own),
        "bands": bands,
    }
