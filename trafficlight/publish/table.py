"""A board as a table for people: the same cells in every file that opens in a spreadsheet."""

from datetime import datetime
from typing import Final

from trafficlight.publish import finding, words
from trafficlight.publish.view import BoardView, Header, SiteView
from trafficlight.text.languages import N_, translate

Cell = str | float
COLUMNS: Final = (
    N_("编号"),
    N_("机构名称"),
    N_("类别"),
    N_("所在乡镇"),
    N_("地址"),
    N_("电话"),
    N_("开诊时间"),
    N_("忙闲"),
    N_("该怎么做"),
    N_("填报于"),
    N_("有效至"),
    N_("接诊对象"),
    N_("纬度（WGS-84）"),
    N_("经度（WGS-84）"),
    N_("颜色代码"),
    N_("原因代码"),
    N_("版次"),
)
"""What a column holds is said by its name, which stays; further ones come after these."""


def head(lang: str) -> tuple[str, ...]:
    """The names of the columns."""
    return tuple(translate(one, lang) for one in COLUMNS)


def rows(view: BoardView) -> list[tuple[Cell, ...]]:
    """A row a site, in the order of the board's page. What nobody knows is an empty cell, never a 0."""
    return [_row(site, view.header, view.edition.text) for site in view.sites]


def _row(site: SiteView, header: Header, edition: str) -> tuple[Cell, ...]:
    lang, point = header.lang, finding.position(site)
    pill = words.doubted(site.pill, lang) if words.maybe_shut(site) else site.pill
    return (
        site.id,
        site.name,
        site.kind_label,
        site.town,
        site.address,
        "；".join(words.phone_text(phone, lang) for phone in site.phones),
        "；".join(part for part in (site.hours, site.rota) if part),
        f"{site.mark} {pill}",
        site.action,
        _minute(site.reported_at),
        _minute(site.valid_until),
        site.serves,
        point.lat if point else "",
        point.lon if point else "",
        (site.light or "") if words.has_lights(header) else "",
        site.reason,
        edition,
    )


def _minute(at: datetime | None) -> str:
    """2022-12-24 08:10, by the board's clock: what every spreadsheet reads as an instant."""
    return f"{at:%Y-%m-%d %H:%M}" if at else ""
