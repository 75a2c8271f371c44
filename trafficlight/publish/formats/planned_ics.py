"""What is announced, for calendars: rounds of mobile stops, and days on which closed sites are to reopen."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final

from trafficlight.publish import naming, words
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.formats.changes_atom import name_of
from trafficlight.publish.view import FeedView, PlannedView
from trafficlight.text.languages import N_, translate

_WIDEST: Final = 74
"""Octets of a line, its break left out (RFC 5545 3.1)."""
_CONTROL: Final = re.compile(r"[\0-\x1f\x7f-\x9f\u2028\u2029]+")


class PlannedIcs:
    """{board}/calendar.ics, to subscribe to. Visits of unknown hours and reopenings are of the whole day."""

    name = "planned_ics"
    scope = FormatScope.FEED
    pattern = "{board}/calendar.ics"

    def make(self, view: FeedView, /) -> tuple[Artifact, ...]:
        header, lang = view.header, view.header.lang
        title = translate(N_("{place}巡诊和预计恢复接诊"), lang).format(place=naming.named(header.name, lang))
        lines = [
            *("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//trafficlight//calendar//ZH", "METHOD:PUBLISH"),
            f"X-WR-CALNAME:{_text(title)}",
            f"X-WR-TIMEZONE:{header.zone}",
            *("REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H"),
            *(line for one in view.planned for line in _events(view, one)),
            "END:VCALENDAR",
        ]
        body = "".join(f"{part}\r\n" for line in lines for part in _folded(line)).encode()
        return (Artifact(self.pattern.format(board=header.slug), "text/calendar; charset=utf-8", body),)


def _events(view: FeedView, one: PlannedView) -> Iterator[str]:
    header, lang = view.header, view.header.lang
    text = N_("预计恢复接诊：{name}") if one.reopening else N_("巡诊：{name}")
    call = translate(N_("前往前请先打电话。"), lang)
    about = words.sentences((call, *words.about(lang), view.edition.text), lang)
    whole = (f"DTSTART;VALUE=DATE:{one.day:%Y%m%d}", f"DTEND;VALUE=DATE:{_after(one.day):%Y%m%d}")
    times = [(f"DTSTART:{_utc(start)}", f"DTEND:{_utc(end)}") for start, end in one.spans] or [whole]
    page = words.site_url(header, one.site)
    for number, (start, end) in enumerate(times):
        kind = "reopening" if one.reopening else f"visit-{number}"
        yield "BEGIN:VEVENT"
        yield f"UID:{name_of(header.slug, one.site, kind, one.day).removeprefix('urn:uuid:')}"
        yield f"DTSTAMP:{_utc(view.edition.as_of)}"
        yield start
        yield end
        yield f"SUMMARY:{_text(translate(text, lang).format(name=naming.named(one.name, lang)))}"
        yield f"LOCATION:{_text(naming.addressed(one.address or one.town, lang))}"
        yield f"DESCRIPTION:{_text(about)}"
        if page:
            yield f"URL:{page}"
        yield "STATUS:TENTATIVE" if one.reopening else "STATUS:CONFIRMED"
        yield "TRANSP:TRANSPARENT"
        yield "END:VEVENT"


def _after(day: date) -> date:
    return day + timedelta(days=1)


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(text: str) -> str:
    """A TEXT value: one line, with what has a meaning there escaped."""
    plain = _CONTROL.sub(" ", text)
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")


def _folded(line: str) -> Iterator[str]:
    """The line in pieces of at most 74 octets, no character torn; those that go on begin with a space."""
    piece, size = "", 0
    for char in line:
        wide = len(char.encode())
        if size + wide > _WIDEST:
            yield piece
            piece, size = " ", 1
        piece, size = piece + char, size + wide
    yield piece
