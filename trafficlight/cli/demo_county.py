"""An invented county to try everything with. No clinic, address or phone of it exists.

The area code 0000 is nobody's: a number that begins so cannot be dialled, so a demonstration never rings in
somebody's home. (China keeps no numbers free for stories, as others do with 555.) The coordinates lie in the
open Yellow Sea, so that no map leads anyone to a real door.
"""

from collections.abc import Iterable, Iterator
from random import Random
from typing import Final

from trafficlight.domain.board import Board, Site, Team
from trafficlight.domain.phone import Phone

SLUG: Final = "shili"
SECOND: Final = "linshi"
SEED: Final = 20221224

BANNER: Final = "演示：机构、地址、电话均为虚构"

TOWNS: Final = (
    "青禾街道",
    "望湖街道",
    "云溪街道",
    "松岭镇",
    "石桥镇",
    "柳河镇",
    "白沙镇",
    "东坪镇",
    "南塘镇",
    "竹溪乡",
    "杏花乡",
    "长滩乡",
)
STREETS: Final = ("学府路", "青年路", "和平街", "建设路", "文化巷", "滨河路", "人民路", "幸福街")
_VILLAGES: Final = (
    *("上坪", "下坪", "大湾", "小湾", "前河", "后河", "东沟", "西沟", "杨树"),
    *("槐树", "梨园", "桃园", "石门", "石湾", "南岭", "北岭", "新庄", "老庄"),
)

ALL_DAY: Final = "24小时"
_DAY: Final = "8:00-17:30"
_NOON: Final = "8:00-11:30,13:30-17:00"
_WEEK: Final = "周一至周五8:00-17:00，周六8:00-11:30"
_EVENING: Final = "18:00-21:30"
_PROSE: Final = "农忙时节上午出诊，请先打电话问大夫在不在"

_HOURS: Final = {
    "hospital": (ALL_DAY,),
    "fever_clinic": (ALL_DAY,),
    "sentinel_room": (ALL_DAY, _DAY, _NOON),
    "township_centre": (ALL_DAY,),
    "community_centre": (_DAY, _NOON, ALL_DAY),
    "community_station": (_DAY, _NOON, _WEEK, _EVENING),
    "village_clinic": (_DAY, _NOON, ALL_DAY, _WEEK, _DAY, "", _NOON, _DAY, _PROSE),
}
_CAPACITIES: Final = {
    "hospital": (260, 180),
    "fever_clinic": (120, 90, 60),
    "sentinel_room": (40, 50, 60),
    "township_centre": (60, 80, None),
    "community_centre": (60, 80, None),
    "community_station": (30, None),
    "village_clinic": (20, 25, None, None),
}
_SEA: Final = (36.5, 123.4)
"""Latitude and longitude of a place with nothing but water around."""


def boards() -> tuple[Board, Board]:
    """The county, and a small neighbour."""
    county = Board(
        slug=SLUG,
        name="示例县",
        publisher="示例县卫生健康局（虚构）",
        hotline="0000-5550000",
        supervision="0000-5550001",
        area_code="0000",
        banner=BANNER,
        capacities={"township_centre": 60, "village_clinic": 20, "community_station": 25},
    )
    neighbour = Board(
        slug=SECOND,
        name="临示区",
        publisher="临示区卫生健康局（虚构）",
        hotline="0000-5560000",
        supervision="0000-5560001",
        area_code="0000",
        banner=BANNER,
    )
    return county, neighbour


def county_sites() -> tuple[Site, ...]:
    """The 152 sites of the county, always the same."""
    return tuple(_numbered(SLUG, _county(), Random(SEED), exchange=555))  # noqa: S311 - invented, not secret


def neighbour_sites() -> tuple[Site, ...]:
    """The few sites of the neighbour."""
    named = [
        ("临示区人民医院", "hospital", "城中街道"),
        ("临示区人民医院发热门诊", "fever_clinic", "城中街道"),
        ("城中社区卫生服务中心", "community_centre", "城中街道"),
        ("河口镇中心卫生院", "township_centre", "河口镇"),
        ("河口镇渡头村卫生室", "village_clinic", "河口镇"),
        ("河口镇盐场村卫生室", "village_clinic", "河口镇"),
    ]
    return tuple(_numbered(SECOND, named, Random(SEED + 1), exchange=556))  # noqa: S311 - as above


def _county() -> Iterator[tuple[str, str, str]]:
    """Name, kind and town of every site: 14 of hospitals, 36 of towns, 102 of streets and villages."""
    for name in ("人民医院", "中医医院", "第二人民医院", "妇幼保健院"):
        yield f"示例县{name}", "hospital", TOWNS[0 if name != "第二人民医院" else 4]
        yield f"示例县{name}发热门诊", "fever_clinic", TOWNS[0 if name != "第二人民医院" else 4]
    for town in TOWNS:
        place = town[:2]
        centre = f"{place}社区卫生服务中心" if town.endswith("街道") else f"{town}中心卫生院"
        yield centre, "community_centre" if town.endswith("街道") else "township_centre", town
        yield f"{centre}发热诊室", "sentinel_room", town
    for town in TOWNS[3:9]:
        yield f"{town}集中发热门诊", "fever_clinic", town
    for town in TOWNS[:3]:
        for number in range(8):
            yield f"{town[:2]}第{'一二三四五六七八'[number]}社区卫生服务站", "community_station", town
    for index, town in enumerate(TOWNS[3:]):
        for number in range(10):
            village = _VILLAGES[(index * 5 + number) % len(_VILLAGES)]
            yield f"{town}{village}村卫生室", "village_clinic", town


def _numbered(
    slug: str, named: Iterable[tuple[str, str, str]], chance: Random, exchange: int
) -> Iterator[Site]:
    seen: dict[str, int] = {}
    for index, (name, kind, town) in enumerate(named):
        nth = seen[kind] = seen.get(kind, -1) + 1
        hours, capacities = _HOURS[kind], _CAPACITIES[kind]
        north, east = divmod(TOWNS.index(town), 3) if town in TOWNS else (1, 5)
        number = f"0000-{exchange}{100 + index * 3:04}"
        street = f"{chance.choice(STREETS)}{1 + nth * 7}号"
        if kind == "village_clinic":
            street = f"{name.removeprefix(town).removesuffix('卫生室')}村委会旁"
        yield Site(
            id=f"{slug}-{index + 1:03}",
            name=name,
            kind=kind,
            province="示例省",
            city="示例市",
            county="示例县" if slug == SLUG else "临示区",
            town=town,
            address=town + street,
            phones=_phones(kind, nth, number, f"0000-{exchange}{101 + index * 3:04}"),
            hours=hours[nth % len(hours)],
            capacity=capacities[nth % len(capacities)],
            lat=round(_SEA[0] + north * 0.06 + chance.uniform(-0.02, 0.02), 5),
            lon=round(_SEA[1] + east * 0.08 + chance.uniform(-0.03, 0.03), 5),
            serves="儿童" if "妇幼" in name else "",
            also=("县医院",) if name == "示例县人民医院" else (),
            booking="电话预约" if kind in {"hospital", "fever_clinic"} and nth % 2 else "",
            online="示例县互联网医院（虚构）" if name == "示例县人民医院" else "",
        )


def _phones(kind: str, nth: int, number: str, second: str) -> tuple[Phone, ...]:
    if kind == "hospital":
        return Phone(number, label="导诊台"), Phone(second, ext="8005", label="发热门诊")
    if kind == "township_centre" and nth % 2:
        return Phone(number, when="白天"), Phone(second, when="夜间")
    return (Phone(number),)


# --- its lists, beside that of its sites ------------------------------------------------------------------


_TEAMS_A_TOWN: Final = 3
_ORDINALS: Final = "一二三"

NOTICE: Final = "县人民医院门诊楼停电检修，发热门诊照常接诊。"

GUIDE: Final = """\
# 先看有没有危险

有下面任何一种情况，请马上拨打 [120](tel:120)，不要自己赶路：

- 喘不上气、胸口疼、嘴唇发紫
- 叫不醒、抽搐、说话不清楚
- 呕血、便血，或流血止不住

# 哪里不舒服，先去哪里

| 情况 | 先去哪里 |
|---|---|
| 发热、咳嗽、嗓子疼，精神还好 | 本村卫生室或社区卫生服务站 |
| 发热三天不退，或吃不下饭 | 乡镇卫生院、社区卫生服务中心的发热诊室 |
| 三个月以下的婴儿发热 | 示例县人民医院，**先打电话** |
| 孕妇发热 | 示例县妇幼保健院，**先打电话** |
| 老人、长期吃药的人发热 | 先打家庭医生团队的电话 |
| 只想开常用的药 | 家庭医生团队或村卫生室 |

# 去之前

1. 先在本站看这家机构今天忙不忙，**黄色、红色要先打电话**。
2. 带上身份证、医保卡和正在吃的药。
3. 戴好口罩，尽量不坐挤的车。

# 在家休息时

- 多喝水，每天早晚量体温，记下来。
- 退热药按说明书吃，不要几种一起吃。
- 出现上面说的危险情况，马上拨打 [120](tel:120)。

（演示内容，不能当作就医的依据。）
"""


def teams() -> tuple[Team, ...]:
    """Three teams a town, each with its villages or communities."""
    return tuple(_teams())


def _teams() -> Iterator[Team]:
    for index, town in enumerate(TOWNS):
        served = _served(town)
        for number in range(_TEAMS_A_TOWN):
            first = f"0000-5558{index:02}{number}"
            second = Phone(f"0000-5559{index:02}{number}", when="夜间")
            yield Team(
                name=f"{town}第{_ORDINALS[number]}家庭医生团队",
                town=town,
                area="、".join(served[number::_TEAMS_A_TOWN]),
                phones=(Phone(first), second) if number == 0 else (Phone(first),),
            )


def _served(town: str) -> list[str]:
    """The town's villages, or the communities of a street."""
    endings = {"village_clinic": "卫生室", "community_station": "卫生服务站"}
    return [
        site.name.removeprefix(town).removesuffix(endings[site.kind])
        for site in county_sites()
        if site.town == town and site.kind in endings
    ]
