"""One site's page: why this light, whom to call, how to get there, who else nearby is open."""

from typing import Any

from trafficlight.publish import finding, lines, templating, words
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.view import GoneView, SitePageView
from trafficlight.text.languages import N_, translate


class SitePage:
    """{board}/sites/{site}.html; for a site that left, where it went, without light or phone."""

    name = "site_page"
    scope = FormatScope.SITE
    pattern = "{board}/sites/{site}.html"

    def make(self, view: SitePageView | GoneView, /) -> tuple[Artifact, ...]:
        header, edition = view.header, view.edition
        path = self.pattern.format(
            board=header.slug, site=view.site if isinstance(view, GoneView) else view.site.id
        )
        body = templating.page(
            "site_page/gone.html" if isinstance(view, GoneView) else "site_page/page.html",
            path,
            header.lang,
            view=view,
            lit=lines.lit(header),
            place=header.place,
            as_of=edition.as_of,
            until=edition.valid_until,
            position=edition.position,
            listed=header.state != "draft",
            **({} if isinstance(view, GoneView) else _more(view)),
        )
        return (Artifact(path, templating.HTML, body),)


def _more(view: SitePageView) -> dict[str, Any]:
    """What the page says besides what it knows: the ways there, and the text to send on."""
    return {
        "ways": finding.map_links(view.site, view.region, view.header.lang),
        "share": share_text(view),
    }


def share_text(view: SitePageView) -> str:
    """Date and time, name and light, what to do, phones, address, and where the page is if that is known."""
    header, site, lang = view.header, view.site, view.header.lang
    if lines.lit(header):
        light = translate(N_("{name}：{light}"), lang).format(
            name=site.name, light=f"{site.mark} {site.pill}"
        )
        told = [lines.own_time(site, view.edition.as_of.date(), lang), light, site.action]
    else:
        told = [view.edition.text, site.name, translate(words.HEADLINES[header.state], lang)]
    phones = [lines.spoken(phone, lang) for phone in site.phones]
    known = (
        (N_("电话：{said}"), lines.listed(phones, lang)),
        (N_("地址：{said}"), site.address),
        (N_("看最新：{said}"), lines.site_url(header, site.id)),
    )
    told += [translate(line, lang).format(said=said) for line, said in known if said]
    return "\n".join(told)
