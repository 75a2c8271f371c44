"""One site's light as a small picture."""

from trafficlight.publish import badge, lines
from trafficlight.publish.badge import Pill, Row
from trafficlight.publish.formats.base import Artifact, Scope
from trafficlight.publish.view import GoneView, SitePageView


class SiteBadge:
    """{board}/sites/{site}.svg: the light with its word and time; hollow where there is none."""

    name = "site_badge"
    scope = Scope.SITE
    pattern = "{board}/sites/{site}.svg"

    def make(self, view: SitePageView | GoneView, /) -> tuple[Artifact, ...]:
        header, edition = view.header, view.edition
        if isinstance(view, GoneView):
            site, name, pill, foot = view.site, view.name, Pill("none", "已不在名单"), Row(text=edition.text)
        elif lines.lit(header):
            told = view.site
            site, name, pill = told.id, told.name, Pill(lines.group_of(told), f"{told.mark} {told.pill}")
            foot = badge.footing(edition, told.reported_at if told.light else None, told.valid_until)
        else:
            state = "已结束" if header.state == "ended" else "暂停更新"
            site, name, pill, foot = view.site.id, view.site.name, Pill("none", state), Row(text=edition.text)
        rows = (Row(pills=(pill,), text=badge.short(name), strong=True), foot)
        body = badge.badge(f"{name}：{pill.text}，{foot.text}", badge.desc(edition), rows)
        return (Artifact(self.pattern.format(board=header.slug, site=site), badge.SVG, body),)
