"""A site's fields, one row each: what lists call them, how they are read and written, how they are asked for.

What `write_cell` writes, `read_cell` reads; an importer that finds a cell exactly as written here keeps what
there is, so that importing an export changes nothing whatever the value. A row here is a column of the lists
in and out, a field of the desk's form, and a name in the history.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import msgspec

from trafficlight.actions.values import (
    LONGEST_NAME,
    LONGEST_PLACE,
    MOST_CAPACITY,
    is_nothing,
    plain,
    read_date,
    read_line,
    read_name,
)
from trafficlight.domain.board import Board, Site
from trafficlight.domain.errors import Refused
from trafficlight.domain.ids import check_site_id, check_slug
from trafficlight.domain.kind import kind_of
from trafficlight.domain.note import refuse_personal
from trafficlight.domain.phone import Phone, parse_phones
from trafficlight.text.languages import N_

_LONGEST_ALIAS: Final = 40
_MOST_ALIASES: Final = 50
_PLACES: Final = 7
"""Decimals of a degree: a centimetre; a workbook does not hold many more."""

_RANGE: Final = re.compile(
    r"(?<![\d-])(?P<area>0\d{2,3}[- ]?)?(?P<first>(?P<exchange>[2-8]\d{3})(?P<rest>\d{3,4}))"
    r" ?[-~－～—至到] ?(?P<last>(?P=exchange)\d{3,4})(?![\d-])(?P<label>（[^（）]*）|\([^()]*\))?"
)
"""From one number of an exchange to another."""
_RUN: Final = re.compile(
    r"(?<![\d-])(?P<area>0\d{2,3}-)(?:(?P<first>[2-8]\d{6})(?P<last>[2-8]\d{6})|(?P<first8>[2-8]\d{7})(?P<last8>[2-8]\d{7}))(?![\d-])"
)
"""Two numbers of one length behind one area code, with nothing between them."""
_DAY: Final = re.compile(r"(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:0?0:00(?::00)?)?")
_CAPACITY: Final = re.compile(r"(\d{1,9})(?:人次?)?(?:/[日天])?")
_ALIASES: Final = re.compile(r"[、，,;；/|\n]+")
_CRS: Final = {
    "wgs84": ("wgs84", "gps", "cgcs2000", "国家2000", "2000国家大地坐标系", "天地图"),
    "gcj02": ("gcj02", "高德", "腾讯", "火星坐标"),
    "bd09": ("bd09", "百度"),
}
"""CGCS2000 differs from WGS 84 by centimetres, which is the same door."""
_CRS_OF: Final = {word: code for code, words in _CRS.items() for word in words}
_SITE: Final = Site(id="-", name="-")


class SiteField(msgspec.Struct, frozen=True):
    """One column of a list of sites."""

    column: str
    """Our name of it."""
    read: Callable[[str, str], Any]
    """The value of a text that is not empty; the second is the name for a refusal."""
    headers: str
    """What lists call it, between spaces; an export the first."""
    label: str = ""
    """In the desk's form, marked with `N_`; empty for what is no setting of a site."""
    field: str = ""
    """Of `Site`, where it is not called as the column is."""
    write: Callable[[Site], str] | None = None
    """Its text, where that is not simply the value's."""
    long: bool = False
    """It may be a long text: several lines in a form."""
    number: type[int] | type[float] | None = None
    """A number in a workbook, where all else is text."""
    width: int = 12
    """Of the column of a workbook, in characters."""


def _line(most: int) -> Callable[[str, str], str]:
    return lambda text, field: read_line(text, field, most)


def _id(text: str, _field: str) -> str:
    return check_site_id(plain(text))


def _slug(text: str, _field: str) -> str:
    return check_slug(plain(text))


def split_ranges(text: str) -> str:
    """The text with each range written out: `8550101-8550102` is two, and as one nobody can call it."""

    def both(found: re.Match[str]) -> str:
        area, label = found["area"] or "", found["label"] or ""
        return f"{area}{found['first']}{label}、{area}{found['last']}{label}"

    def apart(found: re.Match[str]) -> str:
        first, last = found["first"] or found["first8"], found["last"] or found["last8"]
        return f"{found['area']}{first}、{found['area']}{last}"

    return _RUN.sub(apart, _RANGE.sub(both, text))


def read_phones(text: str, _field: str = "phone") -> tuple[Phone, ...]:
    """Every number of a cell."""
    _no_day(text, "phone")
    return parse_phones(split_ranges(text))


def _hours(text: str, field: str) -> str:
    _no_day(text, field)
    return read_line(text, field)


def _no_day(text: str, field: str) -> None:
    """A day where a phone or hours belong was made by a program, of 8-12 say."""
    if _DAY.fullmatch(plain(text)):
        raise Refused("made_a_date", field, text=text[:40])


def _capacity(text: str, field: str) -> int:
    found = _CAPACITY.fullmatch(plain(text))
    if not found:
        raise Refused("bad_capacity", field, text=text[:40], most=MOST_CAPACITY)
    capacity = int(found[1])
    if not 1 <= capacity <= MOST_CAPACITY:
        raise Refused("bad_capacity", field, text=text[:40], most=MOST_CAPACITY)
    return capacity


def _degrees(most: int) -> Callable[[str, str], float]:
    def read(text: str, field: str) -> float:
        try:
            degrees = float(plain(text))
        except ValueError:
            raise Refused("bad_number", field, text=text[:40]) from None
        if not math.isfinite(degrees):
            raise Refused("bad_number", field, text=text[:40])
        if abs(degrees) > most:
            raise Refused("not_between", field, text=text[:40], least=-most, most=most)
        return round(degrees, _PLACES)

    return read


def _crs(text: str, field: str) -> str:
    code = _CRS_OF.get(re.sub(r"[-_]|坐标系?$", "", plain(text).casefold()))
    if code is None:
        raise Refused("bad_crs", field, text=text[:40])
    return code


def _aliases(text: str, field: str) -> tuple[str, ...]:
    aliases = tuple(dict.fromkeys(alias for part in _ALIASES.split(text) if (alias := part.strip())))
    if len(aliases) > _MOST_ALIASES:
        raise Refused("too_many_items", field, most=_MOST_ALIASES)
    return tuple(read_line(alias, field, _LONGEST_ALIAS) for alias in aliases)


def _kind(text: str, field: str) -> str:
    return kind_of(read_line(text, field))


def write_phones(phones: Iterable[Phone]) -> str:
    """The numbers in one cell: `0351-5656340（白天） / 0351-5656300转8005（夜间 值班室）`."""
    return " / ".join(_write_phone(phone) for phone in phones)


def _write_phone(phone: Phone) -> str:
    words = " ".join(word for word in (phone.when, phone.label) if word)
    return phone.number + (f"转{phone.ext}" if phone.ext else "") + (f"（{words}）" if words else "")


FIELDS: Final = (
    SiteField("id", _id, "编号 机构编号 站点编号 点位编号"),
    SiteField("board", _slug, "看板 看板代码 看板编号"),
    SiteField("board_name", _line(LONGEST_NAME), "看板名称"),
    SiteField(
        "name",
        read_name,
        "机构名称 名称 单位名称 医疗机构名称 医院名称 医疗机构 机构 单位 医院 "
        "接诊机构 接诊机构名称 发热门诊名称 诊室名称 卫生室名称 点位名称",
        label=N_("机构名称"),
        width=28,
    ),
    SiteField("kind", _kind, "机构类型 类别 类型 机构类别 医疗机构类别 医疗机构类型", label=N_("机构类型")),
    SiteField("province", _line(LONGEST_PLACE), "省 省份 所在省", label=N_("省")),
    SiteField("city", _line(LONGEST_PLACE), "市 地市 城市 地级市 所在市", label=N_("市")),
    SiteField(
        "county",
        _line(LONGEST_PLACE),
        "县 区县 县区 区/县 县/区 县市区 区市县 区 所在县 行政区 行政区划",
        label=N_("区县"),
    ),
    SiteField(
        "town",
        _line(LONGEST_PLACE),
        "所属乡镇 乡镇 镇街 乡镇街道 乡镇/街道 镇/街道 镇街道 街道 镇 镇区 "
        "所在乡镇 所属街道 所属镇街 所属乡镇街道",
        label=N_("乡镇"),
    ),
    SiteField(
        "address",
        read_line,
        "地址 详细地址 机构地址 单位地址 具体地址 医院地址 接诊地址 所在地址 地点 接种点地址 位置",
        label=N_("地址"),
        width=40,
        long=True,
    ),
    SiteField(
        "phone",
        read_phones,
        "联系电话 电话 咨询电话 值班电话 电话号码 联系方式 机构电话 预约电话 "
        "对外电话 服务电话 门诊电话 24小时电话 座机 座机号码 固定电话 固话 办公电话 手机 手机号 手机号码 "
        "移动电话 热线 咨询热线 热线电话 联系电话号码 tel telephone mobile",
        label=N_("电话"),
        field="phones",
        write=lambda site: write_phones(site.phones),
        width=30,
        long=True,
    ),
    SiteField(
        "hours",
        _hours,
        "开诊时间 接诊时间 门诊时间 开放时间 服务时间 营业时间 工作时间 坐诊时间 时间",
        label=N_("开诊时间"),
        width=24,
        long=True,
    ),
    SiteField(
        "rota",
        read_line,
        "巡诊安排 巡诊日期 巡诊时间 巡诊日 巡诊计划 巡诊排班",
        label=N_("巡诊安排"),
        width=24,
        long=True,
    ),
    SiteField(
        "capacity",
        _capacity,
        "接诊能力 日接诊能力 日接诊量 每日接诊能力 最大接诊量 日最大接诊量 最大日接诊量",
        label=N_("日接诊能力"),
        number=int,
    ),
    SiteField("lat", _degrees(90), "纬度 latitude", label=N_("纬度"), number=float),
    SiteField("lon", _degrees(180), "经度 lng long longitude", label=N_("经度"), number=float),
    SiteField("crs", _crs, "坐标系 坐标系统", label=N_("坐标系")),
    SiteField("serves", read_line, "服务对象 接诊对象 服务人群 接诊人群 接诊范围", label=N_("服务对象")),
    SiteField(
        "also",
        _aliases,
        "别名 俗称 又称 服务村 服务村居 覆盖村",
        label=N_("别名"),
        write=lambda site: "、".join(site.also),
        long=True,
    ),
    SiteField("booking", read_line, "预约 预约方式", label=N_("预约")),
    SiteField("online", read_line, "线上 线上问诊 线上咨询 互联网医院", label=N_("线上")),
    SiteField("phone_checked", read_date, "电话核对日期 电话核实日期 核对日期", label=N_("电话核对日期")),
)
"""In the order of an export and of the desk's form."""
_BY_COLUMN: Final = {row.column: row for row in FIELDS}
SETTINGS_OF_SITE: Final = tuple(row for row in FIELDS if row.label)
"""Those that are a site's settings: `id`, `board` and `board_name` are not."""
FIELD_OF: Final[Mapping[str, str]] = {row.column: row.field or row.column for row in SETTINGS_OF_SITE}
"""The field of `Site` that a column fills."""


def read_cell(column: str, text: str) -> Any:
    """The value of a cell, also of an empty one; `Refused` with the column as its field."""
    if column != "name" and (not text.strip() or is_nothing(column, text.strip())):
        return getattr(_SITE, FIELD_OF[column])
    try:
        value = _BY_COLUMN[column].read(text, column)
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, str):
                refuse_personal(one, column)
    except Refused as refused:
        raise Refused(refused.code, column, **refused.params) from None
    return value


def write_cell(column: str, site: Site, board: Board | None = None) -> str:
    """The text of a site's cell, whole; `board` is asked for its own columns only."""
    if column in {"board", "board_name"}:
        return (board.slug if column == "board" else board.name) if board else ""
    row = _BY_COLUMN[column]
    if row.write is not None:
        return row.write(site)
    value = getattr(site, row.field or column)
    if value is None:
        return ""
    return repr(value) if isinstance(value, float) else str(value)


IGNORED: Final = frozenset({"序号", "序", "行号", "no", "no.", "#", ""})
"""Columns that number the rows of the paper, not the sites."""

_WIDTHS: Final = re.compile(r"[\s:：*＊★]+")
_COUNTED: Final = re.compile(r"(?<=\D)(?:[1-9①-⑨]|[一二三四五])$")
"""联系电话1, 联系电话2: one column in several."""
_REMARK: Final = re.compile(r"[(\[【〔][^()\[\]【】〔〕]*[)\]】〕]")


def _plain(header: str) -> str:
    """Without width, case, spaces, and the signs that forms put on required columns."""
    return _WIDTHS.sub("", unicodedata.normalize("NFKC", header)).casefold()


class Columns:
    """One sort of list. `key` is the column without which it is none, and by which its header is known."""

    def __init__(self, words: Mapping[str, str], key: str, endings: Mapping[str, str] | None = None) -> None:
        self.words = {column: names.split() for column, names in words.items()}
        self.key = key
        self.endings = dict(endings or {})
        """By what a header ends in, which column it probably is; see `guess`."""
        self._of = {_plain(word): column for column, names in self.words.items() for word in (column, *names)}

    def column_of(self, header: str) -> str | None:
        """Our name of the column that a list calls so, remarks in brackets aside; `None` if nobody knows."""
        plain = _plain(header)
        bare = _REMARK.sub("", plain)
        return self._of.get(plain) or self._of.get(bare) or self._of.get(_COUNTED.sub("", bare))

    def guess(self, header: str) -> str | None:
        """The column that a header nobody knows probably is, by its ending: 接种点地址 is an address."""
        plain = _REMARK.sub("", _plain(header))
        if _SOMEBODYS.search(plain):
            return None
        return next((column for ending, column in self.endings.items() if plain.endswith(ending)), None)

    def known(self, cells: Iterable[str]) -> set[str]:
        """The columns that these headers are."""
        return {column for cell in cells if (column := self.column_of(cell))}


ENDINGS: Final = {
    "地址": "address",
    "位置": "address",
    "电话": "phone",
    "热线": "phone",
    "手机": "phone",
    "时间": "hours",
}
"""What headers of every sort of list end in, and which column they then are."""
_SOMEBODYS: Final = re.compile(
    r"人|负责|院长|所长|站长|主任|队长|网格|主管|监督|投诉|举报|紧急|家庭|法定|注册|邮箱|网址|更新|填报|上报|核对|检查|维护|合同|成立|截止|开始|结束"
)
"""Whose phone or which time it is that the public has no use for."""
SITES: Final = Columns({row.column: row.headers for row in FIELDS}, key="name", endings=ENDINGS)


def is_ignored(header: str) -> bool:
    """Whether the column only numbers the rows, or has no name."""
    return _plain(header) in IGNORED
