"""Strips and bars as SVG. Every mark has a shape of its own: without colour, on paper, they stay apart."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Final, NamedTuple

from markupsafe import Markup, escape

from trafficlight.domain.light import Light
from trafficlight.domain.lookback import Blank

SIDE: Final = 10
"""Of a day's cell, in the units that the shapes are drawn in."""
WIDE: Final = 400
"""Of a bar."""
MONDAY: Final = 0

TITLED_DAYS: Final = 30
"""In a strip of so many days a pointer is told what it is over; with more, the cells are too small for it."""

SHAPES: Final[Mapping[str, tuple[int, str]]] = {
    Light.BLUE: (5, "5h0"),
    Light.YELLOW: (1, "9h8l-4-8z"),
    Light.RED: (1, "1h8v8h-8z"),
    Light.CROSS: (2, "2l6 6m0-6l-6 6"),
    Blank.UNREPORTED: (2, "5a3 3 0 1 0 6 0a3 3 0 1 0-6 0"),
    Blank.SHUT: (3, "5h4"),
    Blank.VISIT: (5, "1l4 4-4 4-4-4z"),
    Blank.LIGHTS_OFF: (5, "5h0"),
}
"""By mark: how far from the left of its cell the path begins, and how it goes on. Most are points with round
ends, as large as the style sheet says; points with square ones are not printed."""


class Run(NamedTuple):
    """Days in a row with one mark."""

    first: date
    last: date
    mark: str
    place: int
    """Of the first day."""


def runs(days: Sequence[date], marks: Mapping[date, str]) -> Iterable[Run]:
    """The marks, those that are the same on neighbouring days taken together; days without one left out."""
    for mark, group in groupby(enumerate(days), key=lambda one: marks.get(one[1])):
        found = list(group)
        if mark is not None:
            yield Run(found[0][1], found[-1][1], mark, found[0][0])


def strip(days: Sequence[date], found: Iterable[Run], title_of: Callable[[Run], str], label: str) -> Markup:
    """A site's days from left to right. `said`: the words that a pointer over a run shows."""
    drawn, many = [_weeks(days)], len(days) > TITLED_DAYS
    paths: dict[str, list[str]] = {}
    for run in found:
        cells = range(run.place, run.place + (run.last - run.first).days + 1)
        path = "".join(_at(run.mark, cell) for cell in cells)
        if many:
            paths.setdefault(run.mark, []).append(path)
        else:
            title = f"<title>{escape(title_of(run))}</title>"
            drawn.append(f'<path class="{run.mark}" d="{path}">{title}</path>')
    drawn += [f'<path class="{mark}" d="{"".join(parts)}"/>' for mark, parts in paths.items()]
    return Markup(  # noqa: S704 - numbers, names of marks, and what was escaped
        f'<svg class="strip n{len(days)}" viewBox="0 0 {len(days) * SIDE} {SIDE}" role="img" '
        f'aria-label="{escape(label)}">{"".join(drawn)}</svg>'
    )


def sign(mark: str) -> Markup:
    """A mark by itself, beside its word."""
    return Markup(  # noqa: S704 - a shape of ours
        f'<svg class="sign" viewBox="0 0 {SIDE} {SIDE}" aria-hidden="true">'
        f'<path class="{mark}" d="{_at(mark, 0)}"/></svg>'
    )


def _at(mark: str, cell: int) -> str:
    left, rest = SHAPES[mark]
    return f"M{cell * SIDE + left} {rest}"


def _weeks(days: Sequence[date]) -> str:
    """A line where each week begins."""
    lines = "".join(f"M{at * SIDE} 0v{SIDE}" for at, day in enumerate(days) if at and day.weekday() == MONDAY)
    return f'<path class="weeks" d="{lines}"/>' if lines else ""


def bar(parts: Iterable[tuple[str, int]], most: int) -> Markup:
    """Lengths one after another, `most` being the whole width; what they are stands beside it in numbers."""
    drawn, at = [], 0.0
    for mark, length in parts:
        width = length * WIDE / most if most else 0.0
        if width:
            drawn.append(f'<rect class="{mark}" x="{at:.1f}" width="{width:.1f}" height="{SIDE}"/>')
        at += width
    return Markup(  # noqa: S704 - numbers, and names of marks
        f'<svg class="bar-of" viewBox="0 0 {WIDE} {SIDE}" preserveAspectRatio="none" aria-hidden="true">'
        f"{''.join(drawn)}</svg>"
    )


COLUMN: Final = 20
"""Of an hour's column, and `TALL` its height, in the units that the picture is drawn in."""
TALL: Final = 60
AXIS: Final = 12
LEAST: Final = 1.5
"""What is not nothing can be seen."""


class Column(NamedTuple):
    """An hour of the clock: how much of it is filled from below, and striped from above, of so much."""

    hour: int
    whole: int
    solid: int
    striped: int


def columns(hours: Sequence[Column], label: str) -> Markup:
    """A column for each hour, all as tall as the whole. What they are stands beside them in numbers."""
    drawn = []
    for place, one in enumerate(hours):
        left, width = place * COLUMN + 2, COLUMN - 4
        if one.whole:
            drawn.append(f'<rect class="frame" x="{left}" y="1" width="{width}" height="{TALL}"/>')
            drawn.append(_solid(left, width, TALL * one.solid / one.whole))
            drawn.append(_stripes(left, width, TALL * one.striped / one.whole))
        if one.hour % 3 == 0:
            drawn.append(f'<text x="{left + width / 2:g}" y="{TALL + AXIS - 1}">{one.hour}</text>')
    return Markup(  # noqa: S704 - numbers, and what was escaped
        f'<svg class="columns" viewBox="0 0 {len(hours) * COLUMN} {TALL + AXIS}" role="img" '
        f'aria-label="{escape(label)}">{"".join(drawn)}</svg>'
    )


def column_signs() -> tuple[Markup, Markup]:
    """What is solid, and what is striped, beside their words."""
    return tuple(  # type: ignore[return-value]
        Markup(  # noqa: S704 - shapes of ours
            f'<svg class="columns sign" viewBox="0 0 {COLUMN} {COLUMN}" aria-hidden="true">'
            f'<rect class="frame" x="1" y="1" width="{COLUMN - 2}" height="{COLUMN - 2}"/>{shape}</svg>'
        )
        for shape in (
            f'<rect class="solid" x="1" y="1" width="{COLUMN - 2}" height="{COLUMN - 2}"/>',
            _stripes(1, COLUMN - 2, COLUMN - 2),
        )
    )


def _solid(left: int, width: int, height: float) -> str:
    if not height:
        return ""
    return (
        f'<rect class="solid" x="{left}" y="{1 + TALL - height:.1f}" width="{width}" height="{height:.1f}"/>'
    )


def _stripes(left: int, width: int, height: float) -> str:
    lines = "".join(f"M{left} {1 + down}h{width}" for down in range(0, int(height) + 1, 3) if down < height)
    return f'<path class="stripes" d="{lines}"/>' if lines else ""
