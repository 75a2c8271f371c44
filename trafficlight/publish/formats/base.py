"""What a format is. This is all that there is to read before adding one."""

from enum import StrEnum
from typing import Any, Protocol

import msgspec


class Scope(StrEnum):
    """What one making of a format is about, and so which view it gets."""

    INDEX = "index"
    """The installation: `IndexView`, once."""
    BOARD = "board"
    """`BoardView`, once a board."""
    TOWN = "town"
    """`TownView`, once a town."""
    SITE = "site"
    """`SitePageView`, or `GoneView` for a site that left; once a site."""


class Artifact(msgspec.Struct, frozen=True):
    """One published file: its path in the tree, media type and bytes."""

    path: str
    media: str
    body: bytes


class Format(Protocol):
    """View → artifacts. Pure: no clock, no I/O, nothing random; the same view gives the same bytes."""

    name: str
    """Its module, template folder, golden folder and metric label."""
    scope: Scope
    pattern: str
    """The paths it makes: `{board}/sites/{site}.html`. Placeholders: board, town, site and, where one view
    gives several artifacts, `{part}` (empty for the first, `-2`, `-3` … for the others)."""

    def make(self, view: Any, /) -> tuple[Artifact, ...]:
        """The artifacts of the view; none where the view has nothing for this format."""
        ...
