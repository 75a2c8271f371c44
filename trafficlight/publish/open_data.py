"""Which files of a board are for programs and for other people's pages.

The page of open data lists them, and so does `boards.json`. A file that is not here is not offered; a test
finds one that is not made, or is of another medium.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from trafficlight.text.languages import N_


class DataFile(msgspec.Struct, frozen=True, kw_only=True):
    """One of them."""

    key: str
    """In `boards.json`."""
    path: str
    """Below the board's folder; `{site}` stands for the id of a site."""
    media: str
    label: str
    about: str

    @property
    def of_site(self) -> bool:
        """Whether each site has its own."""
        return "{site}" in self.path


FILES: Final = (
    DataFile(
        key="board",
        path="board.json",
        media="application/json",
        label=N_("JSON（全部）"),
        about=N_("网页上的全部内容，给程序用。"),
    ),
    DataFile(
        key="lights",
        path="lights.json",
        media="application/json",
        label=N_("JSON（只有忙闲）"),
        about=N_("每家机构的颜色、原因和有效时间；经常查询的程序请用这个。"),
    ),
    DataFile(
        key="csv",
        path="board.csv",
        media="text/csv",
        label=N_("表格（CSV）"),
        about=N_("可用 Excel、WPS 打开，也可由在线表格引用。"),
    ),
    DataFile(
        key="xlsx",
        path="board.xlsx",
        media="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        label=N_("表格（Excel）"),
        about=N_("与上面同一张表。"),
    ),
    DataFile(
        key="geojson",
        path="board.geojson",
        media="application/geo+json",
        label=N_("地图数据（GeoJSON）"),
        about=N_("坐标一律是 WGS-84；位置不详的机构没有坐标。"),
    ),
    DataFile(
        key="changes",
        path="changes.atom",
        media="application/atom+xml",
        label=N_("忙闲变化（Atom）"),
        about=N_("今天每一次颜色变化，可用阅读器订阅。"),
    ),
    DataFile(
        key="calendar",
        path="calendar.ics",
        media="text/calendar",
        label=N_("日历（iCalendar）"),
        about=N_("流动巡诊和预计恢复接诊的日期，可用手机日历订阅。"),
    ),
    DataFile(
        key="have",
        path="have.xml",
        media="application/xml",
        label="EDXL-HAVE 1.0",
        about=N_("应急系统用的医院状态；还没有机构填报过时没有这个文件。"),
    ),
    DataFile(
        key="fhir",
        path="fhir.ndjson",
        media="application/fhir+ndjson",
        label="HL7 FHIR R4",
        about=N_("医疗信息系统用的机构和服务，一行一个资源。"),
    ),
    DataFile(
        key="embed",
        path="embed.html",
        media="text/html",
        label=N_("嵌入页"),
        about=N_("给别的网站嵌入的页面（iframe）。"),
    ),
    DataFile(
        key="script",
        path="embed.js",
        media="text/javascript",
        label=N_("嵌入脚本"),
        about=N_("在别的网页里写一行就能显示嵌入页。"),
    ),
    DataFile(
        key="badge",
        path="badge.svg",
        media="image/svg+xml",
        label=N_("小图（SVG）"),
        about=N_("各颜色机构的家数，印有更新时间和有效时间。"),
    ),
    DataFile(
        key="shields",
        path="badge.json",
        media="application/json",
        label="shields.io",
        about=N_("同上，给 shields.io 用。"),
    ),
    DataFile(
        key="changes",
        path="sites/{site}.atom",
        media="application/atom+xml",
        label=N_("忙闲变化（Atom）"),
        about=N_("今天每一次颜色变化，可用阅读器订阅。"),
    ),
    DataFile(
        key="badge",
        path="sites/{site}.svg",
        media="image/svg+xml",
        label=N_("小图（SVG）"),
        about=N_("这家机构的忙闲，印有更新时间和有效时间。"),
    ),
    DataFile(
        key="shields",
        path="sites/{site}.json",
        media="application/json",
        label="shields.io",
        about=N_("同上，给 shields.io 用。"),
    ),
)
"""In the order in which they are offered."""


def addresses(top: str, *, of_site: bool = False) -> Mapping[str, str]:
    """Where they are, by key; `top` is the way to the board's folder, or its address, with its slash."""
    return {one.key: top + one.path for one in FILES if one.of_site is of_site}
