"""One board's, site's or rule's facts in words: words are chosen here, nothing is decided."""

from datetime import date, datetime
from typing import Final

from trafficlight.domain.board import Board
from trafficlight.domain.board_lights import as_published, shows_lights
from trafficlight.domain.clock import posted_at
from trafficlight.domain.closure import Pause
from trafficlight.domain.day import ONE_DAY, local
from trafficlight.domain.errors import Refused
from trafficlight.domain.headline import Headline, HeadlineKind
from trafficlight.domain.hours import Answered, phones_answered
from trafficlight.domain.judge import light_on, listed_since, openness, today_at
from trafficlight.domain.kind import ages, find, label
from trafficlight.domain.light import BOARD_DARK, BY_ROTA, CLOSED, Light, Reason
from trafficlight.domain.phone import Phone as WrittenPhone
from trafficlight.domain.phone import area_code_of, dial, parse_phones
from trafficlight.domain.rota import absent_on, rota_of
from trafficlight.domain.state import (
    GONE_RETENTION,
    HISTORY_DAYS,
    BoardFold,
    Gone,
    Judged,
    RotaSlot,
    RuleVersion,
    SiteState,
    rule_in_force,
)
from trafficlight.domain.tally import capacity_assumed
from trafficlight.publish import naming, words
from trafficlight.publish.view import (
    Day,
    Header,
    HeadlineView,
    LastView,
    NoticeView,
    PhoneView,
    RuleView,
    SiteView,
    TreeLocation,
)
from trafficlight.text import rendering
from trafficlight.text.languages import N_, translate

_AS_WRITTEN: Final = (
    *("id", "name", "kind", "town", "address", "lat", "lon", "crs", "hours", "rota", "serves", "also"),
    *("booking", "online", "phone_checked"),
)
"""Settings of a site that the public sees as they are."""
_WORDED: Final = frozenset(Pause) - {Pause.OTHER}
"""Of what a closure may be for: what has words of its own."""


def header(fold: BoardFold, place: TreeLocation, lang: str, at: datetime) -> Header:
    """What every part of a board says of the board."""
    board = fold.board
    notices = sorted(fold.notices.items(), key=lambda item: item[1].mark.position)
    return Header(
        slug=fold.slug,
        name=board.name,
        state=board.state,
        lang=lang,
        zone=board.zone,
        publisher=board.publisher,
        hotline=board.hotline,
        hotline_tel=_tel(board.hotline, board.area_code),
        supervision=board.supervision,
        supervision_tel=_tel(board.supervision, board.area_code),
        banner=board.banner,
        notices=tuple(
            NoticeView(text=notice.text, until=local(notice.until, board.zone) if notice.until else None)
            for _, notice in notices
            if notice.until is None or at < notice.until
        ),
        service_day=today_at(board, at).day,
        place=place,
        closing=board.closing,
        ended_on=board.ended_on,
        teams=bool(fold.teams),
        guide=bool(fold.guide),
        licence=board.licence or place.licence,
        attribution=board.attribution or board.publisher,
        report_by=tuple(sorted(board.report_by)),
    )


def site(  # noqa: PLR0913 - whose, of what, when and how it is told
    fold: BoardFold,
    state: SiteState,
    judged: Judged,
    at: datetime,
    *,
    lang: str = words.ZH,
    distinct: str = "",
    announced: bool = False,
) -> SiteView:
    """A site as the public sees it; `announced`: as it would where the board shows lights."""
    board, facts, zone = fold.board, state.site, fold.board.zone
    judged = judged if announced else as_published(board, judged)
    light, reason, has_lights = judged.light, judged.reason, judged.reason not in BOARD_DARK
    public = public_reason(reason, facts.kind)
    today = local(at, zone).date()
    crossed = light is Light.CROSS and reason in CLOSED
    open_now = openness(state, board, at)
    whom = ages(facts.serves)
    visit = judged.visit
    counted = board.public_counts and has_lights
    return SiteView(
        **{name: getattr(facts, name) for name in _AS_WRITTEN},
        distinct=distinct,
        kind_label=kind_label(facts.kind, lang),
        phones=phones(facts.phones, board.area_code, at, zone),
        adult=whom.adult,
        child=whom.child,
        light=light,
        reason=public,
        mark=mark(light, reason),
        pill=translate(words.PILLS[light or reason], lang),
        action=action(board, facts.kind, judged, at, lang),
        by_desk=reason is Reason.OVERRIDE,
        desk_reason=judged.override_reason if reason_is_public(light, facts.kind) else "",
        reported_at=local(judged.reported_at, zone) if judged.reported_at else None,
        posted_at=posted_at(state, judged.reported_at, zone) if has_lights and not crossed else None,
        valid_until=local(judged.valid_until, zone),
        until=local(judged.until, zone),
        cross_since=local(judged.cross_since, zone) if judged.cross_since else None,
        expected_reopen=judged.expected_reopen,
        confirmed=judged.confirmed and crossed,
        phone_busy=_phone_busy(state, board, at) and has_lights,
        next_open=local(judged.next_open, zone) if judged.next_open else None,
        is_open=open_now.is_open,
        open_until=local(open_now.closes, zone) if open_now.closes else None,
        opens_at=local(open_now.next_open, zone) if open_now.next_open else None,
        closing_soon=_closing_soon(judged, zone, today, lang),
        visit=visit.day if visit else None,
        visit_hours=visit_hours(visit, zone, lang) if visit else "",
        next_news=local(judged.next_news, zone) if judged.next_news else None,
        last=_last(judged, zone, today, lang),
        patients=judged.patients if counted else None,
        capacity=judged.capacity if counted else None,
        capacity_assumed=capacity_assumed(state, board, today_at(board, at).day),
    )


def _closing_soon(judged: Judged, zone: str, today: date, lang: str) -> str:
    """Who sets out now may come too late: 17:30停诊，来不及请先打电话."""
    if judged.closes_at is None:
        return ""
    till = words.till(local(judged.closes_at, zone), today, lang)
    return translate(N_("{till}停诊，来不及请先打电话。"), lang).format(till=till)


def mark(light: Light | None, reason: Reason) -> str:
    """The shape that says without colour what the site shows."""
    return words.MARKS[light or ("visit" if reason in BY_ROTA else "none")]


def public_reason(reason: Reason, kind: str) -> Reason:
    """The cause of a closure only where several doctors surely work: elsewhere it names one's illness."""
    return Reason.PAUSED if reason is Reason.STAFF_INFECTED and not _several(kind) else reason


def _several(kind: str) -> bool:
    """Whether several doctors surely work there; of a kind in the county's own words nobody knows."""
    known = find(kind)
    return known is not None and not known.one_doctor


def reason_is_public(light: Light | None, kind: str) -> bool:
    """Whether the public may read why, which of a ✕ at a one-doctor site is never so.

    If it read 停电 of the one, it would know what the other is silent about.
    """
    return light is not Light.CROSS or _several(kind)


def kind_label(kind: str, lang: str) -> str:
    """What people read for a kind; a county's own word for one stands as it is."""
    return translate(label(kind), lang)


def action(board: Board, kind: str, judged: Judged, at: datetime, lang: str = words.ZH) -> str:
    """What to do, in the board's words or ours."""
    if judged.reason in BOARD_DARK:
        return translate(words.HEADLINES[board.state], lang)
    reason = public_reason(judged.reason, kind)
    known = find(kind)
    key: str = judged.light or reason
    if judged.light is Light.CROSS and reason is not Reason.STAFF_INFECTED:
        worded = judged.paused in _WORDED and reason_is_public(judged.light, kind)
        key = f"paused_{judged.paused}" if worded else "paused"
    if reason is Reason.NEXT_VISIT and judged.visit is None:
        key = "no_visit"
    text = words.sentence(key, "hospital" if known and known.hospital else kind, board.words, lang)
    if "{" not in text and "}" not in text:
        return text  # as most do: nothing to work out
    today = local(at, board.zone).date()
    opens = translate(N_("前往前请先打电话。"), lang)
    if judged.next_open:
        at_hour = rendering.near_time(local(judged.next_open, board.zone), today, lang)
        opens = translate(N_("{when}开诊。"), lang).format(when=at_hour)
    reported = judged.reported_at
    values = {
        "reopen": reopening(judged.expected_reopen, lang) if judged.expected_reopen else "",
        "due": rendering.clock(local(today_at(board, at).due[0], board.zone)),
        "reported": rendering.near_time(local(reported, board.zone), today, lang) if reported else "",
        "opens": opens,
        "next": translate(N_("下次更新约{when}，"), lang).format(
            when=rendering.near_time(local(judged.next_news, board.zone), today, lang)
        )
        if judged.next_news
        else "",
        **_visit_values(judged.visit, board.zone, lang),
    }
    return rendering.fill(text, values).strip()


def reopening(day: date, lang: str) -> str:
    """When a site is to be open again: 预计12月28日恢复."""
    return translate(N_("预计{day}恢复。"), lang).format(day=rendering.day(day, lang))


def phones(
    written: tuple[WrittenPhone, ...], area_code: str, at: datetime | None = None, zone: str = "UTC"
) -> tuple[PhoneView, ...]:
    """The numbers as shown and dialled, those that are answered now first; without an instant as listed.

    A local one gets its neighbours' area code or the board's.
    """
    area, now = area_code_of(written, area_code), phones_answered(written, at, zone) if at else None
    each = now.each if now else (Answered.PERHAPS,) * len(written)
    ordered = (
        sorted(zip(each, written, strict=True), key=lambda one: one[0])
        if now
        else zip(each, written, strict=True)
    )
    return tuple(
        PhoneView(
            number=one.number,
            ext=one.ext,
            label=one.label,
            when=one.when,
            tel=dial(one, area),
            now=answered is not Answered.NOT_NOW,
        )
        for answered, one in ordered
    )


def _tel(text: str, area_code: str) -> str:
    """The first number of a text, as it is dialled; empty where there is none to be read."""
    try:
        numbers = parse_phones(text)
    except Refused:
        return ""
    return dial(numbers[0], area_code_of(numbers, area_code)) if numbers else ""


def _phone_busy(state: SiteState, board: Board, at: datetime) -> bool:
    """Whether the site said within the last hours that its line is busy."""
    since = state.phone_busy_at
    return since is not None and today_at(board, at).start <= since


def _last(judged: Judged, zone: str, today: date, lang: str) -> LastView | None:
    last = judged.last
    if last is None:
        return None
    at = local(last.at, zone) if last.at else None
    same_day = at is not None and at.date() == last.day
    when = (
        rendering.near_time(at, today, lang) if at and same_day else rendering.near_day(last.day, today, lang)
    )
    text = translate(N_("{when}：{mark}{word}"), lang).format(
        when=when, mark=words.HOLLOW[last.light], word=translate(words.LIGHT_WORDS[last.light], lang)
    )
    return LastView(day=last.day, light=last.light, at=at, text=text)


def rule(fold: BoardFold, state: SiteState, at: datetime, lang: str) -> RuleView:
    """The rule that judges the site at the instant."""
    version = rule_in_force(fold, state, at)
    return RuleView(
        kind=version.kind,
        version=version.version,
        since=local(version.since, fold.board.zone) if version.since else None,
        text=rule_text(version, state.site.id, lang),
        exception=version in state.rules,
    )


def rule_text(version: RuleVersion, site: str, lang: str) -> str:
    """The rule as it is told beside the light of a site."""
    rule = version.rule()
    if rule is None:
        return translate(N_("规则由更新版本的程序设定，本机的程序读不懂，因此不显示颜色。"), lang)
    return rendering.phrase(rule.describe(site), lang)


def region(fold: BoardFold, state: SiteState) -> str:
    """The city or county in which a map is to look for the site; the board's name where nobody told."""
    return state.site.city or state.site.county or fold.board.name


def headline(board: Board, fact: Headline, at: datetime, lang: str) -> HeadlineView:
    """The board's one sentence."""
    if not shows_lights(board):
        return HeadlineView(kind=board.state, text=translate(words.HEADLINES[board.state], lang))
    if not fact.sites:
        return HeadlineView(kind=HeadlineKind.COUNTS, text=translate(words.HEADLINES["empty"], lang))
    today = local(at, board.zone).date()
    most_open = 2 * fact.open_now > fact.sites  # then the others' hour would be read as theirs
    opens = ""
    if fact.next_open and not most_open:
        when = rendering.near_time(local(fact.next_open, board.zone), today, lang)
        opens = translate(N_("，{when}开诊"), lang).format(when=when)
    values = {
        **fact.counts,
        "open": _open_now(fact, lang),
        "visited_today": fact.visited_today,
        "opens": opens,
        "due": rendering.clock(local(today_at(board, at).due[0], board.zone)),
    }
    return HeadlineView(
        kind=fact.kind, text=rendering.fill(translate(words.HEADLINES[fact.kind], lang), values)
    )


def _open_now(fact: Headline, lang: str) -> str:
    """How many are surely open, and some of their names where these are few; of how many nobody knows."""
    names = words.listed((naming.named(name, lang) for name in fact.open_names), lang)
    if names:
        more = N_("：{names}等") if fact.open_now > len(fact.open_names) else N_("：{names}")
        names = translate(more, lang).format(names=names)
    text = (
        N_("确知现在开诊的有{count}家{names}，开诊时间不详的有{unknown}家")
        if fact.maybe_open
        else N_("现在开诊的有{count}家{names}")
    )
    return translate(text, lang).format(count=fact.open_now, names=names, unknown=fact.maybe_open)


def gone_until(gone: Gone) -> datetime:
    """Until when a site that left keeps a page saying so."""
    return gone.mark.at + GONE_RETENTION


def history(fold: BoardFold, state: SiteState, at: datetime, lang: str) -> tuple[Day, ...]:
    """The last 14 days, newest first, today not among them, and none before the site was there."""
    board = fold.board
    today, first, days = today_at(board, at).day, listed_since(board, state), []
    for past in (today - back * ONE_DAY for back in range(1, HISTORY_DAYS + 1)):
        if past < first:
            break
        known = light_on(fold, state, past)
        light = known.light if known else None
        mark, word = (
            (words.MARKS[light], words.LIGHT_WORDS[light]) if light else _without_light(state, board, past)
        )
        days.append(Day(day=past, light=light, mark=mark, word=translate(word, lang)))
    return tuple(days)


def _without_light(state: SiteState, board: Board, day: date) -> tuple[str, str]:
    """The mark and the word of a day gone by on which the site gave no light."""
    stop, absent = rota_of(state, board) is not None, absent_on(state, board, day)
    if absent:
        return "–", N_("无巡诊") if stop else N_("休诊")
    return (words.MARKS["visit"], N_("巡诊")) if stop else (words.MARKS["none"], N_("未报"))


def visit_hours(visit: RotaSlot, zone: str, lang: str) -> str:
    """8:30-11:30、14:00-17:00; empty where the hours are not known."""
    spans = [(local(start, zone), local(end, zone)) for start, end in visit.spans]
    return translate(N_("、"), lang).join(
        f"{rendering.clock(start)}-{rendering.clock(end) if end.hour or end.minute else '24:00'}"
        for start, end in spans
    )


def _visit_values(visit: RotaSlot | None, zone: str, lang: str) -> dict[str, str]:
    """What the sentences about a visit are filled in with: its day and first hour, and all its hours."""
    if visit is None:
        return {}
    day, hours = rendering.day_long(visit.day, lang), visit_hours(visit, zone, lang)
    if not hours:
        return {"visit": day, "hours": translate(N_("，到达时间请先打电话询问"), lang)}
    first = rendering.clock(local(visit.spans[0][0], zone))
    return {
        "visit": translate(N_("{day} {clock}起"), lang).format(day=day, clock=first),
        "hours": translate(N_("，{hours}"), lang).format(hours=hours),
    }
