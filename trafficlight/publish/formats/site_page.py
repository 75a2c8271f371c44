"""One site's page: why this light, whom to call, how to get there, who else nearby is open."""

from trafficlight.publish import finding, frozen, naming, templating, words
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.linked import clinic, in_page
from trafficlight.publish.view import GoneView, SitePageView
from trafficlight.text.languages import N_, translate


class SitePage:
    """{board}/sites/{site}.html; for a site that left, where it went, without light or phone."""

    name = "site_page"
    scope = FormatScope.SITE
    pattern = "{board}/sites/{site}.html"

    def make(self, view: SitePageView | GoneView, /) -> tuple[Artifact, ...]:
        board, lang = view.header.slug, view.header.lang
        if isinstance(view, GoneView):
            path = self.pattern.format(board=board, site=view.site)
            body = templating.view_page("site_page/gone.html", path, view, live=True)
        else:
            path = self.pattern.format(board=board, site=view.site.id)
            ways, share = finding.map_links(view.site, view.region, lang), share_text(view)
            linked = in_page(clinic(view))
            body = templating.view_page(
                "site_page/page.html", path, view, live=True, ways=ways, share=share, linked=linked
            )
        return (Artifact(path, templating.HTML, body),)


def share_text(view: SitePageView) -> str:
    """Date and time, name and light, what to do, phones, address, and where the page is if that is known."""
    header, site, lang = view.header, view.site, view.header.lang
    name = naming.named(site.name, lang)
    if words.has_lights(header):
        pill = words.doubted(site.pill, lang) if words.maybe_shut(site) else site.pill
        light = translate(N_("{name}：{light}"), lang).format(name=name, light=f"{site.mark} {pill}")
        today = view.edition.as_of.date()
        parts = [words.own_time(site, today, lang), light, frozen.action(site, today, lang)]
    else:
        parts = [view.edition.text, name, translate(words.HEADLINES[header.state], lang)]
    phones = [words.phone_text(phone, lang) for phone in site.phones]
    known = (
        (N_("电话：{said}"), words.listed(phones, lang)),
        (N_("地址：{said}"), naming.addressed(site.address, lang)),
        (N_("看最新：{said}"), words.site_url(header, site.id)),
    )
    parts += [translate(line, lang).format(said=value) for line, value in known if value]
    return "\n".join(parts)
