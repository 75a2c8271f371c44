"""A board of 152 sites: as many as Yantai had published in December 2022.

Names and numbers are invented, but as different from one another as real ones, so that a page of them
compresses no better.
"""

import random
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from tests.golden.make import at, board, closed, header, last, phone, site, town
from trafficlight.publish.view import BoardView, PhoneView, SiteView, TownSection

SITES = 152

_PLACES = tuple(
    f"{first}{second}"
    for first, second in zip(
        "东西南北石黄芦七诸下兰新徐大丰泉柳榆桃观崖冯乳白育午夏海留盘郭小行辛发朱羊姜高万照谭龙河吕团柏沐古福"
        * 2,
        "庄岭埠沟桥山头甲由丁高嘉福陈仪水行林村塘子家坪沙黎极营阳格石城河亭安镇吴郡疃埔第旺店泊洛栾湾滩浴港来"
        "沟桥山头甲由丁高嘉福陈仪水行林村塘子家坪沙黎极营阳格石城河亭安镇吴郡疃埔第旺店泊洛栾湾滩浴港来庄",
        strict=False,
    )
)
_ROADS = tuple(
    f"{first}{second}"
    for first in ("人民", "解放", "文昌", "振兴", "黄水河", "通海", "银河", "富民", "新华", "学府")
    for second in ("", "东", "北")
)
_KINDS = (
    ("township_centre", "{}镇卫生院"),
    ("township_centre", "{}中心卫生院"),
    ("community_centre", "{}街道社区卫生服务中心"),
    ("village_clinic", "{}村卫生室"),
    ("hospital", "示例县{}医院"),
    ("fever_clinic", "{}医院发热门诊"),
)
_HOURS = ("24小时", "8:00-11:30,13:30-17:00", "8:00-17:30", "7:30-20:00", "周一至周六 8:00-17:00", "")
_ORDER = ("blue", "yellow", "red", "none", "closed", "cross")


def large() -> BoardView:
    dice = random.Random(20221224)
    places = list(_PLACES)
    dice.shuffle(places)
    sites = iter(_sites(dice, places))
    towns: list[TownSection] = []
    for name in places[:18]:
        members = [one for _, one in zip(range(8 if len(towns) < 17 else 16), sites, strict=False)]
        members.sort(
            key=lambda one: _ORDER.index("closed" if one.reason == "closed_now" else one.light or "none")
        )
        towns.append(town(f"{name}镇", members))
    view = board(towns, header=header("shili-152", "示例县"))
    assert len(view.sites) == SITES
    return view


def _sites(dice: random.Random, places: list[str]) -> Iterator[SiteView]:
    for number in range(1, SITES + 1):
        kind, name = dice.choice(_KINDS)
        place = places[number % len(places)]
        spoke = at(7, 30).replace(hour=dice.choice((7, 8)), minute=dice.randrange(60))
        fields = {
            "id": f"shili-{number:03}",
            "kind": kind,
            "town": f"{places[(number - 1) // 8]}镇",
            "address": f"{dice.choice(places)}镇{dice.choice(_ROADS)}路{dice.randrange(1, 1400)}号",
            "phones": tuple(_phones(dice)),
            "hours": dice.choice(_HOURS),
        }
        yield _site(dice, name.format(place), spoke, fields)


def _site(dice: random.Random, name: str, spoke: datetime, fields: dict[str, Any]) -> SiteView:
    fate = dice.random()
    if fate < 0.06:
        return closed(name, "paused" if fields["kind"] == "village_clinic" else "staff_infected", **fields)
    if fate < 0.16:
        return site(name, "not_reported", last=last(dice.choice(("blue", "yellow", "red"))), **fields)
    if fate < 0.2:
        return site(name, "closed_now", valid_until=at(13, 30), next_open=at(13, 30), **fields)
    until = spoke.replace(hour=spoke.hour + 8)
    light = dice.choice(("blue", "blue", "yellow", "yellow", "red"))
    return site(name, "rule", light, reported_at=spoke, valid_until=until, until=until, **fields)


def _phones(dice: random.Random) -> Iterator[PhoneView]:
    yield phone(f"0000-5{dice.randrange(10**6):06}")
    if dice.random() < 0.15:
        yield phone(f"0000-5{dice.randrange(10**6):06}", when="夜间")
