"""One town's family-doctor teams, where a board has too many for one page."""

from trafficlight.publish import templating
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.view import TeamsView
from trafficlight.text.traditional import folding


class TownTeams:
    """{board}/teams/{town}.html, for an old phone on a bad network."""

    name = "town_teams"
    scope = FormatScope.TEAMS
    pattern = "{board}/teams/{town}.html"

    def make(self, view: TeamsView, /) -> tuple[Artifact, ...]:
        path = self.pattern.format(board=view.header.slug, town=view.town.file)
        characters = folding(text for team in view.town.teams for text in (team.name, team.area))
        body = templating.view_page("town_teams/page.html", path, view, folding=characters)
        return (Artifact(path, templating.HTML, body),)
