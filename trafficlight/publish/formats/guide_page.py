"""The county's guide: which kind of place for which complaint, in its own words."""

from trafficlight.publish import guide, templating
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.view import ListsView


class GuidePage:
    """{board}/guide.html; nothing where the county wrote none."""

    name = "guide_page"
    scope = FormatScope.LISTS
    pattern = "{board}/guide.html"

    def make(self, view: ListsView, /) -> tuple[Artifact, ...]:
        if not view.guide:
            return ()
        path = self.pattern.format(board=view.header.slug)
        body = templating.view_page("guide_page/page.html", path, view, guide=guide.render(view.guide))
        return (Artifact(path, templating.HTML, body),)
