"""When a site's light changed today, as far as its fold still knows.

The fold holds what today's reports were answered; what changed by time or by the desk between two reports is
known since the last event about the site. It is a running account for whoever follows along: what the day
showed as a whole is read from the ledger (`replay.light_periods`).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from trafficlight.domain.judge import today_at
from trafficlight.domain.light import Light
from trafficlight.domain.replay import segments_between
from trafficlight.domain.state import BoardFold, Judged, Mark, SiteState

_AN_INSTANT = timedelta(microseconds=1)


class ChangedLight(NamedTuple):
    """From `mark.at` on the site showed this. Position and instant name the change for ever."""

    mark: Mark
    judged: Judged


def changes_today(fold: BoardFold, state: SiteState, at: datetime) -> tuple[ChangedLight, ...]:
    """The changes of the light since the service day began, oldest first; that it began is none."""
    return tuple(_changes(fold, state, today_at(fold.board, at).start, at))


def _changes(fold: BoardFold, state: SiteState, start: datetime, at: datetime) -> Iterator[ChangedLight]:
    before: Judged | None = None
    for report in state.reports:
        answer = report.answer
        if report.at < start or answer is None:
            continue
        light = before.light if before and report.at < before.valid_until else None
        stood = answer.cross_since is not None and answer.cross_since < report.at
        if answer.light is not light and not (before is None and answer.light is Light.CROSS and stood):
            yield ChangedLight(Mark(position=report.position, at=report.at), answer)
        before = answer
    last = max(state.touched, fold.header, fold.shape)
    for segment in segments_between(fold, state.site.id, max(last.at, start), at + _AN_INSTANT):
        if before is not None and before.light is not segment.judged.light:
            yield ChangedLight(Mark(position=last.position, at=segment.since), segment.judged)
        before = segment.judged
