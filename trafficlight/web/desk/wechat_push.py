"""The article's way to the official account from the desk: the button, and what became of the last push."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final

import msgspec
import structlog
from aiohttp import web

from trafficlight.domain.errors import Refused
from trafficlight.text.languages import N_
from trafficlight.web.desk.named import senders
from trafficlight.web.desk.request import DeskRequest
from trafficlight.wechat.answers import WechatError

if TYPE_CHECKING:
    from trafficlight.domain.event import ArticlePushed

PATIENCE: Final = 15.0
"""Seconds for which the page waits; a push that takes longer goes on behind it."""

OUTCOMES: Final[Mapping[str, str]] = {
    "begun": N_("正在推送"),
    "added": N_("新建了草稿"),
    "updated": N_("更新了当天的草稿"),
    "published": N_("已发布"),
    "failed": N_("没有推送成"),
}

log = structlog.get_logger("wechat")


class LastPush(msgspec.Struct, frozen=True):
    """The last push, in words."""

    outcome: str
    failed: bool
    when: datetime
    who: str
    url: str
    problem: str
    """What happened and what to do; empty where all went well."""
    drafts: int
    """How many there are of the day."""


def sent(desk: DeskRequest) -> LastPush | None:
    """What became of the last push; None where there was none."""
    last = desk.fold.pushed
    if last is None:
        return None
    return LastPush(
        outcome=desk.say(OUTCOMES[last.outcome]),
        failed=last.outcome == "failed",
        when=desk.local(last.mark.at),
        who=senders(desk).who(last.by),
        url=last.url,
        problem=WechatError(last.problem, said=last.said).sentence(desk.lang) if last.problem else "",
        drafts=sum(map(bool, last.drafts)),
    )


async def send(desk: DeskRequest) -> web.Response:
    """Make the board as it stands the day's draft; what came of it stands on the page."""
    pusher = desk.node.pusher
    if pusher is None:
        raise Refused("not_found")

    async def push() -> None:
        try:
            event: ArticlePushed = await pusher.push(desk.board, by=desk.by)
            log.info("article_pushed", board=desk.board, outcome=event.outcome, problem=event.problem)
        except Exception as error:
            log.error("article_not_pushed", board=desk.board, exc_info=error)  # noqa: TRY400 - without its text

    task = desk.node.meanwhile(push(), "push")
    done, _ = await asyncio.wait({task}, timeout=PATIENCE)
    here = f"/boards/{desk.board}/wechat"
    if not done:
        return desk.done(here, N_("还在推送，过一会儿刷新本页看结果。"))
    await desk.node.freshness.refresh()
    return desk.done(here, N_("推送的结果在下面。"))
