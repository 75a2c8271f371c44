"""The ways by which a report comes in, each driven as its people drive it, each answered with a code.

The command line has none. A page says a sentence, not a code: which code that is, the sentences tell.
"""

import re
from collections.abc import Sequence
from typing import Any, Final, Protocol

import msgspec
from aiohttp import FormData
from lxml import html

from tests.web.conftest import World
from tests.web.desk.conftest import Person, fields
from tests.web.phones import Phone, fields_of
from trafficlight.actions.credentials import Issued
from trafficlight.text.sentences import SENTENCES

TAKEN: Final = "taken"
"""In place of a code."""
SKIPPED: Final = "skipped"
"""In place of a code: among many sites this one says nothing."""
SECRET_SENTENCE: Final = "confirm: true"
"""How a program answers; no page may say it."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody tells of a site, as it is written. What is None is not told."""

    patients: str | None = None
    typed: Any = None
    """The number as a program has it, where that is something else than digits."""
    clock: str | None = None
    """At which time of the day the number was true."""
    capacity: str | None = None
    left: str | None = None
    """How many more can be seen."""
    closure: str | None = None
    """What it is closed for, `infected` or a reason of `Pause`; `open`: it is open again."""
    reopen: str | None = None
    note: str | None = None
    day: str | None = None
    busy: bool | None = None
    no_reopen: bool | None = None
    """The day of reopening is not known any more."""
    no_capacity: bool | None = None
    """As many as on any other day, again."""
    no_note: bool | None = None
    seen: str | None = None
    """The last report that the sender knows of; None: the one that there is."""
    key: str = ""
    """Under which it is taken once; empty: one of its own."""
    answers: tuple[str, ...] = ()
    """What is said to what comes back as a question."""

    @property
    def told(self) -> set[str]:
        """Which fields hold something."""
        return {
            name
            for name in msgspec.structs.asdict(self)
            if name not in {"typed", "key", "answers"} and getattr(self, name) is not None
        }


class Way(Protocol):
    """One way in."""

    name: str
    fields: frozenset[str]
    """What can be told this way."""

    async def send(self, entries: Sequence[tuple[str, Entry]]) -> list[str]:
        """Tell of each site what its entry says; the code of each answer."""


def code_of(text: str) -> str:
    """The code whose sentence stands in the text; of several the longest."""
    said = " ".join(text.split())
    assert SECRET_SENTENCE not in said
    found = [code for code, pattern in _SENTENCES.items() if pattern.search(said)]
    return max(found, key=lambda code: len(_SENTENCES[code].pattern), default=said)


def _pattern(sentence: str) -> re.Pattern[str]:
    return re.compile(".*?".join(re.escape(part) for part in re.split(r"\{\w+\}", sentence)))


_SENTENCES: Final = {code: _pattern(sentence) for code, sentence in SENTENCES.items()}


class Api:
    """A program with a token; its values are typed."""

    name = "API"
    fields = frozenset(
        {
            *("patients", "clock", "capacity", "left", "closure", "reopen", "note", "day", "busy", "seen"),
            *("no_reopen", "no_capacity", "no_note"),
        }
    )

    def __init__(self, world: World) -> None:
        self.world = world
        self.token = ""

    async def send(self, entries: Sequence[tuple[str, Entry]]) -> list[str]:
        self.token = self.token or await self.world.token()
        token = self.token
        return [await self._post(site, entry, token) for site, entry in entries]

    async def _post(self, site: str, entry: Entry, token: str) -> str:
        body = {
            "patients": _typed(entry.patients) if entry.typed is None else entry.typed,
            "counted_at": _instant(entry.clock),
            "capacity_today": _typed(entry.capacity),
            "remaining_today": _typed(entry.left),
            "staff_infected": {"infected": True, "open": False}.get(entry.closure or ""),
            "paused": None if entry.closure in {"infected", "open"} else entry.closure,
            "expected_reopen": entry.reopen,
            "note": entry.note,
            "service_day": entry.day,
            "phone_busy": entry.busy,
            "confirm": any(one.startswith("confirm:") for one in entry.answers) or None,
        }
        cleared = {
            "expected_reopen": entry.no_reopen,
            "paused": entry.closure == "open",
            "capacity_today": entry.no_capacity,
            "note": entry.no_note,
        }
        answer = await self.world.client.post(
            f"/api/v1/sites/{site}/reports",
            json={name: value for name, value in body.items() if value is not None or cleared.get(name)},
            params={} if entry.seen is None else {"seen": entry.seen},
            headers={
                "Authorization": f"Bearer {token}",
                **({"Idempotency-Key": entry.key} if entry.key else {}),
            },
        )
        told = await answer.json()
        return TAKEN if answer.status in {200, 201} else str(told["code"])


def _typed(text: str | None) -> object:
    """What a program makes of it: a number of digits, nothing of an empty cell, else a text."""
    if not text:
        return None
    return int(text) if re.fullmatch("[0-9]+", text) else text


def _instant(clock: str | None) -> str | None:
    """As a program has it: a time of the day with its date and its zone."""
    return f"2022-12-24T{clock}:00+08:00" if clock and re.fullmatch("[0-9]{2}:[0-9]{2}", clock) else clock


def _act(entry: Entry) -> str:
    """The button that is pressed."""
    if entry.closure is not None:
        return "reopen" if entry.closure == "open" else "close"
    if entry.busy is not None:
        return "busy" if entry.busy else "free"
    if entry.no_capacity:
        return "room"
    return "count" if entry.capacity is None and entry.left is None else "part"


class Form:
    """A clinic's phone: the form of its own site. Here the link is a town's, which leads to all of them."""

    name = "form"
    fields = Api.fields

    def __init__(self, world: World, link: Issued) -> None:
        self.world = world
        self.link = link
        self.entered = False

    async def send(self, entries: Sequence[tuple[str, Entry]]) -> list[str]:
        if not self.entered:
            self.entered = (await Phone(self.world, self.link).enter()).status == 303
        return [await self._post(site, entry) for site, entry in entries]

    async def _post(self, site: str, entry: Entry) -> str:
        phone = Phone(self.world, self.link, f"{site}/")
        opened = await self.world.client.get(phone.url)
        page = html.document_fromstring(await opened.text())
        if opened.status != 200:
            return code_of(page.text_content())
        filled = fields_of(page)
        filled |= {"act": _act(entry), "patients": entry.patients or "", "capacity": entry.capacity or ""}
        filled |= {"note": entry.note or "", "reopen": entry.reopen or "", "clock": entry.clock or ""}
        filled |= {
            "why": entry.closure or "",
            "left": entry.left or "",
            **({"clear": "note"} if entry.no_note else {}),
        }
        told = (("day", entry.day), ("seen", entry.seen), ("key", entry.key or None))
        filled |= {name: value for name, value in told if value is not None}
        data = [*filled.items(), *(("decided", one) for one in entry.answers)]
        answer = await self.world.client.post(phone.url, data=data, allow_redirects=False)
        if answer.status == 303:
            return TAKEN
        page = html.document_fromstring(await answer.text())
        return _said(page, "//p[contains(@class,'wrong')] | //*[@class='ask'][@role='alert']")


class Town:
    """A captain's phone: all sites of a town on one page."""

    name = "town"
    fields = frozenset(
        {"patients", "clock", "closure", "reopen", "day", "busy", "seen", "no_reopen", "no_capacity"}
    )

    def __init__(self, world: World, link: Issued) -> None:
        self.world = world
        self.phone = Phone(world, link)
        self.entered = False

    async def send(self, entries: Sequence[tuple[str, Entry]]) -> list[str]:
        if not self.entered:
            self.entered = (await self.phone.enter()).status == 303
        codes: dict[str, str] = {}
        for day in {entry.day for _, entry in entries}:
            codes |= await self._post(day, [(site, entry) for site, entry in entries if entry.day == day])
        return [codes[site] for site, _ in entries]

    async def _post(self, day: str | None, entries: Sequence[tuple[str, Entry]]) -> dict[str, str]:
        filled = [
            (name, value)
            for name, value in (await self.phone.page()).forms[-1].form_values()
            if name != "day" or day is None
        ]
        filled += [] if day is None else [("day", day)]
        for site, entry in entries:
            filled += [(f"n.{site}", entry.patients or ""), (f"a.{site}", _act(entry))]
            filled += [(f"a.{site}", f"close:{entry.closure}")] if _act(entry) == "close" else []
            filled += [(f"r.{site}", entry.reopen or ""), (f"t.{site}", entry.clock or "")]
            filled += [] if entry.seen is None else [(f"s.{site}", entry.seen)]
            filled += [("key", entry.key)] if entry.key else []
            filled += [(f"d.{site}", one) for one in entry.answers]
        answer = await self.world.client.post(self.phone.url, data=[*filled, ("do", "send")])
        assert answer.status == 200, await answer.text()
        page = html.document_fromstring(await answer.text())
        taken = {href.partition("/")[0] for href in page.xpath("//ul[@class='sent-list']//a/@href")}
        rows = {one.xpath(".//a/@href")[0].strip("/"): one for one in page.xpath("//li[@data-find]")}
        return {site: TAKEN if site in taken else _of_row(rows.get(site)) for site, _ in entries}


def _of_row(row: html.HtmlElement | None) -> str:
    where = ".//p[contains(@class,'wrong')] | .//div[@class='ask']"
    return SKIPPED if row is None or not row.xpath(where) else _said(row, where)


class Desk:
    """Somebody at the desk who has a clinic on the phone."""

    name = "desk"
    fields = Api.fields

    def __init__(self, world: World, person: Person) -> None:
        self.world = world
        self.person = person

    async def send(self, entries: Sequence[tuple[str, Entry]]) -> list[str]:
        return [await self._post(site, entry) for site, entry in entries]

    async def _post(self, site: str, entry: Entry) -> str:
        path = f"/boards/longkou/corrections/sites/{site}"
        opened = await self.person.get(path)
        page = html.document_fromstring(await opened.text())
        if opened.status != 200:
            return code_of(page.text_content())
        number = next(number for number, form in enumerate(page.forms) if "service_day" in form.fields)
        filled = fields(page, number) | {
            "patients": entry.patients or "",
            "counted_at": entry.clock or "",
            "capacity_today": entry.capacity or "",
            "remaining_today": entry.left or "",
            "note": entry.note or "",
            "expected_reopen": entry.reopen or "",
            "closure": entry.closure or "",
            "phone": {None: "", True: "busy", False: "free"}[entry.busy],
        }
        told = (("service_day", entry.day), ("seen", entry.seen), ("key", entry.key or None))
        filled |= {name: value for name, value in told if value is not None}
        cleared = (
            ("expected_reopen", entry.no_reopen),
            ("capacity_today", entry.no_capacity),
            ("note", entry.no_note),
        )
        data = [*filled.items(), *(("decided", one) for one in entry.answers)]
        data += [("clear", name) for name, is_cleared in cleared if is_cleared]
        answer = await self.person.client.post(f"/desk{path}", data=data, allow_redirects=False)
        if answer.status == 303:
            return TAKEN
        return _said(
            html.document_fromstring(await answer.text()), "//p[contains(@class,'wrong') or @class='fault']"
        )


class Counts:
    """Somebody at the desk with a sheet of counts."""

    name = "sheet"
    fields = frozenset({"patients", "clock", "day"})

    def __init__(self, world: World, person: Person) -> None:
        self.world = world
        self.person = person

    async def send(self, entries: Sequence[tuple[str, Entry]]) -> list[str]:
        rows = "".join(
            f'{site},"{entry.patients or ""}","{entry.clock or ""}","{entry.day or ""}"\n'
            for site, entry in entries
        )
        path = "/boards/longkou/sites/counts"
        form = FormData(quote_fields=False)
        for field, value in fields(await self.person.page(path)).items():
            if field != "file":
                form.add_field(field, value)
        form.add_field("file", f"编号,人数,统计时间,日期\n{rows}".encode(), filename="今天.csv")
        page = await self._sent(form)
        page = await self._sent([*page.forms[1].form_values(), ("act", "report")])
        codes = dict(zip((site for site, _ in entries), _lines(page), strict=True))
        answered = [site for site, entry in entries if entry.answers]
        if answered:
            filled = list(page.forms[1].form_values())
            asked = {value: value.partition("@")[0] for name, value in filled if name == "site"}
            filled = [one for one in filled if one[0] != "site" or asked[one[1]] in answered]
            said = {site: entry.answers for site, entry in entries}
            filled += [(f"d.{row}", one) for row, site in asked.items() for one in said[site]]
            page = await self._sent([*filled, ("act", "answer")])
            codes |= dict(zip(answered, _lines(page), strict=True))
        return [codes[site] for site, _ in entries]

    async def _sent(self, data: Any) -> html.HtmlElement:
        answer = await self.person.client.post("/desk/boards/longkou/sites/counts", data=data)
        assert answer.status == 200, await answer.text()
        return html.document_fromstring(await answer.text())


def _lines(page: html.HtmlElement) -> list[str]:
    """What became of each row. A question stands above the list, with its answers."""
    asked = {one.get("value"): one.getparent() for one in page.xpath("//fieldset/input[@name='site']")}
    names = {one.findtext("legend/b"): one for one in asked.values()}
    codes = []
    for line in page.cssselect(".s-lines li"):
        text = " ".join(line.text_content().split())
        if text.endswith(("收下", "以前收过")):
            codes.append(TAKEN)
        elif text.endswith("要确认"):
            codes.append(_said(names[line.findtext("b")], ".//p"))
        else:
            codes.append(SKIPPED if text.endswith("没有填，不报") else code_of(text))
    return codes


def _said(page: html.HtmlElement, where: str) -> str:
    return code_of(" ".join(one.text_content() for one in page.xpath(where)))
