"""What is said: marks, colours, pills, sentences, and the lines that several formats print.

Words never decide; `domain` has decided already. The sentences are a table by light or reason, and by
`light/kind`; a board may replace any of them. Lines have their date, so that none grows stale unseen.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Final
from urllib.parse import quote

from trafficlight.domain.board_lights import WITHOUT_LIGHTS
from trafficlight.domain.closure import INFECTED, Pause
from trafficlight.domain.light import BY_ROTA, Light, Reason
from trafficlight.publish import naming
from trafficlight.publish.view import Edition, Header, NoticeView, PhoneView, SiteView
from trafficlight.text import languages, rendering
from trafficlight.text.advice import ADVICE
from trafficlight.text.languages import HANT, N_, language, translate
from trafficlight.text.rendering import fill

ZH: Final = languages.ZH.code

MARKS: Final[Mapping[str, str]] = {
    "blue": "●",
    "yellow": "▲",
    "red": "■",
    "cross": "✕",
    "none": "○",
    "visit": "◇",
}
HOLLOW: Final[Mapping[str, str]] = {"blue": "○", "yellow": "△", "red": "□", "cross": "✕"}
LIGHT_WORDS: Final[Mapping[str, str]] = {
    "blue": N_("人少"),
    "yellow": N_("较多"),
    "red": N_("很多"),
    "cross": N_("暂停"),
}

FILLS: Final[Mapping[str, str]] = {
    "blue": "#1565c0",
    "yellow": "#f5b400",
    "red": "#c62828",
    "cross": "#5c6370",
}
INKS: Final[Mapping[str, str]] = {
    "blue": "#ffffff",
    "yellow": "#191919",
    "red": "#ffffff",
    "cross": "#ffffff",
}
"""Colours of the lights and of the words on them, for badges, articles and pictures; `static/first.css` says
the same to browsers. Each word stands out from its colour by at least 4.5 to 1, in WeChat's dark mode too."""
INK: Final = "#1a1d21"
MUTED: Final = "#555c66"
"""Of what stands beside the lights: text, and lesser text and outlines."""

PILLS: Final[Mapping[str, str]] = {
    Light.BLUE: N_("蓝·人少"),
    Light.YELLOW: N_("黄·较多"),
    Light.RED: N_("红·很多"),
    Light.CROSS: N_("暂停"),
    Reason.NOT_DUE: N_("待更新"),
    Reason.NOT_REPORTED: N_("未更新"),
    Reason.EXPIRED: N_("待更新"),
    Reason.CLOSED_NOW: N_("现未开诊"),
    Reason.HOURS_UNKNOWN: N_("先打电话"),
    Reason.REOPENING_DUE: N_("待确认"),
    Reason.RULE_UNREADABLE: N_("先打电话"),
    Reason.NEXT_VISIT: N_("定期巡诊"),
    Reason.VISITING_TODAY: N_("今天巡诊"),
    Reason.BOARD_PAUSED: N_("暂停更新"),
    Reason.BOARD_ENDED: N_("已结束"),
}

CLOSED_FOR: Final[Mapping[str, str]] = {
    INFECTED: N_("医务人员感染"),
    Pause.POWER: N_("停电停水"),
    Pause.EQUIPMENT: N_("设备故障"),
    Pause.MOVED: N_("搬迁"),
    Pause.REBUILDING: N_("装修改造"),
    Pause.OTHER: N_("其他原因"),
}
"""Why a site is closed, as the clinic and the desk choose and read it. What the public reads: `presenter`."""

HEADLINES: Final[Mapping[str, str]] = {
    "fault": N_("信息更新暂时中断，前往前请先打电话。"),
    "all_busy": N_("多数机构就诊人数很多，症状较轻可先联系家庭医生或线上问诊。"),
    "all_closed": N_("多数机构暂停接诊。{open}。"),
    "holiday": N_("今天是休息日，多数机构未开诊{opens}。{open}。"),
    "night": N_("现在多数机构未开诊{opens}。{open}。"),
    "hours_unknown": N_("多数机构开诊时间不详，前往前请先打电话。{open}。"),
    "early": N_("时间尚早{opens}，今日信息约{due}更新。{open}，没有颜色的请先打电话。"),
    "counts": N_("人少{blue}家，较多{yellow}家，很多{red}家，暂停{cross}家，无最新信息{none}家。"),
    "visits": N_("今天有{visited_today}处巡诊，各点的下次巡诊日期见下。"),
    "paused": N_("本页暂停更新，不显示忙闲，前往前请先打电话。"),
    "ended": N_("本服务已结束，不再更新。"),
    "empty": N_("本页还没有登记机构。"),
}

ABOUT: Final = (
    N_("颜色只表示接诊忙闲，与健康码无关；由各机构自行填报，仅供参考，不限制任何人就医。"),
    N_("情况紧急请不要看颜色，直接拨打120。"),
)
"""Said once on every page, fragment, poster, print and notice."""

MISMATCHES: Final[Mapping[str, str]] = {
    "wrong_phone": N_("电话有误"),
    "closed": N_("到了没开门"),
    "not_seen": N_("到了没看上"),
}
"""By the codes of `domain.mismatch.WHATS`, in the order in which they are offered."""


def about(lang: str) -> tuple[str, ...]:
    """What is said once on everything, in the language."""
    return tuple(translate(text, lang) for text in ABOUT)


def action(key: str, kind: str, overrides: Mapping[str, str], lang: str, **values: str) -> str:
    """The sentence for a light or reason, filled in."""
    return fill(sentence(key, kind, overrides, lang), values)


def sentence(key: str, kind: str, overrides: Mapping[str, str], lang: str) -> str:
    """The sentence as it is written: the board's for the kind, ours for the kind, the board's, ours.

    What the county wrote stands in the language in which it wrote; in the others ours says the same.
    """
    own = overrides if lang == ZH else {}
    exact, general = f"{key}/{kind}", key
    for entry in (exact, general):
        if entry in own:
            return own[entry]
        if entry in ADVICE:
            return translate(ADVICE[entry], lang)
    raise KeyError(key)


_UNSPACED: Final = frozenset({ZH, HANT.code})

NO_NEWS: Final = N_("无最新信息")

MEANS: Final = {
    "blue": N_("可直接前往"),
    "yellow": N_("先打电话预约"),
    "red": N_("先打电话确认"),
    "cross": N_("请到其他机构"),
    "none": N_("去前先打电话"),
}
"""What a light asks of people, in six characters, so that a line of the legend fits an old phone."""

WHY_NONE: Final = {
    "not_due": N_("还没到今天的填报时间"),
    "not_reported": N_("今天还没有收到本机构的填报"),
    "expired": N_("上次填报已过有效时间"),
    "closed_now": N_("现在不是开诊时间"),
    "hours_unknown": N_("不知道现在是否开诊"),
    "reopening_due": N_("原定恢复接诊的日期已到，还没有收到新的填报"),
    "rule_unreadable": N_("规则由更新版本的程序设定，正在更新"),
    "next_visit": N_("这里定期巡诊"),
    "visiting_today": N_("这里定期巡诊"),
    "board_paused": N_("本页暂停更新"),
    "board_ended": N_("本服务已结束"),
}
"""Why there is no light, as a site's page explains it."""

_LINK: Final = re.compile(r"https?://[\w.-]+(?::\d+)?(?:[/?#][^\s<>\"'\\^`{|}]*)?", re.IGNORECASE)

_NUMBER: Final = re.compile(r"(?<!\d)\d[\d-]{5,}\d(?!\d)", re.ASCII)
_GROUPS: Final = {
    7: (3, 4),
    8: (4, 4),
    10: (3, 3, 4),  # 400 and 800 numbers
    11: (3, 4, 4),
    12: (4, 4, 4),  # an area code of four digits written together with eight
}
"""By the number of digits."""


def has_lights(header: Header) -> bool:
    """Whether the board shows lights at all."""
    return header.state not in WITHOUT_LIGHTS


def when(at: datetime, lang: str) -> str:
    """As in: 12月24日 周六 8:10."""
    return f"{rendering.day_long(at.date(), lang)} {rendering.clock(at)}"


def till(until: datetime, day: date, lang: str) -> str:
    """An end as it is said of something on `day`: 16:10, 24:00, 12月28日 周三 8:00.

    Midnight is the end of the day before it: nobody reads "until 0:00 on the 25th" as tonight.
    """
    if until.time() == time(0):
        return _on(until.date() - timedelta(days=1), day, "24:00", lang)
    return _on(until.date(), day, rendering.clock(until), lang)


def own_time(site: SiteView, today: date, lang: str) -> str:
    """When the site spoke and until when that stands: 12月24日 周六 8:10填报，有效至16:10.

    Where the number was true earlier, that first: 12月24日 周六 8:10的人数（9:30填报），有效至16:10.
    """
    at = site.reported_at
    if at is None or site.light is None:  # what was reported stands no more: the end is another's
        text, values = (
            N_("{day}，有效至{till}"),
            {
                "day": rendering.day_long(today, lang),
                "till": till(site.valid_until, today, lang),
            },
        )
    else:
        text, values = (
            N_("{when}的人数（{posted}填报），有效至{till}")
            if site.posted_at
            else N_("{when}填报，有效至{till}"),
            {
                "posted": rendering.clock(site.posted_at) if site.posted_at else "",
                "when": when(at, lang),
                "till": till(site.valid_until, at.date(), lang),
            },
        )
    return translate(text, lang).format(**values)


def brief(site: SiteView, today: date, lang: str) -> str:
    """What a row says of it besides its mark: when it opens or shuts, what is unusual; mostly nothing.

    Days have their date, so that no row grows stale unseen.
    """
    if site.closing_soon:
        return site.closing_soon
    if site.by_desk:
        note = naming.in_short(site.desk_reason, lang)
        reason = bracketed("", note, lang) if note else ""
        return translate(N_("由主管部门设定{reason}"), lang).format(reason=reason)
    if site.reason == Reason.CLOSED_NOW:
        opens = till(site.opens_at, today, lang) if site.opens_at else ""
        return translate(N_("{when}开诊"), lang).format(when=opens) if opens else ""
    if site.light == Light.CROSS or site.reason in {*BY_ROTA, Reason.REOPENING_DUE}:
        return site.action
    return translate(N_("电话占线较多，可稍后再拨"), lang) if site.phone_busy else ""


def colour_first(pill: str) -> tuple[str, str]:
    """The word of a pill, parted behind the name of its colour, which a narrow row leaves to the eye."""
    colour = _COLOUR.match(pill)
    return (colour[0], pill[colour.end() :]) if colour else ("", pill)


_COLOUR: Final = re.compile(r"[^·:：]+[·:：] ?(?=.)")


def holds(edition: Edition, lang: str) -> str:
    """As in: 截至12月24日 周六 8:10，有效至16:10."""
    return translate(N_("截至{when}，有效至{till}"), lang).format(
        when=when(edition.as_of, lang), till=till(edition.valid_until, edition.as_of.date(), lang)
    )


def phone_text(phone: PhoneView, lang: str) -> str:
    """A phone in running text: 夜间 0535-0001234转801（值班室）."""
    number = phone.number
    if phone.ext:
        number = translate(N_("{number}转{ext}"), lang).format(number=number, ext=phone.ext)
    label = f"{naming.noted(phone.when, lang)} {number}" if phone.when else number
    return bracketed(label, naming.noted(phone.label, lang), lang) if phone.label else label


def read_out(text: str) -> str:
    """A text with its phone numbers in groups, as they are read out: 0535 881 2345, 138 0000 0000."""
    return _NUMBER.sub(lambda found: " ".join(_grouped(found[0])), text)


def _grouped(number: str) -> Iterator[str]:
    """An area code by itself; of the rest what Chinese ears expect: 3-4, 4-4, 3-4-4 of a mobile number."""
    for run in number.split("-"):
        sizes = _GROUPS.get(len(run), (len(run),))
        start = 0
        for size in sizes:
            yield run[start : start + size]
            start += size


def closed_today(site: SiteView, today: date) -> bool:
    """Whether it is news of the day that it is closed."""
    return site.light == "cross" and site.cross_since is not None and site.cross_since.date() == today


def is_link(text: str) -> bool:
    """Whether all of a text is an address that can be opened; what a county writes there is often words."""
    return _LINK.fullmatch(text) is not None


def notice_end(notice: NoticeView, lang: str) -> str:
    """Until when a notice stands: 至12月28日, with the time where it is not the end of the day."""
    until = notice.until
    if until is None:
        return ""
    if until.time() == time(0):
        end = rendering.day(until.date() - timedelta(days=1), lang)
    else:
        end = f"{rendering.day(until.date(), lang)} {rendering.clock(until)}"
    return translate(N_("至{end}"), lang).format(end=end)


def noticed(header: Header) -> Iterator[str]:
    """The board's notices in running text, each with its end."""
    for notice in header.notices:
        end = notice_end(notice, header.lang)
        text = naming.own(notice.text, header.lang)
        yield bracketed(text, end, header.lang) if end else text


def bracketed(text: str, remark: str, lang: str) -> str:
    """A text with a remark in the brackets of the language."""
    return translate(N_("{text}（{remark}）"), lang).format(text=text, remark=remark)


def listed(parts: Iterable[str], lang: str) -> str:
    """Several things in a row: 甲、乙."""
    return translate(N_("、"), lang).join(parts)


def joined(parts: Iterable[str], lang: str) -> str:
    """Parts of one sentence: 甲，乙."""
    return translate(N_("，"), lang).join(parts)


def ended(text: str, lang: str) -> str:
    """A sentence with its full stop."""
    return translate(N_("{text}。"), lang).format(text=text)


def sentences(parts: Iterable[str], lang: str) -> str:
    """Sentences one after another, with a space between them where the language has one."""
    return ("" if lang in _UNSPACED else " ").join(part for part in parts if part)


def answering(header: Header) -> list[str]:
    """Who answers for it: publisher, hotline, supervision phone, as far as they are known."""
    rows = (
        (N_("发布单位：{said}"), naming.named(header.publisher, header.lang)),
        (N_("咨询电话：{said}"), naming.noted(header.hotline, header.lang)),
        (N_("监督电话：{said}"), naming.noted(header.supervision, header.lang)),
    )
    return [translate(text, header.lang).format(said=value) for text, value in rows if value]


def heading(header: Header, place: str = "") -> str:
    """What a text without a page around it is about: 示例县发热就诊机构忙闲情况."""
    return translate(N_("{place}发热就诊机构忙闲情况"), header.lang).format(
        place=naming.named(place or header.name, header.lang)
    )


def group_of(site: SiteView) -> str:
    """The light, `visit` for a stop that shows its visit instead of one, or `none`."""
    return site.light or ("visit" if site.reason in BY_ROTA else "none")


def maybe_shut(site: SiteView) -> bool:
    """Whether it shows how busy it is though nobody knows whether it is open."""
    return site.is_open is None and site.light in {"blue", "yellow", "red"}


def doubted(text: str, lang: str) -> str:
    """What is said of such a site, or of several of them: 蓝·人少（开诊时间不详）."""
    return bracketed(text, translate(N_("开诊时间不详"), lang), lang)


def _on(day: date, today: date, clock: str, lang: str) -> str:
    return clock if day == today else f"{rendering.day_long(day, lang)} {clock}"


def board_url(header: Header) -> str:
    """Of the board's page in the header's language; empty where nobody said where the tree lives."""
    root = header.place.public_url
    return f"{root}/{language(header.lang).folder}{header.slug}/" if root else ""


def site_url(header: Header, site: str) -> str:
    """Of a site's page, likewise."""
    root = board_url(header)
    return f"{root}sites/{site}.html" if root else ""


def town_url(header: Header, file: str) -> str:
    """Of a town's page, likewise."""
    root = board_url(header)
    return f"{root}towns/{quote(file)}.html" if root else ""


def without_scheme(url: str) -> str:
    """The address as people write it down: without https://."""
    return url.removeprefix("https://")
