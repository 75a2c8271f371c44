"""The posting links of a board's sites and towns: seen, issued, printed, bound to a PIN, revoked."""

from typing import Final

from trafficlight.text.languages import N_
from trafficlight.web.desk.base import DeskPage, Section
from trafficlight.web.desk.links import listing, managing, printing

ROOM: Final = Section(
    "links",
    N_("链接"),
    "/boards/{board}/links",
    (
        DeskPage("/boards/{board}/links", "link.manage", listing.show, listing.save),
        DeskPage("/boards/{board}/links/of", "link.manage", managing.show, managing.save),
        DeskPage("/boards/{board}/links/sheet", "link.manage", printing.show, printing.save),
    ),
    see="link.manage",
)
