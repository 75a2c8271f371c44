"""What a stranger is told when something is not taken: the one map from codes to HTTP, and RFC 9457.

The sentence of a code stands in `text/sentences.py`; `code` is part of the API and never changes.
"""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import msgspec
from aiohttp import web

from trafficlight.domain.errors import Refused
from trafficlight.domain.state import Report
from trafficlight.text.languages import EN, HANT, ZH
from trafficlight.text.rendering import explain

MEDIA: Final = "application/problem+json"
RETRY_AFTER: Final = 5
"""Seconds after which it is worth trying again where nothing better is known."""
STATUS: Final[Mapping[str, HTTPStatus]] = {
    code: status
    for status, codes in {
        HTTPStatus.BAD_REQUEST: "not_json not_form bad_encoding",
        HTTPStatus.UNAUTHORIZED: "no_token bad_token",
        HTTPStatus.FORBIDDEN: "not_yours not_desk stale_form not_our_page pin_needed pin_wrong no_session "
        "sign_in_wrong form_expired signed_out not_allowed password_first account_not_yours password_wrong",
        HTTPStatus.NOT_FOUND: "not_found unknown_site unknown_board unknown_report unknown_token "
        "unknown_link unknown_notice unknown_user unknown_session",
        HTTPStatus.METHOD_NOT_ALLOWED: "method_not_allowed",
        HTTPStatus.REQUEST_TIMEOUT: "too_slow",
        HTTPStatus.CONFLICT: "needs_confirmation newer_report lower_number which_day open_number "
        "pause_reason total_or_left link_shown changed_meanwhile overtaken",
        HTTPStatus.GONE: "link_revoked site_gone",
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too_large",
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "not_json_type unknown_encoding",
        HTTPStatus.UNPROCESSABLE_ENTITY: "bad_key key_reused nothing_reported missing wrong_type "
        "unknown_field not_listed out_of_range bad_date future_day too_old_day reopen_without_closure "
        "reopen_out_of_range too_long not_plain personal_data too_old too_many_reports",
        HTTPStatus.TOO_MANY_REQUESTS: "too_many too_many_mismatches too_many_signatures too_many_pins",
        HTTPStatus.INTERNAL_SERVER_ERROR: "internal",
        HTTPStatus.SERVICE_UNAVAILABLE: "wechat_unavailable ledger_unavailable overloaded too_many_readers "
        "desk_busy",
    }.items()
    for code in codes.split()
}
"""Every code whose status is not 422; of 422 those that the API answers with."""
OPTIONS: Final[Mapping[str, str]] = {"needs_confirmation": "confirm: true"}
"""What a program sends otherwise, by code."""
_TRADITIONAL: Final = re.compile("zh-(hant|tw|hk|mo)")
_OURS: Final = frozenset({"type", "title", "status", "detail", "code", "field"})


def language(request: web.Request) -> str:
    """English where it is preferred to Chinese, else Chinese in the characters that are wanted; by code."""
    accepted = request.headers.get("Accept-Language", "")[:200].lower()
    best = {"zh": 0.0, "en": 0.0}
    for part in accepted.split(","):
        tag, _, parameters = part.strip().partition(";")
        name, value = tag[:2], parameters.replace(" ", "").removeprefix("q=")
        if name in best:
            best[name] = max(best[name], _quality(value))
    if best["en"] > best["zh"]:
        return EN.code
    return HANT.code if _TRADITIONAL.search(accepted) else ZH.code


def _quality(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0) if text else 1.0
    except ValueError:
        return 0.0


def status_of(code: str) -> HTTPStatus:
    """What HTTP says to a code."""
    return STATUS.get(code, HTTPStatus.UNPROCESSABLE_ENTITY)


def as_problem(refused: Refused, lang: str) -> dict[str, Any]:
    """The refusal as RFC 9457 says it, with what there is to know about it as further members."""
    status = status_of(refused.code)
    members: dict[str, Any] = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": explain(refused, lang, option=OPTIONS.get(refused.code, "")),
        "code": refused.code,
    }
    if refused.field is not None:
        members["field"] = refused.field
    members.update((name, _plain(value)) for name, value in refused.params.items() if name not in _OURS)
    return members


def _plain(value: object) -> object:
    if isinstance(value, Report):
        return {
            "id": value.id,
            "service_day": value.day,
            "patients": value.patients,
            "staff_infected": value.staff_infected,
            "paused": value.paused or None,
            "capacity_today": value.capacity_today,
            "reported_at": value.at,
            "counted_at": value.counted_at or value.at,
        }
    return value


def headers_of(refused: Refused) -> Mapping[str, str]:
    """What else HTTP wants said with such a status."""
    status = status_of(refused.code)
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
        status=status_of(refused.code),
        body=msgspec.json.encode(as_problem(refused, lang)),
        headers={**headers_of(refused), "Content-Type": MEDIA, "Content-Language": lang},
    )
