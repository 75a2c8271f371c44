"""The board's lists: sites in and out, hours, phones; family-doctor teams; the guide."""

from typing import Final

from trafficlight.publish.languages import N_
from trafficlight.web.desk.base import Page, Room
from trafficlight.web.desk.sites import (
    checking,
    counting,
    days,
    editing,
    guiding,
    importing,
    listing,
    teams,
    undoing,
)
from trafficlight.web.desk.sites.shelf import MOST_FILE

ROOM: Final = Room(
    "sites",
    N_("机构"),
    "/boards/{board}/sites",
    (
        Page("/boards/{board}/sites", "board.see", listing.show),
        Page("/boards/{board}/sites/sites.xlsx", "board.see", listing.workbook),
        Page("/boards/{board}/sites/sites.csv", "board.see", listing.csv),
        Page(
            "/boards/{board}/sites/import",
            "site.edit",
            importing.show_upload,
            importing.upload,
            file_bytes=MOST_FILE,
        ),
        Page("/boards/{board}/sites/import/check", "site.edit", importing.show, importing.save),
        Page("/boards/{board}/sites/days", "board.see", days.show, days.save, act="site.edit"),
        Page(
            "/boards/{board}/sites/phones",
            "board.see",
            checking.show_phones,
            checking.save_phones,
            act="site.edit",
        ),
        Page("/boards/{board}/sites/towns", "site.edit", checking.show_towns, checking.save_towns),
        Page(
            "/boards/{board}/sites/counts", "report.post", counting.show, counting.save, file_bytes=MOST_FILE
        ),
        Page("/boards/{board}/site/{site}", "board.see", editing.show, editing.save, act="site.edit"),
        Page(
            "/boards/{board}/teams",
            "board.see",
            teams.show,
            teams.save,
            act="site.edit",
            file_bytes=MOST_FILE,
        ),
        Page("/boards/{board}/teams/check", "site.edit", teams.show_check, teams.save_check),
        Page("/boards/{board}/teams/teams.xlsx", "board.see", teams.workbook),
        Page("/boards/{board}/teams/teams.csv", "board.see", teams.csv),
        Page("/boards/{board}/guide", "board.see", guiding.show, guiding.save, act="site.edit"),
        Page("/boards/{board}/sites/undo/{import}", "site.edit", undoing.show, undoing.save),
    ),
)
