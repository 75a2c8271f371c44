"""The law of publishing: whatever happened and whoever asked before, what is told follows from the facts."""

from datetime import datetime, timedelta

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.publish.walks import PAUSES, STEPS, Step, began, pause
from tests.publish.worlds import DAY, DUMPS, SHILI, World, everything, report
from trafficlight.domain.event import (
    ArticlePushed,
    AskedBack,
    Chased,
    ColumnsMapped,
    MismatchReported,
    RuleSet,
    SitesImported,
    Unknown,
)
from trafficlight.publish.formats import FORMATS
from trafficlight.publish.formats.base import Format
from trafficlight.publish.publisher import Publisher

WALK = st.lists(
    st.tuples(PAUSES, st.booleans(), STEPS, st.integers(0, 2**64 - 1)),
    min_size=1,
    max_size=14,
)
"""Pause, how to take it, what happens then, and what is asked for afterwards: a bit for every path."""

Walk = list[tuple[float | None, bool, Step, int]]


def bounded(examples: int) -> settings:
    """The same examples in every run."""
    return settings(
        max_examples=examples,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


def walked(walk: Walk, publisher: Publisher, world: World) -> set[str]:
    """Walk, asking on the way; every path at which anything ever stood."""
    seen = set(everything(publisher, world.at))
    for seconds, early, step, asked in walk:
        pause(world, seconds, early)
        step.take(world)
        for number, path in enumerate(sorted(seen)):
            if asked >> number % 64 & 1:
                publisher.find(path, world.at)
        for slug in publisher.boards():
            for subject in publisher.subjects(slug):
                if subject.name:
                    seen.add(f"{slug}/sites/{subject.name}.html")
    return seen


def same(walk: Walk, formats: tuple[Format, ...]) -> None:
    world = began()
    publisher = world.publisher(formats)
    seen = walked(walk, publisher, world)
    fresh = world.again()
    assert everything(publisher, world.at, seen) == everything(fresh.publisher(formats), world.at, seen)


@bounded(400)
@given(WALK)
def test_incremental_equals_full(walk: Walk) -> None:
    same(walk, DUMPS)


@bounded(30)
@given(WALK)
def test_incremental_equals_full_in_the_bytes_that_are_served(walk: Walk) -> None:
    same(walk, FORMATS)


def edition(body: bytes) -> tuple[int, datetime, datetime]:
    """Position, `as_of` and `until` of a dumped view."""
    view = msgspec.json.decode(body)
    told = view.get("edition", view)
    return (
        told.get("position", 0),
        datetime.fromisoformat(told["as_of"]),
        datetime.fromisoformat(told["until"]),
    )


@bounded(60)
@given(WALK, st.integers(0, 999))
def test_between_as_of_and_until_the_bytes_are_the_same(walk: Walk, part: int) -> None:
    world = began()
    for seconds, early, step, _ in walk:
        pause(world, seconds, early)
        step.take(world)
    told = everything(world.publisher(DUMPS), world.at)
    again = world.again().publisher(DUMPS)
    for path, body in told.items():
        if path.startswith("assets/"):
            continue
        _, as_of, until = edition(body)
        assert as_of <= world.at < until
        last = until - timedelta(microseconds=1)
        for at in (as_of, min(as_of + (until - as_of) * part / 1000, last), last):
            published = again.find(path, at)
            assert published is not None
            assert published.body == body


@bounded(40)
@given(WALK)
def test_a_printed_edition_never_goes_backwards(walk: Walk) -> None:
    world = began()
    publisher = world.publisher(DUMPS)
    last: dict[str, tuple[int, datetime]] = {}
    for seconds, early, step, _ in walk:
        pause(world, seconds, early)
        step.take(world)
        for path, body in everything(publisher, world.at).items():
            if path.startswith("assets/") or path == "index.html":
                continue
            position, as_of, _ = edition(body)
            assert last.get(path, (0, as_of)) <= (position, as_of), path
            assert last.get(path, (0, as_of))[1] <= as_of, path
            last[path] = position, as_of


@bounded(40)
@given(
    WALK,
    st.sampled_from(
        [
            "a mismatch",
            "a draft",
            "a list that went in",
            "a message to a group",
            "a question",
            "what nobody knows",
        ]
    ),
)
def test_what_only_the_desk_knows_changes_not_one_byte(walk: Walk, what: str) -> None:
    world = began()
    for seconds, early, step, _ in walk:
        pause(world, seconds, early)
        step.take(world)
    publisher = world.publisher(DUMPS)
    before = everything(publisher, world.at)
    for slug, fold in world.boards.items():
        for site in fold.sites:
            world.happen(
                slug,
                {
                    "a mismatch": MismatchReported(site=site, what="closed"),
                    "a list that went in": SitesImported(id=f"i-{site}", added=(site,)),
                    "how its lists are read": ColumnsMapped(columns={site: "phone"}),
                    "a draft": ArticlePushed(outcome="added", day=DAY, draft="d"),
                    "a message to a group": Chased(due=world.at, missing=3),
                    "a question": AskedBack(site=site, service_day=DAY, patients=900),
                    "what nobody knows": Unknown(raw=b'{"type":"later","v":1}'),
                }[what],
            )
    assert everything(publisher, world.at) == before
    assert everything(world.again().publisher(DUMPS), world.at) == before


def test_a_clock_behind_the_ledgers_changes_nothing_but_the_instant() -> None:
    world = began()
    world.at += timedelta(hours=2)
    world.happen(SHILI, RuleSet(rule={"kind": "counts", "yellow": 1, "red": 2}))
    world.happen(SHILI, report(0, 1, site="shili-0"))
    behind, right = world.publisher(DUMPS), world.publisher(DUMPS)
    early = world.at - timedelta(hours=1)
    told = everything(behind, early)
    for path, body in everything(right, world.at).items():
        if path.startswith("shili/"):
            assert told[path] == body
    assert b'"yellow":1' in told["index.html"]
    assert everything(behind, world.at) == everything(right, world.at)
