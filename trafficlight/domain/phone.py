"""A clinic's phones: one cell of text, as a county's list has it, into numbers that can be shown and dialled.

Lists write labels before, after or between numbers, in brackets of every shape. What cannot be read is
refused, never shortened to what could: a wrong number on a public page rings in somebody's home.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Literal, NamedTuple

import msgspec

from trafficlight.domain.errors import Refused


class Phone(msgspec.Struct, frozen=True, omit_defaults=False):
    """One number as shown.

    `number` is as written, in plain ASCII. `ext` is the extension's digits. `when` is a time of day that the
    list gives with the number (白天, 夜间, 24小时), `label` anything else it says (值班室); both as written.
    """

    number: str
    ext: str = ""
    label: str = ""
    when: str = ""


_MOST_DIGITS: Final = 15  # E.164: no number in the world is longer
_FEWEST_DIGITS: Final = 5  # shorter ones are known by name, or a digit was lost
_LONGEST_LABEL: Final = 40  # characters; longer is prose that happens to hold a number
_LONGEST_CELL: Final = 1000  # characters: thirty labelled numbers; longer is not a cell of phones
_LONGEST_CULPRIT: Final = 60  # characters of the culprit: enough to find it in the list

_SHORT: Final = frozenset({"110", "112", "114", "119", "120", "122", "999"})

# Beijing and the cities of 02x have three digits, all others four; a local number has five at the least.
_AREA: Final = re.compile(r"(?P<area>010|02\d|0[3-9]\d\d)\d{5,8}$")
_LOCAL: Final = re.compile(r"[2-8]\d{6,7}")
_ABROAD: Final = re.compile(r"86[1-9]\d{9,10}")  # the country code without its plus
_COMPLETE: Final = re.compile(r"1[3-9]\d{9}|[48]00\d{7}|(?:010|02\d|0[3-9]\d\d)\d{7,8}|[2-8]\d{6,7}")
_WITH_EXT: Final = re.compile(r"(?P<head>.*?\d{7,})-(?P<ext>\d{1,6})")

_HAN: Final = "\u4e00-\u9fff"

# Width, and the many signs that people type for a hyphen and for brackets.
_NARROW: Final = str.maketrans(
    {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    | dict.fromkeys("\u3000\u00a0\t\v\f", " ")
    | dict.fromkeys("‐‑‒–—―−─－﹣", "-")
    | dict.fromkeys("<〈《「『【〔［[{＜｛（", "(")
    | dict.fromkeys(">〉》」』】〕］]}＞｝）", ")")
    | dict.fromkeys("∶﹕", ":")
)

_EXT: Final = r"(?:(?:转接?分机号?|转接?|分机号?|(?i:ext)\.?|\#|(?<=\d)[xX])\ ?:?\ ?)"
_CLOCK: Final = r"(?<!\d)\d{1,2}(?::\d{2}(?!\d)|[时点](?:\d{1,2}分?|半)?)"
_HOURS: Final = rf"{_CLOCK}(?:\ ?[-~至到]\ ?(?:次日|翌日)?{_CLOCK})?|(?<!\d)24\ ?(?:小时|[hH](?![A-Za-z]))"
_TOKEN: Final = re.compile(
    rf"""
    (?P<hours>   {_HOURS})
  | (?P<ext>     {_EXT}(?P<ext_digits>\d{{1,6}})(?!\d|-\d))
    # A digit of a name (门诊1, B1) or before a measure word (3号楼), not of a number.
  | (?P<small>   (?<=[{_HAN}A-Za-z])\d{{1,2}}(?![\d-]) | (?<![\d-])\d{{1,2}}(?=[号楼层部院区诊室科病门栋幢]))
  | (?P<number>  \+?(?:\d{{1,4}}[ -]?)?\((?:\+?86|0\d{{0,3}})\)[ -]?\d+(?:-\d+)*  |  \+?\d+(?:-\d+)*)
  | \( (?P<bracket> [^()]* ) \)
  | (?P<end>     [/、;,\n\r|\\。])
  | (?P<text>    (?:(?!{_EXT}\d)[^\d()/、;,\n\r|\\。\s+])+)
  | (?P<space>   \s+)
  | (?P<sign>    .)
    """,
    re.VERBOSE,
)

_EXT_HERE: Final = re.compile(_EXT + r"\d", re.VERBOSE)

_TIME_WORD: Final = (
    rf"(?:白天|白班|日间|日班|夜间|夜晚|夜里|夜班|晚上|晚间|晚班|早班|中班|早上|上午|中午|午间|下午|凌晨"
    rf"|全天候?|全日|昼夜|24\ ?(?:小时|[hH])|每[天日]|周末|双休日|节假日|假日|工作日|休息日"
    rf"|(?:非?(?:工作|上班)|下班|其他|其它|其余)时间"
    rf"|每?(?:周|星期)[一二三四五六日天](?:[、,]?[一二三四五六日天])*|{_HOURS})"
)
_TIMES: Final = re.compile(rf"{_TIME_WORD}(?:[\ 、/,;和及与至到~-]*{_TIME_WORD})*")
_BARE_TIME: Final = frozenset("白夜早晚日中")
_LINKS: Final = frozenset({"或", "或者", "和", "及", "与", "以及", "or", "and"})
_NO_LABEL: Final = frozenset({"电话", "联系电话", "电话号码", "tel", "phone"})
_EDGE_SIGNS: Final = " .-~:·•*☎📞℡'\"“”‘’!?_=+#"


class _PhoneToken(NamedTuple):
    kind: Literal["number", "ext", "text", "bracket", "end", "space"]
    text: str
    start: int
    end: int


def parse_phones(text: str) -> tuple[Phone, ...]:
    """Every number of one cell of text, in order, each once; none for an empty cell.

    Raises `Refused("phone_unreadable", "phone", text=…)`, with the part in question, where a part holds no
    number or one that cannot be: letters in it, fewer than five digits and not a well-known short code, or
    more than fifteen.
    """
    if len(text) > _LONGEST_CELL:
        raise _unreadable(text)
    plain = _plain(text)
    phones: list[Phone] = []
    for part in _parts(plain):
        phones.extend(_read_part(part, plain))
    return _each_once(phones)


def dial(phone: Phone, area_code: str = "") -> str:
    """What follows `tel:`: digits, + before a country code, an extension after a pause (`,8005`).

    A local number (seven or eight digits) is completed with `area_code` where that is known, as is one
    written with its area code but without the 0; everything else is dialled as it is.
    """
    digits = _digits(phone.number)
    area = _digits(area_code).lstrip("0")
    if phone.number.lstrip("(").startswith("+"):
        # +86 (0)535-…: the 0 is dialled within the country only.
        digits = "+" + re.sub(r"^860", "86", digits)
    elif _ABROAD.fullmatch(digits):
        digits = f"+{digits}"
    elif area and _LOCAL.fullmatch(digits):
        digits = f"0{area}{digits}"
    elif area and digits.startswith(area) and _LOCAL.fullmatch(digits.removeprefix(area)):
        digits = f"0{digits}"
    return f"{digits},{phone.ext}" if phone.ext else digits


def area_code_of(phones: Iterable[Phone], fallback: str = "") -> str:
    """The area code that the numbers of one cell share: the first one written, else `fallback`."""
    for phone in phones:
        found = _AREA.match(_digits(phone.number))
        if found:
            return found["area"]
    return fallback


def _plain(text: str) -> str:
    """The text in ASCII width, with one kind of hyphen, bracket and colon, and nothing invisible.

    Numbers pasted from a phone's address book come wrapped in invisible direction marks.
    """
    visible = (char for char in text if unicodedata.category(char) != "Cf")
    plain = "".join(str(unicodedata.decimal(char, char)) for char in visible).translate(_NARROW)
    if any(unicodedata.category(char) in {"Cc", "Cs"} and char not in "\r\n" for char in plain):
        raise _unreadable(plain)
    plain = re.sub(r"(?<=\d)[一ー](?=\d)", "-", plain)  # typed for a dash
    return re.sub(r" *([-:])(?:[ -]*-)? *", r"\1", plain)


def _tokens(text: str) -> Iterator[_PhoneToken]:
    for found in _TOKEN.finditer(text):
        start, end = found.span()
        match found.lastgroup:
            case "number" | "end" | "space" as kind:
                yield _PhoneToken(kind, found[0], start, end)
            case "ext":
                yield _PhoneToken("ext", found["ext_digits"], start, end)
            case "bracket":
                yield from _bracket(found["bracket"], start, end)
            case "sign":
                pass
            case _:
                yield _PhoneToken("text", found[0], start, end)


def _bracket(inside: str, start: int, end: int) -> Iterator[_PhoneToken]:
    """A label, or an extension, or numbers of their own (座机…（夜间0535-8512346）), a part each."""
    ext = re.fullmatch(rf"\ *{_EXT}(\d{{1,6}})\ *", inside)
    if ext:
        yield _PhoneToken("ext", ext[1], start, end)
    elif re.search(r"\d{5}|\d{3}[- ]\d{3}", inside):
        yield _PhoneToken("end", "(", start, start)
        for token in _tokens(inside):
            yield token._replace(start=start + 1 + token.start, end=start + 1 + token.end)
        yield _PhoneToken("end", ")", end, end)
    elif re.fullmatch(r"[\d\s+-]+", inside):
        raise _unreadable(inside)
    else:
        yield _PhoneToken("bracket", inside, start, end)


def _parts(text: str) -> Iterator[list[_PhoneToken]]:
    part: list[_PhoneToken] = []
    for token in _tokens(text):
        if token.kind != "end":
            part.append(token)
            continue
        yield part
        part = []
    yield part


def _read_part(part: Sequence[_PhoneToken], plain: str) -> Iterator[Phone]:
    tokens = _joined(part)
    numbers = [at for at, token in enumerate(tokens) if token.kind == "number"]
    if not numbers:
        if any(token.text.strip(_EDGE_SIGNS) for token in tokens):
            raise _unreadable(plain[part[0].start : part[-1].end])
        return
    exts: dict[int, str] = {}
    words: dict[int, list[str]] = {at: [] for at in numbers}
    for at, token in enumerate(tokens):
        before = max((number for number in numbers if number < at), default=None)
        after = min((number for number in numbers if number > at), default=None)
        if token.kind == "ext":
            if before is None or before in exts:
                raise _unreadable(plain[part[0].start : part[-1].end])
            exts[before] = token.text
        elif token.kind != "number":
            order = (after, before) if _points_forward(token, tokens, numbers[0]) else (before, after)
            words[next(number for number in order if number is not None)].append(token.text)
    for at in numbers:
        yield _phone(tokens[at], exts.get(at, ""), words[at], plain)


def _joined(part: Sequence[_PhoneToken]) -> list[_PhoneToken]:
    """The tokens without spaces, where `0535 8512345` is one number and `8512345 8512346` are two."""
    joined: list[_PhoneToken] = []
    for token in part:
        last = joined[-1] if joined else None
        if token.kind == "space":
            continue
        if last and last.kind == token.kind == "number" and not _are_two(last.text, token.text):
            joined[-1] = _PhoneToken("number", f"{last.text} {token.text}", last.start, token.end)
        elif last and last.kind == token.kind == "text" and last.end == token.start:
            joined[-1] = _PhoneToken("text", last.text + token.text, last.start, token.end)
        else:
            joined.append(token)
    return joined


def _are_two(number: str, following: str) -> bool:
    return _is_complete(number) and _is_possible(following)


def _points_forward(token: _PhoneToken, tokens: Sequence[_PhoneToken], first_number: int) -> bool:
    """Whether a label is about the number after it.

    With a colon it is. Otherwise a part is consistent: what stands before its first number says which way its
    labels point, and those in brackets may point the other way than those without.
    """
    if token.text.endswith(":"):
        return True
    alike = [
        at for at, other in enumerate(tokens) if other.kind == token.kind and not other.text.endswith(":")
    ]
    return alike[0] < first_number


def _phone(token: _PhoneToken, ext: str, words: Iterable[str], plain: str) -> Phone:
    number = token.text
    hyphenated = _WITH_EXT.fullmatch(number)
    if hyphenated and _is_complete(hyphenated["head"]) and not re.fullmatch(r"[48]00\d{7}", _digits(number)):
        if ext:
            raise _unreadable(plain[token.start : token.end])
        number, ext = hyphenated["head"], hyphenated["ext"]
    if not _is_possible(number) or _touches_letter(token, plain):
        raise _unreadable(plain[token.start : token.end])
    label, when = _sort_words(words)
    if len(label) > _LONGEST_LABEL or len(when) > _LONGEST_LABEL:
        raise _unreadable(label)
    return Phone(number=number, ext=ext, label=label, when=when)


def _sort_words(texts: Iterable[str]) -> tuple[str, str]:
    """The words beside a number, as (label, when); a time in front of a label is taken off it."""
    label: list[str] = []
    when: list[str] = []
    for text in texts:
        words = text.strip(_EDGE_SIGNS)
        time = _TIMES.match(words)
        if words in _BARE_TIME:
            when.append(words)
            continue
        if time:
            when.append(time[0])
            words = words[time.end() :].strip(_EDGE_SIGNS)
        if words and words.lower() not in _LINKS | _NO_LABEL:
            label.append(words)
    return " ".join(label), " ".join(when)


def _touches_letter(token: _PhoneToken, plain: str) -> bool:
    """A letter in a number is a slip of the finger (O535-…, 0535-85l2345); Chinese around it is a label."""
    before, after = plain[: token.start], plain[token.end :]
    if _is_letter(after[:1]) and not _EXT_HERE.match(plain, token.end):
        return True
    return _is_letter(before[-1:]) and not before.lower().endswith(("tel", "phone"))


def _is_letter(char: str) -> bool:
    return char.isalpha() and char < "\u2e80"  # below the East Asian scripts


def _is_possible(number: str) -> bool:
    digits = _digits(number)
    return digits in _SHORT or _FEWEST_DIGITS <= len(digits) <= _MOST_DIGITS


def _is_complete(number: str) -> bool:
    """Whether this is surely a whole number of the mainland, so that what follows is not more of it."""
    digits = _digits(number)
    if number.startswith(("+86", "(+86", "0086")):
        national = digits.removeprefix("00").removeprefix("86")
        return bool(_COMPLETE.fullmatch(national) or _COMPLETE.fullmatch("0" + national))
    return bool(_COMPLETE.fullmatch(digits))


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)


def _each_once(phones: Sequence[Phone]) -> tuple[Phone, ...]:
    """Without those that would dial the same under the same words (`0793-8305120 / 8305120`)."""
    area = area_code_of(phones)
    return tuple(
        {(dial(phone, area), phone.label, phone.when): phone for phone in reversed(phones)}.values()
    )[::-1]


def _unreadable(culprit: str) -> Refused:
    return Refused("phone_unreadable", "phone", text=culprit.strip()[:_LONGEST_CULPRIT])
