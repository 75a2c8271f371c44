"""The board's counts as a small picture."""

from trafficlight.publish import badge, lines, words
from trafficlight.publish.badge import Pill, Row
from trafficlight.publish.formats.base import Artifact, Scope
from trafficlight.publish.view import BoardView


class BoardBadge:
    """{board}/badge.svg: how many sites show which light, and as of when."""

    name = "board_badge"
    scope = Scope.BOARD
    pattern = "{board}/badge.svg"

    def make(self, view: BoardView, /) -> tuple[Artifact, ...]:
        header, edition = view.header, view.edition
        rows = [Row(text=badge.short(header.name), strong=True)]
        if lines.lit(header):
            rows.append(Row(pills=[_pill(light, count) for light, count in view.counts.items()]))
            rows.append(badge.footing(edition, None, edition.valid_until))
        else:
            rows.append(Row(pills=[Pill("none", "已结束" if header.state == "ended" else "暂停更新")]))
            rows.append(Row(text=edition.text))
        body = badge.badge(f"{header.name}发热就诊机构忙闲情况", badge.desc(edition), rows)
        return (Artifact(self.pattern.format(board=header.slug), badge.SVG, body),)


def _pill(light: str, count: int) -> Pill:
    return Pill(light, f"{words.MARKS[light]} {words.LIGHT_WORDS.get(light, '无最新')} {count}")
