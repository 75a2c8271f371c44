"""A long list of teams for the search on its page: fetched when somebody begins to type."""

import msgspec

from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.view import ListsView
from trafficlight.text import pinyin
from trafficlight.text.traditional import folding


class TeamsFind:
    """{board}/teams/find.json, where the teams have pages by town.

    A team is page and anchor, name, town, area, how name and area are typed in pinyin, and a place that
    nobody knows: what find.js reads of any list.
    """

    name = "teams_find"
    scope = FormatScope.LISTS
    pattern = "{board}/teams/find.json"

    def make(self, view: ListsView, /) -> tuple[Artifact, ...]:
        if not view.by_town:
            return ()
        rows = [
            (
                f"{town.file}.html#{team.anchor}",
                team.name,
                town.label,
                team.area,
                pinyin.reading(team.name, team.area),
                None,
                None,
            )
            for town in view.towns
            for team in town.teams
        ]
        document = {"sites": rows, "fold": folding(text for row in rows for text in row[1:4])}
        path = self.pattern.format(board=view.header.slug)
        return (Artifact(path, "application/json", msgspec.json.encode(document) + b"\n"),)
