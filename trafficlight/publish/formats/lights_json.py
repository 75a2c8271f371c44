"""The lights alone, for programs that ask often: a tenth of board.json."""

from datetime import date

import msgspec

from trafficlight.publish import words
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.formats.board_json import LightCode, ReasonCode
from trafficlight.publish.view import BoardView, Instant


class LightJson(msgspec.Struct, frozen=True, kw_only=True):
    """A site: `light` is null where it has none, and `reason` says why; `until` is when that ends."""

    id: str
    light: LightCode
    reason: ReasonCode
    until: Instant


class LightsDocument(msgspec.Struct, frozen=True, kw_only=True):
    """lights.json: after `valid_until` nothing in it is to be shown as current."""

    board: str
    state: str
    service_day: date
    as_of: Instant
    valid_until: Instant
    position: int
    sites: tuple[LightJson, ...]
    licence: str = ""
    attribution: str = ""


class LightsJson:
    """{board}/lights.json, in the order of board.json."""

    name = "lights_json"
    scope = FormatScope.BOARD
    pattern = "{board}/lights.json"

    def make(self, view: BoardView, /) -> tuple[Artifact, ...]:
        header, edition = view.header, view.edition
        has_lights = words.has_lights(header)
        document = LightsDocument(
            board=header.slug,
            state=header.state,
            service_day=header.service_day,
            as_of=edition.as_of,
            valid_until=edition.valid_until,
            position=edition.position,
            sites=tuple(
                LightJson(
                    id=one.id,
                    light=one.light if has_lights else None,
                    reason=one.reason,
                    until=one.valid_until,
                )
                for one in view.sites
            ),
            licence=header.licence,
            attribution=header.attribution,
        )
        path = self.pattern.format(board=header.slug)
        return (Artifact(path, "application/json", msgspec.json.encode(document) + b"\n"),)
