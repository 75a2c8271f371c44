"""The fixed set of views: every light, every reason, and what a county's list does to them."""

from datetime import date, timedelta
from typing import Any, Final

from msgspec.structs import replace

from tests.golden.large import large
from tests.golden.lists import by_town, lists
from tests.golden.make import (
    AS_OF,
    BANDS,
    DAY,
    UNTIL,
    VALID_UNTIL,
    at,
    board,
    closed,
    counts,
    edition,
    entry,
    header,
    last,
    phone,
    site,
    town,
)
from trafficlight.domain.rules.counts import Counts
from trafficlight.domain.rules.share import Share
from trafficlight.publish import words
from trafficlight.publish.formats.base import FormatScope
from trafficlight.publish.view import (
    BoardView,
    ChangeView,
    Day,
    FeedView,
    GoneView,
    HeadlineView,
    IndexView,
    NoticeView,
    PlannedView,
    RuleView,
    SitePageView,
    SiteView,
    TownView,
    TreeLocation,
    View,
)
from trafficlight.text import rendering

HOSTILE: Final = "<script>alert(1)</script>'\"&]]>--><b>诊所"
FORMULA: Final = "=cmd|' /C calc'!A0"
"""A name that a spreadsheet would run."""
LONG: Final = "示例县东庄镇与西岭镇联合社区卫生服务中心（原东庄镇中心卫生院发热哨点诊室北院区分部）"

RULE: Final = RuleView(
    kind="share",
    version=3,
    since=at(0, day=20),
    text=rendering.phrase(Share().describe("shili-001"), words.ZH),
    exception=False,
)
DEFAULT: Final = replace(RULE, version=0, since=None)

_EAST: Final = (
    site("东庄镇中心卫生院", light="blue", id="shili-001"),
    site(
        "东庄社区卫生服务中心",
        id="shili-002",
        kind="community_centre",
        phones=(
            phone("0000-5551235", when="白天"),
            phone("0000-5551236", "801", "值班室", "夜间", now=False),
        ),
        phone_busy=True,
        serves="成人和6岁以上儿童",
        also=("东庄医院", "老卫生院"),
        booking="https://yuyue.example/dongzhuang?a=1&b=2",
        online="微信搜索“示例县互联网医院”",
        phone_checked=date(2022, 12, 19),
        lat=37.64,
        lon=120.33,
    ),
    site("示例县人民医院", light="red", id="shili-003", kind="hospital", hours="24小时"),
    site("东庄镇马家村卫生室", "full", id="shili-004", kind="village_clinic"),
    site(
        "东庄镇李家村卫生室",
        "override",
        id="shili-005",
        kind="village_clinic",
        valid_until=at(18),
        open_until=at(9, 30),
        closing_soon="9:30停诊，来不及请先打电话。",
    ),
    site("东庄镇王家村卫生室", "not_due", id="shili-006", kind="village_clinic", last=last("red")),
    site("东庄镇赵家村卫生室", "closed_now", id="shili-007", valid_until=at(13, 30), next_open=at(13, 30)),
    site("东庄镇刘家村卫生室", "rule_unreadable", id="shili-019", kind="village_clinic"),
    closed("东庄镇卫生院南院", id="shili-008", confirmed=True),
    closed("东庄镇孙家村卫生室", "paused", id="shili-009", kind="village_clinic"),
)
_WEST: Final = (
    site(LONG, light="blue", id="shili-011", town="西岭镇", address=f"西岭镇{LONG}东侧200米路北"),
    site(
        HOSTILE,
        id="shili-012",
        town="西岭镇",
        address=HOSTILE,
        kind="<i>诊所",
        serves=HOSTILE,
        hours="<8:00&17:00>",
    ),
    site("示例镇第二卫生院", light="blue", id="gongkai-9", town="西岭镇"),
    site(FORMULA, light="red", id="shili-016", town="西岭镇", address="+1+1", serves="@SUM(1)"),
    site("西岭镇卫生院", "expired", id="shili-013", town="西岭镇", reported_at=at(0, 40), last=last("blue")),
    site("西岭镇郑家村卫生室", light="blue", id="shili-017", town="西岭镇", hours="看情况", is_open=None),
    site(
        "西岭镇周家村卫生室",
        "not_reported",
        id="shili-014",
        town="西岭镇",
        phones=(),
        hours="",
        is_open=None,
    ),
    site(
        "西岭镇王家村卫生室",
        "hours_unknown",
        id="shili-018",
        town="西岭镇",
        hours="看情况",
        is_open=None,
        last=last("blue"),
    ),
    closed(
        "西岭镇吴家村卫生室",
        "reopening_due",
        id="shili-015",
        town="西岭镇",
        valid_until=UNTIL,
        cross_since=None,
    ),
)
_NOWHERE: Final = (
    site(
        "流动巡诊车钱家村停靠点",
        "next_visit",
        id="shili-022",
        kind="mobile_stop",
        town="",
        address="钱家村村委会院内",
        hours="8:30-11:30",
        rota="每5天一次，自12月19日起",
        visit=date(2022, 12, 29),
        visit_hours="8:30-11:30",
        next_open=at(8, 30, day=29),
        is_open=False,
        opens_at=at(8, 30, day=29),
    ),
    site(
        "流动巡诊车冯家村停靠点",
        "visiting_today",
        id="shili-023",
        kind="mobile_stop",
        town="",
        address="冯家村小学门口",
        hours="8:30-11:30",
        rota="每周六",
        visit=date(2022, 12, 24),
        visit_hours="8:30-11:30",
        open_until=at(11, 30),
    ),
    site(
        "不知所在的卫生室",
        "not_reported",
        id="shili-021",
        town="",
        address="",
        phones=(),
        hours="",
        is_open=None,
    ),
)

TOWNS: Final = (town("东庄镇", _EAST), town("西岭镇", _WEST), town("", _NOWHERE))
NOTICE: Final = "元旦假期各机构开诊时间有调整，前往前请先打电话。"

NOTICES: Final = (
    NoticeView(text=NOTICE, until=at(0, day=29)),
    NoticeView(text="东庄镇停电。", until=at(17, 30)),
    NoticeView(text=HOSTILE),
)

MIXED: Final = board(
    TOWNS, header=header(banner="演示数据，不是真实信息", notices=NOTICES, teams=True, guide=True)
)
COUNTED: Final = board(
    (town("示例镇", [site("示例镇卫生院", id="gongkai-1", patients=41, capacity=50, town="示例镇")]),),
    header=header(
        "gongkai",
        "公开县",
        place=TreeLocation(
            public_url="https://deng.example/fever", app_url="https://deng.example", licence="CC-BY-4.0"
        ),
        licence="CC-BY-4.0",
        attribution="公开县卫生健康局 & <数据>",
        hotline_tel="",
        hotline="12320（示例）",
    ),
    headline=HeadlineView(kind="all_busy", text=words.HEADLINES["all_busy"]),
)
_DARK: Final[dict[str, Any]] = {"light": None, "mark": "○", "reported_at": None}
PAUSED: Final = board(
    (
        town(
            "东庄镇",
            [
                site("东庄镇卫生院", "board_paused", id="zanting-1", **_DARK),
                site("东庄村卫生室", "board_paused", id="zanting-2", **_DARK),
            ],
        ),
    ),
    header=header("zanting", "停更县", state="paused"),
    headline=HeadlineView(kind="paused", text=words.HEADLINES["paused"]),
)
ENDED: Final = board(
    (),
    header=header(
        "jieshu",
        "结束县",
        state="ended",
        closing="感谢各机构医务人员和广大居民，就诊请按平时的方式前往各机构。",
        ended_on=date(2023, 1, 31),
    ),
    headline=HeadlineView(kind="ended", text=words.HEADLINES["ended"]),
)
DRAFT: Final = board(
    (town("草稿镇", [site("草稿镇卫生院", id="caogao-1", town="草稿镇")]),),
    header=header("caogao", "草稿县", state="draft"),
    edition=edition(7),
)
BARE: Final = board(
    (),
    header=header("kongbai", "空白县", publisher="", hotline="", hotline_tel="", supervision=""),
    edition=edition(1),
    headline=HeadlineView(kind="empty", text=words.HEADLINES["empty"]),
)

BOARDS: Final = (MIXED, COUNTED, PAUSED, ENDED, DRAFT, BARE)


def _change(view: BoardView, number: int, of: SiteView) -> ChangeView:
    return ChangeView(
        site=of.id,
        name=of.name,
        town=of.town,
        position=view.edition.position + number,
        at=at(8, number % 60),
        until=of.valid_until,
        light=of.light,
        mark=of.mark,
        pill=of.pill,
        action=of.action,
    )


def page(view: BoardView, of: SiteView, **fields: object) -> SitePageView:
    said = BANDS[of.light or ""] if of.reason == "rule" else "机构报告今天已满" if of.reason == "full" else ""
    changes = (_change(view, 0, of),) if of.light else ()
    given = {"rule": RULE, "history": HISTORY, "nearby": (), "outlook": said, "changes": changes} | fields
    return SitePageView(header=view.header, edition=view.edition, site=of, **given)  # type: ignore[arg-type]


def _past(back: int) -> Day:
    light = (None, "red", "yellow", "blue", "cross", None)[back % 6] if back != 13 else None
    shut = back in {6, 13}
    word = words.LIGHT_WORDS[light] if light else ("休诊" if shut else "未报")
    mark = "–" if shut and not light else words.MARKS[light or "none"]
    return Day(day=DAY - timedelta(days=back), light=light, mark=mark, word=word)


HISTORY: Final = tuple(_past(back) for back in range(1, 15))

PAGES: Final[tuple[SitePageView | GoneView, ...]] = (
    *(page(MIXED, one, nearby=(_EAST[0], _EAST[1])) for one in MIXED.sites),
    page(
        COUNTED,
        COUNTED.sites[0],
        rule=RuleView(
            kind="counts",
            version=1,
            since=None,
            text=rendering.phrase(Counts().describe("gongkai-1"), words.ZH),
            exception=True,
        ),
    ),
    page(DRAFT, DRAFT.sites[0], rule=DEFAULT),
    *(page(PAUSED, one, history=()) for one in PAUSED.sites),
    page(ENDED, site("结束县卫生院", "board_ended", id="jieshu-1", **_DARK), history=()),
    GoneView(
        header=MIXED.header,
        edition=MIXED.edition,
        name=HOSTILE,
        town="西岭镇",
        gone_on=date(2022, 12, 20),
        moved_to="",
        site="shili-090",
    ),
    GoneView(
        header=COUNTED.header,
        edition=COUNTED.edition,
        name="示例镇第二卫生院",
        town="",
        gone_on=date(2022, 12, 21),
        moved_to="shili",
        site="gongkai-9",
    ),
)

INDEX: Final = IndexView(
    lang=words.ZH,
    place=TreeLocation(proofs=(("MP_verify_aB3dE6gH9jK2mN5p.txt", "aB3dE6gH9jK2mN5p"),)),
    as_of=AS_OF,
    valid_until=VALID_UNTIL,
    until=UNTIL,
    boards=tuple(entry(view) for view in (MIXED, COUNTED, PAUSED, ENDED, BARE)),
)


def towns(view: BoardView) -> tuple[TownView, ...]:
    return tuple(
        TownView(
            header=view.header,
            edition=view.edition,
            headline=view.headline,
            counts=counts([one]),
            town=one,
        )
        for one in view.towns
    )


def many() -> TownView:
    """A town of 40 sites with long names."""
    names = [f"{LONG}第{number}门诊部" for number in range(1, 41)]
    lights = ("blue", "yellow", "red", None)
    members = [
        site(name, light=lights[at % 4]) if lights[at % 4] else site(name, "not_reported")
        for at, name in enumerate(names)
    ]
    view = board([town("大镇", members)], header=header("da", "大县", notices=(NoticeView(text=NOTICE),)))
    return towns(view)[0]


LISTS: Final = lists(HOSTILE)


def feed(view: BoardView) -> FeedView:
    """What the sites show now as what changed, a minute apart, and what of them is announced."""
    changes = [_change(view, number, one) for number, one in enumerate(view.sites)]
    planned = [
        PlannedView(
            site=one.id,
            name=one.name,
            town=one.town,
            address=one.address,
            day=one.visit or one.expected_reopen or DAY,
            spans=((at(8, 30, day=29), at(11, 30, day=29)),) if one.visit_hours and one.visit else (),
            reopening=one.visit is None,
        )
        for one in view.sites
        if one.visit or one.expected_reopen
    ]
    lit = view.header.state not in {"paused", "ended"}
    return FeedView(
        header=view.header,
        edition=view.edition,
        changes=tuple(reversed(changes)) if lit else (),
        planned=tuple(planned) if lit else (),
    )


VIEWS: Final[dict[FormatScope, tuple[View, ...]]] = {
    FormatScope.TREE: (replace(INDEX, place=replace(INDEX.place, public_url="https://deng.example/fever")),),
    FormatScope.INDEX: (INDEX,),
    FormatScope.BOARD: (*BOARDS, large()),
    FormatScope.PICTURES: (*BOARDS, large()),
    FormatScope.DATA: (*BOARDS, large()),
    FormatScope.TOWN_PICTURES: (*towns(MIXED), many()),
    FormatScope.FEED: tuple(feed(view) for view in (*BOARDS, large())),
    FormatScope.TOWN: (*(one for view in BOARDS for one in towns(view)), many()),
    FormatScope.SITE: PAGES,
    FormatScope.LISTS: LISTS,
    FormatScope.TEAMS: by_town(LISTS),
}
