"""Parts of views, made by hand. Every name, number and place is invented."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone
from typing import Any

from trafficlight.domain.kind import label
from trafficlight.domain.light import BOARD_DARK, BY_ROTA
from trafficlight.publish import finding, words
from trafficlight.publish.view import (
    BoardEntry,
    BoardView,
    Edition,
    Header,
    HeadlineView,
    LastView,
    PhoneView,
    SiteView,
    TownSection,
    TreeLocation,
)
from trafficlight.text import rendering

CHINA = timezone(timedelta(hours=8))
DAY = date(2022, 12, 24)

# What the reason says of the light; the others have none.
LIT = {"rule": "yellow", "full": "red", "override": "blue", "staff_infected": "cross", "paused": "cross"}

BANDS = {
    "blue": "今天的就诊人数未到“较多”的界线",
    "yellow": "今天的就诊人数已到“较多”、未到“很多”的界线",
    "red": "今天的就诊人数已到“很多”的界线",
}


def at(hour: int, minute: int = 0, day: int = 24) -> datetime:
    return datetime(2022, 12, day, hour, minute, tzinfo=CHINA)


AS_OF = at(9, 12)
VALID_UNTIL = at(15, 30)
UNTIL = at(10)


def header(slug: str = "shili", name: str = "示例县", **fields: Any) -> Header:
    given: dict[str, Any] = {
        "state": "live",
        "publisher": "示例县卫生健康局",
        "hotline": "0000-5551200",
        "hotline_tel": "00005551200",
        "supervision": "0000-5551201",
        "supervision_tel": "00005551201",
        "banner": "",
        "notices": (),
        "service_day": DAY,
        "place": TreeLocation(),
    }
    return Header(slug=slug, name=name, lang=words.ZH, zone="Asia/Shanghai", **(given | fields))


def edition(position: int = 1024, valid_until: datetime = VALID_UNTIL) -> Edition:
    text = rendering.edition(position, AS_OF, words.ZH)
    return Edition(position=position, as_of=AS_OF, valid_until=valid_until, until=UNTIL, text=text)


def phone(number: str, ext: str = "", said: str = "", when: str = "", *, now: bool = True) -> PhoneView:
    digits = "".join(char for char in number if char.isdigit())
    tel = f"{digits},{ext}" if ext else digits
    return PhoneView(number=number, ext=ext, label=said, when=when, tel=tel, now=now)


def site(name: str, reason: str = "rule", light: str | None = None, **fields: Any) -> SiteView:
    """A site with everything that its light or reason brings; `fields` replace any of it."""
    kind = fields.get("kind", "township_centre")
    shown = light or LIT.get(reason)
    said = at(8, 10)
    given: dict[str, Any] = {
        "id": "shili-001",
        "distinct": "",
        "kind": kind,
        "kind_label": label(kind),
        "town": "东庄镇",
        "address": "东庄镇人民路12号",
        "phones": (phone("0000-5551234"),),
        "hours": "8:00-11:30,13:30-17:00",
        "rota": "",
        "serves": "",
        "adult": None,
        "child": None,
        "also": (),
        "booking": "",
        "online": "",
        "phone_checked": None,
        "lat": None,
        "lon": None,
        "crs": "wgs84",
        "reason": reason,
        "mark": words.MARKS[shown or ("visit" if reason in BY_ROTA else "none")],
        "pill": words.PILLS[shown or reason],
        "action": action(shown, reason, kind),
        "by_desk": reason == "override",
        "desk_reason": "核实后调整" if reason == "override" else "",
        "reported_at": said if shown and reason != "override" else None,
        "valid_until": at(16, 10) if shown else UNTIL,
        "until": at(16, 10) if shown else UNTIL,
        "cross_since": None,
        "expected_reopen": None,
        "confirmed": False,
        "phone_busy": False,
        "next_open": None,
        "is_open": reason != "closed_now",
        "open_until": None,
        "opens_at": None,
        "visit": None,
        "visit_hours": "",
        "next_news": None,
        "last": None,
        "patients": None,
        "capacity": None,
    }
    return SiteView(name=name, light=shown, **(given | fields))


def action(light: str | None, reason: str, kind: str) -> str:
    if reason in BOARD_DARK:
        return words.HEADLINES[reason.removeprefix("board_")]
    key = "paused" if reason == "paused" else light or reason
    values = {
        "due": "9:00",
        "reported": "昨天16:20",
        "opens": "今天13:30开诊。",
        "next": "下次更新约14:00，",
        "visit": "12月29日 周四 8:30起",
        "hours": "，8:30-11:30",
    }
    return words.action(key, kind, {}, words.ZH, reopen="预计12月28日恢复。", **values)


def closed(name: str, reason: str = "staff_infected", **fields: Any) -> SiteView:
    given: dict[str, Any] = {
        "reported_at": at(7, 30, day=22),
        "cross_since": at(7, 30, day=22),
        "valid_until": at(0, day=28),
        "until": at(0, day=28),
        "expected_reopen": date(2022, 12, 28),
    }
    return site(name, reason, **(given | fields))


def last(light: str = "yellow") -> LastView:
    mark = words.HOLLOW[light]
    return LastView(
        day=date(2022, 12, 23),
        light=light,
        at=at(16, 20, day=23),
        text=f"昨天16:20：{mark}{words.LIGHT_WORDS[light]}",
    )


def town(name: str, sites: Iterable[SiteView], file: str = "") -> TownSection:
    return TownSection(
        name=name, label=name or "未注明乡镇", file=file or name or "other", sites=tuple(sites)
    )


def counts(towns: Iterable[TownSection]) -> dict[str, int]:
    shown = [one.light or "none" for part in towns for one in part.sites if one.reason not in BY_ROTA]
    return {light: shown.count(light) for light in ("blue", "yellow", "red", "cross", "none")}


def board(towns: Iterable[TownSection], **fields: Any) -> BoardView:
    parts = tuple(towns)
    tally = counts(parts)
    given: dict[str, Any] = {
        "header": header(),
        "edition": edition(),
        "headline": HeadlineView(kind="counts", text=rendering.fill(words.HEADLINES["counts"], tally)),
        "counts": tally,
    }
    return BoardView(towns=parts, **(given | fields))


def box_of(view: BoardView) -> tuple[float, float, float, float] | None:
    spots = [spot for spot in map(finding.spot, view.sites) if spot]
    lats, lons = [lat for lat, _ in spots], [lon for _, lon in spots]
    return (min(lats), min(lons), max(lats), max(lons)) if spots else None


def entry(view: BoardView) -> BoardEntry:
    return BoardEntry(
        slug=view.header.slug,
        name=view.header.name,
        state=view.header.state,
        service_day=view.header.service_day,
        position=view.edition.position,
        as_of=view.edition.as_of,
        valid_until=view.edition.valid_until,
        until=view.edition.until,
        headline=view.headline,
        counts=view.counts,
        ended_on=view.header.ended_on,
        towns=tuple(town.name for town in view.towns if town.name),
        box=box_of(view),
    )
