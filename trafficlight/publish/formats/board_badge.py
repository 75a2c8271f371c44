"""The board's counts as a small picture."""

from trafficlight.publish import naming, words
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.formats.site_badge import (
    SVG,
    BadgeRow,
    Pill,
    badge_svg,
    description,
    footing,
    short,
    stopped,
)
from trafficlight.publish.view import BoardView
from trafficlight.text.languages import N_, translate


class BoardBadge:
    """{board}/badge.svg: how many sites show which light, and as of when."""

    name = "board_badge"
    scope = FormatScope.BOARD
    pattern = "{board}/badge.svg"

    def make(self, view: BoardView, /) -> tuple[Artifact, ...]:
        header, edition = view.header, view.edition
        rows = [BadgeRow(text=short(naming.named(header.name, header.lang)), strong=True)]
        if words.has_lights(header):
            rows.append(
                BadgeRow(pills=[_pill(light, count, header.lang) for light, count in view.counts.items()])
            )
            rows.append(footing(edition, None, edition.valid_until, header.lang))
        else:
            rows.append(BadgeRow(pills=[stopped(header)]))
            rows.append(BadgeRow(text=edition.text))
        body = badge_svg(words.heading(header), description(edition, header.lang), rows, header.lang)
        return (Artifact(self.pattern.format(board=header.slug), SVG, body),)


def _pill(light: str, count: int, lang: str) -> Pill:
    word = translate(words.LIGHT_WORDS.get(light, N_("无最新")), lang)
    return Pill(light, f"{words.MARKS[light]} {word} {count}")
