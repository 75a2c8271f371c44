"""What search engines and maps read of a page: schema.org in JSON-LD.

They keep what they read for days, so no light stands in it: a clinic's closure is told with its end, as hours
that differ, and how busy it is not at all. What nobody knows is left out.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Final

import msgspec
from markupsafe import Markup

from trafficlight.domain.hours_text import DAY, Intervals, Week, parse_day, parse_hours
from trafficlight.publish import finding, words
from trafficlight.publish.view import BoardView, SitePageView, SiteView

_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_OF_HOLIDAYS: Final = "PublicHolidays"


def clinic(view: SitePageView) -> dict[str, Any]:
    """A site as a `MedicalClinic`."""
    header, site = view.header, view.site
    spot = finding.spot(site)
    url = words.site_url(header, site.id)
    return _known(
        {
            "@context": "https://schema.org",
            "@type": "MedicalClinic",
            "@id": url,
            "url": url,
            "identifier": site.id,
            "name": site.name,
            "alternateName": list(site.also),
            "telephone": [_dialled(one.number, one.ext) for one in site.phones],
            "address": _known(
                {
                    "@type": "PostalAddress",
                    "streetAddress": site.address,
                    "addressLocality": site.town,
                    "addressRegion": view.region,
                    "addressCountry": "CN",
                }
            )
            if site.address or site.town
            else None,
            "geo": {"@type": "GeoCoordinates", "latitude": spot[0], "longitude": spot[1]} if spot else None,
            "openingHoursSpecification": list(_usual(site)),
            "specialOpeningHoursSpecification": list(_special(view)),
        }
    )


def clinics(view: BoardView) -> dict[str, Any]:
    """A board as the list of its sites' addresses; nothing where nobody said where the tree lives."""
    urls = [words.site_url(view.header, site.id) for site in view.sites]
    if not urls or not urls[0]:
        return {}
    return {"@context": "https://schema.org", "@type": "ItemList", "itemListElement": urls}


def in_page(document: Mapping[str, Any]) -> Markup:
    """The document as it stands in a page: nothing in it can end the element that it stands in."""
    text = msgspec.json.encode(document).decode()
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)  # noqa: S704 - within `<script type="application/ld+json">`, where nothing is a tag


def _usual(site: SiteView) -> Iterator[dict[str, Any]]:
    """When it is open by its hours, day by day those that are alike; none where they decide nothing."""
    hours = None if site.rota else parse_hours(site.hours)
    if hours is None or None in hours.usual:
        return  # a day that is not named counts as closed
    days: dict[tuple[int, int], list[str]] = {}
    for name, intervals in zip(_DAYS, hours.usual, strict=True):
        for interval in intervals or ():
            days.setdefault(interval, []).append(name)
    for interval, names in days.items():
        yield _opening(interval, {"dayOfWeek": names})
    for interval in _alike(hours.days_off) or ():
        yield _opening(interval, {"dayOfWeek": _OF_HOLIDAYS})


def _alike(week: Week) -> Intervals | None:
    """The hours of a day off, where it does not matter on which weekday it falls."""
    first = week[0]
    return first if all(one == first for one in week) else None


def _special(view: SitePageView) -> Iterator[dict[str, Any]]:
    """Days whose hours differ, and a closure: without hours it is shut."""
    site = view.site
    for day, text in view.special:
        intervals = parse_day(text)
        when = {"validFrom": str(day), "validThrough": str(day)}
        if intervals == ():
            yield {"@type": "OpeningHoursSpecification", **when}
        for interval in intervals or ():
            yield _opening(interval, when)
    if site.light == "cross" and words.has_lights(view.header):
        begun = site.cross_since.date() if site.cross_since else view.edition.as_of.date()
        yield {
            "@type": "OpeningHoursSpecification",
            "validFrom": str(begun),
            "validThrough": str(_last_day(site, begun)),
        }


def _last_day(site: SiteView, begun: date) -> date:
    """The last day of a closure, as far as it was announced; else the day until whose end it is sure."""
    if site.expected_reopen:
        return max(site.expected_reopen - timedelta(days=1), begun)
    return max((site.valid_until - timedelta(microseconds=1)).date(), begun)


def _opening(interval: tuple[int, int], when: Mapping[str, Any]) -> dict[str, Any]:
    opens, closes = interval
    closes = DAY - 1 if interval == (0, DAY) else closes % DAY
    return {"@type": "OpeningHoursSpecification", **when, "opens": _clock(opens), "closes": _clock(closes)}


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _dialled(number: str, extension: str) -> str:
    return f"{number} ext. {extension}" if extension else number


def _known(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if value not in (None, "", [])}
