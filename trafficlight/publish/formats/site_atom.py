"""Changes of one site's light for feed readers."""

from trafficlight.publish import naming
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.formats.changes_atom import MEDIA, atom
from trafficlight.publish.view import GoneView, SitePageView
from trafficlight.text.languages import N_, translate


class SiteAtom:
    """{board}/sites/{site}.atom; none of a site that left: its page says where it went."""

    name = "site_atom"
    scope = FormatScope.SITE
    pattern = "{board}/sites/{site}.atom"

    def make(self, view: SitePageView | GoneView, /) -> tuple[Artifact, ...]:
        if isinstance(view, GoneView):
            return ()
        header, site = view.header, view.site.id
        title = translate(N_("{name}忙闲变化"), header.lang).format(
            name=naming.named(view.site.name, header.lang)
        )
        body = atom(header, view.edition, view.changes, title=title, file=f"sites/{site}.atom", site=site)
        return (Artifact(self.pattern.format(board=header.slug, site=site), MEDIA, body),)
