"""What a stranger is told when something is not taken: the one map from codes to HTTP and to sentences.

The sentence is in Chinese unless English is preferred; `code` is part of the API and never changes.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from http import HTTPStatus
from typing import Any, Final

import msgspec
from aiohttp import web

from trafficlight.domain.errors import Refused
from trafficlight.domain.state import Report
from trafficlight.publish import words
from trafficlight.web.problem_table import PROBLEMS, Problem

MEDIA: Final = "application/problem+json"
RETRY_AFTER: Final = 5
"""Seconds after which it is worth trying again where nothing better is known."""
_OURS: Final = frozenset({"type", "title", "status", "detail", "code", "field"})
_UNKNOWN: Final = Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "输入有误，请检查后重试。", "The input is wrong.")
_EXPECTED: Final[Mapping[str, Mapping[str, str]]] = {
    "zh": {
        "integer": "整数",
        "boolean": " true 或 false",
        "date": '日期，如 "2022-12-24"',
        "text": "文字",
        "object": "一个对象",
        "array": "一个列表",
    },
    "en": {
        "integer": "a whole number",
        "boolean": "true or false",
        "date": 'a date such as "2022-12-24"',
        "text": "text",
        "object": "an object",
        "array": "a list",
    },
}


def language(request: web.Request) -> str:
    """`en` where English is preferred to Chinese, else `zh`."""
    best = {"zh": 0.0, "en": 0.0}
    for part in request.headers.get("Accept-Language", "")[:200].split(","):
        tag, _, parameters = part.strip().partition(";")
        name, value = tag[:2].lower(), parameters.replace(" ", "").removeprefix("q=")
        if name in best:
            best[name] = max(best[name], _quality(value))
    return "en" if best["en"] > best["zh"] else "zh"


def _quality(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0) if text else 1.0
    except ValueError:
        return 0.0


def problem_of(code: str) -> Problem:
    """The row of a code; a code nobody wrote one for is still an answer."""
    return PROBLEMS.get(code, _UNKNOWN)


def sentence(refused: Refused, lang: str = "zh", also: Callable[[str], str] = str) -> str:
    """What is wrong and what to do about it, in the reader's language; `also` translates it further."""
    values = {name: _spoken(value, lang) for name, value in refused.params.items()}
    values.setdefault("field", refused.field or "")
    values["expected"] = _EXPECTED[lang].get(refused.params.get("expected", "text"), "")
    values["subject"] = _subject(refused.field, lang)
    values["norm"] = _norm(refused, lang)
    return words.fill(also(problem_of(refused.code).said(lang)), values)


def _subject(field: str | None, lang: str) -> str:
    """What a sentence about a value begins with: the field, or the whole of what was sent."""
    if field:
        return f"{field} " if lang == "zh" else field
    return "提交的内容" if lang == "zh" else "What is sent"


def _norm(refused: Refused, lang: str) -> str:
    """What a count was held against: the usual volume, or the capacity where there is none."""
    usual, capacity = refused.params.get("usual"), refused.params.get("capacity")
    if usual is None:
        return f"一天约能看 {capacity} 人" if lang == "zh" else f"The site sees about {capacity} a day"
    return f"平时约 {usual:.0f} 人" if lang == "zh" else f"About {usual:.0f} is usual"


def _spoken(value: object, lang: str) -> str:
    if isinstance(value, date) and not isinstance(value, datetime):
        return words.day(value, words.ZH) if lang == "zh" else value.isoformat()
    return f"{value:g}" if isinstance(value, float) else str(value)


def as_problem(refused: Refused, lang: str) -> dict[str, Any]:
    """The refusal as RFC 9457 says it, with what there is to know about it as further members."""
    status = HTTPStatus(problem_of(refused.code).status)
    told: dict[str, Any] = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": sentence(refused, lang),
        "code": refused.code,
    }
    if refused.field is not None:
        told["field"] = refused.field
    told.update((name, _shown(value)) for name, value in refused.params.items() if name not in _OURS)
    return told


def _shown(value: object) -> object:
    if isinstance(value, Report):
        return {
            "id": value.id,
            "service_day": value.day,
            "patients": value.patients,
            "staff_infected": value.staff_infected,
            "capacity_today": value.capacity_today,
            "reported_at": value.at,
        }
    return value


def headers_of(refused: Refused) -> Mapping[str, str]:
    """What else HTTP wants said with such a status."""
    status = problem_of(refused.code).status
    headers = {"Cache-Control": "no-store"}
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
        headers["Retry-After"] = str(refused.params.get("retry_after", RETRY_AFTER))
    if "allow" in refused.params:
        headers["Allow"] = refused.params["allow"]
    return headers


def respond(refused: Refused, lang: str) -> web.Response:
    """The refusal as an answer."""
    return web.Response(
        status=problem_of(refused.code).status,
        body=msgspec.json.encode(as_problem(refused, lang)),
        headers={
            **headers_of(refused),
            "Content-Type": MEDIA,
            "Content-Language": "zh-Hans" if lang == "zh" else "en",
        },
    )
