"""What a board publishes beside its sites, as it is told: its family-doctor teams by town, and its guide."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import count
from typing import Final

from msgspec.structs import replace

from trafficlight.domain.day import local
from trafficlight.domain.lists import Team
from trafficlight.domain.state import BoardFold, Mark
from trafficlight.publish import finding, presenter
from trafficlight.publish.view import Edition, Header, ListsView, TeamsView, TeamTown, TeamView
from trafficlight.text.languages import N_, translate

ONE_PAGE: Final = 200
"""Teams on one page, as heavy as a board of 152 sites. With more, each town has its own."""
VALID: Final = timedelta(days=30)
"""A list of phones that nobody fetched anew for so long says that it is old."""


class Beside:
    """Makes the views of one board's lists. All of it is made of the board's header: no report touches it."""

    def __init__(self, fold: BoardFold, lang: str) -> None:
        self._fold = fold
        self._lang = lang
        self._told: tuple[Mark | None, tuple[TeamTown, ...]] = (None, ())

    def mark(self, town: str = "") -> Mark | None:
        """The last event that the lists, or a town's page of teams, were made of; None where none are."""
        there = town in self.towns() if town else self._fold.teams or self._fold.guide
        return self._fold.header if there else None

    def towns(self) -> Mapping[str, TeamTown]:
        """The towns whose teams have a page of their own, by file name."""
        there = self._towns()
        return {town.file: town for town in there} if _is_long(there) else {}

    def lists(self, header: Header, edition: Edition) -> ListsView:
        """All of it in one view."""
        fold, there = self._fold, self._towns()
        return ListsView(
            header=header,
            edition=replace(edition, valid_until=edition.as_of + VALID),
            towns=there,
            by_town=_is_long(there),
            teams_on=_day(fold, fold.teams_at),
            guide=fold.guide,
            guide_on=_day(fold, fold.guide_at),
        )

    def teams(self, view: ListsView, file: str) -> TeamsView | None:
        """A town's teams; None where no town has a page of that name."""
        town = self.towns().get(file)
        if town is None:
            return None
        return TeamsView(header=view.header, edition=view.edition, town=town, teams_on=view.teams_on)

    def _towns(self) -> tuple[TeamTown, ...]:
        if self._told[0] != self._fold.header:
            self._told = self._fold.header, tuple(_by_town(self._fold, self._lang))
        return self._told[1]


def _by_town(fold: BoardFold, lang: str) -> Iterator[TeamTown]:
    """The board's teams by town, towns and teams in the county's order."""
    by_town: dict[str, list[Team]] = {}
    for team in fold.teams:
        by_town.setdefault(team.town, []).append(team)
    files = {name: file for file, name in presenter.town_files(by_town).items()}
    area_code = fold.board.area_code
    numbers = count(1)  # on through the towns: where all stand on one page, no two have the same anchor
    for name, teams in by_town.items():
        yield TeamTown(
            name=name,
            label=name or translate(N_("其他"), lang),
            file=files[name],
            teams=tuple(_told(teams, area_code, numbers)),
        )


def _told(teams: Iterable[Team], area_code: str, numbers: Iterator[int]) -> Iterator[TeamView]:
    for team, number in zip(teams, numbers, strict=False):
        yield TeamView(
            anchor=f"t{number}",
            name=team.name,
            area=team.area,
            phones=presenter.phones(team.phones, area_code),
            found=finding.initials(team.name),
        )


def _is_long(there: tuple[TeamTown, ...]) -> bool:
    """Whether the towns have pages of their own."""
    return len(there) > 1 and sum(len(town.teams) for town in there) > ONE_PAGE


def _day(fold: BoardFold, at: datetime | None) -> date | None:
    return local(at, fold.board.zone).date() if at else None
