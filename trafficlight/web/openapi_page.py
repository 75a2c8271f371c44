"""The description of the API to read in a browser: it loads nothing from elsewhere, and needs no script."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final, NamedTuple

from trafficlight.publish import templating
from trafficlight.web.openapi import openapi

HEADERS: Final[Mapping[str, str]] = {
    "Content-Type": templating.HTML,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
}
_BOUNDS: Final = {
    "minimum": "from",
    "maximum": "to",
    "minLength": "at least",
    "maxLength": "at most",
    "maxItems": "at most",
}
_METHODS: Final = ("get", "post", "put", "delete")


class ApiParameter(NamedTuple):
    """What goes into an address or a header."""

    name: str
    where: str
    required: bool
    kind: str
    text: str


class ApiAnswer(NamedTuple):
    """A status, what it means, and what stands in the body."""

    status: str
    text: str
    schema: str


class ApiOperation(NamedTuple):
    """One method of one path."""

    id: str
    method: str
    path: str
    token: bool
    parameters: list[ApiParameter]
    body: str
    answers: list[ApiAnswer]


class ApiMember(NamedTuple):
    """A member of a body."""

    name: str
    required: bool
    kind: str
    text: str


class ApiSchema(NamedTuple):
    """A body."""

    name: str
    text: str
    members: list[ApiMember]


@cache
def openapi_page() -> bytes:
    """The page, as it is served at `/api/`."""
    described = openapi()
    schemas = described["components"]["schemas"]
    return templating.render(
        "api/page.html",
        title=described["info"]["title"],
        version=described["openapi"],
        operations=list(_operations(described)),
        schemas=[
            ApiSchema(name, one.get("description", ""), list(_members(one)))
            for name, one in schemas.items()
            if "properties" in one
        ],
    )


def _operations(described: Mapping[str, Any]) -> Iterator[ApiOperation]:
    for path, item in described["paths"].items():
        for method in _METHODS:
            one = item.get(method)
            if one is None:
                continue
            parameters = [*item.get("parameters", ()), *one.get("parameters", ())]
            yield ApiOperation(
                id=one["operationId"],
                method=method.upper(),
                path=path,
                token=one.get("security") != [],
                parameters=[_parameter(each) for each in parameters],
                body=_named(one.get("requestBody", {})),
                answers=[
                    ApiAnswer(status, each["description"], _named(each))
                    for status, each in one["responses"].items()
                ],
            )


def _parameter(one: Mapping[str, Any]) -> ApiParameter:
    required, text = one.get("required", False), one.get("description", "")
    return ApiParameter(one["name"], one["in"], required, _kind(one["schema"]), text)


def _members(schema: Mapping[str, Any]) -> Iterator[ApiMember]:
    for name, one in schema["properties"].items():
        required = name in schema.get("required", ())
        yield ApiMember(name, required, _kind(one), one.get("description", ""))


def _named(holder: Mapping[str, Any]) -> str:
    """The name of the schema of what a request or an answer holds; empty where it has none."""
    found = holder.get("content", {}).get("application/json", {}).get("schema", {})
    return str(found.get("$ref", "")).rpartition("/")[2]


def _kind(schema: Mapping[str, Any]) -> str:
    """A type in a few words: integer, 0 to 9999."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "enum" in schema:
        return " | ".join("null" if one is None else str(one) for one in schema["enum"])
    if "anyOf" in schema:
        return " | ".join(_kind(one) for one in schema["anyOf"])
    kind = schema.get("type", "any")
    words = [schema.get("format", kind)]
    if kind == "array":
        words = [f"list of {_kind(schema.get('items', {}))}"]
    words += [f"{word} {schema[key]}" for key, word in _BOUNDS.items() if key in schema]
    return ", ".join(words)
