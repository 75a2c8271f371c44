"""Old news never looks fresh."""

import random
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from tests.publish.worlds import DAY, DUMPS, SHILI, T0, World, board, county, everything, lively, report, site
from trafficlight.domain import event as e
from trafficlight.domain.board import BoardState
from trafficlight.domain.light import BY_ROTA

TELLING = {
    *("light", "last", "reported_at", "cross_since", "expected_reopen", "history", "nearby"),
    *("blue", "yellow", "red", "cross"),
}
"""The fields of a view from which a light could be read."""

LIGHT_WORDS = ("人少", "较多", "很多", "蓝·", "黄·", "红·")


def board_json(world: World, publisher: Any, at: datetime) -> dict[str, Any]:
    published = publisher.find("shili/board.json", at)
    told: dict[str, Any] = msgspec.json.decode(published.body)
    return told


@pytest.mark.parametrize("seed", range(4))
def test_old_news_never_looks_fresh(seed: int) -> None:
    """A clock walks through three days in random steps: no light outlives what it says of itself."""
    chance = random.Random(seed)
    world = lively()
    publisher, lit = world.publisher(), 0
    while world.at < T0 + timedelta(days=3):
        world.at += timedelta(seconds=chance.choice([1, 60, 1800, 7200]))
        if chance.random() < 0.05:
            day = (world.at + timedelta(hours=8)).date()
            world.happen(SHILI, report(chance.randrange(8), chance.randrange(80), day))
        told = board_json(world, publisher, world.at)
        for one in told["sites"]:
            if one["light"] is not None:
                lit += 1
                assert world.at < datetime.fromisoformat(one["valid_until"])
                assert world.at < datetime.fromisoformat(told["valid_until"])
            else:  # that there is no news, or that it is shut, has its end too: never beyond the day
                tomorrow = date.fromisoformat(told["service_day"]) + timedelta(days=1)
                end = datetime.fromisoformat(f"{tomorrow}T00:00:00+08:00")
                assert world.at < datetime.fromisoformat(one["valid_until"]) <= end
            if one["last"] is not None:
                assert one["light"] is None
                age = datetime.fromisoformat(told["service_day"]) - datetime.fromisoformat(one["last"]["day"])
                assert age <= timedelta(days=1)
        counts = told["counts"]
        assert counts["none"] == sum(
            one["light"] is None and one["reason"] not in BY_ROTA for one in told["sites"]
        )
    assert lit > 100


def test_pages_hold_no_light_beyond_its_end() -> None:
    world = county(3)
    world.happen(SHILI, report(0, 60))
    publisher = world.publisher()
    for hours in range(12):
        at = world.at + timedelta(hours=hours)
        for path in ("shili/sites/clinic-0.html", "shili/sites/clinic-0.svg"):
            published = publisher.find(path, at)
            assert published is not None
            assert ("红·很多".encode() in published.body) == (hours < 8), (path, hours)
        row = next(one for one in board_json(world, publisher, at)["sites"] if one["id"] == "clinic-0")
        assert (row["light"], row["reason"]) == (("red", "rule") if hours < 8 else (None, "expired"))


def test_what_has_no_light_has_no_colour() -> None:
    world = county(2)
    world.happen(SHILI, report(0, 60))
    world.at += timedelta(hours=20)
    publisher = world.publisher()
    badge = publisher.find("shili/sites/clinic-0.svg", world.at)
    assert badge is not None
    for fill in (b"#1565c0", b"#f5b400", b"#c62828"):
        assert fill not in badge.body
    told = board_json(world, publisher, world.at)["sites"]
    assert [(one["light"], one["last"] and one["last"]["light"]) for one in told] == [
        (None, "red"),
        (None, None),
    ]


def test_the_last_light_is_told_to_the_end_of_the_next_day() -> None:
    world = county(1)
    world.happen(SHILI, report(0, 60))
    publisher = world.publisher(DUMPS)
    midnight = datetime.fromisoformat(f"{DAY + timedelta(days=2)}T00:00:00+08:00")
    for at, told in ((midnight - timedelta(microseconds=1), True), (midnight, False)):
        published = publisher.find("shili/board.json", at)
        assert published is not None
        last = msgspec.json.decode(published.body)["towns"][0]["sites"][0]["last"]
        assert (last is not None) is told
        assert not told or (last["text"] == "昨天7:30：□很多")


@pytest.mark.parametrize("state", [BoardState.PAUSED, BoardState.ENDED])
def test_a_board_that_is_interrupted_shows_no_light_anywhere(state: BoardState) -> None:
    world = lively()
    put = world.boards[SHILI].board
    assert put is not None
    world.happen(SHILI, e.BoardPut(board=msgspec.structs.replace(put, state=state)), after=60)
    for path, body in everything(world.publisher(DUMPS), world.at).items():
        if path.startswith("shili/"):
            for hidden in lights(msgspec.json.decode(body)):
                assert hidden in (None, 0, []), path
    for path, body in everything(world.publisher(), world.at).items():
        if path.startswith("shili/"):
            for word in (*LIGHT_WORDS, "●", "▲", "■", "✕"):
                assert word.encode() not in body, (path, word)


def lights(told: Any) -> list[Any]:
    """Everything in a dumped view that a light could be read from."""
    found: list[Any] = []
    if isinstance(told, list):
        for one in told:
            found += lights(one)
    elif isinstance(told, dict):
        for key, value in told.items():
            if key in TELLING:
                found.append(value)
            else:
                found += lights(value)
    return found


def test_a_paused_board_keeps_its_phones() -> None:
    world = county(2)
    world.happen(SHILI, report(0, 60), board(SHILI, state=BoardState.PAUSED))
    published = world.publisher().find("shili/index.html", world.at)
    assert published is not None
    assert published.body.count(b"tel:053500010") >= 2


def test_a_neighbour_is_named_with_what_was_told_of_it_until_that_has_run_out() -> None:
    world = county(2)
    world.happen(SHILI, site(0, hours="24小时"), after=1)
    world.happen(SHILI, report(0, 5), after=7200)
    publisher = world.publisher(DUMPS)

    def named() -> dict[str, Any]:
        published = publisher.find("shili/sites/clinic-1.html", world.at)
        assert published is not None
        (near,) = msgspec.json.decode(published.body)["nearby"]
        assert world.at < datetime.fromisoformat(near["valid_until"])
        return dict(near)

    first = named()["reported_at"]
    world.happen(SHILI, report(0, 6), after=3600)
    assert named()["reported_at"] == first
    world.at += timedelta(hours=5)
    assert named()["reported_at"] > first
