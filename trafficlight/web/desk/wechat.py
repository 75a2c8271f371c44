"""What goes to the official account: the day's article, to be copied with one button."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING, Final

import msgspec
import structlog
from aiohttp import web

from trafficlight.domain.due import ReportingTime, reporting_times
from trafficlight.domain.errors import Refused
from trafficlight.domain.judge import judge
from trafficlight.publish import article, templating
from trafficlight.publish.article import MOST_IN_ONE, Face, articles, face_of
from trafficlight.text import rendering
from trafficlight.text.languages import N_
from trafficlight.web.desk.presenter import ChaseText, chases, senders, site_lines
from trafficlight.web.desk.request import HEADERS, DeskRequest
from trafficlight.wechat.answers import OUTCOMES, WechatError

if TYPE_CHECKING:
    from trafficlight.domain.event import ArticlePushed


FACES: Final[Mapping[Face, str]] = {Face.LIGHTS: N_("忙闲版"), Face.DIRECTORY: N_("名录版")}

DOWNLOADS: Final[tuple[tuple[str, str], ...]] = (
    ("cover.png", N_("封面图（900×383）")),
    ("cover-square.png", N_("方形封面图")),
    ("poster{part}.png", N_("海报")),
    ("directory.png", N_("名录长图（没有忙闲）")),
    (article.QR_FILE, N_("二维码图片")),
)
"""Files of the board's folder that the editor uploads by hand, and what each is. Another is a row here."""


class Download(msgspec.Struct, frozen=True):
    """One kind of picture: what it is, and the files of the board's folder in their order."""

    label: str
    files: tuple[str, ...]
    names: tuple[str, ...] = ()
    """What each is called where a number would not tell."""


class Progress(msgspec.Struct, frozen=True):
    """How many of the sites that were asked by a reporting time have spoken, and the text for the others."""

    answered: int
    asked: int
    chase: ChaseText | None


async def show(desk: DeskRequest) -> web.Response:
    """Each part of the day's article with its title and summary, as a phone will show it."""
    view = desk.parts.publisher.view(desk.board, desk.at)
    if view is None:
        raise Refused("not_found")
    chosen = face_of(view)
    face = _face(desk) or chosen
    made = articles(view, face)
    alone = [one for one in made if str(one.number) == desk.request.query.get("plain")]
    if alone:
        return _styled(desk, desk.page("desk/wechat/plain.html", article=alone[0]))
    response = desk.page(
        "desk/wechat/copy.html",
        view=view,
        edition=rendering.edition(view.edition.position, view.edition.as_of, desk.lang),
        face=face,
        most_in_one=MOST_IN_ONE,
        articles=made,
        faces=[(one, label, one is face) for one, label in FACES.items()],
        chosen=FACES[chosen],
        progress=_progress(desk),
        downloads=list(_downloads(desk)),
        sent=last_push(desk),
        can_send=desk.parts.pusher is not None and desk.may("wechat.send"),
        notice=_text(desk, "notice.txt"),
        towns=[(town.label, _text(desk, f"notice/{town.file}.txt")) for town in view.towns],
    )
    return _styled(desk, response)


def _styled(desk: DeskRequest, response: web.Response) -> web.Response:
    """With a policy that lets an article's own styles and its picture."""
    response.headers["Content-Security-Policy"] = _policy(desk.parts.place().public_url)
    return response


def _face(desk: DeskRequest) -> Face | None:
    """The face that somebody asked for; None: the one that the data asks for."""
    asked = desk.request.query.get("face", "")
    return Face(asked) if asked in set(Face) else None


def _progress(desk: DeskRequest) -> Progress | None:
    """By the last reporting time that has passed; before the day's first, by that one."""
    fold, at = desk.fold, desk.at
    judged = {site: judge(fold, state, at) for site, state in fold.sites.items()}
    call = _last(reporting_times(fold, judged, at))
    if call is None:
        return None
    reported = len(call.in_time) + len(call.late)
    missing = site_lines(fold, call.missing, at)
    chase = chases(desk, call, missing)[0] if missing else None
    return Progress(reported, reported + len(missing), chase)


def _downloads(desk: DeskRequest) -> Iterator[Download]:
    """The pictures that are there; of those in parts all, and each town's."""
    for pattern, label in DOWNLOADS:
        files = []
        for number in count(1):
            name = pattern.format(part=f"-{number}" if number > 1 else "")
            if name in files or desk.parts.publisher.find(f"{desk.board}/{name}", desk.at) is None:
                break
            files.append(name)
        if files:
            yield Download(desk.say(label), tuple(files))
    view = desk.parts.publisher.view(desk.board, desk.at)
    if view and desk.parts.publisher.renderer and len(view.towns) > 1:
        posters = tuple(f"posters/{town.file}.png" for town in view.towns)
        yield Download(desk.say(N_("乡镇海报")), posters, tuple(town.label for town in view.towns))


def _text(desk: DeskRequest, name: str) -> str:
    """A text of the board's folder, as it is published."""
    published = desk.parts.publisher.find(f"{desk.board}/{name}", desk.at)
    return published.body.decode().strip() if published else ""


def _last(found: Sequence[ReportingTime]) -> ReportingTime | None:
    passed = [call for call in found if call.passed]
    return passed[-1] if passed else next(iter(found), None)


def _policy(public_url: str) -> str:
    """As of every page of the desk, but that an article brings its own styles and its picture."""
    pictures = f"img-src 'self' data: {templating.origin(public_url)}".rstrip()
    return (
        HEADERS["Content-Security-Policy"]
        .replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
        .replace("img-src 'self' data:", pictures)
    )


PATIENCE: Final = 15.0
"""Seconds for which the page waits; a push that takes longer goes on behind it."""


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


def last_push(desk: DeskRequest) -> LastPush | None:
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
        problem=WechatError(last.problem, detail=last.answer).sentence(desk.lang) if last.problem else "",
        drafts=sum(map(bool, last.drafts)),
    )


async def send(desk: DeskRequest) -> web.Response:
    """Make the board as it stands the day's draft; what came of it stands on the page."""
    pusher = desk.parts.pusher
    if pusher is None:
        raise Refused("not_found")

    async def push() -> None:
        try:
            event: ArticlePushed = await pusher.push(desk.board, by=desk.by)
            log.info("article_pushed", board=desk.board, outcome=event.outcome, problem=event.problem)
        except Exception as error:
            log.error("article_not_pushed", board=desk.board, exc_info=error)  # noqa: TRY400 - without its text

    task = desk.parts.meanwhile(push(), "push")
    done, _ = await asyncio.wait({task}, timeout=PATIENCE)
    here = f"/boards/{desk.board}/wechat"
    if not done:
        return desk.done(here, N_("还在推送，过一会儿刷新本页看结果。"))
    await desk.parts.freshness.refresh()
    return desk.done(here, N_("推送的结果在下面。"))
