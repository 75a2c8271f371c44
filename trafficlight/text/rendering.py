"""Sentences filled in by the rules of a language: refusals, dates, editions. Languages are named by code."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from string import Formatter
from typing import Any, Final, Protocol

from babel.dates import format_date

from trafficlight.text.languages import N_, language, translate
from trafficlight.text.sentences import SENTENCES

_UNKNOWN: Final = N_("输入有误，请检查后重试（{code}）。")
_TYPES: Final[Mapping[str, str]] = {
    "integer": N_("整数"),
    "boolean": N_(" true 或 false"),
    "date": N_('日期，如 "2022-12-24"'),
    "instant": N_('时刻，如 "2022-12-24T08:10:00+08:00"'),
    "text": N_("文字"),
    "object": N_("一个对象"),
    "array": N_("一个列表"),
}
"""What a value of the API must be, by its type."""
_TODAYS: Final = N_("今日")
_DAYS: Final[Mapping[int, str]] = {0: N_("今天"), -1: N_("昨天"), 1: N_("明天"), 2: N_("后天")}


class Refusal(Protocol):
    """What something was refused with, as `domain.errors.Refused` has it."""

    @property
    def code(self) -> str: ...

    @property
    def field(self) -> str | None: ...

    @property
    def params(self) -> Mapping[str, Any]: ...


def explain(refused: Refusal, lang: str, *, typed: bool = False, option: str = "") -> str:
    """What is wrong and what to do about it.

    `typed`: what was typed is not beside the sentence, so it stands before it. `option`: how the place that
    says it is told otherwise, such as an option of the command line.
    """
    params = refused.params
    source = SENTENCES.get(refused.code, _UNKNOWN)
    values = {"field": refused.field or "", **params, "code": refused.code}
    values["expected"] = translate(_TYPES[params.get("expected", "text")], lang)
    values["subject"] = _subject(refused.field, lang)
    values["norm"] = _norm(params, lang)
    sentence = render(source, values, lang)
    if typed and params.get("text") and "{text}" not in source:
        sentence = render(N_("“{text}”：{said}"), {"text": params["text"], "said": sentence}, lang)
    if option:
        sentence = render(N_("{said}（{option}）"), {"said": sentence, "option": fill(option, params)}, lang)
    return sentence


def _subject(field: str | None, lang: str) -> str:
    """What a sentence about a value begins with: the field, or the whole of what was sent."""
    if field:
        return render(N_("{field} "), {"field": field}, lang)
    return translate(N_("提交的内容"), lang)


def _norm(params: Mapping[str, object], lang: str) -> str:
    """What a count was held against: the usual volume, or the capacity where there is none."""
    usual = params.get("usual")
    if isinstance(usual, int | float):
        return render(N_("平时约 {usual} 人"), {"usual": round(usual)}, lang)
    return render(N_("一天约能看 {capacity} 人"), params, lang)


def render(text: str, values: Mapping[str, object], lang: str) -> str:
    """The sentence in the language, filled in; dates by its rules, with their year."""
    return fill(translate(text, lang), {name: _written(value, lang) for name, value in values.items()})


class Phrase(Protocol):
    """A sentence with what is filled in, as `domain.sentence.Sentence` has it."""

    @property
    def text(self) -> str: ...

    @property
    def values(self) -> Mapping[str, Any]: ...


def phrase(one: Phrase, lang: str) -> str:
    """A sentence of the domain's, in the language."""
    return render(one.text, one.values, lang)


def _written(value: object, lang: str) -> str:
    if isinstance(value, date) and not isinstance(value, datetime):
        return day_full(value, lang)
    return f"{value:g}" if isinstance(value, float) else str(value)


def fill(text: str, values: Mapping[str, object]) -> str:
    """The text with `{name}` replaced; a name nobody knows stays: a county's words are not code."""
    out = []
    try:
        for literal, name, _spec, _conversion in Formatter().parse(text):
            out.append(literal)
            if name is not None:
                out.append(str(values.get(name, "{" + name + "}")))
    except ValueError:
        return text
    return "".join(out)


# --- dates --------------------------------------------------------------------------------------------------


def _date(on: date, pattern: str, lang: str) -> str:
    """The date by a pattern of CLDR, which the language has in an order of its own."""
    return format_date(on, translate(pattern, lang), locale=language(lang).locale)


@lru_cache(maxsize=1024)
def day(on: date, lang: str) -> str:
    """The date: 12月24日."""
    return _date(on, N_("M月d日"), lang)


@lru_cache(maxsize=1024)
def day_long(on: date, lang: str) -> str:
    """The date with its weekday: 12月24日 周六."""
    return _date(on, N_("M月d日 EEE"), lang)


@lru_cache(maxsize=1024)
def day_full(on: date, lang: str) -> str:
    """The date with its year: 2022年12月24日."""
    return _date(on, N_("y年M月d日"), lang)


@lru_cache(maxsize=1024)
def day_whole(on: date, lang: str) -> str:
    """The date with year and weekday: 2022年12月24日 周六."""
    return _date(on, N_("y年M月d日 EEE"), lang)


def clock(at: datetime | time) -> str:
    """8:10, as it is spoken; 24:00 is 0:00 of the next day."""
    return f"{at.hour}:{at.minute:02}"


def near_day(on: date, today: date, lang: str) -> str:
    """今天, 昨天, 明天, 后天, else the date."""
    near = _DAYS.get((on - today).days)
    return translate(near, lang) if near else day(on, lang)


def near_time(at: datetime, today: date, lang: str) -> str:
    """8:10 for today, 昨天16:20, 明天8:00, 12月28日8:00."""
    if at.date() == today:
        return clock(at)
    return fill(
        translate(N_("{day}{clock}"), lang), {"day": near_day(at.date(), today, lang), "clock": clock(at)}
    )


def dated(text: str, today: date, lang: str) -> str:
    """A sentence of ours with dates in place of today, yesterday and tomorrow: it is read on other days."""
    days_named = {translate(word, lang): today + timedelta(days=days) for days, word in _DAYS.items()}
    days_named[translate(_TODAYS, lang)] = today
    either = "|".join(re.escape(word) for word in sorted(days_named, key=len, reverse=True))
    return re.sub(
        rf"(?:{either})(?![a-z])",
        lambda found: day(days_named.get(found[0]) or days_named[found[0].lower()], lang),
        text,
        flags=re.IGNORECASE,
    )


def edition(position: int, as_of: datetime, lang: str) -> str:
    """The edition as it is printed: 第1024版 12月24日 08:10."""
    text = translate(N_("第{position}版 {day} {time}"), lang)
    return text.format(position=position, day=day(as_of.date(), lang), time=f"{as_of:%H:%M}")
