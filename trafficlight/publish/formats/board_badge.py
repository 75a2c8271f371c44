"""The board's counts as a small picture."""

from trafficlight.publish import badge, lines, words
from trafficlight.publish.badge import BadgeRow, Pill
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.view import BoardView
from trafficlight.text.languages import N_, translate


class BoardBadge:
    """{board}/badge.svg: how many sites show which light, and as of when."""

    name = "board_badge"
    scope = FormatScope.BOARD
    pattern = "{board}/badge.svg"

    def make(self, view: BoardView, /) -> tuple[Artifact, ...]:
        header, edition = view.header, view.edition
        rows = [BadgeRow(text=badge.short(header.name), strong=True)]
        if lines.lit(header):
            rows.append(
                BadgeRow(pills=[_pill(light, count, header.lang) for light, count in view.counts.items()])
            )
            rows.append(badge.footing(edition, None, edition.valid_until, header.lang))
        else:
            rows.append(BadgeRow(pills=[badge.stopped(header)]))
            rows.append(BadgeRow(text=edition.text))
        body = badge.badge(lines.heading(header), badge.desc(edition, header.lang), rows, header.lang)
        return (Artifact(self.pattern.format(board=header.slug), badge.SVG, body),)


def _pill(light: str, count: int, lang: str) -> Pill:
    word = translate(words.LIGHT_WORDS.get(light, N_("无最新")), lang)
    return Pill(light, f"{words.MARKS[light]} {word} {count}")
