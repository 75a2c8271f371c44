"""One site's light as a small picture."""

from trafficlight.publish import badge, lines
from trafficlight.publish.badge import BadgeRow, Pill
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.view import GoneView, SitePageView
from trafficlight.text.languages import N_, translate


class SiteBadge:
    """{board}/sites/{site}.svg: the light with its word and time; hollow where there is none."""

    name = "site_badge"
    scope = FormatScope.SITE
    pattern = "{board}/sites/{site}.svg"

    def make(self, view: SitePageView | GoneView, /) -> tuple[Artifact, ...]:
        header, edition = view.header, view.edition
        lang, foot = header.lang, BadgeRow(text=edition.text)
        if isinstance(view, GoneView):
            site, name, pill = view.site, view.name, Pill("none", translate(N_("已不在名单"), lang))
        elif lines.lit(header):
            told = view.site
            site, name, pill = told.id, told.name, Pill(told.light or "none", f"{told.mark} {told.pill}")
            foot = badge.footing(edition, told.reported_at if told.light else None, told.valid_until, lang)
        else:
            site, name, pill = view.site.id, view.site.name, badge.stopped(header)
        rows = (BadgeRow(pills=(pill,), text=badge.short(name), strong=True), foot)
        title = translate(N_("{name}：{pill}，{foot}"), lang).format(
            name=name, pill=pill.text, foot=foot.text
        )
        body = badge.badge(title, badge.desc(edition, lang), rows, lang)
        return (Artifact(self.pattern.format(board=header.slug, site=site), badge.SVG, body),)
