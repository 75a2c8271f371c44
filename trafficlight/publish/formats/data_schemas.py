"""What the files for programs hold, as JSON Schema: made of the very types that are written."""

from typing import Any, Final

import msgspec

from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.formats.board_geojson import FeatureDocument
from trafficlight.publish.formats.board_json import BoardDocument
from trafficlight.publish.formats.boards_json import Boards
from trafficlight.publish.formats.lights_json import LightsDocument
from trafficlight.publish.view import IndexView

SCHEMAS: Final[dict[str, type]] = {
    "board": BoardDocument,
    "lights": LightsDocument,
    "boards": Boards,
    "geojson": FeatureDocument,
}
"""By the file's key in boards.json, and of that file itself."""
PROMISE: Final = (
    "Members are added, never removed or renamed, and none changes its meaning or type; a member that may be "
    "null says so here. Ignore members and reasons that you do not know. No light is ever added. What would "
    "break this comes under another path, and both are published for a year. After valid_until nothing in a "
    "file is to be shown as current."
)


class DataSchemas:
    """{name}.schema.json at the top of the tree, the same for every installation of a version."""

    name = "data_schemas"
    scope = FormatScope.TREE
    pattern = "{schema}.schema.json"

    def make(self, _view: IndexView, /) -> tuple[Artifact, ...]:
        return tuple(
            Artifact(
                self.pattern.format(schema=name),
                "application/json",
                msgspec.json.format(msgspec.json.encode(schema_of(name, document), order="sorted")) + b"\n",
            )
            for name, document in SCHEMAS.items()
        )


def schema_of(name: str, document: type) -> dict[str, Any]:
    """The schema of a document, by itself."""
    schema = msgspec.json.schema(document)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"{name}.json" if name != "geojson" else "board.geojson",
        "$comment": PROMISE,
        **schema,
    }
