"""Coordinates: known points of other people's converters, and the ways back."""

from math import cos, hypot, radians

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trafficlight.domain.coords import BD09, GCJ02, WGS84, Point, converted, in_china

METRE = 1 / 111_320
"""Degrees of latitude."""

# The first three from googollee/eviltransform's tests, the fourth from wandergis/coordtransform's README.
SHIFTED = (
    ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
    ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
    ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),
    ((39.915, 116.404), (39.91640428150164, 116.41024449916938)),
)
# From wandergis/coordtransform's README: GCJ-02, BD-09.
BAIDUS = (
    ((39.915, 116.404), (39.92133699351021, 116.41036949371029)),
    ((39.90865673957631, 116.39762729119315), (39.915, 116.404)),
)
# What Baidu's own converter answers to the example of its documentation: WGS-84, GCJ-02, BD-09.
ASKED = (
    (29.575429778924, 114.21892734521),
    (29.57284912109375, 114.22430528428819),
    (29.57908428837437, 114.2307519546763),
)

ANYWHERE = st.tuples(st.floats(18.2, 53.5), st.floats(73.7, 135.0))
SYSTEMS = st.sampled_from((WGS84, GCJ02, BD09))


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    east = (one[1] - other[1]) * cos(radians(one[0]))
    return hypot(one[0] - other[0], east) / METRE


@pytest.mark.parametrize(("wgs", "gcj"), SHIFTED)
def test_gcj_02_is_where_others_compute_it(wgs: Point, gcj: Point) -> None:
    assert metres(converted(*wgs, WGS84, GCJ02), gcj) < 0.01
    assert metres(converted(*gcj, GCJ02, WGS84), wgs) < 0.01


@pytest.mark.parametrize(("gcj", "baidu"), BAIDUS)
def test_bd_09_is_where_others_compute_it(gcj: Point, baidu: Point) -> None:
    # Their way back is a first guess and ours is exact: half a metre lies between them.
    assert metres(converted(*gcj, GCJ02, BD09), baidu) < 0.6
    assert metres(converted(*baidu, BD09, GCJ02), gcj) < 0.6


def test_what_baidu_itself_answers_is_a_few_metres_away() -> None:
    wgs, gcj, baidu = ASKED
    assert metres(converted(*wgs, WGS84, GCJ02), gcj) < 3
    assert metres(converted(*wgs, WGS84, BD09), baidu) < 3
    assert metres(converted(*baidu, BD09, WGS84), wgs) < 3


def test_the_systems_lie_hundreds_of_metres_apart() -> None:
    """Else a test of the links could not tell them apart."""
    assert 300 < metres(converted(37.64, 120.33, WGS84, GCJ02), (37.64, 120.33)) < 900
    assert 500 < metres(converted(37.64, 120.33, GCJ02, BD09), (37.64, 120.33)) < 1500


@given(ANYWHERE, SYSTEMS, SYSTEMS)
def test_a_round_trip_ends_within_a_centimetre(at: tuple[float, float], crs: str, to: str) -> None:
    there = converted(*at, crs, to)
    assert metres(converted(*there, to, crs), at) < 0.01


@given(ANYWHERE, SYSTEMS)
def test_into_the_same_system_nothing_moves_at_all(at: tuple[float, float], crs: str) -> None:
    assert converted(*at, crs, crs) == at


@pytest.mark.parametrize("at", [(51.5, -0.12), (-33.9, 151.2), (0.0, 0.0), (90.0, 180.0), (-90.0, -180.0)])
def test_outside_china_gcj_02_is_wgs_84(at: tuple[float, float]) -> None:
    assert not in_china(*at)
    assert converted(*at, WGS84, GCJ02) == at
    assert converted(*at, GCJ02, WGS84) == at


@pytest.mark.parametrize("at", [(18.25, 109.5), (53.4, 122.5), (39.4, 73.7), (48.3, 134.7), (37.64, 120.33)])
def test_from_end_to_end_of_china_it_is_not(at: tuple[float, float]) -> None:
    assert in_china(*at)
    assert metres(converted(*at, WGS84, GCJ02), at) > 50


def test_a_system_that_nobody_knows_moves_nothing() -> None:
    assert converted(37.64, 120.33, "cgcs2000", BD09) == (37.64, 120.33)
    assert converted(37.64, 120.33, WGS84, "") == (37.64, 120.33)
