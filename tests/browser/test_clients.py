"""The clients of the README do what it says, and a stranger finds every file from boards.json alone."""

import csv
import io
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urljoin
from urllib.request import urlopen

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from lxml import etree
from openpyxl import load_workbook
from playwright.async_api import Browser, expect

from tests.browser.conftest import County, Few
from trafficlight.publish import open_data

README = Path(__file__).parents[2] / "README.md"
SECTION = README.read_text(encoding="utf-8").partition("## Reading the data")[2].partition("\n## ")[0]
LONGEST = 10
"""Lines of a client, each bracket of a web page's frame left out."""


def client(kind: str, few: Few, county: County) -> str:
    """What the README shows, at our own address."""
    found = re.search(rf"```{kind}\n(.*?)```", SECTION, re.DOTALL)
    assert found, kind
    home = f"http://127.0.0.1:{county.server.port}"
    return found[1].replace("https://fever.example.gov.cn/longkou", f"{home}/{few.board}")


@pytest.mark.parametrize("kind", ["sh", "python", "text"])
def test_a_client_has_ten_lines(kind: str) -> None:
    found = re.search(rf"```{kind}\n(.*?)```", SECTION, re.DOTALL)
    assert found
    assert len(found[1].strip().splitlines()) <= LONGEST


def test_curl(few: Few, county: County) -> None:
    done = subprocess.run(["sh", "-c", client("sh", few, county)], capture_output=True, check=True)
    lights = {one["id"]: one["light"] for one in json.loads(done.stdout)["sites"]}
    assert [lights[site] for site in few.sites[:4]] == ["blue", "yellow", "red", "cross"]


def test_python(few: Few, county: County) -> None:
    done = subprocess.run(
        [sys.executable, "-c", client("python", few, county)], capture_output=True, text=True, check=True
    )
    (line,) = done.stdout.splitlines()
    assert line.split("\t")[1:] == ["0000-5552000"]


def test_a_spreadsheet(few: Few, county: County) -> None:
    """As IMPORTDATA reads it: text with a byte order mark, a line a site."""
    found = re.search(r'IMPORTDATA\("([^"]+)"\)', client("text", few, county))
    assert found
    with urlopen(found[1]) as answer:
        assert answer.headers.get_content_type() == "text/csv"
        rows = list(csv.reader(io.StringIO(answer.read().decode("utf-8-sig"))))
    assert len(rows) == 1 + len(few.sites)
    assert len({len(row) for row in rows}) == 1


async def test_a_web_page_of_somebody_elses(browser: Browser, few: Few, county: County) -> None:
    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(
            text=f"<!doctype html><meta charset=utf-8>{client('html', few, county)}", content_type="text/html"
        )

    app = web.Application()
    app.router.add_get("/", answer)
    async with TestServer(app) as server:
        page = await browser.new_page()
        await page.goto(str(server.make_url("/")))
        await expect(page.locator("li")).to_have_count(len(few.sites))
        texts = await page.locator("li").all_text_contents()
        assert sorted(text.rpartition(": ")[2] for text in texts) == sorted(
            ["blue", "yellow", "red", "cross", "phone first", "phone first"]
        )


# --- a stranger ---------------------------------------------------------------------------------------------


def _xml(body: bytes) -> None:
    etree.fromstring(body)


def _lines(body: bytes) -> None:
    assert [json.loads(line) for line in body.splitlines()]


def _page(body: bytes) -> None:
    HTMLParser().feed(body.decode())


def _table(body: bytes) -> None:
    assert len(list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))) > 1


def _book(body: bytes) -> None:
    assert load_workbook(io.BytesIO(body)).active is not None


READERS: dict[str, Any] = {
    "application/json": json.loads,
    "application/geo+json": json.loads,
    "application/xml": _xml,
    "application/atom+xml": _xml,
    "image/svg+xml": _xml,
    "application/fhir+ndjson": _lines,
    "application/x-ndjson": _lines,
    "text/html": _page,
    "text/javascript": bytes.decode,
    "text/csv": _table,
    "text/calendar": lambda body: body.decode().index("BEGIN:VCALENDAR"),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": _book,
}


def test_a_stranger_finds_and_reads_every_file_from_the_list_of_boards_alone(
    few: Few, county: County
) -> None:
    home = f"http://127.0.0.1:{county.server.port}/boards.json"
    with urlopen(home) as answer:
        boards = {one["board"]: one for one in json.load(answer)["boards"]}
    board = boards[few.board]
    ways = dict(board["files"])
    with urlopen(urljoin(home, ways["board"])) as answer:
        site = json.load(answer)["sites"][0]["id"]
    ways |= {f"site {key}": way.replace("{site}", site) for key, way in board["site_files"].items()}
    assert len(ways) == len(open_data.FILES)
    for way in ways.values():
        with urlopen(urljoin(home, way)) as answer:
            READERS[answer.headers.get_content_type()](answer.read())
            assert answer.headers["Access-Control-Allow-Origin"] == "*" or way.endswith(".html"), way
