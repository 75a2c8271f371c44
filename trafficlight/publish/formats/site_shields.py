"""What shields.io asks for to draw a badge in its own style."""

from typing import Final

import msgspec

from trafficlight.publish import words
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.formats.site_badge import stopped
from trafficlight.publish.view import GoneView, SitePageView
from trafficlight.publish.words import FILLS
from trafficlight.text.languages import N_, translate

NONE: Final = "lightgrey"


class ShieldsEndpoint(msgspec.Struct, frozen=True, kw_only=True):
    """Of the endpoint's schema, version 1; `isError` keeps others from colouring what has no light."""

    schemaVersion: int = 1  # noqa: N815 - as the endpoint calls it
    label: str
    message: str
    color: str
    isError: bool = False  # noqa: N815 - likewise
    cacheSeconds: int = 300  # noqa: N815 - the least that it takes


class SiteShields:
    """{board}/sites/{site}.json: the light with its word, and until when it holds."""

    name = "site_shields"
    scope = FormatScope.SITE
    pattern = "{board}/sites/{site}.json"

    def make(self, view: SitePageView | GoneView, /) -> tuple[Artifact, ...]:
        header = view.header
        if isinstance(view, GoneView):
            site, endpoint = view.site, _plain(view.name, translate(N_("已不在名单"), header.lang))
        elif words.has_lights(header):
            site, endpoint = view.site.id, _light(view)
        else:
            site, endpoint = view.site.id, _plain(view.site.name, stopped(header).text)
        path = self.pattern.format(board=header.slug, site=site)
        return (Artifact(path, "application/json", msgspec.json.encode(endpoint) + b"\n"),)


def _light(view: SitePageView) -> ShieldsEndpoint:
    """It is drawn elsewhere and kept for a while: so it says until when, with the day."""
    site, lang = view.site, view.header.lang
    pill = f"{site.mark} {site.pill}"
    if not site.light:
        return _plain(site.name, pill)
    till = words.own_time(site, view.edition.as_of.date(), lang)
    return ShieldsEndpoint(label=site.name, message=f"{pill} · {till}", color=FILLS[site.light])


def _plain(label: str, message: str) -> ShieldsEndpoint:
    return ShieldsEndpoint(label=label, message=message, color=NONE)
