"""Boards of any size for what is made of views, with names as long and as strange as lists bring them."""

from typing import Any, Final

from tests.golden.make import board, closed, header, last, phone, site, town
from tests.golden.views import HOSTILE
from trafficlight.publish.view import BoardView, SiteView, TreeLocation

PUBLIC: Final = TreeLocation(public_url="https://fever.example.gov.cn")

STRANGE: Final = (
    *(HOSTILE, '"><img src=x onerror=alert(1)>', "javascript:alert(1)", "&amp;&lt;", "{{ 7*7 }}"),
    *(
        "诊所😷👨\u200d👩\u200d👧",
        "\u202e倒过来",
        "两行\n名字\t和\u00a0空格",
        "\0\x1b[31m",
        "</section></p>诊所",
        "\ud800",
    ),
)

_FATES: Final = ("blue", "yellow", "red", "none", "cross", "last", "shut", "visit")


def sized(sites: int, towns: int = 18, **fields: Any) -> BoardView:
    """A board of so many sites; `fields` of the header, and `long`, which is added to every name."""
    stretch = fields.pop("long", "")
    parts: list[list[SiteView]] = [[] for _ in range(min(towns, sites))]
    for number in range(sites):
        parts[number % len(parts)].append(_site(number, number % len(parts), stretch))
    given = {"place": PUBLIC} | fields
    return board(
        [town(f"第{at}镇{stretch[:36]}", members) for at, members in enumerate(parts)], header=header(**given)
    )


def _site(number: int, place: int, stretch: str) -> SiteView:
    fields: dict[str, Any] = {
        "id": f"s-{number}",
        "town": f"第{place}镇",
        "address": f"第{place}镇人民路{number}号" + stretch * 2,
        "phones": (phone(f"0000-555{number:04}"), phone(f"0000-556{number:04}", "8001", "值班室", "夜间")),
        "hours": "24小时" if number % 10 == 0 else "8:00-17:30",
    }
    name = f"第{number}卫生院" + stretch
    fate = _FATES[number % len(_FATES)]
    if fate == "cross":
        return closed(name, **fields)
    if fate == "last":
        return site(name, "expired", last=last(), **fields)
    if fate == "shut":
        return site(name, "closed_now", **fields)
    if fate == "visit":
        return site(name, "next_visit", rota="每周二", is_open=False, **{**fields, "kind": "mobile_stop"})
    return site(name, "not_reported", **fields) if fate == "none" else site(name, light=fate, **fields)
