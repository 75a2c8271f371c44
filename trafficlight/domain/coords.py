"""Coordinates in the three systems of Chinese maps: WGS-84, GCJ-02 and BD-09.

Maps of China are drawn in GCJ-02 by law, which lies 50 to 700 m off WGS-84; Baidu moves it once more.
Neither is published: these are the approximations that everybody uses, GCJ-02 and its box around China as in
googollee/eviltransform, BD-09 as in wandergis/coordtransform. What the vendors' own converters answer is a
few metres away. The ways back repeat the ways there, so that a round trip ends within a millimetre.
"""

from collections.abc import Callable
from math import atan2, cos, hypot, pi, radians, sin, sqrt
from typing import Final, NamedTuple

WGS84: Final = "wgs84"
GCJ02: Final = "gcj02"
BD09: Final = "bd09"

_AXIS: Final = 6378245.0
"""Metres: the long half axis of the Krasovsky 1940 ellipsoid, on which GCJ-02 is computed."""
_ECCENTRICITY: Final = 0.00669342162296594323
"""Of the same, squared."""
_CENTRE: Final = (35.0, 105.0)
_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271
_BAIDU: Final = pi * 3000 / 180
_CLOSE: Final = 1e-10
"""Degrees: a hundredth of a millimetre."""
_TRIES: Final = 30


class Point(NamedTuple):
    """Degrees north and east, in some system."""

    lat: float
    lon: float


def known_point(lat: float | None, lon: float | None) -> Point | None:
    """The point; None where nobody knows it: 0 and 0, off Africa, is what lists write then."""
    if lat is None or lon is None or (lat == 0 and lon == 0):
        return None
    return Point(lat, lon)


def converted(lat: float, lon: float, crs: str, to: str) -> Point:
    """The point in the system `to`. Of systems that are not known, and into them, nothing is moved."""
    point = Point(lat, lon)
    if crs == to or not {crs, to} <= {WGS84, GCJ02, BD09}:
        return point
    gcj = {WGS84: _shifted, BD09: _from_baidu, GCJ02: _same}[crs](point)
    return {WGS84: _unshifted, BD09: _to_baidu, GCJ02: _same}[to](gcj)


def in_china(lat: float, lon: float) -> bool:
    """Whether the point lies in the box around China in which GCJ-02 differs from WGS-84."""
    return _SOUTH < lat < _NORTH and _WEST < lon < _EAST


def _same(point: Point) -> Point:
    return point


def _shifted(wgs: Point) -> Point:
    """From WGS-84 to GCJ-02."""
    if not in_china(*wgs):
        return wgs
    north, east = _offset(wgs.lat - _CENTRE[0], wgs.lon - _CENTRE[1])
    slope = 1 - _ECCENTRICITY * sin(radians(wgs.lat)) ** 2
    # Metres to degrees, along the meridian and along the parallel.
    meridian = radians(_AXIS * (1 - _ECCENTRICITY) / (slope * sqrt(slope)))
    parallel = radians(_AXIS / sqrt(slope) * cos(radians(wgs.lat)))
    return Point(wgs.lat + north / meridian, wgs.lon + east / parallel)


def _offset(y: float, x: float) -> tuple[float, float]:
    """Metres north and east by which GCJ-02 moves what lies so many degrees from the centre."""
    waves = (20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + waves
    north += (20 * sin(y * pi) + 40 * sin(y / 3 * pi)) * 2 / 3
    north += (160 * sin(y / 12 * pi) + 320 * sin(y / 30 * pi)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + waves
    east += (20 * sin(x * pi) + 40 * sin(x / 3 * pi)) * 2 / 3
    east += (150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3
    return north, east


def _unshifted(gcj: Point) -> Point:
    """From GCJ-02 to WGS-84."""
    return _back(_shifted, gcj) if in_china(*gcj) else gcj


def _to_baidu(gcj: Point) -> Point:
    """From GCJ-02 to BD-09."""
    radius = hypot(gcj.lon, gcj.lat) + 0.00002 * sin(gcj.lat * _BAIDU)
    angle = atan2(gcj.lat, gcj.lon) + 0.000003 * cos(gcj.lon * _BAIDU)
    return Point(radius * sin(angle) + 0.006, radius * cos(angle) + 0.0065)


def _from_baidu(baidu: Point) -> Point:
    """From BD-09 to GCJ-02."""
    return _back(_to_baidu, baidu)


def _back(there: Callable[[Point], Point], point: Point) -> Point:
    """What `there` leads to the point: it moves by some hundred metres only, so each try is far closer."""
    guess = point
    for _ in range(_TRIES):
        reached = there(guess)
        off = Point(point.lat - reached.lat, point.lon - reached.lon)
        guess = Point(guess.lat + off.lat, guess.lon + off.lon)
        if abs(off.lat) < _CLOSE and abs(off.lon) < _CLOSE:
            break
    return guess
