"""A month of a board as data, as it was shown: written once it can change no more, and never judged anew."""

import csv
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from io import StringIO
from typing import Final

import msgspec
from msgspec import UNSET, UnsetType

from trafficlight.domain.accuracy import published_lights
from trafficlight.domain.board import Board
from trafficlight.domain.day import ONE_DAY, local, today
from trafficlight.domain.errors import Refused
from trafficlight.domain.judge import today_at
from trafficlight.domain.light import Light
from trafficlight.domain.lookback import NONE, Blank, DayWalk, SiteDay
from trafficlight.domain.looks import facts_of
from trafficlight.domain.record import Record
from trafficlight.domain.state import REPORT_RETENTION
from trafficlight.publish.formats.base import Artifact
from trafficlight.publish.formats.board_csv import safe_cell

_MINUTE: Final = 60


class HistoryRow(msgspec.Struct, frozen=True, kw_only=True):
    """A site on a service day. Minutes are of the time in which it was open and the board showed lights."""

    service_day: date
    site: str
    light_at_close: str | None
    """The last light that it showed while it was open; null where it showed none."""
    day: str
    """The light shown longest, or why there was none: none, unreported, shut, visit, lights_off."""
    first_report: datetime | None
    last_report: datetime | None
    minutes_blue: int
    minutes_yellow: int
    minutes_red: int
    minutes_cross: int
    minutes_none: int
    rule: str | None
    rule_version: int | None
    outcome: str | None
    """Whether the places of the day were used up, by its own reports (docs/rules.md); null: not known."""
    looks: int | None
    """Quarters of an hour in which it was open …"""
    looks_full: int | None
    """… after which whoever had looked found it surely full …"""
    looks_room: int | None
    """… or surely with places left; of the others nobody knows."""
    looks_blue_full: int | None
    """Had seen blue, and found it full."""


class HistoryMonth(msgspec.Struct, frozen=True, kw_only=True):
    """A month in history/index.json."""

    month: str
    csv: str
    ndjson: str
    days: int


class HistoryIndex(msgspec.Struct, frozen=True, kw_only=True):
    """history/index.json: which months there are."""

    board: str
    months: tuple[HistoryMonth, ...]
    licence: str | UnsetType = UNSET
    attribution: str | UnsetType = UNSET


def is_final(board: Board, month: date, at: datetime) -> bool:
    """Whether nothing of the month can be withdrawn or corrected any more: from the next one's 8th on."""
    last = next_month(month) - ONE_DAY
    end = today(last, board.cut_off, board.report_by, board.zone).end
    return at >= end + REPORT_RETENTION


def next_month(month: date) -> date:
    """The first day of the month after it."""
    return (month.replace(day=1) + timedelta(days=31)).replace(day=1)


def final_months(board: Board, records: Sequence[Record], at: datetime) -> Iterator[date]:
    """First days of the months from the ledger's first record on, as far as they are settled."""
    if not records:
        return
    month = today_at(board, records[0].at).day.replace(day=1)
    while is_final(board, month, at):
        yield month
        month = next_month(month)


def month_files(board: Board, records: Sequence[Record], month: date, at: datetime) -> tuple[Artifact, ...]:
    """The month as CSV and as NDJSON; `Refused` with `month_open` where it may still change."""
    if not is_final(board, month, at):
        raise Refused("month_open", "month", month=f"{month:%Y-%m}")
    rows = list(_rows(board, records, month.replace(day=1)))
    stem = f"{board.slug}/history/{month:%Y-%m}"
    body = b"".join(msgspec.json.encode(row) + b"\n" for row in rows)
    return (
        Artifact(f"{stem}.csv", "text/csv; charset=utf-8", _csv(rows)),
        Artifact(f"{stem}.ndjson", "application/x-ndjson", body),
    )


def index_file(board: Board, months: Sequence[date], licence: str = "") -> Artifact:
    """Which months there are; `licence` is what the installation says, where the board says nothing."""
    listed = [
        HistoryMonth(
            month=f"{one:%Y-%m}",
            csv=f"{one:%Y-%m}.csv",
            ndjson=f"{one:%Y-%m}.ndjson",
            days=(next_month(one) - one).days,
        )
        for one in sorted(months)
    ]
    index = HistoryIndex(
        board=board.slug,
        months=tuple(listed),
        licence=board.licence or licence or UNSET,
        attribution=board.attribution or board.publisher or UNSET,
    )
    body = msgspec.json.encode(index) + b"\n"
    return Artifact(f"{board.slug}/history/index.json", "application/json", body)


def _rows(board: Board, records: Sequence[Record], first: date) -> Iterator[HistoryRow]:
    after = next_month(first)
    days = [first + number * ONE_DAY for number in range((after - first).days)]
    end = today(after, board.cut_off, board.report_by, board.zone).start
    walk = DayWalk(board, first)
    # Up to the instant from which nothing of it changes: what was corrected meanwhile is corrected.
    walk.advance([one for one in records if one.at < end + REPORT_RETENTION], end)
    found = walk.lookback(days).sites
    for day in days:
        for site in sorted(found):
            if day in found[site]:
                yield _row(board, site, found[site][day])


def _row(board: Board, site: str, one: SiteDay) -> HistoryRow:
    minutes = {light: round(one.seconds.get(light, 0) / _MINUTE) for light in (*Light, NONE)}
    first, last = (local(at, board.zone) for at in one.reported) if one.reported else (None, None)
    facts = facts_of(one.looks) if one.looks else None
    blue = published_lights(one.looks).get(Light.BLUE, 0) if one.looks else 0
    return HistoryRow(
        service_day=one.day,
        site=site,
        light_at_close=one.last,
        day=str(_day(one)),
        first_report=first,
        last_report=last,
        minutes_blue=minutes[Light.BLUE],
        minutes_yellow=minutes[Light.YELLOW],
        minutes_red=minutes[Light.RED],
        minutes_cross=minutes[Light.CROSS],
        minutes_none=minutes[NONE],
        rule=one.rule[0] if one.rule else None,
        rule_version=one.rule[1] if one.rule else None,
        outcome=str(facts.outcome) if facts else None,
        looks=facts.looks.bit_count() if facts else None,
        looks_full=facts.full.bit_count() if facts else None,
        looks_room=facts.room.bit_count() if facts else None,
        looks_blue_full=(blue & facts.full).bit_count() if facts else None,
    )


def _day(one: SiteDay) -> str:
    """A light only where one was shown: what reports made it afterwards, nobody saw."""
    any_light = any(seconds and light != NONE for light, seconds in one.seconds.items())
    return one.mark if any_light or isinstance(one.mark, Blank) else NONE


def _csv(rows: Sequence[HistoryRow]) -> bytes:
    text = StringIO()
    lines = csv.writer(text)
    lines.writerow(HistoryRow.__struct_fields__)
    for row in rows:
        lines.writerow(
            "" if value is None else safe_cell(str(value), "") for value in msgspec.structs.astuple(row)
        )
    return b"\xef\xbb\xbf" + text.getvalue().encode()
