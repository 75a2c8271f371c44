"""One site's page: why this light, whom to call, how to get there, who else nearby is open."""

from trafficlight.publish import lines, templating
from trafficlight.publish.formats.base import Artifact, Scope
from trafficlight.publish.view import GoneView, SitePageView


class SitePage:
    """{board}/sites/{site}.html; for a site that left, where it went, without light or phone."""

    name = "site_page"
    scope = Scope.SITE
    pattern = "{board}/sites/{site}.html"

    def make(self, view: SitePageView | GoneView, /) -> tuple[Artifact, ...]:
        header, edition = view.header, view.edition
        gone = isinstance(view, GoneView)
        path = self.pattern.format(
            board=header.slug, site=view.site if isinstance(view, GoneView) else view.site.id
        )
        body = templating.page(
            "site_page/gone.html" if gone else "site_page/page.html",
            path,
            header.lang,
            view=view,
            lit=lines.lit(header),
            place=header.place,
            as_of=edition.as_of,
            until=edition.valid_until,
            position=edition.position,
            listed=header.state != "draft",
        )
        return (Artifact(path, templating.HTML, body),)
