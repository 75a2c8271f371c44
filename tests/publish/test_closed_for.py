"""Why a site is closed: said where several doctors work, and in no format where it would name one."""

import json
from datetime import timedelta
from typing import Any, Final

import pytest

from tests.publish.worlds import DUMPS, SHILI, World, board, everything, report, site
from trafficlight.domain import event as e
from trafficlight.domain.closure import Pause
from trafficlight.domain.kind import KINDS
from trafficlight.domain.light import Light
from trafficlight.publish.formats import FORMATS
from trafficlight.text.languages import LANGUAGES

INFECTED: Final[dict[str, Any]] = {"staff_infected": True}
CAUSES: Final[tuple[dict[str, Any], ...]] = (
    INFECTED,
    *({"paused": cause} for cause in Pause),
    {"paused": "flooded"},
)
ONE_DOCTOR: Final = (*(kind.code for kind in KINDS if kind.one_doctor), "乡村诊疗点", "")
SEVERAL: Final = ("township_centre", "hospital", "community_centre")


def closed(kind: str, **cause: Any) -> dict[str, bytes]:
    """All that is published of a board in which such a site is closed, confirmed, and due to reopen."""
    world = World(tongues=LANGUAGES)
    world.happen(SHILI, board(SHILI, public_counts=True), site(1, kind=kind), site(2, town="镇1"))
    world.happen(SHILI, report(1, **cause), after=60)
    world.happen(SHILI, e.CrossConfirmed(site="clinic-1", confirmed=True), after=60)
    return everything(world.publisher((*FORMATS, *DUMPS)), world.at + timedelta(minutes=5))


@pytest.mark.parametrize("kind", ONE_DOCTOR)
def test_where_one_doctor_works_every_file_is_the_same_whatever_it_is_closed_for(kind: str) -> None:
    first, *others = (closed(kind, **cause) for cause in CAUSES)
    assert any(path.endswith("clinic-1.html") for path in first)
    for other in others:
        assert {path for path in first if first[path] != other.get(path)} == set()
        assert first.keys() == other.keys()


@pytest.mark.parametrize("reason", ["停电", "村医发烧了"])
def test_what_the_desk_wrote_of_it_is_not_public_there_either(reason: str) -> None:
    for kind, public in (("village_clinic", False), ("township_centre", True)):
        world = World(tongues=LANGUAGES)
        world.happen(SHILI, board(SHILI), site(1, kind=kind))
        until = world.at + timedelta(days=1)
        world.happen(SHILI, e.Overridden(site="clinic-1", light=Light.CROSS, reason=reason, until=until))
        found = everything(world.publisher((*FORMATS, *DUMPS)), world.at)
        said = reason.encode()
        assert any(said in body for body in found.values()) is public


@pytest.mark.parametrize("kind", SEVERAL)
def test_where_several_work_it_says_what_it_is_closed_for(kind: str) -> None:
    said = {
        "power": "因停电停水暂停接诊",
        "equipment": "因设备故障暂停接诊",
        "moved": "因搬迁暂停接诊",
        "rebuilding": "因装修改造暂停接诊",
    }
    for cause, words in said.items():
        found = closed(kind, paused=cause)
        told = json.loads(found[f"{SHILI}/board.json"])["sites"]
        (row,) = [one for one in told if one["id"] == "clinic-1"]
        assert (row["light"], row["reason"]) == ("cross", "paused")
        assert row["action"].startswith(words)
        assert words in found[f"{SHILI}/index.html"].decode()
        assert "感染" not in found[f"{SHILI}/sites/clinic-1.html"].decode()
    for cause in ("other", "flooded"):
        assert "暂停接诊，请到附近其他机构就诊" in closed(kind, paused=cause)[f"{SHILI}/index.html"].decode()
    assert "因医务人员感染暂停接诊" in closed(kind, **INFECTED)[f"{SHILI}/index.html"].decode()
