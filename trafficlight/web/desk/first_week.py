"""`/desk/boards/…/start`: what a board needs until it runs by itself, each step done or the way to it."""

from collections.abc import Callable, Sequence
from typing import Final

import msgspec
from aiohttp import web

from trafficlight.actions.config import robot_of
from trafficlight.domain.board import BoardState, declared_capacity
from trafficlight.domain.hours_text import parse_hours
from trafficlight.domain.judge import today_at
from trafficlight.domain.rota import rota_of
from trafficlight.domain.state import SiteState
from trafficlight.publish import words
from trafficlight.text.languages import N_
from trafficlight.web.desk.links import is_reached
from trafficlight.web.desk.request import DeskRequest

MOST_NAMED: Final = 5
"""Sites that are named in a step; of more, how many."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step of the first week."""

    title: str
    done: bool
    text: str
    """What is there, or what is missing."""
    where: str
    """Path below the board's pages, or from the top of the desk where it begins with a slash."""
    way: str
    """What the link there is called."""
    may: bool = True
    """Whether the user may do it; else somebody has to be asked."""
    each: str = ""
    """Path of the page of one of the sites, which its id ends."""
    sites: tuple[tuple[str, str], ...] = ()
    """The first of those that are missing: id and name."""


def steps(desk: DeskRequest) -> list[Step]:
    """All steps, in the order in which they are usually taken."""
    return [make(desk) for make in _STEPS]


async def show(desk: DeskRequest) -> web.Response:
    """The list, and how many of it are done."""
    found = steps(desk)
    return desk.page(
        "desk/settings/start.html", steps=found, done=sum(one.done for one in found), most=MOST_NAMED
    )


def _list(desk: DeskRequest) -> Step:
    sites = len(desk.fold.sites)
    return Step(
        title=desk.say(N_("导入机构名单")),
        done=sites > 0,
        text=desk.say(N_("名单里有%(n)d家。"), n=sites),
        where="sites/import",
        way=desk.say(N_("导入名单")),
        may=desk.may("site.edit"),
    )


def _answering(desk: DeskRequest) -> Step:
    board = desk.fold.board
    missing = [
        desk.say(word)
        for word, there in ((N_("发布单位"), board.publisher), (N_("咨询热线"), board.hotline))
        if not there
    ]
    return Step(
        title=desk.say(N_("发布单位和咨询热线")),
        done=not missing,
        text=desk.say(N_("还没有：%(what)s。"), what=words.listed(missing, desk.lang))
        if missing
        else f"{board.publisher} {board.hotline}",
        where="settings",
        way=desk.say(N_("看板设置")),
        may=desk.may("board.settings"),
    )


def _capacities(desk: DeskRequest) -> Step:
    board = desk.fold.board
    lacking = [one for one in _reporting(desk) if declared_capacity(one.site, board) is None]
    return _of_sites(
        desk,
        lacking,
        (N_("接诊能力"), N_("%(n)d家没有说一天能看多少人，现在按50人算，颜色不会准。"), N_("每家都有。")),
        ("settings", N_("看板设置"), "board.settings"),
    )


def _hours(desk: DeskRequest) -> Step:
    lacking = [one for one in _reporting(desk) if parse_hours(one.site.hours) is None]
    return _of_sites(
        desk,
        lacking,
        (
            N_("开诊时间"),
            N_("%(n)d家没有写开诊时间，或者写的看不懂，不会显示为开诊。"),
            N_("每家都有，都看得懂。"),
        ),
        ("sites", N_("机构"), "site.edit"),
    )


def _public(desk: DeskRequest) -> Step:
    url = desk.system.config.get("public_url", "")
    return Step(
        title=desk.say(N_("公开网址")),
        done=is_reached(url),
        text=url or desk.say(N_("还没有设：二维码、海报和文章里的链接都出不来。请管理全部看板的人设。")),
        where="/installation",
        way=desk.say(N_("网址和接口")),
        may=desk.may("installation.set"),
    )


def _links(desk: DeskRequest) -> Step:
    links = desk.system.links.values()
    sites = {one.site for one in links if one.site}
    towns = {one.town for one in links if one.board == desk.board and one.town}
    by_program = {one.site for one in desk.system.tokens.values() if one.site}
    lacking = [
        one
        for one in _reporting(desk)
        if one.site.id not in sites | by_program and (not one.site.town or one.site.town not in towns)
    ]
    return _of_sites(
        desk,
        lacking,
        (N_("发填报链接"), N_("%(n)d家还没有链接，它们的乡镇也没有。"), N_("每家都有，或者乡镇有。")),
        ("links", N_("链接"), "link.manage"),
    )


def _reported_once(desk: DeskRequest) -> Step:
    lacking = [one for one in _reporting(desk) if one.last_report_at is None]
    return _of_sites(
        desk,
        lacking,
        (N_("每家报过一次"), N_("%(n)d家还一次都没报过。"), N_("每家都报过。")),
        ("today", N_("今日"), "board.see"),
    )


def _trial(desk: DeskRequest) -> Step:
    today = today_at(desk.fold.board, desk.at).day
    days = {tally.day for one in desk.fold.sites.values() for tally in one.tallies if tally.day < today}
    return Step(
        title=desk.say(N_("试运行一天")),
        done=bool(days),
        text=desk.say(N_("已经过了%(n)d个有填报的整天。"), n=len(days))
        if days
        else desk.say(N_("开放以前，请几家机构先报一天，看颜色对不对。")),
        where="lookback",
        way=desk.say(N_("回看")),
    )


def _robot(desk: DeskRequest) -> Step:
    there = bool(robot_of(desk.system, desk.board))
    return Step(
        title=desk.say(N_("催报机器人")),
        done=there,
        text=desk.say(N_("到点没报的自动发到群里。") if there else N_("没有设，每天要自己到群里催。")),
        where="robot",
        way=desk.say(N_("催报机器人")),
        may=desk.may("board.settings"),
    )


def _password(desk: DeskRequest) -> Step:
    return Step(
        title=desk.say(N_("自己的密码")),
        done=desk.user.own_password,
        text=desk.say(
            N_("是您自己设的。")
            if desk.user.own_password
            else N_("现在的密码是别人给的，别人也知道。请改成只有自己知道的。")
        ),
        where="/account",
        way=desk.say(N_("修改密码")),
    )


def _open(desk: DeskRequest) -> Step:
    live = desk.fold.board.state is BoardState.LIVE
    return Step(
        title=desk.say(N_("开放看板")),
        done=live,
        text=desk.say(N_("居民看得到了。") if live else N_("还没有对公众显示。上面几条都好了再开放。")),
        where="settings",
        way=desk.say(N_("看板设置")),
        may=desk.may("board.settings"),
    )


_STEPS: Final[tuple[Callable[[DeskRequest], Step], ...]] = (
    _password,
    _list,
    _answering,
    _capacities,
    _hours,
    _public,
    _links,
    _reported_once,
    _trial,
    _robot,
    _open,
)


def _reporting(desk: DeskRequest) -> list[SiteState]:
    """The sites that report, by town and name: stops of a round do not."""
    found = (one for one in desk.fold.sites.values() if rota_of(one, desk.fold.board) is None)
    return sorted(found, key=lambda one: (one.site.town, one.site.name))


def _of_sites(
    desk: DeskRequest,
    lacking: Sequence[SiteState],
    texts: tuple[str, str, str],
    way: tuple[str, str, str],
) -> Step:
    """A step that every site has to have taken; without sites none has.

    `texts`: its title, what is said of those that have not, and of none. `way`: path, label, action.
    """
    title, missing, there = texts
    where, label, action = way
    return Step(
        title=desk.say(title),
        done=bool(desk.fold.sites) and not lacking,
        text=desk.say(missing, n=len(lacking))
        if lacking
        else desk.say(there if desk.fold.sites else N_("名单里还没有机构。")),
        where=where,
        way=desk.say(label),
        may=desk.may(action),
        each={"links": "links/of?site=", "today": "corrections/sites/"}.get(where, "site/"),
        sites=tuple((one.site.id, one.site.name) for one in lacking[:MOST_NAMED]),
    )
