"""What a format is. This is all that there is to read before adding one."""

from enum import StrEnum
from typing import Any, Final, Protocol

import msgspec


class FormatScope(StrEnum):
    """What one making of a format is about, and so which view it gets."""

    TREE = "tree"
    """The whole tree: `IndexView`, once, at the top, whatever the languages."""
    INDEX = "index"
    """The installation: `IndexView`, once a language."""
    BOARD = "board"
    """`BoardView`, once a board and language."""
    DATA = "data"
    """`BoardView`, once a board and language; for programs, so a folder has them after its pages."""
    FEED = "feed"
    """`FeedView`, likewise: what changed today and what is ahead."""
    PICTURES = "pictures"
    """`BoardView`, once a board, in Chinese; drawn, so not for every report: see `publisher.REST`."""
    TOWN_PICTURES = "town_pictures"
    """`TownView`, once a town, in Chinese; drawn likewise."""
    TOWN = "town"
    """`TownView`, once a town and language."""
    LISTS = "lists"
    """`ListsView`, once a board and language, where there is anything beside its sites."""
    TEAMS = "teams"
    """`TeamsView`, once a town and language, where a board has more teams than fit on one page."""
    SITE = "site"
    """`SitePageView`, or `GoneView` for a site that left; once a site and language."""


DRAWN: Final = frozenset({FormatScope.PICTURES, FormatScope.TOWN_PICTURES})
"""What is drawn, in Chinese alone, and not for every report."""
DATA_SCOPES: Final = (FormatScope.DATA, FormatScope.FEED)
"""What is made for programs."""


class Artifact(msgspec.Struct, frozen=True):
    """One published file: its path in the tree, media type and bytes."""

    path: str
    media: str
    body: bytes
    inline: bool = False
    """Its styles stand in its elements, so its policy lets them; all others have theirs in files."""
    framed: bool = False
    """Other people's pages may show it within a frame; nobody may any other."""
    sketch: bool = False
    """The body says what is to be drawn (`pictures/sketch.py`); whoever sends or writes it has it drawn."""


class Format(Protocol):
    """View → artifacts. Pure: no clock, no I/O, nothing random; the same view gives the same bytes."""

    name: str
    """Its module, template folder, golden folder and metric label."""
    scope: FormatScope
    pattern: str
    """The paths it makes below the language's folder: `{board}/sites/{site}.html`. Placeholders: board, town,
    site, proof, schema; where one view gives several artifacts, `{part}` (empty, then `-2`, `-3` …)."""

    def make(self, view: Any, /) -> tuple[Artifact, ...]:
        """The artifacts of the view; none where the view has nothing for this format."""
        ...
