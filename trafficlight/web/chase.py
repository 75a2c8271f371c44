"""Chases those who have not reported: one message in a county's own group for each reporting time.

By the webhook of the group's robot. First whom and when, then the text, then what which vendor's robot takes,
at last the loop.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final, NamedTuple, Protocol
from urllib.parse import urlsplit

import msgspec
import structlog

from trafficlight.actions.config import robot_of
from trafficlight.domain.board import Board, BoardState
from trafficlight.domain.day import local
from trafficlight.domain.due import ReportingTime, reporting_times
from trafficlight.domain.event import Chased
from trafficlight.domain.judge import judge
from trafficlight.domain.record import stamp
from trafficlight.domain.state import BoardFold
from trafficlight.ledger.base import Appended, Key, LedgerUnavailable
from trafficlight.ledger.current import FOLLOWED_WITHIN, Current
from trafficlight.publish import words
from trafficlight.text import rendering
from trafficlight.text.languages import N_, translate
from trafficlight.web.webhook import PAUSES, SENT, send

EVERY: Final = 30.0
"""Seconds between looks: the grace is twenty times as long."""
BY: Final = "chase"
GRACE: Final = timedelta(minutes=10)
"""After a reporting time: who is just typing is not chased."""
LATEST: Final = timedelta(hours=2)
"""After it, nothing is sent for it any more: after an outage nobody wants the morning's message at noon."""

log = structlog.get_logger("chase")


class Named(Protocol):
    """Whatever is told by name."""

    @property
    def name(self) -> str: ...


class Missing(msgspec.Struct, frozen=True):
    """A site that has not reported."""

    id: str
    name: str
    town: str


class Reminder(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be told of a reporting time that has passed."""

    board: Board
    due: datetime
    at: datetime
    missing: tuple[Missing, ...]


def reminder_of(fold: BoardFold, at: datetime) -> Reminder | None:
    """Whom to chase now; None where nobody is missing, it is too early or late, or the group was reminded."""
    board = fold.board
    if board.state is not BoardState.LIVE:
        return None
    judged = {site: judge(fold, state, at) for site, state in fold.sites.items()}
    passed: list[ReportingTime] = [call for call in reporting_times(fold, judged, at) if call.passed]
    if not passed or not passed[-1].missing:
        return None
    due = passed[-1].due
    if not GRACE <= at - due < LATEST or (fold.chased is not None and fold.chased.due >= due):
        return None
    sites = [fold.sites[site].site for site in passed[-1].missing]
    missing = sorted(
        (Missing(site.id, site.name, site.town) for site in sites),
        key=lambda one: (one.town, one.name, one.id),
    )
    return Reminder(board=board, due=due, at=at, missing=tuple(missing))


def texts(reminder: Reminder) -> list[str]:
    """The text, the fullest first, then shorter ones for robots that take less."""
    towns = [(town, list(group)) for town, group in groupby(reminder.missing, key=lambda one: one.town)]
    counted = [
        translate(N_("%(town)s：%(n)d家"), words.ZH) % {"town": town or "其他", "n": len(sites)}
        for town, sites in towns
    ]
    begin = first_line(reminder.board, reminder.due, reminder.at, len(reminder.missing), passed=True)
    end = last_lines(reminder.board)
    return ["\n".join([begin, *middle, *end]) for middle in (by_town(towns), counted, [])]


def first_line(  # noqa: PLR0913 - one sentence and what it says
    board: Board, due: datetime, at: datetime, missing: int, lang: str = words.ZH, *, passed: bool
) -> str:
    """Which reporting time of which board, and how many are missing."""
    due, at = local(due, board.zone), local(at, board.zone)
    sentence = (
        N_("【%(board)s】%(day)s%(due)s应报的就诊人数，截至%(now)s还有%(n)d家没有填报：")
        if passed
        else N_("【%(board)s】请在%(day)s%(due)s前填报就诊人数。截至%(now)s还有%(n)d家没有填报：")
    )
    return translate(sentence, lang) % {
        "board": board.name,
        "day": rendering.day(due.date(), lang),
        "due": rendering.clock(due),
        "now": rendering.clock(at),
        "n": missing,
    }


def by_town(towns: Sequence[tuple[str, Sequence[Named]]], lang: str = words.ZH) -> list[str]:
    """A line for each town with the names of its sites."""
    comma = translate(N_("、"), lang)
    return [
        translate(N_("%(town)s：%(sites)s"), lang)
        % {"town": town, "sites": comma.join(s.name for s in sites)}
        if town
        else comma.join(one.name for one in sites)
        for town, sites in towns
    ]


def last_lines(board: Board, lang: str = words.ZH) -> list[str]:
    """What to do, and whom to ask."""
    lines = [translate(N_("请打开本机构的填报链接，填今天到现在为止的人数；已暂停接诊的也请报一下。"), lang)]
    if board.hotline:
        lines.append(translate(N_("链接打不开或有困难，请打%(phone)s。"), lang) % {"phone": board.hotline})
    return lines


class Robot(NamedTuple):
    """How a robot wants to be told a text, and how much of it."""

    body: Callable[[str], Mapping[str, Any]]
    most: int
    """Bytes of the text."""


def _text(text: str) -> Mapping[str, Any]:
    return {"msgtype": "text", "text": {"content": text}}


def _feishu(text: str) -> Mapping[str, Any]:
    return {"msg_type": "text", "content": {"text": text}}


_OWN: Final = Robot(_text, 64 * 1024)
ROBOTS: Final[Mapping[str, Robot]] = {
    "qyapi.weixin.qq.com": Robot(_text, 2048),  # WeCom (企业微信)
    "oapi.dingtalk.com": Robot(_text, 18_000),  # DingTalk (钉钉): 20,000 of the whole
    "api.dingtalk.com": Robot(_text, 18_000),
    "open.feishu.cn": Robot(_feishu, 18_000),  # Feishu (飞书): 20 KB of the whole
    "open.larksuite.com": Robot(_feishu, 18_000),
}
"""Any other host is the county's own program: it gets the text in the first manner, and the facts."""


def body_of(reminder: Reminder, url: str) -> bytes:
    """What is posted: the fullest text that the robot takes."""
    return message(url, texts(reminder), _facts(reminder))


def message(url: str, given: Sequence[str], facts: Mapping[str, Any]) -> bytes:
    """The first of the texts that is short enough for the robot at the address, else the last one, cut."""
    host = urlsplit(url).hostname or ""
    robot = ROBOTS.get(host, _OWN)
    text = next((one for one in given if len(one.encode()) <= robot.most), given[-1])
    text = text.encode()[: robot.most].decode(errors="ignore")
    own = {} if host in ROBOTS else facts
    return msgspec.json.encode({**robot.body(text), **own})


def _facts(reminder: Reminder) -> Mapping[str, Any]:
    return {
        "board": reminder.board.slug,
        "due": stamp(reminder.due),
        "as_of": stamp(reminder.at),
        "not_reported": [{"id": one.id, "name": one.name, "town": one.town} for one in reminder.missing],
    }


class Chase:
    """Reminds the group of each board that has somebody to chase. `private`: in private networks too."""

    def __init__(self, current: Current, clock: Callable[[], datetime], *, private: bool) -> None:
        self._current = current
        self._clock = clock
        self._private = private

    async def run(self) -> None:
        """Look again and again, until cancelled; a fault is logged and reminds nowhere else."""
        while True:
            await asyncio.sleep(EVERY)
            try:
                await self.remind_all()
            except LedgerUnavailable as error:
                log.warning("ledger_unavailable", reason=str(error))
            except Exception as error:
                log.error("chase_died", exc_info=error)  # noqa: TRY400 - as everywhere, the fault without its text

    async def remind_all(self, pauses: Sequence[float] = PAUSES) -> None:
        """Remind for every board at once; a slow robot holds up no other."""
        wanted = []
        for slug, fold in list(self._current.boards.items()):
            url = robot_of(self._current.system, slug)
            reminder = reminder_of(fold, self._clock()) if url else None
            if reminder is not None:
                wanted.append(self._remind(reminder, url, pauses))
        for outcome in await asyncio.gather(*wanted, return_exceptions=True):
            if isinstance(outcome, BaseException):
                raise outcome

    async def _remind(self, reminder: Reminder, url: str, pauses: Sequence[float]) -> None:
        """In the ledger first, so that neither a restart nor another node reminds again; then how it went."""
        slug, due = reminder.board.slug, reminder.due
        begun = Chased(by=BY, due=due, missing=len(reminder.missing))
        key = Key(name=f"{BY}\n{slug}\n{due.isoformat()}", body=due.isoformat().encode())
        if (await self._append(slug, begun, key)).replayed:
            return
        outcome = await send(url, body_of(reminder, url), private=self._private, pauses=pauses)
        if outcome != SENT:
            log.warning("chase_failed", board=slug, reason=outcome)
        await self._append(slug, Chased(by=BY, due=due, missing=len(reminder.missing), outcome=outcome))

    async def _append(self, board: str, event: Chased, key: Key | None = None) -> Appended:
        appended = await self._current.ledger.append(board, [event], key)
        await self._current.reached(board, appended.positions[-1], FOLLOWED_WITHIN)
        return appended
