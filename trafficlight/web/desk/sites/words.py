"""What the columns of a list are called at the desk."""

from collections.abc import Mapping
from typing import Final

from trafficlight.text.languages import N_

COLUMN_WORDS: Final[Mapping[str, str]] = {
    "name": N_("机构名称"),
    "kind": N_("机构类型"),
    "province": N_("省"),
    "city": N_("市"),
    "county": N_("区县"),
    "town": N_("乡镇"),
    "address": N_("地址"),
    "phone": N_("电话"),
    "hours": N_("开诊时间"),
    "rota": N_("巡诊安排"),
    "capacity": N_("日接诊能力"),
    "lat": N_("纬度"),
    "lon": N_("经度"),
    "crs": N_("坐标系"),
    "serves": N_("服务对象"),
    "also": N_("别名"),
    "booking": N_("预约"),
    "online": N_("线上"),
    "phone_checked": N_("电话核对日期"),
}
