"""Data: keys that programs rely on, and bytes that depend on the facts alone."""

from datetime import datetime

import msgspec
import pytest

from tests.golden.views import BOARDS, COUNTED, ENDED, INDEX, MIXED, PAUSED, VIEWS
from trafficlight.publish import words
from trafficlight.publish.formats import FORMATS
from trafficlight.publish.formats.base import Format
from trafficlight.publish.formats.board_json import BoardJson
from trafficlight.publish.formats.boards_json import BoardsJson
from trafficlight.publish.view import BoardView

BOARD_KEYS = (
    *("board", "service_day", "as_of", "valid_until", "position", "headline", "counts", "sites"),
    *("name", "state", "edition", "publisher", "hotline", "supervision", "banner", "notices", "about"),
)
SITE_KEYS = (
    *("id", "name", "kind", "town", "address", "phones", "light", "reason", "action", "reported_at"),
    "posted_at",
    *("valid_until", "last"),
)
MORE_SITE_KEYS = (
    *("kind_label", "hours", "next_open", "cross_since", "expected_reopen", "confirmed", "by_desk"),
    *("desk_reason", "phone_busy", "phone_checked", "serves", "also", "booking", "online", "lat", "lon"),
    *("crs", "page", "distinct", "adult", "child", "is_open", "open_until", "opens_at", "next_news"),
    "closing_soon",
    *("rota", "visit", "visit_hours"),
)
INDEX_KEYS = (
    *("board", "name", "state", "service_day", "as_of", "valid_until", "position", "headline", "counts"),
)


def told(view: BoardView) -> dict[str, object]:
    return dict(msgspec.json.decode(BoardJson().make(view)[0].body))


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_the_same_view_gives_the_same_bytes(form: Format) -> None:
    for view in VIEWS[form.scope]:
        again = msgspec.convert(msgspec.to_builtins(view), type(view))
        assert form.make(view) == form.make(view) == form.make(again)


@pytest.mark.parametrize("view", BOARDS, ids=lambda view: view.header.slug)
def test_a_boards_data_has_its_keys(view: BoardView) -> None:
    document = told(view)
    more = (
        {"licence", "attribution"} if view is COUNTED else {"ended_on", "closing"} if view is ENDED else set()
    )
    assert set(document) == set(BOARD_KEYS) | more
    for one in msgspec.convert(document["sites"], list[dict[str, object]]):
        counts = {"patients", "capacity"} if view is COUNTED else set()
        assert set(one) == {*SITE_KEYS, *MORE_SITE_KEYS} | counts
        assert list(one)[: len(SITE_KEYS)] == list(SITE_KEYS)


@pytest.mark.parametrize("view", BOARDS, ids=lambda view: view.header.slug)
def test_instants_in_data_have_the_boards_offset(view: BoardView) -> None:
    for key in ("as_of", "valid_until"):
        assert str(told(view)[key]).endswith("+08:00")
        datetime.fromisoformat(str(told(view)[key]))


def test_a_boards_data_says_what_its_page_says() -> None:
    document = told(MIXED)
    sites = msgspec.convert(document["sites"], list[dict[str, object]])
    assert [one["id"] for one in sites] == [one.id for one in MIXED.sites]
    assert [one["light"] for one in sites] == [one.light for one in MIXED.sites]
    assert document["counts"] == {
        light: [words.group_of(one) for one in MIXED.sites].count(light)
        for light in ("blue", "yellow", "red", "cross", "none")
    }
    assert list(msgspec.convert(document["counts"], dict[str, int])) == [
        "blue",
        "yellow",
        "red",
        "cross",
        "none",
    ]


@pytest.mark.parametrize("view", [PAUSED, ENDED], ids=["paused", "ended"])
def test_an_interrupted_boards_data_hold_no_light(view: BoardView) -> None:
    assert all(one["light"] is None for one in msgspec.convert(told(view)["sites"], list[dict[str, object]]))


def test_links_in_data_are_absolute_where_the_public_address_is_known_and_only_there() -> None:
    for view, start in ((COUNTED, "https://deng.example/fever/gongkai/sites/"), (MIXED, "sites/")):
        for one in msgspec.convert(told(view)["sites"], list[dict[str, object]]):
            assert one["page"] == f"{start}{one['id']}.html"


def test_the_boards_list_has_its_keys() -> None:
    document = msgspec.json.decode(BoardsJson().make(INDEX)[0].body)
    assert list(document) == ["as_of", "valid_until", "boards"]
    for one in document["boards"]:
        more = {"ended_on"} if one["state"] == "ended" else set()
        assert set(one) == {*INDEX_KEYS, "path", "files", "site_files"} | more
