"""A sheet for the clinic's door: where today's light is found, and whom to call."""

from trafficlight.publish import templating, words
from trafficlight.publish.cards import qr
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.view import GoneView, SitePageView


class DoorSheet:
    """{board}/doors/{site}.html: A4, to be printed and hung up.

    No light, no time and no edition: it hangs for months. So a report makes the same bytes again.
    """

    name = "door_sheet"
    scope = FormatScope.SITE
    pattern = "{board}/doors/{site}.html"

    def make(self, view: SitePageView | GoneView, /) -> tuple[Artifact, ...]:
        header = view.header
        if isinstance(view, GoneView) or header.state == "ended":
            return ()
        path = self.pattern.format(board=header.slug, site=view.site.id)
        url = words.site_url(header, view.site.id)
        body = templating.page(
            "door_sheet/page.html",
            path,
            header.lang,
            header=header,
            site=view.site,
            url=url,
            code=qr(url) if url else "",
            lit=words.has_lights(header),
        )
        return (Artifact(path, templating.HTML, body),)
