"""A day's counts of many sites, as lines that captains write in a group chat (大陈家 12).

Which site each of them is of, and what was written there. Each is then reported by itself. Nothing is guessed
in silence: a line that is not surely one site's is given back with what is wrong with it.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

import msgspec

from trafficlight.domain.board import Site
from trafficlight.domain.clock import CLOCK, DATE, clock_of, date_of
from trafficlight.domain.count import CountKind, count_at_end, narrow, parse_count
from trafficlight.domain.errors import Refused
from trafficlight.text import pinyin

_CLOSED: Final = frozenset({"another_day", "later_line"})
"""Lines that are understood, and are not today's last word: read once more they would be taken for it."""

MOST_LINES: Final = 300
"""More than a town has sites, several times over."""
_MOST_NAMED: Final = 5
"""Sites named where a line may be several's."""
_LONGEST: Final = 200
"""Characters of a line: a name and a number are shorter."""
_LEAST: Final = 2
"""Characters by which a part of a name is looked for."""

_NUMBERED: Final = re.compile(r"^[\s(（]*(?:\d{1,3}|[一二三四五六七八九十]{1,3})\s*[)）.、．]\s*(?=\D)")
_APART: Final = re.compile(
    r"[;；]|(?<=[0-9０-９零〇一二三四五六七八九十百人位例个名次+＋满停诊])[,，、。](?=\s*[^\s0-9０-９])"
)
_HEADER: Final = re.compile(rf"\s*\S.*?[\s(]\s*(?:(?:{DATE})\s*)?(?:{CLOCK})\)?:?\s*")
"""张三 2022-12-24 9:05:33, as messages begin that are copied out of a chat."""
_CLOCK: Final = re.compile(
    rf"[(\[【]?\s*(?:截至|截止|到|至)?\s*(?<![0-9])(?:{CLOCK})\s*(?:止|为止|的)?\s*[)\]】]?"
)
_TODAY: Final = re.compile(r"(?:今天|今日|截至目前|目前|共|就诊|接诊|登记)+$")
_ROOM: Final = re.compile(r"(?:发热门诊|发热诊室)$")
_KINDS: Final = re.compile(
    r"(?:发热门诊|发热诊室|社区卫生服务中心|社区卫生服务站|卫生服务站|中心卫生院|村卫生室|卫生室|卫生院|卫生所|医院|门诊部|诊所)$"
)


_Find = Callable[[str], Sequence[Site]]


class Pasted(msgspec.Struct, frozen=True, kw_only=True):
    """One line and what it was read as."""

    text: str
    site: str = ""
    """Whose it surely is; empty where there is a problem."""
    name: str = ""
    """The site's, in full."""
    patients: int | None = None
    """None also where no number is said: 已满, 暂停, 24+."""
    written: str = ""
    """The count, as the field of the site is to hold it."""
    clock: str = ""
    """At which time of today it was true: as the line says, or when it was sent to the chat."""
    code: str = ""
    """Why it counts for none: `no_count`, `count_alone`, `out_of_range`, `unknown_site`, `ambiguous_site`,
    `counts_differ`, `later_line`, `another_day`, `too_many_lines`; empty where it counts."""
    params: Mapping[str, str | int] = {}
    candidates: tuple[str, ...] = ()
    """The names of the sites that an ambiguous line may be of."""

    @property
    def field(self) -> None:
        """A line is no field."""

    @property
    def left(self) -> str:
        """What stays to be put right, with the time that its message had; empty where there is nothing to."""
        if not self.code or self.code in _CLOSED:
            return ""
        return f"{self.clock} {self.text}" if self.clock else self.text


def read_pasted(text: str, sites: Iterable[Site], today: date | None = None) -> list[Pasted]:
    """Every line of the text, in its order. Of two different numbers for one site neither counts.

    Of two with times of their own the later one does: a chat goes on through the day. What a message of
    another day than `today` says is not read.
    """
    known = list(sites)
    find = _finder(known)
    lines = [
        _read(line, find)
        if number < MOST_LINES
        else Pasted(text=line.text, code="too_many_lines", params={"most": MOST_LINES})
        for number, line in enumerate(_joined(_lines(text, today), find, known))
    ]
    latest: dict[str, str] = {}
    for line in lines:
        if line.site:
            latest[line.site] = max(latest.get(line.site, ""), line.clock)
    counts: dict[str, set[str]] = {}
    for line in lines:
        if line.site and (not line.clock or line.clock == latest[line.site]):
            counts.setdefault(line.site, set()).add(line.written)
    return [_compared(line, latest, counts) for line in lines]


def _compared(line: Pasted, latest: Mapping[str, str], counts: Mapping[str, set[str]]) -> Pasted:
    if not line.site:
        return line
    if len(counts[line.site]) > 1:
        return msgspec.structs.replace(line, site="", code="counts_differ")
    if line.clock and line.clock < latest[line.site]:
        last = latest[line.site]
        return msgspec.structs.replace(line, site="", code="later_line", params={"last": last})
    return line


class _ChatLine(NamedTuple):
    """A line, or a part of one, and what its message says of when it was sent."""

    text: str
    clock: str = ""
    is_today: bool = True
    sender: str = ""


def _lines(text: str, today: date | None) -> Iterator[_ChatLine]:
    """What stands between the headers of a chat's messages, which name somebody and an instant."""
    header = None
    has_lines = True
    for line in text.splitlines():
        found = _HEADER.fullmatch(narrow(line))
        at = clock_of(found) if found else None
        if found and at is not None:
            if header is not None and not has_lines:
                yield header
            dated = bool(found["month"] or found["near"])
            is_today = not dated or (today is not None and date_of(found, today) == today)
            sender = line[: min(begin for begin in map(found.start, found.groupdict()) if begin >= 0)]
            header, has_lines = _ChatLine(line.strip(), f"{at:%H:%M}", is_today, sender), False
            continue
        for part in _APART.split(_NUMBERED.sub("", line)):
            if part.strip():
                has_lines = True
                yield _ChatLine(part.strip()) if header is None else header._replace(text=part.strip())
    if header is not None and not has_lines:
        yield header


def _joined(lines: Iterator[_ChatLine], find: _Find, sites: Sequence[Site]) -> Iterator[_ChatLine]:
    """A name and the number below it are one line, and so are a number alone and who sent it."""
    before: _ChatLine | None = None
    for line in lines:
        alone = _is_count(line.text)
        if before is not None:
            if alone and before[1:] == line[1:]:
                yield line._replace(text=f"{before.text} {line.text}")
                before = None
                continue
            yield before
            before = None
        if alone and line.sender:
            yield line._replace(text=f"{_sent_by(line.sender, sites)} {line.text}".strip())
        elif len(line.text) <= _LONGEST and not _ends_in_count(line.text) and find(line.text):
            before = line
        else:
            yield line
    if before is not None:
        yield before


def _sent_by(sender: str, sites: Sequence[Site]) -> str:
    """The site that a sender's name holds, as in 上坪卫生院王医生; empty where it holds none, or two."""
    bare = _bare(sender)
    held = {}
    for site in sites:
        names = _unique(map(_bare, (site.name, *site.also)))
        stems = (_KINDS.sub("", name) for name in names)
        held[site.name] = max(
            (len(one) for one in (*names, *stems) if len(one) >= _LEAST and one in bare), default=0
        )
    most = max(held.values(), default=0)
    found = [name for name, length in held.items() if length == most and most]
    return found[0] if len(found) == 1 else ""


def _ends_in_count(text: str) -> bool:
    try:
        return count_at_end(text) is not None
    except Refused:
        return True


def _is_count(text: str) -> bool:
    """Whether nothing but a count stands there."""
    try:
        return parse_count("patients", text[:_LONGEST]).kind is not CountKind.EMPTY
    except Refused:
        return False


def _read(line: _ChatLine, find: _Find) -> Pasted:
    text = line.text
    if not line.is_today:
        return Pasted(text=text, code="another_day")
    rest, clock = _without_clock(text[: _LONGEST + 1])
    try:
        found = count_at_end(rest) if len(text) <= _LONGEST else None
    except Refused as refused:
        return Pasted(text=text, clock=line.clock, code=refused.code, params=refused.params)
    if found is None or (found.is_glued and find(rest)):  # the number is part of a name: 第3
        return Pasted(text=text, clock=line.clock, code="no_count")
    name = _TODAY.sub("", found.before.rstrip(" :,、-=\t"))
    sites = find(name)
    if len(sites) != 1:
        code = "ambiguous_site" if sites else "unknown_site" if name else "count_alone"
        names = tuple(site.name for site in sites[:_MOST_NAMED])
        return Pasted(text=text, clock=line.clock, code=code, params={"site": name}, candidates=names)
    number = found.count.number if found.count.kind is CountKind.NUMBER else None
    written = found.written if number is None else str(number)
    return Pasted(
        text=text,
        site=sites[0].id,
        name=sites[0].name,
        patients=number,
        written=written,
        clock=clock or line.clock,
    )


def _without_clock(text: str) -> tuple[str, str]:
    """The line without the time of day that it says, and that time; as it is where it says none."""
    for match in _CLOCK.finditer(narrow(text)):
        at = clock_of(match)
        if at is not None:
            rest = f"{text[: match.start()]} {text[match.end() :]}"
            return rest.strip(), f"{at:%H:%M}"
    return text, ""


def _finder(sites: Sequence[Site]) -> _Find:
    """Looks for a site by its whole name or what people call it, then by parts of these, then by sound."""
    called = [(site, _unique(map(_bare, (site.name, *site.also)))) for site in sites]
    short = [(site, _unique(_KINDS.sub("", name) or name for name in names)) for site, names in called]

    def find(written: str) -> Sequence[Site]:
        name = _bare(written)
        stem = _KINDS.sub("", name) or name
        sound = _sound(stem)
        for fits in (
            lambda names, _: name in names,
            lambda _, stems: stem in stems,
            lambda names, _: len(stem) >= _LEAST and any(stem in one for one in names),
            lambda _, stems: len(stem) >= _LEAST and any(sound in _sounds(one) for one in stems),
        ):
            found = [
                site for (site, names), (_, stems) in zip(called, short, strict=True) if fits(names, stems)
            ]
            if len(found) > 1:  # 中心卫生院发热诊室 is a room, not the house that it is in
                room = _ROOM.search(name)
                found = [one for one in found if room and _bare(one.name).endswith(room[0])] or found
            if found:
                return found
        return ()

    return find


def _bare(text: str) -> str:
    """Without spaces and signs, in one form of each letter."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(one for one in plain if one.isalnum())


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))


def _sound(name: str) -> str:
    return "".join(pinyin.typed(name))


def _sounds(name: str) -> tuple[str, str]:
    """How the name sounds, and the first letters of that: dachenjia, dcj."""
    syllables = pinyin.typed(name)
    return "".join(syllables), "".join(one[:1] for one in syllables)
