"""Whether what was read can be: phones that somebody can call, hours that decide, a capacity of a clinic.

What is implausible is shown as it is written and warned of, never dropped; what is surely a slip is mended,
and that is said too. People's names beside a phone are no part of a public list.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import msgspec
import phonenumbers

from trafficlight.actions.account import Fault, runs
from trafficlight.actions.drafts import SiteDraft
from trafficlight.actions.fields import split_ranges
from trafficlight.domain.board import Board
from trafficlight.domain.errors import Refused
from trafficlight.domain.hours_text import parse_hours
from trafficlight.domain.phone import Phone, area_code_of, dial, parse_phones

_TOWN_NAME: Final = re.compile(r"(镇|乡|街道|办事处)$")
_MOST_NAMED: Final = 3
"""Examples in a warning."""
_HIGH_CAPACITY: Final = 1000
"""Patients a day: no fever clinic of a city saw more at the peak of December 2022."""

_MOBILE: Final = re.compile(r"(?:\+?86)?1[3-9]\d{9}")
_FREE: Final = re.compile(r"[48]00\d{7}|1\d{2,4}|9\d{4,7}")
"""400 and 800 numbers; 120, 12345, 95588: known by themselves."""

_TITLE: Final = re.compile(
    r"(?:联系人|负责人|法人|先生|女士|老师|主任|医生|大夫|医师|院长|所长|站长|护士长?|书记|同志|队长|科长|局长|经理|某)"
    r"(?!办|室|值班|岗|台|站)"
)
_OFFICE: Final = re.compile(
    r"[诊科室站所台办门楼区部线班岗厅处组]|中心|医院|卫生院|急|预约|咨询|总机|服务|手机|传真|小时|村"
)
_SURNAMES: Final = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜"
    "戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
_HAN_NAME: Final = re.compile(r"[\u4e00-\u9fff]{2,3}")


class LostZero(NamedTuple):
    """A number that has lost the 0 of its area code, as it seems."""

    draft: SiteDraft
    at: int
    number: str
    """As it would be with it."""


class _Found(msgspec.Struct):
    """Cells of one sort: where they are, and the first of them."""

    lines: list[int] = []
    texts: list[str] = []

    def add(self, line: int, text: str) -> None:
        self.lines.append(line)
        if text not in self.texts and len(self.texts) < _MOST_NAMED:
            self.texts.append(text)


def area_of(drafts: Iterable[SiteDraft], board: Board | None) -> str:
    """The area code that a list's numbers share: the board's, its hotline's, or that of all of them."""
    if board and board.area_code:
        return board.area_code
    try:
        found = area_code_of(parse_phones(board.hotline if board else ""))
    except Refused:
        found = ""
    codes = {area_code_of(draft.values.get("phone", ())) for draft in drafts} - {""}
    return found or (codes.pop() if len(codes) == 1 else "")


def lost_zeros(
    drafts: Iterable[SiteDraft], areas: Mapping[str, str]
) -> tuple[list[LostZero], list[LostZero]]:
    """Numbers whose 0 is surely lost, and those of which it has to be asked. `areas`: of each board."""
    sure: list[LostZero] = []
    unsure: list[LostZero] = []
    for draft in drafts:
        area = areas.get(draft.board, "")
        for at, phone in enumerate(draft.values.get("phone", ())):
            number = _with_zero(phone.number, area)
            if number:
                mine = area and number.startswith(f"{area}-")
                (sure if mine else unsure).append(LostZero(draft, at, number))
    return sure, unsure


def restore(found: Sequence[LostZero]) -> list[Fault]:
    """Give these numbers their 0 again, and say so."""
    for draft, at, number in found:
        phones = list(draft.values["phone"])
        phones[at] = msgspec.structs.replace(phones[at], number=number)
        draft.values = {**draft.values, "phone": tuple(phones)}
    if not found:
        return []
    lines = [one.draft.line for one in found]
    return [
        Fault(0, "", "zero_restored", {"many": len(found), "rows": runs(lines), "examples": found[0].number})
    ]


def _with_zero(number: str, area: str) -> str:
    """The number with its area code whole; empty where no 0 is missing."""
    if not number.isdigit() or (number[0] in "01" and not (area == "010" and number.startswith("10"))):
        return ""
    if _FREE.fullmatch(number) or len(number) not in {10, 11}:
        return ""
    short = number.startswith(("10", "2"))  # Beijing and the cities of 02x
    code = area[1:] if area and number.startswith(area[1:]) else number[: 2 if short else 3]
    local = number[len(code) :]
    there = len(local) in {7, 8} and _is_area(f"0{code}", len(local))
    return f"0{code}-{local}" if there else ""


def _is_area(code: str, local: int) -> bool:
    """Whether there is such an area code, with numbers of so many digits."""
    return _is_valid(code + "85551234"[:local])


def _is_valid(national: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(national, "CN"))
    except phonenumbers.NumberParseException:
        return False


def is_person(phone: Phone) -> bool:
    """Whether the words beside a number are somebody's name: 唐某, 联系人：吕老师, 程主任."""
    label = phone.label.strip()
    if not label:
        return False
    if _TITLE.search(label):
        return True
    mobile = _MOBILE.fullmatch(re.sub(r"\D", "", phone.number))
    name = _HAN_NAME.fullmatch(label)
    return bool(mobile and name and label[0] in _SURNAMES and not _OFFICE.search(label))


def without_names(phones: Iterable[Phone]) -> tuple[Phone, ...]:
    """The numbers without people's names."""
    return tuple(msgspec.structs.replace(one, label="") if is_person(one) else one for one in phones)


def reason_of(phone: Phone, area: str) -> str:
    """Why nobody can call the number: `phone_length` or `phone_area`; empty where somebody may."""
    digits = re.sub(r"\D", "", phone.number)
    if phone.number.startswith("+") and not digits.startswith("86"):
        return ""
    national = digits[2:] if digits.startswith("86") and len(digits) > 11 else digits  # noqa: PLR2004 - a mobile's
    abroad = digits != national or phone.number.startswith("+")  # the 0 is dialled within the country only
    whole = national.startswith("0") or abroad
    if _FREE.fullmatch(national) or _MOBILE.fullmatch(national) or (whole and _is_valid(national)):
        return ""
    called = dial(msgspec.structs.replace(phone, ext=""), area)
    if called.startswith(("0", "+")) and _is_valid(called):
        return ""
    if not area and len(national) in {7, 8} and national[0] in "2345678":
        return ""
    code = national[: 3 if national.startswith(("010", "02")) else 4]
    known = not national.startswith("0") or _is_area(code, 7) or _is_area(code, 8)
    return "phone_length" if known else "phone_area"


def is_town(text: str) -> bool:
    """Whether it is a town as a name may begin with it: 桃源镇."""
    return bool(_TOWN_NAME.search(text))


def town_named(name: str, town: str, towns: Iterable[str]) -> str:
    """The other town of these with which the name begins; empty where there is none."""
    if not town or name.startswith(town):
        return ""
    return next((one for one in towns if name.startswith(one)), "")


def towns_apart(drafts: Sequence[SiteDraft], known: Iterable[str]) -> Iterator[tuple[SiteDraft, str]]:
    """Rows whose name begins with another town of the list, or of the board, than the one they give."""
    given = (*known, *(draft.texts.get("town", "") for draft in drafts))
    towns = {town for town in given if is_town(town)}
    for draft in drafts:
        other = "" if draft.is_out else town_named(draft.name, draft.texts.get("town", ""), towns)
        if other:
            yield draft, other


def check(drafts: Sequence[SiteDraft], areas: Mapping[str, str], *, with_names: bool) -> list[Fault]:
    """Mend what is surely a slip, take names away unless they are to stay, and say what cannot be."""
    found: Mapping[tuple[str, str], _Found] = defaultdict(_Found)
    for draft in drafts:
        phones = draft.values.get("phone")
        if phones:
            _check_phones(draft, phones, areas.get(draft.board, ""), found, with_names=with_names)
        hours, rota = draft.texts.get("hours", ""), draft.texts.get("rota", "")
        if hours and not rota and parse_hours(hours) is None:
            found["hours_unclear", draft.row.sheet].add(draft.line, hours)
        if (draft.values.get("capacity") or 0) > _HIGH_CAPACITY:
            found["capacity_high", draft.row.sheet].add(draft.line, str(draft.values["capacity"]))
    return [_warning(code, sheet, one) for (code, sheet), one in found.items()]


def _check_phones(
    draft: SiteDraft,
    phones: Sequence[Phone],
    area: str,
    found: Mapping[tuple[str, str], _Found],
    *,
    with_names: bool,
) -> None:
    written = draft.texts.get("phone", "")
    if split_ranges(written) != written:
        found["phone_split", draft.row.sheet].add(draft.line, written)
    people = [one for one in phones if is_person(one)]
    for one in people:
        found["names_kept" if with_names else "names_dropped", draft.row.sheet].add(draft.line, one.number)
    draft.values = {**draft.values, "phone": phones if with_names else without_names(phones)}
    for one in phones:
        reason = reason_of(one, area)
        if reason:
            found[reason, draft.row.sheet].add(draft.line, one.number)
        elif _MOBILE.fullmatch(re.sub(r"\D", "", one.number)):
            found["mobiles", draft.row.sheet].add(draft.line, one.number)


def _warning(code: str, sheet: str, found: _Found) -> Fault:
    texts = {"many": len(found.lines), "rows": runs(found.lines), "examples": "、".join(found.texts)}
    return Fault(0, "", code, {**texts, "lines": tuple(found.lines)}, sheet=sheet)
