"""Which of the sites nearby are named on a site's page: open ones, never one best."""

from collections.abc import Iterable
from typing import Final

from trafficlight.domain.light import Light, Reason
from trafficlight.domain.state import Judged
from trafficlight.publish.view import SiteView

MOST: Final = 5
"""Several, so that nobody is sent to the one best."""
FILLED: Final = 3
"""Where fewer can be gone to without a question, others that are open are named up to so many."""

_NO_NEWS: Final = frozenset({Reason.NOT_DUE, Reason.NOT_REPORTED, Reason.EXPIRED})


def neighbours(near: Iterable[tuple[Judged, SiteView]]) -> tuple[SiteView, ...]:
    """Of the sites nearby, the nearest first, those of a blue or yellow light.

    Where these are too few, then also red ones and such as are surely open but have no news, which at dawn is
    all that a county has; each with its own words, so that nobody sets out without having phoned.
    """
    shown: list[SiteView] = []
    more: list[SiteView] = []
    for judged, view in near:
        if judged.light in {Light.BLUE, Light.YELLOW}:
            shown.append(view)
        elif judged.light is Light.RED or (judged.reason in _NO_NEWS and view.is_open):
            more.append(view)
    return tuple((shown + more[: max(0, FILLED - len(shown))])[:MOST])
