"""What openapi.json says of the API is so: asked by a program that reads nothing else."""

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import jsonschema_rs
import pytest
import schemathesis
from aiohttp import web
from blockbuster import BlockBuster
from hypothesis import HealthCheck, given, settings
from lxml import html
from openapi_spec_validator import validate
from schemathesis import Case, GenerationMode
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.web.conftest import BOARD, SITES, Clock, facts
from trafficlight.actions.changing import LedgerChanges
from trafficlight.actions.credentials import Scope, issue_token
from trafficlight.domain.ids import SYSTEM
from trafficlight.domain.mismatch import WHATS
from trafficlight.domain.report import _FIELDS
from trafficlight.settings import Settings as ServerSettings
from trafficlight.web.app import NODE, create_app
from trafficlight.web.openapi import Bulk, BulkReport, ReportBody, openapi
from trafficlight.web.problems import STATUS

EXAMPLES = 40
"""Requests made up for each operation: a second each."""
CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance]


def test_the_fields_are_those_that_a_report_is_parsed_from() -> None:
    assert set(ReportBody.__struct_fields__) == set(_FIELDS)
    assert set(BulkReport.__struct_fields__) == {*_FIELDS, "site"}
    assert Bulk.__struct_fields__ == ("reports",)


def test_what_can_be_told_is_what_is_described() -> None:
    schemas = openapi()["components"]["schemas"]
    assert sorted(schemas["MismatchBody"]["properties"]["what"]["enum"]) == sorted(WHATS)


def test_every_status_names_its_codes() -> None:
    operation = openapi()["paths"]["/api/v1/sites/{site}/reports"]["post"]
    for status in (401, 409, 422):
        codes = operation["responses"][str(status)]["description"].split(", ")
        assert codes == [code for code, answered in STATUS.items() if answered == status]


def test_the_description_is_one() -> None:
    validate(openapi())


def test_an_address_that_is_too_long_is_answered_as_described(behind: "Behind") -> None:
    for path in ("/api/v1/wechat/signature?url=", f"/api/v1/sites/{SITES[0].id}/reports/"):
        with pytest.raises(HTTPError) as told:
            urlopen(f"{behind.url}{path}{'x' * 9000}")
        with told.value as answer:
            assert answer.status == 400
            assert answer.headers.get_content_type() == "text/plain"


def test_a_report_in_bulk_that_is_none_is_refused_in_its_place(behind: "Behind") -> None:
    """So the description must not say that the request is wrong."""
    body = {"reports": [{"site": SITES[0].id, "patients": 5}, {"site": SITES[0].id, "patients": "many"}, 7]}
    assert jsonschema_rs.is_valid(bulk_schema(), body)
    request = Request(f"{behind.url}/api/v1/reports", json.dumps(body).encode(), method="POST")
    request.add_header("Authorization", f"Bearer {behind.token}")
    request.add_header("Content-Type", "application/json")
    with urlopen(request) as answer:
        results = json.load(answer)["results"]
    assert [one["status"] for one in results] == [201, 422, 422]


def bulk_schema() -> dict[str, Any]:
    return {"$ref": "#/components/schemas/Bulk", "components": openapi()["components"]}


def test_the_description_can_be_read_in_a_browser_and_loads_nothing_from_elsewhere(behind: "Behind") -> None:
    with urlopen(f"{behind.url}/api/") as answer:
        page, policy = answer.read().decode(), answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    found = html.document_fromstring(page)
    assert not [one for one in found.xpath("//@src | //link/@href") if "//" in one]
    for path, item in openapi()["paths"].items():
        for method in {"get", "post", "delete"} & item.keys():
            assert found.xpath(f"//section[@id='{item[method]['operationId']}']//code[text()='{path}']")
    for name, schema in openapi()["components"]["schemas"].items():
        members = {one.strip() for one in found.xpath(f"//section[@id='schema-{name}']//th/code/text()")}
        assert members == set(schema.get("properties", ()))
    anchors = {one.removeprefix("#") for one in found.xpath("//a/@href") if one.startswith("#")}
    assert anchors <= set(found.xpath("//@id"))


class Behind:
    """The real server on a loop and a thread of its own, for a client that knows no asyncio."""

    def __init__(self, data: Path) -> None:
        self.url = ""
        self.token = ""
        self._data = data
        self._loop = asyncio.new_event_loop()
        self._up = threading.Event()
        self._done = asyncio.Event()
        self._thread = threading.Thread(target=lambda: self._loop.run_until_complete(self._serve()))

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._up.wait(20)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._done.set)
        self._thread.join()
        self._loop.close()

    async def _serve(self) -> None:
        app = create_app(ServerSettings(data=self._data), Clock())
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        ledger = app[NODE].current.ledger
        own, placed = facts(BOARD, SITES)
        await ledger.append(BOARD.slug, own)
        await ledger.append(SYSTEM, placed)
        self.token = (await issue_token(LedgerChanges(ledger, "cli"), Scope())).secret
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        self._up.set()
        await self._done.wait()
        await runner.cleanup()


@pytest.fixture
def behind(tmp_path: Path, nothing_blocks_the_loop: BlockBuster) -> Iterator[Behind]:
    with Behind(tmp_path) as server:
        yield server


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_whatever_is_sent_is_answered_as_described(behind: Behind, mode: GenerationMode) -> None:
    schema = schemathesis.openapi.from_url(f"{behind.url}/api/openapi.json", wait_for_schema=5)
    headers = {"Authorization": f"Bearer {behind.token}"}
    operations = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
    assert len(operations) == 7

    for operation in operations:

        @settings(max_examples=EXAMPLES, database=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy(generation_mode=mode))
        def check(case: Case[Any]) -> None:
            if "board" in case.path_parameters and mode is GenerationMode.POSITIVE:
                case.path_parameters["board"] = BOARD.slug
            if "site" in case.path_parameters and mode is GenerationMode.POSITIVE:
                case.path_parameters["site"] = SITES[0].id  # made-up ones are unknown
            answer = case.call(headers=headers)
            assert answer.status_code < 500
            case.validate_response(answer, checks=CHECKS, headers=headers)

        check()
