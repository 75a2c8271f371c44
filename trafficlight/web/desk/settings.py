"""`/desk/boards/…/settings`, `rules`, `words`: the board, how lights come about, its words."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
from aiohttp import web
from msgspec.structs import replace

from trafficlight.actions.accuracy import PERIODS
from trafficlight.actions.boards import (
    SETTINGS,
    Given,
    as_written,
    board_with,
    draft_board,
    propose_slug,
    put_board,
)
from trafficlight.actions.rules import (
    PERCENT,
    RuleWish,
    Trial,
    board_rule,
    exception_of,
    number_text,
    set_rule,
    try_rule,
)
from trafficlight.domain.accuracy import Accuracy, measure
from trafficlight.domain.board import EVERY_KIND, ORDINARY_HOURS, Board, BoardState
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import RuleSet
from trafficlight.domain.hours import opening_at
from trafficlight.domain.judge import today_at
from trafficlight.domain.kind import KINDS, find
from trafficlight.domain.rules import RULES, Rule, RuleInput, dump_rule, inputs_of, load_rule
from trafficlight.domain.state import BoardFold, rule_in_force
from trafficlight.domain.tally import load_of
from trafficlight.publish.presenter import rule_text
from trafficlight.publish.sync_pass import in_thread
from trafficlight.publish.words import PILLS
from trafficlight.text.advice import ADVICE, with_blanks
from trafficlight.text.languages import N_
from trafficlight.text.rendering import phrase
from trafficlight.web.desk.account import STATES
from trafficlight.web.desk.accuracy import cards_of
from trafficlight.web.desk.lookback import LOOKBACKS
from trafficlight.web.desk.request import DeskRequest, mark

_CAPACITY: Final = "capacity:"
_ORDINARY: Final = "ordinary_hours:"
_ASKED: Final = tuple(setting for setting in SETTINGS if setting.label)
"""The settings of the form."""


async def show_new(desk: DeskRequest) -> web.Response:
    """What a board needs to be begun."""
    return desk.page("desk/settings/new.html", proposed=desk.form.value("proposed"))


async def save_new(desk: DeskRequest) -> web.Response:
    """Begin it; the same form again leads to the board that it made."""
    form, slug = desk.form, desk.form.text("slug").lower()
    if not slug:
        proposed = propose_slug(form.text("name"), desk.parts.current.boards)
        if proposed:  # it cannot be changed later: it is looked at before it stands
            desk.form = msgspec.structs.replace(form, fields={**form.fields, "slug": [proposed]})
            return desk.page("desk/settings/new.html", proposed=proposed)
    given = {field: form.value(field) for field in ("name", "publisher", "hotline")}
    await draft_board(desk.changes(), slug, given, desk.at)
    return desk.done(f"/boards/{slug}/sites/import", N_("已新建看板，现在是草稿。下一步：导入名单。"))


async def show_board(desk: DeskRequest) -> web.Response:
    """The settings, with what each kind of site would show by the capacity that it is given."""
    return _board_page(desk)


def _board_page(desk: DeskRequest, ending: Board | None = None) -> web.Response:
    board = desk.fold.board
    return desk.page(
        "desk/settings/settings.html",
        board=board,
        state_label=STATES[board.state],
        settings=[(one, as_written(board, one)) for one in _ASKED],
        kinds=[_kind_row(desk, kind) for kind in _kinds(desk.fold)],
        seen=mark(_settings_subject(desk.fold)),
        # What was looked at is compared with what stood there when it was opened, not when it was looked at.
        stands=desk.form.value("seen") if ending else mark(_stands(desk.fold)),
        ending=ending,
        today=desk.local(desk.at).date(),
        every=f"{_ORDINARY}{EVERY_KIND}",
        every_hours=board.ordinary_hours.get(EVERY_KIND, ""),
        ordinary=ORDINARY_HOURS,
    )


async def save_board(desk: DeskRequest) -> web.Response:
    """What the button of the form says."""
    act = desk.form.value("act")
    if act == "look":
        return _board_page(desk, board_with(desk.fold, _ending(desk), desk.at))
    if act not in _ACTS:
        raise Refused("not_form")
    given, subject, done = _ACTS[act]
    await put_board(desk.changes(subject), desk.board, given(desk), desk.at)
    return desk.done(f"/boards/{desk.board}/settings", done)


def _settings(desk: DeskRequest) -> Given:
    """What the form of settings says."""
    form = desk.form
    kinds = _kinds(desk.fold)
    return {
        **{one.field: form.value(one.field) for one in _ASKED},
        "capacities": {kind: form.text(f"{_CAPACITY}{kind}") for kind in kinds},
        "ordinary_hours": {kind: form.text(f"{_ORDINARY}{kind}") for kind in (EVERY_KIND, *kinds)},
    }


def _settings_subject(fold: BoardFold) -> object:
    """What the form of settings edits."""
    board = fold.board
    return [as_written(board, one) for one in _ASKED], board.capacities, board.ordinary_hours


def _stands(fold: BoardFold) -> object:
    """What the buttons that open and close edit."""
    return fold.board.state, fold.board.closing


def _ending(desk: DeskRequest) -> Given:
    """What ends the board: the words that remain."""
    return {"state": BoardState.ENDED, "closing": desk.form.value("closing")}


_ACTS: Final[Mapping[str, tuple[Callable[[DeskRequest], Given], Callable[[BoardFold], object], str]]] = {
    "settings": (_settings, _settings_subject, N_("设置已保存。")),
    "open": (lambda _desk: {"state": BoardState.LIVE}, _stands, N_("看板已开放。")),
    "pause": (lambda _desk: {"state": BoardState.PAUSED}, _stands, N_("看板已暂停公布。")),
    "end": (_ending, _stands, N_("看板已结束。")),
}


def _kinds(fold: BoardFold) -> list[str]:
    """The kinds of the board's sites, and those that were given a capacity or hours before."""
    given = {*fold.board.capacities, *fold.board.ordinary_hours} - {EVERY_KIND}
    return sorted({state.site.kind for state in fold.sites.values()} | given)


def _kind_row(desk: DeskRequest, kind: str) -> dict[str, Any]:
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
        # Of no opening in particular: what a whole day comes to, which is the same whenever one looks.
        load = replace(load_of(anyone, board, day, desk.at, capacity=capacity), opening=())
        bands = rule.steps(load, desk.at) if rule else None
    return {
        "field": f"{_CAPACITY}{kind}",
        "hours_field": f"{_ORDINARY}{kind}",
        "hours": board.ordinary_hours.get(kind, ""),
        "unknown": sum(opening_at(state.site, board, desk.at).is_open is None for state in own),
        "name": desk.kind(kind),
        "capacity": capacity,
        "suggested": known.suggested_capacity if known else None,
        "undeclared": sum(state.site.capacity is None for state in own),
        "bands": bands,
    }


# --- the rule ---------------------------------------------------------------------------------------------


async def show_rule(desk: DeskRequest) -> web.Response:
    """The rule in force, the form, the exceptions."""
    return _rule_page(desk, None)


def _rule_page(desk: DeskRequest, trial: Trial | None, days: Accuracy | None = None) -> web.Response:
    fold, site = desk.fold, _site(desk)
    state = fold.sites.get(site)
    own = exception_of(state) if state else None
    version = own or board_rule(fold)
    in_force = version.rule()
    return desk.page(
        "desk/settings/rule.html",
        site=state.site if state else None,
        kinds=[_choice(desk, kind, in_force) for kind in RULES],
        kind=version.kind,
        said=rule_text(version, site, desk.lang),
        version=version.version,
        since=desk.local(version.since) if version.since else None,
        own=own is not None,
        exceptions=[
            (one.site, rule_text(exception, one.site.id, desk.lang))
            for one in fold.sites.values()
            if (exception := exception_of(one))
        ],
        sites=sorted((one.site for one in fold.sites.values()), key=lambda one: (one.town, one.name)),
        seen=mark(_rule_subject(fold, site)),
        trial=trial,
        cards=cards_of(days, desk.lang) if days else [],
        days=days.days if days else (),
    )


def _choice(desk: DeskRequest, kind: type[Rule], in_force: Rule | None) -> Mapping[str, object]:
    """A kind to choose, and its inputs: with the numbers in force, or those that it has by default."""
    now = dump_rule(in_force) if in_force and in_force.kind == kind.kind else {}
    return {
        "name": kind.kind,
        "label": phrase(kind.label, desk.lang),
        "inputs": [
            {
                "field": _field(kind, one.name),
                "label": phrase(one.field.label, desk.lang),
                "value": number_text(one, now.get(one.name, one.default)),
            }
            for one in inputs_of(kind)
        ],
    }


def _field(kind: type[Rule], name: str) -> str:
    return f"{kind.kind}_{name}"


async def save_rule(desk: DeskRequest) -> web.Response:
    """Try the rule, or save it; a site's exception ends by `reset`."""
    site, act = _site(desk), desk.form.value("act")
    if act not in {"try", "save", "reset"} or (act == "reset" and not site):
        raise Refused("not_form")
    wish = RuleWish(site=site) if act == "reset" else _wish(desk, site)
    try:
        if act == "try":
            trial = try_rule(desk.fold, wish, desk.at)
            past = await desk.request.app[LOOKBACKS].of(desk.fold.board, PERIODS[0], desk.at)
            days = await in_thread(measure, past, trial.rules, trial.sites)
            return _rule_page(desk, trial, days)
        await set_rule(desk.changes(lambda fold: _rule_subject(fold, site)), desk.board, wish, desk.at)
    except Refused as refused:
        refused.field = refused.field and f"{wish.kind}_{refused.field}"
        raise
    back = f"/boards/{desk.board}/rules" + (f"?site={site}" if site else "")
    return desk.done(back, N_("规则已保存，从现在起生效。"))


async def show_rules(desk: DeskRequest) -> web.Response:
    """Every rule that was set: when, by whom, for what."""
    records = await desk.ledger.read(desk.board)
    names = {site: state.site.name for site, state in desk.fold.sites.items()}
    lines = []
    for record in records:
        event = record.event
        if not isinstance(event, RuleSet):
            continue
        try:
            sentence = phrase(load_rule(event.rule).describe(event.site), desk.lang) if event.rule else ""
        except Refused:
            continue
        lines.append((desk.local(record.at), desk.who(event.by), names.get(event.site, event.site), sentence))
    return desk.page("desk/settings/history.html", lines=lines[::-1])


def _site(desk: DeskRequest) -> str:
    """The site that the page is about, as the address or the form says; empty for the board."""
    site = desk.form.value("site", desk.request.query.get("site", ""))
    if site and site not in desk.fold.sites:
        raise Refused("not_found")
    return site


def _rule_subject(fold: BoardFold, site: str) -> object:
    versions = fold.sites[site].rules if site in fold.sites else ([] if site else fold.rules)
    return [(version.version, version.raw) for version in versions[-1:]]


def _wish(desk: DeskRequest, site: str) -> RuleWish:
    chosen = desk.form.value("kind")
    kind = next((one for one in RULES if one.kind == chosen), None)
    if kind is None:
        raise Refused("not_listed", "kind")
    written = {one.name: _written(desk.form.text(_field(kind, one.name)), one) for one in inputs_of(kind)}
    return RuleWish(site=site, kind=chosen, written=written)


def _written(text: str, asked: RuleInput) -> str:
    """The number with its unit: the form says per cent beside the field, so a bare 70 is 70%."""
    return text + PERCENT if asked.field.unit == PERCENT and not text.endswith(PERCENT) else text


# --- the words --------------------------------------------------------------------------------------------


NAMES: Mapping[str, str] = {
    "paused": N_("暂停（单人机构、其他原因）"),
    "paused_power": N_("暂停（停电停水）"),
    "paused_equipment": N_("暂停（设备故障）"),
    "paused_moved": N_("暂停（搬迁）"),
    "paused_rebuilding": N_("暂停（装修改造）"),
    "no_visit": N_("巡诊点，没有下次日期"),
}
"""What the words of a light or reason are for, where its mark does not say it."""
_WORD: Final = "word:"


async def show_words(desk: DeskRequest) -> web.Response:
    """Every sentence, ours beside the county's."""
    words = _words(desk.fold)
    keys = sorted({*ADVICE, *words}, key=lambda key: (list(ADVICE).index(key.partition("/")[0]), key))
    return desk.page(
        "desk/settings/words.html",
        rows=[_word_row(desk, key, words) for key in keys],
        keys=[(key, _word_name(desk, key)) for key in ADVICE if "/" not in key],
        kinds=[(kind.code, desk.kind(kind.code)) for kind in KINDS],
        seen=mark(words),
    )


async def save_words(desk: DeskRequest) -> web.Response:
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


def _word_row(desk: DeskRequest, key: str, words: Mapping[str, str]) -> dict[str, Any]:
    general, _, kind = key.partition("/")
    ours = ADVICE.get(key) or ADVICE[general]
    name = _word_name(desk, general) + (f" · {desk.kind(kind)}" if kind else "")
    return {
        "field": f"{_WORD}{key}",
        "name": name,
        "ours": with_blanks(ours),
        "own": with_blanks(words.get(key, "")),
    }


def _word_name(desk: DeskRequest, key: str) -> str:
    pills = {str(pill): label for pill, label in PILLS.items()}
    return desk.say(NAMES.get(key) or pills.get(key, key))
