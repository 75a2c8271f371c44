"""What the invented county publishes beside its sites: family-doctor teams, a guide, a notice."""

from collections.abc import Iterator
from typing import Final

from trafficlight.cli.demo_county import TOWNS, county_sites
from trafficlight.domain.board import Team
from trafficlight.domain.phone import Phone

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
