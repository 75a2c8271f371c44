"""A board's family-doctor teams: whom do I phone who knows me."""

from collections.abc import Iterator

from trafficlight.publish import templating
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.view import ListsView
from trafficlight.text.traditional import folding


class TeamsPage:
    """{board}/teams.html: every team by town; of a long list the towns, each with its number of teams."""

    name = "teams_page"
    scope = FormatScope.LISTS
    pattern = "{board}/teams.html"

    def make(self, view: ListsView, /) -> tuple[Artifact, ...]:
        if not view.towns:
            return ()
        path = self.pattern.format(board=view.header.slug)
        characters = "" if view.by_town else folding(_searched(view))
        body = templating.view_page("teams_page/page.html", path, view, folding=characters)
        return (Artifact(path, templating.HTML, body),)


def _searched(view: ListsView) -> Iterator[str]:
    for town in view.towns:
        yield town.label
        for team in town.teams:
            yield team.name
            yield team.area
