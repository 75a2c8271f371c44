"""A board: its settings, one row each, and what putting them means; its special days."""

import re
from collections.abc import Callable, Collection, Container, Mapping, Sequence
from datetime import date, datetime
from string import Formatter
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from trafficlight.actions.changing import Changes
from trafficlight.actions.values import (
    LONGEST_NAME,
    MOST_CAPACITY,
    read_date,
    read_flag,
    read_line,
    read_name,
    read_phone_line,
    read_public_line,
    read_time,
    read_times,
    read_whole,
    read_zone,
)
from trafficlight.domain.board import EVERY_KIND, MOST_VALID_HOURS, Board, BoardState
from trafficlight.domain.day import local
from trafficlight.domain.errors import Faults, Refused
from trafficlight.domain.event import BoardPut, Event, RuleSet
from trafficlight.domain.hours_text import parse_hours
from trafficlight.domain.ids import RESERVED, check_slug
from trafficlight.domain.kind import KINDS, find, kind_of
from trafficlight.domain.rules import DEFAULT_RULE, NEW_BOARD_RULE, dump_rule
from trafficlight.domain.state import BoardFold
from trafficlight.text import pinyin
from trafficlight.text.advice import ADVICE, with_blanks, with_names
from trafficlight.text.languages import N_

LONGEST_CLOSING: Final = 2000
_LONGEST_PROPOSED: Final = 40
"""Letters of an address that somebody has to read out."""
"""Special days set at once: a month is no holiday."""
_AREA_CODE: Final = re.compile(r"[0-9]{0,4}")

Given = Mapping[str, str | Mapping[str, str]]
"""What somebody gives of a board, by field: text, or for a table the texts by key; an empty one clears."""


class BoardSetting(msgspec.Struct, frozen=True, kw_only=True):
    """One setting of a board, for everyone who asks for it or shows it."""

    field: str
    """Of `Board`."""
    read: Callable[[str, str], Any]
    """Its value, or one value of its table, from the text and the name of the field."""
    label: str = ""
    """At the desk's form of settings, marked with `N_`; empty where another page, or none, asks for it."""
    hint: str = ""
    example: str = "TEXT"
    """For the command line …"""
    choices: tuple[str, ...] = ()
    """… where it is one of these."""
    type: str = "text"
    """Of the desk's input …"""
    html: Mapping[str, str] = {}
    """… and its further attributes."""
    key: Callable[[str, Collection[str]], Any] | None = None
    """For a table: its key from the text; the second are the kinds of the board's sites, and its keys."""
    option: str = ""
    """For a table: what one row is called on the command line, and before the key where it is refused."""


def _area_code(text: str, field: str) -> str:
    if not _AREA_CODE.fullmatch(text.strip()):
        raise Refused("not_a_count", field)
    return text.strip()


def _state(text: str, field: str) -> BoardState:
    try:
        return BoardState(text)
    except ValueError:
        raise Refused("not_listed", field) from None


def _kind(text: str, known: Collection[str], field: str = "capacity") -> str:
    code = kind_of(text)
    if find(code) is None and code not in known:
        raise Refused("unknown_kind", field, text=text, kinds=", ".join(kind.code for kind in KINDS))
    return code


def _kind_or_every(text: str, known: Collection[str]) -> str:
    return text if text == EVERY_KIND else _kind(text, known, "ordinary_hours")


def _readable_hours(text: str, field: str) -> str:
    hours = read_line(text, field)
    if parse_hours(hours) is None:
        raise Refused("hours_unreadable", field, text=hours[:40])
    return hours


def _day(text: str, _known: Collection[str]) -> date:
    return read_date(text, "special_day")


def _advice_key(text: str, known: Collection[str]) -> str:
    general, _, kind = text.partition("/")
    if text not in known and (general not in ADVICE or (kind and find(kind) is None)):
        raise Refused("unknown_word", "word", text=text, keys=", ".join(ADVICE))
    return text


def _advice(text: str, field: str) -> str | None:
    """The county's words for what to do; None where these are ours. Braces hold only what is filled in."""
    one, key = with_names(read_public_line(text, field)), field.partition(":")[2]
    if one == ADVICE.get(key):
        return None
    allowed = _placeholders(ADVICE.get(key) or ADVICE.get(key.partition("/")[0], ""))
    try:
        used = _placeholders(one)
    except ValueError:
        used = {"{"}
    if not used <= allowed:
        listed = with_blanks(" ".join(f"{{{name}}}" for name in sorted(allowed))) or "—"
        raise Refused("bad_placeholder", field, allowed=listed)
    return one


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


_LONG: Final = {"maxlength": "200"}
_NUMBER: Final = {"inputmode": "numeric", "maxlength": "4"}

SETTINGS: Final = (
    BoardSetting(
        field="name",
        read=read_name,
        label=N_("名称"),
        html={"required": "", "maxlength": str(LONGEST_NAME)},
    ),
    BoardSetting(field="publisher", read=read_public_line, label=N_("发布单位"), html=_LONG),
    BoardSetting(field="hotline", read=read_phone_line, label=N_("咨询热线"), type="tel", html=_LONG),
    BoardSetting(
        field="supervision",
        read=read_phone_line,
        label=N_("监督电话"),
        hint=N_("对本服务有意见时打的电话"),
        type="tel",
        html=_LONG,
    ),
    BoardSetting(field="area_code", read=_area_code, label=N_("区号"), html=_NUMBER),
    BoardSetting(
        field="report_by",
        read=read_times,
        label=N_("填报时刻"),
        hint=N_("到这些时刻应已填报，如 09:00，14:00"),
        example="09:00,14:00",
    ),
    BoardSetting(field="cut_off", read=read_time, label=N_("一天从几点算起"), example="00:00"),
    BoardSetting(
        field="valid_hours",
        read=lambda text, field: read_whole(text, field, 1, MOST_VALID_HOURS),
        label=N_("一次填报管几小时"),
        example="8",
        html=_NUMBER,
    ),
    BoardSetting(field="public_counts", read=read_flag, label=N_("公布人数"), type="checkbox"),
    BoardSetting(
        field="banner",
        read=read_public_line,
        label=N_("页首提示"),
        hint=N_("如“试运行”；没有就留空"),
        html=_LONG,
    ),
    BoardSetting(
        field="licence",
        read=read_public_line,
        label=N_("数据许可"),
        hint=N_("别人可以怎样使用公开数据，如 CC BY 4.0；没有就留空"),
        html=_LONG,
    ),
    BoardSetting(
        field="attribution",
        read=read_public_line,
        label=N_("数据署名"),
        hint=N_("使用数据时注明的来源；不填就是发布单位"),
        html=_LONG,
    ),
    BoardSetting(field="zone", read=read_zone, example="Asia/Shanghai"),
    BoardSetting(
        field="wechat_at",
        read=lambda text, field: read_times(text, field) if text.strip() else (),
        hint=N_("每天自动推送公众号草稿的时刻"),
        example="08:00,14:30",
    ),
    BoardSetting(field="state", read=_state, example="|".join(BoardState), choices=tuple(BoardState)),
    BoardSetting(field="closing", read=lambda text, field: read_public_line(text, field, LONGEST_CLOSING)),
    BoardSetting(
        field="ended_on",
        read=lambda text, field: read_date(text, field) if text.strip() else None,
        example="DATE",
    ),
    BoardSetting(
        field="capacities",
        read=lambda text, field: read_whole(text, field, 1, MOST_CAPACITY),
        example="KIND=N",
        key=_kind,
        option="capacity",
    ),
    BoardSetting(
        field="ordinary_hours",
        read=_readable_hours,
        hint=N_("开诊时间不详的机构在什么时间按平时判断；* 是所有类别"),
        example="KIND=HOURS",
        key=_kind_or_every,
        option="ordinary_hours",
    ),
    BoardSetting(
        field="special_days", read=read_public_line, example="DATE=HOURS", key=_day, option="special_day"
    ),
    BoardSetting(field="words", read=_advice, example="LIGHT[/KIND]=TEXT", key=_advice_key, option="word"),
)
"""All that can be said of a board, in the order in which it is asked for. Another setting is a row here."""
BY_FIELD: Final = {setting.field: setting for setting in SETTINGS}


def as_written(board: Board, setting: BoardSetting) -> str:
    """The setting's value as a form shows it, and reads it again."""
    value = getattr(board, setting.field)
    if isinstance(value, tuple):
        return "，".join(f"{one:%H:%M}" for one in value)
    if isinstance(value, bool):
        return "1" if value else ""
    return f"{value:%H:%M}" if hasattr(value, "hour") else str(value)


async def put_board(changes: Changes, slug: str, given: Given, at: datetime) -> tuple[Board | None, Board]:
    """Change what is given of a board; one that is not there is made, and is live. It before and after.

    `Refused` names the field, for a row of a table `option:key`; also `not_ready` for a board that would be
    live without publisher or hotline, unless it always was, and `closing_missing` for one that would end
    without a word.
    """
    check_slug(slug)
    seen: list[tuple[Board | None, Board]] = []

    def decide(fold: BoardFold | None) -> Sequence[Event]:
        before = fold.board if fold else None
        kinds = {state.site.kind for state in fold.sites.values()} if fold else set()
        after = _patched(before, before or Board(slug=slug, name=slug), given, kinds, at)
        seen.append((before, after))
        if before is None:
            return made(after)
        return [BoardPut(board=after)] if after != before else []

    await changes.new_board(slug, decide)
    return seen[-1]


def propose_slug(name: str, taken: Container[str]) -> str:
    """The name as it is typed, without the last character where that only says 县, 市 or 区: longkou.

    Another one where that is taken; empty where the name has nothing that could be typed.
    """
    stem = name.strip()
    if len(stem) > len("龙口") and stem[-1] in "县市区旗":
        stem = stem[:-1]
    typed = "".join(pinyin.typed(stem))[:_LONGEST_PROPOSED]
    tries = [typed, *(f"{typed}-{number}" for number in range(2, 100))] if typed else []
    return next((slug for slug in tries if slug not in RESERVED and slug not in taken), "")


async def draft_board(changes: Changes, slug: str, given: Given, at: datetime) -> None:
    """Make a board that is a draft until somebody opens it; `Refused` with `board_exists`."""
    faults = Faults()
    with faults.gathered():
        _check_new_slug(slug)
    with faults.gathered():
        blank = Board(slug="x", name="", state=BoardState.DRAFT)
        _patched(blank, blank, {"name": "", **given}, (), at)
    faults.check()

    def decide(fold: BoardFold | None) -> Sequence[Event]:
        if fold is not None:
            raise Refused("board_exists", "slug")
        blank = Board(slug=slug, name="", state=BoardState.DRAFT)
        return made(_patched(blank, blank, {"name": "", **given}, (), at))

    await changes.new_board(slug, decide)


def _check_new_slug(slug: str) -> None:
    try:
        check_slug(slug)
    except Refused as refused:
        raise Refused(refused.code, "slug", **refused.params) from None


def made(board: Board) -> list[Event]:
    """The events that make a board: it, and the rule that a new one is given."""
    events: list[Event] = [BoardPut(board=board)]
    if NEW_BOARD_RULE != DEFAULT_RULE:
        events.append(RuleSet(rule=dump_rule(NEW_BOARD_RULE)))
    return events


def board_with(fold: BoardFold, given: Given, at: datetime) -> Board:
    """The board as it would stand with what is given; `Refused` as by `put_board`. Nothing is kept."""
    kinds = {state.site.kind for state in fold.sites.values()}
    return _patched(fold.board, fold.board, given, kinds, at)


def _patched(before: Board | None, board: Board, given: Given, kinds: Collection[str], at: datetime) -> Board:
    values: dict[str, Any] = {}
    faults = Faults()
    for field, value in given.items():
        setting = BY_FIELD[field]
        with faults.gathered():
            if isinstance(value, str):
                values[field] = setting.read(value, field)
            else:
                values[field] = _table(getattr(board, field), setting, value, kinds)
    faults.check()
    after = replace(board, **values)
    if after.state is BoardState.ENDED:
        if not after.closing:
            raise Refused("closing_missing", "closing")
        after = replace(after, ended_on=after.ended_on or local(at, after.zone).date())
    elif board.state is BoardState.ENDED and "ended_on" not in given:
        after = replace(after, ended_on=None)
    for field in ("publisher", "hotline"):
        opened = before is not None and (board.state is BoardState.DRAFT or getattr(before, field))
        if after.state is BoardState.LIVE and opened and not getattr(after, field):
            raise Refused("not_ready", field)
    return after


def _table(
    before: Mapping[Any, Any], setting: BoardSetting, given: Mapping[str, str], kinds: Collection[str]
) -> Mapping[Any, Any]:
    """The table after these rows; one with an empty text, or with nothing of its own to say, goes."""
    after = dict(before)
    assert setting.key is not None  # noqa: S101 - a setting that is given by rows is a table
    faults = Faults()
    for key, text in given.items():
        with faults.gathered():
            name = setting.key(key.strip(), {*kinds, *map(str, before)})
            value = setting.read(text.strip(), f"{setting.option}:{key.strip()}") if text.strip() else None
            if value is None:
                after.pop(name, None)
            else:
                after[name] = value
    faults.check()
    return dict(sorted(after.items()))
