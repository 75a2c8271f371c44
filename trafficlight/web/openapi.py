"""The API as OpenAPI 3.1 describes it, from the structs that it is made of."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from trafficlight import __name__ as product
from trafficlight.domain.count import MOST_PATIENTS
from trafficlight.domain.kind import COUNTED
from trafficlight.domain.mismatch import HOURS, WHATS
from trafficlight.domain.note import LONGEST_NOTE
from trafficlight.domain.report import CLEARABLE
from trafficlight.text.languages import EN
from trafficlight.text.rendering import phrase
from trafficlight.web.api import LONGEST_KEY, MOST_IN_BULK, ReportAnswer
from trafficlight.web.mismatches import Mismatches, Taken
from trafficlight.web.problems import MEDIA, STATUS
from trafficlight.web.signing import LONGEST
from trafficlight.wechat.signing import Signature

Count = Annotated[int, Meta(ge=0, le=MOST_PATIENTS)]
Note = Annotated[str, Meta(max_length=LONGEST_NOTE)]


class ReportBody(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What a site says of one day: at least one of its numbers, a closure, and a null."""

    patients: Count | UnsetType = UNSET
    staff_infected: bool | UnsetType = UNSET
    paused: Literal["power", "equipment", "moved", "rebuilding", "other"] | UnsetType | None = UNSET
    capacity_today: Count | UnsetType | None = UNSET
    remaining_today: Count | UnsetType = UNSET
    expected_reopen: date | UnsetType | None = UNSET
    service_day: date | UnsetType = UNSET
    note: Note | UnsetType | None = UNSET
    phone_busy: bool | UnsetType = UNSET
    counted_at: datetime | UnsetType = UNSET
    confirm: bool | UnsetType = UNSET


class BulkReport(ReportBody, kw_only=True, forbid_unknown_fields=True):
    """A report and the site that it is of."""

    site: str


class Bulk(msgspec.Struct, forbid_unknown_fields=True):
    """Many reports, each kept or refused on its own."""

    reports: Annotated[list[BulkReport], Meta(max_length=MOST_IN_BULK)]


class MismatchBody(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What was not as a site's page says, and at which hour; without one, now."""

    what: Literal["wrong_phone", "closed", "not_seen"]
    hour: Annotated[int, Meta(ge=0, lt=HOURS)] | None = None


class ProblemBody(msgspec.Struct, kw_only=True):
    """RFC 9457; further members hold what the sentence speaks of, such as `usual` and `capacity`."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    field: str | UnsetType = UNSET


class Results(msgspec.Struct):
    """What became of each, in the order sent: an answer or a problem, each with its `status`."""

    results: list[dict[str, Any]]


_AT_LEAST_ONE: Final = ("patients", "staff_infected", "paused", "capacity_today", "remaining_today")
_FIELDS: Final[Mapping[str, str]] = {
    "capacity_today": "How many can be seen today in all; 0: full; null: as many as on any other day, again.",
    "remaining_today": "How many can be seen besides those who have come, instead of capacity_today; it "
    "needs a count of today, in this report or before.",
    "expected_reopen": "The day of reopening; null: not known any more. Left out it stays as it was.",
    "note": "A short text to the public; null: none any more.",
    "counted_at": "When the figures were true, if not now: of today, and no older than the count before.",
}
_BAD_REQUEST: Final = 400
_UNREAD: Final = {"text/plain": {"schema": {"type": "string"}}}
"""Of what is no request of HTTP, or has an address or a header of more than 8 KB: nothing of it was read."""
_PROBLEM: Final = {MEDIA: {"schema": {"$ref": "#/components/schemas/ProblemBody"}}}


def _refusals(*statuses: int) -> dict[str, Any]:
    """What each status stands for here: its codes."""
    return {
        str(status): {
            "description": ", ".join(code for code, answered in STATUS.items() if answered == status),
            "content": _PROBLEM if status != _BAD_REQUEST else _PROBLEM | _UNREAD,
        }
        for status in statuses
    }


def _json(struct: str, text: str) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{struct}"}
    return {"description": text, "content": {"application/json": {"schema": schema}}}


def _body(struct: str) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{struct}"}
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _path(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "The same again is answered as of the first time; remembered for 30 days.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": r"^[\x20-\x7e]+$"},
}
_SEEN: Final = {
    "name": "seen",
    "in": "query",
    "description": "The site's last report that you know of; where another has come since: 409 newer_report.",
    "schema": {"type": "string"},
}
_FORM: Final = {
    "type": "object",
    "required": ["what"],
    "additionalProperties": False,
    "properties": {
        "what": {"enum": list(WHATS)},
        "hour": {"type": "string", "pattern": "^([01]?[0-9]|2[0-3])?$"},
        "lang": {"enum": ["zh-Hans", "zh-Hant", "en"]},
    },
}
_PAGE: Final = {"text/html": {"schema": {"type": "string"}}}
_READING: Final = (400, 401, 403, 404, 429)
_WRITING: Final = (400, 401, 403, 404, 408, 409, 413, 415, 422, 429, 503)


def _mismatches() -> dict[str, Any]:
    """What residents tell, without a token, and what the desk reads of it."""
    body = _body("MismatchBody")
    body["content"]["application/x-www-form-urlencoded"] = {"schema": _FORM}
    refusals = _refusals(400, 404, 408, 410, 413, 415, 422, 429, 503)
    for refusal in refusals.values():
        refusal["content"] = refusal["content"] | _PAGE
    return {
        "/api/v1/sites/{site}/mismatches": {
            "parameters": [_path("site")],
            "post": {
                "operationId": "tellMismatch",
                "security": [],
                "requestBody": body,
                "responses": {
                    "201": _json("Taken", "Told to the desk."),
                    "200": {"description": "The same, for a person who sent a form.", "content": _PAGE},
                    **refusals,
                },
            },
        },
        "/api/v1/boards/{board}/mismatches": {
            "parameters": [_path("board")],
            "get": {
                "operationId": "listMismatches",
                "responses": {
                    "200": _json("Mismatches", "The last 14 days, newest first, at most 20 of a site."),
                    **_refusals(*_READING, 503),
                },
            },
        },
    }


def _signatures() -> dict[str, Any]:
    """What pages within WeChat ask for; 404 where the operator has not switched it on."""
    return {
        "/api/v1/wechat/signature": {
            "get": {
                "operationId": "signPage",
                "security": [],
                "parameters": [
                    {
                        "name": "url",
                        "in": "query",
                        "required": True,
                        "description": "The page's full address; what follows # is left out.",
                        "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST},
                    }
                ],
                "responses": {
                    "200": _json("Signature", "For `wx.config`, on that page alone."),
                    **_refusals(400, 403, 404, 422, 429, 503),
                },
            },
        },
    }


_BEARER: Final = {"type": "http", "scheme": "bearer"}


def _describe_reports(schemas: dict[str, Any]) -> None:
    """What the fields of a report say, and of which it has at least one."""
    for name in ("ReportBody", "BulkReport"):
        schemas[name]["properties"]["patients"]["description"] = phrase(COUNTED, EN.code)
        for field, text in _FIELDS.items():
            schemas[name]["properties"][field]["description"] = text
        schemas[name]["anyOf"] = [
            *({"required": [field]} for field in _AT_LEAST_ONE),
            *(
                {"required": [field], "properties": {field: {"type": "null"}}}
                for field in CLEARABLE
                if field not in _AT_LEAST_ONE
            ),
        ]

    # One that is wrong is refused by itself, and the others are kept: the request as a whole is right.
    schemas["Bulk"]["properties"]["reports"]["items"] = {
        "description": "Each as BulkReport says; what is not is refused by itself, in its place.",
        "anyOf": [{"$ref": "#/components/schemas/BulkReport"}, {}],
    }


@cache
def openapi() -> dict[str, Any]:
    """The description, as a value."""
    _, schemas = msgspec.json.schema_components(
        [ReportBody, Bulk, ReportAnswer, Results, ProblemBody, MismatchBody, Taken, Mismatches, Signature],
        ref_template="#/components/schemas/{name}",
    )
    _describe_reports(schemas)
    schemas["ReportAnswer"]["properties"]["light"] = {"enum": ["blue", "yellow", "red", "cross", None]}
    answer = _json("ReportAnswer", "Kept; the body says what the public sees from now on.")
    return {
        "openapi": "3.1.0",
        "info": {"title": product, "version": "1"},
        "components": {"schemas": schemas, "securitySchemes": {"token": _BEARER}},
        "security": [{"token": []}],
        "paths": {
            "/api/v1/sites/{site}/reports": {
                "parameters": [_path("site")],
                "post": {
                    "operationId": "report",
                    "parameters": [_KEY, _SEEN],
                    "requestBody": _body("ReportBody"),
                    "responses": {
                        "201": answer,
                        "200": _json("ReportAnswer", "The same key again: the same body as the first time."),
                        **_refusals(*_WRITING),
                    },
                },
            },
            "/api/v1/sites/{site}/reports/{report}": {
                "parameters": [_path("site"), _path("report")],
                "get": {
                    "operationId": "kept",
                    "responses": {
                        "200": _json("ReportAnswer", "As it was answered."),
                        **_refusals(*_READING, 503),
                    },
                },
                "delete": {
                    "operationId": "withdraw",
                    "responses": {"204": {"description": "Taken back."}, **_refusals(*_READING, 422, 503)},
                },
            },
            "/api/v1/reports": {
                "post": {
                    "operationId": "bulk",
                    "parameters": [_KEY],
                    "requestBody": _body("Bulk"),
                    "responses": {
                        "200": _json("Results", "What became of each."),
                        **_refusals(400, 401, 408, 413, 415, 422, 429, 503),
                    },
                },
            },
            **_mismatches(),
            **_signatures(),
        },
    }


@cache
def openapi_json() -> bytes:
    """The description, as it is served."""
    return msgspec.json.encode(openapi())
