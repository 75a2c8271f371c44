"""Makes an article fit: WeChat takes fewer than 20,000 characters, tags and attributes counted."""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from trafficlight.publish.article.markup import BREAK, TOWN, paragraph, text
from trafficlight.publish.article.rows import Group
from trafficlight.publish.view import SiteView

LONGEST: Final = 18_000
"""Characters: a tenth of what WeChat takes is left for what its own editor adds when somebody saves."""
AGAIN: Final = "（续）"


class PlaceSites(msgspec.Struct, frozen=True):
    """A place with its sites."""

    label: str
    """Empty for what needs no heading."""
    sites: tuple[SiteView, ...]
    groups: tuple[Group, ...]

    def markup(self) -> str:
        heading = paragraph([text(self.label)], TOWN) if self.label else ""
        return heading + "".join(group.markup() for group in self.groups)


class Sized(msgspec.Struct, frozen=True):
    """A section and the room that it takes, being named above its part included."""

    section: PlaceSites
    size: int


def sized(section: PlaceSites) -> Sized:
    return Sized(section, len(section.markup()) + len(text(section.label)) + 1)


def packed(sections: Sequence[PlaceSites], room: int) -> list[list[PlaceSites]]:
    """The sections in as few parts as hold `room` characters each, none cut in the midst of a site.

    A place goes whole into one part where it fits into any; the parts are about equally long.
    """
    pieces = [piece for section in map(sized, sections) for piece in _fitting(section, room)]
    fewest = len(_filled(pieces, room))
    least, most = max((piece.size for piece in pieces), default=0), room
    while least < most:  # the smallest room that needs no more parts
        middle = (least + most) // 2
        if len(_filled(pieces, middle)) <= fewest:
            most = middle
        else:
            least = middle + 1
    return [[piece.section for piece in part] for part in _filled(pieces, max(least, most))]


def _filled(pieces: Sequence[Sized], room: int) -> list[list[Sized]]:
    parts: list[list[Sized]] = []
    left = 0
    for piece in pieces:
        if not parts or piece.size > left:
            parts.append([])
            left = room
        parts[-1].append(piece)
        left -= piece.size
    return parts


def _fitting(whole: Sized, room: int) -> Iterator[Sized]:
    """The section, or where no part could hold it, pieces of it that fit, each below its heading again."""
    if whole.size <= room:
        yield whole
        return
    section = whole.section
    label, taken, left = section.label, list[Group](), 0
    for group in section.groups:
        for line in group.lines:
            joins = bool(taken) and bool(group.heading) and taken[-1].heading == group.heading
            alone = Group(group.heading, (line,))
            more = len(line) + len(BREAK) if joins else len(alone.markup())
            if taken and more > left:
                yield sized(PlaceSites(label, section.sites, tuple(taken)))
                label, taken, joins = f"{section.label}{AGAIN}" if section.label else "", [], False
                more = len(alone.markup())
            if not taken:
                left = room - sized(PlaceSites(label, (), ())).size
            if joins:
                taken[-1] = Group(group.heading, (*taken[-1].lines, line))
            else:
                taken.append(alone)
            left -= more
    yield sized(PlaceSites(label, section.sites, tuple(taken)))
