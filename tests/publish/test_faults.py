"""A failing part does not take the light down."""

from datetime import timedelta
from typing import Any

import pytest

from tests.publish.worlds import SHILI, Makings, World, county, everything, report
from trafficlight.publish.edition import FAULT_SENTENCE, Published
from trafficlight.publish.formats import FORMATS
from trafficlight.publish.formats.base import Artifact, Format
from trafficlight.publish.publisher import RETRY_FAULT, Publisher


class Breakable:
    """A format that fails when it is told to."""

    def __init__(self, form: Format) -> None:
        self.name, self.scope, self.pattern = form.name, form.scope, form.pattern
        self.broken = False
        self._form = form

    def make(self, view: Any, /) -> tuple[Artifact, ...]:
        if self.broken:
            raise RuntimeError("cannot be told")
        return self._form.make(view)


class Faulty:
    """A county whose board page can be broken."""

    def __init__(self) -> None:
        self.made = Makings()
        self.form = Breakable(next(form for form in FORMATS if form.name == "board_page"))
        self.world: World = county(3)
        others = tuple(form for form in FORMATS if form.name != "board_page")
        self.publisher: Publisher = self.world.publisher((*others, self.form), on_made=self.made.append)

    def page(self, path: str = "shili/index.html") -> Published:
        published = self.publisher.find(path, self.world.at)
        assert published is not None
        return published


@pytest.fixture
def faulty() -> Faulty:
    return Faulty()


def test_a_failing_part_does_not_take_the_light_down(faulty: Faulty) -> None:
    world = faulty.world
    before = everything(faulty.publisher, world.at)
    faulty.form.broken = True
    world.happen(SHILI, report(0, 60), after=600)
    after = everything(faulty.publisher, world.at)
    assert after.pop("shili/index.html") == before["shili/index.html"]
    right = everything(world.again().publisher(), world.at)
    del right["shili/index.html"]
    assert after == right


def test_the_last_good_bytes_stand_until_their_end_and_then_it_says_phone_first(faulty: Faulty) -> None:
    world = faulty.world
    good = faulty.page()
    faulty.form.broken = True
    world.happen(SHILI, report(0, 60), after=600)
    assert faulty.page() is good
    world.at += timedelta(minutes=79)  # a minute before 9:00, when the page would have changed by itself
    assert faulty.page() is good
    world.at += timedelta(minutes=1)
    said = faulty.page()
    assert FAULT_SENTENCE in said.body.decode()
    assert said.media == "text/html; charset=utf-8"
    assert said.etag != good.etag


def test_what_was_never_made_says_so_at_once(faulty: Faulty) -> None:
    faulty.form.broken = True
    assert FAULT_SENTENCE in faulty.page().body.decode()


def test_it_comes_back_by_itself(faulty: Faulty) -> None:
    world = faulty.world
    faulty.form.broken = True
    assert FAULT_SENTENCE in faulty.page().body.decode()
    faulty.form.broken = False
    world.at += RETRY_FAULT
    assert FAULT_SENTENCE not in faulty.page().body.decode()
    assert everything(faulty.publisher, world.at) == everything(world.again().publisher(), world.at)


def test_it_comes_back_with_the_next_event(faulty: Faulty) -> None:
    world = faulty.world
    faulty.page()
    faulty.form.broken = True
    world.happen(SHILI, report(0, 60), after=1)
    faulty.page()
    faulty.form.broken = False
    world.happen(SHILI, report(1, 60), after=0.1)
    assert "红·很多" in faulty.page().body.decode()


def test_a_fault_is_announced_and_not_at_every_request(faulty: Faulty) -> None:
    faulty.form.broken = True
    for _ in range(50):
        faulty.page()
    (made,) = faulty.made
    assert made.format == "board_page"
    assert "cannot be told" in made.fault
    faulty.world.at += RETRY_FAULT
    faulty.page()
    assert len(faulty.made) == 2


def test_a_fault_goes_on_for_as_long_as_it_lasts(faulty: Faulty) -> None:
    world = faulty.world
    faulty.page()
    faulty.form.broken = True
    for _ in range(100):
        world.happen(SHILI, report(0, 60), after=120)
        said = faulty.page().body.decode()
        assert (FAULT_SENTENCE in said) == (world.at >= world.records[0].at + timedelta(minutes=90))


def test_every_kind_of_file_has_its_way_of_saying_it() -> None:
    world = county(2)
    forms = [Breakable(form) for form in FORMATS]
    for form in forms:
        form.broken = True
    publisher = world.publisher(tuple(forms))
    for path, body in everything(publisher, world.at).items():
        published = publisher.find(path, world.at)
        assert published is not None
        if path.startswith("assets/"):
            continue
        if path.endswith(".svg"):
            assert "系统故障" in body.decode()
            assert published.media == "image/svg+xml"
        else:
            assert FAULT_SENTENCE in body.decode()
            assert published.media.startswith(("text/", "application/json"))


def test_a_view_that_cannot_be_made_hurts_its_own_formats_only(
    faulty: Faulty, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = faulty.world
    before = everything(faulty.publisher, world.at)

    def broken(*_: object) -> None:
        raise ValueError("no view")

    monkeypatch.setattr("trafficlight.publish.viewing.BoardViews.site", broken)
    world.happen(SHILI, report(0, 60), after=600)
    after = everything(faulty.publisher, world.at)
    assert after["shili/sites/clinic-0.html"] == before["shili/sites/clinic-0.html"]
    assert after["shili/index.html"] != before["shili/index.html"]
