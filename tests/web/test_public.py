"""The published tree as the app serves it."""

import asyncio
import gzip
from typing import NamedTuple

import brotli
import pytest
from aiohttp import ClientSession, hdrs
from lxml import html
from multidict import CIMultiDictProxy

from tests.web.conftest import BOARD, SITES, Starter, World, facts
from trafficlight.assets import asset_path
from trafficlight.domain.event import ConfigSet
from trafficlight.domain.ids import SYSTEM
from trafficlight.publish.templating import INLINE_SCRIPT, csp
from trafficlight.publish.view import TreeLocation
from trafficlight.web.public import STANDING, coding_for, matches


class Got(NamedTuple):
    """An answer as it came, not unpacked."""

    status: int
    headers: CIMultiDictProxy[str]
    body: bytes

    @property
    def media(self) -> str:
        return self.headers.get("Content-Type", "").partition(";")[0]

    @property
    def text(self) -> str:
        return self.body.decode()


async def get(world: World, path: str, accept: str = "", method: str = "GET", **headers: str) -> Got:
    """As a browser that accepts only what it is told to."""
    url = world.client.make_url(path)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if accept:
        named["Accept-Encoding"] = accept
    skipped = [hdrs.ACCEPT_ENCODING]
    async with (
        ClientSession(auto_decompress=False, skip_auto_headers=skipped) as session,
        session.request(method, url, headers=named, allow_redirects=False) as answer,
    ):
        return Got(answer.status, answer.headers, await answer.read())


@pytest.mark.parametrize(
    ("path", "media"),
    [
        ("/", "text/html"),
        ("/index.html", "text/html"),
        ("/boards.json", "application/json"),
        ("/longkou/", "text/html"),
        ("/longkou/index.html", "text/html"),
        ("/longkou/board.json", "application/json"),
        ("/longkou/sites/lk-001.html", "text/html"),
        ("/longkou/badge.svg", "image/svg+xml"),
        ("/longkou/notice.txt", "text/plain"),
    ],
)
async def test_the_tree_is_served_at_its_paths(world: World, path: str, media: str) -> None:
    answer = await get(world, path)
    assert (answer.status, answer.media) == (200, media)
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert ("Access-Control-Allow-Origin" in answer.headers) == (media != "text/html")
    assert ("Content-Security-Policy" in answer.headers) == (media in {"text/html", "image/svg+xml"})
    head = await get(world, path, method="HEAD")
    assert (head.status, head.body) == (200, b"")
    same = {"Content-Length", "Content-Type", "ETag", "Cache-Control"}
    assert {name: head.headers.get(name) for name in same} == {
        name: answer.headers.get(name) for name in same
    }


async def test_a_folder_and_its_index_are_the_same_bytes(world: World) -> None:
    one, two = await get(world, "/longkou/"), await get(world, "/longkou/index.html")
    assert (one.body, one.headers["ETag"]) == (two.body, two.headers["ETag"])


async def test_each_coding_has_a_strong_tag_of_its_own_and_the_same_page_within(world: World) -> None:
    plain = await get(world, "/longkou/")
    packed = await get(world, "/longkou/", "gzip")
    tight = await get(world, "/longkou/", "gzip, deflate, br")
    assert [one.headers.get("Content-Encoding") for one in (plain, packed, tight)] == [None, "gzip", "br"]
    assert gzip.decompress(packed.body) == plain.body
    assert brotli.decompress(tight.body) == plain.body
    tags = [one.headers["ETag"] for one in (plain, packed, tight)]
    assert len(set(tags)) == 3
    assert all(tag.startswith('"') and tag.endswith('"') for tag in tags)
    assert {one.headers["Vary"] for one in (plain, packed, tight)} == {"Accept-Encoding"}


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("", ""),
        ("identity", ""),
        ("gzip", "gzip"),
        ("GZIP", "gzip"),
        ("br", "br"),
        ("gzip, br", "br"),
        ("gzip;q=1, br;q=0.5", "gzip"),
        ("gzip;q=0.5, br;q=0.5", "br"),
        ("gzip;q=0, br;q=0", ""),
        ("br;q=0, *", "gzip"),
        ("*", "br"),
        ("*;q=0", ""),
        ("identity;q=0", ""),
        ("identity;q=0, gzip", "gzip"),
        ("identity;q=1, gzip;q=0.5", ""),
        ("identity;q=0.5, gzip;q=0.8", "gzip"),
        ("gzip;q=high", ""),
        ("gzip ; q=0.3", "gzip"),
        ("zstd, deflate", ""),
        (",,;;", ""),
        ("gzip," * 100, ""),
    ],
)
def test_the_coding_is_the_one_that_was_asked_for(accepted: str, coding: str) -> None:
    assert coding_for(accepted) == coding


@pytest.mark.parametrize(
    ("known", "same"),
    [
        ('"a-br"', True),
        ('W/"a-br"', True),
        ("*", True),
        ('"x", W/"a-br" , "y"', True),
        ('"a"', False),
        ('"a-gzip"', False),
        ("a-br", False),
        ("", False),
    ],
)
def test_a_known_tag_is_compared_weakly(known: str, same: bool) -> None:
    assert matches(known, '"a-br"') is same


async def test_what_has_not_changed_is_not_sent_again(world: World) -> None:
    first = await get(world, "/longkou/", "br")
    again = await get(world, "/longkou/", "br", If_None_Match=first.headers["ETag"])
    assert (again.status, again.body) == (304, b"")
    for name in ("ETag", "Vary", "Cache-Control"):
        assert again.headers[name] == first.headers[name]
    assert (await get(world, "/longkou/", "gzip", If_None_Match=first.headers["ETag"])).status == 200
    await world.report({"patients": 5})
    assert (await get(world, "/longkou/", "br", If_None_Match=first.headers["ETag"])).status == 200


async def test_assets_are_kept_for_ever(world: World) -> None:
    answer = await get(world, "/" + asset_path("staff.css"), "gzip")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.media == "text/css"


async def test_a_light_goes_out_by_itself(world: World) -> None:
    await world.report({"patients": 5})
    before = await get(world, "/longkou/")
    world.clock.turn(hours=7, minutes=59)
    assert "蓝·人少" in (await get(world, "/longkou/sites/lk-001.html")).text
    world.clock.turn(minutes=1)
    after = await get(world, "/longkou/")
    assert after.headers["ETag"] != before.headers["ETag"]
    assert "上次更新是8:10" in (await get(world, "/longkou/sites/lk-001.html")).text


async def test_a_clock_that_runs_back_is_believed(world: World) -> None:
    await world.report({"patients": 5})
    world.clock.turn(hours=9)
    await get(world, "/longkou/sites/lk-001.html")
    world.clock.turn(hours=-8)
    assert "蓝·人少" in (await get(world, "/longkou/sites/lk-001.html")).text


async def test_another_address_of_the_tree_shows_at_once(world: World) -> None:
    assert 'rel="canonical"' not in (await get(world, "/longkou/")).text
    await world.put(SYSTEM, ConfigSet(key="public_url", value="https://fever.example.cn/"))
    page = (await get(world, "/longkou/")).text
    assert '<link rel="canonical" href="https://fever.example.cn/longkou/' in page


@pytest.mark.parametrize("path", ["/longkou", "/longkou?x=1"])
async def test_a_folder_without_its_slash_leads_there_by_a_relative_way(world: World, path: str) -> None:
    answer = await get(world, path, Host="evil.example")
    assert answer.status == 301
    assert answer.headers["Location"] == "./longkou/" + path.removeprefix("/longkou")


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/nowhere/",
        "/longkou/sites/",
        "/longkou/sites/nobody.html",
        "/longkou/../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/longkou/%00",
        "/longkou/%ff",
        "/_/index.html",
        "/" + "a" * 3000,
        "/" + "a/" * 500,
    ],
)
async def test_what_is_not_there_is_a_page_that_leads_back(world: World, path: str) -> None:
    answer = await get(world, path)
    assert (answer.status, answer.media) == (404, "text/html")
    assert "没有这个页面" in answer.text


async def test_the_page_for_what_is_not_there_finds_its_own_styles(world: World) -> None:
    page = (await get(world, "/longkou/sites/nobody.html")).text
    assert f'href="../../{asset_path("app.css")}"' in page
    assert 'href="../.././"' in page


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_pages_are_only_read(world: World, method: str) -> None:
    answer = await get(world, "/longkou/", method=method)
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")


async def test_answers_are_counted_by_kind_and_status(world: World) -> None:
    answer = await get(world, "/longkou/")
    await get(world, "/longkou/board.json")
    await get(world, "/longkou/", If_None_Match=answer.headers["ETag"])
    await get(world, "/longkou")
    await get(world, "/nowhere")
    told = world.node.metrics.render().decode()
    for kind, status in (
        ("html", "2xx"),
        ("html", "3xx"),
        ("json", "2xx"),
        ("folder", "3xx"),
        ("missing", "4xx"),
    ):
        assert f'trafficlight_public_requests_total{{kind="{kind}",status="{status}"}} 1.0' in told


async def test_what_is_kept_at_hand_is_bounded(world: World) -> None:
    for number in range(STANDING + 10):
        await get(world, f"/longkou/?{number}")
        await get(world, f"/longkou/board.json?{number}", accept=f"x{number}")
    for path in [f"/longkou/sites/{site}.html" for site in ("lk-001", "lk-002", "lk-003")]:
        assert (await get(world, path)).status == 200


async def raw(world: World, target: str, *headers: str) -> tuple[int, str]:
    """The status and the head of the answer to what no client would send."""
    reader, writer = await asyncio.open_connection(world.client.host, world.client.port)
    lines = [f"GET {target} HTTP/1.1", "Host: x", "Connection: close", *headers]
    writer.write("\r\n".join((*lines, "", "")).encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    writer.close()
    return int(head.split()[1]), head


@pytest.mark.parametrize("query", ["x=%0a", "x=%0d%0aSet-Cookie:%20a=b", "x=%e4%b8%ad", "%ff"])
async def test_a_redirect_gives_the_query_back_as_it_came(world: World, query: str) -> None:
    status, head = await raw(world, f"/longkou?{query}")
    assert status == 301
    assert f"Location: ./longkou/?{query}\r\n".lower() in head.lower()


@pytest.mark.parametrize(
    "target", ["/longkou%2f", "/longkou%2F", "/longkou%2f?x=1", "/%2flongkou", "/longkou%0a", "/longkou/%2f"]
)
async def test_an_encoded_slash_is_none(world: World, target: str) -> None:
    assert (await raw(world, target))[0] == 404


async def test_headers_in_several_lines_are_one(world: World) -> None:
    status, head = await raw(world, "/longkou/", "Accept-Encoding: x", "Accept-Encoding: br")
    assert "Content-Encoding: br\r\n" in head
    tag = next(line for line in head.split("\r\n") if line.lower().startswith("etag:")).partition(" ")[2]
    lines = ('If-None-Match: "other"', f"If-None-Match: {tag}", "Accept-Encoding: br")
    status, _ = await raw(world, "/longkou/", *lines)
    assert status == 304


async def test_a_fault_of_ours_is_a_page(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> None:
        raise RuntimeError("13812345678")

    monkeypatch.setattr(world.node.publisher, "standing", failing)
    answer = await get(world, "/longkou/")
    assert (answer.status, answer.media, answer.headers["Cache-Control"]) == (500, "text/html", "no-store")
    assert "系统故障" in answer.text
    assert "13812345678" not in answer.text


async def pages(world: World) -> list[str]:
    """The paths of all published pages; fragments are none."""
    publisher, at = world.node.publisher, world.clock()
    subjects = [*publisher.rest(), *(one for part in PARTS for one in publisher.subjects(part))]
    found = [path for subject in subjects for path in publisher.made(subject, at)[0]]
    return [f"/{path}" for path in found if path.endswith(".html") and "-fragment" not in path]


PARTS = ("longkou", "zh-hant/longkou", "en/longkou")


@pytest.mark.parametrize("app_url", ["", "https://app.example.cn", "http://127.0.0.1:8080/fever"])
async def test_a_pages_own_policy_is_the_one_it_is_sent_with(start: Starter, app_url: str) -> None:
    world = await start(app_url=app_url)
    own, placed = facts(BOARD, SITES)
    await world.put("longkou", *own)
    await world.put(SYSTEM, *placed)
    paths = await pages(world)
    assert len(paths) >= 3 * (2 + len(SITES))
    for path in paths:
        got = await get(world, path)
        assert b"Content-Security-Policy" in got.body, path
        [meta] = html.fromstring(got.body).xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
        around = "*" if path.endswith("/embed.html") else "'none'"
        assert got.headers["Content-Security-Policy"] == f"{meta}; frame-ancestors {around}", path
        directives = dict(one.strip().split(" ", 1) for one in meta.split(";"))
        origin = app_url.removesuffix("/fever")
        assert directives["connect-src"] == f"'self' {origin}".strip()
        assert directives["form-action"] == (f"'self' {origin}" if app_url else "'none'")
        assert directives["default-src"] == "'none'"
        assert directives["script-src"] == f"'self' {INLINE_SCRIPT.digest}"


@pytest.mark.parametrize(
    "app_url", ["https://a.cn; script-src *", "https://a.cn *", "http://[::1]:80", "'none'"]
)
def test_an_address_that_a_policy_cannot_name_opens_nothing(app_url: str) -> None:
    assert csp(TreeLocation(app_url=app_url)) == csp(TreeLocation()).replace(
        "form-action 'none'", "form-action 'self'"
    )


async def test_pages_elsewhere_may_read_what_programs_read_and_the_time(world: World) -> None:
    names = (
        "board.json",
        "lights.json",
        "board.csv",
        "board.xlsx",
        "board.geojson",
        "fhir.ndjson",
        "badge.svg",
    )
    for path in (*(f"/longkou/{name}" for name in names), "/boards.json", "/lights.schema.json"):
        got = await get(world, path)
        assert got.headers["Access-Control-Allow-Origin"] == "*"
        assert got.headers["Access-Control-Expose-Headers"] == "Date"
        unchanged = await get(world, path, If_None_Match=got.headers["ETag"])
        assert (unchanged.status, unchanged.headers["Access-Control-Expose-Headers"]) == (304, "Date")
    assert "Access-Control-Allow-Origin" not in (await get(world, "/longkou/")).headers


async def test_a_shared_cache_may_answer_for_a_second_and_a_browser_asks(world: World) -> None:
    for path in ("/longkou/", "/longkou/board.csv", "/boards.json"):
        got = await get(world, path)
        assert got.headers["Cache-Control"] == "no-cache"
        assert got.headers["CDN-Cache-Control"] == "public, max-age=1"
        unchanged = await get(world, path, If_None_Match=got.headers["ETag"])
        assert unchanged.headers["CDN-Cache-Control"] == "public, max-age=1"


async def test_asking_for_files_is_not_limited(world: World) -> None:
    answers = {(await get(world, "/longkou/lights.json")).status for _ in range(1000)}
    assert answers == {200}


async def test_wechats_proof_of_the_domain_is_served_from_the_root(world: World) -> None:
    path = "/MP_verify_aB3dE6gH9jK2mN5p.txt"
    assert (await get(world, path)).status == 404
    await world.put(SYSTEM, ConfigSet(key=path[1:], value="aB3dE6gH9jK2mN5p"))
    got = await get(world, path)
    assert (got.status, got.media, got.text) == (200, "text/plain", "aB3dE6gH9jK2mN5p")
    assert (await get(world, f"/en{path}")).status == 404
    await world.put(SYSTEM, ConfigSet(key=path[1:], value=""))
    assert (await get(world, path)).status == 404


async def test_the_first_search_after_the_start_finds_traditional_characters(world: World) -> None:
    answer = await world.client.get(f"/{BOARD.slug}/find.json")
    pairs = (await answer.json())["fold"]
    assert "龍龙" in [pairs[at : at + 2] for at in range(0, len(pairs), 2)]
