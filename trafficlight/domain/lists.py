"""What a board publishes beside its sites: its family-doctor teams, and its guide to where one goes."""

from collections.abc import Sequence
from typing import Final

import msgspec

from trafficlight.domain.errors import Refused
from trafficlight.domain.phone import Phone

MOST_TEAMS: Final = 5000
"""Teams of a board: one for about 2,000 people, so that a city of ten million has as many."""
MOST_GUIDE: Final = 64 * 2**10
"""Bytes of a guide: twenty pages, of which a phone on a bad network loads one."""


class Team(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A family-doctor team (家庭医生团队): its name and area as the county writes them, and its phones."""

    name: str
    town: str = ""
    area: str = ""
    """The villages or streets that it serves."""
    phones: tuple[Phone, ...] = ()


def check_teams(teams: Sequence[Team]) -> None:
    """`Refused` with `too_many_teams`, or with `team_missing` for one that has no name."""
    if len(teams) > MOST_TEAMS:
        raise Refused("too_many_teams", "teams", most=MOST_TEAMS)
    if not all(team.name for team in teams):
        raise Refused("team_missing", "team")


def check_guide(text: str) -> None:
    """`Refused` with `guide_too_big`."""
    if len(text.encode(errors="surrogatepass")) > MOST_GUIDE:
        raise Refused("guide_too_big", "guide", kb=MOST_GUIDE // 2**10)
