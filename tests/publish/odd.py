"""Boards as no list should bring them, and some do: for every format that programs read."""

from datetime import date
from typing import Any, Final

from hypothesis import strategies as st
from msgspec.structs import replace

from tests.golden.make import at, board, closed, header, last, phone, site, town
from trafficlight.publish.view import BoardView, SiteView, TreeLocation
from trafficlight.text.languages import LANGUAGES

HOSTILE: Final = (
    *("]]>", "</script><script>alert(1)</script>", "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)"),
    *("\t=1+1", " =1+1", "＝1+1", "诊所😷👨\u200d👩\u200d👧", "\u202e倒过来", "مستشفى", "两行\r\n名字"),
    *("\0\x1b[31m", "\x85\u2028\u2029", "\ufffe\uffff", "&amp;<!-- --><?xml?>", '"><img src=x onerror=1>'),
    *("长" * 200, "'", '"', ",", ";", "{{ 7*7 }}", "%s{0}", "BEGIN:VCALENDAR", ""),
)
_TEXT: Final = st.one_of(
    st.sampled_from(HOSTILE), st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
)
_LINE: Final = _TEXT.map(lambda text: text or "无名")
_NUMBERS: Final = st.sampled_from(("0535-8881234", "13800000000", "+86 535 8881234", "12320", "110转8005"))
_REASONS: Final = (
    *("rule", "full", "override", "not_due", "not_reported", "expired", "closed_now", "hours_unknown"),
    *("reopening_due", "rule_unreadable", "next_visit", "visiting_today", "staff_infected", "paused"),
)
_DEGREES: Final = st.one_of(st.none(), st.floats(-400, 400), st.just(0.0))


def _site(
    name: str, text: str, shown: tuple[str, str], numbers: list[str], place: tuple[Any, Any, str]
) -> SiteView:
    reason, light = shown
    fields: dict[str, Any] = {
        "phones": tuple(phone(number, said=text[:20]) for number in numbers),
        "lat": place[0],
        "lon": place[1],
        "crs": place[2],
        "address": text,
        "hours": text,
        "town": text[:20],
        "serves": text,
        "also": (text,),
        "kind": "village_clinic" if len(text) % 2 else text or "hospital",
    }
    if reason in {"staff_infected", "paused"}:
        return closed(name, reason, **fields | {"kind": "hospital"})
    if reason == "next_visit":
        more = {"rota": "每周四", "visit": date(2022, 12, 29), "visit_hours": "", "next_open": at(0, day=29)}
        return site(name, reason, **fields | more)
    lit = {"light": light} if reason == "rule" else {}
    return site(name, reason, last=last() if reason == "expired" else None, **fields, **lit)


_SITES: Final = st.builds(
    _site,
    _LINE,
    _TEXT,
    st.tuples(st.sampled_from(_REASONS), st.sampled_from(("blue", "yellow", "red"))),
    st.lists(_NUMBERS, max_size=3),
    st.tuples(_DEGREES, _DEGREES, st.sampled_from(("wgs84", "gcj02", "bd09", "cgcs2000", ""))),
)


def _board(sites: list[SiteView], state: str, said: tuple[str, str], lang: str, public: str) -> BoardView:
    name, text = said
    told = [replace(one, id=f"odd-{number}") for number, one in enumerate(sites)]
    if state in {"paused", "ended"}:
        dark: dict[str, Any] = {"light": None, "reason": f"board_{state}", "reported_at": None}
        told = [replace(one, **dark) for one in told]
    given = {"publisher": text, "attribution": text, "licence": text[:40], "state": state}
    head = header(name=name, place=TreeLocation(public_url=public), **given)
    return board([town("东庄镇", told)], header=replace(head, lang=lang))


odd_boards: Final = st.builds(
    _board,
    st.lists(_SITES, max_size=5),
    st.sampled_from(("live", "paused", "ended", "draft")),
    st.tuples(_LINE, _TEXT),
    st.sampled_from([one.code for one in LANGUAGES]),
    st.sampled_from(("", "https://deng.example/a")),
)
