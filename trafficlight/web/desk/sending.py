"""The article's way to the official account from the desk: the button, and what became of the last push."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final

import msgspec
import structlog
from aiohttp import web

from trafficlight.domain.errors import Refused
from trafficlight.publish.languages import N_
from trafficlight.web.desk.named import senders
from trafficlight.web.desk.visit import Visit
from trafficlight.wechat.answers import SENTENCES, WechatError

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


class Sent(msgspec.Struct, frozen=True):
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


def sent(visit: Visit) -> Sent | None:
    """What became of the last push; None where there was none."""
    last = visit.fold.pushed
    if last is None:
        return None
    known = last.problem in SENTENCES
    return Sent(
        outcome=visit.say(OUTCOMES[last.outcome]),
        failed=last.outcome == "failed",
        when=visit.local(last.mark.at),
        who=senders(visit).who(last.by),
        url=last.url,
        problem=WechatError(last.problem, said=last.said).sentence(visit.lang) if known else last.problem,
        drafts=sum(map(bool, last.drafts)),
    )


async def send(visit: Visit) -> web.Response:
    """Make the board as it stands the day's draft; what came of it stands on the page."""
    pusher = visit.node.pusher
    if pusher is None:
        raise Refused("not_found")

    async def push() -> None:
        try:
            event: ArticlePushed = await pusher.push(visit.board, by=visit.by)
            log.info("article_pushed", board=visit.board, outcome=event.outcome, problem=event.problem)
        except Exception as error:
            log.error("article_not_pushed", board=visit.board, exc_info=error)  # noqa: TRY400 - without its text

    task = visit.node.meanwhile(push(), "push")
    done, _ = await asyncio.wait({task}, timeout=PATIENCE)
    here = f"/boards/{visit.board}/wechat"
    if not done:
        return visit.done(here, N_("还在推送，过一会儿刷新本页看结果。"))
    await visit.node.freshness.refresh()
    return visit.done(here, N_("推送的结果在下面。"))
