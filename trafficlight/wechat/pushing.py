"""A board's article on its way to the account, by hand or at its time; each try is an event of the board."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Final

import msgspec
import structlog

from trafficlight.domain.clock import standing_at
from trafficlight.domain.day import local
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import ArticlePushed
from trafficlight.domain.judge import today_at
from trafficlight.domain.state import BoardFold
from trafficlight.ledger.base import Key, KeyReused, Ledger, LedgerUnavailable
from trafficlight.publish import article, words
from trafficlight.publish.article import articles
from trafficlight.publish.cards import qr_png
from trafficlight.publish.drawing import DrawingFailed, PictureRenderer
from trafficlight.publish.edition import Published
from trafficlight.publish.formats.cover import Cover
from trafficlight.publish.view import BoardView, TreeLocation
from trafficlight.publish.viewing import BoardViews
from trafficlight.wechat.answers import WechatError
from trafficlight.wechat.client import Client
from trafficlight.wechat.drafts import DraftPart, KnownDrafts, Package, PushResult, push

LOOK_SECONDS: Final = 20.0
LATE_SECONDS: Final = 1800.0
"""A server that was down at the time still sends so much later; after that the article has lost its use."""

log = structlog.get_logger("wechat")


class Pusher:
    """Sends boards' articles to one account. One push of a board at a time."""

    def __init__(  # noqa: PLR0913, PLR0917 - what it is made of
        self,
        client: Client,
        ledger: Ledger,
        board: Callable[[str], BoardFold | None],
        place: Callable[[], TreeLocation],
        renderer: PictureRenderer | None,
        clock: Callable[[], datetime],
    ) -> None:
        self._client = client
        self._ledger = ledger
        self._board = board
        self._place = place
        self._renderer = renderer
        self._clock = clock
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def push(self, slug: str, *, by: str, publish: bool = False, slot: str = "") -> ArticlePushed:
        """Make the board as it stands the day's draft; what came of it, as it is kept.

        Raises `Refused("unknown_board")` and what the ledger raises; all else is in `problem`.
        """
        async with self._locks[slug]:
            fold, at = self._board(slug), self._clock()
            if fold is None:
                raise Refused("unknown_board", "board", text=slug)
            view = BoardViews(fold, self._place(), words.ZH).board(standing_at(fold, at))
            known = known_of(fold, view)
            try:
                package = await self._packed(view, fold, at)
                done = await push(self._client, package, known, publish=publish)
            except WechatError as error:
                done = PushResult(known=known, outcome="failed", problem=error)
            event = _event(view, done, by=by, slot=slot)
            await self._ledger.append(slug, [event])
            return event

    async def claim(self, slug: str, slot: time) -> bool:
        """Whether this server is the one to push the board for that time of today: only one gets it."""
        fold, at = self._board(slug), self._clock()
        if fold is None:
            return False
        view = BoardViews(fold, self._place(), words.ZH).board(standing_at(fold, at))
        day, at_time = view.header.service_day, f"{slot:%H:%M}"
        done = PushResult(known=known_of(fold, view), outcome="begun")
        event = _event(view, done, by="schedule", slot=at_time)
        key = Key(name=f"wechat/{slug}/{day}/{at_time}", body=b"")
        return not (await self._ledger.append(slug, [event], key)).replayed

    async def _packed(self, view: BoardView, fold: BoardFold, at: datetime) -> Package:
        address = article.live_url(view)
        return Package(
            day=view.header.service_day,
            since=today_at(fold.board, at).start,
            parts=tuple(
                DraftPart(
                    title=one.title,
                    digest=one.digest,
                    content=one.content,
                    link=one.link,
                    picture=one.picture,
                )
                for one in articles(view)
            ),
            cover=await self._cover(view),
            picture=qr_png(address) if address else b"",
            author=view.header.publisher,
        )

    async def _cover(self, view: BoardView) -> bytes:
        (sketch,) = Cover().make(view)
        try:
            if self._renderer:
                return (await self._renderer.render(Published(sketch))).body
        except DrawingFailed:
            pass  # announced there
        raise WechatError("wechat_no_cover")


class Schedule:
    """One task for all boards. Of several servers, each time of a day is one's."""

    def __init__(
        self, pusher: Pusher, boards: Callable[[], Mapping[str, BoardFold]], clock: Callable[[], datetime]
    ) -> None:
        self._pusher = pusher
        self._boards = boards
        self._clock = clock
        self._taken: set[tuple[str, date, time]] = set()

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Send what is due and nobody has taken; what goes wrong with one board hurts no other."""
        at = self._clock()
        for slug, fold in list(self._boards().items()):
            for slot in due(fold, at, LATE_SECONDS):
                taken = slug, local(at, fold.board.zone).date(), slot
                if taken not in self._taken:
                    await self._send(taken)

    async def _send(self, taken: tuple[str, date, time]) -> None:
        slug, _, slot = taken
        try:
            mine = await self._pusher.claim(slug, slot)
            self._taken.add(taken)
            if mine:
                event = await self._pusher.push(slug, by="schedule", slot=f"{slot:%H:%M}")
                level = log.warning if event.problem else log.info
                level("article_pushed", board=slug, outcome=event.outcome, problem=event.problem)
        except (LedgerUnavailable, KeyReused, Refused) as error:
            log.warning("article_not_pushed", board=slug, exc_info=error)
        except Exception as error:
            # One board's fault keeps no other from being sent.
            self._taken.add(taken)
            log.error("article_not_pushed", board=slug, exc_info=error)  # noqa: TRY400 - without its text


def due(fold: BoardFold, at: datetime, late: float) -> list[time]:
    """The times of today for which the board's article is to be sent now, or was to be `late` seconds ago."""
    if not fold.board.wechat_at:
        return []
    here = local(at, fold.board.zone)
    return [
        slot
        for slot in fold.board.wechat_at
        if 0
        <= (here - here.replace(hour=slot.hour, minute=slot.minute, second=0, microsecond=0)).total_seconds()
        < late
    ]


def known_of(fold: BoardFold, view: BoardView) -> KnownDrafts:
    """What the board's events say of the day's draft and the cover at the account."""
    last = fold.pushed
    if last is None:
        return KnownDrafts()
    known = KnownDrafts(cover=last.cover, cover_digest=last.cover_digest)
    if last.day != view.header.service_day:
        return known
    return msgspec.structs.replace(known, drafts=last.drafts, parts=last.parts)


def _event(view: BoardView, done: PushResult, *, by: str, slot: str) -> ArticlePushed:
    problem = done.problem
    first, *more = done.known.drafts or ("",)
    return ArticlePushed(
        by=by,
        outcome=done.outcome,
        day=view.header.service_day,
        edition=view.edition.position,
        draft=first,
        more=tuple(more),
        parts=done.known.parts,
        cover=done.known.cover,
        cover_digest=done.known.cover_digest,
        url=done.url,
        problem=problem.code if problem else "",
        said=problem.detail if problem else "",
        slot=slot,
    )
