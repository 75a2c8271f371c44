"""The one way in for a report: the API, the bulk request, the form and the desk all come through here."""

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Callable
from datetime import date, datetime
from hashlib import blake2b
from time import monotonic

import msgspec

from trafficlight.actions.freshness import Freshness
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import AskedBack, Event, Reported, Withdrawn
from trafficlight.domain.replay import Replay
from trafficlight.domain.report import NewReport, accept
from trafficlight.domain.state import REPORT_RETENTION, BoardFold, Report, SiteState
from trafficlight.ledger.base import Appended, Key, PositionMoved
from trafficlight.ledger.current import Current

ID_BYTES = 12
"""Of a report's id: 96 bits, 24 characters; not to be guessed, for who knows it may withdraw the report."""
DRAWN = 256
NEVER = -1
"""A position that no board stands at: an append that expects it can only be answered by its key."""
TRIES = 8
"""How often a report that has seen another is held against the board anew, when the board moves meanwhile."""
ANSWERED_WITHIN = 2.9
"""Seconds for a report to be kept and seen here: 3 are promised. What takes longer is told as doubt."""
TAKE_AT_ONCE = 200
"""Records folded again before others get their turn: about 10 ms."""
ANSWERS_KEPT = 256
"""First answers found by folding again, kept because whoever repeats a request once may do so often."""


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """What comes with a report: who sent it, and when.

    `key`: the same again is answered as of the first time. `seen` is the id of the report that the sender
    knew of, empty for none: where another has come since, the report is not taken.
    """

    by: str
    now: datetime
    key: Key | None = None
    seen: str | None = None


class AcceptedReport(msgspec.Struct, frozen=True):
    """A report that is in the ledger, as of its very position."""

    board: BoardFold
    site: SiteState
    """Board and site in the words of that position; their further state may be a later one."""
    report: Report
    replayed: bool = False


Happened = Callable[[str], None]
"""Announced for every report: `accepted`, `replayed`, `withdrawn`, or the code of its refusal."""


def body_digest(site: str, report: NewReport) -> bytes:
    """What tells one report from another, whatever the white space and the order of fields it came with."""
    return blake2b(site.encode() + b"\0" + _canonical.encode(report), digest_size=16).digest()


_canonical = msgspec.json.Encoder(order="deterministic")


class Reporting:
    """Takes reports and withdrawals for every site of the installation.

    `now` of the calls serves the checks alone; the ledger stamps the instant that counts.
    """

    def __init__(
        self, current: Current, freshness: Freshness, on_happened: Happened = lambda _: None
    ) -> None:
        self._current = current
        self._freshness = freshness
        self._on_happened = on_happened
        self._again = asyncio.Lock()
        self._answers: OrderedDict[tuple[str, int], AcceptedReport] = OrderedDict()

    def find(self, site: str) -> tuple[BoardFold, SiteState] | None:
        """The site's board and the site, as far as they are known here."""
        fold = self._current.boards.get(self._current.system.directory.get(site, ""))
        state = fold.sites.get(site) if fold else None
        return (fold, state) if fold and state else None

    async def place(self, site: str) -> tuple[BoardFold, SiteState]:
        """The site's board and the site, as they are now; `Refused` with `unknown_site`.

        An unknown site is looked for in the ledger's end first: it may have been imported a moment ago.
        """
        found = self.find(site)
        if found is None:
            await self._freshness.refresh()
            found = self.find(site)
        if found is None:
            raise Refused("unknown_site", "site", site=site[:80])
        return found

    async def post(self, site: str, report: NewReport, sent: Submission) -> AcceptedReport:
        """Keep the report: it is on disk and in the present when this returns.

        Raises `Refused` (`newer_report` with the report as `newer`), `KeyReused`, `LedgerUnavailable`.
        """
        try:
            kept = await self._post(site, report, sent)
        except Refused as refused:
            self._on_happened(refused.code)
            raise
        self._on_happened("replayed" if kept.replayed else "accepted")
        return kept

    async def kept(self, site: str, report: str) -> AcceptedReport:
        """The report as it was answered, for as long as it is kept whole; `Refused` with `unknown_report`."""
        fold, state = await self.place(site)
        kept = _by_id(state, report)
        if kept is None:
            raise Refused("unknown_report", "report", days=REPORT_RETENTION.days)
        first = Appended((kept.position,), kept.at)
        return self._answer(fold.slug, site, first) or await self._answer_again(fold.slug, site, first)

    async def withdraw(self, site: str, report: str, *, by: str, now: datetime) -> BoardFold:
        """Take the report back; on disk and in the present when this returns. The board as it is then.

        `Refused` with `unknown_report`, also for one withdrawn before and for one so old that the present
        does not keep it any more; with `too_old` after seven days for one that it still does.
        """
        fold, state = await self.place(site)
        kept = _by_id(state, report)
        if kept is None:
            await self._freshness.refresh()
            fold, state = await self.place(site)
            kept = _by_id(state, report)
        if kept is None:
            raise Refused("unknown_report", "report", days=REPORT_RETENTION.days)
        if now - kept.at > REPORT_RETENTION:
            raise Refused("too_old", "report", days=REPORT_RETENTION.days)
        key = Key(name=f"withdraw/{site}/{report}", body=b"")
        appended = await self._append(fold.slug, Withdrawn(by=by, site=site, report=report), key)
        if not appended.replayed:
            self._on_happened("withdrawn")
        return fold

    # --- a report -------------------------------------------------------------------------------------------

    async def _post(self, site: str, report: NewReport, sent: Submission) -> AcceptedReport:
        key = sent.key
        for attempt in range(TRIES):
            fold, state = self.find(site) or await self.place(site)
            position = fold.position
            try:
                event = _checked(fold, state, report, sent)
            except Refused as refused:
                first = await self._first(fold.slug, key) if key else None
                if first is None:
                    await self._asked_back(fold.slug, site, refused, sent.by)
                    raise
                return self._answer(fold.slug, site, first) or await self._answer_again(
                    fold.slug, site, first
                )
            # Who has seen one report must not overtake the next, on whichever node it comes in. The last try
            # does without: on a board that never stands still, taking the report beats refusing it.
            expect = position if sent.seen is not None and attempt < TRIES - 1 else None
            try:
                appended = await self._append(fold.slug, event, key, expect)
            except PositionMoved:
                await self._current.catch_up(fold.slug)
                continue
            return self._answer(fold.slug, site, appended) or await self._answer_again(
                fold.slug, site, appended
            )
        raise AssertionError("unreachable: the last try expects nothing")

    async def _append(self, board: str, event: Event, key: Key | None, expect: int | None = None) -> Appended:
        began = monotonic()
        appended = await self._current.ledger.append(board, [event], key, expect)
        if self._current.position(board) < appended.positions[-1]:
            left = max(began + ANSWERED_WITHIN - monotonic(), 0.0)
            await self._current.reached(board, appended.positions[-1], left)
        return appended

    async def _first(self, board: str, key: Key) -> Appended | None:
        """Where the key's first use stands, if it was used: a repeat is answered, whatever changed."""
        probe = AskedBack(site="", service_day=date.min, patients=0)
        try:
            return await self._append(board, probe, key, expect=NEVER)
        except PositionMoved:
            return None

    async def _asked_back(self, board: str, site: str, refused: Refused, by: str) -> None:
        if refused.code != "needs_confirmation":
            return
        params = refused.params
        asked = AskedBack(
            by=by, site=site, service_day=params["day"], patients=params["patients"], usual=params["usual"]
        )
        await self._append(board, asked, None)

    # --- its answer -----------------------------------------------------------------------------------------

    def _answer(self, board: str, site: str, appended: Appended) -> AcceptedReport | None:
        """The answer, if the present still holds everything that it is made of."""
        position = appended.positions[0]
        fold = self._current.boards[board]
        state = fold.sites.get(site)
        report = _at(state, position) if state else None
        if state is None or report is None or report.answer is None or _told_anew(fold, position):
            return None
        return AcceptedReport(fold, state, report, appended.replayed)

    async def _answer_again(self, board: str, site: str, appended: Appended) -> AcceptedReport:
        """The answer as of a position long past; `Refused` where the site had left the board just before."""
        kept = await self._fold_again(board, site, appended.positions[0])
        if kept is None:
            raise Refused("unknown_site", "site", site=site)
        return msgspec.structs.replace(kept, replayed=appended.replayed)

    async def _fold_again(self, board: str, site: str, position: int) -> AcceptedReport | None:
        """The board folded again up to the position. One at a time: nobody's repeats may take the loop."""
        async with self._again:
            kept = self._answers.get((board, position))
            if kept is not None:
                return kept
            replay = Replay(board)
            records = await self._current.ledger.read(board)
            for index, record in enumerate(records[:position]):
                replay.apply(record)
                if index % TAKE_AT_ONCE == 0:
                    await asyncio.sleep(0)
            fold = replay.fold
            state = fold.sites.get(site) if fold else None
            report = _at(state, position) if state else None
            if fold is None or state is None or report is None:
                return None
            # Of the whole board only what the answer's words are made of is held on to.
            kept = AcceptedReport(msgspec.structs.replace(fold, sites={site: state}), state, report)
            self._answers[board, position] = kept
            if len(self._answers) > ANSWERS_KEPT:
                self._answers.popitem(last=False)
            return kept


class _Ids:
    """Random ids, cut from a larger draw: each draw is a call into the system that lets another thread in."""

    def __init__(self) -> None:
        self._drawn = ""

    def __call__(self) -> str:
        if not self._drawn:
            self._drawn = secrets.token_hex(ID_BYTES * DRAWN)
        new, self._drawn = self._drawn[: 2 * ID_BYTES], self._drawn[2 * ID_BYTES :]
        return new


_new_id = _Ids()


def _checked(fold: BoardFold, state: SiteState, report: NewReport, sent: Submission) -> Reported:
    last = state.reports[-1] if state.reports else None
    if sent.seen is not None and last is not None and last.id != sent.seen:
        raise Refused("newer_report", None, newer=last)
    # The ledger's last instant may be ahead of this machine's clock, and it is the ledger that stamps.
    at = max(sent.now, fold.at)
    return accept(fold, state, report, at, report_id=_new_id(), by=sent.by)


def _told_anew(fold: BoardFold, position: int) -> bool:
    """Whether settings came after the position that may change the words of an answer given there."""
    return position < max(fold.header, fold.shape).position


def _at(state: SiteState, position: int) -> Report | None:
    for report in reversed(state.reports):
        if report.position == position:
            return report
    return None


def _by_id(state: SiteState, report: str) -> Report | None:
    return next((kept for kept in state.reports if kept.id == report), None)
