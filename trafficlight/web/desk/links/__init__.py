"""The posting links of a board's sites and towns: seen, issued, printed, bound to a PIN, revoked."""

from typing import Final

from trafficlight.publish.languages import N_
from trafficlight.web.desk.base import Page, Room
from trafficlight.web.desk.links import keeping, listing, printing

ROOM: Final = Room(
    "links",
    N_("链接"),
    "/boards/{board}/links",
    (
        Page("/boards/{board}/links", "link.manage", listing.show, listing.save),
        Page("/boards/{board}/links/of", "link.manage", keeping.show, keeping.save),
        Page("/boards/{board}/links/sheet", "link.manage", printing.show, printing.save),
    ),
    see="link.manage",
)
