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


WIDTH: Final = 480
HEIGHT: Final = 150
LEFT: Final = 44
"""Of the curves' picture and the margin for its numbers, in the units that it is drawn in."""
FOOT: Final = 16
HEAD: Final = 8


class Curve(NamedTuple):
    """One line of the picture: the style that it is drawn in, and its heights at the hours from the left."""

    style: str
    """`now` has a point at its end; `day` and `week` are dashed, each in its own way."""
    heights: Sequence[int]
    """It may end before the picture does."""


def curves(lines: Sequence[Curve], hours: Sequence[int], per_hour: int, label: str) -> Markup:
    """Lines over the hours of a day, all to one scale. What they are stands beside them in numbers.

    `per_hour`: so many heights an hour; the first is at the first hour.
    """
    most = max((max(one.heights, default=0) for one in lines), default=0)
    top = _round_up(most)
    steps = max(1, (len(hours) - 1) * per_hour)

    def place(index: int, height: int) -> str:
        across = LEFT + index * (WIDTH - LEFT - HEAD) / steps
        down = HEAD + (HEIGHT - HEAD - FOOT) * (1 - height / top)
        return f"{across:.1f} {down:.1f}"

    drawn = []
    for part in (0, 1, 2):
        height = top * part // 2
        down = place(0, height).split()[1]
        drawn.append(f'<path class="grid" d="M{LEFT} {down}H{WIDTH - HEAD}"/>')
        drawn.append(f'<text class="count" x="{LEFT - 4}" y="{float(down) + 4:.1f}">{height}</text>')
    for number, hour in enumerate(hours):
        if hour % 3 == 0:
            across = place(number * per_hour, 0).split()[0]
            drawn.append(f'<text x="{across}" y="{HEIGHT - 2}">{hour}</text>')
    for one in lines:
        points = [place(index, height) for index, height in enumerate(one.heights)]
        if points:
            drawn.append(f'<path class="{one.style}" d="M{"L".join(points)}"/>')
        if points and one.style == "now":
            across, down = points[-1].split()
            drawn.append(f'<circle class="now" cx="{across}" cy="{down}" r="4"/>')
    return Markup(  # noqa: S704 - numbers, and what was escaped
        f'<svg class="curves" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(label)}">'
        f"{''.join(drawn)}</svg>"
    )


def curve_sign(style: str) -> Markup:
    """How a line is drawn, beside its word."""
    return Markup(  # noqa: S704 - a shape of ours
        f'<svg class="curves sign" viewBox="0 0 28 10" aria-hidden="true">'
        f'<path class="{escape(style)}" d="M0 5H28"/></svg>'
    )


def _round_up(most: int) -> int:
    """The next round number: 2, 4, 10, 20, 40, 100 and so on, so that its half is a whole one."""
    scale = 1
    while True:
        for step in (2, 4, 6, 8, 10):
            if most <= step * scale:
                return step * scale
        scale *= 10


def beside(now: int, then: int | None, most: int) -> Markup:
    """A bar, and a line where it ended at the earlier time; the numbers stand beside it."""
    width = now * WIDE / most if most else 0.0
    mark = ""
    if then is not None and most:
        mark = f'<path class="then" d="M{then * WIDE / most:.1f} 0V{SIDE}"/>'
    return Markup(  # noqa: S704 - numbers
        f'<svg class="bar-of" viewBox="0 0 {WIDE} {SIDE}" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="plain" x="0" width="{width:.1f}" height="{SIDE}"/>{mark}</svg>'
    )
