"""A day's counts, closures and busy phones, and taking them back: one way in for whoever brings them.

API, forms, sheets and the desk read their input and show the answer. What is parsed, checked, asked and kept
is the same for all.
"""

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from hashlib import blake2b
from time import monotonic

import msgspec

from trafficlight.actions.freshness import Freshness
from trafficlight.domain.clock import Waiting, standing_at
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import AskedBack, Event, Reported, Withdrawn
from trafficlight.domain.judge import today_at
from trafficlight.domain.replay import Replay
from trafficlight.domain.report import (
    Answers,
    NewReport,
    accept,
    after_waiting,
    as_answered,
    parse_report,
    parse_written,
    timed,
)
from trafficlight.domain.state import REPORT_RETENTION, BoardFold, Report, SiteState, state_of
from trafficlight.ledger.base import Appended, Key, KeyReused, PositionMoved
from trafficlight.ledger.current import Current

ID_BYTES = 12
"""Of a report's id: 96 bits, 24 characters; not to be guessed, for who knows it may withdraw the report."""
DRAWN = 256
TRIES = 8
"""How often a report that has seen another is held against the board anew, when the board moves meanwhile."""
ANSWERED_WITHIN = 2.9
"""Seconds for a report to be kept and seen here: 3 are promised. What takes longer is answered with doubt."""
TAKE_AT_ONCE = 200
"""Records folded again before others get their turn: about 10 ms."""
ANSWERS_CACHED = 256
"""First answers found by folding again, kept because whoever repeats a request once may do so often."""


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """What comes with a report: who sent it, and when.

    `key`: the name under which it is taken once; the same again is answered as of the first time. `seen` is
    the id of the report that the sender knew of, empty for none: where another has come since, the report is
    not taken. `answers`: what a person said to what was asked; None for a program, whose values are typed.
    `waiting`: of a report that waited on a phone.
    """

    by: str
    now: datetime
    key: str | None = None
    seen: str | None = None
    answers: Answers | None = None
    waiting: Waiting | None = None


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
        state = state_of(fold, site) if fold else None
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

    async def post_report(self, site: str, raw: object, sent: Submission) -> AcceptedReport:
        """Take the report in `raw`: it is on disk and in the present when this returns.

        `raw` names its fields as the API does: a program's are typed (`parse_report`), a person's as they
        were written (`parse_written`). Raises `LedgerUnavailable` and `Refused`, questions among them: those
        of `QUESTIONS`, and `newer_report` with the report as `newer`.
        """
        try:
            accepted = await self._post(site, raw, sent)
        except Refused as refused:
            self._on_happened(refused.code)
            raise
        self._on_happened("replayed" if accepted.replayed else "accepted")
        return accepted

    async def read_report(self, site: str, report: str) -> AcceptedReport:
        """The report as it was answered, for as long as it is kept whole; `Refused` with `unknown_report`."""
        fold, state = await self.place(site)
        found = _by_id(state, report)
        if found is None:
            raise Refused("unknown_report", "report", days=REPORT_RETENTION.days)
        return await self._answer(fold.slug, state.site.id, Appended((found.position,), found.at))

    async def withdraw_report(
        self, site: str, report: str, *, by: str, now: datetime, within: timedelta = REPORT_RETENTION
    ) -> None:
        """Take the report back; on disk and in the present when this returns.

        `Refused` with `unknown_report`, also for one withdrawn before and for one so old that the present
        does not keep it any more; for one that it still does with `too_old` after seven days, with
        `undo_late` after a shorter time `within` which it may be taken back.
        """
        fold, state = await self.place(site)
        found = _by_id(state, report)
        if found is None:
            await self._freshness.refresh()
            fold, state = await self.place(site)
            found = _by_id(state, report)
        if found is None:
            raise Refused("unknown_report", "report", days=REPORT_RETENTION.days)
        if now - found.at > within:
            if within < REPORT_RETENTION:
                raise Refused("undo_late", "report", minutes=within // timedelta(minutes=1))
            raise Refused("too_old", "report", days=REPORT_RETENTION.days)
        key = Key(name=f"withdraw/{site}/{report}", body=b"")
        appended = await self._append(fold.slug, Withdrawn(by=by, site=state.site.id, report=report), key)
        if not appended.replayed:
            self._on_happened("withdrawn")

    # --- a report -------------------------------------------------------------------------------------------

    async def _post(self, site: str, raw: object, sent: Submission) -> AcceptedReport:
        report = _parsed(raw, sent.answers)
        fold, state = self.find(site) or await self.place(site)
        if sent.answers:
            report = as_answered(report, sent.answers, today_at(fold.board, sent.now).day)
        key = Key(name=sent.key, body=body_digest(site, report)) if sent.key else None
        try:
            appended = await self._appended(fold, state, report, sent, key)
        except KeyReused:
            if sent.answers is None:
                raise Refused("key_reused", "Idempotency-Key") from None
            # Gone back, changed the number, sent again: asked about, like anybody else's newer report.
            _, state = await self.place(site)
            raise _newer(state, sent, report) from None
        return await self._answer(fold.slug, state.site.id, appended)

    async def _appended(
        self, fold: BoardFold, state: SiteState, report: NewReport, sent: Submission, key: Key | None
    ) -> Appended:
        """Where the report stands, or where it stood under its key already."""
        for attempt in range(TRIES):
            position = fold.position
            try:
                event = _checked(fold, state, report, sent)
            except Refused as refused:
                first = await self._first(fold.slug, key) if key else None
                if first is not None:
                    return first
                await self._asked_back(fold.slug, state.site.id, refused, sent.by)
                raise
            # Who has seen one report must not overtake the next, on whichever node it comes in. The last try
            # does without: on a board that never stands still, taking the report beats refusing it.
            bound = sent.seen is not None or report.remaining_today is not None  # … nor be added to another
            expect = position if bound and attempt < TRIES - 1 else None
            try:
                return await self._append(fold.slug, event, key, expect)
            except PositionMoved:
                await self._current.catch_up(fold.slug)
                fold, state = await self.place(state.site.id)
        raise AssertionError("unreachable: the last try expects nothing")

    async def _append(self, board: str, event: Event, key: Key | None, expect: int | None = None) -> Appended:
        began = monotonic()
        appended = await self._current.ledger.append(board, [event], key, expect)
        await self._reached(board, appended, began)
        return appended

    async def _first(self, board: str, key: Key) -> Appended | None:
        """Where the key's first use stands, if it was used: a repeat is answered, whatever changed."""
        began = monotonic()
        first = await self._current.ledger.used(board, key)
        if first is not None:
            await self._reached(board, first, began)
        return first

    async def _reached(self, board: str, appended: Appended, began: float) -> None:
        if self._current.position(board) < appended.positions[-1]:
            left = max(began + ANSWERED_WITHIN - monotonic(), 0.0)
            await self._current.reached(board, appended.positions[-1], left)

    async def _asked_back(self, board: str, site: str, refused: Refused, by: str) -> None:
        if refused.code != "needs_confirmation":
            return
        params = refused.params
        asked = AskedBack(
            by=by, site=site, service_day=params["day"], patients=params["patients"], usual=params["usual"]
        )
        await self._append(board, asked, None)

    # --- its answer -----------------------------------------------------------------------------------------

    async def _answer(self, board: str, site: str, appended: Appended) -> AcceptedReport:
        """The answer as of the report's own position, however long past."""
        return self._answer_now(board, site, appended) or await self._answer_again(board, site, appended)

    def _answer_now(self, board: str, site: str, appended: Appended) -> AcceptedReport | None:
        """The answer, if the present still holds everything that it is made of."""
        position = appended.positions[0]
        fold = self._current.boards[board]
        state = fold.sites.get(site)
        report = _at(state, position) if state else None
        if state is None or report is None or report.answer is None or _settings_changed(fold, position):
            return None
        return AcceptedReport(fold, state, report, appended.replayed)

    async def _answer_again(self, board: str, site: str, appended: Appended) -> AcceptedReport:
        """The answer as of a position long past; `Refused` where the site had left the board just before."""
        first = await self._fold_again(board, site, appended.positions[0])
        if first is None:
            raise Refused("unknown_site", "site", site=site)
        return msgspec.structs.replace(first, replayed=appended.replayed)

    async def _fold_again(self, board: str, site: str, position: int) -> AcceptedReport | None:
        """The board folded again up to the position. One at a time: nobody's repeats may take the loop."""
        async with self._again:
            answer = self._answers.get((board, position))
            if answer is not None:
                return answer
            replay = Replay(board)
            records = await self._current.ledger.read(board)
            for index, record in enumerate(records[:position]):
                replay.apply(record)
                if index % TAKE_AT_ONCE == 0:
                    await asyncio.sleep(0)
            fold = replay.fold
            # Under the id that it was posted to: the site may have become one with another since.
            site = getattr(records[position - 1].event, "site", site)
            state = fold.sites.get(site) if fold else None
            report = _at(state, position) if state else None
            if fold is None or state is None or report is None:
                return None
            # Of the whole board only what the answer's words are made of is held on to.
            answer = AcceptedReport(msgspec.structs.replace(fold, sites={site: state}), state, report)
            self._answers[board, position] = answer
            if len(self._answers) > ANSWERS_CACHED:
                self._answers.popitem(last=False)
            return answer


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


def _parsed(raw: object, answers: Answers | None) -> NewReport:
    if answers is None:
        return parse_report(raw)
    assert isinstance(raw, Mapping)  # noqa: S101 - forms and sheets are read into fields
    return parse_written(raw, answers)


def _checked(fold: BoardFold, state: SiteState, report: NewReport, sent: Submission) -> Reported:
    last = state.reports[-1] if state.reports else None
    # The ledger's last instant may be ahead of this machine's clock, and it is the ledger that stamps. Which
    # of the two is wrong by days nobody can tell here: whoever names the ledger's day is not refused.
    at = standing_at(fold, sent.now)
    if report.service_day is not None and report.service_day > today_at(fold.board, at).day:
        at = max(at, fold.at)
    if sent.waiting is not None:
        # Not a part of what is sent: when it comes in once more it has waited longer, and is the same.
        report = after_waiting(report, sent.waiting, fold.board, sent.now)
    if sent.seen is not None and last is not None and last.id != sent.seen:
        timed(state, fold.board, report, at)  # older than the newer one: there is nothing to choose
        raise _newer(state, sent, report)
    return accept(fold, state, report, at, report_id=_new_id(), by=sent.by, answers=sent.answers)


def _newer(state: SiteState, sent: Submission, report: NewReport) -> Refused:
    """Another report has come since; a person is shown it beside the one that was sent."""
    beside = {} if sent.answers is None else {"sent": report}
    return Refused("newer_report", None, newer=state.reports[-1] if state.reports else None, **beside)


def _settings_changed(fold: BoardFold, position: int) -> bool:
    """Whether settings came after the position that may change the words of an answer given there."""
    return position < max(fold.header, fold.shape).position


def _at(state: SiteState, position: int) -> Report | None:
    for report in reversed(state.reports):
        if report.position == position:
            return report
    return None


def _by_id(state: SiteState, report: str) -> Report | None:
    return next((one for one in state.reports if one.id == report), None)
