"""The columns of lists: what they are called in the field, and what belongs to none."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "id": ("编号", "机构编号", "站点编号", "点位编号"),
    "board": ("看板", "看板代码", "看板编号"),
    "board_name": ("看板名称",),
    "name": (
        "机构名称",
        "名称",
        "单位名称",
        "医疗机构名称",
        "医院名称",
        "医疗机构",
        "机构",
        "单位",
        "医院",
        "接诊机构",
        "接诊机构名称",
        "发热门诊名称",
        "诊室名称",
        "卫生室名称",
        "点位名称",
    ),
    "kind": ("机构类型", "类别", "类型", "机构类别", "医疗机构类别", "医疗机构类型"),
    "province": ("省", "省份", "所在省"),
    "city": ("市", "地市", "城市", "地级市", "所在市"),
    "county": (
        "县",
        "区县",
        "县区",
        "区/县",
        "县/区",
        "县市区",
        "区市县",
        "区",
        "所在县",
        "行政区",
        "行政区划",
    ),
    "town": (
        "所属乡镇",
        "乡镇",
        "镇街",
        "乡镇街道",
        "乡镇/街道",
        "镇/街道",
        "镇街道",
        "街道",
        "镇",
        "镇区",
        "所在乡镇",
        "所属街道",
        "所属镇街",
        "所属乡镇街道",
    ),
    "address": (
        "地址",
        "详细地址",
        "机构地址",
        "单位地址",
        "具体地址",
        "医院地址",
        "接诊地址",
        "所在地址",
        "地点",
    ),
    "phone": (
        "联系电话",
        "电话",
        "咨询电话",
        "值班电话",
        "电话号码",
        "联系方式",
        "机构电话",
        "预约电话",
        "对外电话",
        "服务电话",
        "门诊电话",
        "24小时电话",
    ),
    "hours": (
        "开诊时间",
        "接诊时间",
        "门诊时间",
        "开放时间",
        "服务时间",
        "营业时间",
        "工作时间",
        "坐诊时间",
        "时间",
    ),
    "rota": (
        "巡诊安排",
        "巡诊日期",
        "巡诊时间",
        "巡诊日",
        "巡诊计划",
        "巡诊排班",
    ),
    "capacity": (
        "接诊能力",
        "日接诊能力",
        "日接诊量",
        "每日接诊能力",
        "最大接诊量",
        "日最大接诊量",
        "最大日接诊量",
    ),
    "lat": ("纬度", "latitude"),
    "lon": ("经度", "lng", "longitude"),
    "crs": ("坐标系", "坐标系统"),
    "serves": ("服务对象", "接诊对象", "服务人群", "接诊人群", "接诊范围"),
    "also": ("别名", "俗称", "又称", "服务村", "服务村居", "覆盖村"),
    "booking": ("预约", "预约方式"),
    "online": ("线上", "线上问诊", "线上咨询", "互联网医院"),
    "phone_checked": ("电话核对日期", "电话核实日期", "核对日期"),
}
"""Our name of a column → what lists call it. The order is that of an export."""

TEAM_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "team": (
        "团队名称",
        "家庭医生团队",
        "家庭医生团队名称",
        "家庭医生签约团队",
        "家庭医生服务团队",
        "家庭医生签约服务团队",
        "家医团队",
        "家医团队名称",
        "签约团队",
        "签约服务团队",
        "签约团队名称",
        "服务团队",
        "服务团队名称",
        "团队",
        "名称",
    ),
    "town": COLUMNS["town"],
    "area": (
        "服务区域",
        "服务村",
        "服务范围",
        "服务村居",
        "服务社区",
        "服务村社区",
        "服务村/社区",
        "服务行政村",
        "负责区域",
        "负责村",
        "负责范围",
        "责任区域",
        "包村",
        "包保区域",
        "覆盖区域",
        "覆盖村",
        "覆盖范围",
        "辖区",
        "村居",
        "行政村",
        "村",
        "社区",
        "村社区",
        "村/社区",
    ),
    "phone": (*COLUMNS["phone"], "团队电话", "签约电话", "签约服务电话", "团队联系电话"),
}
"""The same of a list of family-doctor teams (家庭医生团队). Who their doctors are is no column of ours."""

IGNORED: Final = frozenset({"序号", "序", "行号", "no", "no.", "#", ""})
"""Columns that number the rows of the paper, not the sites."""

_WIDTHS: Final = re.compile(r"[\s:：*＊★]+")
_REMARK: Final = re.compile(r"[(\[【〔][^()\[\]【】〔〕]*[)\]】〕]")


def _plain(header: str) -> str:
    """Without width, case, spaces, and the signs that forms put on required columns."""
    return _WIDTHS.sub("", unicodedata.normalize("NFKC", header)).casefold()


class Columns:
    """One sort of list. `key` is the column without which it is none, and by which its header is known."""

    def __init__(self, words: Mapping[str, tuple[str, ...]], key: str) -> None:
        self.words = words
        self.key = key
        self._of = {_plain(word): column for column, names in words.items() for word in (column, *names)}

    def column_of(self, header: str) -> str | None:
        """Our name of the column that a list calls so, remarks in brackets aside; `None` if nobody knows."""
        plain = _plain(header)
        return self._of.get(plain) or self._of.get(_REMARK.sub("", plain))


SITES: Final = Columns(COLUMNS, key="name")
TEAMS: Final = Columns(TEAM_COLUMNS, key="team")

column_of: Final = SITES.column_of


def is_ignored(header: str) -> bool:
    """Whether the column only numbers the rows, or has no name."""
    return _plain(header) in IGNORED
