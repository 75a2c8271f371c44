"""The two faces of an article: how busy the sites are, or the list of them, as a newspaper would print it."""

from enum import StrEnum
from typing import Final

from trafficlight.domain.hours_text import WHOLE_DAY, parse_hours
from trafficlight.publish import lines
from trafficlight.publish.view import BoardView, SiteView

DAY_AND_NIGHT: Final = (WHOLE_DAY,) * 7


class Face(StrEnum):
    LIGHTS = "lights"
    DIRECTORY = "directory"
    """名录版: for the article of eight o'clock, when hardly anybody has reported yet."""


def face_of(view: BoardView) -> Face:
    """The lights where at least half of the sites that are open now, or may be, show one; else the list.

    An article stays as it is for the whole day: one full of 未更新 tells nobody anything, and its readers
    learn not to look again.
    """
    if not lines.lit(view.header):
        return Face.DIRECTORY
    groups = [
        lines.group_of(site) for site in view.sites if site.is_open is not False and site.light != "cross"
    ]
    asked = [group for group in groups if group != "visit"]
    told = sum(group != "none" for group in asked)
    return Face.LIGHTS if asked and 2 * told >= len(asked) else Face.DIRECTORY


def day_and_night(site: SiteView) -> bool:
    """Whether people may go there at any hour: surely by its hours, and not closed today."""
    return (
        site.light != "cross"
        and not site.rota
        and site.is_open is not False
        and parse_hours(site.hours) == DAY_AND_NIGHT
    )
