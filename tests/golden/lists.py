"""What boards publish beside their sites: teams and a guide, and names that want to be more than text."""

from datetime import date, timedelta
from typing import Any, Final

from tests.golden.make import AS_OF, edition, header, phone
from trafficlight.publish.listing import VALID
from trafficlight.publish.view import ListsView, TeamsView, TeamTown, TeamView, TreeLocation

SET_ON: Final = date(2022, 12, 20)

GUIDE: Final = """\
# 先看有没有危险

喘不上气、叫不醒的，马上拨打 [120](tel:120)。

## 孩子

- 三个月以下发热，**先打电话**
- 不要看[这里](javascript:alert(1))，看[县医院](https://yiyuan.example/?a=1&b=2)

# 先去哪里

| 情况 | 先去哪里 |
|:--|--:|
| 发热，精神还好 | 村卫生室 |
| <script>alert(1)</script> | ![图](https://evil.example/x.png) |

# 去之前

1. 先打电话
2. 带上医保卡
"""


def team(number: int, name: str, area: str = "", **fields: Any) -> TeamView:
    given: dict[str, Any] = {"phones": (phone(f"0000-55520{number:02}"),), "found": "", **fields}
    return TeamView(anchor=f"t{number}", name=name, area=area, **given)


def teams_of(name: str, teams: tuple[TeamView, ...], file: str = "") -> TeamTown:
    return TeamTown(name=name, label=name or "其他", file=file or name, teams=teams)


def view(towns: tuple[TeamTown, ...], guide: str = "", **fields: Any) -> ListsView:
    given: dict[str, Any] = {
        "header": header(teams=bool(towns), guide=bool(guide)),
        "edition": edition(990, AS_OF + VALID),
        "by_town": False,
        "teams_on": SET_ON if towns else None,
        "guide_on": SET_ON + timedelta(days=1) if guide else None,
    }
    return ListsView(towns=towns, guide=guide, **(given | fields))


def lists(hostile: str) -> tuple[ListsView, ...]:
    """A board with both, one with a long list, one with only a guide and one with only a few teams."""
    mixed = (
        teams_of(
            "东庄镇",
            (
                team(
                    1,
                    "东庄镇第一家庭医生团队",
                    "东村、西村、南村",
                    found="d z z d y j t y s t d",
                ),
                team(
                    2,
                    "马医生团队",
                    phones=(phone("0000-5552091", "801", "值班室", "夜间"), phone("0000-5552092")),
                ),
                team(3, "没有电话的团队", "北村", phones=()),
            ),
        ),
        teams_of("西岭镇", (team(4, hostile, hostile),)),
        teams_of("", (team(5, "不知所在的团队"),), file="_"),
    )
    place = TreeLocation(public_url="https://deng.example/fever", app_url="https://deng.example")
    return (
        view(mixed, GUIDE),
        view(_long(), header=header("gongkai", "公开县", teams=True, place=place), by_town=True),
        view((), "只有一句话。\n", header=header("zanting", "停更县", state="paused", guide=True)),
        view(mixed[2:], header=header("caogao", "草稿县", state="draft", teams=True)),
    )


def _long() -> tuple[TeamTown, ...]:
    return tuple(
        teams_of(
            f"{name}镇",
            tuple(team(number, f"{name}镇第{number}团队", "上坪村、下坪村") for number in range(1, most + 1)),
        )
        for name, most in (("示例", 3), ("第二", 1))
    )


def by_town(views: tuple[ListsView, ...]) -> tuple[TeamsView, ...]:
    """The towns' own pages of long lists."""
    return tuple(
        TeamsView(header=one.header, edition=one.edition, town=town, teams_on=one.teams_on)
        for one in views
        if one.by_town
        for town in one.towns
    )
